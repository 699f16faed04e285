// Calendar dates.
#pragma once

#include <chrono>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// `YYYY-MM-DD` (RFC 3339 full-date), a day that exists. Compare with the clock's date by the usual
/// operators.
Checked<std::chrono::year_month_day> parse_date(std::string_view text);

}  // namespace hookc::values
