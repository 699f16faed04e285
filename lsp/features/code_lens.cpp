#include "lsp/features/code_lens.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"
#include "lsp/features/outlook.hpp"

namespace hookc::lsp {
namespace {

/// "held at most 16m20s", "held as long as the backup".
std::string held_time(const plan::OperationOverview& operation, std::uint32_t step) {
  for (const plan::HoldTime& held : operation.held) {
    if (held.step != step) continue;
    if (!held.unbounded.empty()) return "held " + held.unbounded;
    if (held.time.longest.ms)
      return "held at most " + values::format_duration(*held.time.longest.ms);
  }
  return "";
}

}  // namespace

std::vector<CodeLens> code_lenses(const query::Snapshot& snapshot, const std::string& path) {
  std::vector<CodeLens> lenses;
  const auto module = snapshot.module(path);
  if (!module) return lenses;
  const auto known = outlook(snapshot, path);
  if (known && !known->overview.operations.empty() && !module->statements.empty()) {
    const Span first = module->statements.front().span;
    lenses.push_back({first, "dry run: the plan", "hookc.plan", ""});
    lenses.push_back({first, "every outcome", "hookc.simulate", ""});
    if (!module->tests.empty()) lenses.push_back({first, "run all tests", "hookc.test", ""});
  }
  if (known) {
    for (const StepHere& here : steps_here(*known)) {
      if (here.hold == nullptr) continue;
      const std::string held = held_time(*here.operation, here.step->id);
      if (!held.empty()) lenses.push_back({here.hold->span, held, "hookc.plan", ""});
      if (here.step->release && !here.step->release->action.empty()) {
        lenses.push_back({here.hold->span, "released by " + here.step->release->action.front(),
                          "hookc.simulate", ""});
      }
    }
  }
  for (const ast::Test& test : module->tests) {
    lenses.push_back({test.span, "run this test", "hookc.test", std::string(test.name.text)});
  }
  std::ranges::stable_sort(lenses, {}, [](const CodeLens& it) { return it.span.begin; });
  return lenses;
}

}  // namespace hookc::lsp
