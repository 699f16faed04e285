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
  return {
      {"inlayHintProvider", true},
      {"codeLensProvider", {{"resolveProvider", false}}},
      {"executeCommandProvider",
       {{"commands", {"hookc.check", "hookc.plan", "hookc.simulate", "hookc.test"}}}},
  };
}

}  // namespace hookc::lsp
