#include "compiler/source/columns.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "compiler/source/source_manager.hpp"
#include "compiler/source/width_table.hpp"

namespace hookc {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// Length of the run of ASCII bytes at `offset`, eight at a time.
std::size_t ascii_run(std::string_view text, std::size_t offset) {
  const std::size_t begin = offset;
  while (offset + 8 <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + offset, 8);
    if ((word & 0x8080808080808080U) != 0) break;
    offset += 8;
  }
  while (offset < text.size() && static_cast<unsigned char>(text[offset]) < 0x80) ++offset;
  return offset - begin;
}

template <std::size_t N>
bool in_ranges(const detail::CodePointRange (&ranges)[N], char32_t c) {
  const auto after = std::upper_bound(
      std::begin(ranges), std::end(ranges), c,
      [](char32_t value, const detail::CodePointRange& range) { return value < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

/// Sums `units(code point)` over what stands before `offset`; a code point that `offset` cuts is
/// not counted.
template <typename Units>
std::uint32_t count_units(std::string_view line_text, std::uint32_t offset, Units units) {
  const std::size_t end = std::min<std::size_t>(offset, line_text.size());
  std::size_t at = 0;
  std::uint32_t column = 0;
  while (at < end) {
    const std::size_t run = ascii_run(line_text.substr(0, end), at);
    column += static_cast<std::uint32_t>(run);
    at += run;
    if (at >= end) break;
    const CodePoint c = decode_utf8(line_text, static_cast<std::uint32_t>(at));
    if (at + c.length > end) break;
    column += units(c.value);
    at += c.length;
  }
  return column;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::uint32_t offset) {
  if (offset >= text.size()) return {replacement, 0, false};
  const auto byte = [&](std::size_t at) -> unsigned {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const unsigned lead = byte(offset);
  if (lead < 0x80) return {lead, 1, true};

  // Table 3-7: the lead byte decides the length and the range of the second byte; that range keeps
  // out overlong forms, surrogates, and what lies above U+10FFFF.
  std::uint32_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  char32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    value = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    value = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    value = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {replacement, 1, false};
  }
  for (std::uint32_t i = 1; i < length; ++i) {
    const unsigned next = byte(std::size_t{offset} + i);
    if (next < low || next > high) return {replacement, i, false};
    value = (value << 6) | (next & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {value, length, true};
}

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at += ascii_run(text, at);
    if (at >= text.size()) break;
    const CodePoint c = decode_utf8(text, static_cast<std::uint32_t>(at));
    if (!c.valid) return at;
    at += c.length;
  }
  return std::string_view::npos;
}

std::uint32_t utf16_column(std::string_view line_text, std::uint32_t offset) {
  return count_units(line_text, offset, [](char32_t c) { return c > 0xFFFF ? 2U : 1U; });
}

std::uint32_t code_point_column(std::string_view line_text, std::uint32_t offset) {
  return count_units(line_text, offset, [](char32_t) { return 1U; });
}

std::uint32_t display_column(std::string_view line_text, std::uint32_t offset, std::uint32_t tab) {
  const std::size_t end = std::min<std::size_t>(offset, line_text.size());
  std::size_t at = 0;
  std::uint32_t column = 0;
  while (at < end) {
    if (line_text[at] >= ' ' && line_text[at] <= '~') {  // most text: one byte, one cell
      ++column;
      ++at;
      continue;
    }
    if (line_text[at] == '\t' && tab > 0) {
      column += tab - column % tab;
      ++at;
      continue;
    }
    const CodePoint c = decode_utf8(line_text, static_cast<std::uint32_t>(at));
    if (at + c.length > end) break;
    column += static_cast<std::uint32_t>(display_width(c.value));
    at += c.length;
  }
  return column;
}

int display_width(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return 0;
  if (c < 0x300) return 1;
  if (in_ranges(detail::zero_ranges, c)) return 0;
  return in_ranges(detail::wide_ranges, c) ? 2 : 1;
}

LineColumn line_column(const SourceManager& sources, FileId file, std::uint32_t offset) {
  const LineIndex& lines = sources.lines(file);
  const std::uint32_t line = lines.line_of(offset);
  return {line, offset - lines.start(line)};
}

}  // namespace hookc
