#include "compiler/diagnostics/render/snippet.hpp"

#include <algorithm>
#include <charconv>

#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::render {

namespace {

/// More nested long spans than this share the last column of the margin.
constexpr std::uint32_t max_depths = 4;

std::string_view escape_sequence(Style style) {
  switch (style) {
    case Style::Plain: return "";
    case Style::Bold: return "\x1b[1m";
    case Style::Frame: return "\x1b[1;34m";
    case Style::Error: return "\x1b[1;31m";
    case Style::Warning: return "\x1b[1;33m";
    case Style::Info: return "\x1b[1;36m";
    case Style::Hint: return "\x1b[1;32m";
    case Style::Secondary: return "\x1b[1;34m";
    case Style::Added: return "\x1b[32m";
    case Style::Removed: return "\x1b[31m";
  }
  return "";
}

/// Cells of one code point as `source_text` shows it; tabs aside.
std::uint32_t shown_cells(char32_t c) {
  return c >= 0x20 && c < 0x7F ? 1 : static_cast<std::uint32_t>(display_width(visible(c)));
}

/// Moves `offset` back to the start of the character it stands in.
std::uint32_t char_start(std::string_view text, std::uint32_t offset) {
  for (int i = 0; i < 3 && offset > 0 && offset < text.size() &&
                  (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80;
       ++i) {
    --offset;
  }
  return offset;
}

}  // namespace

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::Error: return Style::Error;
    case Severity::Warning: return Style::Warning;
    case Severity::Info: return Style::Info;
    case Severity::Hint: return Style::Hint;
  }
  return Style::Error;
}

void Painter::open(Style style) {
  if (color_ && style != Style::Plain) out_ += escape_sequence(style);
}
void Painter::close(Style style) {
  if (color_ && style != Style::Plain) out_ += "\x1b[0m";
}
void Painter::raw(std::string_view text, Style style) {
  open(style);
  out_ += text;
  close(style);
}
void Painter::text(std::string_view text, Style style) {
  open(style);
  append_terminal(out_, text);
  close(style);
}
void Painter::code_point(char32_t c) {
  append_utf8(out_, c);
}

// ---- the frame
// -----------------------------------------------------------------------------------------------

void SnippetPainter::gutter(std::uint32_t line, const SnippetOptions& options) {
  char number[12];
  const char* const end = std::to_chars(number, number + sizeof number, line + 1).ptr;
  const auto digits = static_cast<std::uint32_t>(end - number);
  paint_.open(Style::Frame);
  paint_.spaces(options.gutter > digits ? options.gutter - digits : 0);
  paint_.raw({number, digits});
  paint_.raw(" |");
  paint_.close(Style::Frame);
}

void SnippetPainter::gutter(const SnippetOptions& options) {
  paint_.spaces(options.gutter + 1);
  paint_.raw("|", Style::Frame);
}

void SnippetPainter::empty_row(const SnippetOptions& options) {
  gutter(options);
  paint_.line_end();
}

void SnippetPainter::gap(const SnippetOptions& options) {
  paint_.raw("...", Style::Frame);
  const bool any_open =
      std::any_of(open_.begin(), open_.end(), [](Style style) { return style != Style::Plain; });
  if (any_open) {
    paint_.spaces(options.gutter > 1 ? options.gutter - 1 : 0);
    margin(options);
  }
  paint_.line_end();
}

/// The bars of long spans, one column each, after a blank.
void SnippetPainter::margin(const SnippetOptions&) {
  if (depths_ == 0) return;
  paint_.spaces(1);
  for (const Style style : open_) {
    if (style == Style::Plain) {
      paint_.spaces(1);
    } else {
      paint_.raw("|", style);
    }
  }
}

// ---- rows of marks
// -------------------------------------------------------------------------------------------

void SnippetPainter::put(std::uint32_t from, std::uint32_t to, char c, Style style) {
  if (row_.size() < to) {
    row_.resize(to, ' ');
    row_style_.resize(to, Style::Plain);
  }
  for (std::uint32_t i = from; i < to; ++i) {
    row_[i] = c;
    row_style_[i] = style;
  }
}

/// Writes the composed row in runs of one style, then the label, and empties it.
void SnippetPainter::row_end(std::string_view label, Style label_style) {
  std::size_t begin = 0;
  while (begin < row_.size()) {
    std::size_t end = begin + 1;
    while (end < row_.size() && row_style_[end] == row_style_[begin]) ++end;
    paint_.raw(std::string_view(row_).substr(begin, end - begin), row_style_[begin]);
    begin = end;
  }
  if (!label.empty()) paint_.text(label, label_style);
  paint_.line_end();
  row_.clear();
  row_style_.clear();
}

/// The row of `^` and `-`, then the labels that did not fit on it, the rightmost first.
void SnippetPainter::inline_marks(std::size_t first, std::size_t last,
                                  const SnippetOptions& options) {
  hanging_.clear();
  const Piece* rightmost = nullptr;
  std::uint32_t row_right = 0;
  for (std::size_t i = first; i < last; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.kind != Kind::Whole) continue;
    row_right = std::max(row_right, piece.right);
    if (piece.text.empty()) continue;
    hanging_.push_back(&piece);
    if (rightmost == nullptr || piece.left > rightmost->left) rightmost = &piece;
  }
  if (row_right == 0) return;

  const auto style = [&](const Piece& piece) {
    return piece.primary ? options.primary : Style::Secondary;
  };
  for (const bool primary : {false, true}) {
    for (std::size_t i = first; i < last; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.kind == Kind::Whole && piece.primary == primary) {
        put(piece.left, piece.right, primary ? '^' : '-', style(piece));
      }
    }
  }
  // A label stands on the row itself only where no other mark could be taken for its own.
  bool alone = rightmost != nullptr;
  for (std::size_t i = first; i < last && alone; ++i) {
    const Piece& other = pieces_[i];
    alone = &other == rightmost || other.kind != Kind::Whole || other.right <= rightmost->left;
  }
  gutter(options);
  margin(options);
  paint_.spaces(1);
  if (alone) {
    put(row_right, row_right + 1, ' ', Style::Plain);
    row_end(rightmost->text, style(*rightmost));
    std::erase(hanging_, rightmost);
  } else {
    row_end({}, Style::Plain);
  }

  std::stable_sort(hanging_.begin(), hanging_.end(),
                   [](const Piece* a, const Piece* b) { return a->left > b->left; });
  const auto bars = [&](std::size_t from, std::uint32_t before) {
    for (std::size_t i = from; i < hanging_.size(); ++i) {
      if (hanging_[i]->left < before)
        put(hanging_[i]->left, hanging_[i]->left + 1, '|', style(*hanging_[i]));
    }
  };
  for (std::size_t i = 0; i < hanging_.size(); ++i) {
    const Piece& piece = *hanging_[i];
    if (i == 0) {
      gutter(options);
      margin(options);
      paint_.spaces(1);
      bars(0, UINT32_MAX);
      row_end({}, Style::Plain);
    }
    gutter(options);
    margin(options);
    paint_.spaces(1);
    put(0, piece.left, ' ', Style::Plain);
    bars(i + 1, piece.left);
    row_end(piece.text, style(piece));
  }
}

// ---- source text
// ---------------------------------------------------------------------------------------------

/// The whole line where it is short enough, else some cells around [low, high). Looks at no more
/// bytes than it shows.
SnippetPainter::View SnippetPainter::window(std::string_view text, std::uint32_t line,
                                            std::uint32_t low, std::uint32_t high,
                                            const SnippetOptions& options) const {
  const std::uint32_t frame = options.gutter + 4 + depths_;
  const std::uint32_t cells = std::max(40U, options.width > frame ? options.width - frame : 0U);
  View view{text, 0, static_cast<std::uint32_t>(text.size()), false, false, false};
  view.bom = line == 0 && text.starts_with("\xEF\xBB\xBF");
  if (text.size() <= cells) return view;
  if (high + cells / 4 > cells) {
    view.begin = char_start(text, low - std::min(low, cells / 4));
    view.cut_before = view.begin > 0;
    view.bom = view.bom && !view.cut_before;
  }
  // Marks of zero cells must not make the window endless.
  const std::uint32_t byte_limit =
      view.begin + std::min<std::uint32_t>(8 * cells, view.end - view.begin);
  std::uint32_t used = 0;
  std::uint32_t at = view.begin;
  while (at < byte_limit) {
    const CodePoint c = decode_utf8(text, at);
    used += c.value == '\t' ? options.tab - used % options.tab : shown_cells(c.value);
    if (used > cells) break;
    at += c.length;
  }
  view.cut_after = at < view.end;
  view.end = at;
  return view;
}

void SnippetPainter::source_text(const View& view, const SnippetOptions& options) {
  if (view.cut_before) paint_.raw("...", Style::Frame);
  std::uint32_t used = 0;
  std::uint32_t at = view.begin + (view.bom ? 3 : 0);
  while (at < view.end) {
    std::uint32_t run = at;
    while (run < view.end && view.text[run] >= 0x20 && view.text[run] < 0x7F) ++run;
    if (run > at) {
      paint_.raw(view.text.substr(at, run - at));
      used += run - at;
      at = run;
      continue;
    }
    const CodePoint c = decode_utf8(view.text, at);
    if (c.value == '\t') {
      const std::uint32_t step = options.tab - used % options.tab;
      paint_.spaces(step);
      used += step;
    } else {
      paint_.code_point(visible(c.value));
      used += shown_cells(c.value);
    }
    at += c.length;
  }
  if (view.cut_after) paint_.raw("...", Style::Frame);
}

/// The cell at which byte `offset` of the line is shown; offsets outside the view stand at its
/// ends.
std::uint32_t SnippetPainter::cell(const View& view, std::uint32_t offset,
                                   const SnippetOptions& options) const {
  std::uint32_t used = 0;
  std::uint32_t at = view.begin + (view.bom ? 3 : 0);
  while (at < view.end && at < offset) {
    const CodePoint c = decode_utf8(view.text, at);
    if (at + c.length > offset) break;
    used += c.value == '\t' ? options.tab - used % options.tab : shown_cells(c.value);
    at += c.length;
  }
  return used + (view.cut_before ? 3 : 0);
}

void SnippetPainter::plain_line(FileId file, std::uint32_t line, const SnippetOptions& options) {
  const std::string_view text = sources_.text({file, sources_.lines(file).span(line)});
  gutter(line, options);
  margin(options);
  if (!text.empty()) {
    paint_.spaces(1);
    source_text(window(text, line, 0, 0, options), options);
  }
  paint_.line_end();
}

/// One picture of `line` with pieces [first, last), which are near enough to each other.
void SnippetPainter::view(std::string_view text, std::uint32_t line, std::size_t first,
                          std::size_t last, const SnippetOptions& options) {
  std::uint32_t low = UINT32_MAX;
  std::uint32_t high = 0;
  for (std::size_t i = first; i < last; ++i) {
    low = std::min(low, pieces_[i].begin);
    high = std::max(high, pieces_[i].end);
  }
  const View shown = window(text, line, low, high, options);
  for (std::size_t i = first; i < last; ++i) {
    Piece& piece = pieces_[i];
    piece.left = cell(shown, piece.begin, options);
    piece.right = std::max(piece.left + 1, cell(shown, piece.end, options));
  }

  // A long span that begins with its line needs no arrow: the margin says it.
  const auto first_char = text.find_first_not_of(" \t");
  std::uint32_t slash = UINT32_MAX;
  for (std::size_t i = first; i < last && !shown.cut_before; ++i) {
    if (pieces_[i].kind == Kind::Opens && pieces_[i].begin <= first_char) slash = pieces_[i].depth;
  }
  gutter(line, options);
  if (depths_ > 0) paint_.spaces(1);
  for (std::uint32_t depth = 0; depth < depths_; ++depth) {
    if (depth == slash) {
      paint_.raw("/", options.primary);
    } else if (open_[depth] != Style::Plain) {
      paint_.raw("|", open_[depth]);
    } else {
      paint_.spaces(1);
    }
  }
  if (!text.empty()) {
    paint_.spaces(1);
    source_text(shown, options);
  }
  paint_.line_end();

  inline_marks(first, last, options);
  for (std::size_t i = first; i < last; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.kind == Kind::Whole) continue;
    const Style style = piece.primary ? options.primary : Style::Secondary;
    const char tip = piece.primary ? '^' : '-';
    const bool opens = piece.kind == Kind::Opens;
    if (!(opens && piece.depth == slash)) {
      gutter(options);
      paint_.spaces(1);
      for (std::uint32_t depth = 0; depth < depths_; ++depth) {
        const bool own_bar = depth == piece.depth && !opens;
        const Style bar = own_bar ? style : open_[depth];
        if (own_bar || (depth != piece.depth && bar != Style::Plain)) {
          put(depth, depth + 1, '|', bar);
        } else if (depth > piece.depth) {
          put(depth, depth + 1, '_', style);
        } else {
          put(depth, depth + 1, ' ', Style::Plain);
        }
      }
      const std::uint32_t at = opens ? piece.left : piece.right - 1;
      put(depths_, depths_ + 1 + at, '_', style);
      put(depths_ + 1 + at, depths_ + 2 + at, tip, style);
      if (!piece.text.empty()) put(depths_ + 2 + at, depths_ + 3 + at, ' ', Style::Plain);
      row_end(piece.text, style);
    }
    open_[piece.depth] = opens ? style : Style::Plain;
  }
}

/// All pieces of one line. On a long line pieces far from each other get a picture each.
void SnippetPainter::line(FileId file, std::size_t first, std::size_t last,
                          const SnippetOptions& options) {
  const std::uint32_t line = pieces_[first].line;
  const std::string_view text = sources_.text({file, sources_.lines(file).span(line)});
  if (text.size() <= options.width) {
    view(text, line, first, last, options);
    return;
  }
  while (first < last) {
    std::size_t end = first + 1;
    while (end < last && pieces_[end].end <= pieces_[first].begin + options.width / 2) ++end;
    view(text, line, first, end, options);
    first = end;
  }
}

void SnippetPainter::collect(FileId file, const std::vector<Mark>& marks, const SnippetOptions&) {
  const LineIndex& lines = sources_.lines(file);
  pieces_.clear();
  extra_lines_.clear();
  depths_ = 0;
  for (const Mark& mark : marks) {
    const std::uint32_t first = lines.line_of(mark.span.begin);
    // The line end after the last character belongs to its line.
    const std::uint32_t last =
        mark.span.empty() ? first : std::max(first, lines.line_of(mark.span.end - 1));
    const auto within = [&](std::uint32_t offset, std::uint32_t line) {
      const Span span = lines.span(line);
      return std::min(offset, span.end) - span.begin;
    };
    if (first == last) {
      pieces_.push_back({first, within(mark.span.begin, first), within(mark.span.end, first),
                         mark.text, mark.primary, Kind::Whole, 0});
      continue;
    }
    const auto depth = static_cast<std::uint8_t>(std::min(depths_, max_depths - 1));
    depths_ = depth + 1U;
    const std::uint32_t begin = within(mark.span.begin, first);
    const std::uint32_t end = within(mark.span.end, last);
    pieces_.push_back({first, begin, begin + 1, {}, mark.primary, Kind::Opens, depth});
    pieces_.push_back(
        {last, end > 0 ? end - 1 : 0, end, mark.text, mark.primary, Kind::Closes, depth});
    if (last - first <= 6) {
      for (std::uint32_t line = first + 1; line < last; ++line) extra_lines_.push_back(line);
    }
  }
  open_.assign(depths_, Style::Plain);
  std::stable_sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return a.line != b.line ? a.line < b.line : a.begin < b.begin;
  });
  std::sort(extra_lines_.begin(), extra_lines_.end());
}

void SnippetPainter::draw(FileId file, const std::vector<Mark>& marks,
                          const SnippetOptions& options) {
  collect(file, marks, options);
  empty_row(options);
  std::size_t at = 0;
  auto extra = extra_lines_.begin();
  std::uint32_t next = UINT32_MAX;  // the line after the one drawn last
  while (at < pieces_.size()) {
    const std::uint32_t line_number = pieces_[at].line;
    for (; extra != extra_lines_.end() && *extra < line_number; ++extra) {
      if (*extra < next && next != UINT32_MAX) continue;
      plain_line(file, *extra, options);
      next = *extra + 1;
    }
    if (next != UINT32_MAX && line_number == next + 1) {
      plain_line(file, next, options);
    } else if (next != UINT32_MAX && line_number > next) {
      gap(options);
    }
    std::size_t end = at;
    while (end < pieces_.size() && pieces_[end].line == line_number) ++end;
    line(file, at, end, options);
    at = end;
    next = line_number + 1;
  }
}

void SnippetPainter::changed_line(std::uint32_t line, char sign, std::string_view text,
                                  const SnippetOptions& options) {
  const Style style = sign == '+' ? Style::Added : Style::Removed;
  char number[12];
  const char* const end = std::to_chars(number, number + sizeof number, line + 1).ptr;
  const auto digits = static_cast<std::uint32_t>(end - number);
  paint_.spaces(options.gutter > digits ? options.gutter - digits : 0);
  paint_.raw({number, digits}, Style::Frame);
  paint_.spaces(1);
  paint_.open(style);
  paint_.raw({&sign, 1});
  if (!text.empty()) {
    paint_.spaces(1);
    depths_ = 0;
    source_text(window(text, line, 0, 0, options), options);
  }
  paint_.close(style);
  paint_.line_end();
}

}  // namespace hookc::render
