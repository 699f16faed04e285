// "Did you mean", at a bounded price: ten thousand unknown names against ten thousand known ones
// stay cheap.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hookc::sema {

/// How many candidates one check may still be compared with.
struct SuggestBudget {
  std::uint32_t comparisons = 20'000;
};

/// The names legal in one place. Large sets are looked up by length and by first and last letter.
class Candidates {
 public:
  void add(std::string_view name) { names_.push_back(name); }
  bool empty() const { return names_.empty(); }
  const std::vector<std::string_view>& names() const { return names_; }

  /// The nearest name (see hookc::did_you_mean), or nothing where none is near or the budget is
  /// spent. O(1) candidates for large sets, after one O(names) index.
  std::optional<std::string_view> nearest(std::string_view wrong, SuggestBudget& budget);

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> index_;
};

}  // namespace hookc::sema
