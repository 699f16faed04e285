// `hookc test`: the tests in hook files, run in a scripted world.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"
#include "cli/test_reports.hpp"
#include "compiler/values/regex.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view format_words[] = {"text", "junit", "json"};
constexpr std::string_view when_words[] = {"auto", "always", "never"};

constexpr Option options[] = {
    {"--filter",
     "TEXT",
     "Only the tests whose name holds TEXT, or matches it where it is written /regex/.",
     {}},
    {"--list", "", "Print the tests, a line each, and run none.", {}},
    {"--coverage",
     "",
     "Also list the hooks that no test runs, and the outcome paths that no test takes.",
     {}},
    {"--format", "FORMAT", "text (the default), junit, json.", format_words, 'f'},
    {"--color", "WHEN",
     "auto (the default: on a terminal, unless NO_COLOR is set or TERM is dumb), always, never.",
     when_words},
    {"--verbose", "", "Show what happened in each test.", {}, 'v'},
    {"--quiet", "", "No summary on standard error.", {}, 'q'},
};

/// Which tests are wanted, by name.
class Filter {
 public:
  /// The error is a line for the user.
  static std::expected<Filter, std::string> make(std::optional<std::string_view> text) {
    Filter filter;
    if (!text) return filter;
    if (text->size() < 2 || !text->starts_with('/') || !text->ends_with('/')) {
      filter.part_ = *text;
      return filter;
    }
    auto regex = values::Regex::compile(text->substr(1, text->size() - 2));
    if (!regex) return std::unexpected(regex.error().message);
    filter.regex_ = *std::move(regex);
    return filter;
  }
  bool takes(const plan::Test& test) const {
    return regex_ ? regex_->matches(test.name) : test.name.contains(part_);
  }

 private:
  std::string part_;
  std::optional<values::Regex> regex_;
};

/// Coverage of all programs: what several share is covered if one covers it.
void merge(std::vector<runner::CoverageItem>& all, const runner::Coverage& coverage) {
  for (const runner::CoverageItem& item : coverage.items()) {
    const auto known = std::ranges::find_if(all, [&](const runner::CoverageItem& other) {
      return other.origin == item.origin && other.missing == item.missing;
    });
    if (known == all.end()) {
      all.push_back(item);
    } else {
      known->covered = known->covered || item.covered;
    }
  }
}

/// What is missing only because something before it is: one line says both.
void drop_implied(std::vector<runner::CoverageItem>& all) {
  for (runner::CoverageItem& item : all) {
    const bool implied = std::ranges::any_of(all, [&](const runner::CoverageItem& other) {
      return !item.needs.empty() && !other.covered && other.origin == item.origin &&
             other.missing == item.needs;
    });
    if (implied) item.missing.clear();
  }
}

/// The texts of the files below `words`; what cannot be read is said.
std::optional<std::vector<Input>> read_files(std::span<const std::string_view> words) {
  std::vector<std::string> wanted(words.begin(), words.end());
  if (wanted.empty()) wanted.push_back(project_root());
  const FileList found = find_hook_files(wanted);
  std::vector<FileError> errors = found.errors;
  std::vector<Input> inputs;
  for (const std::string& path : found.paths) {
    auto text = read_input(path);
    if (text) {
      inputs.push_back({path == "-" ? "<stdin>" : path, *std::move(text)});
    } else {
      errors.push_back(text.error());
    }
  }
  for (const FileError& error : errors)
    fault(fmt::format("cannot read `{}`: {}", shown(error.path), shown(error.reason)));
  if (!errors.empty()) return std::nullopt;
  return inputs;
}

Exit list(const TestFiles& files, const Filter& filter) {
  std::string out;
  for (const TestFile& file : files.files) {
    for (const plan::Test& test : file.tests) {
      if (filter.takes(test)) out += shown(place(files, file, test) + ": " + test.name) + "\n";
    }
  }
  return print(out);
}

Exit run(const Arguments& given) {
  const std::string_view format = given.value("--format").value_or("text");
  if (format == "junit" && given.has("--coverage"))
    return usage_error(given.command, "JUnit has no place for `--coverage`; text and json have");
  const auto filter = Filter::make(given.value("--filter"));
  if (!filter) {
    return usage_error(given.command, fmt::format("`--filter {}`: {}",
                                                  shown(*given.value("--filter")), filter.error()));
  }
  auto inputs = read_files(given.words);
  if (!inputs) return Exit::Fault;
  const TestFiles files = load_tests(*std::move(inputs));
  const bool any = std::ranges::any_of(files.files, [&](const TestFile& file) {
    return std::ranges::any_of(file.tests, [&](const plan::Test& it) { return filter->takes(it); });
  });
  if (given.has("--filter") && !any) {
    return usage_error(given.command,
                       fmt::format("no test's name matches `{}`; `--list` shows them",
                                   shown(*given.value("--filter"))));
  }
  if (given.has("--list")) return list(files, *filter);

  TestReport report{files, {}, {}, given.has("--coverage")};
  for (const TestFile& file : files.files) {
    if (file.plan == nullptr) continue;
    runner::Coverage coverage(*file.plan);
    for (const plan::Test& test : file.tests) {
      if (filter->takes(test))
        report.tests.push_back({&file, &test, runner::run_test(*file.plan, test, coverage)});
    }
    if (report.with_coverage) merge(report.coverage, coverage);
  }
  drop_implied(report.coverage);

  TestOptions how;
  how.verbose = given.has("--verbose");
  how.utf8 = takes_utf8();
  how.render.color = format == "text" && use_color(given.value("--color").value_or("auto"));
  how.render.width = stdout_is_terminal() ? std::max(terminal_width(), 60U) : 140;
  how.render.version = HOOKC_VERSION;
  std::string out;
  if (format == "junit") {
    tests_junit(report, how, out);
  } else if (format == "json") {
    tests_json(report, how, out);
  } else {
    tests_text(report, how, out);
  }
  if (const Exit printed = print(out); printed != Exit::Ok) return printed;
  if (format == "text" && !given.has("--quiet")) fmt::print(stderr, "{}\n", tests_summary(report));
  return report.failed() + report.broken() > 0 ? Exit::Findings : Exit::Ok;
}

}  // namespace

constinit const Command test_command = {
    "test",
    "Run the tests in hook files, with no network and a clock of their own.",
    "[OPTION…] [PATH…|-]",
    "The `test` statements of each file are run in a scripted world: what a `given` says happens, "
    "everything else succeeds with empty output. Files are found as `hookc check` finds them; the "
    "tests of an imported file are run when it is found itself.\n\n"
    "A test that fails is told like a finding of `hookc check`, at the expectation that does not "
    "hold, with what happened instead.\n\n"
    "Exit codes: 0 every test passed, or there are none; 1 a test failed or a file has errors; 2 "
    "wrong use, or no test matches --filter; 3 a file that cannot be read.\n",
    options,
    Words::Files,
    "  hookc test                                    every test of the project\n"
    "  hookc test orders.hook -v                     one file, with what happened\n"
    "  hookc test --filter pages                     tests with `pages` in their name\n"
    "  hookc test --coverage hooks/                  what no test goes through\n"
    "  hookc test --format junit > tests.xml         for a CI server\n",
    run,
};

}  // namespace hookc::cli
