// Where something stands in a source text. Byte offsets only: lines and columns are computed at the
// edges.
#pragma once

#include <compare>
#include <cstdint>

namespace hookc {

/// Half-open range of byte offsets into one file's text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  constexpr std::uint32_t size() const { return end - begin; }
  constexpr bool empty() const { return begin == end; }
  constexpr bool contains(std::uint32_t offset) const { return begin <= offset && offset < end; }
  /// The smallest span that covers both.
  constexpr Span to(Span other) const {
    return {begin < other.begin ? begin : other.begin, end > other.end ? end : other.end};
  }
  friend constexpr auto operator<=>(const Span&, const Span&) = default;
};

/// Index of a file in its SourceManager.
struct FileId {
  std::uint32_t value = UINT32_MAX;
  constexpr bool valid() const { return value != UINT32_MAX; }
  friend constexpr auto operator<=>(const FileId&, const FileId&) = default;
};

struct Location {
  FileId file;
  Span span;
  friend constexpr auto operator<=>(const Location&, const Location&) = default;
};

}  // namespace hookc
