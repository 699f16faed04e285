// What is shown beside the text: hints and lenses.
#include <nlohmann/json.hpp>

#include "lsp/features/code_lens.hpp"
#include "lsp/features/inlay_hints.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

json inlay_hint(const Request& request) {
  const auto target = document_of(request.session, request.params);
  if (!target) return nullptr;
  const Positions positions = request.session.positions(target->snapshot, target->file);
  json hints = json::array();
  for (const InlayHint& hint : inlay_hints(target->snapshot, target->path,
                                           span_from(positions, request.params.at("range")))) {
    const json at = to_json(positions.position(hint.offset));
    json made = {{"position", at}, {"label", hint.label}, {"paddingLeft", true}};
    if (!hint.tooltip.empty()) made["tooltip"] = hint.tooltip;
    if (!hint.insert.empty()) {
      made["textEdits"].push_back(
          {{"range", {{"start", at}, {"end", at}}}, {"newText", hint.insert}});
    }
    hints.push_back(std::move(made));
  }
  return hints;
}

json code_lens(const Request& request) {
  const auto target = document_of(request.session, request.params);
  if (!target) return nullptr;
  const Positions positions = request.session.positions(target->snapshot, target->file);
  const json& uri = request.params["textDocument"]["uri"];
  json lenses = json::array();
  for (const CodeLens& lens : code_lenses(target->snapshot, target->path)) {
    json arguments = json::array();
    arguments.push_back(uri);
    if (!lens.test.empty()) arguments.push_back(lens.test);
    // A lens stands above one line.
    const std::uint32_t line = positions.position(lens.span.begin).line;
    lenses.push_back({{"range", {{"start", to_json({line, 0})}, {"end", to_json({line, 0})}}},
                      {"command",
                       {{"title", lens.title},
                        {"command", lens.command},
                        {"arguments", std::move(arguments)}}}});
  }
  return lenses;
}

}  // namespace hookc::lsp
