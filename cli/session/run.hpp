// One session from the command line.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace hookc::cli {

/// `operation` is what stood behind `--`, which `has_dashes` says was there.
Exit run_session_command(const Arguments& given, std::vector<std::string> operation,
                         bool has_dashes);

}  // namespace hookc::cli
