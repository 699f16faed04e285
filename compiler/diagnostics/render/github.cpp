// GitHub Actions: workflow commands, which become annotations, and the summary of a step.
#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

/// A step shows this many annotations of each kind and drops the rest without a word.
constexpr std::size_t max_annotations = 10;
/// GitHub takes 1 MiB; whoever wrote to the same file before us needs some of it.
constexpr std::size_t max_summary = 900 * 1024;

enum Command : std::size_t { ErrorCommand, WarningCommand, NoticeCommand };
constexpr std::array<std::string_view, 3> command_words = {"error", "warning", "notice"};

Command command_of(Severity severity) {
  switch (severity) {
    case Severity::Error: return ErrorCommand;
    case Severity::Warning: return WarningCommand;
    case Severity::Info:
    case Severity::Hint: return NoticeCommand;
  }
  return ErrorCommand;
}

/// The older form of a command, `##[name]text`, is found anywhere in a line: it must not come from
/// a file.
std::string without_commands(std::string text) {
  for (std::size_t at = 0; (at = text.find("##[", at)) != std::string::npos; at += 4)
    text.insert(at + 1, " ");
  return text;
}

}  // namespace

void github(const Report& report, const Options&, std::string& out) {
  Positions positions(report.sources, Unit::CodePoints);
  std::vector<const Diagnostic*> worst;
  worst.reserve(report.findings.size());
  for (const Diagnostic& d : report.findings) worst.push_back(&d);
  std::stable_sort(worst.begin(), worst.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return a->severity < b->severity;
  });

  std::array<std::size_t, 3> used{};
  std::vector<const Diagnostic*> rest;
  for (const Diagnostic* d : worst) {
    const Command command = command_of(d->severity);
    if (used[command] == max_annotations) {
      rest.push_back(d);
      continue;
    }
    ++used[command];
    std::string line = "::";
    line += command_words[command];
    line += ' ';
    if (has_place(report, d->primary.where)) {
      const Location where = d->primary.where;
      const Position begin = positions.at(where.file, where.span.begin);
      const Position end = positions.at(where.file, where.span.end);
      line += "file=";
      append_github_property(line, plain_path(report.sources.path(where.file)));
      fmt::format_to(std::back_inserter(line), ",line={},endLine={}", begin.line, end.line);
      // Columns are taken only within one line, and the end counts as inside.
      if (begin.line == end.line) {
        fmt::format_to(std::back_inserter(line), ",col={},endColumn={}", begin.column,
                       std::max(begin.column, end.column - 1));
      }
      line += ',';
    }
    line += "title=";
    append_github_property(line, fmt::format("{} {}", info(d->code).id, info(d->code).title));
    line += "::";
    append_github_data(line, full_message(*d));
    out += without_commands(std::move(line));
    out += '\n';
  }
  if (rest.empty()) return;
  fmt::format_to(std::back_inserter(out), "{} more not annotated:\n", rest.size());
  for (const Diagnostic* d : rest) {
    // The dash keeps a path that begins with `::` from being read as a command.
    std::string line = "- ";
    append_short(line, report, positions, *d);
    out += without_commands(std::move(line));
    out += '\n';
  }
}

void github_summary(const Report& report, const Options&, std::string& out) {
  Positions positions(report.sources, Unit::CodePoints);
  const std::size_t start = out.size();
  out += "### hookc check\n\n";
  if (report.findings.empty()) {
    fmt::format_to(std::back_inserter(out), "No findings in {} {}.\n", report.checked.size(),
                   report.checked.size() == 1 ? "file" : "files");
    return;
  }
  out += "| severity | code | where | finding |\n| --- | --- | --- | --- |\n";
  std::size_t written = 0;
  for (const Diagnostic& d : report.findings) {
    if (out.size() - start > max_summary) break;
    fmt::format_to(std::back_inserter(out), "| {} | {} | ", to_string(d.severity), info(d.code).id);
    if (has_place(report, d.primary.where)) {
      const Position at = positions.at(d.primary.where.file, d.primary.where.span.begin);
      append_markdown_cell(out, plain_path(report.sources.path(d.primary.where.file)));
      fmt::format_to(std::back_inserter(out), ":{}:{}", at.line, at.column);
    }
    out += " | ";
    append_markdown_cell(out, std::string_view(d.message).substr(0, 2000));
    out += " |\n";
    ++written;
  }
  if (written < report.findings.size()) {
    fmt::format_to(std::back_inserter(out), "\n{} more do not fit here.\n",
                   report.findings.size() - written);
  }
}

}  // namespace hookc::render
