// Byte offsets to the columns that consumers want, and UTF-8 decoding. One function an edge.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/base/span.hpp"

namespace hookc {

class SourceManager;

/// One decoded code point. Ill-formed input gives `valid == false`, U+FFFD, and the length of the
/// maximal ill-formed subpart (Unicode 15, section 3.9, table 3-7), never 0 while bytes remain.
struct CodePoint {
  char32_t value = 0;
  std::uint32_t length = 0;  // bytes
  bool valid = true;
};
CodePoint decode_utf8(std::string_view text, std::uint32_t offset);

/// Offset of the first byte that is not well-formed UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// 0-based columns of byte `offset` within `line_text` (a line without its line end).
std::uint32_t utf16_column(std::string_view line_text, std::uint32_t offset);
std::uint32_t code_point_column(std::string_view line_text, std::uint32_t offset);
/// Terminal cells: tabs to multiples of `tab`, wide and zero-width characters by wcwidth's rules
/// (Unicode TR11 east Asian width; combining marks 0).
std::uint32_t display_column(std::string_view line_text, std::uint32_t offset,
                             std::uint32_t tab = 4);
/// Cells one code point takes: 0, 1 or 2.
int display_width(char32_t c);

/// 0-based line and column (bytes) of an offset.
struct LineColumn {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};
LineColumn line_column(const SourceManager& sources, FileId file, std::uint32_t offset);

}  // namespace hookc
