// The releases of holds: where they go, and what they leave.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "interpreter/core/by_hand.hpp"
#include "interpreter/core/holds.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::engine {
namespace {

bool by_stdin(const plan::Hold& hold) {
  return std::holds_alternative<plan::SessionStdin>(hold.release.action);
}

/// It goes to the places of the acquire, one by one; otherwise to something that frees them all.
bool goes_to_each(const plan::Step& step) {
  if (by_stdin(*step.hold)) return true;
  const plan::PodSelection* acquired_in = pod_selection(step.task.action);
  const plan::PodSelection* released_in = pod_selection(step.hold->release.action);
  return acquired_in != nullptr && released_in != nullptr && same_pods(*acquired_in, *released_in);
}

}  // namespace

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
  const bool to_each = goes_to_each(*entry.step);
  if (!between) stop_limit(entry);
  entry.freeing.clear();
  bool attempted = false;
  const auto& targets = entry.acquire->targets();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Effect effect = targets[i].effect;
    if (effect == Effect::Idle) continue;
    attempted = true;
    // What a session held has ended with it, so there a definite failure leaves nothing to free.
    const bool wanted = between && to_each
                            ? effect == Effect::Unknown
                            : maybe_held(effect) || (!hold.only_if_acquired && !by_stdin(hold));
    if (wanted) entry.freeing.push_back(i);
  }
  if (entry.freeing.empty()) {
    settle(entry, !entry.lost.empty() ? "lost: " + entry.lost
                  : !attempted        ? "nothing was acquired"
                  : by_stdin(hold)    ? "its session has ended"
                                      : "the acquire definitely failed");
    return;
  }
  entry.everywhere = !to_each;
  entry.between = between;
  entry.acquire->expect_end(entry.freeing);
  StepResult& result = context_.result.releases[entry.step->id];
  result = StepResult{};
  result.phase = StepPhase::Running;
  result.started = context_.now;
  Report& report =
      context_.report(Report::Kind::ReleaseStarted, between ? "before another attempt" : "");
  report.step = entry.step->id;
  report.release = true;
  report.phase = StepPhase::Running;
  entry.release =
      std::make_unique<TaskRun>(context_, *entry.step, TaskRun::Role::Release, places(entry));
  entry.release->start();
}

std::optional<std::vector<TaskRun::Target>> Holds::places(const Entry& entry) const {
  std::vector<TaskRun::Target> out;
  if (std::holds_alternative<plan::ScaleBack>(entry.step->hold->release.action)) {
    out.emplace_back().own = entry.acquire->scale_back();
    return out;
  }
  if (entry.everywhere) return std::nullopt;
  for (const std::size_t index : entry.freeing) {
    const TaskRun::Target& target = entry.acquire->targets()[index];
    TaskRun::Target& place = out.emplace_back();
    place.pod = target.pod;
    if (!by_stdin(*entry.step->hold)) continue;
    if (target.open) {
      place.session = target.attempt;
    } else {
      place.own = EndSession{target.handle};  // nobody can write to it any more
    }
  }
  return out;
}

/// The release has ended. Ends what is left of the sessions it was for; true once nothing is.
bool Holds::sessions_over(Entry& entry) {
  if (!entry.step->hold->session) return true;
  if (!entry.acquire->end_sessions(entry.freeing, *entry.release)) return false;
  if (by_stdin(*entry.step->hold) || entry.ending) return true;
  // A command has freed what sessions of another process held; now they themselves are ended.
  std::vector<TaskRun::Target> left;
  for (const std::size_t index : entry.freeing) {
    const TaskRun::Target& target = entry.acquire->targets()[index];
    if (target.attempt == 0) left.push_back({.pod = target.pod, .own = EndSession{target.handle}});
  }
  if (left.size() != entry.freeing.size()) return true;
  entry.ending = std::move(entry.release);
  entry.everywhere = false;
  entry.release =
      std::make_unique<TaskRun>(context_, *entry.step, TaskRun::Role::Release, std::move(left));
  entry.release->start();
  return false;
}

/// Whoever is on call frees it by hand: what to run, for each place that is still held.
void Holds::tell_by_hand(const TaskRun& release, StepResult& result) {
  for (const TaskRun::Target& target : release.targets()) {
    const Request* const request = release.request(target);
    if (target.state == TaskRun::Target::State::Passed || request == nullptr) continue;
    const std::string command = by_hand(*request, target.pod ? &*target.pod : nullptr);
    if (!command.empty()) result.by_hand.push_back(context_.redactor.redact(command));
  }
  for (const std::string& command : result.by_hand) {
    context_.report(Report::Kind::Note, "to free it by hand: " + command).step = release.step();
  }
}

void Holds::end_release(Entry& entry) {
  const std::unique_ptr<TaskRun> release = std::move(entry.release);
  const std::unique_ptr<TaskRun> command = std::move(entry.ending);
  StepResult& result = context_.result.releases[entry.step->id];
  release->write(result);
  if (command && !command->succeeded()) command->write(result);
  result.ended = context_.now;

  const bool passed = release->succeeded() && (!command || command->succeeded());
  const auto& acquired = entry.acquire->targets();
  std::vector<std::size_t> freed;
  bool held = false, still_held = false, ended = false;
  for (std::size_t i = 0; i < entry.freeing.size(); ++i) {
    const TaskRun::Target& target = acquired[entry.freeing[i]];
    const TaskRun::Target* const there =
        !entry.everywhere && i < release->targets().size() ? &release->targets()[i] : nullptr;
    const bool own_session = entry.step->hold->session && target.attempt != 0;
    held = held || maybe_held(target.effect);
    if (entry.everywhere ? passed : there && there->state == TaskRun::Target::State::Passed) {
      ended = ended || (there && there->own && std::holds_alternative<EndSession>(*there->own));
      freed.push_back(entry.freeing[i]);
    } else if (own_session && target.effect == Effect::Acquired) {
      ended = true;
      freed.push_back(entry.freeing[i]);
    } else if (maybe_held(target.effect)) {
      still_held = true;
    }
  }
  if (passed && entry.everywhere) {
    freed.clear();
    for (std::size_t i = 0; i < acquired.size(); ++i) freed.push_back(i);
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
  const auto note = [&](std::string_view text) {
    context_.report(Report::Kind::Note, text).step = entry.step->id;
  };
  if (passed) {
    if (ended) note(fmt::format("{} was released by ending its session", name));
    return;
  }
  if (still_held) {
    entry.still_held = true;
    tell_by_hand(*release, result);
    context_.result.still_held.push_back(entry.step->id);
    context_.bind_to_fail(
        fmt::format("{} is still held: its release failed: {}", name, result.reason));
  } else if (held) {
    // Only a session's end frees without a release that succeeded (rule 29).
    note(fmt::format("the session of {} was ended, which frees what its connection held", name));
    context_.bind_to_fail(fmt::format("the release of {} failed: {}", name, result.reason));
  } else {
    // Nothing was acquired, so nothing is left behind (rule 24).
    note(fmt::format("the release of {} failed, but nothing was acquired", name));
  }
}

}  // namespace hookc::engine
