#include "compiler/source/source_manager.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace hookc {

LineIndex::LineIndex(std::string_view text) : text_(text) {
  starts_.reserve(text.size() / 32 + 1);
  starts_.push_back(0);
  const char* const begin = text.data();
  const char* at = begin;
  const char* const end = begin + text.size();
  while (at != end) {
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
    ++at;
    starts_.push_back(static_cast<std::uint32_t>(at - begin));
  }
}

std::uint32_t LineIndex::line_of(std::uint32_t offset) const {
  auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<std::uint32_t>(after - starts_.begin()) - 1;
}

Span LineIndex::span(std::uint32_t line) const {
  const std::uint32_t begin = starts_[line];
  std::uint32_t end =
      line + 1 < count() ? starts_[line + 1] - 1 : static_cast<std::uint32_t>(text_.size());
  if (end > begin && line + 1 < count() && text_[end - 1] == '\r') --end;
  return {begin, end};
}

FileId SourceManager::add(std::string path, std::string text) {
  assert(text.size() < UINT32_MAX);
  File& file = files_.emplace_back();
  file.path = std::move(path);
  file.text = std::move(text);
  return FileId{static_cast<std::uint32_t>(files_.size() - 1)};
}

const LineIndex& SourceManager::lines(FileId id) const {
  const File& file = files_[id.value];
  std::call_once(file.once, [&] { file.lines = std::make_unique<LineIndex>(file.text); });
  return *file.lines;
}

}  // namespace hookc
