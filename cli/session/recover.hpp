// What dead sessions still hold, released.
#pragma once

#include "cli/command.hpp"

namespace hookc::cli {

Exit recover_sessions(const Arguments& given);

}  // namespace hookc::cli
