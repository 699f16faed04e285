// Statements that declare: params, secrets, pods, functions, targets, environments, rules of
// operations, locks.
#include "compiler/sema/checker.hpp"
#include "compiler/values/kubernetes_name.hpp"

namespace hookc::sema {

namespace {

Scope declaration_scope(ModuleId module) {
  Scope scope;
  scope.module = module;
  scope.sink = Sink::Setting;
  return scope;
}

}  // namespace

void Checker::check_declarations(ModuleId module) {
  check_params(module);
  check_pods(module);
  check_functions(module);
  check_environments(module);
  const ast::Module& file = ast(module);
  const Scope scope = declaration_scope(module);
  for (const ast::Target& target : file.targets) {
    check_workload(scope, target.workload);
    check_text(scope.with(Sink::Name), target.namespace_name, TextUse::Label);
  }
  for (const ast::OperationRule& rule : file.operation_rules) {
    expect_bool(scope.with(Sink::Expect).with(Attempt::Operation), rule.succeeds_when,
                "`succeeds when`");
  }
  for (const ast::Exclusive& exclusive : file.exclusives) {
    check_text(scope.with(Sink::Name), exclusive.name, TextUse::Plain);
    check_duration(scope, exclusive.wait, "`wait`");
  }
}

void Checker::check_params(ModuleId module) {
  const ast::Module& file = ast(module);
  for (const ast::Param& param : file.params) {
    check_type(module, param.type, false);
    if (!param.default_value.valid()) continue;
    Scope scope = declaration_scope(module);
    scope.declared_before = param.name.span.begin;
    check_value(scope, param.default_value, {from_ast(param.type), &param.type, module},
                "the default");
  }
  for (const ast::Secret& secret : file.secrets) {
    if (secret.type) check_type(module, *secret.type, false);
    if (secret.source != UINT32_MAX)
      check_source(declaration_scope(module), file.secret_sources[secret.source]);
  }
}

void Checker::check_pods(ModuleId module) {
  const ast::Module& file = ast(module);
  const Scope scope = declaration_scope(module);
  for (const ast::Pod& pod : file.pods) {
    check_text(scope.with(Sink::Name), pod.namespace_name, TextUse::Label);
    check_text(scope.with(Sink::Label), pod.labels, TextUse::Selector);
    if (pod.owner) check_workload(scope, *pod.owner);
    check_text(scope.with(Sink::Name), pod.container, TextUse::Label);
    if (pod.spread) check_spread(scope, *pod.spread);
    for (const Span repeated : pod.repeated) {
      add(Code::HK0006, module, repeated, "`{}` is given twice", text_of(module, repeated))
          .label("given again here")
          .also(at(module, pod.name.span), "of this pod");
    }
    if (pod.labels.valid() && !file[pod.labels].broken && file.parts_of(pod.labels).empty()) {
      add(Code::HK3004, module, file[pod.labels].span, "an empty selector would select every pod")
          .label("selects everything")
          .help("name at least one label: `labels \"app=web\"`");
    }
    if (pod.labels.valid() || pod.owner || !pod.name) continue;
    // Without labels and owner the declaration means the pod of that name.
    if (const auto checked = values::check_name(values::NameRule::Subdomain, pod.name.text);
        !checked) {
      add(Code::HK3003, module, pod.name.span, "{}", checked.error().message)
          .note("without `labels` and `owner` a pod is found by its name");
    }
  }
}

void Checker::check_functions(ModuleId module) {
  const ast::Module& file = ast(module);
  const Scope scope = declaration_scope(module);
  for (const ast::Function& function : file.functions) {
    check_text(scope.with(Sink::Name), function.from_cluster, TextUse::ObjectName);
    check_text(scope.with(Sink::Name), function.image, TextUse::Image);
    check_text(scope.with(Sink::Name), function.namespace_name, TextUse::Label);
    check_text(scope.with(Sink::Name), function.account, TextUse::ObjectName);
    check_text(scope.with(Sink::Number), function.cpu, TextUse::Quantity);
    check_text(scope.with(Sink::Number), function.memory, TextUse::Quantity);
    check_int(scope, function.user, 0, INT32_MAX, "`user`");
    if (function.command.valid()) check_command(scope, {{}, function.command});
    for (const Span repeated : function.repeated) {
      add(Code::HK0006, module, repeated, "`{}` is given twice", text_of(module, repeated))
          .label("given again here")
          .also(at(module, function.name.span), "of this function");
    }
    NameMap<Span> variables;
    for (const ast::EnvVar& variable : function.env) {
      if (variable.name) {
        if (const auto checked = values::check_env_name(variable.name.text); !checked) {
          add(Code::HK3003, module, variable.name.span, "{}", checked.error().message);
        }
        const auto [known, added] = variables.try_emplace(variable.name.text, variable.name.span);
        if (!added) {
          add(Code::HK0006, module, variable.name.span, "`env {}` is given twice",
              variable.name.text)
              .label("given again here")
              .also(at(module, known->second), "first given here");
        }
      }
      if (variable.source != UINT32_MAX) check_source(scope, file.secret_sources[variable.source]);
      if (!variable.value.valid()) continue;
      const Type type = value_of(scope.with(Sink::Open), variable.value);
      if (renders(type.kind)) continue;
      add(Code::HK3009, module, file[variable.value].span, "{} cannot be a variable's value",
          describe(type))
          .label("text expected");
    }
    for (const ast::Volume& volume : function.volumes) {
      if (volume.name) {
        if (const auto checked = values::check_name(values::NameRule::Label, volume.name.text);
            !checked) {
          add(Code::HK3003, module, volume.name.span, "{}", checked.error().message);
        }
      }
      check_text(scope.with(Sink::Name), volume.object, TextUse::ObjectName);
      check_text(scope.with(Sink::Name), volume.path, TextUse::Plain);
      const auto path = volume.path.valid() ? ast::literal_text(file, volume.path) : std::nullopt;
      if (path && !path->starts_with('/')) {
        add(Code::HK3003, module, file[volume.path].span, "a volume is mounted at an absolute path")
            .label("does not begin with `/`");
      }
    }
    if (!function.from_cluster.valid()) {
      if (function.image.valid() || !function.name) continue;
      add(Code::HK2118, module, function.name.span, "function `{}` has no image",
          function.name.text)
          .label("what should run?")
          .help(
              "write `image \"…\"`, or `from cluster \"NAME\"` for a Function that is there "
              "already");
      continue;
    }
    Span foreign;
    if (function.image.valid()) foreign = file[function.image].span;
    if (!function.volumes.empty()) foreign = function.volumes.front().span;
    if (function.cpu.valid()) foreign = file[function.cpu].span;
    if (function.memory.valid()) foreign = file[function.memory].span;
    if (function.user.valid()) foreign = file[function.user].span;
    if (foreign.empty()) continue;
    add(Code::HK2102, module, foreign, "a function from the cluster brings its own container")
        .label("belongs to a function declared here")
        .also(at(module, file[function.from_cluster].span), "comes from the cluster")
        .help("drop this property, or drop `from cluster`");
  }
}

void Checker::check_environments(ModuleId module) {
  const ast::Module& file = ast(module);
  const Scope scope = declaration_scope(module);
  NameMap<Span> known_environments;
  for (std::uint32_t i = 0; i < file.environments.size(); ++i) {
    const ast::Environment& environment = file.environments[i];
    program_.environments.push_back({module, i});
    if (environment.name) {
      const auto [known, added] =
          known_environments.try_emplace(environment.name.text, environment.name.span);
      if (!added) {
        add(Code::HK1004, module, environment.name.span, "environment `{}` is declared twice",
            environment.name.text)
            .label("declared again here")
            .also(at(module, known->second), "first declared here")
            .help("merge the two");
      }
    }
    NameMap<Span> seen;
    for (const ast::Setting& setting : environment.settings) {
      if (!setting.name) continue;
      const auto [known, added] = seen.try_emplace(setting.name.text, setting.name.span);
      if (!added) {
        add(Code::HK0006, module, setting.name.span, "`{}` is set twice", setting.name.text)
            .label("set again here")
            .also(at(module, known->second), "first set here");
      }
      const auto found = params_.find(setting.name.text);
      if (found == params_.end()) {
        const bool secret = secrets_.contains(setting.name.text);
        Diagnostic& d = add(Code::HK1001, module, setting.name.span, "no param is called `{}`",
                            setting.name.text)
                            .label(secret ? "a secret" : "unknown");
        if (secret) {
          d.help("a secret says itself where it comes from: an environment sets params only");
        } else {
          Candidates params;
          for (const Param& param : program_.params) params.add(param.name);
          if (const auto near = params.nearest(setting.name.text, budget_)) {
            d.fix(fmt::format("write `{}`", *near), at(module, setting.name.span),
                  std::string(*near), Applicability::MaybeIncorrect);
          }
        }
        type_of(scope, setting.value);
        continue;
      }
      const Param& param = program_.params[found->second];
      const In<ast::Param> first = param.declarations.front();
      const ast::TypeExpr& declared = ast(first.module).params[first.index].type;
      check_value(scope, setting.value, {param.type, &declared, first.module}, "the setting");
    }
  }
}

}  // namespace hookc::sema
