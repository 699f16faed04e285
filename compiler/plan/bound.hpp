// The longest one task can take, with its arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/plan/param_scope.hpp"

namespace hookc::plan {

/// The longest something can take, and how that is worked out: "30s × 4 + 2s + 4s + 8s". No `ms`:
/// it depends on what `terms` names.
struct Bound {
  std::optional<std::int64_t> ms;
  std::string terms;
  friend bool operator==(const Bound&, const Bound&) = default;
};

/// Two that follow each other.
Bound then(const Bound& a, const Bound& b);
/// The longer of two that run at the same time, or of which one runs; one that is not known is.
Bound longer(const Bound& a, const Bound& b);

/// Of all attempts of a task, of each of its pods in turn where they are done so, and of the waits
/// between. `undo`: the release of an acquire, which is run before each further attempt after an
/// unknown result (rule 23); else null. Sums past the longest duration of the language have no
/// `ms`.
Bound longest(const Task& task, const Task* undo, const ParamScope& scope);

/// Whether that counts one round over pods of a number nobody stated, which is so up to
/// kPodsAtOnce.
bool counts_pods_once(const Task& task);

}  // namespace hookc::plan
