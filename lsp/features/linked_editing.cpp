#include "lsp/features/linked_editing.hpp"

#include <algorithm>

#include "grammar/keywords.hpp"

namespace hookc::lsp {

std::vector<Span> linked_spans(std::string_view text, std::span<const Span> occurrences,
                               std::uint32_t offset) {
  if (occurrences.empty()) return {};
  const auto word_of = [&](Span span) -> std::string_view {
    if (span.begin > span.end || span.end > text.size()) return {};
    return text.substr(span.begin, span.size());
  };
  const std::string_view word = word_of(occurrences[0]);
  const bool plain =
      !word.empty() && !(word[0] >= '0' && word[0] <= '9') && word[0] != '-' &&
      std::ranges::all_of(word, [](char c) { return syntax::is_alnum_(c) || c == '-'; });
  if (!plain) return {};
  bool here = false;
  for (const Span span : occurrences) {
    if (word_of(span) != word) return {};
    // A word inside quotes is not plain: `"orders db"` begins as a word, too.
    if (span.begin > 0 && (text[span.begin - 1] == '"' || text[span.begin - 1] == '\'')) return {};
    here = here || (span.begin <= offset && offset <= span.end);
  }
  if (!here) return {};
  std::vector<Span> linked(occurrences.begin(), occurrences.end());
  std::ranges::sort(linked);
  const auto repeats = std::ranges::unique(linked);
  linked.erase(repeats.begin(), repeats.end());
  return linked;
}

}  // namespace hookc::lsp
