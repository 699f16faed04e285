#include "compiler/diagnostics/render/fingerprint.hpp"

#include <unordered_map>

#include <fmt/format.h>

#include "compiler/source/columns.hpp"

namespace hookc::render {

namespace {

constexpr std::size_t window_size = 100;
constexpr std::uint64_t base = 37;

}  // namespace

std::vector<std::string> line_hashes(std::string_view text) {
  // The units that count, and where among them each line starts. The action ends a file with the
  // unit 65535 and then zeros until the last window is full. A CR is a line end of its own to it.
  std::vector<std::uint16_t> units;
  std::vector<std::size_t> starts;
  units.reserve(text.size() + window_size + 1);
  bool line_start = true;
  bool after_cr = false;
  const auto add = [&](std::uint16_t unit) {
    if (line_start) starts.push_back(units.size());
    line_start = unit == '\n';
    units.push_back(unit);
  };
  std::uint32_t at = 0;
  while (at < text.size()) {
    const CodePoint c = decode_utf8(text, at);
    at += c.length;
    const bool skipped = c.value == ' ' || c.value == '\t' || (after_cr && c.value == '\n');
    after_cr = c.value == '\r';
    if (skipped) continue;
    if (c.value > 0xFFFF) {
      add(static_cast<std::uint16_t>(0xD800 + ((c.value - 0x10000) >> 10)));
      add(static_cast<std::uint16_t>(0xDC00 + ((c.value - 0x10000) & 0x3FF)));
    } else {
      add(c.value == '\r' ? std::uint16_t{'\n'} : static_cast<std::uint16_t>(c.value));
    }
  }
  add(65535);
  units.resize(units.size() + window_size, 0);

  std::uint64_t drop = 1;  // base^window_size
  for (std::size_t i = 0; i < window_size; ++i) drop *= base;
  std::vector<std::string> hashes;
  hashes.reserve(starts.size());
  std::unordered_map<std::uint64_t, std::uint32_t> seen;
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < window_size; ++i) hash = hash * base + units[i];
  std::size_t start = 0;
  for (const std::size_t wanted : starts) {
    for (; start < wanted; ++start) {
      hash = hash * base + units[start + window_size] - drop * units[start];
    }
    hashes.push_back(fmt::format("{:x}:{}", hash, ++seen[hash]));
  }
  return hashes;
}

}  // namespace hookc::render
