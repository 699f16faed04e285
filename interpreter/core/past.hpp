// What a session has done so far, as data: enough for another process to carry on.
//
// The journal keeps it, `recover` and `--phase post` start from it, simulations crash into it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/core/request.hpp"

namespace hookc::engine {

enum class StepPhase : std::uint8_t { Pending, Running, Succeeded, Failed, Skipped };
/// Waiting: the pre phase went well and the post phase is another process's (rule 33).
enum class SessionStatus : std::uint8_t { Running, Waiting, Succeeded, Failed, Skipped };
/// Fixed once, after the releases and before the first post hook (rule 16). Skipped: `on error
/// skip` ended the session.
enum class Outcome : std::uint8_t { Open, Success, Failure, Skipped };

struct StepResult {
  StepPhase phase = StepPhase::Pending;
  std::uint32_t attempts = 0;  // started so far
  Millis started = 0, ended = 0;
  std::string reason;  // why it failed or was skipped
  std::string output;  // of the last attempt, redacted
  /// Of a release that left something held: the commands that would free it, one for each pod,
  /// redacted. Empty where the release could not even be rendered.
  std::vector<std::string> by_hand;
  friend bool operator==(const StepResult&, const StepResult&) = default;
};

/// What an acquire left in one place. Idle: nothing was started since it was last freed. Definite:
/// its last attempt definitely failed. Unknown: nobody can say, or it is under way.
enum class Effect : std::uint8_t { Idle, Definite, Unknown, Acquired };
/// Acquired, or nobody can say that it is not.
inline bool maybe_held(Effect effect) {
  return effect == Effect::Unknown || effect == Effect::Acquired;
}
struct HeldTarget {
  std::optional<Pod> pod;
  Effect effect = Effect::Idle;
  std::string handle = {};  // of a held session
  friend bool operator==(const HeldTarget&, const HeldTarget&) = default;
};
struct HoldPast {
  std::uint32_t order = 0;  // of acquisition, from 1
  std::vector<HeldTarget> targets;
  Millis since = 0;                  // start of the first attempt
  Millis limit = 0;                  // `at most`; 0: none
  std::optional<std::int64_t> size;  // what `scale back` goes back to
  bool settled = false;              // released, or nothing is to be
  friend bool operator==(const HoldPast&, const HoldPast&) = default;
};

struct StepPast {
  StepResult task, release;
  std::optional<HoldPast> hold;
  /// Index into Plan::captures and the value; without those that are secret.
  std::vector<std::pair<std::uint32_t, plan::Value>> captures;
  friend bool operator==(const StepPast&, const StepPast&) = default;
};
struct OperationPast {
  std::optional<int> exit_code;  // none: it was not run here, or could not be started
  std::string output;            // the tail, redacted
  Millis started = 0, ended = 0;
  friend bool operator==(const OperationPast&, const OperationPast&) = default;
};
struct SessionPast {
  SessionStatus status = SessionStatus::Running;
  Outcome outcome = Outcome::Open;
  Millis started = 0, ended = 0;
  bool bound_to_fail = false;
  std::string reason;       // of that
  std::string skip_reason;  // `on error skip` ended it; empty: it did not
  std::optional<OperationPast> operation;
  friend bool operator==(const SessionPast&, const SessionPast&) = default;
};
struct Past {
  SessionPast session;
  std::vector<StepPast> steps;  // by step id
  friend bool operator==(const Past&, const Past&) = default;
};

/// A release is to be run: something was attempted there, and nobody has dealt with it since.
bool owes_release(const HoldPast& hold);

}  // namespace hookc::engine
