// One session: pre hooks and acquires, the operation, releases, the outcome, post hooks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/core/protocol.hpp"

namespace hookc::engine {

/// Which part of a session this process runs.
enum class Part : std::uint8_t {
  Whole,
  /// Pre hooks and acquires. If they fail, also the releases; else what is held stays so and the
  /// session is Waiting (rule 33).
  Pre,
  /// From a Past: what the operation came to, releases, outcome, post hooks.
  Post,
  /// From a Past: only the releases that are owed; nothing else is ever run (rule 32).
  Recover,
  /// From the Past of a session that waits: the releases of holds whose `at most` has passed and of
  /// those above them; then it waits on, bound to fail (rule 34).
  Expire,
};

/// What a session is started with. Values stand in the order of the Plan's tables.
struct Inputs {
  Operation operation = Operation::Backup;
  std::string session_id;
  std::string started;  // RFC 3339, for the fact session.started
  std::vector<plan::Value> params;
  std::vector<std::string> secrets;        // of Plan::secrets
  std::vector<std::string> extra_secrets;  // others the world fills in: to be kept out of reports
  std::string target_kind, target_name,
      target_namespace;  // empty: as the plan's target says, if it has one
  std::string
      default_namespace;  // `-n`; stands before the target's where a pod or workload states none
  bool has_operation =
      true;  // false: nothing between pre and post; the outcome is `failure` (rule 16)
  Part part = Part::Whole;
  /// Simulations only: what `when` of a step comes to, by step id.
  std::map<std::uint32_t, bool> assumed_when = {};
};

struct SessionResult {
  SessionStatus status = SessionStatus::Running;
  Outcome outcome = Outcome::Open;
  std::string reason;
  Millis started = 0, ended = 0;
  std::vector<StepResult> steps;  // by step id; of the other operation's steps: Pending
  std::vector<StepResult>
      releases;  // by step id; Pending where there is no hold, Skipped: nothing to free
  std::vector<std::uint32_t> still_held;  // holds whose release did not succeed
};

void apply(Past& past, const Save& save);
/// What a past amounts to; `still_held` are the holds whose release is owed.
SessionResult result_of(const Past& past);

/// Texts that stand for the plan's secrets where none is fetched, each fit for its type (RFC 2606
/// keeps `.invalid` from ever being somebody's); reports show them as *** like any secret.
std::vector<std::string> placeholder_secrets(const plan::Plan& plan);

/// What the caller does not say of the target, the plan may; the session does the same by itself.
void complete_target(const plan::Plan& plan, Inputs& inputs);

/// As the language and the reports call them: "Failed", "success".
std::string_view to_text(StepPhase phase);
std::string_view to_text(SessionStatus status);
std::string_view to_text(Outcome outcome);

/// What the world at hand can do beyond http, tcp and exec in pods and on this machine.
struct Abilities {
  bool functions = false;        // those that state what they run
  bool function_images = false;  // also what an image runs by itself, and Function objects
  bool scale = false, wait = false;
  bool sessions = false;  // held open: StartAttempt.session
};
/// The first construct of the operation that the engine or the world cannot run, as one line for
/// the user; nothing may be started then. Checked before the session, because half a session is
/// worse than none.
std::optional<std::string> unsupported(const plan::Plan& plan, Operation operation,
                                       Abilities abilities = {}, Part part = Part::Whole);

/// How people call a step: `pre backup "checkpoint"`, `hold backup "writes paused"`, `post backup
/// 2`. O(steps) each; `titles` gives all at once, by step id.
std::string title(const plan::Plan& plan, std::uint32_t step);
std::vector<std::string> titles(const plan::Plan& plan);

/// The state machine. Deterministic: the same plan, inputs and events give the same commands, byte
/// for byte.
class Session {
 public:
  /// `plan` must outlive the session.
  Session(const plan::Plan& plan, Inputs inputs);
  /// Carries on where another process stopped, with its plan and, of the inputs, its params, target
  /// and namespaces. `inputs.part` is Post, Recover or Expire.
  Session(const plan::Plan& plan, Inputs inputs, const Past& past);
  ~Session();

  /// Takes one event and says what to do next. After Finish nothing may be sent. Events that no
  /// command asked for (a late AttemptEnded, an unknown timer) are ignored.
  std::vector<Command> handle(const Event& event);

  bool finished() const;
  const SessionResult& result() const;
  /// Everything so far. At any moment the sum of all Save commands: `apply` them to a Past{} of as
  /// many steps as the plan has.
  Past past() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hookc::engine
