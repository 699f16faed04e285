#include "compiler/format/measure.hpp"

#include <algorithm>

#include "compiler/format/shape.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::layout {

using syntax::Node;
using syntax::NodeKind;
using syntax::SyntaxTree;

namespace {

constexpr std::uint64_t kBreak = 1U << 20U;

struct Parent {
  std::uint32_t index = 0;
  std::uint32_t end = 0;  // index after its last node
  std::uint32_t children = 0;
  NodeKind kind{};
  NodeKind above{};  // the kind of its parent
};

std::uint64_t cells(std::string_view text) {
  return display_column(text, static_cast<std::uint32_t>(text.size()));
}

// Whether a blank stands before the token, going by the token alone.
bool blank_before(std::string_view token, NodeKind kind, const Parent& parent) {
  if (kind == NodeKind::SpliceClose) return false;
  if (kind != NodeKind::Symbol) return true;
  switch (token.front()) {
    case ',':
    case ':':
    case ')':
    case ']':
    case '.':  // and `..`
    case '/': return false;
    case '(':
      return parent.kind != NodeKind::Call && parent.kind != NodeKind::Parameters &&
             parent.kind != NodeKind::Type &&
             !(parent.kind == NodeKind::Arguments && parent.above == NodeKind::UseAction);
    case '[': return parent.kind != NodeKind::IndexStep;
    case '<':
    case '>': return parent.kind != NodeKind::Type;
    default: return true;
  }
}

// Whether a blank stands after the token, going by the token alone.
bool blank_after(std::string_view token, NodeKind kind, const Parent& parent) {
  if (kind == NodeKind::SpliceOpen) return false;
  if (kind != NodeKind::Symbol) return true;
  switch (token.front()) {
    case '(':
    case '[':
    case '.':
    case '/': return false;
    case '<': return parent.kind != NodeKind::Type;
    default: return true;
  }
}

}  // namespace

Measure::Measure(std::string_view text, const SyntaxTree& tree) : places_(tree.nodes.size()) {
  const std::vector<Node>& nodes = tree.nodes;
  std::vector<Parent> parents;
  auto comment = tree.comments.begin();
  std::uint64_t position = 0;
  std::uint32_t source_end = 0;   // end of the token before
  std::uint32_t first_unset = 0;  // nodes that begin with the next token
  bool space_after = false;       // after the token before
  bool open_brace = false;        // the token before is a `{`
  bool after_many_lines =
      false;  // the token before has several lines, or closes brackets after one that has
  bool keeps_break = false;  // a break before the next token stays

  const auto leave = [&](std::uint32_t index) {
    while (!parents.empty() && parents.back().end <= index) {
      places_[parents.back().index].end = position;
      parents.pop_back();
    }
  };

  for (std::uint32_t i = 0; i < nodes.size();) {
    leave(i);
    const Node& node = nodes[i];
    if (!parents.empty()) {
      Parent& parent = parents.back();
      const std::uint32_t ordinal = parent.children++;
      if (shape_of(parent.kind) == Shape::Bracket) {
        keeps_break |= ordinal == 1 && i + 1 < parent.end;
      } else {
        keeps_break |= starts_line(parent.kind, node.kind, ordinal);
      }
    }
    if (shape_of(node.kind) != Shape::Token) {
      const NodeKind above = parents.empty() ? NodeKind::File : parents.back().kind;
      parents.push_back({i, i + node.size, 0, node.kind, above});
      ++i;
      continue;
    }

    const Parent& parent = parents.back();
    const std::string_view token = text.substr(node.begin, node.end - node.begin);
    const bool empty_braces = token == "}" && open_brace;
    const bool last_comma = node.kind == NodeKind::Symbol && token == "," &&
                            shape_of(parent.kind) == Shape::Bracket && i + 2 == parent.end;
    const bool space = space_after && !empty_braces && blank_before(token, node.kind, parent);
    const bool closer =
        node.kind == NodeKind::SpliceClose ||
        (node.kind == NodeKind::Symbol && (token == ")" || token == "]" || token == "}"));
    bool broken = after_many_lines && !closer;
    for (; comment != tree.comments.end() && comment->span.begin < node.begin; ++comment)
      broken |= source_end > 0;
    if (keeps_break && !broken) {
      const std::string_view gap = text.substr(source_end, node.begin - source_end);
      broken = gap.find('\n') != std::string_view::npos;
    }
    if (broken) position += kBreak;
    if (!last_comma) position += space ? 1 : 0;
    for (; first_unset <= i; ++first_unset) {
      places_[first_unset].begin = position;
      places_[first_unset].space = space;
    }
    const std::size_t line_end =
        node.kind == NodeKind::String ? token.find('\n') : std::string_view::npos;
    if (!last_comma) position += cells(token.substr(0, line_end));
    places_[i].end = position;
    places_[i].last_comma = last_comma;

    source_end = node.end;
    space_after = blank_after(token, node.kind, parent);
    open_brace = node.kind == NodeKind::Symbol && token == "{";
    after_many_lines = line_end != std::string_view::npos || (after_many_lines && closer);
    keeps_break = false;
    i += node.size;
    first_unset = i;
  }
  leave(static_cast<std::uint32_t>(nodes.size()));
}

}  // namespace hookc::layout
