// The file patterns of `applies to "prod/**.hook"`.
#pragma once

#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// `*` any run without `/`, `**` any run, `**/` any run of whole folders, none too; `?` one
/// character but `/`; `[a-z]`, `[!a-z]` one of a set, never `/`; `\x` the character x. Paths are
/// relative, with `/`. Errors: empty, absolute, `..` parts, an unclosed or empty set, a range
/// upside down, a last `\`.
Checked<void> check_glob(std::string_view pattern);

/// `pattern` must have passed check_glob (otherwise the answer means nothing, but nothing breaks).
/// Iterative, O(pattern * path^2) at worst. A leading `./` of the path is ignored.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace hookc::values
