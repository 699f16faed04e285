// Virtual documents: texts that are shown beside a file and belong to no file.
#include <nlohmann/json.hpp>

#include "lsp/rpc/uri.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

json text_document_content(const Request& request) {
  const std::string uri = request.params.at("uri").get<std::string>();
  const query::Snapshot snapshot = request.session.snapshot();
  const auto file = snapshot.file(query::normal_path(path_of_uri(uri)));
  if (!file) return {{"text", ""}};
  return {{"text", snapshot.sources().text(*file)}};
}

}  // namespace hookc::lsp
