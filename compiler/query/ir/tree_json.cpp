#include "compiler/query/ir/dump.hpp"

#include <nlohmann/json.hpp>

namespace hookc::ir {

namespace {

using syntax::Node;
using syntax::SyntaxTree;

Json token_json(std::string_view text, const Node& node) {
  return Json{{"kind", syntax::to_string(node.kind)},
              {"span", span_json(node.span())},
              {"text", text.substr(node.begin, node.end - node.begin)}};
}

Json comments_json(std::string_view text, const SyntaxTree& tree) {
  Json comments = Json::array();
  for (const syntax::Comment& comment : tree.comments) {
    comments.push_back({{"kind", "comment"},
                        {"span", span_json(comment.span)},
                        {"text", text.substr(comment.span.begin, comment.span.size())}});
  }
  return comments;
}

// Depth is bounded by the parser's limit on nesting.
Json node_json(std::string_view text, const SyntaxTree& tree, std::uint32_t index) {
  const Node& node = tree.nodes[index];
  if (syntax::is_token(node.kind)) return token_json(text, node);
  Json children = Json::array();
  for (std::uint32_t child = index + 1; child < index + node.size;
       child += tree.nodes[child].size) {
    children.push_back(node_json(text, tree, child));
  }
  return Json{{"kind", syntax::to_string(node.kind)},
              {"span", span_json(node.span())},
              {"children", std::move(children)}};
}

}  // namespace

std::string dump_tokens(const SourceManager& sources, const SyntaxTree& tree, Format format) {
  const std::string_view text = sources.text(tree.file);
  Json document = header("tokens", sources.path(tree.file));
  Json tokens = Json::array();
  for (const Node& node : tree.nodes) {
    if (syntax::is_token(node.kind)) tokens.push_back(token_json(text, node));
  }
  document["has_errors"] = tree.has_errors;
  document["tokens"] = std::move(tokens);
  document["comments"] = comments_json(text, tree);
  return print(document, format, &sources.lines(tree.file));
}

std::string dump_tree(const SourceManager& sources, const SyntaxTree& tree, Format format) {
  const std::string_view text = sources.text(tree.file);
  Json document = header("tree", sources.path(tree.file));
  document["has_errors"] = tree.has_errors;
  document["root"] = tree.nodes.empty() ? Json(nullptr) : node_json(text, tree, 0);
  document["comments"] = comments_json(text, tree);
  return print(document, format, &sources.lines(tree.file));
}

}  // namespace hookc::ir
