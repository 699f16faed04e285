#include "interpreter/core/past.hpp"

#include <algorithm>

#include "interpreter/core/session.hpp"

namespace hookc::engine {

bool owes_release(const HoldPast& hold) {
  return !hold.settled && std::ranges::any_of(hold.targets, [](const HeldTarget& target) {
    return target.effect != Effect::Idle;
  });
}

void apply(Past& past, const Save& save) {
  if (save.session) past.session = *save.session;
  for (const auto& [id, step] : save.steps) {
    if (id >= past.steps.size()) past.steps.resize(id + 1);
    past.steps[id] = step;
  }
}

SessionResult result_of(const Past& past) {
  SessionResult result;
  result.status = past.session.status;
  result.outcome = past.session.outcome;
  result.reason = past.session.reason.empty() ? past.session.skip_reason : past.session.reason;
  result.started = past.session.started;
  result.ended = past.session.ended;
  for (std::uint32_t id = 0; id < past.steps.size(); ++id) {
    result.steps.push_back(past.steps[id].task);
    result.releases.push_back(past.steps[id].release);
    if (past.steps[id].hold && owes_release(*past.steps[id].hold)) result.still_held.push_back(id);
  }
  return result;
}

}  // namespace hookc::engine
