#include "interpreter/core/holds.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/by_hand.hpp"
#include "interpreter/core/facts.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::engine {
namespace {

bool ended(StepPhase phase) {
  return phase == StepPhase::Succeeded || phase == StepPhase::Failed || phase == StepPhase::Skipped;
}

bool held(Effect effect) {
  return effect == Effect::Unknown || effect == Effect::Acquired;
}

}  // namespace

TaskRun& Holds::begin(const plan::Step& step) {
  Entry& entry = entries_.emplace_back();
  entry.step = &step;
  entry.acquire = std::make_unique<TaskRun>(context_, step.id, step.task, false, true);
  std::string problem;
  if (step.hold->at_most) {
    const Facts facts(context_);
    if (const auto limit = plan::evaluate_duration(*step.hold->at_most, facts)) {
      entry.limit = *limit;
    } else {
      problem = limit.error().message;
    }
  }
  if (problem.empty()) {
    entry.acquire->start();
    start_limit(entry);
  } else {
    entry.acquire->cancel(std::move(problem));  // done with this reason before it started
  }
  return *entry.acquire;
}

void Holds::restore(const plan::Step& step, const HoldPast& past) {
  Entry& entry = entries_.emplace_back();
  entry.step = &step;
  entry.acquire = std::make_unique<TaskRun>(context_, step.id, step.task, past.targets);
  entry.settled = past.settled;
  entry.since = past.since;
  entry.limit = past.limit;
}

void Holds::resume_limits() {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->settled || entry->limit <= 0 || !holds_something(*entry)) continue;
    entry->limited = true;
    const Millis left = entry->limit - (context_.now - entry->since.value_or(0));
    if (left > 0) {
      entry->limit_timer = context_.set_timer(left);
    } else {
      limit_over(entry);
    }
  }
}

std::optional<HoldPast> Holds::past(std::uint32_t step) const {
  const Entry* const entry = find(step);
  if (entry == nullptr) return std::nullopt;
  HoldPast past;
  past.order = static_cast<std::uint32_t>(
      1 +
      std::ranges::distance(entries_.begin(),
                            std::ranges::find(entries_, entry, [](const Entry& e) { return &e; })));
  past.targets = entry->acquire->left();
  past.since = entry->since.value_or(0);
  past.limit = entry->limit;
  past.settled = entry->settled && !entry->still_held;
  return past;
}

const TaskRun* Holds::release(std::uint32_t step) const {
  const Entry* const entry = find(step);
  return entry == nullptr ? nullptr : entry->release.get();
}

const Holds::Entry* Holds::find(std::uint32_t step) const {
  const auto entry = std::ranges::find(entries_, step, [](const Entry& e) { return e.step->id; });
  return entry == entries_.end() ? nullptr : &*entry;
}

/// The limit counts from the start of the acquire's first attempt (rule 28).
void Holds::start_limit(Entry& entry) {
  if (!entry.since && entry.acquire->attempted()) entry.since = context_.now;
  if (entry.limited || entry.limit <= 0 || !entry.acquire->attempted()) return;
  entry.limited = true;
  entry.limit_timer = context_.set_timer(entry.limit);
}

void Holds::stop_limit(Entry& entry) {
  if (entry.limited && entry.limit_timer != 0) context_.cancel_timer(entry.limit_timer);
  entry.limit_timer = 0;
}

bool Holds::handle(const PodsSelected& event) {
  for (Entry& entry : entries_) {
    if (entry.acquire->handle(event)) {
      start_limit(entry);
      return true;
    }
    if (entry.release && entry.release->handle(event)) return true;
  }
  return false;
}

bool Holds::handle(const AttemptEnded& event) {
  return std::ranges::any_of(entries_, [&](Entry& entry) {
    return entry.acquire->handle(event) || (entry.release && entry.release->handle(event));
  });
}

bool Holds::handle(const TimerFired& event) {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->acquire->handle(event)) return true;
    if (entry->release && entry->release->handle(event)) return true;
    if (!entry->limited || entry->limit_timer == 0 || entry->limit_timer != event.timer) continue;
    limit_over(entry);
    return true;
  }
  return false;
}

void Holds::limit_over(std::deque<Entry>::iterator entry) {
  entry->limit_timer = 0;
  limit_passed_ = true;
  const std::string reason = fmt::format("{} reached its limit of {}",
                                         context_.titles[entry->step->id], spoken(entry->limit));
  context_.report(Report::Kind::Note, reason).step = entry->step->id;
  context_.bind_to_fail(reason);
  for (auto later = entry; later != entries_.end(); ++later) mark_due(*later);
}

void Holds::mark_due(Entry& entry) {
  if (entry.due) return;
  entry.due = true;
  if (!entry.settled) ++due_;
}

void Holds::step_ended(std::uint32_t step) {
  for (Entry& entry : entries_) {
    const bool own = entry.step->id == step;
    if (own && !holds_something(entry)) stop_limit(entry);
    const auto& until = entry.step->hold->until_step;
    if (!until || (*until != step && !own) || *until >= context_.result.steps.size()) continue;
    if (ended(context_.result.steps[*until].phase)) mark_due(entry);
  }
}

void Holds::all_due() {
  for (Entry& entry : entries_) mark_due(entry);
}

bool Holds::idle() const {
  return due_ == 0;
}

bool Holds::holds_something(const Entry& entry) const {
  return std::ranges::any_of(entry.acquire->targets(),
                             [](const TaskRun::Target& t) { return held(t.effect); });
}

bool Holds::advance() {
  bool changed = false;
  for (Entry& entry : entries_) {
    if (entry.release && entry.release->done()) {
      end_release(entry);
      changed = true;
    }
    if (!entry.release && entry.acquire->needs_release()) {
      start_release(entry, true);
      changed = true;
    }
  }
  // One at a time, whatever fell due meanwhile.
  const bool releasing = std::ranges::any_of(
      entries_, [](const Entry& entry) { return entry.release && !entry.between; });
  if (due_ == 0 || releasing) return changed;
  for (Entry& entry : entries_ | std::views::reverse) {
    if (entry.settled || !entry.due) continue;
    // What is still being acquired ends first: it stands above what came before it.
    if (entry.release || !entry.acquire->done()) return changed;
    start_release(entry, false);
    return true;
  }
  return changed;
}

void Holds::settle(Entry& entry, std::string_view reason) {
  entry.settled = true;
  context_.touched.push_back(entry.step->id);
  if (entry.due) --due_;
  StepResult& result = context_.result.releases[entry.step->id];
  if (!reason.empty() && result.phase == StepPhase::Pending) {
    result.phase = StepPhase::Skipped;
    result.started = result.ended = context_.now;
    result.reason = reason;
  }
}

void Holds::start_release(Entry& entry, bool between) {
  const plan::Hold& hold = *entry.step->hold;
  const plan::PodSelection* acquired_in = pod_selection(entry.step->task.action);
  const plan::PodSelection* released_in = pod_selection(hold.release.action);
  const bool same =
      acquired_in != nullptr && released_in != nullptr && same_pods(*acquired_in, *released_in);

  if (!between) stop_limit(entry);
  entry.freeing.clear();
  bool attempted = false;
  const auto& targets = entry.acquire->targets();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Effect effect = targets[i].effect;
    if (effect == Effect::Idle) continue;
    attempted = true;
    const bool wanted =
        between && same ? effect == Effect::Unknown : held(effect) || !hold.only_if_acquired;
    if (wanted) entry.freeing.push_back(i);
  }
  if (entry.freeing.empty()) {
    settle(entry, attempted ? "the acquire definitely failed" : "nothing was acquired");
    return;
  }
  std::optional<std::vector<Pod>> pods;
  if (same) {
    pods.emplace();
    for (const std::size_t i : entry.freeing) pods->push_back(*targets[i].pod);
  }
  entry.everywhere = !same;
  entry.between = between;
  entry.release = std::make_unique<TaskRun>(context_, entry.step->id, hold.release, true, false,
                                            std::move(pods));
  StepResult& result = context_.result.releases[entry.step->id];
  result = StepResult{};
  result.phase = StepPhase::Running;
  result.started = context_.now;
  Report& report =
      context_.report(Report::Kind::ReleaseStarted, between ? "before another attempt" : "");
  report.step = entry.step->id;
  report.release = true;
  report.phase = StepPhase::Running;
  entry.release->start();
}

/// Whoever is on call frees it by hand: what to run, for each place that is still held.
void Holds::tell_by_hand(const TaskRun& release, StepResult& result) {
  if (release.request() == nullptr) return;
  for (const TaskRun::Target& target : release.targets()) {
    if (target.state == TaskRun::Target::State::Passed) continue;
    const std::string command = by_hand(*release.request(), target.pod ? &*target.pod : nullptr);
    if (!command.empty()) result.by_hand.push_back(context_.redactor.redact(command));
  }
  for (const std::string& command : result.by_hand) {
    context_.report(Report::Kind::Note, "to free it by hand: " + command).step = release.step();
  }
}

void Holds::end_release(Entry& entry) {
  const std::unique_ptr<TaskRun> release = std::move(entry.release);
  StepResult& result = context_.result.releases[entry.step->id];
  release->write(result);
  result.ended = context_.now;

  const bool passed = release->succeeded();
  const auto& acquired = entry.acquire->targets();
  std::vector<std::size_t> freed;
  bool still_held = false;
  if (passed && entry.everywhere) {
    for (std::size_t i = 0; i < acquired.size(); ++i) freed.push_back(i);
  }
  for (std::size_t i = 0; i < entry.freeing.size() && !(passed && entry.everywhere); ++i) {
    const bool there = !entry.everywhere && i < release->targets().size() &&
                       release->targets()[i].state == TaskRun::Target::State::Passed;
    if (there) {
      freed.push_back(entry.freeing[i]);
    } else if (held(acquired[entry.freeing[i]].effect)) {
      still_held = true;
    }
  }
  const std::string& name = context_.titles[entry.step->id];
  Report& report = context_.report(Report::Kind::ReleaseEnded, result.reason);
  report.step = entry.step->id;
  report.release = true;
  report.attempt_number = result.attempts;
  report.phase = result.phase;
  report.took = result.ended - result.started;

  if (entry.between) {
    entry.between = false;
    entry.acquire->release_ended(passed, freed);
    return;
  }
  settle(entry, {});
  entry.acquire->freed(freed);
  if (passed) return;
  if (still_held) {
    entry.still_held = true;
    tell_by_hand(*release, result);
    context_.result.still_held.push_back(entry.step->id);
    context_.bind_to_fail(
        fmt::format("{} is still held: its release failed: {}", name, result.reason));
  } else {
    // Nothing was acquired, so nothing is left behind (rule 24).
    context_
        .report(Report::Kind::Note,
                fmt::format("the release of {} failed, but nothing was acquired", name))
        .step = entry.step->id;
  }
}

}  // namespace hookc::engine
