// What an expression of a plan is worth, given the world it is read in.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "compiler/plan/expr.hpp"

namespace hookc::plan {

/// What the leaves of an expression stand for. Every lookup gives null for a value that is missing:
/// that is no mistake yet, `??` may follow. Indices are those of the Plan the expression is from.
struct Scope {
  virtual ~Scope() = default;

  virtual Value param(std::uint32_t index) const = 0;
  virtual Value secret(std::uint32_t index) const = 0;
  virtual Value capture(std::uint32_t index) const = 0;
  /// By path: "session.id", "operation.exit", "status", "stdout"; "json" is the parsed body or
  /// output of the attempt (parse_json), null where it is no JSON.
  virtual Value fact(std::string_view name) const = 0;
  /// `name` is status, output or duration.
  virtual Value hook_fact(std::uint32_t step, std::string_view name) const = 0;
  /// A header of the response; names compare without case.
  virtual Value header(std::string_view name) const = 0;

  /// How messages call a Param, Secret, Capture or HookFact: its name in the program, without
  /// quotes. Never a value.
  virtual std::string name_of(const Expr& leaf) const = 0;
};

/// Why an expression has no value: one line, lower case, no full stop, and never the text of a
/// secret. A hook whose value cannot be rendered is not retried (rule 7).
struct EvalError {
  std::string message;
  friend bool operator==(const EvalError&, const EvalError&) = default;
};

/// The value of `expr`; null only where the expression may be missing (`json.a`, a missing leaf at
/// the top). Pure: the same scope gives the same value. Recursion goes as deep as the
/// expression, which lowering and the JSON reader bound.
std::expected<Value, EvalError> evaluate(const Expr& expr, const Scope& scope);

/// evaluate(), for the places that want one kind; null and every other kind are errors that name
/// what was missing or wrong.
std::expected<std::string, EvalError> evaluate_text(const Expr& expr, const Scope& scope);
std::expected<bool, EvalError> evaluate_bool(const Expr& expr, const Scope& scope);
std::expected<std::int64_t, EvalError> evaluate_int(const Expr& expr, const Scope& scope);
/// An int counts as a decimal too.
std::expected<double, EvalError> evaluate_decimal(const Expr& expr, const Scope& scope);
/// Milliseconds, not negative.
std::expected<std::int64_t, EvalError> evaluate_duration(const Expr& expr, const Scope& scope);

}  // namespace hookc::plan
