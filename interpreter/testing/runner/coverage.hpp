// Which hooks and outcome paths of a program some test went through.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::runner {

/// One thing that can happen, and whether it did in some test.
struct CoverageItem {
  plan::Origin origin;
  /// What never happened, as a line: `pre backup "check" never fails`.
  std::string missing;
  /// `missing` of what must happen before this can, at the same origin; said alone where neither
  /// did.
  std::string needs;
  bool covered = false;
};

/// Of one program. Hooks: each ran. Paths: each operation that has hooks was played, succeeded and
/// failed, each pre hook and acquire failed, each `always` post hook ran after a success and after
/// a failure (those with a policy are covered when they run).
class Coverage {
 public:
  explicit Coverage(const plan::Plan& plan);

  /// A session that ended, with what it came to.
  void add(engine::Operation operation, const engine::SessionResult& result, bool operation_failed);

  /// In the order of the plan, operations last.
  const std::vector<CoverageItem>& items() const { return items_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct StepItems {  // into items_
    std::uint32_t ran = kNone, failed = kNone, after_success = kNone, after_failure = kNone;
  };
  struct OperationItems {
    std::uint32_t played = kNone, succeeded = kNone, failed = kNone;
  };
  std::uint32_t item(const plan::Origin& origin, std::string missing, std::string needs = {});
  void cover(std::uint32_t index) {
    if (index != kNone) items_[index].covered = true;
  }

  std::vector<CoverageItem> items_;
  std::vector<StepItems> steps_;  // by step id
  OperationItems backup_, restore_;
};

}  // namespace hookc::runner
