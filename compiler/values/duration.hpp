// Durations: `500ms`, `30s`, `1h30m`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// The longest duration the language has: 36500 days. Far below int64, so that sums over a whole
/// program stay exact.
inline constexpr std::int64_t kMaxDurationMs = 36500LL * 24 * 60 * 60 * 1000;

/// One or more `<digits><unit>` without blanks, units ms s m h d, each at most once, the larger
/// first. Gives milliseconds. Zero (`0s`) is a duration: whether a place takes it is for that place
/// to say. A missing unit, a sign, a fraction, a unit twice or out of order, and anything over
/// kMaxDurationMs are errors.
Checked<std::int64_t> parse_duration(std::string_view text);

/// The canonical text: largest units first, none that is zero: 5400000 is `1h30m`, 0 is `0s`. `ms
/// >= 0`.
std::string format_duration(std::int64_t ms);

}  // namespace hookc::values
