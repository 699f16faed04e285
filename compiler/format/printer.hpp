// Writes tokens and the comments between them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/tree.hpp"

namespace hookc::layout {

/// Which single blank lines of the source stay where a line begins.
enum class Blanks : std::uint8_t { None, Keep, AfterOpener, BeforeCloser };

/// A line to begin.
struct Line {
  std::uint32_t indent = 0;
  Blanks blanks = Blanks::None;
  std::uint32_t comment_indent = 0;
  /// Column in the source of the statement that has just ended: a comment directly below it that
  /// stands further in belongs to it, not to what follows. UINT32_MAX: no statement has ended.
  std::uint32_t owner_column = UINT32_MAX;
};

/// Takes tokens in file order, each once; whatever comments stand before a token go out with it.
/// Views into the text and the comments must stay good meanwhile.
class Printer {
 public:
  Printer(std::string_view text, const std::vector<syntax::Comment>& comments);

  /// The next token begins a line.
  void line(Line line);
  void line(std::uint32_t indent, Blanks blanks = Blanks::None) {
    this->line({indent, blanks, indent});
  }
  /// Writes a token: at the line asked for, or else after a blank if `space`, or right away.
  void put(const syntax::Node& token, bool space);
  /// Writes a comma after the last token, before any comment.
  void comma();
  /// Blanks before the next token, beyond the one it has.
  void pad(std::uint32_t blanks) { pad_ = blanks; }
  /// The column where a token that begins at `source_begin` would start.
  std::uint64_t column_of(std::uint32_t source_begin, bool space) const;
  /// Blanks between the line's start and `source_begin`, as far as there are only blanks.
  std::uint32_t source_column(std::uint32_t source_begin) const;

  /// Writes the last comments; the text, ending with a line end.
  std::string finish(std::uint32_t owner_column) &&;

 private:
  bool comment_before(std::uint32_t source_begin) const;
  void put_comments(std::uint32_t before);
  void new_line(std::uint32_t indent);
  /// Number of line ends between what was written last and `source_begin`, at most 2.
  int line_ends_before(std::uint32_t source_begin) const;

  std::string_view text_;
  const std::vector<syntax::Comment>& comments_;
  std::string out_;
  std::size_t next_comment_ = 0;
  std::uint32_t source_end_ = 0;  // of what was written last
  std::uint64_t column_ = 0;
  std::uint32_t pad_ = 0;
  std::uint32_t continuation_ =
      2;  // indentation where a comment breaks a line that nothing else breaks
  Line line_;
  bool begins_line_ = false;
};

}  // namespace hookc::layout
