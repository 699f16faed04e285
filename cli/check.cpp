#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/diff.hpp"
#include "cli/files.hpp"
#include "cli/fix.hpp"
#include "cli/terminal.hpp"
#include "compiler/diagnostics/explain/explain.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/render.hpp"

namespace hookc::cli {

namespace {

using render::Format;

constexpr std::string_view when_words[] = {"auto", "always", "never"};
constexpr std::string_view level_words[] = {"error", "warning", "info", "hint", "never"};
constexpr std::string_view show_words[] = {"error", "warning", "info", "hint"};

constexpr Option options[] = {
    {"--format", "FORMAT",
     "How findings are printed: text (the default), short (a line each), json, sarif, github, "
     "gitlab, junit, "
     "checkstyle, rdjsonl.",
     render::format_names, 'f'},
    {"--fail-level", "LEVEL",
     "The mildest severity that makes the exit code 1: error (the default), warning, info, hint, "
     "or never.",
     level_words},
    {"--show", "LEVEL",
     "The mildest severity that is printed: error, warning (the default), info, hint. Milder ones "
     "are only counted.",
     show_words},
    {"--max-findings",
     "N",
     "Print at most N findings. Default: 100 on a terminal in the formats for people, else all. "
     "The exit code does not "
     "depend on it.",
     {}},
    {"--fix", "", "Write the fixes that are certain into the files, then report what is left.", {}},
    {"--diff",
     "",
     "With --fix: print the fixes as a patch, write nothing, and end with 1 if there are any.",
     {}},
    {"--files-from",
     "FILE",
     "Take paths from FILE too, one a line or separated by NUL; - is standard input.",
     {}},
    {"--list-files", "", "Print the files that would be checked, and stop.", {}},
    {"--stdin-filename",
     "NAME",
     "The name under which standard input is reported. Default: <stdin>.",
     {}},
    {"--color", "WHEN",
     "auto (the default: on a terminal, unless NO_COLOR is set or TERM is dumb), always, never.",
     when_words},
    {"--quiet", "", "No summary on standard error.", {}, 'q'},
};

/// Says what cannot be read; true if there was anything.
bool report_unreadable(const std::vector<FileError>& errors) {
  for (const FileError& error : errors) {
    fault(fmt::format("cannot read `{}`: {}", shown(error.path), shown(error.reason)));
  }
  return !errors.empty();
}

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

/// "2 errors, 1 warning in 3 files", where more is told, and how many findings are not printed:
/// beyond the limit, milder than --show, silenced by comments.
void print_summary(std::span<const Diagnostic> findings, std::size_t files, std::size_t hidden,
                   std::size_t milder, std::size_t suppressed) {
  std::size_t counts[4] = {};
  for (const Diagnostic& d : findings) ++counts[static_cast<std::size_t>(d.severity)];
  std::string line;
  for (const Severity severity :
       {Severity::Error, Severity::Warning, Severity::Info, Severity::Hint}) {
    const std::size_t count = counts[static_cast<std::size_t>(severity)];
    if (count == 0) continue;
    if (!line.empty()) line += ", ";
    line += severity == Severity::Info ? fmt::format("{} info", count)
                                       : counted(count, to_string(severity));
  }
  if (line.empty()) line = "no findings";
  std::string more = milder == 0 ? "" : fmt::format(" ({} milder not shown: --show info)", milder);
  if (suppressed > 0) more += fmt::format(" ({} silenced by comments)", suppressed);
  fmt::print(stderr, "{} in {}{}\n", line, counted(files, "file"), more);
  if (hidden > 0)
    fmt::print(stderr, "{} more not shown; --max-findings {} shows all\n", hidden, findings.size());
  if (!findings.empty())
    fmt::print(stderr, "`hookc explain {}` tells more\n", info(findings.front().code).id);
}

/// The full list for the page of a step on GitHub Actions.
bool append_step_summary(const render::Report& report, const render::Options& render_options) {
  const char* const path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return true;
  std::string text;
  render::github_summary(report, render_options, text);
  std::FILE* const file = std::fopen(path, "ae");
  if (file == nullptr) {
    fault(
        fmt::format("cannot write the step's summary `{}`: {}", shown(path), std::strerror(errno)));
    return false;
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return (std::fclose(file) == 0) && written;
}

/// Prints the patch, or writes the fixed texts and replaces `inputs` by them.
Exit fix(std::vector<Input>& inputs, const std::vector<std::string>& paths, bool diff, bool quiet) {
  Fixed fixed = apply_fixes(inputs);
  std::string patch;
  std::size_t changed = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (fixed.inputs[i].text == inputs[i].text) continue;
    ++changed;
    if (diff) {
      patch += unified_diff(inputs[i].path, inputs[i].text, fixed.inputs[i].text);
    } else if (auto done = replace_file(paths[i], fixed.inputs[i].text); !done) {
      return fault(
          fmt::format("cannot write `{}`: {}", shown(done.error().path), done.error().reason));
    }
  }
  if (!quiet) {
    const std::string_view verb = diff ? "would be made" : "made";
    fmt::print(stderr, "{} {} {} in {}\n", fixed.applied, fixed.applied == 1 ? "fix" : "fixes",
               verb, counted(changed, "file"));
  }
  if (diff) {
    const Exit printed = print(patch);
    return printed == Exit::Ok && changed > 0 ? Exit::Findings : printed;
  }
  inputs = std::move(fixed.inputs);
  return Exit::Ok;
}

std::optional<std::size_t> to_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Exit run(const Arguments& given) {
  const Format format = *render::find_format(given.value("--format").value_or("text"));
  const bool for_people = format == Format::Text || format == Format::Short;
  const bool quiet = given.has("--quiet") || !for_people;
  std::size_t limit = for_people && stdout_is_terminal() ? 100 : SIZE_MAX;
  if (const auto text = given.value("--max-findings")) {
    const auto number = to_number(*text);
    if (!number) {
      return usage_error(given.command,
                         fmt::format("`--max-findings` needs a number, not `{}`", shown(*text)));
    }
    limit = *number;
  }
  if (given.has("--diff") && !given.has("--fix")) {
    return usage_error(given.command, "`--diff` goes with `--fix`: `hookc check --fix --diff`");
  }
  const std::string_view level = given.value("--fail-level").value_or("error");

  // Which files.
  std::vector<std::string> wanted(given.words.begin(), given.words.end());
  for (const std::string_view list : given.values("--files-from")) {
    auto text = read_input(std::string(list));
    if (!text) {
      report_unreadable({text.error()});
      return Exit::Fault;
    }
    for (std::string& path : split_paths(*text)) wanted.push_back(std::move(path));
    // A list with nothing on it, as a commit that touched no hook gives: nothing is wrong.
  }
  if (wanted.empty() && !given.has("--files-from")) wanted.push_back(project_root());
  const FileList found = find_hook_files(wanted);
  bool unreadable = report_unreadable(found.errors);
  const std::string stdin_name(given.value("--stdin-filename").value_or("<stdin>"));
  if (given.has("--list-files")) {
    std::string list;
    for (const std::string& path : found.paths) list += (path == "-" ? stdin_name : path) + "\n";
    const Exit printed = print(list);
    return unreadable ? Exit::Fault : printed;
  }

  // Their texts.
  std::vector<Input> inputs;
  std::vector<std::string> paths;
  for (const std::string& path : found.paths) {
    auto text = read_input(path);
    if (!text) {
      unreadable = report_unreadable({text.error()}) || unreadable;
      continue;
    }
    inputs.push_back({path == "-" ? stdin_name : path, std::move(*text)});
    paths.push_back(path);
  }
  if (given.has("--fix")) {
    const bool diff = given.has("--diff");
    if (!diff && std::find(paths.begin(), paths.end(), "-") != paths.end()) {
      return usage_error(given.command,
                         "`--fix` cannot write standard input; `--fix --diff` prints a patch");
    }
    const Exit done = fix(inputs, paths, diff, quiet);
    if (diff || done != Exit::Ok) return unreadable ? Exit::Fault : done;
  }

  const std::size_t files = inputs.size();
  Analysis analysis = analyze(std::move(inputs));

  // The report.
  render::Options render_options;
  render_options.color = for_people && use_color(given.value("--color").value_or("auto"));
  render_options.width = stdout_is_terminal() ? std::max(terminal_width(), 60U) : 140;
  render_options.version = HOOKC_VERSION;
  render_options.docs_url = HOOKC_DOCS_URL;
  render_options.explain = explain_page;
  // A level that fails is a level that is shown.
  Severity show = Severity::Warning;
  for (const Severity severity :
       {Severity::Error, Severity::Warning, Severity::Info, Severity::Hint}) {
    if (level == to_string(severity)) {
      render_options.fail_level = severity;
      if (!given.has("--show")) show = std::max(show, severity);
    }
    if (given.value("--show") == to_string(severity)) show = severity;
  }
  const bool failed =
      level != "never" && std::ranges::any_of(analysis.findings, [&](const Diagnostic& d) {
        return d.severity <= render_options.fail_level;
      });
  const std::size_t found_in_all = analysis.findings.size();
  std::erase_if(analysis.findings, [&](const Diagnostic& d) { return d.severity > show; });
  const std::span<const Diagnostic> all(analysis.findings);
  const std::size_t milder = found_in_all - all.size();
  const std::size_t shown_count = std::min(limit, all.size());
  std::string out;
  render::write(format, {*analysis.sources, all.first(shown_count), analysis.checked},
                render_options, out);
  if (format == Format::Github) {
    unreadable = !append_step_summary({*analysis.sources, all, analysis.checked}, render_options) ||
                 unreadable;
  }
  const Exit printed = print(out);
  if (!quiet && (files > 0 || !unreadable)) {
    print_summary(all, files, all.size() - shown_count, milder, analysis.suppressed);
  }

  if (unreadable || printed != Exit::Ok) return Exit::Fault;
  return failed ? Exit::Findings : Exit::Ok;
}

}  // namespace

constinit const Command check_command = {
    "check",
    "Find everything that is wrong with hook files without running them.",
    "[OPTION…] [PATH…|-]",
    "A file is checked whatever its name; of a directory every *.hook file below it, save what "
    ".gitignore leaves out. "
    "Links to directories are not followed. Without a PATH it is every *.hook file of the project: "
    "below the nearest "
    "directory, from here upwards, that holds hookc.toml or .git; below the working directory "
    "where there is none. A "
    "- is standard input.\n\n"
    "Findings go to standard output, sorted by path and place; the summary goes to standard error. "
    "Columns count "
    "characters from 1. Every format is complete and valid with no findings, too.\n\n"
    "Exit codes: 0 nothing at or above --fail-level, 1 findings, 2 wrong use, 3 a file that cannot "
    "be read.\n",
    options,
    Words::Files,
    "  hookc check                                   every hook file of the project\n"
    "  hookc check hooks/ prod.hook                  a directory and a file\n"
    "  hookc check --fix --diff                      the certain fixes, as a patch\n"
    "  hookc check --format sarif > hooks.sarif      for code scanning\n"
    "  hookc check --format github                   annotations on a pull request\n"
    "  git diff --cached --name-only -z -- '*.hook' | hookc check --files-from -\n"
    "  hookc check --stdin-filename a.hook - < a.hook\n",
    run,
};

}  // namespace hookc::cli
