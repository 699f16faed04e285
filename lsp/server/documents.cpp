#include "lsp/server/documents.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "compiler/query/workspace.hpp"
#include "lsp/rpc/uri.hpp"

namespace hookc::lsp {

using nlohmann::json;

OpenDocument& Documents::open(std::string uri, std::string text, std::int64_t version) {
  std::string path = query::normal_path(path_of_uri(uri));
  OpenDocument& document = open_[path];
  document = {std::move(uri), std::move(path), std::move(text), version};
  return document;
}

OpenDocument* Documents::find(const std::string& path) {
  const auto found = open_.find(path);
  return found == open_.end() ? nullptr : &found->second;
}

std::optional<std::string> apply_changes(std::string& text, const json& changes,
                                         Encoding encoding) {
  std::optional<std::string> odd;
  for (const json& change : changes) {
    const std::string& replacement = change.at("text").get_ref<const std::string&>();
    if (!change.contains("range")) {
      text = replacement;
      continue;
    }
    const LineIndex lines(text);
    const Positions positions(text, lines, encoding);
    Position from = position_from(change["range"].at("start"));
    Position to = position_from(change["range"].at("end"));
    if (to < from) {
      odd = "an edit whose end is before its start";
      std::swap(from, to);
    }
    // Neovim's end of the text is the line after the last one (neovim issue 17085).
    if (from.line > lines.count()) odd = "an edit beyond the end of the text";
    const std::uint32_t begin = positions.offset(from);
    text.replace(begin, positions.offset(to) - begin, replacement);
  }
  return odd;
}

}  // namespace hookc::lsp
