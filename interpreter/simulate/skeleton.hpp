// What of a plan decides which hooks run: the plan a simulation plays.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::simulate {

/// How a `when` can be decided.
enum class Decision : std::uint8_t {
  Engine,  // by what every path knows: params that have a value, how hooks and the session went
  Open,    // it also reads what only a real session knows: outputs, captures, exit codes, ids
};

/// A plan without what cannot change which hooks run and what is held: requests become `true`,
/// every task has one attempt, answers are not looked into, conditions keep only what decides them.
/// Two environments with equal skeletons have the same paths.
struct Skeleton {
  plan::Plan plan;
  engine::Operation operation = engine::Operation::Backup;
  std::vector<plan::Value> params;
  /// By step id.
  std::vector<Decision> decisions;
  /// By step id: the first step of the operation with the same open condition, whose truth cannot
  /// differ. Of others: itself.
  std::vector<std::uint32_t> same_when;
  /// By step id: the limit of a hold where params say it.
  std::vector<std::optional<engine::Millis>> limits;
  /// By step id: its pods are chosen before its first attempt; it may be attempted again.
  std::vector<bool> selects, retries;

  const plan::OperationPlan& steps() const {
    return operation == engine::Operation::Backup ? plan.backup : plan.restore;
  }
  engine::Inputs inputs() const;

  friend bool operator==(const Skeleton&, const Skeleton&) = default;
};

/// `params` in the order of Plan::params; null: no value is known.
Skeleton make_skeleton(const plan::Plan& plan, engine::Operation operation,
                       std::vector<plan::Value> params);

enum class Truth : std::uint8_t { False, True, Unknown };
/// What an open `when` comes to after what the session has done so far: False and True only where
/// nothing that is unknown could change it.
Truth weigh(const plan::Expr& when, const Skeleton& skeleton, const engine::SessionResult& so_far,
            bool operation_ran);

}  // namespace hookc::simulate
