// Hooks and holds as wholes (rules 9, 22, 25, 26, 29, 30, 35).
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "compiler/sema/clause_rules.hpp"

namespace hookc::sema {

void Checker::check_steps() {
  for (std::uint32_t s = 0; s < program_.steps.size(); ++s) {
    const Step& step = program_.steps[s];
    if (step.kind == StepKind::Hook) {
      check_hook(StepId{s}, ast(step.module).hooks[step.index]);
    } else {
      check_hold(StepId{s}, ast(step.module).holds[step.index]);
    }
  }
}

void Checker::check_hook(StepId id, const ast::Hook& hook) {
  const Step& step = program_.steps[id.value];
  const ModuleId module = step.module;
  if (hook.side == ast::Side::Pre && hook.policy) {
    const std::string_view operation =
        hook.operation == ast::Operation::Backup ? "backup" : "restore";
    const std::string_view policy = *hook.policy == ast::Policy::Always      ? "always"
                                    : *hook.policy == ast::Policy::OnSuccess ? "on success"
                                                                             : "on failure";
    const bool always = *hook.policy == ast::Policy::Always;
    Diagnostic& d =
        add(Code::HK2103, module, hook.policy_span, "`{}` cannot be used with `pre {}`", policy,
            operation)
            .label(always ? "a pre hook runs before there is an outcome"
                          : "nothing has run yet, so nothing can have failed or succeeded")
            .also(at(module, hook.side_span.to(hook.operation_span)),
                  fmt::format("this runs before the {}", operation));
    if (always) {
      d.help(fmt::format("drop `always`, or move the hook to `post {}`", operation));
    } else {
      d.help(fmt::format("move the hook to `post {}`, or drop `{}`", operation, policy));
    }
  }
  Scope scope;
  scope.module = module;
  scope.step = id;
  scope.moment = Moment::Turn;
  check_use(scope, hook.action, false);
  check_action(scope, hook.action);
  check_body(scope, hook.action, hook.clauses);
  check_placement(scope, step, step.body, false);
}

void Checker::check_hold(StepId id, const ast::Hold& hold) {
  const Step& step = program_.steps[id.value];
  Scope scope;
  scope.module = step.module;
  scope.step = id;
  scope.moment = Moment::Turn;
  check_use(scope, hold.body.acquire, true);
  check_hold_parts(scope, hold.body, hold.keyword.to(hold.operation_span));
  check_placement(scope, step, step.body, false);
  if (step.release) check_placement(scope, step, step.release->body, true);
  check_hold_shape(id, hold);
  check_until(id, hold);
}

void Checker::check_hold_parts(const Scope& scope, const ast::HoldBody& body, Span keyword) {
  const ModuleId module = scope.module;
  check_action(scope, body.acquire);
  check_body(scope, body.acquire, body.clauses);
  for (const ast::Release& release : body.releases) check_release(scope, body, release);
  for (std::size_t i = 1; i < body.releases.size(); ++i) {
    add(Code::HK2114, module, body.releases[i].keyword,
        "a hold has one release, this is a second one")
        .label("second release")
        .also(at(module, body.releases[0].keyword), "first release")
        .help("do both in one command, or write two holds");
  }
  const auto* use = std::get_if<ast::UseAction>(&body.acquire.what);
  const TemplateRef t = use ? find_template(module, *use) : TemplateRef{};
  const bool broken =
      std::holds_alternative<ast::ErrorAction>(body.acquire.what) || (use && !t.valid());
  const bool brings_release = t.valid() && ast_of(t).hold;
  if (brings_release && !body.releases.empty()) {
    add(Code::HK2114, module, body.releases[0].keyword,
        "a hold has one release, and `{}` brings one already", use->name.text)
        .label("second release")
        .also(at(t.module, ast_of(t).name.span), "a hold template");
  } else if (!brings_release && !broken && body.releases.empty()) {
    add(Code::HK2114, module, keyword, "a hold needs a `release`")
        .label("what undoes it?")
        .help(
            "say how it is undone: `release exec in pod … \"…\"`; without an undo, write a `pre` "
            "hook");
  }
  check_duration(scope, body.at_most, "`at most`");
}

void Checker::check_release(const Scope& outer, const ast::HoldBody& body,
                            const ast::Release& release) {
  Scope scope = outer;
  scope.moment = Moment::Release;
  scope.only_if_acquired = release.only_if_acquired;
  check_use(scope, release.action, false);
  check_action(scope, release.action);
  check_body(scope, release.action, release.clauses);
  const ActionKind acquire = static_cast<ActionKind>(opened_action(outer.module, body.acquire));
  const auto [action, where] = opened(outer.module, release.action);
  if (!action) return;
  if (std::holds_alternative<ast::ScaleBackAction>(action->what) && acquire != ActionKind::Scale &&
      acquire != ActionKind::Error) {
    add(Code::HK2116, outer.module, release.action.span,
        "`scale back` needs a `scale` to undo, this hold begins with {}", name_of(acquire))
        .label("no size was read")
        .also(at(outer.module, body.acquire.keyword), "the acquire");
  }
}

void Checker::check_hold_shape(StepId id, const ast::Hold& hold) {
  const Step& step = program_.steps[id.value];
  const ModuleId module = step.module;
  const bool broken = std::holds_alternative<ast::ErrorAction>(step.body.action->what);
  const bool stdin_release =
      step.release && std::holds_alternative<ast::StdinAction>(step.release->body.action->what);
  const bool release_broken =
      step.release && std::holds_alternative<ast::ErrorAction>(step.release->body.action->what);
  // What is wrong may stand in a template; the hold is where it is mended.
  const Span release_at =
      hold.body.releases.empty() ? hold.body.acquire.span : hold.body.releases[0].action.span;
  if (!step.session) {
    if (stdin_release) {
      add(Code::HK2115, module, release_at, "`release stdin` belongs to a session hold")
          .label("no stream stays open here")
          .fix("write `session`",
               at(module, {hold.body.acquire.span.begin, hold.body.acquire.span.begin}), "session ",
               Applicability::MaybeIncorrect);
    }
    return;
  }
  if (broken) return;
  const Span session_at = hold.body.session ? hold.body.session_span : hold.body.acquire.span;
  const auto* exec = std::get_if<ast::ExecAction>(&step.body.action->what);
  if (!exec || exec->place != ast::ExecPlace::Pod) {
    add(Code::HK2115, module, session_at, "a session hold keeps an `exec in pod` open, this is {}",
        exec ? "another `exec`" : name_of(kind_of(*step.body.action)))
        .label("no stream to keep")
        .also(at(module, hold.body.acquire.keyword), "the acquire");
    return;
  }
  const bool ready = std::any_of(
      step.body.clauses.begin(), step.body.clauses.end(),
      [&](const ScopedClause& c) { return program_.clause(c).kind == ast::ClauseKind::ReadyOnce; });
  if (!ready) {
    add(Code::HK2115, module, session_at, "a session hold needs `ready once …`")
        .label("when does it hold?")
        .help("say what the command prints when it holds: `ready once stdout matches /LOCKED/`");
  }
  if (step.release && !stdin_release && !release_broken) {
    add(Code::HK2115, module, release_at, "a session hold is released through its own stream")
        .label("another command cannot free what the session holds")
        .help("write `release stdin \"…\"`: it is written to the open command, which then ends");
  }
}

void Checker::check_until(StepId id, const ast::Hold& hold) {
  const Step& step = program_.steps[id.value];
  const ModuleId module = step.module;
  if (!hold.body.until_prints.empty())
    check_regex(module, hold.body.until_prints, hold.body.until_span);
  if (!hold.body.until_hook) return;
  const ast::Name& name = hold.body.until_hook;
  Scope scope;
  scope.module = module;
  const std::uint32_t found = find_step(scope, name, "hook");
  if (found == kNone) return;
  const Step& other = program_.steps[found];
  std::string_view why;
  if (found == id.value) {
    why = "this very hold";
  } else if (other.operation != step.operation) {
    why = "of the other operation";
  } else if (other.side == ast::Side::Post) {
    why = "a post hook: the releases run before it anyway";
  } else if (are_siblings(StepId{found}, id)) {
    why = "starts at the same time";
  } else if (!is_before(id, StepId{found})) {
    why = "ends before the hold begins";
  } else {
    return;
  }
  add(Code::HK1012, module, name.span,
      "`until` needs a later pre hook of the same operation, not \"{}\"", name.text)
      .label(std::string(why))
      .also(states_[found].name_at, "declared here");
}

}  // namespace hookc::sema
