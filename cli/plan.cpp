#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/plan/overview.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view format_words[] = {"text", "json"};
constexpr std::string_view operation_words[] = {"backup", "restore"};

constexpr Option options[] = {
    {"--operation", "OPERATION",
     "Only what runs around a backup, or only what runs around a restore.", operation_words},
    {"--param", "NAME=VALUE", "The value of a param. May be given several times.", {}, 'p'},
    {"--env", "NAME", "The environment block whose settings apply.", {}},
    {"--format", "FORMAT", "text (the default), or json.", format_words, 'f'},
};

std::optional<std::string> variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::string shown(std::string_view text) {
  std::string out;
  render::append_terminal(out, text);
  return out;
}

/// Control characters of commands and params must not reach the terminal; line ends stay.
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

Exit run(const Arguments& given) {
  if (given.words.size() != 1) return usage_error(given.command, "one file is needed");
  plan::ValueSources sources;
  sources.environment = given.value("--env").value_or("");
  sources.variable = variable;
  for (const std::string_view param : given.values("--param")) {
    const std::size_t equals = param.find('=');
    if (equals == param.npos || equals == 0) {
      return usage_error(given.command,
                         fmt::format("`-p` needs NAME=VALUE, not `{}`", shown(param)));
    }
    sources.given.emplace_back(param.substr(0, equals), param.substr(equals + 1));
  }
  const auto loaded = load_plan(std::string(given.words.front()));
  if (!loaded) return loaded.error();
  const auto values = plan::choose_values(**loaded, sources);
  if (!values) {
    std::string problems;
    for (const std::string& problem : values.error()) {
      if (!problems.empty()) problems += "; ";
      problems += shown(problem);
    }
    return usage_error(given.command, problems);
  }
  plan::Overview overview = plan::make_overview(**loaded, *values, sources.environment);
  if (const auto only = given.value("--operation")) {
    std::erase_if(overview.operations,
                  [&](const auto& operation) { return operation.name != *only; });
  }
  return print(given.value("--format") == "json" ? to_json(overview) : safe(to_text(overview)));
}

}  // namespace

constinit const Command plan_command = {
    "plan",
    "Show what would run: where, in which order, and how long at most.",
    "[OPTION…] FILE|-",
    "Nothing is run and no cluster is asked. For each operation: the hooks before it, the releases "
    "of holds, the hooks "
    "after it, each with its place, its limits and the line it comes from; the longest each part "
    "can take, worked out "
    "from timeouts, retries and the waits between; and what to know before a night with it. Params "
    "without a value are "
    "shown as ${name}, secrets always.\n\n"
    "A param takes its value from -p, else from the variable HOOK_PARAM_NAME, else from the "
    "environment block, else from "
    "its default.\n\n"
    "Exit codes: 0 shown, 1 the file has errors, 2 wrong use, 3 a file that cannot be read.\n",
    options,
    Words::Files,
    "  hookc plan orders.hook\n"
    "  hookc plan --env prod --operation restore orders.hook\n"
    "  hookc plan -p attempts=5 --format json orders.hook\n",
    run,
};

}  // namespace hookc::cli
