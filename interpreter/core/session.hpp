// One session: pre hooks and acquires, the operation, releases, the outcome, post hooks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "interpreter/core/protocol.hpp"

namespace hookc::engine {

/// What a session is started with. Values stand in the order of the Plan's tables.
struct Inputs {
  Operation operation = Operation::Backup;
  std::string session_id;
  std::string started;  // RFC 3339, for the fact session.started
  std::vector<plan::Value> params;
  std::vector<std::string> secrets;
  std::string target_kind, target_name, target_namespace;  // empty: unknown
  bool has_operation = true;  // false: nothing between pre and post; the outcome is `failure` (rule 16)
};

struct StepResult {
  StepPhase phase = StepPhase::Pending;
  std::uint32_t attempts = 0;
  Millis started = 0, ended = 0;
  std::string reason;  // why it failed or was skipped
  std::string output;  // of the last attempt, redacted
};
struct SessionResult {
  SessionStatus status = SessionStatus::Running;
  std::string reason;
  Millis started = 0, ended = 0;
  std::vector<StepResult> steps;            // by step id; of the other operation's steps: Pending
  std::vector<std::uint32_t> still_held;    // holds whose release did not succeed
};

/// The state machine. Deterministic: the same plan, inputs and events give the same commands, byte for byte.
class Session {
 public:
  /// `plan` must outlive the session.
  Session(const plan::Plan& plan, Inputs inputs);
  ~Session();

  /// Takes one event and says what to do next. After Finish nothing may be sent. Events that no command asked for (a late
  /// AttemptEnded, an unknown timer) are ignored.
  std::vector<Command> handle(const Event& event);

  bool finished() const;
  const SessionResult& result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hookc::engine
