// The parts of a hover. Private to hover*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/names.hpp"

namespace hookc::lsp {

/// A block of the language.
std::string hook_block(std::string_view text);

/// The comment a file begins with.
std::string file_comment(const SourceManager& sources, FileId file);

/// hover_names.cpp: a named thing.
std::string about_name(const query::Snapshot& snapshot, const NameAt& name);

/// hover_steps.cpp: a hook or hold, with what it does in effect.
std::string about_step(const query::Snapshot& snapshot, const query::SymbolIndex& index,
                       sema::StepId step);
/// What a step runs, texts filled in; nothing where there is no plan. `release`: at a hold's
/// release.
std::optional<std::string> what_runs(const query::Snapshot& snapshot,
                                     const query::SymbolIndex& index, sema::StepId step,
                                     bool release);

}  // namespace hookc::lsp
