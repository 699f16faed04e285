// A request as a command that a person can run.
#pragma once

#include <string>

#include "interpreter/core/protocol.hpp"

namespace hookc::engine {

/// With kubectl, curl or the command itself, quoted for a shell; empty where no command does it.
/// Holds secrets: redact it. `pod`: the one the request concerns; may be null.
std::string by_hand(const Request& request, const Pod* pod);

}  // namespace hookc::engine
