#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::cli {

namespace {

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* const term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

}  // namespace

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool stdout_is_data() {
  struct stat out{}, err{};
  if (stdout_is_terminal() || ::fstat(STDOUT_FILENO, &out) != 0) return false;
  return ::fstat(STDERR_FILENO, &err) != 0 || out.st_dev != err.st_dev || out.st_ino != err.st_ino;
}

bool stderr_is_live() {
  return ::isatty(STDERR_FILENO) == 1 && !is_dumb();
}

bool use_color(std::string_view when) {
  if (when == "always") return true;
  if (when == "never") return false;
  return stdout_is_terminal() && !is_set("NO_COLOR") && !is_dumb();
}

bool use_color_on_stderr() {
  return stderr_is_live() && !is_set("NO_COLOR");
}

bool takes_utf8() {
  for (const char* const variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(variable);
    const std::string_view locale = value != nullptr ? value : "";
    if (locale.empty()) continue;
    return locale.ends_with("UTF-8") || locale.ends_with("utf8") || locale.ends_with("utf-8");
  }
  return false;
}

std::string shown(std::string_view text) {
  std::string out;
  render::append_terminal(out, text);
  return out;
}

std::string safe(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    render::append_terminal(out, text.substr(0, end));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::uint32_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 140;
}

}  // namespace hookc::cli
