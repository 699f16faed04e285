// Numbers and byte sizes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// `-?[0-9]+` within int64; no `+`, no blanks, no separators.
Checked<std::int64_t> parse_int(std::string_view text);

/// `-?[0-9]+(\.[0-9]+)?`; no exponent, always finite.
Checked<double> parse_decimal(std::string_view text);

/// `[0-9]+` and one of B kB MB GB (powers of 1000), KiB MiB GiB TiB (powers of 1024), without a
/// blank; bytes, within int64. Wrong case (`64mib`, `1KB`) is an error with the right form.
Checked<std::int64_t> parse_size(std::string_view text);

/// The shortest exact text: the largest unit that divides `bytes`, binary before decimal: 67108864
/// is `64MiB`, 1500 is `1500B`, 5000 is `5kB`, 0 is `0B`. `bytes >= 0`.
std::string format_size(std::int64_t bytes);

}  // namespace hookc::values
