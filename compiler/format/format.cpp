#include "compiler/format/format.hpp"

#include <algorithm>

#include "compiler/format/measure.hpp"
#include "compiler/format/printer.hpp"
#include "compiler/format/shape.hpp"

namespace hookc {

namespace {

using layout::Blanks;
using layout::Measure;
using layout::Printer;
using layout::Shape;
using syntax::Node;
using syntax::NodeKind;

constexpr std::uint64_t kWidth = 100;

/// One pass over the tree. A node that fits in what is left of the line is written flat; only a
/// node that does not is asked for its shape, so every token is looked at a bounded number of
/// times.
///
/// Why the result formats to itself: a group is broken if and only if it is too wide, and a line
/// break written where a group breaks is measured as too wide the next time, for the group and for
/// all around it, which were broken too.
class Formatter {
 public:
  Formatter(std::string_view text, const syntax::SyntaxTree& tree)
      : nodes_(tree.nodes), measure_(text, tree), out_(text, tree.comments) {}

  std::string run() && {
    const std::uint32_t owner = statements(1, after(0), 0, Blanks::Keep);
    return std::move(out_).finish(owner);
  }

 private:
  std::uint32_t after(std::uint32_t node) const { return node + nodes_[node].size; }
  NodeKind kind(std::uint32_t node) const { return nodes_[node].kind; }
  bool fits(std::uint32_t node, std::uint64_t until) const {
    return out_.column_of(nodes_[node].begin, measure_.space_before(node)) +
               (until - measure_.begin(node)) <=
           kWidth;
  }

  void token(std::uint32_t node) { out_.put(nodes_[node], measure_.space_before(node)); }

  void flat(std::uint32_t node) { flat(node, after(node)); }
  void flat(std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t i = first; i < last;) {
      if (layout::shape_of(kind(i)) != Shape::Token) {
        ++i;
        continue;
      }
      if (!measure_.is_last_comma(i)) token(i);
      i = after(i);
    }
  }

  /// Writes a node into a line indented by `indent`; `until`: the end, on the measured line, of
  /// what must stay on the same line after it.
  void node(std::uint32_t n, std::uint32_t indent, std::uint64_t until);
  /// The children of a node that does not fit, a line for each that starts one; `pad` blanks after
  /// the first child.
  void parts(std::uint32_t n, std::uint32_t indent, std::uint64_t until, std::uint32_t pad = 0);
  void bracket(std::uint32_t n, std::uint32_t indent);
  void hook(std::uint32_t n, std::uint32_t indent);
  void hold(std::uint32_t n, std::uint32_t indent);
  void hold_body(std::uint32_t n, std::uint32_t indent, bool first_stays, Blanks blanks);
  void template_(std::uint32_t n, std::uint32_t indent);
  void together(std::uint32_t n, std::uint32_t indent);
  void environment(std::uint32_t n, std::uint32_t indent);
  void declaration(std::uint32_t n, std::uint32_t indent, bool aligned);
  /// The statements [first, last), and the source column of the last of them.
  std::uint32_t statements(std::uint32_t first, std::uint32_t last, std::uint32_t indent,
                           Blanks blanks);
  /// Where, on the measured line, the line that begins with `child` of `n` ends: before the next
  /// child that starts one, or at `until`.
  std::uint64_t line_end(std::uint32_t n, std::uint32_t child, std::uint32_t ordinal,
                         std::uint64_t until) const;
  /// Whether a sentence's action can stand on the line of its first word.
  bool head_fits(std::uint32_t n, std::uint32_t action, std::uint32_t indent) const {
    return indent + (measure_.end(action) - measure_.begin(n)) <= kWidth;
  }

  const std::vector<Node>& nodes_;
  Measure measure_;
  Printer out_;
};

void Formatter::node(std::uint32_t n, std::uint32_t indent, std::uint64_t until) {
  const Shape shape = layout::shape_of(kind(n));
  switch (shape) {
    case Shape::Token: return token(n);
    case Shape::Run:
    case Shape::Parts: return fits(n, until) ? flat(n) : parts(n, indent, until);
    case Shape::Bracket: return fits(n, until) ? flat(n) : bracket(n, indent);
    case Shape::Hook: return fits(n, until) ? flat(n) : hook(n, indent);
    case Shape::Hold: return fits(n, until) ? flat(n) : hold(n, indent);
    case Shape::Template: return template_(n, indent);
    case Shape::Together: return together(n, indent);
    case Shape::Environment: return fits(n, until) ? flat(n) : environment(n, indent);
    case Shape::Declaration: return declaration(n, indent, true);
    case Shape::Test: return declaration(n, indent, false);
  }
}

std::uint64_t Formatter::line_end(std::uint32_t n, std::uint32_t child, std::uint32_t ordinal,
                                  std::uint64_t until) const {
  for (std::uint32_t next = after(child); next < after(n); next = after(child)) {
    if (layout::starts_line(kind(n), kind(next), ++ordinal)) return measure_.end(child);
    child = next;
  }
  return until;
}

void Formatter::parts(std::uint32_t n, std::uint32_t indent, std::uint64_t until,
                      std::uint32_t pad) {
  std::uint64_t end = line_end(n, n + 1, 0, until);
  // The first operand of a chain hangs as deep as the others, so that its own breaks show whose
  // they are.
  const bool chain =
      kind(n) == NodeKind::Or || kind(n) == NodeKind::And || kind(n) == NodeKind::Default;
  std::uint32_t inner = chain ? indent + 2 : indent;
  std::uint32_t ordinal = 0;
  for (std::uint32_t c = n + 1; c < after(n); c = after(c), ++ordinal) {
    if (layout::starts_line(kind(n), kind(c), ordinal)) {
      end = line_end(n, c, ordinal, until);
      inner = indent + 2;
      out_.line(inner);
    }
    node(c, inner, end);
    if (ordinal == 0) out_.pad(pad);
  }
}

void Formatter::bracket(std::uint32_t n, std::uint32_t indent) {
  const std::uint32_t closer = after(n) - 1;
  token(n + 1);
  bool first = true;
  for (std::uint32_t c = n + 2; c < closer; c = after(c)) {
    if (kind(c) == NodeKind::Symbol) continue;  // its commas are written with the entries
    out_.line(indent + 2, first ? Blanks::AfterOpener : Blanks::Keep);
    first = false;
    node(c, indent + 2, measure_.end(c) + 1);
    out_.comma();
  }
  out_.line({indent, first ? Blanks::None : Blanks::BeforeCloser, indent + 2});
  token(closer);
}

void Formatter::hook(std::uint32_t n, std::uint32_t indent) {
  bool in_header = true;
  std::uint32_t ordinal = 0;
  for (std::uint32_t c = n + 1; c < after(n); c = after(c), ++ordinal) {
    if (!layout::starts_line(kind(n), kind(c), ordinal)) {
      node(c, indent, measure_.end(c));
      continue;
    }
    if (!in_header || !head_fits(n, c, indent)) out_.line(indent + 2);
    in_header = false;
    node(c, indent + 2, measure_.end(c));
  }
}

void Formatter::hold(std::uint32_t n, std::uint32_t indent) {
  for (std::uint32_t c = n + 1; c < after(n); c = after(c)) {
    if (kind(c) != NodeKind::HoldBody) {
      node(c, indent, measure_.end(c));
      continue;
    }
    const std::uint32_t acquire = layout::is_action(kind(c + 1)) ? c + 1 : after(c + 1);
    hold_body(c, indent + 2, head_fits(n, acquire, indent), Blanks::None);
  }
}

void Formatter::hold_body(std::uint32_t n, std::uint32_t indent, bool first_stays, Blanks blanks) {
  std::uint32_t ordinal = 0;
  for (std::uint32_t c = n + 1; c < after(n); c = after(c), ++ordinal) {
    if (layout::starts_line(kind(n), kind(c), ordinal) && (ordinal > 0 || !first_stays)) {
      out_.line(indent, ordinal == 0 && blanks == Blanks::Keep ? Blanks::AfterOpener : blanks);
    }
    node(c, indent, measure_.end(c));
  }
}

void Formatter::template_(std::uint32_t n, std::uint32_t indent) {
  const std::uint32_t closer = after(n) - 1;
  std::uint32_t body = n + 1;
  while (body < closer && kind(body) != NodeKind::HoldBody) body = after(body);
  const std::uint64_t header_end = measure_.end(body - 1);
  for (std::uint32_t c = n + 1; c < body; c = after(c)) node(c, indent, header_end);
  hold_body(body, indent + 2, false, Blanks::Keep);
  out_.line({indent, Blanks::BeforeCloser, indent + 2});
  token(closer);
}

void Formatter::together(std::uint32_t n, std::uint32_t indent) {
  const std::uint32_t closer = after(n) - 1;
  if (n + 3 == closer && fits(n, measure_.end(n))) return flat(n);
  token(n + 1);
  token(n + 2);
  const std::uint32_t owner = statements(n + 3, closer, indent + 2, Blanks::AfterOpener);
  out_.line({indent, n + 3 == closer ? Blanks::None : Blanks::BeforeCloser, indent + 2, owner});
  token(closer);
}

void Formatter::environment(std::uint32_t n, std::uint32_t indent) {
  const std::uint32_t closer = after(n) - 1;
  bool first = true;
  for (std::uint32_t c = n + 1; c < closer; c = after(c)) {
    if (kind(c) == NodeKind::Setting) {
      out_.line(indent + 2, first ? Blanks::AfterOpener : Blanks::Keep);
      first = false;
      node(c, indent + 2, measure_.end(c));
    } else {
      node(c, indent, measure_.end(c));
    }
  }
  out_.line({indent, first ? Blanks::None : Blanks::BeforeCloser, indent + 2});
  token(closer);
}

void Formatter::declaration(std::uint32_t n, std::uint32_t indent, bool aligned) {
  std::uint32_t count = 0;
  std::uint64_t widest = 0;
  std::uint32_t ordinal = 0;
  for (std::uint32_t c = n + 1; c < after(n); c = after(c), ++ordinal) {
    if (!layout::starts_line(kind(n), kind(c), ordinal)) continue;
    ++count;
    if (aligned) widest = std::max(widest, measure_.end(c + 1) - measure_.begin(c + 1));
  }
  if (count <= 1 && fits(n, measure_.end(n))) return flat(n);

  ordinal = 0;
  bool first = true;
  for (std::uint32_t c = n + 1; c < after(n); c = after(c), ++ordinal) {
    if (!layout::starts_line(kind(n), kind(c), ordinal)) {
      node(c, indent, measure_.end(c));
      continue;
    }
    out_.line(indent + 2, first ? Blanks::AfterOpener : Blanks::Keep);
    first = false;
    const std::uint64_t keyword = measure_.end(c + 1) - measure_.begin(c + 1);
    const std::uint64_t pad = aligned ? widest - keyword : 0;
    if (fits(c, measure_.end(c) + pad)) {
      token(c + 1);
      out_.pad(static_cast<std::uint32_t>(pad));
      flat(c + 2, after(c));
    } else {
      parts(c, indent + 2, measure_.end(c), static_cast<std::uint32_t>(pad));
    }
  }
}

std::uint32_t Formatter::statements(std::uint32_t first, std::uint32_t last, std::uint32_t indent,
                                    Blanks blanks) {
  std::uint32_t owner = UINT32_MAX;
  for (std::uint32_t c = first; c < last; c = after(c)) {
    out_.line({indent, c == first ? blanks : Blanks::Keep, indent, owner});
    node(c, indent, measure_.end(c));
    owner = out_.source_column(nodes_[c].begin);
  }
  return owner;
}

}  // namespace

std::optional<std::string> format(const SourceManager& sources, const syntax::SyntaxTree& tree) {
  if (tree.has_errors) return std::nullopt;
  return Formatter(sources.text(tree.file), tree).run();
}

}  // namespace hookc
