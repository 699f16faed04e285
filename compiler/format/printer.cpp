#include "compiler/format/printer.hpp"

#include "compiler/source/columns.hpp"

namespace hookc::layout {

using syntax::Node;
using syntax::NodeKind;

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::uint64_t cells(std::string_view text) {
  return display_column(text, static_cast<std::uint32_t>(text.size()));
}

}  // namespace

Printer::Printer(std::string_view text, const std::vector<syntax::Comment>& comments)
    : text_(text), comments_(comments) {
  out_.reserve(text.size() + text.size() / 8);
}

void Printer::line(Line line) {
  line_ = line;
  begins_line_ = true;
  continuation_ = line.indent + 2;
}

bool Printer::comment_before(std::uint32_t source_begin) const {
  return next_comment_ < comments_.size() && comments_[next_comment_].span.begin < source_begin;
}

int Printer::line_ends_before(std::uint32_t source_begin) const {
  int count = 0;
  for (std::uint32_t at = source_end_; at < source_begin && count < 2; ++at)
    count += text_[at] == '\n' ? 1 : 0;
  return count;
}

void Printer::new_line(std::uint32_t indent) {
  if (!out_.empty()) out_ += '\n';
  out_.append(indent, ' ');
  column_ = indent;
}

void Printer::put_comments(std::uint32_t before) {
  bool first = true;  // no comment has had a line of its own yet
  bool owned = begins_line_ && line_.owner_column != UINT32_MAX;
  for (; comment_before(before); ++next_comment_) {
    const Span span = comments_[next_comment_].span;
    std::string_view comment = text_.substr(span.begin, span.size());
    while (!comment.empty() && is_blank(comment.back())) comment.remove_suffix(1);
    const int line_ends = line_ends_before(span.begin);
    if (line_ends == 0 && !out_.empty()) {
      out_ += "  ";
    } else {
      const bool keep =
          begins_line_ && (line_.blanks == Blanks::Keep || line_.blanks == Blanks::BeforeCloser ||
                           (line_.blanks == Blanks::AfterOpener && !first));
      const bool blank = keep && line_ends == 2 && !out_.empty();
      if (blank) out_ += '\n';
      owned = owned && !blank && source_column(span.begin) > line_.owner_column;
      new_line((begins_line_ ? line_.comment_indent : continuation_) + (owned ? 2 : 0));
      first = false;
    }
    out_ += comment;
    source_end_ = span.end;
  }
}

void Printer::put(const Node& token, bool space) {
  const bool commented = comment_before(token.begin);
  if (commented) put_comments(token.begin);
  if (begins_line_) {
    const bool keep =
        line_.blanks == Blanks::Keep || (line_.blanks == Blanks::AfterOpener && commented);
    if (keep && !out_.empty() && line_ends_before(token.begin) == 2) out_ += '\n';
    new_line(line_.indent);
  } else if (commented) {
    new_line(continuation_);
  } else {
    out_.append((space ? 1 : 0) + pad_, ' ');
    column_ += (space ? 1 : 0) + pad_;
  }
  pad_ = 0;
  begins_line_ = false;

  const std::string_view written = text_.substr(token.begin, token.end - token.begin);
  out_ += written;
  source_end_ = token.end;
  const std::size_t last_line =
      token.kind == NodeKind::String ? written.rfind('\n') : std::string_view::npos;
  column_ = last_line == std::string_view::npos ? column_ + cells(written)
                                                : cells(written.substr(last_line + 1));
}

void Printer::comma() {
  out_ += ',';
  ++column_;
}

std::uint64_t Printer::column_of(std::uint32_t source_begin, bool space) const {
  if (begins_line_) return line_.indent;
  if (comment_before(source_begin)) return continuation_;
  return column_ + (space ? 1 : 0) + pad_;
}

std::uint32_t Printer::source_column(std::uint32_t source_begin) const {
  std::uint32_t column = 0;
  while (column < source_begin && is_blank(text_[source_begin - column - 1])) ++column;
  return column;
}

std::string Printer::finish(std::uint32_t owner_column) && {
  line({0, Blanks::BeforeCloser, 0, owner_column});
  put_comments(UINT32_MAX);
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

}  // namespace hookc::layout
