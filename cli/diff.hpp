// Unified diffs, as `patch` and `git apply` take them.
#pragma once

#include <string>
#include <string_view>

namespace hookc::cli {

/// `--- a/path`, `+++ b/path` and hunks with three lines of context; empty where the texts are
/// equal. O((n + m) · d) for d changed lines; above some thousands of them one hunk replaces the
/// changed region.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace hookc::cli
