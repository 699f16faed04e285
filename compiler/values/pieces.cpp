#include "compiler/values/pieces.hpp"

namespace hookc::values {

std::string flatten(std::span<const Piece> pieces, char mark) {
  std::size_t size = 0;
  for (const Piece& piece : pieces) size += piece.hole ? 1 : piece.literal.size();
  std::string flat;
  flat.reserve(size);
  for (const Piece& piece : pieces) {
    if (piece.hole) {
      flat += mark;
    } else {
      flat += piece.literal;
    }
  }
  return flat;
}

PieceOffset locate(std::span<const Piece> pieces, std::uint32_t flat, bool prefer_left) {
  PieceOffset at;
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    const auto size = pieces[i].hole ? 1U : static_cast<std::uint32_t>(pieces[i].literal.size());
    at = {i, flat};
    if (flat < size || (flat == size && prefer_left)) return at;
    if (i + 1 == pieces.size()) break;
    flat -= size;
  }
  return at;
}

}  // namespace hookc::values
