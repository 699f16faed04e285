// What can be folded away: `textDocument/foldingRange`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

enum class FoldKind : std::uint8_t { Code, Comment, Imports, Region };

/// From a character of the line that stays to one of the last line that goes.
struct Fold {
  Span span;
  FoldKind kind = FoldKind::Code;
  friend bool operator==(const Fold&, const Fold&) = default;
};

/// Statements, releases, brackets and block strings of more than one line, runs of comments and of
/// imports, and what stands between `# region` and `# endregion`. A line that closes a bracket
/// stays. In file order, one a first line: the largest. O(n log n).
std::vector<Fold> folds(const query::Snapshot& now, const std::string& path);

}  // namespace hookc::lsp
