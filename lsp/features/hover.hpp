// What is to be known about the place under the cursor: `textDocument/hover`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lsp/features/names.hpp"

namespace hookc::lsp {

struct Hover {
  Span span;
  std::string markdown;
};

/// Names, words, facts, functions, durations, imports, and texts with placeholders. Values are
/// those that params have by default; a secret's value is never there. Nothing where there is
/// nothing to say. O(program) where a hook is told of, which needs the plan, else O(file).
std::optional<Hover> hover(const query::Snapshot& snapshot, const std::string& path,
                           std::uint32_t offset, std::span<const std::string> roots = {});

}  // namespace hookc::lsp
