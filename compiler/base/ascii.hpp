// Letters of ASCII, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace hookc {

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Other bytes than ASCII letters must be the same. O(length).
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace hookc
