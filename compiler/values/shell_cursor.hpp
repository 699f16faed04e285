// Private to the shell scanner: a text with holes, one byte or hole at a time.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/values/pieces.hpp"

namespace hookc::values {

/// What peek() gives beside a byte, 0 to 255.
inline constexpr int kEnd = -1;
inline constexpr int kHoleHere = 256;

/// Reads the pieces as one row of bytes and holes.
class Cursor {
 public:
  explicit Cursor(std::span<const Piece> pieces) : pieces_(pieces) { settle(); }

  /// The byte `ahead` places on, kHoleHere or kEnd.
  int peek(std::uint32_t ahead = 0) const {
    std::uint32_t piece = at_.piece;
    std::uint32_t offset = at_.offset + ahead;
    while (piece < pieces_.size()) {
      const Piece& p = pieces_[piece];
      const auto size = p.hole ? 1U : static_cast<std::uint32_t>(p.literal.size());
      if (offset < size) return p.hole ? kHoleHere : static_cast<unsigned char>(p.literal[offset]);
      offset -= size;
      ++piece;
    }
    return kEnd;
  }
  void advance(std::uint32_t count = 1) {
    for (; count > 0 && at_.piece < pieces_.size(); --count) {
      ++at_.offset;
      settle();
    }
  }
  PieceOffset at() const { return at_; }

 private:
  void settle() {
    while (at_.piece < pieces_.size()) {
      const Piece& p = pieces_[at_.piece];
      if (at_.offset < (p.hole ? 1 : p.literal.size())) return;
      at_ = {at_.piece + 1, 0};
    }
  }

  std::span<const Piece> pieces_;
  PieceOffset at_;
};

}  // namespace hookc::values
