// The steps of a session: started, skipped, ended.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/facts.hpp"
#include "interpreter/core/session_state.hpp"

namespace hookc::engine {

void Session::State::start_step(std::uint32_t id) {
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
    auto run = std::make_unique<TaskRun>(context, step, TaskRun::Role::Hook);
    TaskRun* const it = run.get();
    active.push_back({&step, it, std::move(run)});
    it->start();
  }
}

void Session::State::start_report(std::uint32_t id) {
  StepResult& result = context.result.steps[id];
  result.phase = StepPhase::Running;
  result.started = context.now;
  Report& report = context.report(Report::Kind::StepStarted, {});
  report.step = id;
  report.phase = StepPhase::Running;
}

/// Why a post hook of this policy does not run; empty: it does.
std::string_view Session::State::excluded(plan::Policy policy) const {
  switch (policy) {
    case plan::Policy::Always: return {};
    case plan::Policy::OnSuccess:
      return context.result.outcome == Outcome::Success ? "" : "runs on success only";
    case plan::Policy::OnFailure:
      return context.result.outcome == Outcome::Failure ? "" : "runs on failure only";
  }
  return {};
}

void Session::State::skip_step(std::uint32_t id, std::string_view reason) {
  StepResult& result = context.result.steps[id];
  result.phase = StepPhase::Skipped;
  result.started = result.ended = context.now;
  result.reason = reason;
  report_end(id);
}

void Session::State::report_end(std::uint32_t id) {
  const StepResult& result = context.result.steps[id];
  Report& report = context.report(Report::Kind::StepEnded, result.reason);
  report.step = id;
  report.phase = result.phase;
  report.attempt_number = result.attempts;
  report.took = context.now - result.started;
  holds.step_ended(id);
}

/// Takes in the runs that are done.
bool Session::State::collect() {
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

void Session::State::end_step(const plan::Step& step) {
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

}  // namespace hookc::engine
