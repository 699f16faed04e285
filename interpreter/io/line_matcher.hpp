// Patterns that the lines of a stream are looked through for, as they arrive.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/values/regex.hpp"

namespace hookc::io {

/// Says once of each pattern that a line of either of two streams matches it. A line is matched
/// when its end has come, without "\n" or "\r\n"; of one longer than 64 KiB only that much is.
class LineMatcher {
 public:
  /// What is no RE2 pattern matches nothing; plans are checked for that.
  explicit LineMatcher(const std::vector<std::string>& patterns);

  /// The patterns, by index, that match for the first time now. `stream` is 1 or 2.
  std::vector<std::size_t> feed(int stream, std::string_view bytes);
  /// The streams have ended: what is left of each is a line too.
  std::vector<std::size_t> finish();

 private:
  void end_line(std::string& line, std::vector<std::size_t>& found);

  std::vector<std::optional<values::Regex>> patterns_;  // those still looked for
  std::size_t left_ = 0;
  std::string lines_[2];  // what there is of the line at hand
};

}  // namespace hookc::io
