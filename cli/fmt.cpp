#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.hpp"
#include "cli/diff.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"
#include "compiler/diagnostics/render/render.hpp"
#include "compiler/format/format.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view when_words[] = {"auto", "always", "never"};

constexpr Option options[] = {
    {"--check",
     "",
     "Write nothing: print the names of the files that would change, and end with 1 if there are "
     "any.",
     {}},
    {"--diff",
     "",
     "Write nothing: print the changes as a patch, and end with 1 if there are any.",
     {}},
    {"--files-from",
     "FILE",
     "Take paths from FILE too, one a line or separated by NUL; - is standard input.",
     {}},
    {"--stdin-filename",
     "NAME",
     "The name under which standard input is reported. Default: <stdin>.",
     {}},
    {"--color", "WHEN",
     "For findings: auto (the default: on a terminal, unless NO_COLOR is set or TERM is dumb), "
     "always, never.",
     when_words},
    {"--quiet", "", "No summary on standard error.", {}, 'q'},
};

/// What became of all the files.
struct Tally {
  std::size_t changed = 0;
  std::size_t unchanged = 0;
  std::size_t broken = 0;
  bool fault = false;

  void cannot(std::string_view verb, const FileError& error) {
    cli::fault(fmt::format("cannot {} `{}`: {}", verb, shown(error.path), shown(error.reason)));
    fault = true;
  }
};

/// One file's syntax findings, on standard error: standard output may be taken by a formatted text.
void print_findings(const SourceManager& sources, FileId file, Diagnostics diagnostics,
                    bool color) {
  diagnostics.sort();
  render::Options render_options;
  render_options.color = color;
  const std::vector<Diagnostic> findings = std::move(diagnostics).take();
  std::string out;
  const FileId checked[] = {file};
  render::write(render::Format::Text, {sources, findings, checked}, render_options, out);
  std::fwrite(out.data(), 1, out.size(), stderr);
}

/// Formats one file; what is to be printed goes to `out`.
void format_one(const std::string& path, const Arguments& given, std::string& out, Tally& tally) {
  auto input = read_input(path);
  if (!input) return tally.cannot("read", input.error());
  const bool standard_input = path == "-";
  const std::string name =
      standard_input ? std::string(given.value("--stdin-filename").value_or("<stdin>")) : path;

  SourceManager sources;
  Diagnostics diagnostics;
  const FileId file = sources.add(name, std::move(*input));
  const syntax::SyntaxTree tree = syntax::parse(sources, file, diagnostics);
  const std::optional<std::string> formatted = format(sources, tree);
  if (!formatted) {
    ++tally.broken;
    return print_findings(sources, file, std::move(diagnostics),
                          use_color(given.value("--color").value_or("auto")));
  }

  const std::string_view text = sources.text(file);
  const bool changes = *formatted != text;
  ++(changes ? tally.changed : tally.unchanged);
  if (given.has("--diff")) {
    if (changes) out += unified_diff(name, text, *formatted);
  } else if (given.has("--check")) {
    if (changes) out += name + '\n';
  } else if (standard_input) {
    out += *formatted;
  } else if (changes) {
    if (auto done = replace_file(path, *formatted); !done) tally.cannot("write", done.error());
  }
}

void print_summary(const Tally& tally, bool writes) {
  std::string line;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count == 0) return;
    line += fmt::format("{}{} {} {}", line.empty() ? "" : ", ", count,
                        count == 1 ? "file" : "files", what);
  };
  add(tally.changed, writes ? "formatted" : "would change");
  add(tally.unchanged, "unchanged");
  add(tally.broken, "with mistakes left alone");
  if (tally.changed + tally.broken > 0) fmt::print(stderr, "{}\n", line);
}

Exit run(const Arguments& given) {
  Tally tally;
  std::vector<std::string> wanted(given.words.begin(), given.words.end());
  for (const std::string_view list : given.values("--files-from")) {
    auto text = read_input(std::string(list));
    if (!text) {
      tally.cannot("read", text.error());
      return Exit::Fault;
    }
    for (std::string& path : split_paths(*text)) wanted.push_back(std::move(path));
  }
  if (wanted.empty() && !given.has("--files-from")) wanted.push_back(project_root());
  const FileList found = find_hook_files(wanted);
  for (const FileError& error : found.errors) tally.cannot("read", error);

  std::string out;
  bool filter = false;  // standard input to standard output
  const bool writes = !given.has("--check") && !given.has("--diff");
  for (const std::string& path : found.paths) {
    format_one(path, given, out, tally);
    filter = filter || (path == "-" && writes);
  }
  const Exit printed = print(out);
  if (!given.has("--quiet") && !filter) print_summary(tally, writes);
  if (tally.fault || printed != Exit::Ok) return Exit::Fault;
  return tally.broken > 0 || (tally.changed > 0 && !writes) ? Exit::Findings : Exit::Ok;
}

}  // namespace

constinit const Command fmt_command = {
    "fmt",
    "Write hook files in the one layout.",
    "[OPTION…] [PATH…|-]",
    "Which files: as `hookc check` takes them. A file is replaced at once or not at all; one that "
    "is well already is "
    "not touched, nor is one with a mistake in its syntax: that is reported, and the other files "
    "are still done. A - "
    "writes standard input, formatted, to standard output.\n\n"
    "There are no settings. Comments are kept, texts are not changed, line ends become LF. Whether "
    "a short hook "
    "stands on one line or on several is the writer's choice.\n\n"
    "Exit codes: 0 all is well, 1 a file with a mistake, or with --check or --diff one that would "
    "change, 2 wrong use, "
    "3 a file that cannot be read or written.\n",
    options,
    Words::Files,
    "  hookc fmt                                     every hook file of the project\n"
    "  hookc fmt --check                             for a pull request\n"
    "  hookc fmt --diff prod.hook                    what would change\n"
    "  hookc fmt - < a.hook                          as a filter, for editors\n",
    run,
};

}  // namespace hookc::cli
