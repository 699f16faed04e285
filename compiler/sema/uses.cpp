// Template bodies, each checked once, and their uses: arguments, facts and secrets (rules 35, 36,
// 39).
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::sema {

namespace {

std::string_view where_to(Sink sink) {
  switch (sink) {
    case Sink::Open: return "a request";
    case Sink::Command: return "a command";
    case Sink::Argv: return "a command";
    case Sink::Name: return "a name";
    case Sink::Label: return "a label";
    case Sink::When: return "`when`";
    case Sink::Expect: return "`expect`";
    case Sink::Capture: return "a capture";
    case Sink::Setting: return "a declaration";
    case Sink::Number: return "a number or duration";
    case Sink::Policy: return "a policy";
  }
  return "a clause";
}

}  // namespace

bool Checker::refuse_secret(const Scope& scope, Span at_name, std::string_view name,
                            Location declared) {
  if (scope.sink == Sink::Open) return false;
  Diagnostic& d = add(Code::HK6007, scope.module, at_name, "secret `{}` would become visible in {}",
                      name, where_to(scope.sink))
                      .label("a secret")
                      .also(declared, "declared as a secret here");
  if (scope.sink == Sink::Command || scope.sink == Sink::Argv) {
    d.help(fmt::format(
        "commands show in process lists: give it as `env NAME = ${{{}}}` and write `$NAME` in the "
        "command, or give it on `stdin`",
        name));
  } else {
    d.help(
        "secrets may go into a URL, header, body, json, form, stdin, tls or env, and nowhere else");
  }
  return true;
}

void Checker::check_template(TemplateRef t) {
  if (template_info(t).state != TemplateInfo::State::New) return;
  template_info(t).state = TemplateInfo::State::Open;
  const ast::Template& declared = ast_of(t);
  template_info(t).action = opened_action(t.module, declared.body.acquire);

  Scope outside;
  outside.module = t.module;
  outside.sink = Sink::Setting;
  for (const ast::TemplateParam& param : declared.params) {
    check_type(t.module, param.type, true);
    if (!param.default_value.valid()) continue;
    // A default sees nothing but the facts that always exist: it is read in no particular file.
    check_value(outside, param.default_value, {from_ast(param.type), &param.type, t.module},
                "the default");
  }
  if (declared.usable_selector.valid())
    check_text(outside, declared.usable_selector, TextUse::Selector);

  Scope scope;
  scope.module = t.module;
  scope.template_index = t.index;
  scope.moment = Moment::Turn;
  const ast::HoldBody& body = declared.body;
  const ast::Module& file = ast(t.module);
  for (const ast::Clause& clause : body.clauses.in(file.clauses)) {
    if (clause.kind != ast::ClauseKind::After) continue;
    add(Code::HK2112, t.module, clause.keyword, "`after` cannot stand in a template")
        .label("a template knows no hooks")
        .help("write `after` at the use");
  }
  if (declared.hold) {
    check_use(scope, body.acquire, true);
    check_hold_parts(scope, body, declared.name.span);
  } else {
    check_use(scope, body.acquire, false);
    check_action(scope, body.acquire);
    check_body(scope, body.acquire, body.clauses);
    if (!body.releases.empty()) {
      add(Code::HK2114, t.module, body.releases.front().keyword,
          "only a hold template has a `release`")
          .label("a release in a hook template")
          .also(at(t.module, declared.name.span), "a hook template")
          .fix("write `template hold`",
               at(t.module, {declared.name.span.begin, declared.name.span.begin}), "hold ",
               Applicability::MaybeIncorrect);
    }
    if (body.at_most.valid()) {
      add(Code::HK2112, t.module, body.at_most_span, "only a hold has `at most`")
          .label("in a hook template");
    }
  }
  template_info(t).state = TemplateInfo::State::Done;
}

void Checker::check_use(const Scope& scope, const ast::Action& action, bool hold_allowed) {
  const auto* use = std::get_if<ast::UseAction>(&action.what);
  if (!use || !use->name) return;
  const Span whole = use->module ? use->module.span.to(use->name.span) : use->name.span;
  ModuleId where = scope.module;
  if (use->module) {
    const auto& imports = names(scope.module).imports;
    const auto import = imports.find(use->module.text);
    if (import == imports.end()) {
      Diagnostic& d = add(Code::HK1001, scope.module, use->module.span,
                          "nothing is imported as `{}`", use->module.text)
                          .label("unknown");
      const std::string dotted = fmt::format("std.{}", use->module.text);
      if (find_standard_module(dotted)) {
        const ast::Module& file = ast(scope.module);
        const std::uint32_t first =
            file.statements.empty() ? 0 : file.statements.front().span.begin;
        d.help(
             fmt::format("`{}` is in the standard library: `import {}`", use->module.text, dotted))
            .fix(fmt::format("add `import {}`", dotted), at(scope.module, {first, first}),
                 fmt::format("import {}\n", dotted), Applicability::MaybeIncorrect);
        return;
      }
      Candidates known;
      for (const ast::Import& i : ast(scope.module).imports) {
        if (i.alias) known.add(i.alias.text);
        for (const auto& [name, target] : imports) {
          if (!i.alias &&
              (i.module.ends_with(name) || i.path.ends_with(fmt::format("{}.hook", name))))
            known.add(name);
        }
      }
      if (const auto near = known.nearest(use->module.text, budget_)) {
        d.fix(fmt::format("write `{}`", *near), at(scope.module, use->module.span),
              std::string(*near), Applicability::MaybeIncorrect);
      }
      return;
    }
    if (!import->second.valid()) return;  // the import was reported
    where = import->second;
  }
  const auto found = names(where).templates.find(use->name.text);
  if (found == names(where).templates.end()) {
    if (names(where).broken.contains(use->name.text)) return;
    Diagnostic& d = use->module ? add(Code::HK1001, scope.module, use->name.span,
                                      "`{}` has no template `{}`", use->module.text, use->name.text)
                                : add(Code::HK1001, scope.module, use->name.span,
                                      "no template is called `{}`", use->name.text);
    d.label("unknown");
    prepare_candidates(where);
    if (const auto near = names(where).template_candidates.nearest(use->name.text, budget_)) {
      d.fix(fmt::format("write `{}`", *near), at(scope.module, use->name.span), std::string(*near),
            Applicability::MaybeIncorrect);
    } else if (use->module && !names(where).template_candidates.empty()) {
      d.help(fmt::format("it has: {}", fmt::join(names(where).template_candidates.names(), ", ")));
    }
    return;
  }
  const TemplateRef t{where, found->second};
  const ast::Template& declared = ast_of(t);
  if (declared.hold && !hold_allowed) {
    add(Code::HK1014, scope.module, whole, "`{}` is a hold template: it acquires and releases",
        use->name.text)
        .label("used as a single hook")
        .also(at(where, declared.name.span), "declared with `template hold`")
        .help(fmt::format("use it in a hold: `hold backup \"…\" use {}(…)`",
                          text_of(scope.module, whole)));
    return;
  }
  if (template_info(t).broken) return;
  check_template(t);
  if (template_info(t).state != TemplateInfo::State::Done) return;
  check_arguments(scope, *use, t, whole);
  check_facts_at_use(scope, t, whole);
}

void Checker::check_arguments(const Scope& scope, const ast::UseAction& use, TemplateRef t,
                              Span whole) {
  const ast::Template& declared = ast_of(t);
  std::vector<const ast::Argument*> given(declared.params.size(), nullptr);
  bool misnamed = false;
  for (const ast::Argument& argument : use.arguments.in(ast(scope.module).arguments)) {
    const TemplateInfo& info = template_info(t);
    const auto param = info.params.find(argument.name.text);
    Scope reading = scope.with(Sink::Open);
    if (param == info.params.end()) {
      misnamed = true;
      if (!argument.name) continue;
      Diagnostic& d = add(Code::HK1003, scope.module, argument.name.span,
                          "`{}` has no parameter `{}`", use.name.text, argument.name.text)
                          .label("unknown parameter");
      Candidates known;
      for (const ast::TemplateParam& p : declared.params) known.add(p.name.text);
      if (const auto near = known.nearest(argument.name.text, budget_)) {
        d.fix(fmt::format("write `{}`", *near), at(scope.module, argument.name.span),
              std::string(*near), Applicability::MaybeIncorrect);
      } else if (known.empty()) {
        d.help(fmt::format("`{}` takes no arguments", use.name.text));
      } else {
        d.help(fmt::format("it takes: {}", fmt::join(known.names(), ", ")));
      }
      continue;
    }
    const std::uint32_t p = param->second;
    if (given[p]) {
      add(Code::HK1003, scope.module, argument.name.span, "argument `{}` is given twice",
          argument.name.text)
          .label("given again here")
          .also(at(scope.module, given[p]->name.span), "first given here");
      continue;
    }
    given[p] = &argument;
    std::vector<std::uint32_t> read;
    std::vector<std::uint32_t>* const outer = std::exchange(params_read_, &read);
    const ast::TemplateParam& wanted = declared.params[p];
    const Type type =
        check_value(reading, argument.value, {from_ast(wanted.type), &wanted.type, t.module},
                    fmt::format("argument `{}`", wanted.name.text));
    params_read_ = outer;
    if (outer) outer->insert(outer->end(), read.begin(), read.end());
    const auto leak = template_info(t).leaks[p];
    if (!leak) continue;
    if (type.secret) {
      add(Code::HK6007, scope.module, ast(scope.module)[argument.value].span,
          "secret would become visible: `{}` puts `{}` into {}", use.name.text, wanted.name.text,
          where_to(leak->second))
          .label("a secret")
          .also(leak->first, fmt::format("goes into {} here", where_to(leak->second)))
          .help(
              "secrets may go into a URL, header, body, json, form, stdin, tls or env, and nowhere "
              "else");
    }
    if (scope.template_index == kNone) continue;
    TemplateInfo& own = template_info({scope.module, scope.template_index});
    for (const std::uint32_t q : read) {
      if (!own.leaks[q]) own.leaks[q] = leak;
    }
  }
  if (misnamed) return;  // most likely the one that would be missing
  std::vector<std::string_view> missing;
  for (std::uint32_t p = 0; p < given.size(); ++p) {
    if (!given[p] && !declared.params[p].default_value.valid() && declared.params[p].name) {
      missing.push_back(declared.params[p].name.text);
    }
  }
  if (missing.empty()) return;
  add(Code::HK1003, scope.module, whole, "`{}` needs {} `{}`", use.name.text,
      missing.size() == 1 ? "an argument" : "arguments", fmt::join(missing, "`, `"))
      .label("argument missing")
      .also(at(t.module, declared.name.span), "declared here")
      .help(fmt::format("write `use {}({}: …)`", text_of(scope.module, whole),
                        fmt::join(missing, ": …, ")));
}

void Checker::check_facts_at_use(const Scope& scope, TemplateRef t, Span whole) {
  const TemplateInfo& used = template_info(t);
  if (used.facts.empty()) return;
  if (scope.template_index != kNone) {
    TemplateInfo& own = template_info({scope.module, scope.template_index});
    for (FactRead read : used.facts) {
      read.in_release = read.in_release || scope.moment == Moment::Release;
      const bool known =
          std::any_of(own.facts.begin(), own.facts.end(), [&](const FactRead& other) {
            return other.fact == read.fact && other.step == read.step &&
                   other.guarded == read.guarded && other.in_release == read.in_release;
          });
      if (!known) own.facts.push_back(read);
    }
    return;
  }
  for (const FactRead& read : used.facts) {
    Scope reader = scope;
    if (read.in_release) reader.moment = Moment::Release;
    const Availability there = availability(reader, read.fact, read.step);
    const std::string_view path = sema::info(read.fact).path;
    if (!there.readable) {
      add(Code::HK1008, scope.module, whole, "`{}` is not available here, and `{}` reads it", path,
          ast_of(t).name.text)
          .label(std::string(there.why))
          .also(read.where, "read here");
      return;
    }
    if (!there.certain && !read.guarded) {
      add(Code::HK1015, scope.module, whole,
          "`{}` may be missing here, and `{}` reads it without `??`", path, ast_of(t).name.text)
          .label("may be missing on some path that leads here")
          .also(read.where, "read here")
          .help(fmt::format("in the template, write `{} ?? …`", path));
      return;
    }
  }
}

}  // namespace hookc::sema
