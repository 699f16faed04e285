// Program to Plan.
#pragma once

#include "compiler/plan/plan.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::plan {

/// Desugars a program without errors: templates are already opened, defaults are written out, names become indices.
/// Every step of both operations is in the result. O(program). Precondition: !program.has_errors.
Plan lower(const sema::Program& program, const SourceManager& sources);

}  // namespace hookc::plan
