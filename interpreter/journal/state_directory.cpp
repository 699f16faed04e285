#include <cstdlib>

#include "interpreter/journal/journal.hpp"

namespace hookc::journal {

std::string state_directory(const std::string& given) {
  if (!given.empty()) return given;
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  if (std::string own = variable("HOOKC_STATE_DIR"); !own.empty()) return own;
  // The specification has relative paths ignored.
  if (const std::string state = variable("XDG_STATE_HOME"); state.starts_with('/'))
    return state + "/hookc";
  if (const std::string home = variable("HOME"); home.starts_with('/') && home != "/")
    return home + "/.local/state/hookc";
  return "/var/lib/hookc";
}

}  // namespace hookc::journal
