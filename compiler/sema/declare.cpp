// The names of every file, and the steps of the program in the order they are written.
#include <algorithm>

#include "compiler/sema/checker.hpp"

namespace hookc::sema {

void Checker::declare_all() {
  std::size_t steps = 0;
  for (const ModuleInfo& module : program_.modules) {
    steps += module.ast->hooks.size() + module.ast->holds.size();
  }
  program_.steps.reserve(steps);
  states_.reserve(steps);
  step_names_.reserve(steps);
  templates_.resize(program_.modules.size());
  for (std::uint32_t m = 0; m < program_.modules.size(); ++m) {
    Frame& frame = program_.frames.emplace_back();
    frame.module = ModuleId{m};
    declare_module(ModuleId{m});
  }
  program_.frames.reserve(program_.frames.size() + steps / 8);
  walk_statements(ModuleId{0});
}

void Checker::declare_module(ModuleId module) {
  for (const ast::Name& name : ast(module).broken_names) {
    names(module).broken.emplace(name.text, true);
    broken_.emplace(name.text, true);
  }
  declare_values(module);
  declare_things(module);
  declare_templates(module);
}

bool Checker::refuse_reserved(ModuleId module, const ast::Name& name, std::string_view what) {
  if (!is_reserved_value(name.text)) return false;
  const bool fact = is_fact_base(name.text) || name.text == "hook" || find_fact(name.text);
  add(Code::HK1010, module, name.span, "{} cannot be called `{}`", what, name.text)
      .label(fact ? "the name of a fact" : "a word of the language")
      .help(fmt::format("choose another name, such as `{}-{}`", "my", name.text));
  return true;
}

void Checker::add_value(ModuleId module, const ast::Name& name, Symbol symbol) {
  if (!name) return;
  const auto [known, added] = names(module).values.try_emplace(name.text, symbol);
  if (added) return;
  add(Code::HK1004, module, name.span, "`{}` is declared twice in this file", name.text)
      .label("declared again here")
      .also(at(module, known->second.declared), "first declared here")
      .help("params, secrets and captures of a file share one namespace: rename one of them");
}

void Checker::declare_values(ModuleId module) {
  const ast::Module& file = ast(module);
  names(module).values.reserve(file.params.size() + file.secrets.size());
  const auto conflict = [&](const ast::Name& name, Type now, Type before, Location first) {
    add(Code::HK1011, module, name.span, "`{}` is {} here and {} in another file", name.text,
        describe(now), describe(before))
        .label(fmt::format("`{}` here", to_string(now)))
        .also(first, fmt::format("`{}` here", to_string(before)))
        .help(
            "values of one name in several files are one value: give both the same type, or rename "
            "one");
  };
  for (std::uint32_t i = 0; i < file.params.size(); ++i) {
    const ast::Param& param = file.params[i];
    if (!param.name) continue;
    refuse_reserved(module, param.name, "a param");
    const Type type = from_ast(param.type);
    const auto next = static_cast<std::uint32_t>(program_.params.size());
    const auto [known, added] = params_.try_emplace(param.name.text, next);
    if (added) program_.params.push_back({param.name.text, type, {}});
    Param& whole = program_.params[known->second];
    const bool here = names(module).values.contains(param.name.text);
    if (!added && !here && whole.type != type && whole.type.kind != TypeKind::Error &&
        type.kind != TypeKind::Error) {
      const In<ast::Param> first = whole.declarations.front();
      conflict(param.name, type, whole.type,
               at(first.module, ast(first.module).params[first.index].name.span));
    }
    if (!here) whole.declarations.push_back({module, i});
    add_value(module, param.name, {RefKind::Param, known->second, param.name.span});
  }
  for (std::uint32_t i = 0; i < file.secrets.size(); ++i) {
    const ast::Secret& secret = file.secrets[i];
    if (!secret.name) continue;
    refuse_reserved(module, secret.name, "a secret");
    Type type = secret.type ? from_ast(*secret.type) : plain(TypeKind::String);
    type.secret = true;
    const auto next = static_cast<std::uint32_t>(program_.secrets.size());
    const auto [known, added] = secrets_.try_emplace(secret.name.text, next);
    if (added) program_.secrets.push_back({secret.name.text, type, {}});
    Secret& whole = program_.secrets[known->second];
    const bool here = names(module).values.contains(secret.name.text);
    if (!added && !here && whole.type != type && whole.type.kind != TypeKind::Error &&
        type.kind != TypeKind::Error) {
      const In<ast::Secret> first = whole.declarations.front();
      conflict(secret.name, type, whole.type,
               at(first.module, ast(first.module).secrets[first.index].name.span));
    }
    if (!here) whole.declarations.push_back({module, i});
    add_value(module, secret.name, {RefKind::Secret, known->second, secret.name.span});
  }
}

void Checker::declare_things(ModuleId module) {
  const ast::Module& file = ast(module);
  const auto twice = [&](std::string_view what, const ast::Name& name, Span first) {
    add(Code::HK1004, module, name.span, "{} `{}` is declared twice", what, name.text)
        .label("declared again here")
        .also(at(module, first), "first declared here")
        .help("rename one of the two");
  };
  names(module).pods.reserve(file.pods.size());
  for (std::uint32_t i = 0; i < file.pods.size(); ++i) {
    const ast::Name& name = file.pods[i].name;
    const auto index = static_cast<std::uint32_t>(program_.pods.size());
    program_.pods.push_back({module, i});
    if (!name) continue;
    const auto [known, added] = names(module).pods.try_emplace(name.text, index);
    if (!added) twice("pod", name, file.pods[program_.pods[known->second].index].name.span);
  }
  names(module).functions.reserve(file.functions.size());
  for (std::uint32_t i = 0; i < file.functions.size(); ++i) {
    const ast::Name& name = file.functions[i].name;
    const auto index = static_cast<std::uint32_t>(program_.functions.size());
    program_.functions.push_back({module, i});
    if (!name) continue;
    const auto [known, added] = names(module).functions.try_emplace(name.text, index);
    if (!added)
      twice("function", name, file.functions[program_.functions[known->second].index].name.span);
  }
  for (std::uint32_t i = 1; i < file.targets.size(); ++i) {
    add(Code::HK1004, module, file.targets[i].workload.span, "a file is written for one target")
        .label("second target")
        .also(at(module, file.targets[0].workload.span), "first target");
  }
  if (!file.targets.empty() && !program_.target) program_.target = In<ast::Target>{module, 0};
  for (std::uint32_t i = 0; i < file.exclusives.size(); ++i) {
    if (!program_.exclusive) {
      program_.exclusive = In<ast::Exclusive>{module, i};
      continue;
    }
    const In<ast::Exclusive> first = *program_.exclusive;
    add(Code::HK1004, module, file.exclusives[i].span, "a program has one `exclusive` lock")
        .label("second lock")
        .also(at(first.module, ast(first.module).exclusives[first.index].span), "first lock");
  }
  for (std::uint32_t i = 0; i < file.operation_rules.size(); ++i) {
    const ast::OperationRule& rule = file.operation_rules[i];
    const bool backup = rule.operation == ast::Operation::Backup;
    In<ast::OperationRule>& slot = (backup ? program_.backup : program_.restore).rule;
    if (!slot.valid()) {
      slot = {module, i};
      continue;
    }
    add(Code::HK1004, module, rule.operation_span, "`operation {}` is given twice",
        backup ? "backup" : "restore")
        .label("given again here")
        .also(at(slot.module, ast(slot.module).operation_rules[slot.index].operation_span),
              "first given here");
  }
}

void Checker::declare_templates(ModuleId module) {
  const ast::Module& file = ast(module);
  templates_[module.value].resize(file.templates.size());
  for (std::uint32_t i = 0; i < file.templates.size(); ++i) {
    const ast::Template& declared = file.templates[i];
    if (declared.name) {
      const auto [known, added] = names(module).templates.try_emplace(declared.name.text, i);
      if (!added) {
        add(Code::HK1004, module, declared.name.span, "template `{}` is declared twice",
            declared.name.text)
            .label("declared again here")
            .also(at(module, file.templates[known->second].name.span), "first declared here")
            .help("rename one of the two");
      }
    }
    TemplateInfo& info = templates_[module.value][i];
    info.leaks.resize(declared.params.size());
    for (std::uint32_t p = 0; p < declared.params.size(); ++p) {
      const ast::Name& name = declared.params[p].name;
      if (!name) continue;
      refuse_reserved(module, name, "a parameter");
      const auto [known, added] = info.params.try_emplace(name.text, p);
      if (!added) {
        add(Code::HK1004, module, name.span, "parameter `{}` is declared twice", name.text)
            .label("declared again here")
            .also(at(module, declared.params[known->second].name.span), "first declared here");
      }
    }
    const auto add_local = [&](const ast::Clause& clause, bool in_release) {
      if (clause.kind != ast::ClauseKind::Capture || !clause.name) return;
      refuse_reserved(module, clause.name, "a capture");
      const auto index = static_cast<std::uint32_t>(info.captures.size());
      Type type = plain(TypeKind::String);
      if (clause.captured == ast::Captured::Status) type = plain(TypeKind::Int);
      if (clause.captured == ast::Captured::Json) type = plain(TypeKind::Json);
      type.secret = clause.secret;
      info.captures.push_back({{RefKind::LocalCapture, index, clause.name.span}, type, in_release});
      const auto [known, added] = info.locals.try_emplace(clause.name.text, index);
      const bool param = info.params.contains(clause.name.text);
      if (added && !param) return;
      add(Code::HK1004, module, clause.name.span, "`{}` is declared twice in this template",
          clause.name.text)
          .label("declared again here")
          .also(at(module, param ? declared.params[info.params[clause.name.text]].name.span
                                 : info.captures[known->second].symbol.declared),
                "first declared here");
    };
    for (const ast::Clause& clause : declared.body.clauses.in(file.clauses))
      add_local(clause, false);
    for (const ast::Release& release : declared.body.releases) {
      for (const ast::Clause& clause : release.clauses.in(file.clauses)) add_local(clause, true);
    }
  }
}

void Checker::walk_statements(ModuleId module) {
  // Depth is bounded by kMaxNesting in load_import.
  const bool standard = info(module).standard;
  for (const ast::Statement& statement : ast(module).statements) {
    switch (statement.kind) {
      case ast::StatementKind::Import: {
        const ImportTarget target = names(module).targets[statement.index];
        if (target.first) walk_statements(target.module);
        break;
      }
      case ast::StatementKind::Hook:
      case ast::StatementKind::Hold:
      case ast::StatementKind::Together:
        if (standard) {
          add(Code::HK1017, module, statement.span, "a standard module holds templates only");
        } else if (statement.kind == ast::StatementKind::Together) {
          add_group(module, ast(module).groups[statement.index]);
        } else {
          add_step(module, statement, kNone);
        }
        break;
      case ast::StatementKind::Broken:
      case ast::StatementKind::Param:
      case ast::StatementKind::Secret:
      case ast::StatementKind::Pod:
      case ast::StatementKind::Function:
      case ast::StatementKind::Target:
      case ast::StatementKind::Template:
      case ast::StatementKind::Policy:
      case ast::StatementKind::Test:
      case ast::StatementKind::Environment:
      case ast::StatementKind::Operation:
      case ast::StatementKind::Exclusive: break;
    }
  }
}

void Checker::add_step(ModuleId module, const ast::Statement& statement, std::uint32_t group) {
  const StepId id{static_cast<std::uint32_t>(program_.steps.size())};
  Step& step = program_.steps.emplace_back();
  StepState& state = states_.emplace_back();
  step.module = module;
  step.index = statement.index;
  state.group = group;
  state.span = statement.span;
  ast::Name name;
  if (statement.kind == ast::StatementKind::Hook) {
    const ast::Hook& hook = ast(module).hooks[statement.index];
    step.kind = StepKind::Hook;
    name = hook.name;
    step.operation = hook.operation;
    step.side = hook.side;
    if (hook.side == ast::Side::Post) step.policy = hook.policy.value_or(ast::Policy::Always);
    state.name_at = at(module, name ? name.span : hook.side_span.to(hook.operation_span));
  } else {
    const ast::Hold& hold = ast(module).holds[statement.index];
    step.kind = StepKind::Hold;
    name = hold.name;
    step.operation = hold.operation;
    step.side = ast::Side::Pre;
    state.name_at = at(module, name ? name.span : hold.keyword.to(hold.operation_span));
  }
  step.name = name.text;
  std::vector<Group>& side = step.operation == ast::Operation::Backup
                                 ? (step.side == ast::Side::Pre ? backup_.pre : backup_.post)
                                 : (step.side == ast::Side::Pre ? restore_.pre : restore_.post);
  const bool joins =
      group != kNone && !side.empty() && states_[side.back().members.front().value].group == group;
  if (joins) {
    side.back().members.push_back(id);
  } else {
    side.push_back({{id}});
  }
  if (!name) return;
  const auto [known, added] = step_names_.try_emplace(name.text, id);
  if (added) {
    step_candidates_.add(name.text);
    return;
  }
  const Step& first = program_.steps[known->second.value];
  add(Code::HK1004, module, name.span, "two hooks are called \"{}\"", name.text)
      .label("the same name again")
      .also(states_[known->second.value].name_at,
            first.kind == StepKind::Hold ? "a hold has it" : "a hook has it")
      .help("names of hooks and holds are unique in the whole program, imported files included");
}

void Checker::add_group(ModuleId module, const ast::Together& together) {
  const std::uint32_t group = groups_++;
  const std::size_t first = program_.steps.size();
  for (const ast::Statement& member : together.members) {
    if (member.kind == ast::StatementKind::Together) {
      add(Code::HK2113, module, ast(module).groups[member.index].keyword,
          "a `together` cannot stand in another one")
          .label("inner group")
          .also(at(module, together.keyword), "outer group")
          .help("all members of a group start at once: write them in one group");
      for (const ast::Statement& inner : ast(module).groups[member.index].members) {
        if (inner.kind == ast::StatementKind::Hook || inner.kind == ast::StatementKind::Hold) {
          add_step(module, inner, group);
        }
      }
    } else if (member.kind == ast::StatementKind::Hook || member.kind == ast::StatementKind::Hold) {
      add_step(module, member, group);
    }
  }
  for (std::size_t i = first + 1; i < program_.steps.size(); ++i) {
    const Step& one = program_.steps[first];
    const Step& other = program_.steps[i];
    std::string_view difference;
    if (one.operation != other.operation) {
      difference = "operation";
    } else if (one.side != other.side) {
      difference = "side";
    } else if (one.policy != other.policy) {
      difference = "outcome policy";
    } else {
      continue;
    }
    add(Code::HK2113, module, states_[i].name_at.span, "members of `together` differ in their {}",
        difference)
        .label("unlike the first member")
        .also(states_[first].name_at, "the first member")
        .help("a group starts at once and is waited for as one: split it");
    break;
  }
}

void Checker::prepare_candidates(ModuleId module) {
  ModuleNames& n = names(module);
  if (n.candidates_ready) return;
  n.candidates_ready = true;
  // In file order: suggestions must not depend on the order of a hash map.
  const ast::Module& file = ast(module);
  for (const ast::Param& param : file.params) n.value_candidates.add(param.name.text);
  for (const ast::Secret& secret : file.secrets) n.value_candidates.add(secret.name.text);
  for (const Capture& capture : program_.captures) {
    if (capture.declared.file == file.file && n.values.contains(capture.name)) {
      n.value_candidates.add(capture.name);
    }
  }
  for (const ast::Pod& pod : file.pods) n.pod_candidates.add(pod.name.text);
  for (const ast::Function& function : file.functions)
    n.function_candidates.add(function.name.text);
  for (const ast::Template& declared : file.templates)
    n.template_candidates.add(declared.name.text);
}

}  // namespace hookc::sema
