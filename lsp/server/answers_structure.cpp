// The shape of a file: tokens, folds, selections, outline, links.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lsp/features/document_symbols.hpp"
#include "lsp/features/folding.hpp"
#include "lsp/features/links.hpp"
#include "lsp/features/selection.hpp"
#include "lsp/features/semantic_tokens.hpp"
#include "lsp/rpc/uri.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// LSP 3.17, "Integer Encoding for Tokens": five numbers a token, places relative to the last one.
std::vector<std::uint32_t> encode(const Positions& positions,
                                  const std::vector<SemanticToken>& tokens) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(tokens.size() * 5);
  Position last;
  for (const SemanticToken& token : tokens) {
    const Position begin = positions.position(token.span.begin);
    const Position end = positions.position(token.span.end);
    const bool same_line = begin.line == last.line;
    numbers.insert(
        numbers.end(),
        {begin.line - last.line, same_line ? begin.character - last.character : begin.character,
         end.character - begin.character, static_cast<std::uint32_t>(token.type), token.modifiers});
    last = begin;
  }
  return numbers;
}

/// What the client has now; a later delta is made from it.
SentTokens& remember(Session& session, const std::string& path,
                     std::vector<std::uint32_t> numbers) {
  SentTokens& sent = session.sent_tokens[path];
  sent = {fmt::format("{}", ++session.tokens_made), std::move(numbers)};
  return sent;
}

std::string_view fold_kind(FoldKind kind) {
  switch (kind) {
    case FoldKind::Code: return "";
    case FoldKind::Comment: return "comment";
    case FoldKind::Imports: return "imports";
    case FoldKind::Region: return "region";
  }
  return "";
}

json symbol_json(const Positions& positions, const Symbol& symbol) {
  json children = json::array();
  for (const Symbol& child : symbol.children) children.push_back(symbol_json(positions, child));
  return {{"name", symbol.name},
          {"detail", symbol.detail},
          {"kind", static_cast<int>(symbol.kind)},
          {"range", to_json(positions, symbol.span)},
          {"selectionRange", to_json(positions, symbol.name_span)},
          {"children", std::move(children)}};
}

/// For clients that know no tree of symbols.
void flatten(const Session& session, const Place& place, const Symbol& symbol,
             const std::string& container, json& out) {
  out.push_back({{"name", symbol.name},
                 {"kind", static_cast<int>(symbol.kind)},
                 {"containerName", container},
                 {"location", session.location(place.snapshot, {place.file, symbol.span})}});
  for (const Symbol& child : symbol.children) flatten(session, place, child, symbol.name, out);
}

}  // namespace

json semantic_tokens_full(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  const SentTokens& sent =
      remember(request.session, place->path,
               encode(positions, semantic_tokens(place->snapshot, place->path)));
  return {{"resultId", sent.id}, {"data", sent.numbers}};
}

json semantic_tokens_delta(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  std::vector<std::uint32_t> numbers =
      encode(positions, semantic_tokens(place->snapshot, place->path));
  const SentTokens before = request.session.sent_tokens[place->path];
  const bool known = before.id == request.params.value("previousResultId", "");
  const auto edit = token_edit(before.numbers, numbers);
  const SentTokens& sent = remember(request.session, place->path, std::move(numbers));
  if (!known) return {{"resultId", sent.id}, {"data", sent.numbers}};
  json edits = json::array();
  if (edit) {
    edits.push_back(
        {{"start", edit->start}, {"deleteCount", edit->removed}, {"data", edit->added}});
  }
  return {{"resultId", sent.id}, {"edits", std::move(edits)}};
}

json semantic_tokens_range(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  const Span range = span_from(positions, request.params.at("range"));
  return {{"data", encode(positions, semantic_tokens(place->snapshot, place->path, range))}};
}

json folding_range(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  json ranges = json::array();
  for (const Fold& fold : folds(place->snapshot, place->path)) {
    const Position begin = positions.position(fold.span.begin);
    const Position end = positions.position(fold.span.end);
    json range = {{"startLine", begin.line},
                  {"startCharacter", begin.character},
                  {"endLine", end.line},
                  {"endCharacter", end.character}};
    if (fold.kind != FoldKind::Code) range["kind"] = fold_kind(fold.kind);
    ranges.push_back(std::move(range));
  }
  return ranges;
}

json selection_range(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  json ranges = json::array();
  for (const json& at : request.params.at("positions")) {
    const auto chain =
        selection_chain(place->snapshot, place->path, positions.offset(position_from(at)));
    // From the whole file inwards, so that each is the parent of the next.
    json range;
    for (std::size_t i = chain.size(); i-- > 0;) {
      json inner = {{"range", to_json(positions, chain[i])}};
      if (!range.is_null()) inner["parent"] = std::move(range);
      range = std::move(inner);
    }
    if (range.is_null()) range = {{"range", {{"start", at}, {"end", at}}}};
    ranges.push_back(std::move(range));
  }
  return ranges;
}

json document_symbol(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  json symbols = json::array();
  for (const Symbol& symbol : document_symbols(place->snapshot, place->path)) {
    if (request.session.client.hierarchical_symbols) {
      symbols.push_back(symbol_json(positions, symbol));
    } else {
      flatten(request.session, *place, symbol, "", symbols);
    }
  }
  return symbols;
}

json workspace_symbol(const Request& request) {
  const query::Snapshot snapshot = request.session.snapshot();
  const std::vector<std::string> paths = request.session.workspace_files();
  json symbols = json::array();
  for (const FoundSymbol& symbol :
       workspace_symbols(snapshot, paths, request.params.value("query", ""))) {
    const auto file = snapshot.file(symbol.path);
    if (!file) continue;
    symbols.push_back(
        {{"name", symbol.name},
         {"kind", static_cast<int>(symbol.kind)},
         {"containerName", symbol.container.empty() ? symbol.detail : symbol.container},
         {"location", request.session.location(snapshot, {*file, symbol.name_span})}});
  }
  return symbols;
}

json document_link(const Request& request) {
  const auto place = document_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  json made = json::array();
  for (const Link& link : links(place->snapshot, place->path)) {
    json one = {
        {"range", to_json(positions, link.span)},
        {"target", link.kind == LinkKind::File ? request.session.uri(link.target) : link.target}};
    if (!link.tooltip.empty()) one["tooltip"] = link.tooltip;
    made.push_back(std::move(one));
  }
  return made;
}

json structure_capabilities() {
  return {
      {"semanticTokensProvider",
       {{"legend", {{"tokenTypes", kTokenTypes}, {"tokenModifiers", kTokenModifiers}}},
        {"full", {{"delta", true}}},
        {"range", true}}},
      {"foldingRangeProvider", true},
      {"selectionRangeProvider", true},
      {"documentSymbolProvider", true},
      {"workspaceSymbolProvider", true},
      {"documentLinkProvider", {{"resolveProvider", false}}},
  };
}

}  // namespace hookc::lsp
