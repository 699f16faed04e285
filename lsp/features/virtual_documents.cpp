#include "lsp/features/virtual_documents.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/plan/overview.hpp"
#include "compiler/query/ir/ir.hpp"
#include "interpreter/simulate/simulate.hpp"
#include "interpreter/testing/runner/runner.hpp"

namespace hookc::lsp {
namespace {

constexpr std::array<std::string_view, 3> kDocuments = {"plan", "ir", "simulate"};
/// A document's lines are read in half a window.
constexpr std::size_t kWidth = 100;

/// Why there is no plan, for whoever looks at where it would be.
std::string no_plan(const query::Snapshot& snapshot, const std::vector<Diagnostic>& findings) {
  std::string text = "There is nothing to show before these are mended:\n\n";
  for (const Diagnostic& finding : findings) {
    if (finding.severity != Severity::Error) continue;
    const Location where = finding.primary.where;
    text += fmt::format("{}:{}: {}\n", snapshot.sources().path(where.file),
                        snapshot.sources().lines(where.file).line_of(where.span.begin) + 1,
                        finding.message);
  }
  return text;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

bool is_document(std::string_view name) {
  return std::ranges::find(kDocuments, name) != kDocuments.end();
}

std::string document_text(const query::Snapshot& snapshot, const std::string& path,
                          std::string_view name) {
  if (name == "ir") {
    const auto program = snapshot.program(path);
    return program ? ir::dump_program(snapshot.sources(), *program, ir::Format::Text)
                   : "The file cannot be read.\n";
  }
  const auto made = snapshot.plan(path);
  if (!made) return no_plan(snapshot, made.error());
  const plan::Plan& plan = **made;
  if (name == "plan") {
    const auto values = plan::choose_values(plan, {});
    return values ? plan::to_text(plan::make_overview(plan, *values, "")) : joined(values.error());
  }
  const auto request = simulate::make_request(plan, {}, std::nullopt);
  if (!request) return joined(request.error());
  const auto document = simulate::simulate(plan, *request);
  return document ? simulate::to_text(*document, kWidth) : document.error() + "\n";
}

std::expected<std::vector<TestOutcome>, std::string> run_tests(
    const query::Snapshot& snapshot, const std::string& path,
    const std::optional<std::string>& only) {
  const auto plan = snapshot.plan(path);
  if (!plan)
    return std::unexpected("the file has errors; its tests cannot run before they are mended");
  const auto tests = snapshot.tests(path);
  if (!tests) return std::unexpected("a test has errors; it cannot run before they are mended");
  std::vector<TestOutcome> outcomes;
  runner::Coverage coverage(**plan);
  for (const plan::Test& test : *tests) {
    if (only && test.name != *only) continue;
    runner::TestResult result = runner::run_test(**plan, test, coverage);
    outcomes.push_back(
        {test.name, test.where.span, std::move(result.findings), std::move(result.events)});
  }
  if (only && outcomes.empty())
    return std::unexpected(fmt::format("no test is called \"{}\"", *only));
  return outcomes;
}

}  // namespace hookc::lsp
