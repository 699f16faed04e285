#include "compiler/values/chars.hpp"

#include <fmt/format.h>

namespace hookc::values {

std::string name_character(std::string_view text, std::size_t offset) {
  const CodePoint point = decode_utf8(text, static_cast<std::uint32_t>(offset));
  if (!point.valid) return "a byte that is not UTF-8";
  switch (point.value) {
    case U' ': return "a blank";
    case U'\t': return "a tab";
    case U'\n': return "a line break";
    case U'`': return "a backquote";
    case U'\'': return "a quote";
    case U'\0': return "a NUL";
  }
  const bool shows =
      point.value > 0x20 && point.value != 0x7f &&
      (point.value < 0x80 || (point.value >= 0xa1 && display_width(point.value) > 0));
  if (!shows)
    return fmt::format("the invisible character U+{:04X}", static_cast<unsigned>(point.value));
  return fmt::format("`{}`", text.substr(offset, point.length));
}

}  // namespace hookc::values
