// The subcommands, one file each.
#pragma once

#include "cli/command.hpp"

namespace hookc::cli {

extern const Command check_command;
extern const Command plan_command;
extern const Command simulate_command;
extern const Command run_command;
extern const Command recover_command;
extern const Command history_command;
extern const Command test_command;
extern const Command explain_command;
extern const Command fmt_command;
extern const Command ir_command;
extern const Command lsp_command;
extern const Command completions_command;
extern const Command help_command;
extern const Command version_command;

}  // namespace hookc::cli
