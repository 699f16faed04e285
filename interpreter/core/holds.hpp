// What was acquired is released: the stack of holds of one session.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/core/context.hpp"
#include "interpreter/core/task_run.hpp"

namespace hookc::engine {

/// Keeps each hold from its acquire to the end of its release. Releases run one after another, the
/// last acquired first, each although another failed (rule 27); a hold falls due when `at most` is
/// over, when the hook its `until` names has ended, or when everything does.
class Holds {
 public:
  explicit Holds(Context& context) : context_(context) {}

  /// Puts the hold on the stack and starts its acquire. Members of a group are begun in file order,
  /// so the reverse of this order is the order of release. The run stays owned here.
  TaskRun& begin(const plan::Step& step);

  /// Puts a hold on the stack that another process began; in order of acquisition.
  void restore(const plan::Step& step, const HoldPast& past);
  /// Limits that passed while no process was there are over now; the others go on counting.
  void resume_limits();
  /// Nothing where the hold was not begun.
  std::optional<HoldPast> past(std::uint32_t step) const;
  /// Its release that is under way; may be null.
  const TaskRun* release(std::uint32_t step) const;

  // Events of acquires, releases and limits; true if they were such.
  bool handle(const PodsSelected& event);
  bool handle(const SessionOutput& event);
  bool handle(const AttemptEnded& event);
  bool handle(const TimerFired& event);
  bool handle(const OperationPrinted& event);

  /// The patterns that holds `until operation prints` wait for: those of StartOperation.
  std::vector<std::string> watch_for();

  /// Any step ended: holds `until` it fall due, and a hold of that step that holds nothing loses
  /// its limit.
  void step_ended(std::uint32_t step);
  /// The session's time for releases has come.
  void all_due();

  /// Starts what is due and takes in what ended; true if something changed.
  bool advance();

  /// No hold is due that has not been dealt with.
  bool idle() const;
  /// A limit passed (rule 28): no operation may start.
  bool limit_passed() const { return limit_passed_; }
  /// A held session ended early (rule 29): nothing later may start.
  bool lost() const { return lost_; }

 private:
  struct Entry {
    const plan::Step* step = nullptr;
    std::unique_ptr<TaskRun> acquire;
    std::unique_ptr<TaskRun> release;  // running
    std::vector<std::size_t> freeing;  // the targets of the acquire that it goes to
    bool everywhere =
        false;  // it goes not to the acquire's pods one by one but to something that frees all
    bool between = false;  // it stands between two attempts of the acquire (rule 23)
    bool due = false;
    bool settled = false;
    bool still_held = false;          // settled without success
    std::string lost;                 // how its session ended early
    std::unique_ptr<TaskRun> ending;  // the command that came before `release`, which ends sessions
    bool limited = false;             // the limit runs
    std::optional<Millis> since;      // the acquire's first attempt
    TimerId limit_timer = 0;
    Millis limit = 0;
  };

  void start_release(Entry& entry, bool between);
  std::optional<std::vector<TaskRun::Target>> places(const Entry& entry) const;
  bool sessions_over(Entry& entry);
  void lose(Entry& entry, std::string how);
  void end_release(Entry& entry);
  void tell_by_hand(const TaskRun& release, StepResult& result);
  const Entry* find(std::uint32_t step) const;
  void limit_over(std::deque<Entry>::iterator entry);
  void start_limit(Entry& entry);
  void stop_limit(Entry& entry);
  void settle(Entry& entry, std::string_view reason);
  bool holds_something(const Entry& entry) const;
  void mark_due(Entry& entry);

  Context& context_;
  std::deque<Entry> entries_;  // in order of acquisition
  std::size_t due_ = 0;        // entries that are due and not settled
  bool limit_passed_ = false;
  bool lost_ = false;
  std::vector<std::uint32_t> watching_;  // the steps of StartOperation's patterns
};

}  // namespace hookc::engine
