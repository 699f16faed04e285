// What the tests of the grammar and the AST share: a text parsed, and its findings as short lines.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/build.hpp"
#include "grammar/tree.hpp"

namespace hookc::testing {

struct Parsed {
  SourceManager sources;
  FileId file;
  Diagnostics diagnostics;
  syntax::SyntaxTree tree;

  explicit Parsed(std::string text) : file(sources.add("test.hook", std::move(text))) {
    tree = syntax::parse(sources, file, diagnostics);
  }
  std::string_view text() const { return sources.text(file); }
  ast::Module build() { return ast::build(sources, tree, diagnostics); }

  /// `HK0005 bakup` a line: the code and the text under the primary label, in file order.
  std::vector<std::string> findings() {
    diagnostics.sort();
    std::vector<std::string> lines;
    for (const Diagnostic& d : diagnostics.all()) {
      lines.push_back(std::string(info(d.code).id) + " " +
                      std::string(sources.text(d.primary.where)));
    }
    return lines;
  }
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}
inline std::string every_form() {
  return read_file(HOOKC_SOURCE_DIR "/tests/grammar/every-form.hook");
}

/// Why the tree is not the text, or nothing: between two tokens stand blanks and comments only;
/// nodes nest.
inline std::string tree_defect(std::string_view text, const syntax::SyntaxTree& tree) {
  using syntax::Node;
  const auto& nodes = tree.nodes;
  if (nodes.empty() || nodes[0].kind != syntax::NodeKind::File) return "no File";
  if (nodes[0].size != nodes.size()) return "File does not hold all nodes";
  std::vector<bool> covered(text.size(), false);
  std::uint32_t last = 0;
  std::vector<std::size_t> parents;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    const std::string where =
        " at node " + std::to_string(i) + " " + std::string(to_string(node.kind));
    if (node.begin > node.end || node.end > text.size()) return "span outside the text" + where;
    while (!parents.empty() && i >= parents.back() + nodes[parents.back()].size) parents.pop_back();
    if (!parents.empty()) {
      const Node& parent = nodes[parents.back()];
      if (node.begin < parent.begin || node.end > parent.end)
        return "span outside its parent" + where;
      if (i + node.size > parents.back() + parent.size)
        return "subtree larger than its parent" + where;
    }
    if (is_token(node.kind)) {
      if (node.size != 1) return "token with children" + where;
      if (node.begin < last) return "token before its predecessor" + where;
      if (node.begin == node.end) return "empty token" + where;
      last = node.end;
      std::fill(covered.begin() + node.begin, covered.begin() + node.end, true);
    } else {
      if (node.size < 2 && i != 0) return "node without a token" + where;
      parents.push_back(i);
    }
  }
  std::uint32_t before = 0;
  for (const syntax::Comment& comment : tree.comments) {
    if (comment.span.begin < before) return "comments out of order";
    before = comment.span.end;
    std::fill(covered.begin() + comment.span.begin, covered.begin() + comment.span.end, true);
  }
  for (std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (covered[i] || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (tree.has_errors && c >= 0x80) continue;  // a blank look-alike, reported
    return "text in no token at byte " + std::to_string(i);
  }
  return "";
}

}  // namespace hookc::testing
