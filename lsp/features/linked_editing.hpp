// Names that change together while one of them is typed: `textDocument/linkedEditingRange`.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"

namespace hookc::lsp {

/// What an editor is to accept as such a name.
inline constexpr std::string_view kLinkedWordPattern = "[A-Za-z_][A-Za-z0-9_-]*";

/// The places of `occurrences` (a name's declaration and its uses, of this file) that change
/// together, sorted: all of them, if each is the same plain word and one is at `offset`; else none,
/// because a quoted name may grow characters that a bare one cannot have. O(n log n).
std::vector<Span> linked_spans(std::string_view text, std::span<const Span> occurrences,
                               std::uint32_t offset);

}  // namespace hookc::lsp
