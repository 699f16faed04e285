// Whether a text is JSON, and if not, where.
#pragma once

#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// RFC 8259, UTF-8, one value with blanks around it. The error's range is the offending token or
/// byte; its end is the end of the text when the text stops too early. Iterative: depth costs
/// memory (one bit a level), not stack.
Checked<void> check_json(std::string_view text);

}  // namespace hookc::values
