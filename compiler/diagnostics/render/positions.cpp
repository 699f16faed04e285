#include "compiler/diagnostics/render/positions.hpp"

#include <algorithm>

#include "compiler/source/columns.hpp"

namespace hookc::render {

namespace {

constexpr std::uint32_t mark_distance = 4096;

std::uint32_t columns(Unit unit, std::string_view text, std::uint32_t offset) {
  switch (unit) {
    case Unit::Bytes: return offset;
    case Unit::Utf16: return utf16_column(text, offset);
    case Unit::CodePoints: return code_point_column(text, offset);
  }
  return offset;
}

}  // namespace

bool Positions::is_ascii(FileId file) {
  if (ascii_.size() <= file.value) ascii_.resize(sources_.count(), -1);
  std::int8_t& known = ascii_[file.value];
  if (known < 0) {
    const std::string_view text = sources_.text(file);
    known = std::all_of(text.begin(), text.end(),
                        [](char c) { return static_cast<signed char>(c) >= 0; })
                ? 1
                : 0;
  }
  return known == 1;
}

std::uint32_t Positions::measured(FileId file, std::uint32_t line, std::uint32_t offset_in_line) {
  const Span span = sources_.lines(file).span(line);
  const std::string_view text = sources_.text({file, span});
  if (text.size() <= mark_distance) return columns(unit_, text, offset_in_line);
  if (marked_file_ != file || marked_line_ != line || marks_.empty()) {
    marks_.assign(1, {0, 0});
    marked_file_ = file;
    marked_line_ = line;
    std::uint32_t at = 0;
    std::uint32_t column = 0;
    while (at < text.size()) {
      const CodePoint c = decode_utf8(text, at);
      column += unit_ == Unit::Utf16 && c.value > 0xFFFF ? 2 : 1;
      at += c.length;
      if (at - marks_.back().offset >= mark_distance) marks_.push_back({at, column});
    }
  }
  const auto after =
      std::upper_bound(marks_.begin(), marks_.end(), offset_in_line,
                       [](std::uint32_t offset, const Mark& mark) { return offset < mark.offset; });
  const Mark& mark = *std::prev(after);
  return mark.column + columns(unit_, text.substr(mark.offset), offset_in_line - mark.offset);
}

Position Positions::at(FileId file, std::uint32_t offset) {
  offset = std::min(offset, static_cast<std::uint32_t>(sources_.text(file).size()));
  const LineIndex& lines = sources_.lines(file);
  const std::uint32_t line = lines.line_of(offset);
  const std::uint32_t in_line = offset - lines.start(line);
  if (unit_ == Unit::Bytes || is_ascii(file)) return {line + 1, in_line + 1};
  std::uint32_t column = measured(file, line, in_line);
  // Editors do not count a byte order mark.
  if (line == 0 && column > 0 && sources_.text(file).starts_with("\xEF\xBB\xBF")) --column;
  return {line + 1, column + 1};
}

}  // namespace hookc::render
