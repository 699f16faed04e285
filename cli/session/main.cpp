// hookc-session: what `hookc run`, `recover` and `history` become. Not meant to be called by hand;
// its words are those of hookc.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/session/history.hpp"
#include "cli/session/recover.hpp"
#include "cli/session/run.hpp"

namespace hookc::cli {
namespace {

/// Hundreds of hooks at once need more descriptors than the soft limit usually allows. What hookc
/// starts inherits this, and old programs close every number up to the limit: so not beyond what
/// those take in their stride.
void allow_many_files() {
  constexpr rlim_t kEnough = 65'536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
  limit.rlim_cur = std::min(limit.rlim_max, kEnough);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Exit become(const Command& command, std::vector<std::string_view> words) {
  std::vector<std::string> operation;
  bool has_dashes = false;
  if (&command == &run_command) {
    const auto dashes = std::find(words.begin(), words.end(), "--");
    has_dashes = dashes != words.end();
    if (has_dashes) operation.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  const auto given = parse_arguments(command, words);
  if (!given) return usage_error(&command, given.error());
  if (&command == &recover_command) return recover_sessions(*given);
  if (&command == &history_command) return show_history(*given);
  return run_session_command(*given, std::move(operation), has_dashes);
}

}  // namespace
}  // namespace hookc::cli

int main(int argc, char** argv) {
  using namespace hookc::cli;
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_files();
  try {
    const std::vector<std::string_view> words(argv + std::min(argc, 2), argv + argc);
    for (const Command* command : {&run_command, &recover_command, &history_command}) {
      if (argc > 1 && argv[1] == command->name) return static_cast<int>(become(*command, words));
    }
    return static_cast<int>(usage_error(nullptr, "call `hookc run`, which finds this program"));
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "error: internal fault: {}; please report it with the command and its input\n",
               error.what());
    return static_cast<int>(Exit::Fault);
  }
}
