// Hashes that stay the same when lines move, so that a service knows a finding again in the next
// commit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hookc::render {

/// For each line of `text` (0-based index) the fingerprint that GitHub calls
/// `primaryLocationLineHash`: a rolling hash (base 37, modulo 2^64) of the 100 UTF-16 units from
/// the start of the line, blanks left out and line ends as LF, in hexadecimal, then ":" and how
/// often this value has come up. The upload action computes the same and warns where a report
/// brings another. O(text).
std::vector<std::string> line_hashes(std::string_view text);

}  // namespace hookc::render
