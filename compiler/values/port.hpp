// Ports, by number and by name.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// 1..65535 in decimal digits without a leading zero (RFC 6335 section 6; 0 is reserved and never a
/// destination).
Checked<std::uint16_t> parse_port(std::string_view text);

/// The same rule for a number that is already one.
Checked<std::uint16_t> check_port(std::int64_t number);

/// A service name (RFC 6335 section 5.1), as Kubernetes wants it for a container port: 1 to 15 of
/// [a-z0-9-], at least one letter, no hyphen first, last, or next to another.
Checked<void> check_port_name(std::string_view text);

}  // namespace hookc::values
