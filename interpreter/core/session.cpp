#include "interpreter/core/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/facts.hpp"
#include "interpreter/core/session_state.hpp"

namespace hookc::engine {
namespace {

constexpr std::string_view kInterrupted = "interrupted";

}  // namespace

void complete_target(const plan::Plan& plan, Inputs& inputs) {
  if (!plan.target) return;
  Context context(plan, inputs);
  Inputs& known = context.inputs;
  const auto fill = [&](std::string& to, const plan::Expr& from) {
    if (!to.empty()) return;
    const Facts facts(context);
    if (auto text = plan::evaluate_text(from, facts)) to = *std::move(text);
  };
  if (known.target_kind.empty()) known.target_kind = plan.target->workload.kind;
  fill(known.target_name, plan.target->workload.name);
  if (plan.target->namespace_name) fill(known.target_namespace, *plan.target->namespace_name);
  inputs = std::move(known);
}

Session::State::State(const plan::Plan& plan, Inputs inputs)
    : context(plan, std::move(inputs)),
      steps(context.inputs.operation == Operation::Backup ? plan.backup : plan.restore),
      holds(context) {
  context.result.steps.resize(plan.steps.size());
  context.result.releases.resize(plan.steps.size());
  for (const auto* secrets : {&context.inputs.secrets, &context.inputs.extra_secrets}) {
    for (const std::string& secret : *secrets) context.redactor.add(secret);
  }
  complete_target(plan, context.inputs);
}

void Session::State::handle(const Event& event) {
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
  } else if (const auto* output = std::get_if<SessionOutput>(&event.what)) {
    holds.handle(*output);
  } else if (const auto* printed = std::get_if<OperationPrinted>(&event.what)) {
    if (operation == Running::Running) holds.handle(*printed);
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

void Session::State::begin() {
  const Part part = context.inputs.part;
  if (part == Part::Whole || part == Part::Pre) context.result.started = context.now;
  stage = recovers() ? Stage::Releases : part == Part::Post ? Stage::Operation : Stage::Pre;
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

void Session::State::take_exclusive() {
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

void Session::State::exclusive_taken(const ExclusiveTaken& event) {
  if (!std::exchange(waiting_for_exclusive, false) || event.refusal.empty()) return;
  exclusive_refused(event.refusal);
}

void Session::State::exclusive_refused(std::string_view reason) {
  context.report(Report::Kind::Note, reason);
  context.bind_to_fail(reason);
  stop_pre = true;
}

void Session::State::interrupt() {
  ++interrupts;
  if (interrupts > 2) return;
  if (recovers()) {
    if (interrupts == 1)
      context.report(Report::Kind::Note, "interrupted: releases are not dropped, so it goes on");
    return;
  }
  context.report(Report::Kind::Note,
                 interrupts == 1
                     ? "interrupted: what runs is stopped, releases and post hooks follow"
                     : "interrupted again: post hooks are dropped, releases are not");
  context.bind_to_fail(kInterrupted);
  stop_pre = true;
  waiting_for_exclusive = false;
  halt(kInterrupted);
  if (stage != Stage::Pre) halted.clear();  // each post hook still has its turn
  if (interrupts == 1 && operation == Running::Running) context.out.emplace_back(StopOperation{});
}

/// Goes on until everything waits for the world. A loop, because a thousand steps may all be
/// skipped at once.
void Session::State::advance() {
  bool changed = true;
  while (changed && stage != Stage::Finished) {
    changed = stop_by_holds();
    changed = holds.advance() || changed;
    changed = collect() || changed;
    changed = stop_by_holds() || changed;
    changed = progress() || changed;
  }
}

/// A limit that passed or a release that failed stops the pre side (rules 28, 9); after a session
/// that was lost, what runs is left to end (rule 29).
bool Session::State::stop_by_holds() {
  if (stage != Stage::Pre) return false;
  const bool limit = holds.limit_passed();
  const bool broken = limit || !context.result.still_held.empty();
  if (!broken && !holds.lost()) return false;
  bool changed = !std::exchange(stop_pre, true);
  if (broken && halted.empty()) {
    halt(limit ? "stopped: a hold reached its limit" : "stopped: a release failed");
    changed = true;
  }
  return changed;
}

void Session::State::halt(std::string_view reason) {
  halted = reason;
  for (Active& it : active) it.run->cancel(halted);
}

/// Starts what may start of the group at hand.
bool Session::State::fill_group() {
  bool changed = false;
  for (; group != nullptr && next_member < group->size() && active.size() < kMostAtOnce;
       changed = true) {
    const std::uint32_t id = (*group)[next_member++];
    if (halted.empty()) {
      start_step(id);
    } else {
      skip_step(id, "not started: " + halted);
    }
  }
  return changed;
}

bool Session::State::begin_group(const std::vector<plan::Group>& groups) {
  if (next_group == groups.size()) return false;
  group = &groups[next_group++];
  next_member = 0;
  return true;
}

bool Session::State::progress() {
  if (fill_group()) return true;
  if (!active.empty() || waiting_for_exclusive) return false;
  switch (stage) {
    case Stage::Pre: {
      if (!holds.idle()) return false;
      if (!stop_pre && begin_group(steps.pre)) return true;
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
      if (context.inputs.part == Part::Expire) {
        wait_for_post();
        return true;
      }
      fix_outcome();
      stage = Stage::Post;
      next_group = 0;
      group = nullptr;
      halted.clear();
      // Post hooks are another process's, or nobody's any more.
      if (context.inputs.part == Part::Pre || context.inputs.part == Part::Recover) finish();
      return true;
    case Stage::Post:
      if (!begin_group(steps.post)) finish();
      return true;
    case Stage::New:
    case Stage::Finished: return false;
  }
  return false;
}

bool Session::State::progress_operation() {
  if (operation == Running::Running) return false;
  if (operation == Running::NotStarted) {
    if (!stop_pre && !context.inputs.has_operation) context.bind_to_fail("no operation ran");
    if (!stop_pre && context.inputs.has_operation) {
      operation = Running::Running;
      operation_started = context.now;
      context.report(Report::Kind::OperationStarted, {}).phase = StepPhase::Running;
      context.out.emplace_back(StartOperation{holds.watch_for()});
      return true;
    }
  }
  stage = Stage::Releases;
  holds.all_due();
  return true;
}

void Session::State::operation_ended(const OperationEnded& end) {
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
void Session::State::fix_outcome() {
  SessionResult& result = context.result;
  if (result.outcome == Outcome::Open) {  // else another process has fixed it
    result.outcome = context.bound_to_fail ? Outcome::Failure
                     : skipping            ? Outcome::Skipped
                                           : Outcome::Success;
    context.report(Report::Kind::OutcomeFixed, to_text(result.outcome));
  }
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
void Session::State::wait_for_post() {
  SessionResult& result = context.result;
  result.status = SessionStatus::Waiting;
  result.ended = context.now;
  Report& report = context.report(Report::Kind::SessionEnded, "waiting for the post phase");
  report.phase = StepPhase::Running;
  report.took = result.ended - result.started;
  context.out.emplace_back(Finish{});
  stage = Stage::Finished;
}

void Session::State::finish() {
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

SessionStatus Session::State::status() const {
  return context.bound_to_fail ? SessionStatus::Failed
         : skipping            ? SessionStatus::Skipped
                               : SessionStatus::Succeeded;
}

Session::Session(const plan::Plan& plan, Inputs inputs)
    : state_(std::make_unique<State>(plan, std::move(inputs))) {}
Session::~Session() = default;

Session::Session(const plan::Plan& plan, Inputs inputs, const Past& past)
    : Session(plan, std::move(inputs)) {
  state_->restore(past);
}

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
