// Steps: hooks and holds with every clause and every default.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/lowering.hpp"

namespace hookc::plan {
namespace {

constexpr std::int64_t kDefaultTimeoutMs = 5 * 60 * 1000;  // rule 7
constexpr std::int64_t kDefaultRetryWaitMs = 1000;

Expr literal(Value value) {
  Expr out;
  out.literal = std::move(value);
  return out;
}

Policy policy_of(ast::Policy policy) {
  switch (policy) {
    case ast::Policy::Always: return Policy::Always;
    case ast::Policy::OnSuccess: return Policy::OnSuccess;
    case ast::Policy::OnFailure: return Policy::OnFailure;
  }
  return Policy::Always;
}

OnError on_error_of(ast::OnError on_error) {
  switch (on_error) {
    case ast::OnError::Fail: return OnError::Fail;
    case ast::OnError::Warn: return OnError::Warn;
    case ast::OnError::Continue: return OnError::Continue;
    case ast::OnError::Skip: return OnError::Skip;
  }
  return OnError::Fail;
}

bool reads_fact(const Expr& expr, std::string_view name) {
  if (expr.op == Op::Fact && expr.name == name) return true;
  return std::ranges::any_of(expr.args, [&](const Expr& arg) { return reads_fact(arg, name); });
}

/// Rule 8: the condition judges by itself when it reads what the default test judges by.
bool replaces_default(const Expr& expect, const Action& action) {
  if (std::holds_alternative<HttpRequest>(action)) return reads_fact(expect, "status");
  return std::holds_alternative<Exec>(action) && reads_fact(expect, "exit");
}

}  // namespace

void Lowering::steps() {
  first_capture_.assign(program_.steps.size() + 1,
                        static_cast<std::uint32_t>(program_.captures.size()));
  for (std::size_t i = program_.captures.size(); i-- > 0;) {
    first_capture_[program_.captures[i].step.value] = static_cast<std::uint32_t>(i);
  }
  for (std::size_t s = program_.steps.size(); s-- > 0;) {
    first_capture_[s] = std::min(first_capture_[s], first_capture_[s + 1]);
  }
  for (const sema::Capture& c : program_.captures) {
    plan_.captures.push_back(
        {std::string(c.name), c.type.secret, c.type.kind == sema::TypeKind::List, c.step.value});
  }
  plan_.steps.reserve(program_.steps.size());
  for (std::uint32_t s = 0; s < program_.steps.size() && !too_large_; ++s) {
    plan_.steps.push_back(step(sema::StepId{s}));
  }
}

/// "pre backup 2": its place on its side, in the order they run.
void Lowering::name_steps() {
  const auto name_side = [&](const std::vector<Group>& groups, std::string_view side) {
    std::size_t number = 0;
    for (const Group& group : groups) {
      for (const std::uint32_t id : group) {
        ++number;
        if (!plan_.steps[id].named) plan_.steps[id].name = fmt::format("{} {}", side, number);
      }
    }
  };
  name_side(plan_.backup.pre, "pre backup");
  name_side(plan_.backup.post, "post backup");
  name_side(plan_.restore.pre, "pre restore");
  name_side(plan_.restore.post, "post restore");
}

Step Lowering::step(sema::StepId id) {
  const sema::Step& source = program_[id];
  const ast::Module& file = program_.ast(source.module);
  const bool is_hold = source.kind == sema::StepKind::Hold;
  const Span at = is_hold ? file.holds[source.index].span : file.hooks[source.index].span;
  Step out;
  out.id = id.value;
  out.name = source.name;
  out.named = !source.name.empty();
  out.policy = policy_of(source.policy);
  for (const sema::ScopedClause& scoped : source.body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    if (clause.kind == ast::ClauseKind::OnError) out.on_error = on_error_of(clause.on_error);
    if (clause.kind == ast::ClauseKind::When) out.when = expr(scoped.frame, clause.expr);
  }
  out.task = task(id, source.body, false, origin(source.module, at));
  if (is_hold && source.release) out.hold = hold(id, source);
  return out;
}

Hold Lowering::hold(sema::StepId id, const sema::Step& source) {
  Hold out;
  out.session = source.session;
  std::vector<Expr> ready;
  for (const sema::ScopedClause& scoped : source.body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    if (clause.kind == ast::ClauseKind::ReadyOnce) ready.push_back(expr(scoped.frame, clause.expr));
  }
  out.ready_once = conjunction(std::move(ready));
  // A release that a template brings in stands where the template is.
  const ast::Hold& written = program_.ast(source.module).holds[source.index];
  const sema::ReleaseBody& release = *source.release;
  const Origin at =
      written.body.releases.empty()
          ? origin(program_.frames[release.body.frame.value].module, release.body.action->span)
          : origin(source.module, written.body.releases.front().span);
  out.release = task(id, release.body, true, at);
  out.only_if_acquired = release.only_if_acquired;
  if (source.at_most.valid()) out.at_most = expr(source.at_most_frame, source.at_most);
  if (source.until_hook.valid()) out.until_step = source.until_hook.value;
  if (!source.until_prints.empty()) out.until_prints = std::string(source.until_prints);
  return out;
}

Task Lowering::task(sema::StepId id, const sema::Body& body, bool in_release, Origin at) {
  Task out;
  out.origin = std::move(at);
  out.action = action(body);
  out.timeout = literal(Value{Duration{kDefaultTimeoutMs}});
  out.retry.every = literal(Value{Duration{kDefaultRetryWaitMs}});
  out.retry.factor = literal(Value{std::int64_t{1}});
  std::vector<Expr> conditions;
  for (const sema::ScopedClause& scoped : body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    if (clause.kind == ast::ClauseKind::Timeout) out.timeout = expr(scoped.frame, clause.expr);
    if (clause.kind == ast::ClauseKind::Retry) out.retry = retry(scoped.frame, clause);
    if (clause.kind == ast::ClauseKind::Expect)
      conditions.push_back(expr(scoped.frame, clause.expr));
    if (clause.kind == ast::ClauseKind::Capture && clause.name) {
      out.captures.push_back(capture(id, scoped, in_release));
    }
  }
  out.expect = conjunction(std::move(conditions));
  out.expect_replaces = out.expect && replaces_default(*out.expect, out.action);
  return out;
}

Retry Lowering::retry(FrameId frame, const ast::Clause& clause) {
  Retry out;
  out.count = optional(frame, clause.expr);
  out.every = clause.every.valid() ? expr(frame, clause.every)
                                   : literal(Value{Duration{kDefaultRetryWaitMs}});
  out.factor =
      clause.backoff.valid() ? expr(frame, clause.backoff) : literal(Value{std::int64_t{1}});
  out.up_to = optional(frame, clause.up_to);
  return out;
}

std::uint32_t Lowering::capture_index(sema::StepId id, Location declared, bool in_release) const {
  for (std::uint32_t i = first_capture_[id.value]; i < first_capture_[id.value + 1]; ++i) {
    const sema::Capture& c = program_.captures[i];
    if (c.step == id && c.in_release == in_release && c.declared == declared) return i;
  }
  return 0;  // every capture clause of an opened body is in the table
}

Capture Lowering::capture(sema::StepId id, const sema::ScopedClause& scoped, bool in_release) {
  const ast::Module& file = program_.ast(scoped.frame);
  const ast::Clause& clause = program_.clause(scoped);
  Capture out;
  out.index = capture_index(id, file.at(clause.name.span), in_release);
  out.from.op = Op::Fact;
  switch (clause.captured) {
    case ast::Captured::Stdout: out.from.name = "stdout"; break;
    case ast::Captured::Stderr: out.from.name = "stderr"; break;
    case ast::Captured::Status: out.from.name = "status"; break;
    case ast::Captured::Body: out.from.name = "body"; break;
    case ast::Captured::Json: out.from.name = "json"; break;
    case ast::Captured::Header:
      out.from.op = Op::Header;
      out.from.name = ast::literal_text(file, clause.key).value_or("");
      break;
  }
  for (const ast::ExprId step_id : clause.path.in(file.expr_lists)) {
    Expr next;
    const ast::Expr& e = file[step_id];
    next.args.push_back(std::move(out.from));
    const auto key =
        e.kind == ast::ExprKind::String ? ast::literal_text(file, e.text_id) : std::nullopt;
    if (key) {
      next.op = Op::Member;
      next.name = *key;
    } else {
      next.op = Op::Index;
      next.args.push_back(expr(scoped.frame, step_id));
    }
    out.from = std::move(next);
  }
  return out;
}

OptionalExpr Lowering::conjunction(std::vector<Expr> conditions) const {
  if (conditions.empty()) return std::nullopt;
  if (conditions.size() == 1) return std::move(conditions.front());
  Expr out;
  out.op = Op::And;
  out.args = std::move(conditions);
  return out;
}

}  // namespace hookc::plan
