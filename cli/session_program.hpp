// The step over to hookc-session, the program that runs sessions.
#pragma once

#include "cli/command.hpp"

namespace hookc::cli {

/// Becomes hookc-session with the same command and words; comes back only where that cannot be
/// started. What it does is in cli/session.
Exit become_session(const Arguments& given);

}  // namespace hookc::cli
