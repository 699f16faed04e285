// Names and values of HTTP request headers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// field-name = token (RFC 9110 section 5.1, 5.6.2).
Checked<void> check_header_name(std::string_view text);
/// field-value (RFC 9110 section 5.5): no CR, LF, NUL or other control but tab; no blank at the
/// ends (it would be cut off); UTF-8 is let through as obs-text.
Checked<void> check_header_value(std::string_view text);

enum class HeaderUse : std::uint8_t {
  /// Anybody may set it, several times.
  Repeatable,
  /// One value only: a second one is an error.
  Single,
  /// The HTTP client computes it, or it belongs to one connection (RFC 9110 section 7.6.1): not to
  /// be set by hand.
  /// `Host` is not among these: it is Single.
  Reserved,
};
/// Case-insensitive. Unknown names (`X-…`) are Single, which is what everybody means.
HeaderUse header_use(std::string_view name);

/// Standard request header names in their usual spelling, sorted: for completion and "did you
/// mean".
std::span<const std::string_view> request_header_names();

}  // namespace hookc::values
