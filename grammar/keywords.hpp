// The words of the language as numbers: reading one is a table look-up, whatever its length.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hookc::syntax {

/// One word of keywords.def; `None` is any other word.
enum class Word : std::uint8_t {
  None,
#define HOOKC_KEYWORD(name, text, role) name,
#include "grammar/keywords.def"
#undef HOOKC_KEYWORD
};

enum class WordRole : std::uint8_t {
  None,
  Statement,
  Expression,
  Action,
  Clause,
  Property,
  Rule,
  Type,
  Word,
};

struct WordInfo {
  std::string_view text;
  WordRole role;
};

inline constexpr auto kWords = std::to_array<WordInfo>({
    {"", WordRole::None},
#define HOOKC_KEYWORD(name, text, role) {text, WordRole::role},
#include "grammar/keywords.def"
#undef HOOKC_KEYWORD
});

inline constexpr const WordInfo& info(Word word) {
  return kWords[static_cast<std::size_t>(word)];
}

/// The word that `text` is, or None. O(length).
Word find_word(std::string_view text);

/// `NAMECHAR` of the grammar but for the hyphen, which belongs to a name only before a letter or
/// digit.
inline constexpr bool is_alnum_(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
/// True where `text` has a character of a name at `at`. At the end of the text: false.
inline constexpr bool is_name_char(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  if (is_alnum_(text[at])) return true;
  return text[at] == '-' && at + 1 < text.size() && is_alnum_(text[at + 1]) && text[at + 1] != '_';
}

}  // namespace hookc::syntax
