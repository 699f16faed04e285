// Resource quantities: `128Mi`, `500m`, `2`, `1e3`.
#pragma once

#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

struct Quantity {
  /// In the base unit (cores, bytes). Exact below 2^53; meant for comparing with limits, not for
  /// accounting.
  double value = 0;
};

/// apimachinery's resource.Quantity without a sign: digits with at most one dot, then one of n u m
/// k M G T P E, Ki Mi Gi Ti Pi Ei, or a decimal exponent. `128MB` is an error with the suggestion
/// `128M`, `128MiB` with `128Mi`.
Checked<Quantity> parse_quantity(std::string_view text);

}  // namespace hookc::values
