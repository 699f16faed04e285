// Private to this folder: character classes in ASCII whatever the locale, and building errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/base/ascii.hpp"
#include "compiler/source/columns.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) {
  return is_lower(c) || is_upper(c);
}
constexpr bool is_alnum(char c) {
  return is_alpha(c) || is_digit(c);
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}
inline std::unexpected<ValueError> fail(std::string message, std::size_t begin, std::size_t end,
                                        std::optional<std::string> suggestion = std::nullopt) {
  return std::unexpected(ValueError{std::move(message), static_cast<std::uint32_t>(begin),
                                    static_cast<std::uint32_t>(end), std::move(suggestion)});
}

/// Moves an error found in a part of a text to the whole; the suggestion is for the part, so
/// `around` rebuilds the whole.
inline std::unexpected<ValueError> in_part(ValueError error, std::size_t part_begin,
                                           std::string_view whole, std::size_t part_size) {
  error.begin += static_cast<std::uint32_t>(part_begin);
  error.end += static_cast<std::uint32_t>(part_begin);
  if (error.suggestion) {
    *error.suggestion = std::string(whole.substr(0, part_begin)) + *error.suggestion +
                        std::string(whole.substr(part_begin + part_size));
  }
  return std::unexpected(std::move(error));
}

/// Bytes of the character at `offset`, for ranges that never cut one in two.
inline std::uint32_t char_length(std::string_view text, std::size_t offset) {
  return decode_utf8(text, static_cast<std::uint32_t>(offset)).length;
}

/// How a message names the character at `offset`: itself in backticks, or U+00A0 where it does not
/// show.
std::string name_character(std::string_view text, std::size_t offset);

}  // namespace hookc::values
