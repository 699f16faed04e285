#include "grammar/file_rules.hpp"

namespace hookc::syntax {

SyntaxTree parse(const SourceManager& sources, FileId file, Diagnostics& diagnostics) {
  SyntaxTree tree;
  tree.file = file;
  const std::string_view text = sources.text(file);
  tree.nodes.reserve(text.size() / 2 + 16);
  Parser parser(text, tree, diagnostics);
  const std::size_t root = parser.open(NodeKind::File);
  rules::Input in(text);
  rules::move_to(in, rules::file_begin(parser));
  rules::read_statements(in, parser, true);
  parser.collect_comments();
  Node& node = tree.nodes[root];
  node.begin = 0;
  node.end = static_cast<std::uint32_t>(text.size());
  node.size = static_cast<std::uint32_t>(tree.nodes.size());
  return tree;
}

}  // namespace hookc::syntax
