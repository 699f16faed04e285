#include "interpreter/core/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/eval/value.hpp"
#include "interpreter/core/context.hpp"
#include "interpreter/core/facts.hpp"
#include "interpreter/core/holds.hpp"
#include "interpreter/core/task_run.hpp"

namespace hookc::engine {
namespace {

constexpr std::string_view kInterrupted = "interrupted";
constexpr std::string_view kStopped = "hookc was stopped before the session ended";

}  // namespace

struct Session::State {
  enum class Stage : std::uint8_t { New, Pre, Operation, Releases, Post, Finished };
  enum class Running : std::uint8_t { NotStarted, Running, Ended };
  /// A step of the group at hand. Holds own the runs of their acquires.
  struct Active {
    const plan::Step* step = nullptr;
    TaskRun* run = nullptr;
    std::unique_ptr<TaskRun> own;
  };

  State(const plan::Plan& plan, Inputs inputs)
      : context(plan, std::move(inputs)),
        steps(context.inputs.operation == Operation::Backup ? plan.backup : plan.restore),
        holds(context) {
    context.result.steps.resize(plan.steps.size());
    context.result.releases.resize(plan.steps.size());
    for (const auto* secrets : {&context.inputs.secrets, &context.inputs.extra_secrets}) {
      for (const std::string& secret : *secrets) context.redactor.add(secret);
    }
    fill_target();
  }

  State(const plan::Plan& plan, Inputs inputs, const Past& past) : State(plan, std::move(inputs)) {
    restore(past);
  }

  Context context;
  const plan::OperationPlan& steps;
  Holds holds;
  Stage stage = Stage::New;
  std::size_t next_group = 0;
  std::vector<Active> active;
  bool stop_pre = false;  // nothing later starts on the pre side
  bool skipping = false;  // `on error skip`
  std::string skip_reason;
  int interrupts = 0;
  Running operation = Running::NotStarted;
  Millis operation_started = 0, operation_ended_at = 0;
  OperationEnded operation_end;
  bool waiting_for_exclusive = false;
  SessionPast saved;  // as the last Save said it

  // ---- events ----

  void handle(const Event& event) {
    if (stage == Stage::Finished) return;
    context.now = std::max(context.now, event.now);
    if (std::holds_alternative<Begin>(event.what)) {
      if (stage != Stage::New) return;
      context.now = event.now;
      begin();
    } else if (stage == Stage::New) {
      return;
    } else if (const auto* taken = std::get_if<ExclusiveTaken>(&event.what)) {
      exclusive_taken(*taken);
    } else if (const auto* pods = std::get_if<PodsSelected>(&event.what)) {
      if (!to_runs(*pods)) holds.handle(*pods);
    } else if (const auto* attempt = std::get_if<AttemptEnded>(&event.what)) {
      if (!to_runs(*attempt)) holds.handle(*attempt);
    } else if (const auto* timer = std::get_if<TimerFired>(&event.what)) {
      if (!to_runs(*timer)) holds.handle(*timer);
    } else if (const auto* end = std::get_if<OperationEnded>(&event.what)) {
      operation_ended(*end);
    } else if (std::holds_alternative<Interrupted>(event.what)) {
      interrupt();
    }
    advance();
  }

  template <typename E>
  bool to_runs(const E& event) {
    return std::ranges::any_of(
        active, [&](Active& it) { return it.own != nullptr && it.run->handle(event); });
  }

  void begin() {
    const Part part = context.inputs.part;
    if (part == Part::Whole || part == Part::Pre) context.result.started = context.now;
    stage = part == Part::Recover ? Stage::Releases
            : part == Part::Post  ? Stage::Operation
                                  : Stage::Pre;
    context.report(Report::Kind::SessionStarted, context.inputs.session_id);
    if (const std::size_t count = context.redactor.too_short(); count != 0) {
      context.report(Report::Kind::Note,
                     fmt::format("{} secret{} shorter than {} bytes: not replaced in output", count,
                                 count == 1 ? " is" : "s are", Redactor::kShortest));
    }
    if (stage == Stage::Pre) return take_exclusive();
    holds.resume_limits();
    if (part == Part::Recover) {
      context.bind_to_fail(kStopped);
      holds.all_due();
    }
  }

  void take_exclusive() {
    if (!context.plan.exclusive) return;
    const plan::Exclusive& exclusive = *context.plan.exclusive;
    const Facts facts(context);
    const auto name = plan::evaluate_text(exclusive.name, facts);
    const auto wait = exclusive.wait ? plan::evaluate_duration(*exclusive.wait, facts)
                                     : decltype(plan::evaluate_duration(*exclusive.wait, facts)){0};
    if (name && wait) {
      waiting_for_exclusive = true;
      context.out.emplace_back(TakeExclusive{*name, *wait});
      return;
    }
    exclusive_refused("`exclusive` cannot be evaluated: " +
                      (name ? wait.error().message : name.error().message));
  }

  void exclusive_taken(const ExclusiveTaken& event) {
    if (!std::exchange(waiting_for_exclusive, false) || event.refusal.empty()) return;
    exclusive_refused(event.refusal);
  }

  void exclusive_refused(std::string_view reason) {
    context.report(Report::Kind::Note, reason);
    context.bind_to_fail(reason);
    stop_pre = true;
  }

  void interrupt() {
    ++interrupts;
    if (interrupts > 2) return;
    context.report(Report::Kind::Note,
                   interrupts == 1
                       ? "interrupted: what runs is stopped, releases and post hooks follow"
                       : "interrupted again: post hooks are dropped, releases are not");
    context.bind_to_fail(kInterrupted);
    stop_pre = true;
    waiting_for_exclusive = false;
    for (Active& it : active) it.run->cancel(std::string(kInterrupted));
    if (interrupts == 1 && operation == Running::Running) context.out.emplace_back(StopOperation{});
  }

  // ---- from one stage to the next ----

  /// Goes on until everything waits for the world. A loop, because a thousand steps may all be
  /// skipped at once.
  void advance() {
    bool changed = true;
    while (changed && stage != Stage::Finished) {
      changed = stop_by_holds();
      changed = holds.advance() || changed;
      changed = collect() || changed;
      changed = stop_by_holds() || changed;
      changed = progress() || changed;
    }
  }

  /// A limit that passed or a release that failed stops the pre side (rules 28, 9).
  bool stop_by_holds() {
    const bool limit = holds.limit_passed();
    if (stop_pre || stage != Stage::Pre || (!limit && context.result.still_held.empty()))
      return false;
    stop_pre = true;
    for (Active& it : active) {
      it.run->cancel(limit ? "stopped: a hold reached its limit" : "stopped: a release failed");
    }
    return true;
  }

  bool progress() {
    if (!active.empty() || waiting_for_exclusive) return false;
    switch (stage) {
      case Stage::Pre: {
        if (!holds.idle()) return false;
        if (!stop_pre && next_group < steps.pre.size()) {
          for (const std::uint32_t id : steps.pre[next_group++]) start_step(id);
          return true;
        }
        for (; next_group < steps.pre.size(); ++next_group) {
          for (const std::uint32_t id : steps.pre[next_group])
            skip_step(id, "not started: " + stop_reason());
        }
        if (context.inputs.part == Part::Pre && !stop_pre) {
          wait_for_post();
          return true;
        }
        stage = Stage::Operation;
        return true;
      }
      case Stage::Operation: return progress_operation();
      case Stage::Releases:
        if (!holds.idle()) return false;
        fix_outcome();
        stage = Stage::Post;
        next_group = 0;
        // Post hooks are another process's, or nobody's any more.
        if (context.inputs.part == Part::Pre || context.inputs.part == Part::Recover) finish();
        return true;
      case Stage::Post:
        if (next_group < steps.post.size()) {
          for (const std::uint32_t id : steps.post[next_group++]) start_step(id);
          return true;
        }
        finish();
        return true;
      case Stage::New:
      case Stage::Finished: return false;
    }
    return false;
  }

  bool progress_operation() {
    if (operation == Running::Running) return false;
    if (operation == Running::NotStarted) {
      if (!stop_pre && !context.inputs.has_operation) context.bind_to_fail("no operation ran");
      if (!stop_pre && context.inputs.has_operation) {
        operation = Running::Running;
        operation_started = context.now;
        context.report(Report::Kind::OperationStarted, {}).phase = StepPhase::Running;
        context.out.emplace_back(StartOperation{});
        return true;
      }
    }
    stage = Stage::Releases;
    holds.all_due();
    return true;
  }

  void operation_ended(const OperationEnded& end) {
    if (operation != Running::Running) return;
    operation = Running::Ended;
    operation_end = end;
    operation_ended_at = context.now;
    operation_end.output = bounded(context.redactor.redact(end.output));
    std::string problem;
    if (!end.error.empty()) {
      problem = end.error;
    } else if (!end.lost.empty()) {
      problem = "what it printed could not be written: " + end.lost;
    } else if (end.succeeded) {
      if (!*end.succeeded) problem = "its caller reported it as failed";
    } else if (!steps.succeeds_when) {
      if (end.exit_code != 0) problem = fmt::format("exit code {}", end.exit_code);
    } else {
      const AttemptResult exit = ExecOutput{end.exit_code, {}, {}, false};
      const Facts facts(context, &exit);
      const auto succeeded = plan::evaluate_bool(*steps.succeeds_when, facts);
      if (!succeeded) {
        problem = "`succeeds when` cannot be evaluated: " + succeeded.error().message;
      } else if (!*succeeded) {
        problem = fmt::format("exit code {}", end.exit_code);
      }
    }
    if (!problem.empty())
      context.bind_to_fail(fmt::format("the {} failed: {}", operation_name(), problem));
    Report& report = context.report(Report::Kind::OperationEnded, problem);
    report.phase = problem.empty() ? StepPhase::Succeeded : StepPhase::Failed;
    report.output = operation_end.output;
    report.took = context.now - operation_started;
  }

  /// Rule 16: once, and never again.
  void fix_outcome() {
    SessionResult& result = context.result;
    result.outcome = context.bound_to_fail ? Outcome::Failure
                     : skipping            ? Outcome::Skipped
                                           : Outcome::Success;
    context.report(Report::Kind::OutcomeFixed, to_text(result.outcome));
    if (!context.bound_to_fail && skipping) result.reason = skip_reason;
    Moments& moments = context.moments;
    moments.phase = "post";
    moments.session_status = to_text(status());
    moments.session_reason = result.reason;
    if (operation == Running::Ended && operation_end.error.empty()) {
      moments.operation_exit = operation_end.exit_code;
      moments.operation_output = operation_end.output;
    }
  }

  /// Rule 33: what is held stays so until another process brings the outcome.
  void wait_for_post() {
    SessionResult& result = context.result;
    result.status = SessionStatus::Waiting;
    result.ended = context.now;
    Report& report = context.report(Report::Kind::SessionEnded, "waiting for the post phase");
    report.phase = StepPhase::Running;
    report.took = result.ended - result.started;
    context.out.emplace_back(Finish{});
    stage = Stage::Finished;
  }

  void finish() {
    SessionResult& result = context.result;
    result.status = status();
    result.ended = context.now;
    std::ranges::sort(result.still_held);
    Report& report = context.report(Report::Kind::SessionEnded, result.reason);
    report.phase = result.status == SessionStatus::Succeeded ? StepPhase::Succeeded
                   : result.status == SessionStatus::Skipped ? StepPhase::Skipped
                                                             : StepPhase::Failed;
    report.took = result.ended - result.started;
    context.out.emplace_back(Finish{});
    stage = Stage::Finished;
  }

  SessionStatus status() const {
    return context.bound_to_fail ? SessionStatus::Failed
           : skipping            ? SessionStatus::Skipped
                                 : SessionStatus::Succeeded;
  }

  // ---- steps ----

  void start_step(std::uint32_t id) {
    const plan::Step& step = context.plan.steps[id];
    if (stage == Stage::Post) {
      if (interrupts > 1) return skip_step(id, "dropped by a second signal");
      if (const std::string_view only = excluded(step.policy); !only.empty())
        return skip_step(id, only);
    }
    if (step.when) {
      const Facts facts(context);
      const auto assumed = context.inputs.assumed_when.find(id);
      const auto wanted = assumed != context.inputs.assumed_when.end()
                              ? decltype(plan::evaluate_bool(*step.when, facts)){assumed->second}
                              : plan::evaluate_bool(*step.when, facts);
      if (wanted && !*wanted) return skip_step(id, "`when` is false");
      if (!wanted) {
        start_report(id);
        StepResult& result = context.result.steps[id];
        result.phase = StepPhase::Failed;
        result.reason = one_line(
            context.redactor.redact("`when` cannot be evaluated: " + wanted.error().message));
        return end_step(step);
      }
    }
    start_report(id);
    if (step.hold) {
      active.push_back({&step, &holds.begin(step), nullptr});
    } else {
      auto run = std::make_unique<TaskRun>(context, id, step.task, false, false);
      TaskRun* const it = run.get();
      active.push_back({&step, it, std::move(run)});
      it->start();
    }
  }

  void start_report(std::uint32_t id) {
    StepResult& result = context.result.steps[id];
    result.phase = StepPhase::Running;
    result.started = context.now;
    Report& report = context.report(Report::Kind::StepStarted, {});
    report.step = id;
    report.phase = StepPhase::Running;
  }

  /// Why a post hook of this policy does not run; empty: it does.
  std::string_view excluded(plan::Policy policy) const {
    switch (policy) {
      case plan::Policy::Always: return {};
      case plan::Policy::OnSuccess:
        return context.result.outcome == Outcome::Success ? "" : "runs on success only";
      case plan::Policy::OnFailure:
        return context.result.outcome == Outcome::Failure ? "" : "runs on failure only";
    }
    return {};
  }

  void skip_step(std::uint32_t id, std::string_view reason) {
    StepResult& result = context.result.steps[id];
    result.phase = StepPhase::Skipped;
    result.started = result.ended = context.now;
    result.reason = reason;
    report_end(id);
  }

  void report_end(std::uint32_t id) {
    const StepResult& result = context.result.steps[id];
    Report& report = context.report(Report::Kind::StepEnded, result.reason);
    report.step = id;
    report.phase = result.phase;
    report.attempt_number = result.attempts;
    report.took = context.now - result.started;
    holds.step_ended(id);
  }

  /// Takes in the runs that are done.
  bool collect() {
    bool changed = false;
    for (std::size_t i = 0; i < active.size();) {
      if (!active[i].run->done()) {
        ++i;
        continue;
      }
      const Active it = std::move(active[i]);
      active.erase(active.begin() + static_cast<std::ptrdiff_t>(i));
      it.run->write(context.result.steps[it.step->id]);
      end_step(*it.step);
      changed = true;
    }
    return changed;
  }

  void end_step(const plan::Step& step) {
    StepResult& result = context.result.steps[step.id];
    result.ended = context.now;
    report_end(step.id);
    if (result.phase != StepPhase::Failed) return;
    const std::string& name = context.titles[step.id];
    const std::string failure = fmt::format("{} failed: {}", name, result.reason);
    if (stage ==
        Stage::Post) {  // `continue` and `skip` say nothing there: each post hook runs anyway
      if (step.on_error != plan::OnError::Warn) context.bind_to_fail(failure);
    } else {
      switch (step.on_error) {
        case plan::OnError::Fail:
          context.bind_to_fail(failure);
          stop_pre = true;
          break;
        case plan::OnError::Continue: context.bind_to_fail(failure); break;
        case plan::OnError::Warn: break;
        case plan::OnError::Skip:
          if (skip_reason.empty())
            skip_reason = fmt::format("{} skipped the session: {}", name, result.reason);
          skipping = true;
          stop_pre = true;
          break;
      }
    }
    const bool goes_on =
        step.on_error == plan::OnError::Warn || step.on_error == plan::OnError::Continue;
    if (step.hold && goes_on) {
      context
          .report(Report::Kind::Note,
                  fmt::format("{} failed: the {} may run unprotected", name, operation_name()))
          .step = step.id;
    } else if (step.on_error == plan::OnError::Warn) {
      context.report(Report::Kind::Note, "warning: " + failure).step = step.id;
    }
  }

  // ---- what another process needs to carry on ----

  SessionPast session_past() const {
    SessionPast past;
    past.status = context.result.status;
    past.outcome = context.result.outcome;
    past.started = context.result.started;
    past.ended = context.result.ended;
    past.bound_to_fail = context.bound_to_fail;
    past.reason = context.result.reason;
    past.skip_reason = skip_reason;
    if (operation != Running::NotStarted) {
      past.operation.emplace();
      past.operation->started = operation_started;
      if (operation == Running::Ended) {
        if (operation_end.error.empty()) past.operation->exit_code = operation_end.exit_code;
        past.operation->output = operation_end.output;
        past.operation->ended = operation_ended_at;
      }
    }
    return past;
  }

  StepPast step_past(std::uint32_t id) const {
    StepPast past;
    past.task = context.result.steps[id];
    past.release = context.result.releases[id];
    const auto running =
        std::ranges::find(active, id, [](const Active& it) { return it.step->id; });
    if (running != active.end()) running->run->write(past.task);
    if (const TaskRun* release = holds.release(id)) release->write(past.release);
    past.hold = holds.past(id);
    const plan::Step& step = context.plan.steps[id];
    const auto take = [&](const plan::Task& task) {
      for (const plan::Capture& capture : task.captures) {
        if (capture.index >= context.captures.size()) continue;
        const plan::Value& value = context.captures[capture.index];
        if (value.is_null() || context.plan.captures[capture.index].secret) continue;
        // A capture that a secret came into is not kept: with *** in it, it would be a wrong one.
        const std::string text = plan::to_json(value);
        if (context.redactor.redact(text) == text) past.captures.emplace_back(capture.index, value);
      }
    };
    take(step.task);
    if (step.hold) take(step.hold->release);
    return past;
  }

  /// Puts a Save of everything that the event changed before the commands that announce it.
  void save() {
    std::vector<std::uint32_t> changed = std::exchange(context.touched, {});
    for (const Command& command : context.out) {
      const auto* report = std::get_if<Report>(&command);
      if (report != nullptr && report->step) changed.push_back(*report->step);
    }
    std::ranges::sort(changed);
    changed.erase(std::ranges::unique(changed).begin(), changed.end());
    Save save;
    if (SessionPast now = session_past(); now != saved) {
      saved = now;
      save.session = std::move(now);
    }
    for (const std::uint32_t id : changed) save.steps.emplace_back(id, step_past(id));
    if (save.session || !save.steps.empty())
      context.out.insert(context.out.begin(), std::move(save));
  }

  void restore(const Past& past) {
    const SessionPast& session = past.session;
    saved = session;
    context.result.started = session.started;
    context.result.outcome = session.outcome;
    context.result.reason = session.reason;
    context.bound_to_fail = session.bound_to_fail;
    skip_reason = session.skip_reason;
    skipping = !skip_reason.empty();
    stop_pre = context.bound_to_fail || skipping;
    if (session.operation) {
      operation = Running::Ended;
      operation_started = session.operation->started;
      operation_ended_at = session.operation->ended;
      operation_end.exit_code = session.operation->exit_code.value_or(0);
      operation_end.output = session.operation->output;
      if (!session.operation->exit_code) operation_end.error = kStopped;
    }
    std::vector<std::pair<std::uint32_t, const HoldPast*>> held;
    for (std::uint32_t id = 0; id < past.steps.size() && id < context.plan.steps.size(); ++id) {
      const StepPast& step = past.steps[id];
      context.result.steps[id] = step.task;
      context.result.releases[id] = step.release;
      for (StepResult* const result : {&context.result.steps[id], &context.result.releases[id]}) {
        if (result->phase != StepPhase::Running) continue;
        result->phase = StepPhase::Failed;
        result->reason = "hookc was stopped while it ran";
      }
      for (const auto& [index, value] : step.captures) {
        if (index < context.captures.size()) context.captures[index] = value;
      }
      if (step.hold && context.plan.steps[id].hold) held.emplace_back(id, &*step.hold);
    }
    std::ranges::sort(held, {}, [](const auto& it) { return it.second->order; });
    for (const auto& [id, hold] : held) holds.restore(context.plan.steps[id], *hold);
  }

  // ---- small things ----

  std::string_view operation_name() const {
    return context.inputs.operation == Operation::Backup ? "backup" : "restore";
  }

  std::string stop_reason() const {
    return context.bound_to_fail ? context.result.reason : skip_reason;
  }

  /// What the caller does not know of the target, the plan may.
  void fill_target() {
    if (!context.plan.target) return;
    const plan::Target& target = *context.plan.target;
    Inputs& inputs = context.inputs;
    const auto fill = [&](std::string& to, const plan::Expr& from) {
      if (!to.empty()) return;
      const Facts facts(context);
      if (auto text = plan::evaluate_text(from, facts)) to = *std::move(text);
    };
    if (inputs.target_kind.empty()) inputs.target_kind = target.workload.kind;
    fill(inputs.target_name, target.workload.name);
    if (target.namespace_name) fill(inputs.target_namespace, *target.namespace_name);
  }
};

Session::Session(const plan::Plan& plan, Inputs inputs)
    : state_(std::make_unique<State>(plan, std::move(inputs))) {}
Session::~Session() = default;

Session::Session(const plan::Plan& plan, Inputs inputs, const Past& past)
    : state_(std::make_unique<State>(plan, std::move(inputs), past)) {}

Past Session::past() const {
  Past past;
  past.session = state_->session_past();
  for (std::uint32_t id = 0; id < state_->context.plan.steps.size(); ++id)
    past.steps.push_back(state_->step_past(id));
  return past;
}

std::vector<Command> Session::handle(const Event& event) {
  if (finished()) return {};
  state_->handle(event);
  state_->save();
  return std::exchange(state_->context.out, {});
}

bool Session::finished() const {
  return state_->stage == State::Stage::Finished;
}

const SessionResult& Session::result() const {
  return state_->context.result;
}

}  // namespace hookc::engine
