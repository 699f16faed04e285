// Applying fixes to texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/analysis.hpp"

namespace hookc::cli {

/// `text` with `edits` applied; they must not overlap and must lie within it, in any order.
std::string apply_edits(std::string_view text, std::vector<Edit> edits);

struct Fixed {
  std::vector<Input> inputs;  // as they are now
  std::size_t applied = 0;    // fixes
};

/// Applies every machine-applicable fix to the inputs and looks again, until there is none left or
/// ten rounds are over. A fix goes in whole or not at all; of two that touch the same bytes the
/// later waits for the next round. Fixes that reach outside the inputs are left out.
Fixed apply_fixes(std::vector<Input> inputs);

}  // namespace hookc::cli
