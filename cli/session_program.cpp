#include "cli/session_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace hookc::cli {

namespace {

/// hookc-session, beside this program or where packages put helpers.
std::filesystem::path session_program() {
  std::error_code error;
  const std::filesystem::path here =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::filesystem::path beside = here / "hookc-session";
  if (std::filesystem::exists(beside, error)) return beside;
  return here.parent_path() / "libexec" / "hookc" / "hookc-session";
}

}  // namespace

Exit become_session(const Arguments& given) {
  const std::string program = session_program();
  // The words are argv's own, so each ends in a NUL.
  std::vector<const char*> argv = {program.c_str(), given.command->name.data()};
  for (const std::string_view word : given.raw) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), const_cast<char* const*>(argv.data()));
  return fault(
      fmt::format("cannot start `{}`, which runs sessions: {}", program, std::strerror(errno)));
}

}  // namespace hookc::cli
