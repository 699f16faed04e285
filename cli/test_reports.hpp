// What `hookc test` prints, in each of its formats. Each appends to a buffer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/analysis.hpp"
#include "compiler/diagnostics/render/render.hpp"
#include "interpreter/testing/runner/runner.hpp"

namespace hookc::cli {

/// A test that was run.
struct RanTest {
  const TestFile* file = nullptr;
  const plan::Test* test = nullptr;
  runner::TestResult result;
};

struct TestReport {
  const TestFiles& files;
  std::vector<RanTest> tests;  // by file, in the order of the file
  /// Of all files, each once; without text: it goes without saying.
  std::vector<runner::CoverageItem> coverage;
  bool with_coverage = false;
  std::size_t failed() const;  // tests
  std::size_t broken() const;  // files with errors, whose tests cannot be run
};

struct TestOptions {
  bool verbose = false;  // text: the events of each test
  bool utf8 = false;     // text: ✓ and ✗
  render::Options render;
};

void tests_text(const TestReport& report, const TestOptions& options, std::string& out);
void tests_junit(const TestReport& report, const TestOptions& options, std::string& out);
void tests_json(const TestReport& report, const TestOptions& options, std::string& out);
/// "5 tests in 2 files: 4 passed, 1 failed"
std::string tests_summary(const TestReport& report);
/// "file:line".
std::string place(const TestFiles& files, const TestFile& file, const plan::Test& test);

}  // namespace hookc::cli
