#include "compiler/checks/rules.hpp"

namespace hookc::checks {

void check_unbounded_holds(const sema::Program& program, const SourceManager& sources,
                           Diagnostics& diagnostics) {
  (void)sources;
  for (const sema::Step& step : program.steps) {
    if (step.kind != sema::StepKind::Hold || step.at_most.valid()) continue;
    const ast::Hold& hold = program.ast(step.module).holds[step.index];
    const Span at = hold.name ? hold.name.span : hold.keyword.to(hold.operation_span);
    const std::string_view operation =
        step.operation == ast::Operation::Backup ? "backup" : "restore";
    diagnostics
        .add(Code::HK7005, program.ast(step.module).at(at),
             "this hold has no limit: it holds as long as the {} runs", operation)
        .label("no `at most`")
        .help(fmt::format(
            "say how long it may hold: `at most 10m` releases it even if the {} still runs",
            operation));
  }
}

}  // namespace hookc::checks
