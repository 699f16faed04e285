// `hookc simulate`: every path of a file's sessions.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/param_values.hpp"
#include "cli/terminal.hpp"
#include "compiler/plan/overview.hpp"
#include "interpreter/simulate/simulate.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view format_words[] = {"text", "json"};
constexpr std::string_view operation_words[] = {"backup", "restore"};

constexpr Option options[] = {
    {"--operation", "OPERATION", "Only paths of a backup, or only those of a restore.",
     operation_words},
    {"--param", "NAME=VALUE", "The value of a param. May be given several times.", {}, 'p'},
    {"--env",
     "NAME",
     "The environment block whose settings apply. Default: all of them, and none.",
     {}},
    {"--all", "", "A row for each path that differs in what runs or in what is held.", {}},
    {"--max-paths",
     "N",
     "Look at no more than N different results (default 20000); what is cut is said.",
     {}},
    {"--format", "FORMAT", "text (the default), or json.", format_words, 'f'},
};

Exit run(const Arguments& given) {
  if (given.words.size() != 1) return usage_error(given.command, "one file is needed");
  auto sources = value_sources(given);
  if (!sources) return usage_error(given.command, sources.error());
  simulate::Bounds bounds;
  if (const auto most = given.value("--max-paths")) {
    const auto [end, error] =
        std::from_chars(most->data(), most->data() + most->size(), bounds.most_results);
    if (error != std::errc{} || end != most->data() + most->size() || bounds.most_results == 0) {
      return usage_error(
          given.command,
          fmt::format("`--max-paths` needs a number above 0, not `{}`", shown(*most)));
    }
  }
  const auto loaded = load_plan(std::string(given.words.front()));
  if (!loaded) return loaded.error();
  const plan::Plan& plan = **loaded;

  const auto environment = given.value("--env");
  auto request =
      simulate::make_request(plan, *std::move(sources),
                             environment ? std::optional<std::string>(*environment) : std::nullopt);
  if (!request) return usage_error(given.command, in_one_line(request.error()));
  const auto only = given.value("--operation");
  request->backup = only != "restore";
  request->restore = only != "backup";
  request->every = given.has("--all");
  request->bounds = bounds;
  const auto document = simulate::simulate(plan, *request);
  if (!document) return fault(shown(document.error()));
  const Exit shown_well =
      print(given.value("--format") == "json"
                ? to_json(*document)
                : safe(to_text(*document, std::clamp<std::size_t>(terminal_width(), 80, 120))));
  const bool fault = std::ranges::any_of(document->simulations,
                                         [](const auto& it) { return !it.untried.empty(); });
  return shown_well == Exit::Ok && fault ? Exit::Findings : shown_well;
}

}  // namespace

constinit const Command simulate_command = {
    "simulate",
    "Show every way a session can go: what runs, and what is held at the end.",
    "[OPTION…] FILE|-",
    "Nothing is run and nobody is asked: the engine that runs sessions is played against every "
    "answer there is. A hook succeeds or fails after all its attempts; an acquire may also time "
    "out, so that nobody knows "
    "what it did, or never start; releases and the operation fail; limits pass; held sessions are "
    "lost; "
    "Ctrl-C comes, or hookc is killed and `hookc recover` goes to work. First the rows in which "
    "one thing goes wrong, then "
    "what only several do together.\n\n"
    "A name with `?` runs where its `when` holds, which nobody can know before. Without --env the "
    "paths of all environments are shown, once where they are the same.\n\n"
    "Exit codes: 0 shown, and nothing can stay held unless its own release fails; 1 the file has "
    "errors, or something "
    "can stay held; 2 wrong use, 3 a file that cannot be read.\n",
    options,
    Words::Files,
    "  hookc simulate orders.hook\n"
    "  hookc simulate --env prod --operation restore orders.hook\n"
    "  hookc simulate --all --format json orders.hook\n",
    run,
};

}  // namespace hookc::cli
