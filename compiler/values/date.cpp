#include "compiler/values/date.hpp"

#include "compiler/values/chars.hpp"

namespace hookc::values {

Checked<std::chrono::year_month_day> parse_date(std::string_view text) {
  constexpr std::string_view kShape = "a date is `YYYY-MM-DD`, such as `2027-03-31`";
  constexpr std::string_view kPattern = "0000-00-00";
  for (std::size_t i = 0; i < kPattern.size(); ++i) {
    if (i == text.size()) return fail(std::string(kShape), i, i);
    const bool fits = kPattern[i] == '0' ? is_digit(text[i]) : text[i] == '-';
    if (!fits) return fail(std::string(kShape), i, i + char_length(text, i));
  }
  if (text.size() > kPattern.size()) {
    return fail(std::string(kShape), kPattern.size(), text.size());
  }
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (char c : text.substr(at, count)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year year(number(0, 4));
  const std::chrono::month month(static_cast<unsigned>(number(5, 2)));
  if (!month.ok()) return fail("a month is `01` to `12`", 5, 7);
  const std::chrono::year_month_day date = year / month / number(8, 2);
  if (!date.ok()) return fail("this month has no such day", 8, 10);
  return date;
}

}  // namespace hookc::values
