#include "interpreter/io/line_matcher.hpp"

#include <algorithm>

namespace hookc::io {

namespace {

constexpr std::size_t kLineKept = std::size_t{64} * 1024;

}  // namespace

LineMatcher::LineMatcher(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    auto compiled = values::Regex::compile(pattern);
    patterns_.push_back(compiled ? std::optional(*std::move(compiled)) : std::nullopt);
    if (patterns_.back()) ++left_;
  }
}

void LineMatcher::end_line(std::string& line, std::vector<std::size_t>& found) {
  if (line.ends_with('\r')) line.pop_back();
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (!patterns_[i] || !patterns_[i]->matches(line)) continue;
    patterns_[i].reset();
    --left_;
    found.push_back(i);
  }
  line.clear();
}

std::vector<std::size_t> LineMatcher::feed(int stream, std::string_view bytes) {
  std::vector<std::size_t> found;
  std::string& line = lines_[stream == 2];
  while (left_ > 0 && !bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    line.append(bytes.substr(0, std::min(end, kLineKept - line.size())));
    if (end == bytes.size()) break;
    end_line(line, found);
    bytes.remove_prefix(end + 1);
  }
  return found;
}

std::vector<std::size_t> LineMatcher::finish() {
  std::vector<std::size_t> found;
  for (std::string& line : lines_) {
    if (!line.empty()) end_line(line, found);
  }
  return found;
}

}  // namespace hookc::io
