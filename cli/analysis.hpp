// The commands' one way to the compiler.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::cli {

struct Input {
  std::string path;  // as it is to be shown
  std::string text;
};

struct Analysis {
  std::unique_ptr<SourceManager> sources;
  std::vector<FileId> checked;      // the inputs, in their order
  std::vector<Diagnostic> findings;  // sorted
};

/// Everything the compiler can say about `inputs`.
Analysis analyze(std::vector<Input> inputs);

}  // namespace hookc::cli
