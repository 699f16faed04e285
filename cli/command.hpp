// What a subcommand is. Options are a table, and parsing, help, suggestions and shell completions
// all read it. CLI11 would parse as well, but costs 0.3 ms and 300 KB of relocated code at every
// start, writes no completions and suggests nothing for a misspelt option.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/exit_codes.hpp"

namespace hookc::cli {

struct Option {
  std::string_view name;                      // "--format"
  std::string_view value;                     // "FORMAT"; empty: a flag
  std::string_view help;                      // one or two sentences; wrapped by the help printer
  std::span<const std::string_view> choices;  // the closed set of values, where there is one
  char letter = 0;                            // 'q' for -q; 0: none
};

/// What the words after the options are, for completions.
enum class Words : std::uint8_t { None, Files, Codes, Commands, Shells, Sessions };

struct Arguments;

struct Command {
  std::string_view name;
  std::string_view summary;  // one line for `hookc help`
  std::string_view usage;    // after "hookc NAME"
  std::string_view text;  // paragraphs, separated by empty lines; lines that start with a blank are
                          // kept as they are
  std::span<const Option> options;
  Words words;
  std::string_view examples;  // lines
  Exit (*run)(const Arguments&);
};

/// What was given to one command. Views into argv.
struct Arguments {
  const Command* command = nullptr;
  std::vector<std::pair<const Option*, std::string_view>>
      options;  // in order; a flag has an empty value
  std::vector<std::string_view> words;
  std::span<const std::string_view> raw;  // every word after the command's name, as given
  bool help = false;

  bool has(std::string_view name) const;
  /// The last value given.
  std::optional<std::string_view> value(std::string_view name) const;
  std::vector<std::string_view> values(std::string_view name) const;
};

/// Reads the words after the command's name. `--name value`, `--name=value`, `-x value`; `--` ends
/// the options, a lone `-` is a word. -h and --help are known to every command. The error is a line
/// for the user.
std::expected<Arguments, std::string> parse_arguments(const Command& command,
                                                      std::span<const std::string_view> words);

/// In the order of `hookc help`.
std::span<const Command* const> all_commands();
const Command* find_command(std::string_view name);

/// The help page of one command, and of hookc; `width` in cells.
std::string command_help(const Command& command, std::size_t width = 80);
std::string general_help(std::size_t width = 80);
/// `text` broken at blanks into lines of at most `width` cells, each indented; the first line is
/// not.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width);

/// "error: …" and where to look, on standard error. Gives Exit::Usage.
Exit usage_error(const Command* command, std::string_view message);
/// "error: …" on standard error. Gives Exit::Fault.
Exit fault(std::string_view message);
/// Writes all of `text` to standard output; Exit::Fault with a message where that fails, unless the
/// reader went away.
Exit print(std::string_view text);

}  // namespace hookc::cli
