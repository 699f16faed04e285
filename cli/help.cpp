#include <fmt/format.h>

#include "cli/commands.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::cli {

namespace {

std::string exit_codes_help() {
  std::string out = "Exit codes, the same for every command:\n\n";
  for (const ExitCode& entry : exit_codes) {
    out += fmt::format("  {}  {}\n", static_cast<int>(entry.code), wrap(entry.meaning, 5, 80));
  }
  return out;
}

Exit run_help(const Arguments& given) {
  if (given.words.empty()) return print(general_help());
  if (given.words.size() > 1) return usage_error(given.command, "help takes one topic at a time");
  const std::string_view topic = given.words.front();
  if (topic == "exit-codes") return print(exit_codes_help());
  if (const Command* command = find_command(topic)) return print(command_help(*command));
  std::vector<std::string_view> topics = {"exit-codes"};
  for (const Command* command : all_commands()) topics.push_back(command->name);
  std::string shown;
  render::append_terminal(shown, topic);
  if (const auto near = did_you_mean(topic, topics)) {
    return usage_error(nullptr, fmt::format("no help on `{}`; did you mean `{}`?", shown, *near));
  }
  return usage_error(nullptr, fmt::format("no help on `{}`", shown));
}

Exit run_version(const Arguments&) {
  return print("hookc " HOOKC_VERSION "\n");
}

}  // namespace

constinit const Command help_command = {
    "help",
    "Print help on a command, or on exit-codes.",
    "[COMMAND|exit-codes]",
    "",
    {},
    Words::Commands,
    "  hookc help check\n"
    "  hookc help exit-codes\n",
    run_help,
};

constinit const Command version_command = {
    "version", "Print the version.", "", "", {}, Words::None, "", run_version,
};

}  // namespace hookc::cli
