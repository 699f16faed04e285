// The two XML formats: JUnit and Checkstyle. Both go by file.
#include <algorithm>
#include <iterator>
#include <vector>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

/// A file of the report and its findings; `file` is not valid for findings without a place.
struct FileGroup {
  FileId file;
  std::vector<const Diagnostic*> findings;
};

/// The checked files in their order, then files that only findings name, then findings without a
/// place.
std::vector<FileGroup> by_file(const Report& report) {
  std::vector<FileGroup> groups;
  std::vector<std::size_t> index(report.sources.count() + std::size_t{1}, SIZE_MAX);
  const auto group = [&](FileId file) -> FileGroup& {
    std::size_t& at = index[file.valid() ? file.value : report.sources.count()];
    if (at == SIZE_MAX) {
      at = groups.size();
      groups.push_back({file, {}});
    }
    return groups[at];
  };
  for (const FileId file : report.checked) group(file);
  for (const Diagnostic& d : report.findings) {
    const bool placed = has_place(report, d.primary.where);
    group(placed ? d.primary.where.file : FileId{}).findings.push_back(&d);
  }
  return groups;
}

std::string_view group_name(const Report& report, const FileGroup& group) {
  return group.file.valid() ? plain_path(report.sources.path(group.file)) : "hookc";
}

std::string_view checkstyle_severity(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Info:
    case Severity::Hint: return "info";
  }
  return "error";
}

void attribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  append_xml(out, value);
  out += '"';
}

}  // namespace

void junit(const Report& report, const Options& options, std::string& out) {
  const std::vector<FileGroup> groups = by_file(report);
  const auto failed = [&](const Diagnostic* d) { return d->severity <= options.fail_level; };
  const auto count = [&](const FileGroup& group) {
    return std::pair(std::max<std::size_t>(1, group.findings.size()),
                     static_cast<std::size_t>(
                         std::count_if(group.findings.begin(), group.findings.end(), failed)));
  };
  std::size_t tests = 0;
  std::size_t failures = 0;
  for (const FileGroup& group : groups) {
    tests += count(group).first;
    failures += count(group).second;
  }
  const auto back = std::back_inserter(out);
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  fmt::format_to(back, "<testsuites name=\"hookc\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                 tests, failures);
  Positions positions(report.sources, Unit::CodePoints);
  for (const FileGroup& group : groups) {
    const std::string_view name = group_name(report, group);
    out += "  <testsuite";
    attribute(out, "name", name);
    fmt::format_to(back, " tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
                   count(group).first, count(group).second);
    if (group.findings.empty()) {
      out += "    <testcase";
      attribute(out, "classname", name);
      attribute(out, "name", "check");
      out += "/>\n";
    }
    for (const Diagnostic* d : group.findings) {
      const Position at =
          group.file.valid() ? positions.at(group.file, d->primary.where.span.begin) : Position{};
      out += "    <testcase";
      attribute(out, "classname", name);
      attribute(out, "name", fmt::format("{}:{} {}", at.line, at.column, info(d->code).id));
      attribute(out, "file", name);
      fmt::format_to(back, " line=\"{}\">\n", at.line);
      std::string body;
      append_short(body, report, positions, *d);
      body += full_message(*d).substr(d->message.size());
      if (failed(d)) {
        out += "      <failure";
        attribute(out, "message", d->message);
        attribute(out, "type", to_string(d->severity));
        out += '>';
        append_xml(out, body);
        out += "</failure>\n";
      } else {
        out += "      <system-out>";
        append_xml(out, body);
        out += "</system-out>\n";
      }
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  out += "</testsuites>\n";
}

void checkstyle(const Report& report, const Options&, std::string& out) {
  Positions positions(report.sources, Unit::CodePoints);
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const FileGroup& group : by_file(report)) {
    if (group.findings.empty()) continue;
    out += "  <file";
    attribute(out, "name", group_name(report, group));
    out += ">\n";
    for (const Diagnostic* d : group.findings) {
      const Position at =
          group.file.valid() ? positions.at(group.file, d->primary.where.span.begin) : Position{};
      fmt::format_to(std::back_inserter(out),
                     "    <error line=\"{}\" column=\"{}\" severity=\"{}\"", at.line, at.column,
                     checkstyle_severity(d->severity));
      attribute(out, "message", full_message(*d));
      fmt::format_to(std::back_inserter(out), " source=\"hookc.{}\"/>\n", info(d->code).id);
    }
    out += "  </file>\n";
  }
  out += "</checkstyle>\n";
}

}  // namespace hookc::render
