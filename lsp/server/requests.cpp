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
    {"workspace/textDocumentContent", text_document_content},
};

}  // namespace

Answer find_answer(std::string_view method) {
  for (const Row& row : kRows) {
    if (row.method == method) return row.answer;
  }
  return nullptr;
}

json request_capabilities() {
  return json::object();
}

}  // namespace hookc::lsp
