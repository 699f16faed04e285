#include <vector>

#include "compiler/checks/rules.hpp"

namespace hookc::checks {

namespace {

bool fails_session(const sema::Program& program, const sema::Step& step) {
  for (const sema::ScopedClause& scoped : step.body.clauses) {
    const ast::Clause& clause = program.clause(scoped);
    if (clause.kind == ast::ClauseKind::OnError) return clause.on_error == ast::OnError::Fail;
  }
  return true;
}

}  // namespace

void check_unread_failure(const sema::Program& program, const SourceManager& sources,
                          Diagnostics& diagnostics) {
  (void)sources;
  // Which steps' status is read at all: sema lets only later hooks of the same operation read it.
  std::vector<bool> read(program.steps.size());
  for (const sema::ModuleInfo& module : program.modules) {
    for (const sema::Ref& ref : module.refs) {
      if (ref.kind == sema::RefKind::Fact &&
          static_cast<sema::Fact>(ref.index) == sema::Fact::HookStatus && ref.other < read.size()) {
        read[ref.other] = true;
      }
    }
  }
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    const sema::Step& step = program.steps[s];
    if (step.kind != sema::StepKind::Hook || step.side != ast::Side::Post || read[s]) continue;
    if (!fails_session(program, step)) continue;
    const ast::Hook& hook = program.ast(step.module).hooks[step.index];
    const std::string_view operation =
        step.operation == ast::Operation::Backup ? "backup" : "restore";
    const Span at = hook.name ? hook.name.span : hook.side_span.to(hook.operation_span);
    Diagnostic& d = diagnostics
                        .add(Code::HK7004, program.ast(step.module).at(at),
                             "if this post hook fails, no later hook tells anybody")
                        .label("its failure fails the session, after the outcome is fixed");
    if (step.name.empty()) {
      d.help(
          "`on error warn` if its failure does not matter; else name it and let a later hook read "
          "its status");
    } else {
      d.help(
          fmt::format("`on error warn` if its failure does not matter; else add a later `post {}` "
                      "hook with `when "
                      "hook(\"{}\").status == \"Failed\"`",
                      operation, step.name));
    }
  }
}

}  // namespace hookc::checks
