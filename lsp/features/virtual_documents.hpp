// Texts that are shown beside a file, and what its commands say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// Those that `hookc:/NAME.txt?URI` shows; "plan", "ir", "simulate".
bool is_document(std::string_view name);
/// What `hookc NAME FILE` prints, or why it cannot be shown, as text. `simulate` may take seconds
/// for a large file.
std::string document_text(const query::Snapshot& snapshot, const std::string& path,
                          std::string_view name);

/// A test's result, as `hookc test` judges it.
struct TestOutcome {
  std::string name;
  Span where;
  std::vector<Diagnostic> findings;  // none: it passed
  std::vector<std::string> events;   // what happened, a line each
};
/// Runs the tests of a file, or the one called `only`. The error is a line.
std::expected<std::vector<TestOutcome>, std::string> run_tests(
    const query::Snapshot& snapshot, const std::string& path,
    const std::optional<std::string>& only);

}  // namespace hookc::lsp
