#include "lsp/server/positions.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "compiler/source/columns.hpp"

namespace hookc::lsp {

using nlohmann::json;

std::string_view to_string(Encoding encoding) {
  switch (encoding) {
    case Encoding::Utf8: return "utf-8";
    case Encoding::Utf16: return "utf-16";
    case Encoding::Utf32: return "utf-32";
  }
  return "";
}

Position Positions::position(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::uint32_t line = lines_.line_of(offset);
  const std::uint32_t start = lines_.start(line);
  const std::string_view before = text_.substr(start, offset - start);
  switch (encoding_) {
    case Encoding::Utf8: return {line, offset - start};
    case Encoding::Utf16: return {line, utf16_column(before, offset - start)};
    case Encoding::Utf32: return {line, code_point_column(before, offset - start)};
  }
  return {line, 0};
}

std::uint32_t Positions::offset(Position position) const {
  if (position.line >= lines_.count()) return static_cast<std::uint32_t>(text_.size());
  const Span line = lines_.span(position.line);
  if (encoding_ == Encoding::Utf8) {
    std::uint32_t at = line.begin + std::min(position.character, line.size());
    while (at > line.begin && at < line.end && (text_[at] & 0xC0) == 0x80) --at;
    return at;
  }
  std::uint32_t at = line.begin;
  for (std::uint32_t units = 0; at < line.end && units < position.character;) {
    const CodePoint point = decode_utf8(text_, at);
    units += encoding_ == Encoding::Utf16 && point.value > 0xFFFF ? 2 : 1;
    if (units > position.character) break;
    at += point.length;
  }
  return at;
}

json to_json(Position position) {
  return {{"line", position.line}, {"character", position.character}};
}

json to_json(const Positions& positions, Span span) {
  return {{"start", to_json(positions.position(span.begin))},
          {"end", to_json(positions.position(span.end))}};
}

namespace {
/// A count, cut to what one can be: some clients send -1, and those whose numbers are all floating
/// send 3.0.
std::uint32_t count_from(const json& value) {
  if (value.is_number_float()) {
    return static_cast<std::uint32_t>(
        std::clamp(value.get<double>(), 0.0, static_cast<double>(UINT32_MAX)));
  }
  if (!value.is_number_unsigned() && value.get<std::int64_t>() < 0) return 0;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(value.get<std::uint64_t>(), UINT32_MAX));
}
}  // namespace

Position position_from(const json& position) {
  return {count_from(position.at("line")), count_from(position.at("character"))};
}

Span span_from(const Positions& positions, const json& range) {
  const std::uint32_t begin = positions.offset(position_from(range.at("start")));
  const std::uint32_t end = positions.offset(position_from(range.at("end")));
  return {std::min(begin, end), std::max(begin, end)};
}

}  // namespace hookc::lsp
