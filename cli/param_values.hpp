// Values of params, as commands that run nothing take them.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "compiler/plan/overview.hpp"

namespace hookc::cli {

/// A variable of the process environment.
std::optional<std::string> process_variable(const std::string& name);

/// The pairs of --param, and the process environment. The error is a line for the user.
std::expected<plan::ValueSources, std::string> value_sources(const Arguments& given);

/// Problems of values as one line for the terminal.
std::string in_one_line(const std::vector<std::string>& problems);

}  // namespace hookc::cli
