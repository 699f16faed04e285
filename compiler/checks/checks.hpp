// Rules over a whole Program that are about what people mean, not about what the language allows.
#pragma once

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::checks {

/// Runs every check. Says nothing about a program with errors that sema found: one mistake, one
/// message. O(program).
void run_checks(const sema::Program& program, const SourceManager& sources,
                Diagnostics& diagnostics);

}  // namespace hookc::checks
