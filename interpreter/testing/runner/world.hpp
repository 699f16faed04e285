// What a test gives: the values a session starts with, and how each thing in it goes. Private to
// the runner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/tests.hpp"
#include "interpreter/testing/scripted_world.hpp"

namespace hookc::runner {

using engine::Operation;

/// The steps of an operation, in the order they run.
std::vector<std::uint32_t> steps_of(const plan::Plan& plan, Operation operation);
std::string_view name_of(Operation operation);

/// Params and secrets; of facts only those that are known before a session.
class GivenScope : public plan::Scope {
 public:
  GivenScope(const plan::Plan& plan, const engine::Inputs& inputs) : plan_(plan), inputs_(inputs) {}
  plan::Value param(std::uint32_t index) const override;
  plan::Value secret(std::uint32_t index) const override;
  plan::Value capture(std::uint32_t) const override { return {}; }
  plan::Value fact(std::string_view name) const override;
  plan::Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  plan::Value header(std::string_view) const override { return {}; }
  std::string name_of(const plan::Expr& leaf) const override;

 private:
  const plan::Plan& plan_;
  const engine::Inputs& inputs_;
};

/// One evaluated answer.
struct Answer {
  std::int64_t code = 0;
  std::string text;
};

/// One evaluated `given` that says how something goes.
struct Script {
  const plan::Given* given = nullptr;
  plan::TestScript::Kind kind = plan::TestScript::Kind::Succeeds;
  std::string reason;
  engine::Millis takes = 0;
  std::vector<Answer> answers;
  std::string url;         // of calls over http
  engine::TcpRequest tcp;  // of tcp calls
  std::size_t used = 0;    // answers given so far
  bool matched = false;    // some attempt was its
};

/// All a test gives, evaluated.
struct Setting {
  engine::Inputs inputs;        // without the operation
  std::vector<Script> scripts;  // of steps and calls
  std::optional<Script> operation;
  std::vector<const plan::Given*> breaks;  // crashes and interrupts
};

/// Evaluates the givens; what cannot be had is a finding (HK9103).
std::optional<Setting> make_setting(const plan::Plan& plan, const plan::Test& test,
                                    Diagnostics& findings);

/// Whether an attempt of `task` could be what `script` means, as far as that is known before the
/// session: true where what it calls depends on something captured.
bool may_match(const Script& script, const plan::Plan& plan, std::uint32_t step, bool release,
               const engine::Inputs& inputs);
/// Whether this attempt is what `script` means.
bool matches(const Script& script, const plan::Plan& plan, const engine::StartAttempt& attempt);

/// The next answer of `script` to this request; nothing: the kind of request has no such answer.
std::optional<engine::Reply> next_reply(Script& script, const engine::StartAttempt& attempt);
/// How the operation goes by `script`.
engine::OperationEnded end_of_operation(const Script& script);

}  // namespace hookc::runner
