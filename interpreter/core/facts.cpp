#include "interpreter/core/facts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"

namespace hookc::engine {

using plan::Value;

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_header(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// An empty text says "unknown": null.
Value known(const std::string& text) {
  return text.empty() ? Value{} : Value{text};
}

}  // namespace

std::string default_namespace(const Context& context) {
  return context.inputs.default_namespace.empty() ? context.inputs.target_namespace
                                                  : context.inputs.default_namespace;
}

Value Facts::param(std::uint32_t index) const {
  return index < context_.inputs.params.size() ? context_.inputs.params[index] : Value{};
}

Value Facts::secret(std::uint32_t index) const {
  return index < context_.inputs.secrets.size() ? Value{context_.inputs.secrets[index]} : Value{};
}

Value Facts::capture(std::uint32_t index) const {
  return index < context_.captures.size() ? context_.captures[index] : Value{};
}

Value Facts::fact(std::string_view name) const {
  const Moments& moments = context_.moments;
  if (name == "session.id") return Value{context_.inputs.session_id};
  if (name == "session.operation") {
    return Value{
        std::string(context_.inputs.operation == Operation::Backup ? "backup" : "restore")};
  }
  if (name == "session.phase") return Value{moments.phase};
  if (name == "session.started") return known(context_.inputs.started);
  if (name == "operation.exit") {
    return moments.operation_exit ? Value{std::int64_t{*moments.operation_exit}} : Value{};
  }
  if (name == "operation.output")
    return moments.operation_exit ? Value{moments.operation_output} : Value{};
  if (name == "session.status")
    return moments.session_status ? Value{*moments.session_status} : Value{};
  if (name == "session.reason")
    return moments.session_status ? known(moments.session_reason) : Value{};
  if (name == "session.duration") {
    if (!moments.session_status) return Value{};
    return Value{plan::Duration{context_.now - context_.result.started}};
  }
  if (name.starts_with("target.")) return target_fact(name.substr(7));
  return attempt_fact(name);
}

Value Facts::target_fact(std::string_view name) const {
  const Inputs& inputs = context_.inputs;
  if (name == "kind") return known(inputs.target_kind);
  if (name == "name") return known(inputs.target_name);
  if (name == "namespace") return known(inputs.target_namespace);
  return Value{};
}

Value Facts::attempt_fact(std::string_view name) const {
  if (response_ == nullptr) return Value{};
  const auto* http = std::get_if<HttpResponse>(response_);
  const auto* exec = std::get_if<ExecOutput>(response_);
  if (name == "json") {
    if (!json_) {
      json_.emplace();
      if (http != nullptr || exec != nullptr) {
        if (auto parsed = plan::parse_json(http != nullptr ? http->body : exec->stdout_text))
          json_ = *std::move(parsed);
      }
    }
    return *json_;
  }
  if (http != nullptr) {
    if (name == "status") return Value{std::int64_t{http->status}};
    if (name == "body") return Value{http->body};
  }
  if (exec != nullptr) {
    if (name == "exit") return Value{std::int64_t{exec->exit_code}};
    if (name == "stdout") return Value{exec->stdout_text};
    if (name == "stderr") return Value{exec->stderr_text};
  }
  return Value{};
}

Value Facts::hook_fact(std::uint32_t step, std::string_view name) const {
  if (step >= context_.result.steps.size()) return Value{};
  const StepResult& hook = context_.result.steps[step];
  if (name == "status") return Value{std::string(to_text(hook.phase))};
  // A hook that did not run, or not yet to its end, has neither output nor duration.
  if (hook.phase != StepPhase::Succeeded && hook.phase != StepPhase::Failed) return Value{};
  if (name == "output") return Value{hook.output};
  if (name == "duration") return Value{plan::Duration{hook.ended - hook.started}};
  return Value{};
}

Value Facts::header(std::string_view name) const {
  const auto* http = response_ == nullptr ? nullptr : std::get_if<HttpResponse>(response_);
  if (http == nullptr) return Value{};
  for (const auto& [key, value] : http->headers) {
    if (same_header(key, name)) return Value{value};
  }
  return Value{};
}

std::string Facts::name_of(const plan::Expr& leaf) const {
  const plan::Plan& plan = context_.plan;
  if (leaf.op == plan::Op::Param && leaf.index < plan.params.size())
    return plan.params[leaf.index].name;
  if (leaf.op == plan::Op::Secret && leaf.index < plan.secrets.size())
    return plan.secrets[leaf.index].name;
  if (leaf.op == plan::Op::Capture && leaf.index < plan.captures.size())
    return plan.captures[leaf.index].name;
  if (leaf.op == plan::Op::HookFact && leaf.index < plan.steps.size()) {
    return fmt::format("hook(\"{}\").{}", plan.steps[leaf.index].name, leaf.name);
  }
  return leaf.name;
}

}  // namespace hookc::engine
