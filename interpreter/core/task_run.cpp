#include "interpreter/core/task_run.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/facts.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::engine {
namespace {

constexpr double kLongestWait = 365.0 * 24 * 3600 * 1000;  // backoff without `up to` ends somewhere
constexpr std::int64_t kMostRetries = 1'000'000;
constexpr Millis kDefaultTimeout = 300'000;
constexpr Millis kDefaultWait = 1000;

bool given(const plan::Expr& expr) {
  return expr.op != plan::Op::Literal || !expr.literal.is_null();
}

/// What requests of the engine's own are judged by.
const plan::Task kBare;

Effect effect_of(const TaskRun::Target& target) {
  switch (target.last.verdict) {
    case Verdict::Succeeded: return Effect::Acquired;
    case Verdict::Definite: return Effect::Definite;
    case Verdict::Unknown: return Effect::Unknown;
    case Verdict::NotStarted: return target.before;
  }
  return Effect::Unknown;
}

}  // namespace

TaskRun::TaskRun(Context& context, const plan::Step& step, Role role,
                 std::optional<std::vector<Target>> places)
    : context_(context),
      task_(role == Role::Release ? step.hold->release : step.task),
      selection_(pod_selection(task_.action)),
      step_(step.id),
      acquires_(role == Role::Acquire ? &*step.hold : nullptr),
      release_(role == Role::Release),
      back_(acquires_ != nullptr &&
            std::holds_alternative<plan::ScaleBack>(acquires_->release.action)) {
  if (places) {
    chosen_ = true;
    targets_ = *std::move(places);
  } else if (selection_ == nullptr) {
    chosen_ = true;
    targets_.emplace_back();
  }
}

TaskRun::TaskRun(Context& context, const plan::Step& step, const HoldPast& past)
    : TaskRun(context, step, Role::Acquire, std::vector<Target>{}) {
  attempted_ = true;
  passed_ = true;
  state_ = State::Done;
  size_ = past.size;
  for (const HeldTarget& target : past.targets) {
    passed_ = passed_ && target.effect == Effect::Acquired;
    targets_.push_back({.pod = target.pod, .effect = target.effect, .handle = target.handle});
  }
}

std::vector<HeldTarget> TaskRun::left() const {
  std::vector<HeldTarget> out;
  for (const Target& target : targets_) out.push_back({target.pod, target.effect, target.handle});
  return out;
}

bool TaskRun::render_task() {
  const Facts facts(context_);
  const std::string namespace_name = default_namespace(context_);
  std::string error;
  const auto take = [&](auto&& result, auto& to) {
    if (result) {
      to = *std::forward<decltype(result)>(result);
    } else if (error.empty()) {
      error = result.error().message;
    }
  };
  timeout_ = kDefaultTimeout;
  wait_ = kDefaultWait;
  const plan::Retry& retry = task_.retry;
  if (given(task_.timeout)) take(plan::evaluate_duration(task_.timeout, facts), timeout_);
  if (error.empty() && timeout_ <= 0) error = "`timeout` must be longer than nothing";
  if (retry.count) take(plan::evaluate_int(*retry.count, facts), retries_);
  if (given(retry.every)) take(plan::evaluate_duration(retry.every, facts), wait_);
  if (given(retry.factor)) take(plan::evaluate_decimal(retry.factor, facts), factor_);
  if (retry.up_to) take(plan::evaluate_duration(*retry.up_to, facts), longest_wait_);
  retries_ = std::clamp<std::int64_t>(retries_, 0, kMostRetries);
  if (selection_ != nullptr) {
    if (selection_->exactly) take(plan::evaluate_int(*selection_->exactly, facts), exactly_);
    if (selection_->at_least) take(plan::evaluate_int(*selection_->at_least, facts), at_least_);
    if (selection_->container) take(plan::evaluate_text(*selection_->container, facts), container_);
  }
  const bool all_own = !targets_.empty() && std::ranges::all_of(targets_, [](const Target& t) {
    return t.own.has_value();
  });
  if (error.empty() && !all_own) {
    if (auto request = render(task_.action, context_.plan.functions, facts, namespace_name)) {
      request_ = *std::move(request);
    } else {
      error = std::move(request.error());
    }
  }
  if (error.empty() && !chosen_) {
    if (auto query = render_query(*selection_, facts, namespace_name)) {
      query_ = *std::move(query);
    } else {
      error = std::move(query.error());
    }
  }
  rendered_ = error.empty();
  if (!rendered_) finish_failed(error);
  return rendered_;
}

void TaskRun::start() {
  if (!render_task()) return;
  if (chosen_ && release_) {
    // The pods are those of the acquire; the container may be another one of theirs.
    for (Target& target : targets_) {
      if (target.pod && !container_.empty()) target.pod->container = container_;
    }
  }
  begin_round();
}

void TaskRun::begin_round() {
  ++round_;
  context_.touched.push_back(step_);
  if (!chosen_) {
    state_ = State::Selecting;
    selection_id_ = ++context_.last_selection;
    context_.out.emplace_back(SelectPods{selection_id_, query_, container_});
    return;
  }
  state_ = State::Attempting;
  for (Target& target : targets_) {
    if (target.state == Target::State::Failed) target.state = Target::State::Waiting;
  }
  next_ = 0;
  launch();
  if (running_ == 0) end_round();
}

bool TaskRun::handle(const PodsSelected& event) {
  if (state_ != State::Selecting || event.selection != selection_id_) return false;
  if (!event.error.empty()) {
    fail_round(event.error);
    return true;
  }
  if (auto problem = count_problem(event.pods.size())) {
    fail_round(*std::move(problem));
    return true;
  }
  std::vector<Pod> pods = event.pods;
  std::ranges::sort(pods, {},
                    [](const Pod& pod) { return std::tie(pod.name, pod.namespace_name, pod.uid); });
  if (!selection_->all) pods.resize(1);
  for (Pod& pod : pods) targets_.push_back({.pod = std::move(pod)});
  chosen_ = true;
  state_ = State::Attempting;
  launch();
  return true;
}

std::optional<std::string> TaskRun::count_problem(std::size_t found) const {
  const auto count = static_cast<std::int64_t>(found);
  if (exactly_ && count != *exactly_)
    return fmt::format("{} pods match, not exactly {}", found, *exactly_);
  if (at_least_ && count < *at_least_)
    return fmt::format("{} pods match, not at least {}", found, *at_least_);
  if (found != 0) return std::nullopt;
  const char* state = query_.ready_only ? "ready" : "running";
  if (!query_.name.empty()) return fmt::format("the pod `{}` is not {}", query_.name, state);
  std::string wanted = query_.labels.empty() ? std::string{} : fmt::format(" `{}`", query_.labels);
  if (!query_.owner_name.empty())
    wanted += fmt::format(" of {}/{}", query_.owner_kind, query_.owner_name);
  return fmt::format("no {} pod{}", state, wanted);
}

void TaskRun::launch() {
  const std::size_t limit =
      selection_ != nullptr && selection_->one_by_one ? 1 : std::size_t{plan::kPodsAtOnce};
  for (; next_ < targets_.size() && running_ < limit; ++next_) {
    if (targets_[next_].state == Target::State::Waiting) start_attempt(targets_[next_]);
  }
}

void TaskRun::start_attempt(Target& target) {
  attempted_ = true;
  ++running_;
  target.state = Target::State::Running;
  target.started = context_.now;
  Report& report = context_.report(Report::Kind::AttemptStarted, {});
  report.step = step_;
  report.release = release_;
  report.attempt_number = round_;
  if (target.pod) report.pod = target.pod->name;
  const auto* scale = std::get_if<ScaleRequest>(&request_);
  if (back_ && !size_ && scale != nullptr) {
    ask(target,
        ReadScale{scale->kind, scale->group, scale->name, scale->namespace_name, scale->if_exists});
    return;
  }
  target.before = std::exchange(target.effect, Effect::Unknown);
  Request request = *this->request(target);
  if (auto* input = std::get_if<SessionInput>(&request)) input->session = target.session;
  ask(target, std::move(request));
}

void TaskRun::ask(Target& target, Request request) {
  const bool session = acquires_ != nullptr && acquires_->session;
  target.attempt = ++context_.last_attempt;
  target.open = session;
  if (session) target.last = {};
  target.closing = Target::Closing::No;
  target.handle.clear();
  const Millis left = std::max<Millis>(timeout_ - (context_.now - target.started), 1);
  context_.out.emplace_back(StartAttempt{target.attempt, step_, release_, round_, target.pod,
                                         std::move(request), left, session});
}

bool TaskRun::handle(const SessionOutput& event) {
  const auto found = std::ranges::find_if(
      targets_, [&](const Target& t) { return t.open && t.attempt == event.attempt; });
  if (found == targets_.end()) return false;
  Target& target = *found;
  if (target.handle != event.handle) {
    target.handle = event.handle;
    context_.touched.push_back(step_);
  }
  if (target.state != Target::State::Running || cancelled_) return true;
  target.last = judge_ready(context_, task_, acquires_->ready_once, event);
  if (target.last.verdict != Verdict::Succeeded) return true;
  context_.out.emplace_back(SessionReady{target.attempt});
  end_attempt(target, effect_of(target));
  return true;
}

bool TaskRun::handle(const AttemptEnded& event) {
  const auto found = std::ranges::find_if(targets_, [&](const Target& t) {
    return (t.open || t.state == Target::State::Running) && t.attempt == event.attempt;
  });
  if (found == targets_.end()) return false;
  Target& target = *found;
  if (target.state != Target::State::Running) {
    end_session(target, event.result);
    return true;
  }
  if (back_ && !size_) {
    take_size(target, event.result);
    return true;
  }
  if (std::exchange(target.open, false)) {
    const Judgement before =
        std::exchange(target.last, judge_unready(context_, task_, event.result, timeout_));
    if (target.last.output.empty()) target.last.output = before.output;
    if (std::holds_alternative<TimedOut>(event.result) && !before.reason.empty())
      target.last.reason += ": " + before.reason;
  } else {
    target.last = judge(context_, target.own ? kBare : task_, event.result, timeout_, release_);
  }
  target.written = target.session != 0 && target.last.verdict != Verdict::NotStarted;
  // A session's stdin was closed by the first write.
  if (target.session != 0 && target.last.verdict != Verdict::Succeeded) hopeless_ = true;
  end_attempt(target, effect_of(target));
  return true;
}

/// Nothing was changed yet, so whatever goes wrong is a definite failure (rule 30).
void TaskRun::take_size(Target& target, const AttemptResult& result) {
  const auto* size = std::get_if<Size>(&result);
  if (!cancelled_ && (size != nullptr || std::holds_alternative<Assumed>(result))) {
    size_ = size == nullptr ? 1 : size->replicas;
    context_.touched.push_back(step_);
    target.effect = Effect::Unknown;
    ask(target, request_);
    return;
  }
  target.last = judge(context_, kBare, result, timeout_, false);
  if (size != nullptr) {
    target.last.verdict = Verdict::Definite;
    target.last.reason = "stopped";
  } else if (target.last.verdict == Verdict::Unknown || target.last.verdict == Verdict::Definite) {
    target.last.verdict = Verdict::Definite;
    target.last.reason = "its size cannot be read: " + target.last.reason;
  }
  // Done: there is no such workload, and `if exists` is content with that.
  end_attempt(target, Effect::Idle);
}

/// A session that was ready has ended.
void TaskRun::end_session(Target& target, const AttemptResult& result) {
  target.open = false;
  if (target.closing != Target::Closing::No) return;
  context_.touched.push_back(step_);
  const std::string reason =
      fmt::format("its session ended early ({})", how_it_ended(context_, task_, result, timeout_));
  if (!done()) {  // other pods are not ready yet: it is one that failed
    target.state = Target::State::Failed;
    target.effect = Effect::Definite;
    target.last.reason = reason;
    return;
  }
  target.effect = Effect::Idle;
  if (!passed_ || loss_) return;
  loss_ = target.pod ? fmt::format("pod {}: {}", target.pod->name, reason) : reason;
}

void TaskRun::expect_end(const std::vector<std::size_t>& targets) {
  for (const std::size_t index : targets) targets_[index].closing = Target::Closing::Expected;
}

bool TaskRun::end_sessions(const std::vector<std::size_t>& targets, const TaskRun& release) {
  bool over = true;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Target& target = targets_[targets[i]];
    if (!target.open) continue;
    if (i < release.targets_.size() && release.targets_[i].written &&
        release.targets_[i].session == target.attempt) {
      target.open = false;
      continue;
    }
    over = false;
    if (std::exchange(target.closing, Target::Closing::Asked) != Target::Closing::Asked)
      context_.out.emplace_back(CancelAttempt{target.attempt});
  }
  return over;
}

std::optional<Request> TaskRun::scale_back() const {
  if (!size_) return std::nullopt;
  const Facts facts(context_);
  auto request = render(task_.action, context_.plan.functions, facts, default_namespace(context_));
  if (!request) return std::nullopt;
  if (auto* scale = std::get_if<ScaleRequest>(&*request)) scale->replicas = *size_;
  return *std::move(request);
}

void TaskRun::end_attempt(Target& target, Effect effect) {
  const bool passed = target.last.verdict == Verdict::Succeeded;
  target.state = passed ? Target::State::Passed : Target::State::Failed;
  target.effect = effect;
  hopeless_ = hopeless_ || target.last.verdict == Verdict::NotStarted;
  --running_;
  Report& report = context_.report(Report::Kind::AttemptEnded, target.last.reason);
  report.step = step_;
  report.release = release_;
  report.attempt_number = round_;
  report.phase = passed ? StepPhase::Succeeded : StepPhase::Failed;
  report.output = target.last.output;
  report.took = context_.now - target.started;
  if (target.pod) report.pod = target.pod->name;
  if (!cancelled_) launch();
  if (running_ == 0) end_round();
}

bool TaskRun::handle(const TimerFired& event) {
  if (state_ != State::Waiting || event.timer != timer_) return false;
  begin_round();
  return true;
}

void TaskRun::end_round() {
  const bool passed = std::ranges::all_of(
      targets_, [](const Target& t) { return t.state == Target::State::Passed; });
  if (passed) {
    take_captures();
    finish_passed();
    return;
  }
  fail_round(failure_reason());
}

void TaskRun::fail_round(std::string reason) {
  round_reason_ = std::move(reason);
  if (cancelled_ || hopeless_ || round_ > retries_) {
    finish_failed(cancelled_ ? *cancelled_ : round_reason_);
    return;
  }
  const bool unknown = std::ranges::any_of(targets_, [](const Target& t) {
    return t.state == Target::State::Failed && t.effect == Effect::Unknown;
  });
  if (acquires_ != nullptr && unknown) {
    state_ = State::NeedsRelease;
    return;
  }
  schedule();
}

void TaskRun::freed(const std::vector<std::size_t>& targets) {
  for (const std::size_t index : targets) targets_[index].effect = Effect::Idle;
}

void TaskRun::release_ended(bool passed, const std::vector<std::size_t>& freed_targets) {
  if (state_ != State::NeedsRelease) return;
  freed(freed_targets);
  for (const std::size_t index : freed_targets) {
    if (targets_[index].state == Target::State::Passed)
      targets_[index].state = Target::State::Waiting;
  }
  if (cancelled_) {
    finish_failed(*cancelled_);
  } else if (!passed) {
    finish_failed(round_reason_ + ", and the release before another attempt failed");
  } else {
    schedule();
  }
}

void TaskRun::schedule() {
  const double cap = std::min(longest_wait_.value_or(kLongestWait), kLongestWait);
  const auto wait = static_cast<Millis>(std::clamp(wait_, 0.0, cap));
  wait_ = std::clamp(wait_ * factor_, 0.0, kLongestWait);
  Report& report =
      context_.report(Report::Kind::RetryScheduled,
                      fmt::format("{}; attempt {} in {}", round_reason_, round_ + 1, spoken(wait)));
  report.step = step_;
  report.release = release_;
  report.attempt_number = round_ + 1;
  state_ = State::Waiting;
  timer_ = context_.set_timer(wait);
}

void TaskRun::cancel(std::string reason) {
  if (done() || cancelled_) return;
  cancelled_ = std::move(reason);
  switch (state_) {
    case State::New:
    case State::Selecting: finish_failed(*cancelled_); return;
    case State::Waiting:
      context_.cancel_timer(timer_);
      finish_failed(*cancelled_);
      return;
    case State::Attempting:
      for (const Target& target : targets_) {
        if (target.state == Target::State::Running)
          context_.out.emplace_back(CancelAttempt{target.attempt});
      }
      return;
    case State::NeedsRelease:  // no signal drops a release: its end finishes this run
    case State::Done: return;
  }
}

void TaskRun::finish_passed() {
  state_ = State::Done;
  passed_ = true;
}

void TaskRun::finish_failed(std::string_view reason) {
  state_ = State::Done;
  reason_ = one_line(context_.redactor.redact(reason));
  if (reason_.empty()) reason_ = "failed";
}

std::string TaskRun::failure_reason() const {
  std::size_t failed = 0;
  const Target* first = nullptr;
  for (const Target& target : targets_) {
    if (target.state != Target::State::Failed) continue;
    ++failed;
    if (first == nullptr) first = &target;
  }
  if (first == nullptr) return "not attempted";
  const bool many = selection_ != nullptr && selection_->all && first->pod;
  std::string reason =
      many ? fmt::format("pod {}: {}", first->pod->name, first->last.reason) : first->last.reason;
  if (failed > 1) reason += fmt::format(", and {} more", failed - 1);
  return reason;
}

void TaskRun::take_captures() {
  for (std::size_t i = 0; i < task_.captures.size(); ++i) {
    const std::uint32_t index = task_.captures[i].index;
    if (index >= context_.captures.size()) continue;
    const plan::CaptureSlot& slot = context_.plan.captures[index];
    plan::Value::List values;
    for (const Target& target : targets_) {
      if (i >= target.last.captures.size()) continue;
      values.push_back(target.last.captures[i]);
      if (const std::string* text = values.back().text(); slot.secret && text != nullptr)
        context_.redactor.add(*text);
    }
    if (slot.list) {
      context_.captures[index].data = std::move(values);
    } else if (!values.empty()) {
      context_.captures[index] = std::move(values.front());
    }
  }
}

void TaskRun::write(StepResult& result) const {
  result.phase = !done() ? StepPhase::Running : passed_ ? StepPhase::Succeeded : StepPhase::Failed;
  result.attempts = round_;
  result.reason = reason_;
  if (done() && !passed_ && !cancelled_ && round_ > 1)
    result.reason += fmt::format(" after {} attempts", round_);
  result.output.clear();
  for (const Target& target : targets_) {
    if (target.last.output.empty()) continue;
    if (!result.output.empty() && result.output.back() != '\n') result.output += '\n';
    result.output += target.last.output;
  }
  result.output = bounded(std::move(result.output));
}

}  // namespace hookc::engine
