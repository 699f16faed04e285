#include "compiler/plan/verify.hpp"

#include <vector>

#include <fmt/format.h>

#include "compiler/plan/walk.hpp"

namespace hookc::plan {
namespace {

/// Collects the first thing that is wrong.
class Verifier {
 public:
  explicit Verifier(const Plan& plan) : plan_(plan) {}

  std::optional<std::string> run() {
    for_each_expr(plan_, [&](const Expr& e) { expr(e); });
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) step(plan_.steps[i], i);
    for (const CaptureSlot& slot : plan_.captures) {
      if (slot.step >= plan_.steps.size()) damage("capture `{}` is of no step", slot.name);
    }
    for (const Environment& environment : plan_.environments) {
      for (const Setting& setting : environment.settings) {
        if (setting.param >= plan_.params.size())
          damage("environment `{}` sets no param", environment.name);
      }
    }
    seen_.resize(plan_.steps.size());
    sides(plan_.backup);
    sides(plan_.restore);
    return std::move(found_);
  }

 private:
  template <typename... Args>
  void damage(fmt::format_string<Args...> text, Args&&... args) {
    if (!found_) found_ = fmt::format(text, std::forward<Args>(args)...);
  }

  void expr(const Expr& e) {
    const auto bounded = [&](std::string_view what, std::size_t size) {
      if (e.index >= size) damage("an expression reads {} {} of {}", what, e.index, size);
    };
    if (e.op == Op::Param) bounded("param", plan_.params.size());
    if (e.op == Op::Secret) bounded("secret", plan_.secrets.size());
    if (e.op == Op::Capture) bounded("capture", plan_.captures.size());
    if (e.op == Op::HookFact) bounded("hook", plan_.steps.size());
  }

  void task(const Step& step, const Task& task) {
    for (const Capture& capture : task.captures) {
      if (capture.index >= plan_.captures.size())
        damage("step `{}` captures into nothing", step.name);
    }
    const auto* exec = std::get_if<Exec>(&task.action);
    if (exec == nullptr) return;
    if ((exec->place == Exec::Place::Pod) != exec->pod.has_value()) {
      damage("step `{}` runs in a pod that is not said", step.name);
    }
    if (exec->place == Exec::Place::Function && exec->function >= plan_.functions.size()) {
      damage("step `{}` runs in a function that is not there", step.name);
    }
    if (exec->shell && !exec->argv.empty()) damage("step `{}` has two commands", step.name);
  }

  void step(const Step& step, std::size_t index) {
    if (step.id != index) damage("step {} says it is step {}", index, step.id);
    task(step, step.task);
    if (!step.hold) return;
    task(step, step.hold->release);
    if (step.hold->until_step && *step.hold->until_step >= plan_.steps.size()) {
      damage("hold `{}` lasts until a step that is not there", step.name);
    }
  }

  void sides(const OperationPlan& operation) {
    for (const auto* side : {&operation.pre, &operation.post}) {
      for (const Group& group : *side) {
        if (group.empty()) damage("a group is empty");
        for (const std::uint32_t id : group) {
          if (id >= seen_.size()) {
            damage("a group names step {} of {}", id, seen_.size());
          } else if (seen_[id]) {
            damage("step `{}` stands in two groups", plan_.steps[id].name);
          } else {
            seen_[id] = true;
            if (side == &operation.post && plan_.steps[id].hold) {
              damage("hold `{}` stands among post hooks", plan_.steps[id].name);
            }
          }
        }
      }
    }
  }

  const Plan& plan_;
  std::vector<bool> seen_;
  std::optional<std::string> found_;
};

}  // namespace

std::optional<std::string> find_damage(const Plan& plan) {
  return Verifier(plan).run();
}

}  // namespace hookc::plan
