// What is known of a plan's expressions before anything runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// The value a param would have; null where nothing gives one, which is no mistake in a plan.
struct ChosenValue {
  Value value;
  std::string from;  // "-p", "HOOK_PARAM_X", "environment prod", "default"; empty: nowhere
};

/// Only params have values before anything runs.
class ParamScope : public Scope {
 public:
  /// Both must outlive the scope.
  ParamScope(const Plan& plan, const std::vector<ChosenValue>& values)
      : plan_(plan), values_(values) {}

  Value param(std::uint32_t i) const override {
    return i < values_.size() ? values_[i].value : Value{};
  }
  Value secret(std::uint32_t) const override { return {}; }
  Value capture(std::uint32_t) const override { return {}; }
  Value fact(std::string_view) const override { return {}; }
  Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  Value header(std::string_view) const override { return {}; }
  std::string name_of(const Expr& leaf) const override;

  /// The finished text where it is known, else the source with what is known filled in.
  std::string shown(const Expr& e) const;
  /// `e` with the parts worked out that read nothing but params that have a value.
  Expr filled(const Expr& e) const;
  /// Of a duration; nothing where it is not known, or out of range.
  std::optional<std::int64_t> milliseconds(const Expr& e) const;
  /// Of an int, the same.
  std::optional<std::int64_t> integer(const Expr& e) const;

  /// Whether `e` reads nothing but params that have a value.
  bool known(const Expr& e) const;

 private:
  const Plan& plan_;
  const std::vector<ChosenValue>& values_;
};

}  // namespace hookc::plan
