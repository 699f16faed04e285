// LSP positions and byte offsets: the one place where lines and columns of a client are made.
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "compiler/base/span.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::lsp {

/// What a column counts (LSP 3.17, PositionEncodingKind): bytes, UTF-16 code units, code points.
enum class Encoding : std::uint8_t { Utf8, Utf16, Utf32 };
std::string_view to_string(Encoding encoding);

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// One text with its lines, in the client's columns. Views into both must stay alive.
class Positions {
 public:
  Positions(std::string_view text, const LineIndex& lines, Encoding encoding)
      : text_(text), lines_(lines), encoding_(encoding) {}

  /// O(log lines + length of the line).
  Position position(std::uint32_t offset) const;
  /// A character beyond the line means its end, a line beyond the text the text's end (LSP 3.17,
  /// "Position"); inside a code point its first byte.
  std::uint32_t offset(Position position) const;
  std::uint32_t line_count() const { return lines_.count(); }

 private:
  std::string_view text_;
  const LineIndex& lines_;
  Encoding encoding_;
};

nlohmann::json to_json(Position position);
nlohmann::json to_json(const Positions& positions, Span span);
/// Throws nlohmann::json::exception where it is no position.
Position position_from(const nlohmann::json& position);
/// An LSP Range; swapped ends are put right. Throws the same.
Span span_from(const Positions& positions, const nlohmann::json& range);

}  // namespace hookc::lsp
