// Expressions as JSON values; shared by the reader and the writer of plans.
#pragma once

#include <string>
#include <string_view>

#include "compiler/plan/expr.hpp"

namespace hookc::plan {

Value expr_to_value(const Expr& expr);

/// False with `problem` and `path` set where `value` is no expression. `path` grows at the front on
/// the way out ("[2].concat[0]").
bool expr_from_value(const Value& value, Expr& out, std::string& problem, std::string& path);

}  // namespace hookc::plan
