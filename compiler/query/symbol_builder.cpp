#include "compiler/query/symbol_builder.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "compiler/sema/imports.hpp"

namespace hookc::query {

using sema::ModuleId;
using sema::RefKind;

namespace {

/// The one of `all`, which stand in file order, whose span holds `offset`.
template <typename T>
std::uint32_t around(const std::vector<T>& all, std::uint32_t offset) {
  const auto after =
      std::ranges::upper_bound(all, offset, {}, [](const T& it) { return it.span.begin; });
  if (after == all.begin() || !std::prev(after)->span.contains(offset)) return UINT32_MAX;
  return static_cast<std::uint32_t>(std::prev(after) - all.begin());
}

}  // namespace

SymbolBuilder::SymbolBuilder(const sema::Program& program, const SourceManager& sources)
    : program_(program), sources_(sources), names_(program.modules.size()) {}

void SymbolBuilder::run() {
  const auto count = static_cast<std::uint32_t>(program_.modules.size());
  for (std::uint32_t m = 0; m < count; ++m) declare(ModuleId{m});
  declare_steps();
  for (std::uint32_t m = 0; m < count; ++m) declare_captures(ModuleId{m});
  for (std::uint32_t m = 0; m < count; ++m) use(ModuleId{m});
}

// ---- declarations

SymbolId SymbolBuilder::add(SymbolKind kind, ModuleId module, std::uint32_t index,
                            const ast::Name& name, Span statement, ast::DocComment doc) {
  if (!name) return {};
  const SymbolId id{static_cast<std::uint32_t>(symbols.size())};
  Symbol& made = symbols.emplace_back();
  made.kind = kind;
  made.name = name.text;
  made.standard = program_.modules[module.value].standard;
  const Span bare = without_quotes(text(module), name.span);
  made.declarations.push_back(
      {at(module, bare), at(module, statement), at(module, doc.span), module, index});
  occurs(module, name.span, id, Role::Declaration);
  return id;
}

SymbolId SymbolBuilder::add_shared(Names& all, SymbolKind kind, ModuleId module,
                                   std::uint32_t index, const ast::Name& name, Span statement,
                                   ast::DocComment doc) {
  const SymbolId known = find(all, name.text);
  if (!known.valid()) {
    const SymbolId made = add(kind, module, index, name, statement, doc);
    if (made.valid()) all.emplace(name.text, made);
    return made;
  }
  const Span bare = without_quotes(text(module), name.span);
  symbols[known.value].declarations.push_back(
      {at(module, bare), at(module, statement), at(module, doc.span), module, index});
  occurs(module, name.span, known, Role::Declaration);
  return known;
}

void SymbolBuilder::declare(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  ModuleNames& names = names_[module.value];
  declare_imports(module);
  declare_values(module);
  for (std::uint32_t i = 0; i < file.pods.size(); ++i) {
    const ast::Pod& pod = file.pods[i];
    const SymbolId id = add(SymbolKind::Pod, module, i, pod.name, pod.span, pod.doc);
    names.pod_ids.push_back(id);
    if (id.valid()) names.pods.try_emplace(pod.name.text, id);
  }
  for (std::uint32_t i = 0; i < file.functions.size(); ++i) {
    const ast::Function& function = file.functions[i];
    const SymbolId id =
        add(SymbolKind::Function, module, i, function.name, function.span, function.doc);
    names.function_ids.push_back(id);
    if (id.valid()) names.functions.try_emplace(function.name.text, id);
  }
  declare_templates(module);
  for (std::uint32_t i = 0; i < file.environments.size(); ++i) {
    const ast::Environment& it = file.environments[i];
    add_shared(environments_, SymbolKind::Environment, module, i, it.name, it.span, it.doc);
  }
  for (std::uint32_t i = 0; i < file.tests.size(); ++i) {
    const ast::Test& test = file.tests[i];
    add(SymbolKind::Test, module, i, test.name, test.span, test.doc);
  }
  for (std::uint32_t i = 0; i < file.policies.size(); ++i) {
    const ast::PolicyDecl& policy = file.policies[i];
    if (!policy.name.valid() || file[policy.name].broken) continue;
    const auto parts = file.parts_of(policy.name);
    if (parts.empty() || parts.front().is_splice()) continue;
    add(SymbolKind::Policy, module, i, {parts.front().literal, file[policy.name].span}, policy.span,
        policy.doc);
  }
}

void SymbolBuilder::declare_values(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  Names& values = names_[module.value].values;
  for (std::uint32_t i = 0; i < file.params.size(); ++i) {
    const ast::Param& it = file.params[i];
    const SymbolId id = add_shared(params_, SymbolKind::Param, module, i, it.name, it.span, it.doc);
    if (id.valid()) values.try_emplace(it.name.text, id);
  }
  for (std::uint32_t i = 0; i < file.secrets.size(); ++i) {
    const ast::Secret& it = file.secrets[i];
    const SymbolId id =
        add_shared(secrets_, SymbolKind::Secret, module, i, it.name, it.span, it.doc);
    if (id.valid()) values.try_emplace(it.name.text, id);
  }
}

void SymbolBuilder::declare_templates(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  ModuleNames& names = names_[module.value];
  names.parameters.resize(file.templates.size());
  names.parameter_ids.resize(file.templates.size());
  names.locals.resize(file.templates.size());
  for (std::uint32_t i = 0; i < file.templates.size(); ++i) {
    const ast::Template& it = file.templates[i];
    const SymbolId id = add(SymbolKind::Template, module, i, it.name, it.span, it.doc);
    names.template_ids.push_back(id);
    if (id.valid()) names.templates.try_emplace(it.name.text, id);
    for (std::uint32_t p = 0; p < it.params.size(); ++p) {
      const ast::TemplateParam& param = it.params[p];
      const SymbolId made = add(SymbolKind::TemplateParam, module, p, param.name, param.span, {});
      names.parameter_ids[i].push_back(made);
      if (!made.valid()) continue;
      symbols[made.value].owner = id;
      names.parameters[i].try_emplace(param.name.text, made);
    }
  }
}

void SymbolBuilder::declare_imports(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  for (std::uint32_t i = 0; i < file.imports.size(); ++i) {
    const ast::Import& import = file.imports[i];
    ast::Name name = import.alias;
    if (!name) {
      name.text = sema::last_part(import);
      Span inner = without_quotes(text(module), import.target_span);
      const std::string_view written = text(module).substr(inner.begin, inner.size());
      // An escape in the path hides it.
      const std::size_t last = written.rfind(name.text);
      if (name.text.empty() || last == std::string_view::npos) continue;
      inner.begin += static_cast<std::uint32_t>(last);
      name.span = {inner.begin, inner.begin + static_cast<std::uint32_t>(name.text.size())};
    }
    const SymbolId id = add(SymbolKind::Module, module, i, name, import.span, {});
    if (id.valid()) names_[module.value].imports.try_emplace(name.text, id);
  }
}

void SymbolBuilder::declare_steps() {
  for (std::uint32_t s = 0; s < program_.steps.size(); ++s) {
    const sema::Step& step = program_.steps[s];
    const ast::Module& file = program_.ast(step.module);
    SymbolId id;
    if (step.kind == sema::StepKind::Hook) {
      const ast::Hook& hook = file.hooks[step.index];
      id = add(SymbolKind::Hook, step.module, step.index, hook.name, hook.span, hook.doc);
    } else {
      const ast::Hold& hold = file.holds[step.index];
      id = add(SymbolKind::Hold, step.module, step.index, hold.name, hold.span, hold.doc);
    }
    if (!id.valid()) continue;
    symbols[id.value].step = sema::StepId{s};
    steps_.try_emplace(step.name, id);
  }
}

void SymbolBuilder::declare_captures(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  ModuleNames& names = names_[module.value];
  for (std::uint32_t i = 0; i < file.clauses.size(); ++i) {
    const ast::Clause& clause = file.clauses[i];
    if (clause.kind != ast::ClauseKind::Capture || !clause.name) continue;
    const SymbolId id = add(SymbolKind::Capture, module, i, clause.name, clause.span, {});
    const std::uint32_t inside = template_around(module, clause.span.begin);
    if (inside == UINT32_MAX) {
      names.values.try_emplace(clause.name.text, id);
    } else {
      names.locals[inside].try_emplace(clause.name.text, id);
      symbols[id.value].owner = names.template_ids[inside];
    }
  }
  for (const sema::Capture& capture : program_.captures) {
    if (capture.declared.file != file.file) continue;
    if (template_around(module, capture.declared.span.begin) != UINT32_MAX) continue;
    const SymbolId id = find(names.values, capture.name);
    if (!id.valid() || symbols[id.value].declarations.front().name != capture.declared) continue;
    symbols[id.value].step = capture.step;
  }
}

// ---- uses

void SymbolBuilder::use(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  use_expressions(module);
  use_texts(module);
  for (const ast::Hook& hook : file.hooks) use_action(module, hook.action);
  for (const ast::Hold& hold : file.holds) use_hold(module, hold.body);
  for (const ast::Template& it : file.templates) use_hold(module, it.body);
  for (const ast::Clause& clause : file.clauses) {
    if (clause.kind != ast::ClauseKind::After) continue;
    for (const ast::Name& name : clause.names.in(file.names)) {
      occurs(module, name.span, find(steps_, name.text), Role::Read);
    }
  }
  for (const ast::Environment& environment : file.environments) {
    for (const ast::Setting& setting : environment.settings) {
      occurs(module, setting.name.span, find(params_, setting.name.text), Role::Write);
    }
  }
  for (const ast::Test& test : file.tests) use_test(module, test);
}

void SymbolBuilder::use_expressions(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  for (std::uint32_t i = 0; i < file.exprs.size(); ++i) {
    const ast::Expr& e = file.exprs[i];
    if (e.kind == ast::ExprKind::Name) {
      if (!e.text.empty()) occurs(module, e.span, meaning(module, i), Role::Read);
    } else if (e.kind == ast::ExprKind::String) {
      occurs(module, e.span, thing(program_.modules[module.value].refs[i]), Role::Read);
    } else if (e.kind == ast::ExprKind::Call && e.text == "hook") {
      const auto arguments = file.children(e);
      if (arguments.size() != 1 || file[arguments[0]].kind != ast::ExprKind::String) continue;
      const auto name = ast::literal_text(file, file[arguments[0]].text_id);
      if (name) occurs(module, file[arguments[0]].span, find(steps_, *name), Role::Read);
    }
  }
}

SymbolId SymbolBuilder::meaning(ModuleId module, std::uint32_t expr) {
  const sema::Ref ref = program_.modules[module.value].refs[expr];
  const ast::Expr& name = program_.ast(module).exprs[expr];
  switch (ref.kind) {
    case RefKind::Param: return find(params_, program_.params[ref.index].name);
    case RefKind::Secret: return find(secrets_, program_.secrets[ref.index].name);
    case RefKind::TemplateParam: return parameter(module, name.span.begin, ref.index);
    case RefKind::Pod:
    case RefKind::Function: return thing(ref);
    case RefKind::Capture:
    case RefKind::LocalCapture:
    case RefKind::None: return unresolved(module, name);
    case RefKind::ClusterName:
    case RefKind::Fact:
    case RefKind::Builtin: return {};
  }
  return {};
}

/// By the rules of sema: a template's body sees its own names only, a policy none.
SymbolId SymbolBuilder::unresolved(ModuleId module, const ast::Expr& name) {
  const ModuleNames& names = names_[module.value];
  const std::uint32_t inside = template_around(module, name.span.begin);
  SymbolId found;
  if (inside != UINT32_MAX) {
    found = find(names.parameters[inside], name.text);
    if (!found.valid()) found = find(names.locals[inside], name.text);
    return found;
  }
  if (in_policy(module, name.span.begin)) return {};
  return find(names.values, name.text);
}

void SymbolBuilder::use_texts(ModuleId module) {
  const ast::Module& file = program_.ast(module);
  const auto& refs = program_.modules[module.value].text_refs;
  for (std::uint32_t i = 0; i < file.texts.size(); ++i) {
    const auto parts = file.parts_of(ast::TextId{i});
    // `${db}` is an expression of its own.
    if (refs[i].kind == RefKind::None || parts.empty() || parts.front().is_splice()) continue;
    const Span span = file.texts[i].span;
    const SymbolId id = refs[i].kind == RefKind::TemplateParam
                            ? parameter(module, span.begin, refs[i].index)
                            : thing(refs[i]);
    occurs(module, span, id, Role::Read);
  }
}

void SymbolBuilder::use_action(ModuleId module, const ast::Action& action) {
  const auto* use = std::get_if<ast::UseAction>(&action.what);
  if (use == nullptr) return;
  ModuleId target = module;
  if (use->module) {
    const SymbolId import = find(names_[module.value].imports, use->module.text);
    if (!import.valid()) return;
    occurs(module, use->module.span, import, Role::Read);
    target =
        program_.modules[module.value].imports[symbols[import.value].declarations.front().index];
    if (!target.valid()) return;
  }
  const ModuleNames& there = names_[target.value];
  const SymbolId used = find(there.templates, use->name.text);
  if (!used.valid()) return;
  occurs(module, use->name.span, used, Role::Read);
  const Names& parameters = there.parameters[symbols[used.value].declarations.front().index];
  for (const ast::Argument& argument : use->arguments.in(program_.ast(module).arguments)) {
    occurs(module, argument.name.span, find(parameters, argument.name.text), Role::Write);
  }
}

void SymbolBuilder::use_hold(ModuleId module, const ast::HoldBody& body) {
  use_action(module, body.acquire);
  for (const ast::Release& release : body.releases) use_action(module, release.action);
  if (body.until_hook) {
    occurs(module, body.until_hook.span, find(steps_, body.until_hook.text), Role::Read);
  }
}

void SymbolBuilder::use_test(ModuleId module, const ast::Test& test) {
  for (const ast::Given& given : test.givens) {
    if (!given.name) continue;
    const auto named = [&](const Names& names, Role role) {
      occurs(module, given.name.span, find(names, given.name.text), role);
    };
    switch (given.kind) {
      case ast::GivenKind::Param: named(params_, Role::Write); break;
      case ast::GivenKind::Crash:
      case ast::GivenKind::Interrupt:
      case ast::GivenKind::Hook:
      case ast::GivenKind::Hold:
      case ast::GivenKind::Release: named(steps_, Role::Read); break;
      case ast::GivenKind::ExecPod: named(names_[module.value].pods, Role::Read); break;
      case ast::GivenKind::ExecFunction: named(names_[module.value].functions, Role::Read); break;
      case ast::GivenKind::Operation:
      case ast::GivenKind::Http:
      case ast::GivenKind::Tcp:
      case ast::GivenKind::Fact: break;
    }
  }
  for (const ast::Expectation& expectation : test.expectations) {
    for (const ast::Name& name : {expectation.name, expectation.other}) {
      occurs(module, name.span, find(steps_, name.text), Role::Read);
    }
  }
}

SymbolId SymbolBuilder::thing(sema::Ref ref) const {
  if (ref.kind == RefKind::Pod) {
    const auto declared = program_.pods[ref.index];
    return names_[declared.module.value].pod_ids[declared.index];
  }
  if (ref.kind == RefKind::Function) {
    const auto declared = program_.functions[ref.index];
    return names_[declared.module.value].function_ids[declared.index];
  }
  return {};
}

SymbolId SymbolBuilder::parameter(ModuleId module, std::uint32_t offset,
                                  std::uint32_t index) const {
  const std::uint32_t inside = template_around(module, offset);
  if (inside == UINT32_MAX) return {};
  return names_[module.value].parameter_ids[inside][index];
}

std::uint32_t SymbolBuilder::template_around(ModuleId module, std::uint32_t offset) const {
  return around(program_.ast(module).templates, offset);
}

bool SymbolBuilder::in_policy(ModuleId module, std::uint32_t offset) const {
  return around(program_.ast(module).policies, offset) != UINT32_MAX;
}

SymbolId SymbolBuilder::find(const Names& names, std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? SymbolId{} : found->second;
}

void SymbolBuilder::occurs(ModuleId module, Span name, SymbolId symbol, Role role) {
  if (!symbol.valid()) return;
  const Span bare = without_quotes(text(module), name);
  if (bare.empty()) return;
  occurrences.push_back({at(module, bare), symbol, bare == name ? Form::Bare : Form::Quoted, role});
}

}  // namespace hookc::query
