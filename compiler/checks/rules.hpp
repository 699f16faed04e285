// The checks, one file each.
#pragma once

#include "compiler/checks/checks.hpp"

namespace hookc::checks {

/// HK1005: params, secrets and pods of the root file that nothing reads.
void check_unused(const sema::Program& program, const SourceManager& sources,
                  Diagnostics& diagnostics);
/// HK2106: a pre hook freezes, and what thaws runs only on success.
void check_undo(const sema::Program& program, const SourceManager& sources,
                Diagnostics& diagnostics);
/// HK7004: a post hook whose failure nobody reads (rule 20).
void check_unread_failure(const sema::Program& program, const SourceManager& sources,
                          Diagnostics& diagnostics);
/// HK7005: a hold without `at most` (rule 28).
void check_unbounded_holds(const sema::Program& program, const SourceManager& sources,
                           Diagnostics& diagnostics);

}  // namespace hookc::checks
