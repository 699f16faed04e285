#include "lsp/server/capabilities.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "lsp/server/requests.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// The value at a JSON pointer, or null.
json look(const json& where, const char* pointer) {
  const json::json_pointer at(pointer);
  return where.contains(at) ? where[at] : json();
}

bool is_true(const json& where, const char* pointer) {
  return look(where, pointer) == true;
}

}  // namespace

Client read_client(const json& capabilities) {
  return {
      .pull_diagnostics = look(capabilities, "/textDocument/diagnostic").is_object(),
      .related_information =
          is_true(capabilities, "/textDocument/publishDiagnostics/relatedInformation") ||
          is_true(capabilities, "/textDocument/diagnostic/relatedInformation"),
      .watches_files =
          is_true(capabilities, "/workspace/didChangeWatchedFiles/dynamicRegistration"),
      .snippets = is_true(capabilities, "/textDocument/completion/completionItem/snippetSupport"),
      .hierarchical_symbols =
          is_true(capabilities, "/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
      .links = is_true(capabilities, "/textDocument/definition/linkSupport"),
      .show_document = is_true(capabilities, "/window/showDocument/support"),
      .refreshes_diagnostics = is_true(capabilities, "/workspace/diagnostics/refreshSupport") ||
                               is_true(capabilities, "/workspace/diagnostic/refreshSupport"),
  };
}

Encoding choose_encoding(const json& capabilities) {
  const json offered = look(capabilities, "/general/positionEncodings");
  if (!offered.is_array()) return Encoding::Utf16;
  for (const Encoding encoding : {Encoding::Utf8, Encoding::Utf32}) {
    if (std::ranges::find(offered, json(to_string(encoding))) != offered.end()) return encoding;
  }
  return Encoding::Utf16;
}

json server_capabilities(const Client& client, Encoding encoding) {
  json made = {
      {"positionEncoding", to_string(encoding)},
      {"textDocumentSync",
       // With each save comes the whole text: a document that got out of step is right again.
       {{"openClose", true}, {"change", 2}, {"save", {{"includeText", true}}}}},
      {"workspace",
       {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}},
        {"fileOperations",
         {{"willRename",
           {{"filters",
             json::array({{{"scheme", "file"}, {"pattern", {{"glob", "**/*.hook"}}}}})}}}}},
        {"textDocumentContent", {{"schemes", {"hookc"}}}}}},
  };
  if (client.pull_diagnostics) {
    made["diagnosticProvider"] = {
        {"identifier", "hookc"}, {"interFileDependencies", true}, {"workspaceDiagnostics", true}};
  }
  made.update(request_capabilities(), true);
  return made;
}

}  // namespace hookc::lsp
