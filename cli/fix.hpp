// Applying fixes to texts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/analysis.hpp"

namespace hookc::cli {

struct Fixed {
  std::vector<Input> inputs;  // as they are now
  std::size_t applied = 0;    // fixes
};

/// Applies every machine-applicable fix to the inputs and looks again, until there is none left or
/// ten rounds are over. A fix goes in whole or not at all; of two that touch the same bytes the
/// later waits for the next round. Fixes that reach outside the inputs are left out.
Fixed apply_fixes(std::vector<Input> inputs);

}  // namespace hookc::cli
