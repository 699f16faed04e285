#include "compiler/checks/checks.hpp"

#include "compiler/checks/rules.hpp"

namespace hookc::checks {

void run_checks(const sema::Program& program, const SourceManager& sources,
                Diagnostics& diagnostics) {
  if (program.has_errors) return;
  check_unused(program, sources, diagnostics);
  check_undo(program, sources, diagnostics);
  check_unread_failure(program, sources, diagnostics);
  check_unbounded_holds(program, sources, diagnostics);
}

}  // namespace hookc::checks
