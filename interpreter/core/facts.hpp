// What expressions of a plan can read: params, secrets, captures, facts of the session, hooks and
// the attempt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/context.hpp"

namespace hookc::engine {

/// The scope of one evaluation. With a `response` it also has the facts of that attempt. Both must
/// outlive it.
class Facts final : public plan::Scope {
 public:
  explicit Facts(const Context& context, const AttemptResult* response = nullptr)
      : context_(context), response_(response) {}

  plan::Value param(std::uint32_t index) const override;
  plan::Value secret(std::uint32_t index) const override;
  plan::Value capture(std::uint32_t index) const override;
  plan::Value fact(std::string_view name) const override;
  plan::Value hook_fact(std::uint32_t step, std::string_view name) const override;
  plan::Value header(std::string_view name) const override;
  std::string name_of(const plan::Expr& leaf) const override;

 private:
  plan::Value attempt_fact(std::string_view name) const;
  plan::Value target_fact(std::string_view name) const;

  const Context& context_;
  const AttemptResult* response_;
  mutable std::optional<plan::Value> json_;  // parsed when it is first asked for
};

/// The namespace for a pod or workload that states none: `-n`, else the target's; empty: the
/// world's default.
std::string default_namespace(const Context& context);

}  // namespace hookc::engine
