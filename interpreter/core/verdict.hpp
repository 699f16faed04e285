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

/// A held session by what it has printed so far: a success once `ready once` holds and everything
/// to capture is there (rule 29). Without `ready once` it is ready when it has started. The reason
/// of a failure says what is in the way; empty: `ready once` is false.
Judgement judge_ready(const Context& context, const plan::Task& task,
                      const plan::OptionalExpr& ready_once, const SessionOutput& event);
/// A held session that ended, or did not get ready in time: never a success.
Judgement judge_unready(const Context& context, const plan::Task& task, const AttemptResult& result,
                        Millis timeout);
/// In a few words, with the last line it printed: "exit code 1: no such table".
std::string how_it_ended(const Context& context, const plan::Task& task,
                         const AttemptResult& result, Millis timeout);

}  // namespace hookc::engine
