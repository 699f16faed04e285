#include "compiler/sema/suggest.hpp"

#include <algorithm>

#include "compiler/diagnostics/diagnostic.hpp"

namespace hookc::sema {

namespace {

constexpr std::size_t kSmall = 64;
constexpr std::size_t kPerBucket = 16;

std::uint32_t letter(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

std::uint32_t first_key(std::size_t length, std::string_view name) {
  return static_cast<std::uint32_t>(length) << 9 | letter(name.front());
}
std::uint32_t last_key(std::size_t length, std::string_view name) {
  return static_cast<std::uint32_t>(length) << 9 | 1U << 8 | letter(name.back());
}

}  // namespace

std::optional<std::string_view> Candidates::nearest(std::string_view wrong, SuggestBudget& budget) {
  if (wrong.empty() || names_.empty()) return std::nullopt;
  if (names_.size() <= kSmall) {
    if (budget.comparisons < names_.size()) return std::nullopt;
    budget.comparisons -= static_cast<std::uint32_t>(names_.size());
    return did_you_mean(wrong, names_);
  }
  if (index_.empty()) {
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
      if (names_[i].empty()) continue;
      index_[first_key(names_[i].size(), names_[i])].push_back(i);
      index_[last_key(names_[i].size(), names_[i])].push_back(i);
    }
  }
  const std::size_t limit = std::max<std::size_t>(1, wrong.size() / 3);
  const std::size_t low = wrong.size() > limit ? wrong.size() - limit : 1;
  std::vector<std::string_view> near;
  for (std::size_t length = low; length <= wrong.size() + limit; ++length) {
    for (const std::uint32_t key : {first_key(length, wrong), last_key(length, wrong)}) {
      const auto bucket = index_.find(key);
      if (bucket == index_.end()) continue;
      const std::size_t count = std::min(bucket->second.size(), kPerBucket);
      for (std::size_t i = 0; i < count; ++i) near.push_back(names_[bucket->second[i]]);
    }
  }
  if (budget.comparisons < near.size()) return std::nullopt;
  budget.comparisons -= static_cast<std::uint32_t>(near.size());
  return did_you_mean(wrong, near);
}

}  // namespace hookc::sema
