// A deterministic world with virtual time: everything answers as scripted, at once or after a
// scripted while.
//
// For tests of the engine, for `hookc simulate` and for `hookc test`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/core/session.hpp"

namespace hookc::engine {

/// One answer. An attempt whose answer takes longer than its timeout times out.
///
/// For the attempt of a held session: ExecOutput with exit code 0 is what it prints after `takes`,
/// and then it stays open; Assumed makes it ready then, whatever `ready once` would read. All else
/// ends it.
struct Reply {
  AttemptResult result;
  Millis takes = 0;
  /// A held session ends by itself this long after its start, with this.
  std::optional<std::pair<Millis, AttemptResult>> dies = std::nullopt;
};

/// Replies of the action's own kind that succeed or fail.
Reply ok(std::string output = {},
         Millis takes = 0);  // fits any action: exit 0, status 200, connected, done
Reply http(int status, std::string body = {}, Millis takes = 0);
Reply exit_code(int code, std::string stdout_text = {}, std::string stderr_text = {},
                Millis takes = 0);
Reply refused(std::string reason = "connection refused", Millis takes = 0);
Reply lost(std::string reason = "connection lost", Millis takes = 0);
Reply hangs();  // until the timeout
/// A held session that prints `output` at once and ends by itself `after` its start.
Reply dies(std::string output, Millis after, int code = 1);

/// A step's task, or the release of a hold.
struct ScriptKey {
  std::string step;  // by name
  bool release = false;
  std::string pod = {};  // of that pod only; empty: of every pod without a script of its own
  friend auto operator<=>(const ScriptKey&, const ScriptKey&) = default;
};

class ScriptedWorld {
 public:
  /// The plan must outlive the world.
  explicit ScriptedWorld(const plan::Plan& plan) : plan_(plan) {}

  /// What the attempts of a part are answered with, in order; the last reply repeats. Unscripted:
  /// success with no output; a held session is ready at once. A ReadScale takes none of these.
  void answer(ScriptKey part, std::vector<Reply> replies) {
    scripts_[std::move(part)] = std::move(replies);
  }
  /// What selections find, in order; the last repeats. Unscripted: one pod `pod-0`.
  void pods(std::vector<std::vector<std::string>> names) { pods_ = std::move(names); }
  void operation(OperationEnded end, Millis takes = 0) {
    operation_ = std::move(end);
    operation_takes_ = takes;
  }
  /// The operation prints this line so long after its start.
  void operation_prints(std::string line, Millis after) {
    lines_.emplace_back(std::move(line), after);
  }
  /// What a ReadScale of this step is answered with: Size, Done where the workload is not there, or
  /// a failure. Unscripted: Size{1}.
  void size(std::string step, Reply reply) { sizes_[std::move(step)] = std::move(reply); }
  /// How long what is cancelled takes to stop; 0 unless said.
  void cancels_take(Millis takes) { cancels_take_ = takes; }
  /// `exclusive` cannot be had, for this reason.
  void refuse_exclusive(std::string reason) { exclusive_refusal_ = std::move(reason); }
  /// A signal arrives; among things of one moment it comes last.
  void interrupt_at(Millis at) { interrupts_.insert(at); }
  /// A signal arrives right before the event of this number (0: Begin) is handed over.
  void interrupt_before(std::size_t event) { interrupts_before_.insert(event); }

  /// The clock before the first event; a session that carries on must not go back in time.
  void start_at(Millis now) { now_ = now; }
  /// What a journal holds before the first event: the Past that the session starts from.
  void start_from(Past past) { saved_ = std::move(past); }

  // For those who script by more than a step's name. The callbacks must outlive run().

  /// Asked for the answer to every attempt before the scripts are; nothing: as scripted.
  void answer_by(std::function<std::optional<Reply>(const StartAttempt&)> answerer) {
    answerer_ = std::move(answerer);
  }
  /// Asked what a selection finds before pods() is; nothing: as said there.
  void select_by(std::function<std::optional<std::vector<std::string>>(const SelectPods&)> finder) {
    finder_ = std::move(finder);
  }
  /// Sees every command before it is obeyed; what a Save holds is part of saved() by then.
  void watch(std::function<void(const Command&)> watcher) { watcher_ = std::move(watcher); }
  /// Within watch(): a signal arrives now, before what the command brings about.
  void interrupt() { schedule(now_, Interrupted{}); }
  /// Within watch(): the process is killed. Nothing more is obeyed or handed over, and run()
  /// returns false.
  void crash() { crashed_ = true; }

  /// Drives the session to its end. False: it still waited when nothing was left to happen, or
  /// `limit` events did not do.
  bool run(Session& session, std::size_t limit = 1'000'000);

  /// Every command in order, one line each: "attempt pre 1 #1 at 0", "operation at 5" … without
  /// reports.
  const std::vector<std::string>& trace() const { return trace_; }
  const std::vector<Report>& reports() const { return reports_; }
  const std::vector<StartAttempt>& attempts() const { return attempts_; }
  /// The sum of the session's Save commands: what a journal would hold.
  const Past& saved() const { return saved_; }
  /// How many events the last run handed over.
  std::size_t events() const { return events_; }
  Millis now() const { return now_; }

 private:
  using What = decltype(Event::what);
  void schedule(Millis at, What what) { queue_.emplace(std::pair{at, order_++}, std::move(what)); }
  void obey(const Command& command);
  void start(const StartAttempt& attempt);
  void start_session(const StartAttempt& attempt);
  void answer_input(const StartAttempt& attempt, Reply reply);
  void end_session(AttemptId attempt, Millis at, AttemptResult result);
  void forget(AttemptId session, Millis from);
  void start_operation(const StartOperation& start);
  void cancel(AttemptId attempt);
  void note(std::string what);
  std::string part_name(const StartAttempt& attempt) const;
  Reply next_reply(const StartAttempt& attempt);

  const plan::Plan& plan_;
  std::map<ScriptKey, std::vector<Reply>> scripts_;
  std::map<ScriptKey, std::size_t> used_;
  Past saved_;
  std::string exclusive_refusal_;
  std::vector<std::vector<std::string>> pods_;
  std::size_t selections_ = 0;
  OperationEnded operation_;
  Millis operation_takes_ = 0;
  Millis cancels_take_ = 0;
  std::vector<std::pair<std::string, Millis>> lines_;
  std::map<std::string, Reply> sizes_;
  std::map<AttemptId, std::uint32_t> open_sessions_;  // and their steps
  std::set<Millis> interrupts_;
  std::set<std::size_t> interrupts_before_;
  std::function<std::optional<Reply>(const StartAttempt&)> answerer_;
  std::function<std::optional<std::vector<std::string>>(const SelectPods&)> finder_;
  std::function<void(const Command&)> watcher_;
  bool crashed_ = false;

  std::map<std::pair<Millis, std::uint64_t>, What> queue_;
  std::uint64_t order_ = 0;
  Millis now_ = 0;
  std::size_t events_ = 0;
  std::vector<std::string> trace_;
  std::vector<Report> reports_;
  std::vector<StartAttempt> attempts_;
};

}  // namespace hookc::engine
