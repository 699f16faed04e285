// Program to Plan.
#pragma once

#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/plan.hpp"
#include "compiler/plan/tests.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::plan {

/// Desugars a program without errors: templates are already opened, defaults are written out, names
/// become indices. Every step of both operations is in the result. O(program), each template
/// argument counted where it is used. Templates that copy their arguments into each other can make
/// a plan of any size out of a few lines: past a bound (an expression 400 deep, four million
/// operators) lowering stops, adds HK0007, and the plan must not be used. Precondition:
/// !program.has_errors.
Plan lower(const sema::Program& program, const SourceManager& sources, Diagnostics& diagnostics);

/// The tests of the root file, in its order, against the tables of the Plan that lower() makes;
/// those of imported files are run with their own file. Bounds and precondition are lower()'s.
std::vector<Test> lower_tests(const sema::Program& program, const SourceManager& sources,
                              Diagnostics& diagnostics);

}  // namespace hookc::plan
