// Clauses: each with its action, in its place, and the values in it.
#include <algorithm>

#include "compiler/base/ascii.hpp"
#include "compiler/sema/checker.hpp"
#include "compiler/sema/clause_rules.hpp"
#include "compiler/values/http_header.hpp"
#include "compiler/values/kubernetes_name.hpp"

namespace hookc::sema {

namespace {

Attempt attempt_of(ActionKind action) {
  if (action == ActionKind::Http) return Attempt::Http;
  if (action == ActionKind::Exec || action == ActionKind::Stdin) return Attempt::Exec;
  return Attempt::None;
}

}  // namespace

void Checker::check_body(const Scope& scope, const ast::Action& action,
                         Range<ast::Clause> clauses) {
  if (clauses.empty()) return;
  check_clause_set(scope, clauses);
  const auto [what, where] = opened(scope.module, action);
  const std::size_t alternative = what ? what->what.index() : 0;
  bool request = false;
  for (const ast::Clause& clause : clauses.in(ast(scope.module).clauses)) {
    // A clause in the wrong place is one mistake, whatever it reads.
    if (what && !check_clause_for_action(scope, clause, what, where)) continue;
    check_clause_values(scope, clause, alternative);
    request =
        request || clause.kind == ast::ClauseKind::Header || clause.kind == ast::ClauseKind::Body;
  }
  if (request && what && std::holds_alternative<ast::HttpAction>(what->what))
    check_request(scope, clauses);
}

void Checker::check_clause_set(const Scope& scope, Range<ast::Clause> range) {
  const auto clauses = range.in(ast(scope.module).clauses);
  for (std::size_t i = 1; i < clauses.size(); ++i) {
    const ast::Clause& clause = clauses[i];
    const ClauseRule& rule = rule_of(clause.kind);
    const auto same = [&](const ast::Clause& other) {
      if (clause.kind == ast::ClauseKind::Env)
        return other.kind == clause.kind && other.name.text == clause.name.text;
      if (is_body(clause.kind)) return is_body(other.kind);
      return !rule.repeatable && other.kind == clause.kind;
    };
    const auto end = clauses.begin() + static_cast<std::ptrdiff_t>(i);
    const auto first = std::find_if(clauses.begin(), end, same);
    if (first == end) continue;
    if (clause.kind == ast::ClauseKind::Env) {
      add(Code::HK0006, scope.module, clause.name.span, "`env {}` is given twice", clause.name.text)
          .label("given again here")
          .also(at(scope.module, first->name.span), "first given here");
    } else if (first->kind != clause.kind) {
      add(Code::HK0006, scope.module, clause.keyword, "a request has one body: `{}` or `{}`",
          rule_of(first->kind).keyword, rule.keyword)
          .label("second body")
          .also(at(scope.module, first->keyword), "first body");
    } else {
      add(Code::HK0006, scope.module, clause.keyword, "`{}` is given twice", rule.keyword)
          .label("given again here")
          .also(at(scope.module, first->keyword), "first given here")
          .help("keep one of the two");
    }
  }
}

bool Checker::check_clause_for_action(const Scope& scope, const ast::Clause& clause,
                                      const ast::Action* action, ModuleId action_module) {
  const ActionKind kind = kind_of(*action);
  if (kind == ActionKind::Error || kind == ActionKind::Use) return true;
  const ClauseRule& rule = rule_of(clause.kind);
  if (!allows(rule.actions, kind)) {
    if (clause.kind == ast::ClauseKind::ByOperator) {
      Diagnostic& d = add(Code::HK2101, scope.module, clause.keyword, "{} cannot run `by operator`",
                          name_of(kind))
                          .label("belongs to `http` and `tcp`");
      const auto* exec = std::get_if<ast::ExecAction>(&action->what);
      if (exec && exec->place == ast::ExecPlace::Missing) {
        d.fix("write `local`, for a process beside hookc", at(scope.module, clause.span), "local",
              Applicability::MaybeIncorrect);
      } else if (exec) {
        d.help("for a process beside hookc write `exec local \"…\"`");
      }
      return false;
    }
    add(Code::HK2111, scope.module, clause.keyword, "`{}` does not fit {}", rule.keyword,
        name_of(kind))
        .label(fmt::format("belongs to {}", rule_of(clause.kind).takers))
        .also(at(action_module, action->keyword), "the action");
    return false;
  }
  if (const auto* http = std::get_if<ast::HttpAction>(&action->what)) {
    if (http->method == ast::HttpMethod::Get && is_body(clause.kind)) {
      Diagnostic& d = add(Code::HK5008, scope.module, clause.keyword, "a GET has no body")
                          .label(fmt::format("`{}` on a GET", rule.keyword))
                          .also(at(action_module, http->method_span), "the method");
      if (action_module == scope.module) {
        d.fix("write `post`", at(scope.module, http->method_span), "post",
              Applicability::MaybeIncorrect);
      }
    }
  } else if (const auto* exec = std::get_if<ast::ExecAction>(&action->what)) {
    if (clause.kind == ast::ClauseKind::Env && exec->place == ast::ExecPlace::Pod &&
        exec->command.argv.valid()) {
      add(Code::HK2117, scope.module, clause.keyword,
          "`env` for a pod needs shell text, not an argv list")
          .label("travels over the shell's stdin")
          .also(at(action_module, ast(action_module)[exec->command.argv].span),
                "runs without a shell")
          .help("write the command as shell text: `\"…\"`");
    }
  }
  return true;
}

void Checker::check_clause_for_place(const Scope& scope, const Step& step,
                                     const ScopedClause& scoped, bool in_release,
                                     std::optional<Location> use) {
  const ast::Clause& clause = program_.clause(scoped);
  const ClauseRule& rule = rule_of(clause.kind);
  const Location written = at(program_.frames[scoped.frame.value].module, clause.keyword);
  const auto report = [&](Code code, std::string message, std::string_view label) -> Diagnostic& {
    Diagnostic& d = out_.add_text(code, use.value_or(written), std::move(message));
    d.label(std::string(label));
    if (use) d.also(written, "written in the template");
    return d;
  };
  const Place place = in_release ? Place::Release
                      : step.kind == StepKind::Hold
                          ? (step.session ? Place::SessionAcquire : Place::Acquire)
                      : step.side == ast::Side::Pre ? Place::PreHook
                                                    : Place::PostHook;
  if (!allows(rule.places, place)) {
    if (clause.kind == ast::ClauseKind::ReadyOnce) {
      report(Code::HK2115, "`ready once` belongs to a session hold", "no stream stays open here")
          .help("write `hold … session exec in pod …`, or use `expect`");
    } else if (place == Place::SessionAcquire) {
      report(Code::HK2115, fmt::format("`{}` does not fit a session hold", rule.keyword),
             "the command does not end before the release")
          .help("a session hold is acquired by `ready once …`");
    } else {
      report(Code::HK2112, fmt::format("`{}` is not possible in a release", rule.keyword),
             "in a release")
          .help(
              "a release takes timeout, retry, expect, capture, header, body, json, form, env, "
              "stdin and tls");
    }
    return;
  }
  if (clause.kind != ast::ClauseKind::OnError) return;
  if (clause.on_error == ast::OnError::Continue && place == Place::PostHook) {
    report(Code::HK2110, "`on error continue` is not possible on a post hook",
           "each post hook runs anyway")
        .help("`on error warn` keeps its failure from failing the session");
  } else if (clause.on_error == ast::OnError::Skip && place == Place::PostHook) {
    report(Code::HK2110, "`on error skip` is not possible on a post hook",
           "nothing is left to skip")
        .help("`on error warn` keeps its failure from failing the session");
  } else if (place == Place::SessionAcquire &&
             (clause.on_error == ast::OnError::Warn || clause.on_error == ast::OnError::Continue)) {
    report(Code::HK2110,
           fmt::format("`on error {}` is not possible on a session hold",
                       clause.on_error == ast::OnError::Warn ? "warn" : "continue"),
           "nothing would hold while the operation runs")
        .help("use `on error fail`, or `on error skip` to end the session without an alarm");
  }
  (void)scope;
}

void Checker::check_placement(const Scope& scope, const Step& step, const Body& body,
                              bool in_release) {
  for (const ScopedClause& scoped : body.clauses) {
    std::optional<Location> use;
    FrameId frame = scoped.frame;
    while (program_.frames[frame.value].template_index != kNone) {
      use = program_.frames[frame.value].use;
      frame = program_.frames[frame.value].caller;
    }
    check_clause_for_place(scope, step, scoped, in_release, use);
  }
}

void Checker::check_clause_values(const Scope& outer, const ast::Clause& clause,
                                  std::size_t alternative) {
  const auto action = static_cast<ActionKind>(alternative);
  const Scope scope = outer.with(Sink::Open);
  switch (clause.kind) {
    case ast::ClauseKind::Timeout: check_duration(scope, clause.expr, "`timeout`"); return;
    case ast::ClauseKind::Retry:
      check_int(scope, clause.expr, 0, 1'000'000, "`retry`");
      check_duration(scope, clause.every, "`every`");
      check_number(scope, clause.backoff, 1, "`backoff`");
      check_duration(scope, clause.up_to, "`up to`");
      return;
    case ast::ClauseKind::OnError:
    case ast::ClauseKind::FollowRedirects:
    case ast::ClauseKind::ByOperator:
    case ast::ClauseKind::After: return;
    case ast::ClauseKind::Expect:
      if (action == ActionKind::Error) return;  // whatever it reads, the action is unknown
      expect_bool(scope.with(Sink::Expect).with(attempt_of(action)), clause.expr, "`expect`");
      return;
    case ast::ClauseKind::ReadyOnce:
      expect_bool(scope.with(Sink::Expect).with(Attempt::Exec), clause.expr, "`ready once`");
      return;
    case ast::ClauseKind::When: expect_bool(scope.with(Sink::When), clause.expr, "`when`"); return;
    case ast::ClauseKind::Capture:
      if (action != ActionKind::Error)
        check_capture(scope.with(Sink::Capture).with(attempt_of(action)), clause);
      return;
    case ast::ClauseKind::Header: {
      const auto name = ast::literal_text(ast(scope.module), clause.key);
      if (!name) {
        check_text(scope.with(Sink::Name), clause.key, TextUse::Plain);
        if (clause.key.valid()) {
          add(Code::HK5002, scope.module, ast(scope.module)[clause.key].span,
              "the name of a header is plain text")
              .label("no placeholders here");
        }
      } else if (const auto checked = values::check_header_name(*name); !checked) {
        bad_value(Code::HK5002, scope.module, clause.key, checked.error());
      } else if (values::header_use(*name) == values::HeaderUse::Reserved) {
        add(Code::HK5002, scope.module, ast(scope.module)[clause.key].span,
            "header `{}` is not for you to set", *name)
            .label("the HTTP client writes it")
            .help("drop this clause");
      }
      check_text(scope, clause.text, TextUse::HeaderValue);
      return;
    }
    case ast::ClauseKind::Body:
    case ast::ClauseKind::Stdin: check_text(scope, clause.text, TextUse::Plain); return;
    case ast::ClauseKind::Json: value_of(scope, clause.expr); return;
    case ast::ClauseKind::Form: {
      if (!clause.expr.valid()) return;
      value_of(scope, clause.expr);
      const ast::Module& file = ast(scope.module);
      for (const ast::ExprId field : file.children(file[clause.expr])) {
        const Type type = info(scope.module).types[field.value];
        if (renders(type.kind)) continue;
        add(Code::HK3009, scope.module, file[field].span, "{} cannot be a field of a form",
            describe(type))
            .label("text expected")
            .help("a form has texts only; for nested values write `json {…}`");
      }
      return;
    }
    case ast::ClauseKind::Env: {
      if (clause.name) {
        if (const auto checked = values::check_env_name(clause.name.text); !checked) {
          add(Code::HK3003, scope.module, clause.name.span, "{}", checked.error().message);
        }
      }
      if (clause.source != UINT32_MAX)
        check_source(scope, ast(scope.module).secret_sources[clause.source]);
      if (!clause.expr.valid()) return;
      const Type type = value_of(scope, clause.expr);
      if (renders(type.kind)) return;
      add(Code::HK3009, scope.module, ast(scope.module)[clause.expr].span,
          "{} cannot be a variable's value", describe(type))
          .label("text expected");
      return;
    }
    case ast::ClauseKind::Tls: check_tls(scope, clause); return;
  }
}

void Checker::check_capture(const Scope& scope, const ast::Clause& clause) {
  const bool http = scope.attempt == Attempt::Http;
  const bool exec = scope.attempt == Attempt::Exec;
  if (!http && !exec) return;  // the clause itself does not fit, which was said
  std::string_view word;
  switch (clause.captured) {
    case ast::Captured::Stdout: word = exec ? "" : "stdout"; break;
    case ast::Captured::Stderr: word = exec ? "" : "stderr"; break;
    case ast::Captured::Status: word = http ? "" : "status"; break;
    case ast::Captured::Header: word = http ? "" : "header"; break;
    case ast::Captured::Body: word = http ? "" : "body"; break;
    case ast::Captured::Json: break;
  }
  if (!word.empty()) {
    add(Code::HK2111, scope.module, clause.span, "{} has no `{}` to capture",
        http ? "an `http` request" : "an `exec`", word)
        .label(fmt::format("`{}` is told by {}", word, http ? "`exec`" : "`http`"))
        .help(http ? "capture `status`, `header \"…\"`, `body` or `json.…`"
                   : "capture `stdout`, `stderr` or `json.…`");
  }
  if (clause.captured == ast::Captured::Header) {
    const auto name = ast::literal_text(ast(scope.module), clause.key);
    if (name) {
      if (const auto checked = values::check_header_name(*name); !checked) {
        bad_value(Code::HK5002, scope.module, clause.key, checked.error());
      }
    }
  }
  for (const ast::ExprId step : clause.path.in(ast(scope.module).expr_lists)) value_of(scope, step);
}

void Checker::check_tls(const Scope& scope, const ast::Clause& clause) {
  if (clause.insecure) return;
  const ast::Module& file = ast(scope.module);
  NameMap<Span> seen;
  for (const ast::Argument& field : clause.fields.in(file.arguments)) {
    const Type type = value_of(scope, field.value);
    if (!is_text(type.kind))
      mismatch(scope, file[field.value].span, type, plain(TypeKind::String), "a certificate");
    const std::string_view name = field.name.text;
    if (name != "ca" && name != "cert" && name != "key") {
      add(Code::HK3006, scope.module, field.name.span, "`tls` has no field `{}`", name)
          .label("one of `ca`, `cert`, `key` expected");
      continue;
    }
    const auto [known, added] = seen.try_emplace(name, field.name.span);
    if (!added) {
      add(Code::HK0006, scope.module, field.name.span, "`{}` is given twice", name)
          .label("given again here")
          .also(at(scope.module, known->second), "first given here");
    }
  }
  if (seen.contains("cert") != seen.contains("key")) {
    const bool cert = seen.contains("cert");
    add(Code::HK2118, scope.module, clause.keyword, "`tls` has a `{}` without its `{}`",
        cert ? "cert" : "key", cert ? "key" : "cert")
        .label("a client certificate needs both");
  }
}

void Checker::check_request(const Scope& scope, Range<ast::Clause> range) {
  const ast::Module& file = ast(scope.module);
  std::string content_type;
  std::vector<std::pair<std::string, Span>> seen;
  const ast::Clause* body = nullptr;
  for (const ast::Clause& clause : range.in(file.clauses)) {
    if (clause.kind == ast::ClauseKind::Body) body = &clause;
    if (clause.kind != ast::ClauseKind::Header) continue;
    auto name = ast::literal_text(file, clause.key);
    if (!name) continue;
    const Span where = file[clause.key].span;
    const auto first = std::find_if(seen.begin(), seen.end(), [&](const auto& entry) {
      return equal_ignoring_case(entry.first, *name);
    });
    if (first != seen.end() && values::header_use(*name) == values::HeaderUse::Single) {
      add(Code::HK5002, scope.module, where, "header `{}` is given twice", *name)
          .label("given again here")
          .also(at(scope.module, first->second), "first given here");
    }
    if (equal_ignoring_case(*name, "Content-Type"))
      content_type = ast::literal_text(file, clause.text).value_or("");
    seen.emplace_back(*std::move(name), where);
  }
  if (body && !content_type.empty()) check_structured_body(scope, *body, content_type);
}

}  // namespace hookc::sema
