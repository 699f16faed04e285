#include "lsp/features/outlook.hpp"

namespace hookc::lsp {

std::optional<Outlook> outlook(const query::Snapshot& snapshot, const std::string& path) {
  const auto program = snapshot.program(path);
  if (!program || program->steps.size() > kMaxSteps) return std::nullopt;
  const auto plan = snapshot.plan(path);
  if (!plan) return std::nullopt;
  const auto values = plan::choose_values(**plan, {});
  if (!values) return std::nullopt;
  return Outlook{program, *plan, plan::make_overview(**plan, *values, "")};
}

std::vector<StepHere> steps_here(const Outlook& outlook) {
  std::vector<StepHere> found;
  const sema::Program& program = *outlook.program;
  const ast::Module& root = *program.modules.front().ast;
  for (const plan::OperationOverview& operation : outlook.overview.operations) {
    for (const auto* side : {&operation.pre, &operation.post}) {
      for (const auto& group : *side) {
        for (const plan::StepOverview& step : group) {
          const sema::Step& source = program.steps[step.id];  // a plan's steps are the program's
          if (source.module.value != 0) continue;
          const bool hold = source.kind == sema::StepKind::Hold;
          found.push_back({&step, &source, &operation, hold ? nullptr : &root.hooks[source.index],
                           hold ? &root.holds[source.index] : nullptr});
        }
      }
    }
  }
  return found;
}

}  // namespace hookc::lsp
