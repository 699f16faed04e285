// Completion and signature help.
#include <nlohmann/json.hpp>

#include "lsp/features/completion.hpp"
#include "lsp/features/signature.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// CompletionItemKind of LSP 3.17.
int kind_number(CompletionKind kind) {
  switch (kind) {
    case CompletionKind::Template: return 2;  // Method
    case CompletionKind::Builtin: return 3;   // Function
    case CompletionKind::Argument: return 5;  // Field
    case CompletionKind::Secret:
    case CompletionKind::Capture: return 6;  // Variable
    case CompletionKind::Pod: return 7;      // Class
    case CompletionKind::Module: return 9;   // Module
    case CompletionKind::Fact: return 10;    // Property
    case CompletionKind::Unit: return 11;    // Unit
    case CompletionKind::Header:
    case CompletionKind::Label:
    case CompletionKind::Value: return 12;     // Value
    case CompletionKind::Keyword: return 14;   // Keyword
    case CompletionKind::Snippet: return 15;   // Snippet
    case CompletionKind::File: return 17;      // File
    case CompletionKind::Param: return 21;     // Constant
    case CompletionKind::Function: return 22;  // Struct
    case CompletionKind::Hook: return 23;      // Event
    case CompletionKind::Type: return 25;      // TypeParameter
  }
  return 1;
}

}  // namespace

json completion(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const Positions positions = request.session.positions(place->snapshot, place->file);
  const CompletionList list = complete(place->snapshot, place->path, place->offset,
                                       {.snippets = request.session.client.snippets,
                                        .list_folder = request.session.host.list_folder});
  const json replace = to_json(positions, list.replace);
  json items = json::array();
  for (const CompletionItem& item : list.items) {
    json made = {
        {"label", item.label},
        {"kind", kind_number(item.kind)},
        {"sortText", item.sort},
        {"textEdit", {{"range", replace}, {"newText", item.insert}}},
        {"data",
         {{"path", place->path}, {"kind", static_cast<int>(item.kind)}, {"source", item.source}}}};
    if (!item.detail.empty()) made["detail"] = item.detail;
    if (item.snippet) made["insertTextFormat"] = 2;  // Snippet
    if (item.insert.find('\n') != std::string::npos)
      made["insertTextMode"] = 2;  // adjustIndentation
    for (const Insertion& insertion : item.also) {
      made["additionalTextEdits"].push_back(
          {{"range", to_json(positions, {insertion.at, insertion.at})},
           {"newText", insertion.text}});
    }
    items.push_back(std::move(made));
  }
  return {{"isIncomplete", list.is_incomplete}, {"items", std::move(items)}};
}

json completion_resolve(const Request& request) {
  json item = request.params;
  const json data = item.value("data", json::object());
  const json given = data.value("kind", json());
  const std::int64_t kind = given.is_number_integer() ? given.get<std::int64_t>() : -1;
  if (kind < 0 || kind > static_cast<int>(CompletionKind::Value)) return item;
  const std::string text = documentation(
      request.session.snapshot(), data.value("path", ""), static_cast<CompletionKind>(kind),
      item.at("label").get<std::string>(), data.value("source", ""));
  if (!text.empty()) item["documentation"] = {{"kind", "markdown"}, {"value", text}};
  return item;
}

json signature_help(const Request& request) {
  const auto place = place_of(request.session, request.params);
  if (!place) return nullptr;
  const auto signature = signature_at(place->snapshot, place->path, place->offset);
  if (!signature) return nullptr;
  json parameters = json::array();
  for (const SignatureParameter& parameter : signature->parameters) {
    parameters.push_back(
        {{"label", signature->label.substr(parameter.label.begin, parameter.label.size())}});
  }
  json made = {{"label", signature->label}, {"parameters", std::move(parameters)}};
  if (!signature->documentation.empty()) {
    made["documentation"] = {{"kind", "markdown"}, {"value", signature->documentation}};
  }
  json help = {{"activeSignature", 0}};
  if (signature->active) help["activeParameter"] = *signature->active;
  help["signatures"].push_back(std::move(made));
  return help;
}

json completion_capabilities() {
  return {
      {"completionProvider",
       {{"triggerCharacters", {".", "\"", "$", "{", "(", "/", " "}}, {"resolveProvider", true}}},
      {"signatureHelpProvider",
       {{"triggerCharacters", {"(", ","}}, {"retriggerCharacters", {":"}}}},
  };
}

}  // namespace hookc::lsp
