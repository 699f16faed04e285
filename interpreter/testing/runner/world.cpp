#include "interpreter/testing/runner/world.hpp"

#include <algorithm>
#include <expected>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "interpreter/core/render.hpp"

namespace hookc::runner {

using engine::Reply;
using plan::Given;
using plan::TestScript;

std::vector<std::uint32_t> steps_of(const plan::Plan& plan, Operation operation) {
  const plan::OperationPlan& sequence = operation == Operation::Backup ? plan.backup : plan.restore;
  std::vector<std::uint32_t> steps;
  for (const auto* side : {&sequence.pre, &sequence.post}) {
    for (const plan::Group& group : *side) steps.insert(steps.end(), group.begin(), group.end());
  }
  return steps;
}

std::string_view name_of(Operation operation) {
  return operation == Operation::Backup ? "backup" : "restore";
}

plan::Value GivenScope::param(std::uint32_t index) const {
  return index < inputs_.params.size() ? inputs_.params[index] : plan::Value{};
}
plan::Value GivenScope::secret(std::uint32_t index) const {
  return index < inputs_.secrets.size() ? plan::Value{inputs_.secrets[index]} : plan::Value{};
}
plan::Value GivenScope::fact(std::string_view name) const {
  if (name == "session.id") return plan::Value{inputs_.session_id};
  if (name == "session.started") return plan::Value{inputs_.started};
  if (name == "session.operation")
    return plan::Value{std::string(runner::name_of(inputs_.operation))};
  if (name == "target.kind") return plan::Value{inputs_.target_kind};
  if (name == "target.name") return plan::Value{inputs_.target_name};
  if (name == "target.namespace") return plan::Value{inputs_.target_namespace};
  return {};
}
std::string GivenScope::name_of(const plan::Expr& leaf) const {
  if (leaf.op == plan::Op::Param && leaf.index < plan_.params.size())
    return plan_.params[leaf.index].name;
  return leaf.name;
}

namespace {

class SettingMaker {
 public:
  SettingMaker(const plan::Plan& plan, const plan::Test& test, Diagnostics& findings)
      : plan_(plan), test_(test), findings_(findings), scope_(plan, setting_.inputs) {}

  std::optional<Setting> make() {
    engine::Inputs& inputs = setting_.inputs;
    inputs.session_id = "test";
    inputs.started = "2026-01-01T00:00:00Z";
    inputs.secrets = engine::placeholder_secrets(plan_);
    for (std::uint32_t i = 0; i < plan_.params.size(); ++i) param(i);
    for (const Given& given : test_.givens) {
      if (given.kind == Given::Kind::Fact) fact(given);
    }
    for (const Given& given : test_.givens) {
      switch (given.kind) {
        case Given::Kind::Param:
        case Given::Kind::Fact: break;
        case Given::Kind::Operation: setting_.operation = script(given); break;
        case Given::Kind::Crash:
        case Given::Kind::Interrupt: setting_.breaks.push_back(&given); break;
        case Given::Kind::Task:
        case Given::Kind::Release:
        case Given::Kind::Http:
        case Given::Kind::Tcp:
        case Given::Kind::ExecPod:
        case Given::Kind::ExecFunction: setting_.scripts.push_back(script(given)); break;
      }
    }
    if (failed_) return std::nullopt;
    return std::move(setting_);
  }

 private:
  void fail(Location where, const std::string& problem, std::string label, std::string mend) {
    failed_ = true;
    Diagnostic& d =
        findings_.add(Code::HK9103, where, "test \"{}\" cannot run: {}", test_.name, problem);
    d.label(std::move(label));
    if (!mend.empty()) d.help(std::move(mend));
  }

  void fact(const Given& given) {
    engine::Inputs& inputs = setting_.inputs;
    std::string value = take(given, plan::evaluate_text(given.value, scope_));
    if (given.name == "session.id")
      inputs.session_id = std::move(value);
    else if (given.name == "session.started")
      inputs.started = std::move(value);
    else if (given.name == "target.kind")
      inputs.target_kind = std::move(value);
    else if (given.name == "target.name")
      inputs.target_name = std::move(value);
    else if (given.name == "target.namespace")
      inputs.target_namespace = std::move(value);
  }

  /// A given value, else the default, which may read the params above it.
  void param(std::uint32_t index) {
    const plan::Param& param = plan_.params[index];
    const auto given = std::ranges::find_if(test_.givens, [&](const Given& it) {
      return it.kind == Given::Kind::Param && it.index == index;
    });
    const bool is_given = given != test_.givens.end();
    const plan::Expr* expr = is_given              ? &given->value
                             : param.default_value ? &*param.default_value
                                                   : nullptr;
    plan::Value value;
    if (expr != nullptr) {
      auto made = plan::evaluate(*expr, scope_);
      if (!made) {
        fail(is_given ? given->where : test_.name_at,
             fmt::format("param `{}` has no value: {}", param.name, made.error().message), "here",
             {});
      } else {
        value = *std::move(made);
      }
    }
    if (value.is_null() && !failed_) {
      fail(test_.name_at, fmt::format("param `{}` has no value", param.name),
           fmt::format("needs a value for `{}`", param.name),
           fmt::format("write `given param {} = …` in the test, or give the param a default",
                       param.name));
    }
    setting_.inputs.params.push_back(std::move(value));
  }

  /// The value, or the finding that there is none and a default.
  template <typename T>
  T take(const Given& given, std::expected<T, plan::EvalError> value) {
    if (value) return *std::move(value);
    fail(given.where, value.error().message, "cannot be evaluated", {});
    return T{};
  }

  Script script(const Given& given) {
    Script out;
    out.given = &given;
    out.kind = given.script.kind;
    if (given.script.reason)
      out.reason = take(given, plan::evaluate_text(*given.script.reason, scope_));
    if (given.script.takes)
      out.takes = take(given, plan::evaluate_duration(*given.script.takes, scope_));
    for (const plan::TestAnswer& answer : given.script.answers) {
      Answer made;
      made.code = take(given, plan::evaluate_int(answer.code, scope_));
      if (answer.text) made.text = take(given, plan::evaluate_text(*answer.text, scope_));
      out.answers.push_back(std::move(made));
    }
    if (given.kind == Given::Kind::Http) {
      out.url = take(given, plan::evaluate_text(*given.call, scope_));
    } else if (given.kind == Given::Kind::Tcp) {
      const std::string text = take(given, plan::evaluate_text(*given.call, scope_));
      if (auto endpoint = engine::parse_endpoint(text)) {
        out.tcp = *std::move(endpoint);
      } else if (!failed_) {
        fail(given.where, endpoint.error(), "not an address", {});
      }
    }
    if (given.kind == Given::Kind::Operation && out.kind == TestScript::Kind::Hangs) {
      fail(given.where, "nothing ends an operation that hangs", "runs for ever",
           "write `takes 10h`: a hold with `at most` is released meanwhile");
    }
    return out;
  }

  const plan::Plan& plan_;
  const plan::Test& test_;
  Diagnostics& findings_;
  Setting setting_;
  GivenScope scope_;
  bool failed_ = false;
};

const plan::Task& task_of(const plan::Plan& plan, std::uint32_t step, bool release) {
  const plan::Step& it = plan.steps[step];
  return release && it.hold ? it.hold->release : it.task;
}

/// Of an exec: its pod or function is the one that is meant.
bool same_place(const Given& given, const plan::Plan& plan, const plan::Task& task) {
  const auto* exec = std::get_if<plan::Exec>(&task.action);
  if (exec == nullptr) return false;
  if (given.kind == Given::Kind::ExecPod)
    return exec->place == plan::Exec::Place::Pod && exec->pod && exec->pod->label == given.name;
  return exec->place == plan::Exec::Place::Function && exec->function < plan.functions.size() &&
         plan.functions[exec->function].name == given.name;
}

bool same_call(const Script& script, const engine::Request& request) {
  if (const auto* http = std::get_if<engine::HttpRequest>(&request)) {
    return script.given->kind == Given::Kind::Http && http->post == script.given->post &&
           http->url == script.url;
  }
  if (const auto* tcp = std::get_if<engine::TcpRequest>(&request))
    return script.given->kind == Given::Kind::Tcp && *tcp == script.tcp;
  return false;
}

}  // namespace

std::optional<Setting> make_setting(const plan::Plan& plan, const plan::Test& test,
                                    Diagnostics& findings) {
  return SettingMaker(plan, test, findings).make();
}

bool may_match(const Script& script, const plan::Plan& plan, std::uint32_t step, bool release,
               const engine::Inputs& inputs) {
  const plan::Task& task = task_of(plan, step, release);
  switch (script.given->kind) {
    case Given::Kind::Operation:
    case Given::Kind::Param:
    case Given::Kind::Fact:
    case Given::Kind::Crash:
    case Given::Kind::Interrupt: return false;
    case Given::Kind::Task: return !release && script.given->index == step;
    case Given::Kind::Release: return release && script.given->index == step;
    case Given::Kind::ExecPod:
    case Given::Kind::ExecFunction: return same_place(*script.given, plan, task);
    case Given::Kind::Http:
      if (const auto* http = std::get_if<plan::HttpRequest>(&task.action);
          http == nullptr || http->post != script.given->post ||
          !std::holds_alternative<plan::Expr>(http->where))
        return false;
      break;
    case Given::Kind::Tcp:
      if (const auto* tcp = std::get_if<plan::TcpConnect>(&task.action);
          tcp == nullptr || !std::holds_alternative<plan::Expr>(tcp->where))
        return false;
      break;
  }
  const GivenScope scope(plan, inputs);
  const auto where = std::holds_alternative<plan::HttpRequest>(task.action)
                         ? std::get<plan::HttpRequest>(task.action).where
                         : std::get<plan::TcpConnect>(task.action).where;
  const auto address = plan::evaluate_text(std::get<plan::Expr>(where), scope);
  if (!address) return true;  // known only when the step runs
  if (script.given->kind == Given::Kind::Http) return *address == script.url;
  const auto endpoint = engine::parse_endpoint(*address);
  return endpoint && *endpoint == script.tcp;
}

bool matches(const Script& script, const plan::Plan& plan, const engine::StartAttempt& attempt) {
  switch (script.given->kind) {
    case Given::Kind::Operation:
    case Given::Kind::Param:
    case Given::Kind::Fact:
    case Given::Kind::Crash:
    case Given::Kind::Interrupt: return false;
    case Given::Kind::Task: return !attempt.release && script.given->index == attempt.step;
    case Given::Kind::Release: return attempt.release && script.given->index == attempt.step;
    case Given::Kind::Http:
    case Given::Kind::Tcp: return same_call(script, attempt.request);
    case Given::Kind::ExecPod:
    case Given::Kind::ExecFunction:
      return same_place(*script.given, plan, task_of(plan, attempt.step, attempt.release));
  }
  return false;
}

std::optional<Reply> next_reply(Script& script, const engine::StartAttempt& attempt) {
  switch (script.kind) {
    case TestScript::Kind::Succeeds: return Reply{engine::Assumed{}};
    case TestScript::Kind::Takes: return Reply{engine::Assumed{}, script.takes};
    case TestScript::Kind::Fails:
      return engine::refused(script.reason.empty() ? "the test says so" : script.reason);
    case TestScript::Kind::Hangs: return engine::hangs();
    case TestScript::Kind::Answers: break;
  }
  const Answer& answer = script.answers[std::min(script.used++, script.answers.size() - 1)];
  constexpr auto kLargest = std::int64_t{std::numeric_limits<int>::max()};
  const int code = static_cast<int>(std::clamp(answer.code, -kLargest, kLargest));
  if (std::holds_alternative<engine::HttpRequest>(attempt.request))
    return engine::http(code, answer.text);
  if (std::holds_alternative<engine::ExecRequest>(attempt.request) ||
      std::holds_alternative<engine::SessionInput>(attempt.request))
    return engine::exit_code(code, answer.text);
  return std::nullopt;
}

engine::OperationEnded end_of_operation(const Script& script) {
  engine::OperationEnded end;
  switch (script.kind) {
    case TestScript::Kind::Succeeds:
    case TestScript::Kind::Takes: end.succeeded = true; break;
    case TestScript::Kind::Hangs:  // refused before
    case TestScript::Kind::Fails:
      // Exit code 1 unless that is a success here.
      end.exit_code = 1;
      end.output = script.reason;
      break;
    case TestScript::Kind::Answers:
      end.exit_code = static_cast<int>(script.answers.front().code);
      end.output = script.answers.front().text;
      break;
  }
  return end;
}

}  // namespace hookc::runner
