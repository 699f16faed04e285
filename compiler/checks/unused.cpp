#include <vector>

#include "compiler/checks/rules.hpp"

namespace hookc::checks {

void check_unused(const sema::Program& program, const SourceManager& sources,
                  Diagnostics& diagnostics) {
  (void)sources;
  std::vector<bool> params(program.params.size()), secrets(program.secrets.size()),
      pods(program.pods.size());
  const auto mark = [&](const sema::Ref& ref) {
    if (ref.kind == sema::RefKind::Param) params[ref.index] = true;
    if (ref.kind == sema::RefKind::Secret) secrets[ref.index] = true;
    if (ref.kind == sema::RefKind::Pod) pods[ref.index] = true;
  };
  for (const sema::ModuleInfo& module : program.modules) {
    for (const sema::Ref& ref : module.refs) mark(ref);
    for (const sema::Ref& ref : module.text_refs) mark(ref);
  }
  const sema::ModuleId root{0};
  const ast::Module& file = program.ast(root);
  // A file that runs nothing is a library: its params are for those who import it.
  if (program.steps.empty()) return;
  const auto report = [&](std::string_view what, const ast::Name& name) {
    diagnostics.add(Code::HK1005, file.at(name.span), "{} `{}` is never used", what, name.text)
        .label("declared here, read nowhere")
        .help(fmt::format("remove the {}, or use it", what));
  };
  for (std::size_t i = 0; i < program.params.size(); ++i) {
    const auto& declared = program.params[i].declarations;
    if (!params[i] && !declared.empty() && declared[0].module == root)
      report("param", file.params[declared[0].index].name);
  }
  for (std::size_t i = 0; i < program.secrets.size(); ++i) {
    const auto& declared = program.secrets[i].declarations;
    if (!secrets[i] && !declared.empty() && declared[0].module == root)
      report("secret", file.secrets[declared[0].index].name);
  }
  for (std::size_t i = 0; i < program.pods.size(); ++i) {
    if (!pods[i] && program.pods[i].module == root)
      report("pod", file.pods[program.pods[i].index].name);
  }
}

}  // namespace hookc::checks
