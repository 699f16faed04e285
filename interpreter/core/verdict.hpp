// What an attempt's result means for the task: the success rules, `expect`, captures.
#pragma once

#include <string>
#include <vector>

#include "interpreter/core/context.hpp"

namespace hookc::engine {

enum class Verdict : std::uint8_t {
  Succeeded,
  Definite,    // it definitely did not succeed
  Unknown,     // nobody can say: timed out, connection lost, stopped midway
  NotStarted,  // nothing was done, and another attempt is of no use
};
struct Judgement {
  Verdict verdict = Verdict::Unknown;
  std::string reason;                 // of a failure, one line
  std::string output;                 // redacted, bounded
  std::vector<plan::Value> captures;  // of a success: one for each of the task's captures
};

/// Pure. HTTP 200 <= status < 400, exit code 0, or connected, unless the task's `expect` replaces
/// that (rule 8). A response that passes but lacks something to capture is a failure whose effect
/// is unknown: it did happen. `release`: a pod that is gone counts as freed (rule 21).
Judgement judge(const Context& context, const plan::Task& task, const AttemptResult& result,
                Millis timeout, bool release);

}  // namespace hookc::engine
