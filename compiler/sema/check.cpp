#include "compiler/sema/check.hpp"

#include <algorithm>

#include "compiler/sema/checker.hpp"

namespace hookc::sema {

Program check(std::shared_ptr<const ast::Module> root, const SourceManager& sources, Loader& loader,
              Diagnostics& diagnostics) {
  Diagnostics found;
  Program program = Checker(sources, loader, found).run(std::move(root));
  // What is wrong inside a standard module is no business of its users: our own tests check them as
  // root files.
  std::vector<FileId> standard;
  for (const ModuleInfo& module : program.modules) {
    if (module.standard) standard.push_back(module.ast->file);
  }
  for (Diagnostic& d : std::move(found).take()) {
    const bool ours =
        std::find(standard.begin(), standard.end(), d.primary.where.file) != standard.end();
    if (ours && d.code != Code::HK1017) continue;
    program.has_errors = program.has_errors || d.severity == Severity::Error;
    diagnostics.add_text(d.code, d.primary.where, {}) = std::move(d);
  }
  return program;
}

Program Checker::run(std::shared_ptr<const ast::Module> root) {
  load_modules(std::move(root));
  declare_all();
  find_template_cycles();
  open_steps();
  order_all();
  const auto count = static_cast<std::uint32_t>(program_.modules.size());
  for (std::uint32_t m = 0; m < count; ++m) {
    const ModuleId module{m};
    check_declarations(module);
    for (std::uint32_t i = 0; i < ast(module).templates.size(); ++i) check_template({module, i});
  }
  check_steps();
  for (std::uint32_t m = 0; m < count; ++m) {
    check_policies(ModuleId{m});
    check_tests(ModuleId{m});
    program_.has_errors = program_.has_errors || is_broken(ast(ModuleId{m}));
  }
  return std::move(program_);
}

bool Checker::is_broken(const ast::Module& module) const {
  const auto broken = [](const ast::Statement& statement) {
    return statement.kind == ast::StatementKind::Broken;
  };
  return std::any_of(module.statements.begin(), module.statements.end(), broken) ||
         std::any_of(module.groups.begin(), module.groups.end(),
                     [&](const ast::Together& group) {
                       return std::any_of(group.members.begin(), group.members.end(), broken);
                     }) ||
         std::any_of(module.exprs.begin(), module.exprs.end(),
                     [](const ast::Expr& e) { return e.kind == ast::ExprKind::Error; }) ||
         std::any_of(module.texts.begin(), module.texts.end(),
                     [](const ast::Text& text) { return text.broken; });
}

}  // namespace hookc::sema
