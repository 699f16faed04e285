// Answers that change texts: formatting and code actions.
#include <nlohmann/json.hpp>

#include "lsp/features/code_actions.hpp"
#include "lsp/features/formatting.hpp"
#include "lsp/server/answers.hpp"
#include "lsp/server/diagnostics.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

json edits_json(const Positions& positions, const std::vector<TextEdit>& edits) {
  json made = json::array();
  for (const TextEdit& edit : edits) {
    made.push_back({{"range", to_json(positions, edit.span)}, {"newText", edit.text}});
  }
  return made;
}

}  // namespace

json workspace_edit(const Session& session, const query::Snapshot& snapshot,
                    const std::vector<Edit>& edits) {
  json changes = json::object();
  for (const Edit& edit : edits) {
    changes[session.uri(snapshot, edit.where.file)].push_back(
        {{"range", session.range(snapshot, edit.where)}, {"newText", edit.replacement}});
  }
  return {{"changes", std::move(changes)}};
}

json formatting(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  return edits_json(request.session.positions(place->snapshot, place->file),
                    format_document(place->snapshot, place->path));
}

json range_formatting(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  return edits_json(positions, format_range(place->snapshot, place->path,
                                            span_from(positions, request.params.at("range"))));
}

json on_type_formatting(const Request& request) {
  const auto place = place_of(request.session, request.params);
  const std::string typed = request.params.at("ch").get<std::string>();
  if (!place || typed.size() != 1) return nullptr;
  return edits_json(request.session.positions(place->snapshot, place->file),
                    format_on_type(place->snapshot, place->path, place->offset, typed.front()));
}

json code_action(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Session& session = request.session;
  const query::Snapshot& snapshot = place->snapshot;
  const Positions positions = session.positions(snapshot, place->file);
  const json& context = request.params.at("context");
  const auto only = context.value("only", json());
  const auto& findings = snapshot.diagnostics(place->path);
  json actions = json::array();
  for (const CodeAction& action : code_actions(
           snapshot, place->path, span_from(positions, request.params.at("range")),
           only.is_array() ? only.get<std::vector<std::string>>() : std::vector<std::string>())) {
    json made = {{"title", action.title},
                 {"kind", action.kind},
                 {"edit", workspace_edit(session, snapshot, action.edits)}};
    if (action.preferred) made["isPreferred"] = true;
    if (!action.solves.empty()) {
      json& solved = made["diagnostics"] = json::array();
      for (const std::size_t index : action.solves) {
        solved.push_back(to_json(session, snapshot, findings[index]));
      }
    }
    actions.push_back(std::move(made));
  }
  return actions;
}

json editing_capabilities() {
  return {
      {"documentFormattingProvider", true},
      {"documentRangeFormattingProvider", true},
      {"documentOnTypeFormattingProvider",
       {{"firstTriggerCharacter", "\n"}, {"moreTriggerCharacter", {"}"}}}},
      {"codeActionProvider",
       {{"codeActionKinds", {kQuickFix, kExtract, kInline, kRewrite, kOrganizeImports, kFixAll}}}},
  };
}

}  // namespace hookc::lsp
