// A plan as JSON: what the journal keeps, what `hookc ir --stage plan --format json` prints.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// `{"hookc_plan": 1, …}`, described by docs/reference/plan.schema.json. A field that has its
/// default (absent, empty, false) is left out. Expressions: JSON's own null, booleans, numbers and
/// texts are literals; everything else is an object whose first key says what it is:
/// `{"duration": "30s"}`, `{"param": 0}`, `{"concat": ["a", {"param": 0}]}`. Byte-stable. O(plan).
/// `pretty`: indented, for people and for goldens; else on one line.
std::string to_json(const Plan& plan, bool pretty = false);

/// One expression in the same form, on one line.
std::string to_json(const Expr& expr);

/// The plan that to_json() gave; of bytes from anywhere: a plan whose indices are all in range, or
/// one line that says what is wrong and where (`steps[3].timeout: …`). Unknown fields and other
/// versions are errors, because a plan that is only partly understood must not be run. O(n log n).
std::expected<Plan, std::string> parse_plan(std::string_view json);

/// The inverse of to_json(Expr); indices are not checked.
std::expected<Expr, std::string> parse_expr(std::string_view json);

}  // namespace hookc::plan
