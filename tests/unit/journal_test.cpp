#include <cstdlib>

#include <catch2/catch.hpp>

#include "interpreter/journal/journal.hpp"

using namespace hookc;

TEST_CASE("the state directory is the one that was given, or the user's", "[journal]") {
  const auto with = [](const char* own, const char* xdg, const char* home) {
    ::setenv("HOOKC_STATE_DIR", own, 1);
    ::setenv("XDG_STATE_HOME", xdg, 1);
    ::setenv("HOME", home, 1);
    return journal::state_directory("");
  };
  const char* const before = std::getenv("HOME");
  const std::string home = before != nullptr ? before : "";
  CHECK(with("/own", "/xdg", "/home/me") == "/own");
  CHECK(with("", "/xdg", "/home/me") == "/xdg/hookc");
  CHECK(with("", "relative", "/home/me") == "/home/me/.local/state/hookc");
  CHECK(with("", "", "/") == "/var/lib/hookc");
  CHECK(journal::state_directory("given") == "given");
  ::unsetenv("HOOKC_STATE_DIR");
  ::unsetenv("XDG_STATE_HOME");
  ::setenv("HOME", home.c_str(), 1);
}
