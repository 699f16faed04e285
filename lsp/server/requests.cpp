#include "lsp/server/requests.hpp"

#include <nlohmann/json.hpp>

#include "lsp/server/answers.hpp"
#include "lsp/server/diagnostics.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

json document_diagnostics(const Request& request) {
  return pull_document(request.session, request.params);
}
json workspace_diagnostics(const Request& request) {
  return pull_workspace(request.session, request.params, request.cancelled);
}

struct Row {
  std::string_view method;
  Answer answer;
};
constexpr Row kRows[] = {
    {"textDocument/diagnostic", document_diagnostics},
    {"workspace/diagnostic", workspace_diagnostics},
    {"textDocument/hover", hover},
    {"textDocument/definition", definition},
    {"textDocument/declaration", declaration},
    {"textDocument/typeDefinition", type_definition},
    {"textDocument/implementation", implementation},
    {"textDocument/references", references},
    {"textDocument/documentHighlight", document_highlight},
    {"textDocument/linkedEditingRange", linked_editing_range},
    {"textDocument/prepareRename", prepare_rename},
    {"textDocument/rename", rename},
    {"workspace/willRenameFiles", will_rename_files},
    {"textDocument/prepareCallHierarchy", prepare_call_hierarchy},
    {"callHierarchy/incomingCalls", incoming_calls},
    {"callHierarchy/outgoingCalls", outgoing_calls},
    {"textDocument/completion", completion},
    {"completionItem/resolve", completion_resolve},
    {"textDocument/signatureHelp", signature_help},
    {"textDocument/semanticTokens/full", semantic_tokens_full},
    {"textDocument/semanticTokens/full/delta", semantic_tokens_delta},
    {"textDocument/semanticTokens/range", semantic_tokens_range},
    {"textDocument/foldingRange", folding_range},
    {"textDocument/selectionRange", selection_range},
    {"textDocument/documentSymbol", document_symbol},
    {"workspace/symbol", workspace_symbol},
    {"textDocument/documentLink", document_link},
    {"textDocument/formatting", formatting},
    {"textDocument/rangeFormatting", range_formatting},
    {"textDocument/onTypeFormatting", on_type_formatting},
    {"textDocument/codeAction", code_action},
    {"textDocument/inlayHint", inlay_hint},
    {"textDocument/codeLens", code_lens},
    {"workspace/textDocumentContent", text_document_content},
    {"workspace/executeCommand", execute_command},
};

}  // namespace

Answer find_answer(std::string_view method) {
  for (const Row& row : kRows) {
    if (row.method == method) return row.answer;
  }
  return nullptr;
}

json request_capabilities() {
  json made = {
      {"inlayHintProvider", true},
      {"codeLensProvider", {{"resolveProvider", false}}},
      {"executeCommandProvider",
       {{"commands", {"hookc.check", "hookc.plan", "hookc.simulate", "hookc.test"}}}},
  };
  made.update(names_capabilities());
  made.update(completion_capabilities());
  made.update(structure_capabilities());
  made.update(editing_capabilities());
  return made;
}

}  // namespace hookc::lsp
