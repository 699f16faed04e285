// The exit codes: the same contract for every subcommand, printed by `hookc help exit-codes`.
#pragma once

#include <string_view>

namespace hookc::cli {

enum class Exit : int {
  Ok = 0,
  Findings = 1,
  Usage = 2,
  Fault = 3,
};

struct ExitCode {
  Exit code;
  std::string_view meaning;
};
inline constexpr ExitCode exit_codes[] = {
    {Exit::Ok,
     "All is well: nothing was found at or above --fail-level, the session succeeded or was "
     "skipped."},
    {Exit::Findings,
     "hookc did its work and the answer is no: findings at or above --fail-level, a session, test "
     "or "
     "recovery that failed, a file that is not formatted."},
    {Exit::Usage,
     "Wrong use: an unknown command, option or code, a bad value, a parameter without a value. "
     "Nothing was run."},
    {Exit::Fault,
     "hookc could not do its work: an input that cannot be read, output that cannot be written, or "
     "a fault "
     "of its own."},
};

}  // namespace hookc::cli
