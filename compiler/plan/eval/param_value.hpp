// Values of params that arrive as text: `-p name=value`, HOOK_PARAM_*, a file.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// The value `text` stands for under the declared type and its constraint. Lists are a JSON array,
/// or elements joined by commas (`a,b`; an empty text is the empty list). Types of the language
/// that are texts at run time (url, hostname, regex, selector, pod, function, workload) are checked
/// and stay texts. The error is one line that names the type and what is wrong: "`12x` is no int:
/// …".
std::expected<Value, std::string> parse_param(const ParamType& type, std::string_view text);

/// The type as the language writes it: `int(0..10)`, `list<string>`, `string("a", "b")`.
std::string to_string(const ParamType& type);

}  // namespace hookc::plan
