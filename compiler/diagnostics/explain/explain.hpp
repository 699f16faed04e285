// The page of each code, embedded: docs/codes/HKnnnn.md.
#pragma once

#include <string_view>

#include "compiler/diagnostics/diagnostic.hpp"

namespace hookc {

/// Markdown that ends with a line end; static storage. Empty for a code without a page, which a
/// test forbids. O(1).
std::string_view explain_page(Code code);

}  // namespace hookc
