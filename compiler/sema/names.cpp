// Names, captures and facts: what they mean, and whether they exist where they are read (rules 12,
// 16, 17, 26).
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "compiler/values/http_header.hpp"

namespace hookc::sema {

namespace {

bool could_be_variable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view teller(Fact fact) {
  switch (info(fact).time) {
    case FactTime::Http: return "an http request";
    case FactTime::Exec: return "an exec";
    case FactTime::Attempt: return "an http request or an exec";
    case FactTime::Always:
    case FactTime::Post:
    case FactTime::Later: return "the session";
  }
  return "the session";
}

std::string fact_list(std::string_view base) {
  std::string list;
  for (const FactInfo& entry : all_facts()) {
    if (!entry.path.starts_with(base) || entry.path.find('.') == std::string_view::npos) continue;
    if (!list.empty()) list += ", ";
    list += fmt::format("`.{}`", entry.path.substr(entry.path.rfind('.') + 1));
  }
  return list;
}

}  // namespace

Type Checker::type_name(const Scope& scope, ast::ExprId id, const ast::Expr& e) {
  if (e.text.empty()) return plain(TypeKind::Error);
  if (scope.subjects != 0) {
    return policy_attribute(scope, e.text, e.span).value_or(plain(TypeKind::Error));
  }
  if (scope.template_index != kNone) {
    const TemplateRef t{scope.module, scope.template_index};
    TemplateInfo& info_here = template_info(t);
    if (const auto p = info_here.params.find(e.text); p != info_here.params.end()) {
      info(scope.module).refs[id.value] = {RefKind::TemplateParam, p->second, kNone};
      if (scope.sink != Sink::Open && !info_here.leaks[p->second]) {
        info_here.leaks[p->second] = {at(scope.module, e.span), scope.sink};
      }
      if (params_read_) params_read_->push_back(p->second);
      return from_ast(ast_of(t).params[p->second].type);
    }
    if (const auto c = info_here.locals.find(e.text); c != info_here.locals.end()) {
      const TemplateInfo::Local& local = info_here.captures[c->second];
      info(scope.module).refs[id.value] = local.symbol.kind == RefKind::LocalCapture
                                              ? Ref{RefKind::LocalCapture, c->second, kNone}
                                              : Ref{};
      Type type = local.type;
      if (scope.moment != Moment::Release || local.in_release) {
        add(Code::HK1008, scope.module, e.span, "`{}` is captured by this very attempt", e.text)
            .label("not there yet")
            .also(at(scope.module, local.symbol.declared), "captured here");
        return plain(TypeKind::Error);
      }
      if (type.secret) {
        add(Code::HK6007, scope.module, e.span, "a release cannot read the secret capture `{}`",
            e.text)
            .label("would have to be written to the journal")
            .also(at(scope.module, local.symbol.declared), "captured as a secret here");
        return plain(TypeKind::Error);
      }
      type.optional = !scope.only_if_acquired;
      return type;
    }
  } else if (const auto known = names(scope.module).values.find(e.text);
             known != names(scope.module).values.end()) {
    return read_symbol(scope, id, e.span, known->second);
  }
  if (const auto fact = find_fact(e.text); fact && sema::info(*fact).path == e.text) {
    return read_fact(scope, id, e.span, *fact);
  }
  return unknown_value(scope, e);
}

Type Checker::read_symbol(const Scope& scope, ast::ExprId id, Span where, const Symbol& symbol) {
  info(scope.module).refs[id.value] = {symbol.kind, symbol.index, kNone};
  if (symbol.kind == RefKind::Param) {
    if (scope.declared_before != kNone && symbol.declared.begin >= scope.declared_before) {
      add(Code::HK1002, scope.module, where, "`{}` is declared below", text_of(scope.module, where))
          .label("not known yet")
          .also(at(scope.module, symbol.declared), "declared here")
          .help("a default may use the params above it");
      return plain(TypeKind::Error);
    }
    return program_.params[symbol.index].type;
  }
  if (symbol.kind == RefKind::Secret) {
    const Type type = program_.secrets[symbol.index].type;
    const bool refused = refuse_secret(scope, where, text_of(scope.module, where),
                                       at(scope.module, symbol.declared));
    return refused ? plain(TypeKind::Error) : type;
  }
  return read_capture(scope, where, symbol.index);
}

Type Checker::read_capture(const Scope& scope, Span where, std::uint32_t index) {
  const Capture& capture = program_.captures[index];
  const Step& source = program_.steps[capture.step.value];
  const auto refuse = [&](Code code, std::string message, std::string_view label) {
    out_.add_text(code, at(scope.module, where), std::move(message))
        .label(std::string(label))
        .also(capture.declared, "captured here");
    return plain(TypeKind::Error);
  };
  if (!scope.step.valid()) {
    return refuse(Code::HK1008, fmt::format("`{}` is captured while a session runs", capture.name),
                  "read before any hook runs");
  }
  const Step& reader = program_.steps[scope.step.value];
  if (source.operation != reader.operation) {
    const std::string_view other =
        source.operation == ast::Operation::Backup ? "backup" : "restore";
    return refuse(Code::HK1008, fmt::format("`{}` is captured by a {} hook", capture.name, other),
                  fmt::format("never there in a {}", other == "backup" ? "restore" : "backup"));
  }
  const bool releasing = scope.moment == Moment::Release;
  Type type = capture.type;
  if (capture.step == scope.step) {
    if (!releasing || capture.in_release) {
      return refuse(Code::HK1008, fmt::format("`{}` is captured by this very hook", capture.name),
                    "not there yet");
    }
    type.optional = !scope.only_if_acquired;
  } else if (are_siblings(capture.step, scope.step)) {
    return refuse(
        Code::HK1016,
        fmt::format("`{}` is captured by a hook that runs at the same time", capture.name),
        "members of `together` cannot read each other");
  } else if (capture.in_release) {
    if (reader.side == ast::Side::Pre) {
      return refuse(Code::HK1008, fmt::format("`{}` is captured by a release", capture.name),
                    "releases run after the operation: only post hooks can read it");
    }
    type.optional = !certainly_ended(scope, capture.step);
  } else if (!is_before(capture.step, scope.step)) {
    if (!releasing || source.side == ast::Side::Post) {
      return refuse(Code::HK1008, fmt::format("`{}` is captured later", capture.name),
                    "not there yet");
    }
    type.optional = true;
  } else {
    // A failed post hook captures nothing, and the next one runs all the same.
    type.optional = !certainly_ended(scope, capture.step) || source.side == ast::Side::Post;
  }
  if (type.secret && releasing) {
    return refuse(Code::HK6007,
                  fmt::format("a release cannot read the secret capture `{}`", capture.name),
                  "would have to be written to the journal");
  }
  if (type.secret && refuse_secret(scope, where, capture.name, capture.declared))
    return plain(TypeKind::Error);
  return type;
}

Type Checker::unknown_value(const Scope& scope, const ast::Expr& e) {
  const std::string_view name = e.text;
  if (is_fact_base(name)) {
    add(Code::HK1002, scope.module, e.span, "`{}` is no value of its own", name)
        .label("ask for one of its facts")
        .help(fmt::format("write one of {}", fact_list(name)));
    return plain(TypeKind::Error);
  }
  if (const auto fact = find_fact(name); fact || name == "hook") {
    add(Code::HK1002, scope.module, e.span, "`{}` needs an argument", name)
        .label("which one?")
        .help(name == "hook" ? "write `hook(\"name\").status`"
                             : fmt::format("write `{}(\"…\")`", name));
    return plain(TypeKind::Error);
  }
  if (scope.template_index != kNone && names(scope.module).values.contains(name)) {
    add(Code::HK1002, scope.module, e.span, "a template cannot read `{}` of the file around it",
        name)
        .label("not a parameter of this template")
        .also(at(scope.module, names(scope.module).values.find(name)->second.declared),
              "declared here")
        .help(fmt::format("make it a parameter: `{}: …`, and give it at each use", name));
    return plain(TypeKind::Error);
  }
  if (names(scope.module).broken.contains(name)) return plain(TypeKind::Error);
  Diagnostic& d =
      add(Code::HK1002, scope.module, e.span, "no value is called `{}`", name).label("unknown");
  std::optional<std::string_view> near;
  if (scope.template_index != kNone) {
    Candidates known;
    for (const ast::TemplateParam& p : ast(scope.module).templates[scope.template_index].params) {
      known.add(p.name.text);
    }
    near = known.nearest(name, budget_);
  } else {
    prepare_candidates(scope.module);
    near = names(scope.module).value_candidates.nearest(name, budget_);
  }
  if (near) {
    d.fix(fmt::format("write `{}`", *near), at(scope.module, e.span), std::string(*near),
          Applicability::MaybeIncorrect);
  }
  const std::string_view text = sources_.text(ast(scope.module).file);
  const bool splice = e.span.begin >= 2 && text.substr(e.span.begin - 2, 2) == "${" &&
                      text.substr(e.span.end, 1) == "}";
  if (scope.sink == Sink::Command && splice && could_be_variable(name)) {
    const Location whole = at(scope.module, {e.span.begin - 2, e.span.end + 1});
    d.fix(fmt::format("write `${}`, a variable of the shell", name), whole,
          fmt::format("${}", name), Applicability::MaybeIncorrect)
        .fix(fmt::format("write `\\${{{}}}`, a variable of the shell", name), whole,
             fmt::format("\\${{{}}}", name), Applicability::MaybeIncorrect);
  }
  return plain(TypeKind::Error);
}

Type Checker::type_path(const Scope& scope, ast::ExprId id) {
  const ast::Module& file = ast(scope.module);
  ModuleInfo& tables = info(scope.module);
  // From the outermost step down to what the chain begins with.
  std::vector<ast::ExprId> chain;
  ast::ExprId base = id;
  while (file[base].kind == ast::ExprKind::Member || file[base].kind == ast::ExprKind::Index) {
    chain.push_back(base);
    base = file.children(file[base])[0];
  }
  std::reverse(chain.begin(), chain.end());
  const ast::Expr& first = file[base];
  const ast::Expr& step = file[chain.front()];
  Type type;
  std::size_t next = 0;
  if (scope.subjects != 0 && first.kind == ast::ExprKind::Name) {
    return policy_attribute(scope, text_of(scope.module, file[id].span), file[id].span)
        .value_or(plain(TypeKind::Error));
  }
  const bool shadowed =
      scope.template_index == kNone && names(scope.module).values.contains(first.text);
  if (first.kind == ast::ExprKind::Name && is_fact_base(first.text) && !shadowed &&
      step.kind == ast::ExprKind::Member) {
    next = 1;
    const auto fact = find_fact(first.text, step.text);
    if (fact) {
      type = read_fact(scope, chain[0], step.span, *fact);
    } else {
      Diagnostic& d = add(Code::HK1002, scope.module, step.op_span, "`{}` has no fact `{}`",
                          first.text, step.text)
                          .label("unknown fact");
      std::vector<std::string_view> known;
      for (const FactInfo& entry : all_facts()) {
        if (entry.path.starts_with(first.text) && entry.path.find('.') == first.text.size()) {
          known.push_back(entry.path.substr(first.text.size() + 1));
        }
      }
      if (const auto near = did_you_mean(step.text, known)) {
        d.fix(fmt::format("write `{}`", *near), at(scope.module, step.op_span), std::string(*near),
              Applicability::MaybeIncorrect);
      }
      d.help(fmt::format("it has {}", fact_list(first.text)));
      type = plain(TypeKind::Error);
    }
  } else if (first.kind == ast::ExprKind::Call && first.text == "hook" &&
             step.kind == ast::ExprKind::Member) {
    next = 1;
    type = read_hook_fact(scope, chain[0], first, step);
  } else {
    type = type_of(scope, base);
  }
  if (next > 0) tables.types[chain[0].value] = type;
  for (; next < chain.size(); ++next) {
    const ast::Expr& part = file[chain[next]];
    const Type before = type;
    if (part.kind == ast::ExprKind::Index) {
      const ast::ExprId index = file.children(part)[1];
      const Type at_index = value_of(scope, index);
      if (before.kind == TypeKind::List) {
        type = plain(before.element);
        if (!assignable(at_index, plain(TypeKind::Int)))
          mismatch(scope, file[index].span, at_index, plain(TypeKind::Int), "an index");
      } else if (before.kind == TypeKind::Json || before.kind == TypeKind::Object ||
                 before.kind == TypeKind::Error) {
        type = plain(before.kind == TypeKind::Error ? TypeKind::Error : TypeKind::Json);
        const bool fits = assignable(at_index, plain(TypeKind::Int)) || is_text(at_index.kind);
        if (!fits) mismatch(scope, file[index].span, at_index, plain(TypeKind::Int), "an index");
      } else {
        add(Code::HK3009, scope.module, file[index].span, "{} has no elements", describe(before))
            .label("cannot be indexed");
        type = plain(TypeKind::Error);
      }
    } else if (before.kind == TypeKind::Json || before.kind == TypeKind::Object) {
      type = plain(TypeKind::Json);
    } else if (before.kind == TypeKind::Error) {
      type = before;
    } else {
      Diagnostic& d = add(Code::HK3009, scope.module, part.op_span, "{} has no member `{}`",
                          describe(before), part.text)
                          .label("only JSON has members");
      if (before.kind == TypeKind::String && first.kind == ast::ExprKind::Name &&
          first.text == "body") {
        d.fix("write `json`", at(scope.module, first.span), "json", Applicability::MaybeIncorrect);
      }
      type = plain(TypeKind::Error);
    }
    if (type.kind != TypeKind::Error) {
      type.secret = before.secret;
      type.optional = before.optional;
    }
    tables.types[chain[next].value] = type;
  }
  return type;
}

Type Checker::read_fact(const Scope& scope, ast::ExprId id, Span where, Fact fact) {
  const FactInfo& wanted = sema::info(fact);
  info(scope.module).refs[id.value] = {RefKind::Fact, static_cast<std::uint32_t>(fact), kNone};
  Type type = plain(wanted.type);
  if (wanted.time == FactTime::Http || wanted.time == FactTime::Exec ||
      wanted.time == FactTime::Attempt) {
    if (tells(scope.attempt, fact)) return type;
    if (scope.attempt == Attempt::None) {
      add(Code::HK1008, scope.module, where, "`{}` is known only while {} is judged", wanted.path,
          teller(fact))
          .label("not there here")
          .help("read it in `expect`, or keep it: `capture … as NAME`");
    } else {
      add(Code::HK1008, scope.module, where, "`{}` is told by {}, not by this action", wanted.path,
          teller(fact))
          .label("not there here")
          .help(scope.attempt == Attempt::Http
                    ? "an http request tells `status`, `body`, `header(\"…\")` and `json`"
                : scope.attempt == Attempt::Exec
                    ? "an exec tells `exit`, `stdout`, `stderr` and `json`"
                : scope.attempt == Attempt::Object ? "here the object is read: `json.status.…`"
                                                   : "here only `exit` is known");
    }
    return plain(TypeKind::Error);
  }
  if (scope.template_index != kNone) {
    template_info({scope.module, scope.template_index})
        .facts.push_back(
            {at(scope.module, where), fact, kNone, scope.guarded, scope.moment == Moment::Release});
    return type;
  }
  if (scope.sink == Sink::Setting && wanted.path.starts_with("session.")) {
    add(Code::HK1008, scope.module, where, "`{}` is not known when params are read", wanted.path)
        .label("no session yet");
    return plain(TypeKind::Error);
  }
  const Availability there = availability(scope, fact, kNone);
  if (!there.readable) {
    Diagnostic& d =
        add(Code::HK1008, scope.module, where, "`{}` is not available here", wanted.path)
            .label(std::string(there.why));
    if (scope.step.valid()) {
      const Step& step = program_.steps[scope.step.value];
      const std::string_view operation =
          step.operation == ast::Operation::Backup ? "backup" : "restore";
      if (scope.moment == Moment::Turn && step.side == ast::Side::Pre) {
        d.help(fmt::format("only a `post {}` hook knows how the {} went", operation, operation));
      }
    }
    return plain(TypeKind::Error);
  }
  type.optional = !there.certain;
  return type;
}

Type Checker::read_hook_fact(const Scope& scope, ast::ExprId id, const ast::Expr& call,
                             const ast::Expr& member) {
  const ast::Module& file = ast(scope.module);
  const auto arguments = file.children(call);
  const auto fact = find_fact("hook", member.text);
  if (!fact) {
    add(Code::HK1002, scope.module, member.op_span, "`hook(…)` has no fact `{}`", member.text)
        .label("unknown fact")
        .help("it has `.status`, `.output`, `.duration`");
    return plain(TypeKind::Error);
  }
  std::optional<std::string> name;
  if (arguments.size() == 1 && file[arguments[0]].kind == ast::ExprKind::String) {
    name = ast::literal_text(file, file[arguments[0]].text_id);
  }
  if (!name) {
    add(Code::HK1003, scope.module, call.span, "`hook` takes the name of one hook, as plain text")
        .label("not a name")
        .help("write `hook(\"name\").status`");
    return plain(TypeKind::Error);
  }
  const Span inner = file[arguments[0]].span;
  const std::uint32_t step = find_step(scope, {*name, inner}, "hook or hold");
  if (step == kNone) return plain(TypeKind::Error);
  Type type = plain(sema::info(*fact).type);
  info(scope.module).refs[id.value] = {RefKind::Fact, static_cast<std::uint32_t>(*fact), step};
  if (scope.template_index != kNone) {
    template_info({scope.module, scope.template_index})
        .facts.push_back({at(scope.module, member.span), *fact, step, scope.guarded,
                          scope.moment == Moment::Release});
    return type;
  }
  const Availability there = availability(scope, *fact, step);
  if (!there.readable) {
    const Code code =
        scope.step.valid() && are_siblings(StepId{step}, scope.step) ? Code::HK1016 : Code::HK1008;
    add(code, scope.module, member.span, "`hook(\"{}\").{}` is not available here", *name,
        member.text)
        .label(std::string(there.why))
        .also(states_[step].name_at, "the hook");
    return plain(TypeKind::Error);
  }
  type.optional = !there.certain;
  return type;
}

std::uint32_t Checker::find_step(const Scope& scope, const ast::Name& name, std::string_view what) {
  if (name.text.empty()) return kNone;
  const auto found = step_names_.find(name.text);
  if (found != step_names_.end()) return found->second.value;
  if (broken_.contains(name.text)) return kNone;
  Diagnostic& d =
      add(Code::HK1001, scope.module, name.span, "no {} is called \"{}\"", what, name.text)
          .label("unknown");
  if (const auto near = step_candidates_.nearest(name.text, budget_)) {
    d.fix(fmt::format("write \"{}\"", *near), at(scope.module, name.span),
          fmt::format("\"{}\"", *near), Applicability::MaybeIncorrect);
  }
  return kNone;
}

bool Checker::are_siblings(StepId a, StepId b) const {
  return a != b && states_[a.value].group != kNone &&
         states_[a.value].group == states_[b.value].group;
}

bool Checker::is_before(StepId a, StepId b) const {
  return program_.steps[a.value].operation == program_.steps[b.value].operation &&
         states_[a.value].position < states_[b.value].position;
}

bool Checker::certainly_ended(const Scope& scope, StepId step) const {
  const Step& source = program_.steps[step.value];
  const Step& reader = program_.steps[scope.step.value];
  const StepState& state = states_[step.value];
  if (state.has_when || state.on_error == ast::OnError::Warn ||
      state.on_error == ast::OnError::Continue)
    return false;
  if (reader.side == ast::Side::Pre) return true;
  if (source.side == ast::Side::Pre) return reader.policy == ast::Policy::OnSuccess;
  return source.policy == ast::Policy::Always || source.policy == reader.policy;
}

Checker::Availability Checker::availability(const Scope& scope, Fact fact,
                                            std::uint32_t step) const {
  const bool releasing = scope.moment == Moment::Release;
  switch (sema::info(fact).time) {
    case FactTime::Always: {
      const bool of_target =
          fact == Fact::TargetKind || fact == Fact::TargetName || fact == Fact::TargetNamespace;
      return {true, !of_target || program_.target.has_value()};
    }
    case FactTime::Post: {
      if (!scope.step.valid()) return {false, false, "there is no session yet"};
      const Step& reader = program_.steps[scope.step.value];
      if (releasing) return {false, false, "a release knows no more than its acquire"};
      if (reader.side == ast::Side::Pre) return {false, false, "nothing has run yet"};
      switch (fact) {
        case Fact::SessionReason: return {true, reader.policy == ast::Policy::OnFailure};
        case Fact::OperationExit:
        case Fact::OperationOutput: return {true, reader.policy == ast::Policy::OnSuccess};
        default: return {};  // every other fact of the outcome is fixed by now
      }
    }
    case FactTime::Later: {
      if (!scope.step.valid()) return {false, false, "there is no session yet"};
      const StepId source{step};
      const Step& reader = program_.steps[scope.step.value];
      if (source == scope.step) return {false, false, "this very hook"};
      if (program_.steps[step].operation != reader.operation)
        return {false, false, "a hook of the other operation"};
      if (are_siblings(source, scope.step))
        return {false, false, "members of `together` cannot read each other"};
      if (is_before(source, scope.step)) {
        // An earlier post hook has had its turn: that it was skipped is a status.
        const bool known = fact == Fact::HookStatus &&
                           program_.steps[step].side == ast::Side::Post &&
                           reader.side == ast::Side::Post && !states_[step].has_when;
        return {true, known || certainly_ended(scope, source)};
      }
      if (releasing && program_.steps[step].side == ast::Side::Pre) return {true, false};
      return {false, false, "it runs later"};
    }
    case FactTime::Http:
    case FactTime::Exec:
    case FactTime::Attempt: return {};
  }
  return {};
}

}  // namespace hookc::sema
