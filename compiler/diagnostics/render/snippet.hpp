// Source lines with marks under them, as rustc draws them. Private to the text format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::render {

enum class Style : std::uint8_t {
  Plain,
  Bold,
  Frame,
  Error,
  Warning,
  Info,
  Hint,
  Secondary,
  Added,
  Removed
};
Style style_of(Severity severity);

/// Writes styled text; without colour styles are dropped.
class Painter {
 public:
  Painter(std::string& out, bool color) : out_(out), color_(color) {}
  /// `text` goes out as it is: it must be harmless already.
  void raw(std::string_view text, Style style = Style::Plain);
  /// Foreign text: made harmless for a terminal.
  void text(std::string_view text, Style style = Style::Plain);
  void code_point(char32_t c);
  void spaces(std::size_t count) { out_.append(count, ' '); }
  void line_end() { out_ += '\n'; }
  void open(Style style);
  void close(Style style);

 private:
  std::string& out_;
  bool color_;
};

/// One label on the way to its picture. The span is clamped to the file.
struct Mark {
  Span span;
  std::string_view text;
  bool primary = false;
};

struct SnippetOptions {
  std::uint32_t gutter = 1;  // digits of the largest line number
  std::uint32_t width = 140;
  std::uint32_t tab = 4;
  Style primary = Style::Error;
};

/// Draws snippets of one report; keeps its scratch memory between them.
class SnippetPainter {
 public:
  SnippetPainter(const SourceManager& sources, Painter& painter)
      : sources_(sources), paint_(painter) {}

  /// All marks of one file with the lines they stand on, and `|` above.
  void draw(FileId file, const std::vector<Mark>& marks, const SnippetOptions& options);
  /// `14 - text` or `14 + text`; `text` is one line, cut where the terminal ends.
  void changed_line(std::uint32_t line, char sign, std::string_view text,
                    const SnippetOptions& options);
  /// `   |`
  void empty_row(const SnippetOptions& options);

 private:
  enum class Kind : std::uint8_t { Whole, Opens, Closes };
  /// The part of a mark that stands on one line; offsets within the line.
  struct Piece {
    std::uint32_t line;
    std::uint32_t begin;
    std::uint32_t end;
    std::string_view text;
    bool primary;
    Kind kind;
    std::uint8_t depth;
    std::uint32_t left = 0;   // cells in the view
    std::uint32_t right = 0;  // exclusive, > left
  };
  /// The part of a line that is shown.
  struct View {
    std::string_view text;
    std::uint32_t begin = 0;  // bytes
    std::uint32_t end = 0;
    bool cut_before = false;
    bool cut_after = false;
    bool bom = false;  // a byte order mark stands at `begin`, and is not shown
  };

  void collect(FileId file, const std::vector<Mark>& marks, const SnippetOptions& options);
  void line(FileId file, std::size_t first, std::size_t last, const SnippetOptions& options);
  void view(std::string_view text, std::uint32_t line, std::size_t first, std::size_t last,
            const SnippetOptions& options);
  void plain_line(FileId file, std::uint32_t line, const SnippetOptions& options);
  View window(std::string_view text, std::uint32_t line, std::uint32_t low, std::uint32_t high,
              const SnippetOptions& options) const;
  void source_text(const View& view, const SnippetOptions& options);
  std::uint32_t cell(const View& view, std::uint32_t offset, const SnippetOptions& options) const;

  void gutter(std::uint32_t line, const SnippetOptions& options);
  void gutter(const SnippetOptions& options);
  void gap(const SnippetOptions& options);
  void margin(const SnippetOptions& options);
  void inline_marks(std::size_t first, std::size_t last, const SnippetOptions& options);
  void put(std::uint32_t from, std::uint32_t to, char c, Style style);
  void row_end(std::string_view label, Style label_style);

  const SourceManager& sources_;
  Painter& paint_;
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> extra_lines_;  // shown without a mark: what a long span covers
  std::uint32_t depths_ = 0;
  std::vector<Style> open_;  // by depth; Plain: not open
  std::vector<const Piece*> hanging_;
  std::string row_;               // the row being composed …
  std::vector<Style> row_style_;  // … and the style of each of its cells
};

}  // namespace hookc::render
