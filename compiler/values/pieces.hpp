// A text with holes: what a string with `${…}` in it looks like to the little parsers, which know
// nothing of the AST.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hookc::values {

/// Literal characters, or a hole that is filled at run time (then `literal` is empty).
struct Piece {
  std::string_view literal;
  bool hole = false;

  static constexpr Piece text(std::string_view literal) { return {literal, false}; }
  static constexpr Piece splice() { return {{}, true}; }
};

/// Where in a row of pieces: `offset` bytes into the literal of pieces[piece]; a hole has offset 0
/// only.
struct PieceOffset {
  std::uint32_t piece = 0;
  std::uint32_t offset = 0;
};

/// The pieces in one string, every hole being the one byte `mark`. The offsets in the ValueError of
/// a function that takes pieces are offsets into this string: each hole counts for one byte.
std::string flatten(std::span<const Piece> pieces, char mark);

/// The piece that holds byte `flat` of the flattened text; the end of the last piece for the end of
/// the text. `prefer_left`: an offset between two pieces is the end of the left one (for the end of
/// a range), else the start of the right one.
PieceOffset locate(std::span<const Piece> pieces, std::uint32_t flat, bool prefer_left = false);

}  // namespace hookc::values
