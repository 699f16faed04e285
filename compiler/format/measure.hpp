// How wide each node would be on one line.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "grammar/tree.hpp"

namespace hookc::layout {

/// The whole file laid out on one endless line: where each node would begin and end, in terminal
/// cells. A gap that cannot stay on a line (it holds a comment, follows a text of several lines, or
/// was broken by the author where a break stays) counts as wider than any line, so that asking for
/// a width answers that question too.
class Measure {
 public:
  Measure(std::string_view text, const syntax::SyntaxTree& tree);

  std::uint64_t begin(std::uint32_t node) const { return places_[node].begin; }
  std::uint64_t end(std::uint32_t node) const { return places_[node].end; }
  /// Whether a blank stands before the node's first token on that line.
  bool space_before(std::uint32_t node) const { return places_[node].space; }
  /// The comma after a bracket's last entry: printed where entries have lines of their own, and
  /// only there.
  bool is_last_comma(std::uint32_t token) const { return places_[token].last_comma; }

 private:
  struct Place {
    std::uint64_t begin = 0;
    std::uint64_t end : 62 = 0;
    std::uint64_t space : 1 = 0;
    std::uint64_t last_comma : 1 = 0;
  };
  std::vector<Place> places_;  // by node; what is inside a String has none
};

}  // namespace hookc::layout
