// What a formatter may not change in a file, for tests and the fuzz target.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grammar/tree.hpp"

namespace hookc::format_testing {

struct Outline {
  std::vector<std::string> nodes;     // kinds in pre-order, tokens with their text
  std::vector<std::string> comments;  // without trailing blanks
};

inline bool is_bracket(syntax::NodeKind kind) {
  using enum syntax::NodeKind;
  return kind == List || kind == Object || kind == Arguments || kind == Parameters;
}

/// Nothing for a text that does not parse. The comma after a bracket's last entry is the
/// formatter's to choose.
inline std::optional<Outline> outline(const std::string& text) {
  SourceManager sources;
  Diagnostics diagnostics;
  const syntax::SyntaxTree tree =
      syntax::parse(sources, sources.add("test.hook", text), diagnostics);
  if (tree.has_errors) return std::nullopt;
  Outline outline;
  std::vector<std::uint32_t> bracket_ends;
  for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const syntax::Node& node = tree.nodes[i];
    while (!bracket_ends.empty() && bracket_ends.back() <= i) bracket_ends.pop_back();
    if (is_bracket(node.kind)) bracket_ends.push_back(i + node.size);
    std::string line(syntax::to_string(node.kind));
    if (syntax::is_token(node.kind)) {
      const std::string token = text.substr(node.begin, node.end - node.begin);
      if (token == "," && !bracket_ends.empty() && bracket_ends.back() == i + 2) continue;
      line += " " + token;
    }
    outline.nodes.push_back(std::move(line));
  }
  for (const syntax::Comment& comment : tree.comments) {
    std::string line = text.substr(comment.span.begin, comment.span.size());
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
      line.pop_back();
    outline.comments.push_back(std::move(line));
  }
  return outline;
}

}  // namespace hookc::format_testing
