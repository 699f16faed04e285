// What the engine cannot run, and how it calls things.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "interpreter/core/session.hpp"

namespace hookc::engine {
namespace {

const plan::OperationPlan& operation_plan(const plan::Plan& plan, Operation operation) {
  return operation == Operation::Backup ? plan.backup : plan.restore;
}

/// Why a function cannot be run where images and Function objects are not known; empty: it can.
std::string obstacle(const plan::Exec& exec, const plan::Plan& plan) {
  if (exec.function >= plan.functions.size()) return "a function that is not in the plan";
  const plan::FunctionSpec& function = plan.functions[exec.function];
  if (function.from_cluster || !function.image) {
    return fmt::format(
        "function `{}`, which is an object of a cluster (declare it with `image` and `command`)",
        function.name);
  }
  if (exec.shell || !exec.argv.empty() || !function.command.empty()) return {};
  return fmt::format(
      "function `{}`, whose command only its image knows (write `command […]` in it, or a command "
      "in "
      "the hook)",
      function.name);
}

/// What of a task cannot be run; empty: nothing.
std::string obstacle(const plan::Task& task, const plan::Plan& plan, Abilities abilities) {
  if (std::holds_alternative<plan::Scale>(task.action) && !abilities.scale) return "`scale`";
  if (std::holds_alternative<plan::Wait>(task.action) && !abilities.wait) return "`wait`";
  if (const auto* exec = std::get_if<plan::Exec>(&task.action)) {
    if (exec->place == plan::Exec::Place::Function && !abilities.functions)
      return "`exec in function`";
    if (exec->place == plan::Exec::Place::Function && !abilities.function_images)
      return obstacle(*exec, plan);
  }
  return {};
}

std::string obstacle(const plan::Step& step, const plan::Plan& plan, Abilities abilities,
                     Part part) {
  if (step.hold) {
    if (step.hold->session && (part == Part::Pre || part == Part::Post))
      return "`hold … session`, which cannot outlive one process (rule 34)";
    if (step.hold->session && !abilities.sessions) return "`hold … session`";
  }
  std::string found = obstacle(step.task, plan, abilities);
  if (found.empty() && step.hold) found = obstacle(step.hold->release, plan, abilities);
  return found;
}

}  // namespace

std::string_view to_text(StepPhase phase) {
  switch (phase) {
    case StepPhase::Pending: return "Pending";
    case StepPhase::Running: return "Running";
    case StepPhase::Succeeded: return "Succeeded";
    case StepPhase::Failed: return "Failed";
    case StepPhase::Skipped: return "Skipped";
  }
  return "";
}

std::string_view to_text(SessionStatus status) {
  switch (status) {
    case SessionStatus::Running: return "Running";
    case SessionStatus::Waiting: return "Waiting";
    case SessionStatus::Succeeded: return "Succeeded";
    case SessionStatus::Failed: return "Failed";
    case SessionStatus::Skipped: return "Skipped";
  }
  return "";
}

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::Open: return "open";
    case Outcome::Success: return "success";
    case Outcome::Failure: return "failure";
    case Outcome::Skipped: return "skipped";
  }
  return "";
}

std::optional<std::string> unsupported(const plan::Plan& plan, Operation operation,
                                       Abilities abilities, Part part) {
  const plan::OperationPlan& steps = operation_plan(plan, operation);
  for (const auto* side : {&steps.pre, &steps.post}) {
    for (const plan::Group& group : *side) {
      for (const std::uint32_t id : group) {
        const std::string found = obstacle(plan.steps[id], plan, abilities, part);
        if (found.empty()) continue;
        const plan::Origin& origin = plan.steps[id].task.origin;
        return fmt::format("{}:{}: {} needs what this build cannot run: {}", origin.file,
                           origin.line, title(plan, id), found);
      }
    }
  }
  return std::nullopt;
}

std::vector<std::string> placeholder_secrets(const plan::Plan& plan) {
  std::vector<std::string> texts;
  for (const plan::Secret& secret : plan.secrets) {
    std::string host = secret.name + ".secret.invalid";
    std::ranges::replace(host, '_', '-');
    texts.push_back(secret.type == "url"        ? "https://" + host + "/"
                    : secret.type == "hostname" ? host
                                                : "hookc-secret-" + secret.name);
  }
  return texts;
}

std::vector<std::string> titles(const plan::Plan& plan) {
  std::vector<std::string> out;
  out.reserve(plan.steps.size());
  for (const plan::Step& step : plan.steps) out.push_back(step.name);
  for (const bool restore : {false, true}) {
    const plan::OperationPlan& operation = restore ? plan.restore : plan.backup;
    for (const bool pre : {true, false}) {
      for (const plan::Group& group : pre ? operation.pre : operation.post) {
        for (const std::uint32_t id : group) {
          const plan::Step& step = plan.steps[id];
          if (!step.named) continue;
          out[id] = fmt::format("{} {} \"{}\"",
                                step.hold ? "hold"
                                : pre     ? "pre"
                                          : "post",
                                restore ? "restore" : "backup", step.name);
        }
      }
    }
  }
  return out;
}

std::string title(const plan::Plan& plan, std::uint32_t step) {
  return step < plan.steps.size() ? titles(plan)[step] : fmt::format("step {}", step);
}

}  // namespace hookc::engine
