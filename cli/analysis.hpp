// The commands' one way to the compiler.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_codes.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/plan.hpp"
#include "compiler/query/workspace.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::cli {

/// The files of this machine, and standard input as `-`.
class Disk : public query::FileSystem {
 public:
  std::expected<std::string, std::string> read(const std::string& path) const override;
};

struct Input {
  std::string path;  // as it is to be shown
  std::string text;
};

/// A snapshot of the inputs, and of what they import from the disk.
struct Analysis {
  std::shared_ptr<const void> owner;  // keeps alive what the snapshot reads from
  const SourceManager* sources = nullptr;
  std::vector<FileId> checked;       // the inputs, in their order
  std::vector<Diagnostic> findings;  // sorted
  std::size_t suppressed = 0;        // findings that comments silence
};

/// Everything the compiler can say about `inputs`.
Analysis analyze(std::vector<Input> inputs);

/// One file with its tests: `errors` is empty, or nothing else is there.
struct TestFile {
  std::string path;
  FileId file;
  std::shared_ptr<const plan::Plan> plan;
  std::vector<plan::Test> tests;
  std::vector<Diagnostic> errors;
};
struct TestFiles {
  std::shared_ptr<const void> owner;  // keeps alive what the rest reads from
  const SourceManager* sources = nullptr;
  std::vector<TestFile> files;  // the inputs, in their order
};
TestFiles load_tests(std::vector<Input> inputs);

/// The plan of the program whose root file is `path` ("-" is standard input). Otherwise the
/// findings are on standard error and the exit code is what to end with: Findings, or Fault where
/// the file cannot be read.
std::expected<std::shared_ptr<const plan::Plan>, Exit> load_plan(const std::string& path);

}  // namespace hookc::cli
