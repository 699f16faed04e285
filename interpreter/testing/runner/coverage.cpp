#include "interpreter/testing/runner/coverage.hpp"

#include <utility>

#include <fmt/format.h>

namespace hookc::runner {

using engine::Operation;
using engine::StepPhase;

Coverage::Coverage(const plan::Plan& plan) : steps_(plan.steps.size()) {
  const std::vector<std::string> titles = engine::titles(plan);
  for (const Operation operation : {Operation::Backup, Operation::Restore}) {
    const bool backup = operation == Operation::Backup;
    const plan::OperationPlan& sequence = backup ? plan.backup : plan.restore;
    for (const auto* side : {&sequence.pre, &sequence.post}) {
      for (const plan::Group& group : *side) {
        for (const std::uint32_t id : group) {
          const plan::Step& step = plan.steps[id];
          const plan::Origin& at = step.task.origin;
          StepItems& items = steps_[id];
          const std::string never = titles[id] + " never runs";
          items.ran = item(at, never);
          if (side == &sequence.pre) {
            items.failed = item(at, titles[id] + " never fails", never);
          } else if (step.policy == plan::Policy::Always) {
            items.after_success = item(at, never + " after a success", never);
            items.after_failure = item(at, never + " after a failure", never);
          }
        }
      }
    }
    if (sequence.pre.empty() && sequence.post.empty()) continue;
    const std::string_view name = backup ? "backup" : "restore";
    const std::uint32_t first =
        sequence.pre.empty() ? sequence.post.front().front() : sequence.pre.front().front();
    const plan::Origin& at = plan.steps[first].task.origin;
    OperationItems& items = backup ? backup_ : restore_;
    const std::string never = fmt::format("no test is of a {}", name);
    items.played = item(at, never);
    items.succeeded = item(at, fmt::format("a {} session never succeeds", name), never);
    items.failed = item(at, fmt::format("the {} itself never fails", name), never);
  }
}

std::uint32_t Coverage::item(const plan::Origin& origin, std::string missing, std::string needs) {
  items_.push_back({origin, std::move(missing), std::move(needs), false});
  return static_cast<std::uint32_t>(items_.size() - 1);
}

void Coverage::add(Operation operation, const engine::SessionResult& result,
                   bool operation_failed) {
  for (std::uint32_t id = 0; id < steps_.size() && id < result.steps.size(); ++id) {
    const engine::StepResult& step = result.steps[id];
    const StepItems& items = steps_[id];
    if (step.attempts == 0) continue;
    cover(items.ran);
    if (step.phase == StepPhase::Failed) cover(items.failed);
    if (result.outcome == engine::Outcome::Success) cover(items.after_success);
    if (result.outcome == engine::Outcome::Failure) cover(items.after_failure);
  }
  const OperationItems& items = operation == Operation::Backup ? backup_ : restore_;
  cover(items.played);
  if (result.status == engine::SessionStatus::Succeeded) cover(items.succeeded);
  if (operation_failed) cover(items.failed);
}

}  // namespace hookc::runner
