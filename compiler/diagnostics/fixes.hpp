// Applying fixes to texts: for `hookc check --fix` and for editors alike.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc {

/// A mend may make room for another, and two may undo each other: so many rounds, and no more.
inline constexpr int kFixRounds = 10;

/// `text` with `edits` applied; they must not overlap and must lie within it, in any order.
/// O(text + edits · log).
std::string apply_edits(std::string_view text, std::vector<Edit> edits);

/// What one look at some files lets mend without asking.
struct FixRound {
  std::vector<std::vector<Edit>> edits;  // by file
  std::size_t applied = 0;               // fixes
};
/// The first machine-applicable fix of each finding. A fix goes in whole or not at all; of two that
/// touch the same bytes the later is left for the next round, and one that reaches outside `files`
/// is left out. O(edits · (files + log)).
FixRound choose_fixes(const std::vector<Diagnostic>& findings, const SourceManager& sources,
                      std::span<const FileId> files);

}  // namespace hookc
