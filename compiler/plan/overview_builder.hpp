// How an overview is made; shared by overview*.cpp, and by nobody else.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/plan/text.hpp"

namespace hookc::plan::overview {

/// Only params have values before anything runs.
class ParamScope : public Scope {
 public:
  ParamScope(const Plan& plan, const std::vector<ChosenValue>& values)
      : plan_(plan), values_(values) {}

  Value param(std::uint32_t i) const override {
    return i < values_.size() ? values_[i].value : Value{};
  }
  Value secret(std::uint32_t) const override { return {}; }
  Value capture(std::uint32_t) const override { return {}; }
  Value fact(std::string_view) const override { return {}; }
  Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  Value header(std::string_view) const override { return {}; }
  std::string name_of(const Expr& leaf) const override { return to_source(leaf, plan_); }

  /// Whether `e` reads nothing but params that have a value.
  bool known(const Expr& e) const {
    if (e.op == Op::Secret || e.op == Op::Capture || e.op == Op::Fact || e.op == Op::HookFact ||
        e.op == Op::Header) {
      return false;
    }
    if (e.op == Op::Param) return !param(e.index).is_null();
    return std::ranges::all_of(e.args, [&](const Expr& arg) { return known(arg); });
  }

 private:
  const Plan& plan_;
  const std::vector<ChosenValue>& values_;
};

/// The parts of an overview; each function shows one kind of thing.
class Builder {
 public:
  Builder(const Plan& plan, const std::vector<ChosenValue>& values)
      : plan_(plan), scope_(plan, values) {}

  OperationOverview operation(std::string name, const OperationPlan& operation) const;
  std::string shown(const Expr& e) const;
  std::string shown(const OptionalExpr& e) const { return e ? shown(*e) : std::string(); }

 private:
  std::string condition(const Expr& e) const;
  std::string where(const PodSelection& pod) const;
  std::string workload(const Workload& w) const;
  void lines(std::string_view text, std::vector<std::string>& out) const;
  void variables(const std::vector<EnvVar>& env, std::vector<std::string>& out) const;
  std::string endpoint(const PodEndpoint& at) const;
  std::vector<std::string> action(const Action& action) const;
  std::vector<std::string> http(const HttpRequest& request) const;
  std::vector<std::string> exec(const Exec& exec) const;
  std::optional<std::int64_t> milliseconds(const Expr& e) const;
  std::optional<std::int64_t> pods_in_turn(const Task& task) const;
  std::string attempts(const Retry& retry) const;
  Bound longest(const Task& task, const Task* undo) const;
  Bound waits(const Retry& retry, std::int64_t count) const;
  TaskOverview task(const Task& task, const Task* undo) const;
  StepOverview step(const Step& step, bool post) const;
  std::string held(const Hold& hold) const;
  void notes(const Step& step, std::vector<std::string>& out) const;
  std::vector<std::vector<StepOverview>> groups(const std::vector<Group>& groups, bool post) const;
  Bound side(const std::vector<std::vector<StepOverview>>& groups,
             std::string_view unwanted_policy) const;

  const Plan& plan_;
  ParamScope scope_;
};

}  // namespace hookc::plan::overview
