// One task on its way: pods chosen, attempts, retries, captures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interpreter/core/context.hpp"
#include "interpreter/core/verdict.hpp"

namespace hookc::engine {

/// Runs the task of a step, or the release of a hold, to its end. An attempt is a round over all
/// pods that have not passed yet; retries repeat only those (rule 11). A round that finds no pods
/// is an attempt that failed.
class TaskRun {
 public:
  /// What one pod (or the one place that is no pod) went through.
  struct Target {
    std::optional<Pod> pod;
    enum class State : std::uint8_t { Waiting, Running, Passed, Failed } state = State::Waiting;
    Effect effect = Effect::Idle;  // what an acquire left there
    Effect before = Effect::Idle;  // the attempt
    AttemptId attempt = 0;
    Millis started = 0;  // the attempt
    Judgement last = {};
    // Of a held session: how to find it, whether its process runs, and whether its end is no loss.
    std::string handle = {};
    bool open = false;
    enum class Closing : std::uint8_t { No, Expected, Asked } closing = Closing::No;
    // Of a release: what is asked for there instead of the task's action, and the session whose
    // stdin it writes to.
    std::optional<Request> own = {};
    AttemptId session = 0;
    bool written = false;  // to that
  };
  enum class Role : std::uint8_t { Hook, Acquire, Release };

  /// `places`: go to exactly these instead of choosing pods (rule 21). An Acquire is the task of
  /// the step's hold: an attempt after an unknown result waits for its release (rule 23).
  TaskRun(Context& context, const plan::Step& step, Role role,
          std::optional<std::vector<Target>> places = std::nullopt);
  /// An acquire that another process ran: done, with what it left.
  TaskRun(Context& context, const plan::Step& step, const HoldPast& past);

  /// Renders the task; starts its first round or is done with the failure.
  void start();

  // Events; true if they were this run's.
  bool handle(const PodsSelected& event);
  bool handle(const SessionOutput& event);
  bool handle(const AttemptEnded& event);
  bool handle(const TimerFired& event);

  /// Stops what is running and starts nothing more. Done at once, or when the running attempts have
  /// ended.
  void cancel(std::string reason);

  /// Waits for the release of the targets whose effect is unknown.
  bool needs_release() const { return state_ == State::NeedsRelease; }
  /// That release ended and freed these targets; `passed`: it did all it was to do.
  void release_ended(bool passed, const std::vector<std::size_t>& freed);
  /// Its targets of these indices hold nothing any more.
  void freed(const std::vector<std::size_t>& targets);

  // Held sessions (rule 29).

  /// The release of these targets begins: their sessions may end.
  void expect_end(const std::vector<std::size_t>& targets);
  /// Stops what still runs of the sessions of these targets; true once nothing does.
  bool end_sessions(const std::vector<std::size_t>& targets, const TaskRun& release);
  /// How an acquired session ended before its release; nothing: none did since the last call.
  std::optional<std::string> take_loss() { return std::exchange(loss_, std::nullopt); }

  /// Of an acquire by `scale` that is to be scaled back: the size before (rule 30).
  std::optional<std::int64_t> size() const { return size_; }
  /// What scales it back; nothing where its size is not known or it cannot be rendered.
  std::optional<Request> scale_back() const;

  bool done() const { return state_ == State::Done; }
  bool succeeded() const { return done() && passed_; }
  /// Some attempt was started.
  bool attempted() const { return attempted_; }
  std::uint32_t step() const { return step_; }
  const std::vector<Target>& targets() const { return targets_; }
  /// What is asked for there; null before the task was rendered, or when it could not be.
  const Request* request(const Target& target) const {
    return target.own ? &*target.own : rendered_ ? &request_ : nullptr;
  }

  /// Fills in phase, attempts, reason and output.
  void write(StepResult& result) const;
  /// What it left, for the journal.
  std::vector<HeldTarget> left() const;

 private:
  enum class State : std::uint8_t { New, Selecting, Attempting, NeedsRelease, Waiting, Done };

  bool render_task();
  void begin_round();
  void launch();
  void start_attempt(Target& target);
  void ask(Target& target, Request request);
  void take_size(Target& target, const AttemptResult& result);
  void end_attempt(Target& target, Effect effect);
  void end_session(Target& target, const AttemptResult& result);
  void end_round();
  void fail_round(std::string reason);
  void schedule();
  void finish_passed();
  void finish_failed(std::string_view reason);
  void take_captures();
  std::optional<std::string> count_problem(std::size_t found) const;
  std::string failure_reason() const;

  Context& context_;
  const plan::Task& task_;
  const plan::PodSelection* const selection_;
  const std::uint32_t step_;
  const plan::Hold* const acquires_;  // null: the task is not an acquire
  const bool release_;
  const bool back_;      // an acquire that `scale back` undoes
  bool chosen_ = false;  // targets_ is what the task acts on
  bool rendered_ = false;
  bool attempted_ = false;
  bool passed_ = false;
  bool hopeless_ = false;  // another attempt is of no use
  State state_ = State::New;

  Request request_;
  PodQuery query_;
  std::string container_;
  Millis timeout_ = 0;
  std::int64_t retries_ = 0;
  double wait_ = 0;  // before the next attempt, in ms
  double factor_ = 1;
  std::optional<double> longest_wait_;
  std::optional<std::int64_t> exactly_, at_least_;

  std::vector<Target> targets_;
  std::size_t next_ = 0;  // targets before this one are not waiting
  std::size_t running_ = 0;
  std::uint32_t round_ = 0;
  std::uint32_t selection_id_ = 0;
  TimerId timer_ = 0;
  std::optional<std::string> cancelled_;  // why
  std::string round_reason_;              // of the last round that failed
  std::string reason_;                    // why it failed, never empty then
  std::optional<std::string> loss_;
  std::optional<std::int64_t> size_;
};

}  // namespace hookc::engine
