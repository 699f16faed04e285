#include "cli/test_reports.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::cli {

namespace {

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::uint32_t line_of(const TestFiles& files, Location where) {
  return files.sources->lines(where.file).line_of(where.span.begin) + 1;
}

void line(std::string& out, std::string_view indent, std::string_view text) {
  out += indent;
  render::append_terminal(out, text);
  out += '\n';
}

void attribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  render::append_xml(out, value);
  out += '"';
}

/// A finding as `check` shows it.
std::string shown(const TestFiles& files, std::span<const Diagnostic> findings,
                  const render::Options& options) {
  std::string text;
  render::text({*files.sources, findings, {}}, options, text);
  return text;
}

std::size_t covered(const TestReport& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.coverage, &runner::CoverageItem::covered));
}

std::size_t percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 100 : part * 100 / whole;
}

void coverage_text(const TestReport& report, std::string& out) {
  const std::size_t all = report.coverage.size();
  if (!out.empty()) out += '\n';
  out += fmt::format("coverage: {} of {} ({}%)\n", covered(report), all,
                     percent(covered(report), all));
  for (const runner::CoverageItem& item : report.coverage) {
    if (item.covered || item.missing.empty()) continue;
    line(out, "  ", fmt::format("{}:{}: {}", item.origin.file, item.origin.line, item.missing));
  }
}

}  // namespace

std::size_t TestReport::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(tests, [](const RanTest& it) { return !it.result.passed(); }));
}

std::size_t TestReport::broken() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(files.files, [](const TestFile& it) { return !it.errors.empty(); }));
}

std::string place(const TestFiles& files, const TestFile& file, const plan::Test& test) {
  return fmt::format("{}:{}", file.path, line_of(files, test.where));
}

std::string tests_summary(const TestReport& report) {
  const std::size_t broken = report.broken();
  const std::string errors =
      broken == 0 ? ""
                  : fmt::format("; {} {} errors and {} not run", counted(broken, "file"),
                                broken == 1 ? "has" : "have", broken == 1 ? "was" : "were");
  const std::string in = counted(report.files.files.size(), "file");
  if (report.tests.empty()) return fmt::format("no tests in {}{}", in, errors);
  return fmt::format("{} in {}: {} passed, {} failed{}", counted(report.tests.size(), "test"), in,
                     report.tests.size() - report.failed(), report.failed(), errors);
}

void tests_text(const TestReport& report, const TestOptions& options, std::string& out) {
  const TestFile* file = nullptr;
  std::vector<Diagnostic> findings;
  for (const RanTest& it : report.tests) {
    if (it.file != file) line(out, "", it.file->path);
    file = it.file;
    const bool passed = it.result.passed();
    const std::string_view mark = options.utf8 ? (passed ? "✓" : "✗") : (passed ? "ok  " : "FAIL");
    line(out, fmt::format("  {} ", mark),
         it.result.runs > 1 ? fmt::format("{} ({} sessions)", it.test->name, it.result.runs)
                            : it.test->name);
    if (options.verbose) {
      for (const std::string& event : it.result.events) line(out, "      ", event);
    }
    findings.insert(findings.end(), it.result.findings.begin(), it.result.findings.end());
  }
  for (const TestFile& broken : report.files.files)
    findings.insert(findings.end(), broken.errors.begin(), broken.errors.end());
  if (!findings.empty()) {
    if (!out.empty()) out += '\n';
    out += shown(report.files, findings, options.render);
  }
  if (report.with_coverage) coverage_text(report, out);
}

void tests_junit(const TestReport& report, const TestOptions& options, std::string& out) {
  const auto back = std::back_inserter(out);
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  fmt::format_to(back,
                 "<testsuites name=\"hookc test\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
                 report.tests.size() + report.broken(), report.failed(), report.broken());
  for (const TestFile& file : report.files.files) {
    std::vector<const RanTest*> tests;
    for (const RanTest& it : report.tests) {
      if (it.file == &file) tests.push_back(&it);
    }
    if (tests.empty() && file.errors.empty()) continue;
    const auto name = render::plain_path(file.path);
    const std::size_t failed = static_cast<std::size_t>(
        std::ranges::count_if(tests, [](const RanTest* it) { return !it->result.passed(); }));
    const std::size_t broken = file.errors.empty() ? 0 : 1;
    out += "  <testsuite";
    attribute(out, "name", name);
    fmt::format_to(back, " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\">\n",
                   tests.size() + broken, failed, broken);
    const auto details = [&](std::string_view element, std::span<const Diagnostic> findings) {
      fmt::format_to(back, "      <{}", element);
      attribute(out, "message", findings.front().message);
      attribute(out, "type", info(findings.front().code).id);
      out += '>';
      render::append_xml(out, shown(report.files, findings, options.render));
      fmt::format_to(back, "</{}>\n", element);
    };
    if (broken > 0) {
      out += "    <testcase";
      attribute(out, "classname", name);
      attribute(out, "name", "check");
      attribute(out, "file", name);
      out += ">\n";
      details("error", file.errors);
      out += "    </testcase>\n";
    }
    for (const RanTest* it : tests) {
      out += "    <testcase";
      attribute(out, "classname", name);
      attribute(out, "name", it->test->name);
      attribute(out, "file", name);
      fmt::format_to(back, " line=\"{}\"", line_of(report.files, it->test->where));
      if (it->result.passed()) {
        out += "/>\n";
        continue;
      }
      out += ">\n";
      details("failure", it->result.findings);
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  out += "</testsuites>\n";
}

void tests_json(const TestReport& report, const TestOptions& options, std::string& out) {
  const auto back = std::back_inserter(out);
  const auto separate = [&, first = true](std::string_view text) mutable {
    if (!first) out += text;
    first = false;
  };
  out += R"({"version":1,"tool":{"name":"hookc","version":)";
  render::append_json(out, options.render.version);
  out += R"(},"tests":[)";
  auto next = separate;
  for (const RanTest& it : report.tests) {
    next(",");
    out += "\n{\"path\":";
    render::append_json(out, it.file->path);
    fmt::format_to(back, R"(,"line":{},"name":)", line_of(report.files, it.test->where));
    render::append_json(out, it.test->name);
    fmt::format_to(back, R"(,"status":"{}","sessions":{},"events":[)",
                   it.result.passed() ? "passed" : "failed", it.result.runs);
    auto next_event = separate;
    for (const std::string& event : it.result.events) {
      next_event(",");
      render::append_json(out, std::string_view(event).substr(event.find_first_not_of(' ')));
    }
    out += R"(],"findings":)";
    render::json_findings({*report.files.sources, it.result.findings, {}}, out);
    out += '}';
  }
  out += R"(],"errors":)";
  std::vector<Diagnostic> errors;
  for (const TestFile& file : report.files.files)
    errors.insert(errors.end(), file.errors.begin(), file.errors.end());
  render::json_findings({*report.files.sources, errors, {}}, out);
  if (report.with_coverage) {
    const std::size_t all = report.coverage.size();
    fmt::format_to(back, R"(,"coverage":{{"covered":{},"all":{},"percent":{},"missing":[)",
                   covered(report), all, percent(covered(report), all));
    auto next_item = separate;
    for (const runner::CoverageItem& item : report.coverage) {
      if (item.covered || item.missing.empty()) continue;
      next_item(",");
      out += "\n{\"path\":";
      render::append_json(out, item.origin.file);
      fmt::format_to(back, R"(,"line":{},"column":{},"text":)", item.origin.line,
                     item.origin.column);
      render::append_json(out, item.missing);
      out += '}';
    }
    out += "]}";
  }
  fmt::format_to(back, R"(,"summary":{{"files":{},"tests":{},"passed":{},"failed":{}}}}})",
                 report.files.files.size(), report.tests.size(),
                 report.tests.size() - report.failed(), report.failed());
  out += '\n';
}

}  // namespace hookc::cli
