// What every little parser of this folder gives back when a text is wrong.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace hookc::values {

/// Why a text is not a value of its kind, and where. `begin <= end <= size` of the text that was
/// given; an empty range says "something is missing here".
struct ValueError {
  /// One line, lower case, no full stop, code in backticks; stands alone.
  std::string message;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  /// What the WHOLE text should be instead, where one mend is obvious. It passes the same check.
  std::optional<std::string> suggestion = std::nullopt;
};

template <typename T>
using Checked = std::expected<T, ValueError>;

}  // namespace hookc::values
