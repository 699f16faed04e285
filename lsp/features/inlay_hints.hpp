// What is so without being written: effective defaults, inferred containers, the time of a phase.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

struct InlayHint {
  std::uint32_t offset = 0;  // it is shown before this byte
  std::string label;
  std::string tooltip;
  std::string insert;  // text that, inserted at `offset`, says the same; empty: there is none
};

/// The hints in `range`, in file order; none for a file with errors. O(plan).
std::vector<InlayHint> inlay_hints(const query::Snapshot& snapshot, const std::string& path,
                                   Span range);

}  // namespace hookc::lsp
