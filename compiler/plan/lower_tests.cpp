// Tests: names become step ids, values expressions of the plan.
#include "compiler/plan/lowering.hpp"

namespace hookc::plan {
namespace {

Expectation::Kind kind_of(ast::ExpectKind kind) {
  switch (kind) {
    case ast::ExpectKind::HookSucceeded: return Expectation::Kind::HookSucceeded;
    case ast::ExpectKind::HookFailed: return Expectation::Kind::HookFailed;
    case ast::ExpectKind::HookRan: return Expectation::Kind::HookRan;
    case ast::ExpectKind::HookRanAfter: return Expectation::Kind::HookRanAfter;
    case ast::ExpectKind::HookAttempts: return Expectation::Kind::HookAttempts;
    case ast::ExpectKind::HookDidNotRun: return Expectation::Kind::HookDidNotRun;
    case ast::ExpectKind::HoldReleased: return Expectation::Kind::HoldReleased;
    case ast::ExpectKind::HoldStillHeld: return Expectation::Kind::HoldStillHeld;
    case ast::ExpectKind::SessionFailed: return Expectation::Kind::SessionFailed;
    case ast::ExpectKind::SessionSucceeded: return Expectation::Kind::SessionSucceeded;
    case ast::ExpectKind::SessionSkipped: return Expectation::Kind::SessionSkipped;
  }
  return Expectation::Kind::HookSucceeded;
}

Given::Kind kind_of(ast::GivenKind kind) {
  switch (kind) {
    case ast::GivenKind::Operation: return Given::Kind::Operation;
    case ast::GivenKind::Param: return Given::Kind::Param;
    case ast::GivenKind::Hook:
    case ast::GivenKind::Hold: return Given::Kind::Task;
    case ast::GivenKind::Release: return Given::Kind::Release;
    case ast::GivenKind::Http: return Given::Kind::Http;
    case ast::GivenKind::Tcp: return Given::Kind::Tcp;
    case ast::GivenKind::ExecPod: return Given::Kind::ExecPod;
    case ast::GivenKind::ExecFunction: return Given::Kind::ExecFunction;
    case ast::GivenKind::Fact: return Given::Kind::Fact;
    case ast::GivenKind::Crash: return Given::Kind::Crash;
    case ast::GivenKind::Interrupt: return Given::Kind::Interrupt;
  }
  return Given::Kind::Operation;
}

std::uint32_t index_of(const std::unordered_map<std::string_view, std::uint32_t>& indices,
                       const ast::Name& name) {
  const auto found = indices.find(name.text);
  return found == indices.end() ? UINT32_MAX : found->second;
}

}  // namespace

std::vector<Test> lower_tests(const sema::Program& program, const SourceManager& sources,
                              Diagnostics& diagnostics) {
  return Lowering(program, sources, diagnostics).tests();
}

std::vector<Test> Lowering::tests() {
  for (std::uint32_t i = 0; i < program_.params.size(); ++i)
    params_by_name_.emplace(program_.params[i].name, i);
  for (std::uint32_t i = 0; i < program_.steps.size(); ++i) {
    if (!program_.steps[i].name.empty()) steps_by_name_.emplace(program_.steps[i].name, i);
  }
  std::vector<Test> out;
  for (const ast::Test& test : program_.modules.front().ast->tests) out.push_back(lowered(test));
  if (too_large_) return {};
  return out;
}

Test Lowering::lowered(const ast::Test& test) {
  const ast::Module& file = *program_.modules.front().ast;
  Test out;
  out.name = test.name.text;
  out.where = file.at(test.span);
  out.name_at = file.at(test.name.span);
  out.every_single_failure = test.every_single_failure;
  for (const ast::Given& given : test.givens) out.givens.push_back(lowered(given));
  for (const ast::Expectation& expectation : test.expectations) {
    Expectation made;
    made.where = file.at(expectation.span);
    made.kind = kind_of(expectation.kind);
    made.attempts = expectation.attempts;
    made.step = index_of(steps_by_name_, expectation.name);
    made.other = index_of(steps_by_name_, expectation.other);
    out.expectations.push_back(made);
  }
  return out;
}

Given Lowering::lowered(const ast::Given& given) {
  const ast::Module& file = *program_.modules.front().ast;
  const FrameId frame{0};  // the root file's own
  Given out;
  out.where = file.at(given.span);
  out.kind = kind_of(given.kind);
  switch (out.kind) {
    case Given::Kind::Operation: out.restore = given.operation == ast::Operation::Restore; break;
    case Given::Kind::Param:
      out.index = index_of(params_by_name_, given.name);
      out.value = expr(frame, given.value);
      return out;
    case Given::Kind::Fact:
      out.name = (given.of_target ? "target." : "session.") + std::string(given.name.text);
      out.value = expr(frame, given.value);
      return out;
    case Given::Kind::Crash:
    case Given::Kind::Interrupt:
      out.during = kind_of(given.during);
      out.restore = given.operation == ast::Operation::Restore;
      out.index = index_of(steps_by_name_, given.name);
      return out;
    case Given::Kind::Task:
    case Given::Kind::Release: out.index = index_of(steps_by_name_, given.name); break;
    case Given::Kind::Http: out.post = given.method == ast::HttpMethod::Post; [[fallthrough]];
    case Given::Kind::Tcp: out.call = text(frame, given.call); break;
    case Given::Kind::ExecPod:
    case Given::Kind::ExecFunction: out.name = given.name.text; break;
  }
  switch (given.script) {
    case ast::ScriptKind::None:
    case ast::ScriptKind::Succeeds: break;
    case ast::ScriptKind::Fails:
      out.script.kind = TestScript::Kind::Fails;
      out.script.reason = optional(frame, given.text);
      break;
    case ast::ScriptKind::Takes:
      out.script.kind = TestScript::Kind::Takes;
      out.script.takes = optional(frame, given.value);
      break;
    case ast::ScriptKind::Hangs: out.script.kind = TestScript::Kind::Hangs; break;
    case ast::ScriptKind::Answers:
      out.script.kind = TestScript::Kind::Answers;
      for (const ast::Reply& reply : given.replies) {
        out.script.answers.push_back({expr(frame, reply.status), optional(frame, reply.text)});
      }
      break;
  }
  return out;
}

}  // namespace hookc::plan
