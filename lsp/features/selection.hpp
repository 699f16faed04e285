// Selections that grow: `textDocument/selectionRange`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// What can be meant by a cursor at `offset`, from the smallest to the whole file, each span
/// strictly inside the next: a word of a text, a word of the shell, the text without its quotes,
/// what stands between two brackets, and every node of the syntax tree; a statement with the
/// comment above it. O(file).
std::vector<Span> selection_chain(const query::Snapshot& now, const std::string& path,
                                  std::uint32_t offset);

}  // namespace hookc::lsp
