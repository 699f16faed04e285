// Whether a plan that came from outside can be trusted to be one.
#pragma once

#include <optional>
#include <string>

#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// What makes `plan` none that lowering could have given: an index out of range, a step in two
/// groups, an action without its place. One line; nothing for a sound plan. O(plan).
std::optional<std::string> find_damage(const Plan& plan);

}  // namespace hookc::plan
