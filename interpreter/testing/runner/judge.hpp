// What a session came to, against what a test expects of it. Private to the runner.
#pragma once

#include <optional>
#include <string>

#include "interpreter/testing/runner/play.hpp"

namespace hookc::runner {

/// What is wrong: the line of the finding, the label at the expectation, and a mend if there is
/// one.
struct Verdict {
  std::string message, label, help;
};

/// Nothing: it holds. `strict`: a hold that was never acquired was not released either.
std::optional<Verdict> judge(const plan::Expectation& expectation, const Play& play,
                             const Played& played, bool strict);

/// `given hook "x" answers 0 with "…"`: how a test says what `step` answers; empty: it cannot.
std::string how_to_script(const plan::Plan& plan, std::uint32_t step, bool release);

}  // namespace hookc::runner
