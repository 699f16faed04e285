#include "lsp/features/embedded_text.hpp"

#include <algorithm>

namespace hookc::lsp {

EmbeddedText::EmbeddedText(const ast::Module& module, ast::TextId id) {
  for (const ast::TextPart& part : module.parts_of(id)) {
    const auto begin = static_cast<std::uint32_t>(text_.size());
    if (part.is_splice()) {
      text_ += kHole;
    } else {
      text_ += part.literal;
    }
    runs_.push_back({begin, static_cast<std::uint32_t>(text_.size()) - begin, part.span.begin,
                     part.verbatim && !part.is_splice()});
  }
}

std::vector<Span> EmbeddedText::source_of(Span range) const {
  std::vector<Span> found;
  auto run = std::ranges::upper_bound(runs_, range.begin, {}, &Run::begin);
  if (run != runs_.begin()) --run;
  for (; run != runs_.end() && run->begin < range.end; ++run) {
    if (!run->verbatim) continue;
    const std::uint32_t begin = std::max(range.begin, run->begin);
    const std::uint32_t end = std::min(range.end, run->begin + run->size);
    if (begin >= end) continue;
    const Span span{run->source + (begin - run->begin), run->source + (end - run->begin)};
    if (!found.empty() && found.back().end == span.begin) {
      found.back().end = span.end;
    } else {
      found.push_back(span);
    }
  }
  return found;
}

std::uint32_t EmbeddedText::find(std::uint32_t offset) const {
  for (const Run& run : runs_) {
    if (run.verbatim && run.source <= offset && offset < run.source + run.size)
      return run.begin + (offset - run.source);
  }
  return static_cast<std::uint32_t>(text_.size());
}

}  // namespace hookc::lsp
