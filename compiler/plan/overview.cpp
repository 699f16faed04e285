// From a plan and the values of its params to what one wants to read before a night with it.
#include "compiler/plan/overview.hpp"

#include <utility>

#include <fmt/format.h>

#include "compiler/plan/overview_builder.hpp"

namespace hookc::plan {
namespace overview {

std::string Builder::attempts(const Retry& retry) const {
  if (!retry.count) return "1 attempt";
  std::string out;
  const auto count = scope_.integer(*retry.count);
  if (count && *count == 0) return "1 attempt";
  out = count ? fmt::format("{} attempts", *count + 1)
              : fmt::format("1 + {} attempts", shown(*retry.count));
  out += fmt::format(", {} apart", shown(retry.every));
  const std::string factor = shown(retry.factor);
  if (factor != "1") out += fmt::format(", each wait × {}", factor);
  if (retry.up_to) out += fmt::format(", at most {}", shown(*retry.up_to));
  return out;
}

// ---- steps
// ---------------------------------------------------------------------------------------------------

TaskOverview Builder::task(const Task& task, Bound longest) const {
  TaskOverview out;
  out.action = action(task.action);
  out.timeout = shown(task.timeout);
  out.attempts = attempts(task.retry);
  if (task.expect) out.success = condition(*task.expect);
  out.longest = std::move(longest);
  out.origin = fmt::format("{}:{}", task.origin.file, task.origin.line);
  return out;
}

std::string Builder::held(const Hold& hold) const {
  std::string out = "held ";
  if (hold.until_step) {
    out += fmt::format("until \"{}\" has ended", plan_.steps[*hold.until_step].name);
  } else if (hold.until_prints) {
    out += fmt::format("until the operation prints /{}/", *hold.until_prints);
  } else {
    out += "as long as the operation";
  }
  if (hold.at_most) out += fmt::format(", at most {}", shown(*hold.at_most));
  return out;
}

void Builder::notes(const Step& step, std::vector<std::string>& out) const {
  if (step.on_error == OnError::Skip) {
    out.emplace_back(
        "if it fails the session is Skipped: holds are released, only `always` hooks run");
  }
  if (!step.hold) return;
  const Hold& hold = *step.hold;
  if (step.on_error == OnError::Warn || step.on_error == OnError::Continue) {
    out.emplace_back("may run unprotected: the operation goes on without this hold");
  }
  if (step.when) out.emplace_back("may run unprotected: without a true `when` nothing is held");
  if (hold.at_most) {
    out.emplace_back(
        "past its limit it is released even if the operation still runs, and the session fails");
  }
  if (hold.session) {
    out.emplace_back("ends with its connection");
  } else {
    out.emplace_back(
        "no expiry of its own: if hookc is killed, or between two calls of it, it stays held until "
        "the next call or `hookc recover`");
  }
}

StepOverview Builder::step(const Step& step, bool post) const {
  StepOverview out;
  out.id = step.id;
  out.name = step.name;
  out.hold = step.hold.has_value();
  if (post) {
    switch (step.policy) {
      case Policy::Always: out.policy = "always"; break;
      case Policy::OnSuccess: out.policy = "on success"; break;
      case Policy::OnFailure: out.policy = "on failure"; break;
    }
  }
  switch (step.on_error) {
    case OnError::Fail: out.on_error = "fail"; break;
    case OnError::Warn: out.on_error = "warn"; break;
    case OnError::Continue: out.on_error = "continue"; break;
    case OnError::Skip: out.on_error = "skip"; break;
  }
  if (step.when) out.when = condition(*step.when);
  const Task* release = step.hold ? &step.hold->release : nullptr;
  out.task = task(step.task, budget_.task(step.id));
  if (step.hold && step.hold->ready_once)
    out.task.success = "ready once " + condition(*step.hold->ready_once);
  if (release != nullptr) {
    out.release = task(*release, budget_.release(step.id));
    out.held = held(*step.hold);
  }
  notes(step, out.notes);
  if (counts_pods_once(step.task))
    out.notes.push_back(fmt::format("on more than {} pods the timeout counts once for each {}",
                                    kPodsAtOnce, kPodsAtOnce));
  return out;
}

std::vector<std::vector<StepOverview>> Builder::groups(const std::vector<Group>& groups,
                                                       bool post) const {
  std::vector<std::vector<StepOverview>> out;
  for (const Group& group : groups) {
    auto& members = out.emplace_back();
    for (const std::uint32_t id : group) members.push_back(step(plan_.steps[id], post));
  }
  return out;
}

OperationOverview Builder::operation(std::string name, const OperationPlan& operation) const {
  OperationOverview out;
  out.pre = groups(operation.pre, false);
  out.post = groups(operation.post, true);
  if (operation.succeeds_when) out.succeeds_when = condition(*operation.succeeds_when);
  out.before = budget_.before(operation);
  out.releases = Budget::release_order(plan_, operation);
  out.releasing = budget_.releasing(operation);
  out.after = budget_.after(operation);
  out.held = budget_.held(operation, name);
  out.whole = budget_.whole(operation, name);
  out.name = std::move(name);
  return out;
}

}  // namespace overview

Overview make_overview(const Plan& plan, const std::vector<ChosenValue>& values,
                       const std::string& environment) {
  const ParamScope scope(plan, values);
  const overview::Builder builder(plan, scope);
  Overview out;
  out.file = plan.file;
  out.environment = environment;
  for (std::size_t i = 0; i < plan.params.size(); ++i) {
    out.params.emplace_back(plan.params[i].name, i < values.size() ? values[i] : ChosenValue{});
  }
  if (plan.target) {
    const Workload& w = plan.target->workload;
    out.target = fmt::format("{}{}{}/{}", w.kind, w.group.empty() ? "" : ".", w.group,
                             builder.shown(w.name));
    if (plan.target->namespace_name)
      out.target += " in namespace " + builder.shown(*plan.target->namespace_name);
  }
  if (plan.exclusive) {
    out.exclusive = builder.shown(plan.exclusive->name);
    if (plan.exclusive->wait)
      out.exclusive += ", waiting up to " + builder.shown(*plan.exclusive->wait);
  }
  if (!plan.backup.pre.empty() || !plan.backup.post.empty())
    out.operations.push_back(builder.operation("backup", plan.backup));
  if (!plan.restore.pre.empty() || !plan.restore.post.empty()) {
    out.operations.push_back(builder.operation("restore", plan.restore));
  }
  return out;
}

}  // namespace hookc::plan
