#include "interpreter/core/holds.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/facts.hpp"

namespace hookc::engine {
namespace {

bool ended(StepPhase phase) {
  return phase == StepPhase::Succeeded || phase == StepPhase::Failed || phase == StepPhase::Skipped;
}

}  // namespace

TaskRun& Holds::begin(const plan::Step& step) {
  Entry& entry = entries_.emplace_back();
  entry.step = &step;
  entry.acquire = std::make_unique<TaskRun>(context_, step, TaskRun::Role::Acquire);
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
  entry.acquire = std::make_unique<TaskRun>(context_, step, past);
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
  // Where a release under way has freed something already, it is not to be run again.
  for (std::size_t i = 0; entry->release && !entry->everywhere && i < entry->freeing.size(); ++i) {
    if (entry->release->targets()[i].state == TaskRun::Target::State::Passed)
      past.targets[entry->freeing[i]].effect = Effect::Idle;
  }
  past.size = entry->acquire->size();
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

bool Holds::handle(const SessionOutput& event) {
  return std::ranges::any_of(entries_, [&](Entry& entry) { return entry.acquire->handle(event); });
}

bool Holds::handle(const AttemptEnded& event) {
  for (Entry& entry : entries_) {
    if (entry.acquire->handle(event)) {
      if (auto how = entry.acquire->take_loss()) lose(entry, *std::move(how));
      return true;
    }
    if (entry.release && entry.release->handle(event)) return true;
  }
  return false;
}

/// Rule 29: its session ended before the release, so the operation is not protected any more.
void Holds::lose(Entry& entry, std::string how) {
  lost_ = true;
  entry.lost = std::move(how);
  const std::string reason =
      fmt::format("{} was lost: {}", context_.titles[entry.step->id], entry.lost);
  context_.report(Report::Kind::Note, reason).step = entry.step->id;
  context_.bind_to_fail(reason);
  if (!holds_something(entry)) stop_limit(entry);
}

bool Holds::handle(const OperationPrinted& event) {
  if (event.pattern >= watching_.size()) return false;
  for (Entry& entry : entries_) {
    if (entry.step->id == watching_[event.pattern]) mark_due(entry);
  }
  return true;
}

std::vector<std::string> Holds::watch_for() {
  std::vector<std::string> patterns;
  for (const Entry& entry : entries_) {
    if (!entry.step->hold->until_prints || entry.due) continue;
    patterns.push_back(*entry.step->hold->until_prints);
    watching_.push_back(entry.step->id);
  }
  return patterns;
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
                             [](const TaskRun::Target& t) { return maybe_held(t.effect); });
}

bool Holds::advance() {
  bool changed = false;
  for (Entry& entry : entries_) {
    if (entry.release && entry.release->done() && sessions_over(entry)) {
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

}  // namespace hookc::engine
