// The inside of a Session. Private to the engine: session.cpp has its events and stages,
// session_steps.cpp its steps, session_past.cpp what another process needs to carry on.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/core/context.hpp"
#include "interpreter/core/holds.hpp"
#include "interpreter/core/session.hpp"
#include "interpreter/core/task_run.hpp"

namespace hookc::engine {

/// Steps of one group that run at the same time; the others wait for the end of one (rule 13). Each
/// may take a connection or a process, of which no machine has any number.
inline constexpr std::size_t kMostAtOnce = 1024;
inline constexpr std::string_view kStopped = "hookc was stopped before the session ended";

struct Session::State {
  enum class Stage : std::uint8_t { New, Pre, Operation, Releases, Post, Finished };
  enum class Running : std::uint8_t { NotStarted, Running, Ended };
  /// A step of the group at hand. Holds own the runs of their acquires.
  struct Active {
    const plan::Step* step = nullptr;
    TaskRun* run = nullptr;
    std::unique_ptr<TaskRun> own;
  };

  State(const plan::Plan& plan, Inputs inputs);

  Context context;
  const plan::OperationPlan& steps;
  Holds holds;
  Stage stage = Stage::New;
  std::size_t next_group = 0;
  const plan::Group* group = nullptr;  // the one at hand, and what of it is to start next
  std::size_t next_member = 0;
  std::vector<Active> active;
  bool stop_pre = false;  // nothing later starts on the pre side
  std::string halted;     // not empty: nothing more of this group starts either, and why
  bool skipping = false;  // `on error skip`
  std::string skip_reason;
  int interrupts = 0;
  Running operation = Running::NotStarted;
  Millis operation_started = 0, operation_ended_at = 0;
  OperationEnded operation_end;
  bool waiting_for_exclusive = false;
  SessionPast saved;  // as the last Save said it

  // ---- events ----

  void handle(const Event& event);
  template <typename E>
  bool to_runs(const E& event) {
    return std::ranges::any_of(
        active, [&](Active& it) { return it.own != nullptr && it.run->handle(event); });
  }
  void begin();
  void take_exclusive();
  void exclusive_taken(const ExclusiveTaken& event);
  void exclusive_refused(std::string_view reason);
  void interrupt();

  // ---- from one stage to the next ----

  void advance();
  bool stop_by_holds();
  void halt(std::string_view reason);
  bool fill_group();
  bool begin_group(const std::vector<plan::Group>& groups);
  bool progress();
  bool progress_operation();
  void operation_ended(const OperationEnded& end);
  void fix_outcome();
  void wait_for_post();
  void finish();
  SessionStatus status() const;

  // ---- steps ----

  void start_step(std::uint32_t id);
  void start_report(std::uint32_t id);
  std::string_view excluded(plan::Policy policy) const;
  void skip_step(std::uint32_t id, std::string_view reason);
  void report_end(std::uint32_t id);
  bool collect();
  void end_step(const plan::Step& step);

  // ---- what another process needs to carry on ----

  SessionPast session_past() const;
  StepPast step_past(std::uint32_t id) const;
  void save();
  void restore(const Past& past);

  // ---- small things ----

  std::string_view operation_name() const {
    return context.inputs.operation == Operation::Backup ? "backup" : "restore";
  }
  std::string stop_reason() const {
    return context.bound_to_fail ? context.result.reason : skip_reason;
  }
  /// Only releases are run; nothing of a signal's is left to stop.
  bool recovers() const {
    return context.inputs.part == Part::Recover || context.inputs.part == Part::Expire;
  }
};

}  // namespace hookc::engine
