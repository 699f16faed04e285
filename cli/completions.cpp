#include <fmt/format.h>

#include "cli/commands.hpp"
#include "compiler/diagnostics/diagnostic.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view shells[] = {"bash", "zsh", "fish"};

std::string joined(std::span<const std::string_view> words) {
  std::string all;
  for (const std::string_view word : words) {
    if (!all.empty()) all += ' ';
    all += word;
  }
  return all;
}

/// The fixed words that may follow; none for files.
std::string words_of(Words words) {
  std::string all;
  switch (words) {
    case Words::None:
    case Words::Sessions:  // the journal knows, and is not asked at every key
    case Words::Files: return all;
    case Words::Codes:
      for (const CodeInfo& code : all_codes()) all += fmt::format("{} ", code.id);
      return all;
    case Words::Commands:
      for (const Command* command : all_commands()) all += fmt::format("{} ", command->name);
      return all + "exit-codes";
    case Words::Shells: return joined(shells);
  }
  return all;
}

/// For a single-quoted string of any of the three shells: our texts hold no quotes, but a table may
/// change.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string first_sentence(std::string_view help) {
  const std::size_t end = std::min(help.find_first_of(".:"), help.size());
  return std::string(help.substr(0, end));
}

std::string bash() {
  std::string names;
  for (const Command* command : all_commands()) names += fmt::format("{} ", command->name);
  std::string out = fmt::format(
      "# hookc completions for bash: source this, or put it where bash-completion looks.\n"
      "_hookc() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  local options='' words='' files=no\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '{}--help --version' -- \"$current\")\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n",
      names);
  for (const Command* command : all_commands()) {
    out += fmt::format("    {})\n      options='", command->name);
    for (const Option& option : command->options) out += fmt::format("{} ", option.name);
    out += fmt::format("--help'\n      words={}\n", quoted(words_of(command->words)));
    if (command->words == Words::Files) out += "      files=yes\n";
    bool any = false;
    for (const Option& option : command->options) {
      if (option.value.empty()) continue;
      if (!any) out += "      case $previous in\n";
      any = true;
      const std::string pattern = option.letter != 0
                                      ? fmt::format("{}|-{}", option.name, option.letter)
                                      : std::string(option.name);
      if (option.choices.empty()) {
        out += fmt::format(
            "        {}) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n",
            pattern);
      } else {
        out += fmt::format(
            "        {}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\"); return ;;\n",
            pattern, joined(option.choices));
      }
    }
    if (any) out += "      esac\n";
    out += "      ;;\n";
  }
  out +=
      "  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
      "  elif [[ $files == yes ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "    compopt -o filenames 2>/dev/null\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  fi\n"
      "}\n"
      "complete -F _hookc hookc\n";
  return out;
}

/// In _arguments specifications `:` and `]` are markup.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh() {
  std::string out =
      "#compdef hookc\n"
      "# hookc completions for zsh: save as _hookc in a directory of $fpath.\n"
      "_hookc() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("    {}\n", quoted(fmt::format("{}:{}", command->name,
                                                      zsh_text(first_sentence(command->summary)))));
  }
  out +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe 'command' commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("    {})\n      _arguments", command->name);
    for (const Option& option : command->options) {
      std::string spec = fmt::format("{}[{}]", option.name, zsh_text(first_sentence(option.help)));
      if (!option.value.empty()) {
        spec += fmt::format(":{}:", zsh_text(option.value));
        spec += option.choices.empty() ? "_files" : fmt::format("({})", joined(option.choices));
      }
      out += " \\\n        " + quoted(spec);
    }
    out += " \\\n        '--help[Print this help]'";
    if (command->words == Words::Files) {
      out += " \\\n        '*:file:_files'";
    } else if (command->words != Words::None) {
      out += " \\\n        " + quoted(fmt::format("*:word:({})", words_of(command->words)));
    }
    out += "\n      ;;\n";
  }
  out +=
      "  esac\n"
      "}\n"
      "_hookc \"$@\"\n";
  return out;
}

std::string fish() {
  std::string out =
      "# hookc completions for fish: save as hookc.fish in ~/.config/fish/completions.\n"
      "complete -c hookc -f\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("complete -c hookc -n __fish_use_subcommand -a {} -d {}\n", command->name,
                       quoted(first_sentence(command->summary)));
  }
  for (const Command* command : all_commands()) {
    const std::string when =
        fmt::format("complete -c hookc -n '__fish_seen_subcommand_from {}'", command->name);
    for (const Option& option : command->options) {
      out += fmt::format("{} -l {}", when, option.name.substr(2));
      if (option.letter != 0) out += fmt::format(" -s {}", option.letter);
      if (!option.value.empty()) {
        out += option.choices.empty() ? " -r -F"
                                      : fmt::format(" -x -a {}", quoted(joined(option.choices)));
      }
      out += fmt::format(" -d {}\n", quoted(first_sentence(option.help)));
    }
    if (command->words == Words::Files) {
      out += when + " -F\n";
    } else if (command->words != Words::None) {
      out += fmt::format("{} -a {}\n", when, quoted(words_of(command->words)));
    }
  }
  return out;
}

Exit run(const Arguments& given) {
  if (given.words.size() != 1)
    return usage_error(given.command, "say for which shell: bash, zsh or fish");
  const std::string_view shell = given.words.front();
  if (shell == "bash") return print(bash());
  if (shell == "zsh") return print(zsh());
  if (shell == "fish") return print(fish());
  return usage_error(given.command, "only bash, zsh and fish have completions");
}

}  // namespace

constinit const Command completions_command = {
    "completions",
    "Print completions for a shell.",
    "bash|zsh|fish",
    "",
    {},
    Words::Shells,
    "  source <(hookc completions bash)\n"
    "  hookc completions zsh > ~/.zfunc/_hookc\n"
    "  hookc completions fish > ~/.config/fish/completions/hookc.fish\n",
    run,
};

}  // namespace hookc::cli
