// The one owner of source text.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"

namespace hookc {

/// The starts of a text's lines. Lines end with LF; a CR before it belongs to the line end.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  /// 0-based line that holds `offset`; offsets past the end belong to the last line. O(log lines).
  std::uint32_t line_of(std::uint32_t offset) const;
  /// Number of lines; a text without any LF has one.
  std::uint32_t count() const { return static_cast<std::uint32_t>(starts_.size()); }
  /// Offset of the first byte of `line` (0-based, < count()).
  std::uint32_t start(std::uint32_t line) const { return starts_[line]; }
  /// The bytes of `line` without its line end.
  Span span(std::uint32_t line) const;

 private:
  std::vector<std::uint32_t> starts_;
  std::string_view text_;
};

/// Owns every text that was read, under the name it is reported by; outlives every view into them.
/// Adding is for one thread; reading, the lazy line index included, is for any number.
class SourceManager {
 public:
  SourceManager() = default;
  SourceManager(const SourceManager&) = delete;
  SourceManager& operator=(const SourceManager&) = delete;

  /// Takes `text` under the display name `path`. `text` must be smaller than 4 GiB.
  FileId add(std::string path, std::string text);

  std::string_view text(FileId file) const { return files_[file.value].text; }
  std::string_view text(Location at) const {
    return text(at.file).substr(at.span.begin, at.span.size());
  }
  const std::string& path(FileId file) const { return files_[file.value].path; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(files_.size()); }
  /// Built at the first call, O(text) then, O(1) after.
  const LineIndex& lines(FileId file) const;

 private:
  struct File {
    std::string path;
    std::string text;
    mutable std::once_flag once;
    mutable std::unique_ptr<LineIndex> lines;
  };
  std::deque<File> files_;  // a deque: views into the texts stay valid when a file is added
};

}  // namespace hookc
