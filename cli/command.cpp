#include "cli/command.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::cli {

namespace {

std::string unknown_option(const Command& command, std::string_view name) {
  std::vector<std::string_view> names = {"--help"};
  for (const Option& option : command.options) names.push_back(option.name);
  std::optional<std::string_view> near = did_you_mean(name, names);
  // An abbreviation is not taken, since a later option could make it ambiguous, but it is
  // understood.
  for (auto it = names.rbegin(); !near && name.size() > 2 && it != names.rend(); ++it) {
    if (it->starts_with(name)) near = *it;
  }
  if (near) return fmt::format("unknown option `{}`; did you mean `{}`?", shown(name), *near);
  return fmt::format("unknown option `{}`", shown(name));
}

std::string bad_choice(const Option& option, std::string_view value) {
  std::string all;
  for (const std::string_view choice : option.choices) {
    if (!all.empty()) all += ", ";
    all += choice;
  }
  const std::vector<std::string_view> choices(option.choices.begin(), option.choices.end());
  if (const auto near = did_you_mean(value, choices)) {
    return fmt::format("`{}` is no value for `{}`; did you mean `{}`? It takes one of {}",
                       shown(value), option.name, *near, all);
  }
  return fmt::format("`{}` is no value for `{}`, which takes one of {}", shown(value), option.name,
                     all);
}

const Option* find_option(const Command& command, std::string_view name) {
  for (const Option& option : command.options) {
    const bool by_letter =
        name.size() == 2 && name[0] == '-' && option.letter != 0 && name[1] == option.letter;
    if (option.name == name || by_letter) return &option;
  }
  return nullptr;
}

}  // namespace

bool Arguments::has(std::string_view name) const {
  return value(name).has_value();
}

std::optional<std::string_view> Arguments::value(std::string_view name) const {
  for (auto it = options.rbegin(); it != options.rend(); ++it) {
    if (it->first->name == name) return it->second;
  }
  return std::nullopt;
}

std::vector<std::string_view> Arguments::values(std::string_view name) const {
  std::vector<std::string_view> all;
  for (const auto& [option, value] : options) {
    if (option->name == name) all.push_back(value);
  }
  return all;
}

std::expected<Arguments, std::string> parse_arguments(const Command& command,
                                                      std::span<const std::string_view> words) {
  Arguments given;
  given.command = &command;
  bool options_over = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (options_over || word == "-" || !word.starts_with('-')) {
      given.words.push_back(word);
      continue;
    }
    if (word == "--") {
      options_over = true;
      continue;
    }
    if (word == "-h" || word == "--help") {
      given.help = true;
      continue;
    }
    std::optional<std::string_view> value;
    if (const auto equals = word.find('=');
        word.starts_with("--") && equals != std::string_view::npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    const Option* const option = find_option(command, word);
    if (option == nullptr) return std::unexpected(unknown_option(command, word));
    if (option->value.empty()) {
      if (value) return std::unexpected(fmt::format("`{}` takes no value", option->name));
      given.options.emplace_back(option, std::string_view());
      continue;
    }
    if (!value) {
      if (i + 1 == words.size()) {
        return std::unexpected(
            fmt::format("`{}` needs a value: {} {}", option->name, option->name, option->value));
      }
      value = words[++i];
    }
    if (!option->choices.empty()) {
      bool known = false;
      for (const std::string_view choice : option->choices) known = known || choice == *value;
      if (!known) return std::unexpected(bad_choice(*option, *value));
    }
    given.options.emplace_back(option, *value);
  }
  return given;
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t used = indent;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t cells = display_column(word, static_cast<std::uint32_t>(word.size()));
    if (used > indent && used + 1 + cells > width) {
      out += '\n';
      out.append(indent, ' ');
      used = indent;
    } else if (used > indent) {
      out += ' ';
      ++used;
    }
    out += word;
    used += cells;
  }
  return out;
}

namespace {

/// Paragraphs are wrapped; a line that starts with a blank stays as it is.
void append_paragraphs(std::string& out, std::string_view text, std::size_t width) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    out += line.starts_with(' ') ? std::string(line) : wrap(line, 0, width);
    out += '\n';
  }
}

void append_row(std::string& out, std::string_view left, std::string_view right, std::size_t column,
                std::size_t width) {
  std::string row = fmt::format("  {}", left);
  if (row.size() + 2 > column) {
    out += row + '\n';
    row.clear();
  }
  row.resize(column, ' ');
  out += row + wrap(right, column, width) + '\n';
}

}  // namespace

std::string command_help(const Command& command, std::size_t width) {
  std::string out;
  append_paragraphs(out, command.summary, width);
  out += fmt::format("\nUsage: hookc {} {}\n", command.name, command.usage);
  if (!command.text.empty()) {
    out += '\n';
    append_paragraphs(out, command.text, width);
  }
  out += "\nOptions:\n";
  for (const Option& option : command.options) {
    std::string left = option.letter != 0 ? fmt::format("-{}, {}", option.letter, option.name)
                                          : fmt::format("    {}", option.name);
    if (!option.value.empty()) left += fmt::format(" {}", option.value);
    append_row(out, left, option.help, 30, width);
  }
  append_row(out, "-h, --help", "Print this help.", 30, width);
  if (!command.examples.empty()) out += fmt::format("\nExamples:\n{}", command.examples);
  return out;
}

std::string general_help(std::size_t width) {
  std::string out = "hookc: hooks for backup and restore, checked before the night does it\n\n";
  out += "Usage: hookc COMMAND [OPTION…] [ARGUMENT…]\n\nCommands:\n";
  for (const Command* command : all_commands())
    append_row(out, command->name, command->summary, 16, width);
  out +=
      "\n`hookc help COMMAND` or `hookc COMMAND --help` says what a command does and takes.\n"
      "`hookc help exit-codes` lists the exit codes, which are the same for all.\n";
  return out;
}

const Command* find_command(std::string_view name) {
  for (const Command* command : all_commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

Exit usage_error(const Command* command, std::string_view message) {
  if (command != nullptr) {
    fmt::print(stderr, "error: {}\n`hookc {} --help` says what it takes\n", message, command->name);
  } else {
    fmt::print(stderr, "error: {}\n`hookc help` lists the commands\n", message);
  }
  return Exit::Usage;
}

Exit fault(std::string_view message) {
  fmt::print(stderr, "error: {}\n", message);
  return Exit::Fault;
}

Exit print(std::string_view text) {
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return Exit::Ok;
  const int reason = errno;
  // `hookc check | head` is no failure of ours.
  if (reason == EPIPE) return Exit::Ok;
  return fault(fmt::format("cannot write to standard output: {}", std::strerror(reason)));
}

}  // namespace hookc::cli
