// What another process needs to carry on: Save commands, and a session that starts from their sum.
#include <algorithm>
#include <utility>

#include "compiler/plan/eval/value.hpp"
#include "interpreter/core/session_state.hpp"

namespace hookc::engine {

SessionPast Session::State::session_past() const {
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

StepPast Session::State::step_past(std::uint32_t id) const {
  StepPast past;
  past.task = context.result.steps[id];
  past.release = context.result.releases[id];
  const auto running = std::ranges::find(active, id, [](const Active& it) { return it.step->id; });
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
void Session::State::save() {
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
  if (save.session || !save.steps.empty()) context.out.insert(context.out.begin(), std::move(save));
}

void Session::State::restore(const Past& past) {
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
      context.touched.push_back(id);
    }
    for (const auto& [index, value] : step.captures) {
      if (index < context.captures.size()) context.captures[index] = value;
    }
    if (step.hold && context.plan.steps[id].hold) held.emplace_back(id, &*step.hold);
  }
  std::ranges::sort(held, {}, [](const auto& it) { return it.second->order; });
  for (const auto& [id, hold] : held) holds.restore(context.plan.steps[id], *hold);
}

}  // namespace hookc::engine
