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

}  // namespace hookc::engine
