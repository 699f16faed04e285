// hookc: finds the subcommand and hands over.
#include <csignal>
#include <exception>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::cli {
namespace {

Exit unknown_command(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) names.push_back(command->name);
  std::string shown;
  render::append_terminal(shown, word);
  const bool option = word.starts_with('-');
  if (const auto near = did_you_mean(word, names)) {
    return usage_error(nullptr,
                       fmt::format("unknown command `{}`; did you mean `{}`?", shown, *near));
  }
  if (word.ends_with(".hook")) {
    return usage_error(
        nullptr, fmt::format("`{}` is no command; did you mean `hookc check {}`?", shown, shown));
  }
  return usage_error(nullptr, fmt::format("unknown {} `{}`", option ? "option" : "command", shown));
}

Exit run(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (words.empty()) {
    fmt::print(stderr, "{}", general_help());
    return Exit::Usage;
  }
  std::string_view name = words.front();
  if (name == "--help" || name == "-h") name = help_command.name;
  if (name == "--version" || name == "-V") name = version_command.name;
  const Command* const command = find_command(name);
  if (command == nullptr) return unknown_command(name);
  auto given = parse_arguments(*command, std::span(words).subspan(1));
  if (!given) return usage_error(command, given.error());
  if (given->help) return print(command_help(*command));
  if (command->words == Words::None && !given->words.empty()) {
    return usage_error(command, fmt::format("`hookc {}` takes no arguments", command->name));
  }
  given->raw = std::span(words).subspan(1);
  return command->run(*given);
}

}  // namespace
}  // namespace hookc::cli

int main(int argc, char** argv) {
  // A reader that goes away (`| head`) is told by EPIPE, and is no reason to die half-way through a
  // file.
  std::signal(SIGPIPE, SIG_IGN);
  // The last door: nothing above it throws on purpose but for want of memory.
  try {
    return static_cast<int>(hookc::cli::run(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "error: internal fault: {}; please report it with the command and its input\n",
               error.what());
    return static_cast<int>(hookc::cli::Exit::Fault);
  }
}
