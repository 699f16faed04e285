// From a name to what it means, and back: hover, navigation, renaming, calls.
#include <nlohmann/json.hpp>

#include "lsp/features/call_hierarchy.hpp"
#include "lsp/features/hover.hpp"
#include "lsp/features/linked_editing.hpp"
#include "lsp/features/navigation.hpp"
#include "lsp/features/rename.hpp"
#include "lsp/rpc/uri.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

using Navigate = Targets (*)(const query::Snapshot&, const std::string&, std::uint32_t,
                             std::span<const std::string>);

json navigate(const Request& request, Navigate feature, const std::vector<std::string>& roots) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const Session& session = request.session;
  const Targets found = feature(place->snapshot, place->path, place->offset, roots);
  json targets = json::array();
  for (const Target& target : found.targets) {
    if (session.client.links) {
      targets.push_back(
          {{"originSelectionRange", session.range(place->snapshot, {place->file, found.origin})},
           {"targetUri", session.uri(place->snapshot, target.whole.file)},
           {"targetRange", session.range(place->snapshot, target.whole)},
           {"targetSelectionRange", session.range(place->snapshot, target.name)}});
    } else {
      targets.push_back(session.location(place->snapshot, target.name));
    }
  }
  return targets;
}

int kind_number(CallItem::Kind kind) {
  switch (kind) {                              // SymbolKind
    case CallItem::Kind::Hook: return 24;      // Event
    case CallItem::Kind::Hold: return 23;      // Struct
    case CallItem::Kind::Template: return 26;  // TypeParameter
    case CallItem::Kind::Function: return 5;   // Class
    case CallItem::Kind::Pod: return 19;       // Object
  }
  return 24;
}

json item_json(const Session& session, const query::Snapshot& snapshot, const CallItem& item) {
  return {{"name", item.name},
          {"kind", kind_number(item.kind)},
          {"detail", item.detail},
          {"uri", session.uri(snapshot, item.place.whole.file)},
          {"range", session.range(snapshot, item.place.whole)},
          {"selectionRange", session.range(snapshot, item.place.name)}};
}

/// The place a CallHierarchyItem stands for: the start of its name.
std::optional<Place> place_of_item(const Request& request) {
  const json& item = request.params.at("item");
  return place_of(request.session, {{"textDocument", {{"uri", item.at("uri")}}},
                                    {"position", item.at("selectionRange").at("start")}});
}

json calls_json(const Session& session, const query::Snapshot& snapshot,
                const std::vector<Call>& calls, const char* end) {
  json made = json::array();
  for (const Call& call : calls) {
    json ranges = json::array();
    for (const Location& from : call.from) ranges.push_back(session.range(snapshot, from));
    made.push_back(
        {{end, item_json(session, snapshot, call.item)}, {"fromRanges", std::move(ranges)}});
  }
  return made;
}

}  // namespace

json hover(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const auto found =
      hover(place->snapshot, place->path, place->offset, request.session.open_files());
  if (!found) return nullptr;
  return {{"contents", {{"kind", "markdown"}, {"value", found->markdown}}},
          {"range", request.session.range(place->snapshot, {place->file, found->span})}};
}

json definition(const Request& request) {
  return navigate(request, &definition, request.session.open_files());
}
json declaration(const Request& request) {
  return navigate(request, &declaration, request.session.open_files());
}
json type_definition(const Request& request) {
  return navigate(request, &type_definition, request.session.workspace_files());
}
json implementation(const Request& request) {
  return navigate(request, &implementation, request.session.workspace_files());
}

json references(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const bool declarations = request.params.at("context").value("includeDeclaration", true);
  json found = json::array();
  for (const Location& where : references(place->snapshot, place->path, place->offset, declarations,
                                          request.session.workspace_files())) {
    found.push_back(request.session.location(place->snapshot, where));
  }
  return found;
}

json document_highlight(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  json found = json::array();
  for (const Highlight& highlight :
       highlights(place->snapshot, place->path, place->offset, request.session.open_files())) {
    found.push_back(
        {{"range", request.session.range(place->snapshot, {place->file, highlight.span})},
         {"kind", highlight.write ? 3 : 2}});  // DocumentHighlightKind.Write, Read
  }
  return found;
}

json linked_editing_range(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  std::vector<Span> spans;
  for (const Highlight& highlight :
       highlights(place->snapshot, place->path, place->offset, request.session.open_files())) {
    spans.push_back(highlight.span);
  }
  json ranges = json::array();
  for (const Span span :
       linked_spans(place->snapshot.sources().text(place->file), spans, place->offset)) {
    ranges.push_back(to_json(positions, span));
  }
  if (ranges.empty()) return nullptr;
  return {{"ranges", std::move(ranges)}, {"wordPattern", kLinkedWordPattern}};
}

json prepare_rename(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const auto renamable =
      prepare_rename(place->snapshot, place->path, place->offset, request.session.open_files());
  if (!renamable) throw Refused(renamable.error());
  return {{"range", request.session.range(place->snapshot, {place->file, renamable->span})},
          {"placeholder", renamable->placeholder}};
}

json rename(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const auto edits =
      rename(place->snapshot, place->path, place->offset,
             request.params.at("newName").get<std::string>(), request.session.workspace_files());
  if (!edits) throw Refused(edits.error());
  return workspace_edit(request.session, place->snapshot, *edits);
}

json will_rename_files(const Request& request) {
  std::vector<FileMove> moves;
  for (const json& file : request.params.at("files")) {
    moves.push_back({query::normal_path(path_of_uri(file.at("oldUri").get<std::string>())),
                     query::normal_path(path_of_uri(file.at("newUri").get<std::string>()))});
  }
  const query::Snapshot snapshot = request.session.snapshot();
  return workspace_edit(request.session, snapshot,
                        edits_for_moves(snapshot, request.session.workspace_files(), moves));
}

json prepare_call_hierarchy(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  json items = json::array();
  for (const CallItem& item :
       prepare_calls(place->snapshot, place->path, place->offset, request.session.open_files())) {
    items.push_back(item_json(request.session, place->snapshot, item));
  }
  if (items.empty()) return nullptr;
  return items;
}

json incoming_calls(const Request& request) {
  const auto place = place_of_item(request);
  if (!place) return nullptr;
  return calls_json(request.session, place->snapshot,
                    incoming_calls(place->snapshot, place->path, place->offset,
                                   request.session.workspace_files()),
                    "from");
}

json outgoing_calls(const Request& request) {
  const auto place = place_of_item(request);
  if (!place) return nullptr;
  return calls_json(
      request.session, place->snapshot,
      outgoing_calls(place->snapshot, place->path, place->offset, request.session.open_files()),
      "to");
}

json names_capabilities() {
  return {
      {"hoverProvider", true},
      {"definitionProvider", true},
      {"declarationProvider", true},
      {"typeDefinitionProvider", true},
      {"implementationProvider", true},
      {"referencesProvider", true},
      {"documentHighlightProvider", true},
      {"linkedEditingRangeProvider", true},
      {"renameProvider", {{"prepareProvider", true}}},
      {"callHierarchyProvider", true},
  };
}

}  // namespace hookc::lsp
