// hookc-session: what `hookc run` becomes. Not meant to be called by hand; its words are those of
// hookc.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/session/run.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  using namespace hookc::cli;
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_files();
  try {
    std::vector<std::string_view> words(argv + std::min(argc, 2), argv + argc);
    if (argc < 2 || argv[1] != run_command.name) {
      return static_cast<int>(usage_error(nullptr, "call `hookc run`, which finds this program"));
    }
    const auto dashes = std::find(words.begin(), words.end(), "--");
    std::vector<std::string> operation;
    if (dashes != words.end()) operation.assign(dashes + 1, words.end());
    const bool has_dashes = dashes != words.end();
    words.erase(dashes, words.end());
    const auto given = parse_arguments(run_command, words);
    if (!given) return static_cast<int>(usage_error(&run_command, given.error()));
    return static_cast<int>(run_session_command(*given, std::move(operation), has_dashes));
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "error: internal fault: {}; please report it with the command and its input\n",
               error.what());
    return static_cast<int>(Exit::Fault);
  }
}
