// Past sessions from the journal.
#pragma once

#include "cli/command.hpp"

namespace hookc::cli {

Exit show_history(const Arguments& given);

}  // namespace hookc::cli
