#include "interpreter/simulate/skeleton.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/walk.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::simulate {
namespace {

using plan::Expr;
using plan::Op;
using plan::Value;

Expr literal(Value value) {
  Expr expr;
  expr.literal = std::move(value);
  return expr;
}

/// What is the same on every path of one program, and what only a path's own steps decide.
class PathScope final : public plan::Scope {
 public:
  PathScope(const Skeleton& skeleton, const engine::SessionResult* so_far, bool operation_ran)
      : skeleton_(skeleton), so_far_(so_far), operation_ran_(operation_ran) {}

  Value param(std::uint32_t index) const override {
    return index < skeleton_.params.size() ? skeleton_.params[index] : Value{};
  }
  Value secret(std::uint32_t) const override { return {}; }
  Value capture(std::uint32_t) const override { return {}; }
  Value fact(std::string_view name) const override {
    if (name == "session.operation") {
      return Value{
          std::string(skeleton_.operation == engine::Operation::Backup ? "backup" : "restore")};
    }
    if (so_far_ == nullptr || so_far_->outcome == engine::Outcome::Open) {
      return name == "session.phase" ? Value{std::string("pre")} : Value{};
    }
    if (name == "session.phase") return Value{std::string("post")};
    if (name != "session.status") return {};
    // What it was when the outcome was fixed (rule 16).
    switch (so_far_->outcome) {
      case engine::Outcome::Failure: return Value{std::string("Failed")};
      case engine::Outcome::Skipped: return Value{std::string("Skipped")};
      case engine::Outcome::Success: return Value{std::string("Succeeded")};
      case engine::Outcome::Open: break;
    }
    return {};
  }
  Value hook_fact(std::uint32_t step, std::string_view name) const override {
    if (name != "status" || so_far_ == nullptr || step >= so_far_->steps.size()) return {};
    return Value{std::string(to_text(so_far_->steps[step].phase))};
  }
  Value header(std::string_view) const override { return {}; }
  std::string name_of(const Expr& leaf) const override { return leaf.name; }

  /// Whether the leaf has its value, or certainly none, on this path.
  bool known(const Expr& leaf) const {
    switch (leaf.op) {
      case Op::Param: return !param(leaf.index).is_null();
      case Op::Secret: return false;
      case Op::Capture:
        return leaf.index < skeleton_.plan.captures.size() &&
               never_ran(skeleton_.plan.captures[leaf.index].step);
      case Op::HookFact:
        return so_far_ != nullptr && (leaf.name == "status" || never_ran(leaf.index));
      case Op::Fact:
        if (leaf.name == "session.operation") return true;
        if (leaf.name == "session.phase" || leaf.name == "session.status")
          return so_far_ != nullptr;
        return leaf.name.starts_with("operation.") && so_far_ != nullptr && !operation_ran_;
      case Op::Header: return false;
      default: return true;
    }
  }

 private:
  /// It can have left neither output nor captures.
  bool never_ran(std::uint32_t step) const {
    if (so_far_ == nullptr || step >= so_far_->steps.size()) return false;
    const engine::StepPhase phase = so_far_->steps[step].phase;
    return phase == engine::StepPhase::Pending || phase == engine::StepPhase::Skipped;
  }

  const Skeleton& skeleton_;
  const engine::SessionResult* so_far_;
  bool operation_ran_;
};

bool all_known(const Expr& expr, const PathScope& scope) {
  return scope.known(expr) &&
         std::ranges::all_of(expr.args, [&](const Expr& arg) { return all_known(arg, scope); });
}

Truth opposite(Truth truth) {
  switch (truth) {
    case Truth::False: return Truth::True;
    case Truth::True: return Truth::False;
    case Truth::Unknown: break;
  }
  return Truth::Unknown;
}

/// Kleene's three-valued logic over `and`, `or` and `not`.
Truth weigh(const Expr& expr, const PathScope& scope) {
  if (all_known(expr, scope)) {
    const auto value = plan::evaluate_bool(expr, scope);
    return !value ? Truth::Unknown : *value ? Truth::True : Truth::False;
  }
  if (expr.op == Op::Not && expr.args.size() == 1) return opposite(weigh(expr.args[0], scope));
  if (expr.op != Op::And && expr.op != Op::Or) return Truth::Unknown;
  const Truth decisive = expr.op == Op::And ? Truth::False : Truth::True;
  bool open = false;
  for (const Expr& arg : expr.args) {
    const Truth truth = weigh(arg, scope);
    if (truth == decisive) return decisive;
    open = open || truth == Truth::Unknown;
  }
  return open ? Truth::Unknown : opposite(decisive);
}

/// The engine itself comes to a value on every path.
bool engine_decides(const Expr& expr, const Skeleton& skeleton) {
  bool decides = true;
  plan::for_each_expr(plan::Capture{0, expr}, [&](const Expr& leaf) {
    switch (leaf.op) {
      case Op::Param:
        decides = decides && leaf.index < skeleton.params.size() &&
                  !skeleton.params[leaf.index].is_null();
        break;
      case Op::HookFact: decides = decides && leaf.name == "status"; break;
      case Op::Fact:
        decides = decides && (leaf.name == "session.operation" || leaf.name == "session.phase" ||
                              leaf.name == "session.status");
        break;
      case Op::Secret:
      case Op::Capture:
      case Op::Header: decides = false; break;
      default: break;
    }
  });
  return decides;
}

/// Everything it reads keeps its value from the first time it is asked for.
bool lasting(const Expr& expr) {
  bool lasts = true;
  std::size_t captures = 0;
  plan::for_each_expr(plan::Capture{0, expr}, [&](const Expr& leaf) {
    captures += leaf.op == Op::Capture ? 1 : 0;
    lasts = lasts && leaf.op != Op::HookFact &&
            (leaf.op != Op::Fact || leaf.name.starts_with("operation.") ||
             leaf.name.starts_with("target.") || leaf.name == "session.id" ||
             leaf.name == "session.started");
  });
  return lasts && captures <= 1;
}

plan::Action nothing() {
  plan::Exec exec;
  exec.shell = literal({std::string("true")});
  return exec;
}

void strip(plan::Task& task) {
  if (const auto* scale = std::get_if<plan::Scale>(&task.action)) {
    plan::Scale bare = *scale;
    bare.workload = {"Deployment", "apps", literal({std::string("workload")})};
    bare.replicas = literal({std::int64_t{0}});
    task.action = std::move(bare);
  } else if (std::holds_alternative<plan::SessionStdin>(task.action)) {
    task.action = plan::SessionStdin{literal({std::string()})};
  } else if (!std::holds_alternative<plan::ScaleBack>(task.action)) {
    task.action = nothing();
  }
  task.origin = {};
  task.timeout = literal({plan::Duration{1}});
  task.retry = {};
  task.retry.every = literal({plan::Duration{0}});
  task.retry.factor = literal({std::int64_t{1}});
  task.expect.reset();
  task.expect_replaces = false;
  task.captures.clear();
}

}  // namespace

engine::Inputs Skeleton::inputs() const {
  engine::Inputs out;
  out.operation = operation;
  out.session_id = "simulated";
  out.params = params;
  out.secrets.resize(plan.secrets.size());
  return out;
}

Truth weigh(const Expr& when, const Skeleton& skeleton, const engine::SessionResult& so_far,
            bool operation_ran) {
  return weigh(when, PathScope(skeleton, &so_far, operation_ran));
}

Skeleton make_skeleton(const plan::Plan& plan, engine::Operation operation,
                       std::vector<Value> params) {
  Skeleton out;
  out.plan = plan;
  out.operation = operation;
  out.params = std::move(params);
  out.plan.file.clear();
  out.plan.environments.clear();
  out.plan.functions.clear();
  out.plan.target.reset();
  const std::size_t count = plan.steps.size();
  out.decisions.assign(count, Decision::Engine);
  out.limits.resize(count);
  out.selects.resize(count);
  out.retries.resize(count);
  for (std::uint32_t id = 0; id < count; ++id) out.same_when.push_back(id);

  const PathScope before(out, nullptr, false);
  if (out.plan.exclusive) {
    out.plan.exclusive = plan::Exclusive{literal({std::string("exclusive")}), std::nullopt};
  }
  for (plan::OperationPlan* const side : {&out.plan.backup, &out.plan.restore})
    side->succeeds_when.reset();
  for (plan::Step& step : out.plan.steps) {
    out.selects[step.id] = engine::pod_selection(step.task.action) != nullptr;
    out.retries[step.id] = step.task.retry.count.has_value();
    strip(step.task);
    if (step.hold) {
      strip(step.hold->release);
      if (step.hold->ready_once) step.hold->ready_once = literal({true});
      if (step.hold->at_most) {
        engine::Millis limit = 3'600'000;
        if (all_known(*step.hold->at_most, before)) {
          if (const auto known = plan::evaluate_duration(*step.hold->at_most, before))
            out.limits[step.id] = limit = *known;
        }
        step.hold->at_most = literal({plan::Duration{limit}});
      }
    }
    if (!step.when) continue;
    // What params alone decide is the same on every path of this environment.
    if (const Truth truth = weigh(*step.when, before); truth != Truth::Unknown) {
      if (truth == Truth::True) step.when.reset();
      if (truth == Truth::False) step.when = literal({false});
      continue;
    }
    if (engine_decides(*step.when, out)) continue;
    out.decisions[step.id] = Decision::Open;
    if (!lasting(*step.when)) continue;
    for (const plan::Step& earlier : out.plan.steps) {
      if (earlier.id >= step.id) break;
      if (out.decisions[earlier.id] == Decision::Open && earlier.when == step.when) {
        out.same_when[step.id] = out.same_when[earlier.id];
        break;
      }
    }
  }
  // Only what a condition still reads tells one environment from another.
  std::vector<bool> read(out.params.size(), false);
  for (const plan::Step& step : out.plan.steps) {
    if (!step.when) continue;
    plan::for_each_expr(plan::Capture{0, *step.when}, [&](const Expr& leaf) {
      if (leaf.op == Op::Param && leaf.index < read.size()) read[leaf.index] = true;
    });
  }
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!read[i]) out.params[i] = {};
  }
  return out;
}

}  // namespace hookc::simulate
