// Runs the `test` statements of a file in a scripted world with virtual time. Pure: no clock, no
// network, no process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/tests.hpp"
#include "interpreter/testing/runner/coverage.hpp"

namespace hookc::runner {

struct TestResult {
  std::vector<Diagnostic> findings;  // HK91xx; none: it passed
  /// Sessions played: one, or with `for every single failure` one for each failure.
  std::uint32_t runs = 0;
  /// What happened in the first session that failed an expectation, else in the first at all: a
  /// line an event, "1m30s  pre backup "x" failed: …".
  std::vector<std::string> events;
  bool passed() const { return findings.empty(); }
};

/// Plays `test` and judges what it expects. `plan` and `test` are of one program; what ran is added
/// to `coverage`. O(sessions × steps), with `for every single failure` O(steps) sessions, and where
/// a hold is expected to be released, one recovery for each moment at which hookc could be killed.
TestResult run_test(const plan::Plan& plan, const plan::Test& test, Coverage& coverage);

}  // namespace hookc::runner
