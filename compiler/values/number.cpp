#include "compiler/values/number.hpp"

#include <fmt/format.h>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

struct SizeUnit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr std::array<SizeUnit, 8> kSizes{{{"TiB", 1LL << 40},
                                          {"GiB", 1LL << 30},
                                          {"MiB", 1LL << 20},
                                          {"KiB", 1LL << 10},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"kB", 1'000},
                                          {"B", 1}}};
constexpr std::string_view kSizeUnits =
    "units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB` and `TiB`";

/// The right spelling of a unit in the wrong case or without its `B`; empty when none is meant.
std::string_view size_unit_meant(std::string_view name) {
  for (const SizeUnit& unit : kSizes) {
    if (equal_ignoring_case(name, unit.name)) return unit.name;
    if (unit.name.size() > 1 &&
        equal_ignoring_case(name, unit.name.substr(0, unit.name.size() - 1))) {
      return unit.name;
    }
  }
  return {};
}

}  // namespace

Checked<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return fail("this number does not fit into 64 bits", 0, text.size());
  }
  const auto stopped = static_cast<std::size_t>(end - text.data());
  if (error == std::errc() && stopped == text.size()) return value;
  if (text.empty()) return fail("a number is missing", 0, 0);
  return fail(fmt::format("{} in a whole number", name_character(text, stopped)), stopped,
              stopped + char_length(text, stopped));
}

Checked<double> parse_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > begin;
  };
  bool complete = digits();
  if (complete && at < text.size() && text[at] == '.') {
    ++at;
    complete = digits();
  }
  if (text.empty()) return fail("a number is missing", 0, 0);
  if (at < text.size()) {
    return fail(fmt::format("{} in a number", name_character(text, at)), at,
                at + char_length(text, at));
  }
  if (!complete) return fail("digits are missing at the end of a number", at, at);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value)) {
    return fail("this number is too large", 0, text.size());
  }
  return value;
}

Checked<std::int64_t> parse_size(std::string_view text) {
  if (text.empty()) return fail("a size is a number and a unit, such as `64MiB`", 0, 0);
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == 0) {
    return fail(text[0] == '-' ? "a size is never negative"
                               : "a size begins with a number, such as `64MiB`",
                0, char_length(text, 0));
  }
  const std::string_view digits = text.substr(0, at);
  const std::string_view name = text.substr(at);
  const auto checked = [](std::optional<std::string> mend) {
    return mend && parse_size(*mend) ? mend : std::nullopt;  // it may be too large
  };
  if (name.empty()) {
    return fail(fmt::format("`{}` has no unit; {}", digits, kSizeUnits), 0, at,
                checked(std::string(digits) + "B"));
  }
  for (const SizeUnit& unit : kSizes) {
    if (name != unit.name) continue;
    std::int64_t count = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), count).ec;
    if (error != std::errc() || count > std::numeric_limits<std::int64_t>::max() / unit.bytes) {
      return fail("this size does not fit into 64 bits", 0, text.size());
    }
    return count * unit.bytes;
  }
  std::string_view bare = name;
  while (bare.starts_with(' ')) bare.remove_prefix(1);
  std::optional<std::string> mend;
  if (const std::string_view meant = size_unit_meant(bare); !meant.empty()) {
    mend = checked(std::string(digits) + std::string(meant));
  }
  if (bare.size() < name.size()) {
    return fail("a size is written without blanks", at, at + name.size() - bare.size(), mend);
  }
  return fail(fmt::format("`{}` is not a unit of size; {}", name, kSizeUnits), at, text.size(),
              mend);
}

std::string format_size(std::int64_t bytes) {
  if (bytes == 0) return "0B";
  for (const SizeUnit& unit : kSizes) {
    if (bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return fmt::format("{}B", bytes);
}

}  // namespace hookc::values
