// Operators on values that are there already; what eval.cpp does not need the scope for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/eval/eval.hpp"

namespace hookc::plan {

/// Equality of the language: numbers compare by their size, whatever their kind; values of
/// different kinds are never equal.
bool equal(const Value& a, const Value& b);

/// Less, equal or greater, for two numbers, durations, sizes or texts (by bytes); nothing for
/// anything else.
std::optional<std::partial_ordering> order(const Value& a, const Value& b);

/// Contains, StartsWith, EndsWith, Matches: `a op b`. The error does not name the operands.
std::expected<bool, EvalError> search(Op op, const Value& a, const Value& b);

/// The escapes: what a value becomes on its way into the text around it. `quotable` says whether
/// messages may show the value; otherwise they must not (it may be a secret).
std::expected<std::string, EvalError> escape(Op op, const Value& value, bool quotable);

/// A builtin of the language by its name. Null only from `int(x)`.
std::expected<Value, EvalError> call(std::string_view name, const std::vector<Value>& args);

}  // namespace hookc::plan
