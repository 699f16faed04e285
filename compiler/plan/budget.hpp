// How long the phases of a session can take, and how long anything can stay held.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/plan/bound.hpp"
#include "compiler/plan/param_scope.hpp"
#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// Whatever must be stopped gets TERM, and KILL after this long (rule 19).
inline constexpr std::int64_t kStopMs = 10'000;

/// A stretch of a longer time: "5m", "its own release".
struct TimePart {
  std::string what;
  Bound longest;
};
/// Stretches that follow each other.
struct TimeSum {
  std::vector<TimePart> parts;
  std::string operation;  // "the backup" where that is one of the parts, which nothing bounds
  Bound longest{0, ""};   // of the other parts
};
/// From the start of the first attempt of the acquire to the end of the release.
struct HoldTime {
  std::uint32_t step = 0;
  TimeSum time;
  /// "as long as the backup"; empty where the time has a bound (rule 28).
  std::string unbounded;
};

/// The times of one plan. A bound is of the attempts as they are timed: how long a cluster takes to
/// be asked for pods is not in it.
class Budget {
 public:
  /// Both must outlive the budget. O(plan).
  Budget(const Plan& plan, const ParamScope& scope);

  /// A hook, or an acquire with its releases between attempts.
  const Bound& task(std::uint32_t step) const { return tasks_[step]; }
  /// Of a hold.
  const Bound& release(std::uint32_t step) const { return releases_[step]; }

  Bound before(const OperationPlan& operation) const;
  /// Of the outcome that takes longer.
  Bound after(const OperationPlan& operation) const;
  Bound releasing(const OperationPlan& operation) const;
  /// Steps with a hold in the order in which their releases run (rule 27).
  static std::vector<std::uint32_t> release_order(const Plan& plan, const OperationPlan& operation);
  /// `name`: backup, restore.
  TimeSum whole(const OperationPlan& operation, const std::string& name) const;
  /// In order of acquisition. O(holds × steps) for small words.
  std::vector<HoldTime> held(const OperationPlan& operation, const std::string& name) const;

 private:
  struct Line;

  Bound group(const Group& group) const;

  const Plan& plan_;
  const ParamScope& scope_;
  std::vector<Bound> tasks_, releases_;  // by step id
};

}  // namespace hookc::plan
