#include "lsp/features/formatting.hpp"

#include <algorithm>

#include "compiler/format/format.hpp"

namespace hookc::lsp {

namespace {

bool is_space(char c) {
  return is_blank(c) || c == '\n';
}

/// A formatter moves blanks and the last commas of brackets, and nothing else. So the two texts are
/// read side by side, and where one has other blanks than the other an edit is made: smaller than
/// any comparison of lines can find, and without its quadratic corner.
class LayoutDiff {
 public:
  LayoutDiff(std::string_view before, std::string_view after, std::string_view line_end)
      : before_(before), after_(after), line_end_(line_end) {}

  std::vector<TextEdit> run() && {
    while (b_ < before_.size() || a_ < after_.size()) {
      if ((b_ < before_.size() && is_space(before_[b_])) ||
          (a_ < after_.size() && is_space(after_[a_]))) {
        gap();
      } else if (b_ < before_.size() && a_ < after_.size() && before_[b_] == after_[a_]) {
        ++b_;
        ++a_;
      } else if (a_ < after_.size() && after_[a_] == ',') {
        add({b_, b_}, ",");
        ++a_;
      } else if (b_ < before_.size() && before_[b_] == ',') {
        add({b_, b_ + 1}, "");
        ++b_;
      } else {
        return {{{0, static_cast<std::uint32_t>(before_.size())}, with_line_ends(after_)}};
      }
    }
    return std::move(out_);
  }

 private:
  std::string with_line_ends(std::string_view text) const {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) {
        made += line_end_;
      } else {
        made += text[i];
      }
    }
    return made;
  }

  static std::string_view blanks(std::string_view text, std::uint32_t at) {
    std::uint32_t end = at;
    while (end < text.size() && is_space(text[end])) ++end;
    return text.substr(at, end - at);
  }

  /// Three edits at most: what trails the line before, the empty lines, and the indentation, so
  /// that each stands on lines of its own.
  void gap() {
    const std::string_view was = blanks(before_, b_);
    const std::string wanted = with_line_ends(blanks(after_, a_));
    a_ += static_cast<std::uint32_t>(blanks(after_, a_).size());
    const Pieces from = split(was);
    const Pieces to = split(wanted);
    if (from.lines.empty() != to.lines.empty()) {
      replace(b_, was, wanted);
    } else {
      replace(b_, from.trailing, to.trailing);
      const auto lines = b_ + static_cast<std::uint32_t>(from.trailing.size());
      // Line ends of another kind alone are the writer's.
      if (std::ranges::count(from.lines, '\n') != std::ranges::count(to.lines, '\n') ||
          from.lines.find_first_of(" \t") != std::string_view::npos)
        replace(lines, from.lines, to.lines);
      replace(lines + static_cast<std::uint32_t>(from.lines.size()), from.indent, to.indent);
    }
    b_ += static_cast<std::uint32_t>(was.size());
  }

  struct Pieces {
    std::string_view trailing, lines, indent;
  };
  static Pieces split(std::string_view gap) {
    const std::size_t last = gap.rfind('\n');
    if (last == std::string_view::npos) return {gap, {}, {}};
    std::size_t first = gap.find('\n');
    if (first > 0 && gap[first - 1] == '\r') --first;
    return {gap.substr(0, first), gap.substr(first, last + 1 - first), gap.substr(last + 1)};
  }

  void replace(std::uint32_t at, std::string_view was, std::string_view wanted) {
    if (was == wanted) return;
    const std::size_t shorter = std::min(was.size(), wanted.size());
    std::size_t prefix = 0;
    while (prefix < shorter && was[prefix] == wanted[prefix]) ++prefix;
    // Neither end may part a CR from its LF: an editor would see two line ends.
    if (prefix > 0 && was[prefix - 1] == '\r') --prefix;
    std::size_t suffix = 0;
    while (suffix < shorter - prefix &&
           was[was.size() - 1 - suffix] == wanted[wanted.size() - 1 - suffix])
      ++suffix;
    if (suffix > 0 && was[was.size() - suffix] == '\n' && was.size() > suffix &&
        was[was.size() - suffix - 1] == '\r')
      --suffix;
    add({at + static_cast<std::uint32_t>(prefix),
         at + static_cast<std::uint32_t>(was.size() - suffix)},
        wanted.substr(prefix, wanted.size() - suffix - prefix));
  }

  // Edits that touch stay apart: a range may want one and not the other.
  void add(Span span, std::string_view text) { out_.push_back({span, std::string(text)}); }

  std::string_view before_;
  std::string_view after_;
  std::string_view line_end_;
  std::uint32_t b_ = 0;
  std::uint32_t a_ = 0;
  std::vector<TextEdit> out_;
};

/// The statements that touch `range`, with the comment above each, and inside a group the members
/// that do. Sorted; from the start of a line to the end of one.
std::vector<Span> statements_touching(const Document& document, Span range) {
  std::vector<Span> found;
  const auto& nodes = document.tree->nodes;
  const auto visit = [&](auto& self, std::uint32_t parent, std::uint32_t before) -> void {
    for (std::uint32_t c = parent + 1; c < document.after(parent); c = document.after(c)) {
      if (syntax::is_token(nodes[c].kind)) {
        before = nodes[c].end;
        continue;
      }
      Span whole{nodes[c].begin, line_end(document.text, nodes[c].end)};
      const auto& comments = document.tree->comments;
      for (auto comment = std::ranges::lower_bound(
               comments, before, {}, [](const syntax::Comment& each) { return each.span.begin; });
           comment != comments.end() && comment->span.end <= nodes[c].begin; ++comment) {
        if (!first_on_line(document.text, comment->span.begin)) continue;
        whole.begin = comment->span.begin;
        break;
      }
      if (first_on_line(document.text, whole.begin))
        whole.begin = line_begin(document.text, whole.begin);
      before = nodes[c].end;
      if (!touches(whole, range)) continue;
      // In a group that is larger than what is asked for, its members.
      const bool inside = whole.begin < range.begin && range.end < nodes[c].end;
      if (nodes[c].kind == syntax::NodeKind::Together && inside) {
        self(self, c, nodes[c].begin);
      } else {
        found.push_back(whole);
      }
    }
  };
  visit(visit, 0, 0);
  return found;
}

}  // namespace

std::vector<TextEdit> layout_edits(std::string_view before, std::string_view after,
                                   std::string_view line_end) {
  return LayoutDiff(before, after, line_end).run();
}

std::vector<TextEdit> format_document(const query::Snapshot& now, const std::string& path) {
  const auto document = open_document(now, path);
  if (!document) return {};
  const auto formatted = format(now.sources(), *document->tree);
  if (!formatted) return {};
  const std::string_view text = document->text;
  const std::size_t first = text.find('\n');
  const bool crlf = first != std::string_view::npos && first > 0 && text[first - 1] == '\r';
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  const auto bom = static_cast<std::uint32_t>(text.starts_with(kBom) ? kBom.size() : 0);
  std::vector<TextEdit> edits = layout_edits(text.substr(bom), *formatted, crlf ? "\r\n" : "\n");
  for (TextEdit& edit : edits) edit.span = {edit.span.begin + bom, edit.span.end + bom};
  return edits;
}

std::vector<TextEdit> format_range(const query::Snapshot& now, const std::string& path,
                                   Span range) {
  const auto document = open_document(now, path);
  if (!document) return {};
  const std::vector<Span> statements = statements_touching(*document, range);
  std::vector<TextEdit> edits = format_document(now, path);
  std::erase_if(edits, [&](const TextEdit& edit) {
    return std::ranges::none_of(statements, [&](Span statement) {
      return statement.begin <= edit.span.begin && edit.span.end <= statement.end;
    });
  });
  return edits;
}

}  // namespace hookc::lsp
