#include "compiler/values/port.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/values/chars.hpp"

namespace hookc::values {

Checked<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty()) return fail("a port is missing", 0, 0);
  std::int64_t number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) {
      return fail(fmt::format("{} in a port number", name_character(text, i)), i,
                  i + char_length(text, i));
    }
    if (number <= 65535) number = number * 10 + (text[i] - '0');
  }
  auto port = check_port(number);
  if (!port) {
    return fail(fmt::format("port `{}` is out of range; ports are 1 to 65535",
                            text.size() <= 20 ? text : text.substr(0, 20)),
                0, text.size());
  }
  if (text[0] == '0') {
    return fail("a port has no leading zero", 0, text.find_first_not_of('0'),
                std::to_string(*port));
  }
  return port;
}

Checked<std::uint16_t> check_port(std::int64_t number) {
  if (number < 1 || number > 65535) {
    return fail(fmt::format("port `{}` is out of range; ports are 1 to 65535", number), 0, 0);
  }
  return static_cast<std::uint16_t>(number);
}

Checked<void> check_port_name(std::string_view text) {
  if (text.empty()) return fail("a port name is missing", 0, 0);
  const auto suggestion = [&]() -> std::optional<std::string> {
    std::string mended = lower(text);
    std::ranges::replace(mended, '_', '-');
    if (mended == text || !check_port_name(mended)) return std::nullopt;
    return mended;
  };
  bool letter = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    letter = letter || is_lower(c);
    if (!is_lower(c) && !is_digit(c) && c != '-') {
      return fail(fmt::format("{} in a port name; it may hold lower-case letters, digits and `-`",
                              name_character(text, i)),
                  i, i + char_length(text, i), suggestion());
    }
    if (c == '-' && (i == 0 || i + 1 == text.size())) {
      return fail("a port name begins and ends with a letter or digit", i, i + 1);
    }
    if (c == '-' && text[i - 1] == '-') {
      return fail("a port name has no two hyphens in a row", i - 1, i + 1);
    }
  }
  if (text.size() > 15) {
    return fail(fmt::format("a port name has at most 15 characters, and this one {}", text.size()),
                15, text.size());
  }
  if (!letter) return fail("a port name has at least one letter", 0, text.size());
  return {};
}

}  // namespace hookc::values
