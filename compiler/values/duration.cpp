#include "compiler/values/duration.hpp"

#include <fmt/format.h>
#include <array>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// Index into kUnits, or its size.
std::size_t find_unit(std::string_view name) {
  std::size_t i = 0;
  while (i < kUnits.size() && kUnits[i].name != name) ++i;
  return i;
}

/// What people write for a unit in other languages.
std::string_view unit_meant(std::string_view name) {
  const std::string word = lower(name);
  const auto is = [&](std::initializer_list<std::string_view> words) {
    for (std::string_view w : words) {
      if (word == w) return true;
    }
    return false;
  };
  if (is({"msec", "msecs", "millis", "millisecond", "milliseconds"})) return "ms";
  if (is({"sec", "secs", "second", "seconds", "s"})) return "s";
  if (is({"min", "mins", "minute", "minutes", "m"})) return "m";
  if (is({"hr", "hrs", "hour", "hours", "h"})) return "h";
  if (is({"day", "days", "d"})) return "d";
  return {};
}

constexpr std::string_view kShape = "a duration is a number and a unit, such as `30s` or `1h30m`";

/// `1.5h`: the exact mend, when there is one in whole milliseconds.
std::optional<std::string> without_fraction(std::string_view whole, std::string_view fraction,
                                            std::string_view unit) {
  const std::size_t u = find_unit(unit);
  if (u == kUnits.size() || whole.size() > 7 || fraction.empty() || fraction.size() > 6) return {};
  std::int64_t value = 0;
  std::int64_t scale = 1;
  for (char c : whole) value = value * 10 + (c - '0');
  for (char c : fraction) {
    value = value * 10 + (c - '0');
    scale *= 10;
  }
  const std::int64_t scaled = value * kUnits[u].ms;
  if (scaled % scale != 0 || scaled / scale > kMaxDurationMs) return {};
  return format_duration(scaled / scale);
}

/// `suggest`: false while a suggestion is itself being tried, so that mends never nest.
Checked<std::int64_t> parse(std::string_view text, bool suggest) {
  const auto checked = [&](std::optional<std::string> mend) -> std::optional<std::string> {
    return suggest && mend && parse(*mend, false) ? mend : std::nullopt;
  };
  if (text.empty()) return fail(std::string(kShape), 0, 0);
  std::int64_t total = 0;
  std::size_t last_unit = kUnits.size();  // none yet
  std::size_t misordered = 0;  // where the first component out of order begins, and its end
  std::size_t misordered_end = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    if (at == 0 && (text[0] == '-' || text[0] == '+')) return fail("a duration has no sign", 0, 1);
    if (!is_digit(text[at])) {
      const std::size_t end = at + char_length(text, at);
      if (text[at] != ' ') {
        return fail(fmt::format("{} in a duration; {}", name_character(text, at), kShape), at, end);
      }
      std::string joined;
      for (char c : text) {
        if (c != ' ') joined += c;
      }
      return fail("a duration is written without blanks", at, end, checked(joined));
    }
    std::int64_t count = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      // Past the limit the exact value no longer matters; stop growing before it can overflow.
      if (count <= kMaxDurationMs) count = count * 10 + (text[at] - '0');
    }
    const std::size_t digits_end = at;
    if (at < text.size() && text[at] == '.') {
      std::size_t end = at + 1;
      while (end < text.size() && is_digit(text[end])) ++end;
      const auto mend = begin == 0
                            ? without_fraction(text.substr(0, at),
                                               text.substr(at + 1, end - at - 1), text.substr(end))
                            : std::nullopt;
      return fail("a duration has no fraction", begin, end, mend);
    }
    while (at < text.size() && is_alpha(text[at])) ++at;
    const std::string_view name = text.substr(digits_end, at - digits_end);
    if (name.empty() && (at == text.size() || is_digit(text[at]))) {
      const std::size_t next = last_unit >= kUnits.size() ? 3 : last_unit + 1;
      std::optional<std::string> mend;
      if (next < kUnits.size()) mend = std::string(text) + std::string(kUnits[next].name);
      return fail(fmt::format("`{}` has no unit; units are `ms`, `s`, `m`, `h` and `d`",
                              text.substr(begin, digits_end - begin)),
                  begin, digits_end, checked(mend));
    }
    if (name.empty()) continue;  // the character is reported at the top
    const std::size_t unit = find_unit(name);
    if (unit == kUnits.size()) {
      const std::string_view meant = unit_meant(name);
      std::optional<std::string> mend;
      if (!meant.empty()) {
        mend = fmt::format("{}{}{}", text.substr(0, digits_end), meant, text.substr(at));
      }
      return fail(
          fmt::format("`{}` is not a unit of time; units are `ms`, `s`, `m`, `h` and `d`", name),
          digits_end, at, checked(mend));
    }
    if (last_unit != kUnits.size() && unit <= last_unit && misordered_end == 0) {
      misordered = begin;
      misordered_end = at;
    }
    last_unit = unit;
    if (count > (kMaxDurationMs - total) / kUnits[unit].ms) {
      return fail("a duration ends at `36500d`", 0, text.size());
    }
    total += count * kUnits[unit].ms;
  }
  if (misordered_end != 0) {
    return fail("units of a duration go from large to small, each once", misordered, misordered_end,
                format_duration(total));
  }
  return total;
}

}  // namespace

Checked<std::int64_t> parse_duration(std::string_view text) {
  return parse(text, true);
}

std::string format_duration(std::int64_t ms) {
  if (ms == 0) return "0s";
  std::string out;
  for (const Unit& unit : kUnits) {
    if (const std::int64_t count = ms / unit.ms; count != 0)
      out += fmt::format("{}{}", count, unit.name);
    ms %= unit.ms;
  }
  return out;
}

}  // namespace hookc::values
