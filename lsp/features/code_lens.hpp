// Lines above statements that tell of them, or do something with them.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

struct CodeLens {
  Span span;  // of the line it stands above
  std::string title;
  std::string command;  // of executeCommand, with the file's URI; empty: it only tells
  std::string test;     // hookc.test: the one test to run; empty: all
};

/// In file order; of a file with errors none but those of its tests. O(plan).
std::vector<CodeLens> code_lenses(const query::Snapshot& snapshot, const std::string& path);

}  // namespace hookc::lsp
