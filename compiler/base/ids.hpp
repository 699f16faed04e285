// Typed 32-bit indices, so that an expression can never be looked up among the texts.
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace hookc {

/// Index into a Table<T, Tag>. Default-constructed: no element.
template <typename Tag>
struct Id {
  std::uint32_t value = UINT32_MAX;
  constexpr bool valid() const { return value != UINT32_MAX; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// A run of consecutive elements of a vector: [first, first + count).
template <typename T>
struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  constexpr bool empty() const { return count == 0; }
  std::span<const T> in(const std::vector<T>& all) const {
    assert(first + count <= all.size());
    return std::span<const T>(all).subspan(first, count);
  }
};

}  // namespace hookc
