// How an overview is made; shared by overview*.cpp, and by nobody else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/budget.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/plan/param_scope.hpp"

namespace hookc::plan::overview {

/// The parts of an overview; each function shows one kind of thing.
class Builder {
 public:
  /// `scope` is over `plan`; both must outlive the builder.
  Builder(const Plan& plan, const ParamScope& scope)
      : plan_(plan), scope_(scope), budget_(plan, scope) {}

  OperationOverview operation(std::string name, const OperationPlan& operation) const;
  std::string shown(const Expr& e) const { return scope_.shown(e); }
  std::string shown(const OptionalExpr& e) const { return e ? shown(*e) : std::string(); }

 private:
  std::string condition(const Expr& e) const;
  std::string structured(const Expr& body) const;
  std::string where(const PodSelection& pod) const;
  std::string workload(const Workload& w) const;
  void lines(std::string_view text, std::vector<std::string>& out) const;
  void variables(const std::vector<EnvVar>& env, std::vector<std::string>& out) const;
  std::string endpoint(const PodEndpoint& at) const;
  std::vector<std::string> action(const Action& action) const;
  std::vector<std::string> http(const HttpRequest& request) const;
  std::vector<std::string> exec(const Exec& exec) const;
  std::string attempts(const Retry& retry) const;
  TaskOverview task(const Task& task, Bound longest) const;
  StepOverview step(const Step& step, bool post) const;
  std::string held(const Hold& hold) const;
  void notes(const Step& step, std::vector<std::string>& out) const;
  std::vector<std::vector<StepOverview>> groups(const std::vector<Group>& groups, bool post) const;

  const Plan& plan_;
  const ParamScope& scope_;
  Budget budget_;
};

}  // namespace hookc::plan::overview
