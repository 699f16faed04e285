#include "cli/commands.hpp"

namespace hookc::cli {

std::span<const Command* const> all_commands() {
  static constexpr const Command* commands[] = {
      &check_command,   &fmt_command,         &plan_command, &simulate_command, &run_command,
      &recover_command, &history_command,     &test_command, &explain_command,  &ir_command,
      &lsp_command,     &completions_command, &help_command, &version_command,
  };
  return commands;
}

}  // namespace hookc::cli
