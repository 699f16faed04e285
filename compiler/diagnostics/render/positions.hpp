// Offsets to the 1-based lines and columns that consumers want, at a price that does not depend on
// the line.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/source/source_manager.hpp"

namespace hookc::render {

enum class Unit : std::uint8_t { Bytes, Utf16, CodePoints };

/// Both from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Answers for one unit. Files of ASCII alone are told apart once; a long line is measured once and
/// remembered at every 4 KiB, so ten thousand findings on one line of 50 MB cost one pass over it.
/// Not thread-safe.
class Positions {
 public:
  Positions(const SourceManager& sources, Unit unit) : sources_(sources), unit_(unit) {}

  /// An offset past the end counts as the end.
  Position at(FileId file, std::uint32_t offset);

 private:
  bool is_ascii(FileId file);
  std::uint32_t measured(FileId file, std::uint32_t line, std::uint32_t offset_in_line);

  struct Mark {
    std::uint32_t offset;
    std::uint32_t column;
  };
  const SourceManager& sources_;
  Unit unit_;
  std::vector<std::int8_t> ascii_;  // by file: -1 not known yet
  FileId marked_file_;
  std::uint32_t marked_line_ = 0;
  std::vector<Mark> marks_;  // of the long line measured last
};

}  // namespace hookc::render
