// What would run: the answer of `hookc plan`, as data, as text and as JSON.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/bound.hpp"
#include "compiler/plan/budget.hpp"
#include "compiler/plan/param_scope.hpp"
#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// Where the values of params come from, strongest first: `given`, HOOK_PARAM_NAME of `variable`,
/// the environment block, the default.
struct ValueSources {
  std::vector<std::pair<std::string, std::string>>
      given;                // -p name=value; of one name the last counts
  std::string environment;  // --env; empty: none
  std::function<std::optional<std::string>(const std::string&)>
      variable;  // of the process environment
};

/// In the order of Plan::params. The errors are a line each: an unknown name or environment, a
/// value of the wrong type.
std::expected<std::vector<ChosenValue>, std::vector<std::string>> choose_values(
    const Plan& plan, const ValueSources& sources);

struct TaskOverview {
  std::vector<std::string>
      action;            // the first line says what and where; then the command, headers, body
  std::string timeout;   // per attempt
  std::string attempts;  // "1 attempt", "4 attempts, 2s apart, doubling, at most 30s"
  std::string success;   // the condition; empty: the default of the action
  Bound longest;
  std::string origin;  // file:line
};

struct StepOverview {
  std::uint32_t id = 0;
  std::string name;
  bool hold = false;
  std::string policy;    // of a post hook
  std::string on_error;  // fail, warn, continue, skip
  std::string when;      // empty: always
  TaskOverview task;
  std::optional<TaskOverview> release;  // of a hold
  std::string held;                     // of a hold: until when
  std::vector<std::string> notes;       // what one should know before a night with it
};

struct OperationOverview {
  std::string name;                            // backup, restore
  std::vector<std::vector<StepOverview>> pre;  // members of a group start together
  std::vector<std::vector<StepOverview>> post;
  std::vector<std::uint32_t> releases;  // steps, in the order their releases run
  std::string succeeds_when;
  Bound before, releasing, after;  // `after`: of the outcome that takes longer
  std::vector<HoldTime> held;      // in order of acquisition
  TimeSum whole;
};

struct Overview {
  std::string file, environment;
  std::vector<std::pair<std::string, ChosenValue>> params;
  std::string target, exclusive;
  std::vector<OperationOverview> operations;  // those that have steps
};

/// `values` as choose_values gave them. A param without a value is shown as `${name}`, a secret
/// always. O(plan).
Overview make_overview(const Plan& plan, const std::vector<ChosenValue>& values,
                       const std::string& environment);

/// For people; ends with a line end.
std::string to_text(const Overview& overview);
/// For machines: one object, indented; durations are texts of the language with `_ms` numbers
/// beside them.
std::string to_json(const Overview& overview);

}  // namespace hookc::plan
