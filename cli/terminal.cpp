#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace hookc::cli {

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool use_color(std::string_view when) {
  if (when == "always") return true;
  if (when == "never") return false;
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return stdout_is_terminal() && !refused && !dumb;
}

std::uint32_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 140;
}

}  // namespace hookc::cli
