#include <algorithm>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/param_values.hpp"
#include "cli/terminal.hpp"
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

Exit run(const Arguments& given) {
  if (given.words.size() != 1) return usage_error(given.command, "one file is needed");
  auto sources = value_sources(given);
  if (!sources) return usage_error(given.command, sources.error());
  sources->environment = given.value("--env").value_or("");
  const auto loaded = load_plan(std::string(given.words.front()));
  if (!loaded) return loaded.error();
  const auto values = plan::choose_values(**loaded, *sources);
  if (!values) return usage_error(given.command, in_one_line(values.error()));
  plan::Overview overview = plan::make_overview(**loaded, *values, sources->environment);
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
