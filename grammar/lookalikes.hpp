// Characters that look like an ASCII one, or like nothing at all. Private to the grammar library.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hookc::syntax {

struct Lookalike {
  char32_t character;
  std::string_view name;         // its Unicode name, in lower case
  std::string_view replacement;  // what was meant; empty: nothing
};

/// Confusables that people paste from wikis and chats (Unicode TR39's table, the part that meets
/// this grammar).
inline constexpr auto kLookalikes = std::to_array<Lookalike>({
    {0x00A0, "no-break space", " "},
    {0x00AB, "left-pointing double angle quotation mark", "\""},
    {0x00AD, "soft hyphen", ""},
    {0x00BB, "right-pointing double angle quotation mark", "\""},
    {0x00D7, "multiplication sign", "x"},
    {0x061C, "arabic letter mark", ""},
    {0x1680, "ogham space mark", " "},
    {0x2000, "en quad", " "},
    {0x2001, "em quad", " "},
    {0x2002, "en space", " "},
    {0x2003, "em space", " "},
    {0x2004, "three-per-em space", " "},
    {0x2005, "four-per-em space", " "},
    {0x2006, "six-per-em space", " "},
    {0x2007, "figure space", " "},
    {0x2008, "punctuation space", " "},
    {0x2009, "thin space", " "},
    {0x200A, "hair space", " "},
    {0x200B, "zero width space", ""},
    {0x200C, "zero width non-joiner", ""},
    {0x200D, "zero width joiner", ""},
    {0x200E, "left-to-right mark", ""},
    {0x200F, "right-to-left mark", ""},
    {0x2010, "hyphen", "-"},
    {0x2011, "non-breaking hyphen", "-"},
    {0x2012, "figure dash", "-"},
    {0x2013, "en dash", "-"},
    {0x2014, "em dash", "-"},
    {0x2015, "horizontal bar", "-"},
    {0x2018, "left single quotation mark", "'"},
    {0x2019, "right single quotation mark", "'"},
    {0x201A, "single low-9 quotation mark", "'"},
    {0x201B, "single high-reversed-9 quotation mark", "'"},
    {0x201C, "left double quotation mark", "\""},
    {0x201D, "right double quotation mark", "\""},
    {0x201E, "double low-9 quotation mark", "\""},
    {0x201F, "double high-reversed-9 quotation mark", "\""},
    {0x2024, "one dot leader", "."},
    {0x2025, "two dot leader", ".."},
    {0x2026, "horizontal ellipsis", ".."},
    {0x2028, "line separator", " "},
    {0x2029, "paragraph separator", " "},
    {0x202A, "left-to-right embedding", ""},
    {0x202B, "right-to-left embedding", ""},
    {0x202C, "pop directional formatting", ""},
    {0x202D, "left-to-right override", ""},
    {0x202E, "right-to-left override", ""},
    {0x202F, "narrow no-break space", " "},
    {0x2032, "prime", "'"},
    {0x2033, "double prime", "\""},
    {0x2044, "fraction slash", "/"},
    {0x205F, "medium mathematical space", " "},
    {0x2060, "word joiner", ""},
    {0x2066, "left-to-right isolate", ""},
    {0x2067, "right-to-left isolate", ""},
    {0x2068, "first strong isolate", ""},
    {0x2069, "pop directional isolate", ""},
    {0x2212, "minus sign", "-"},
    {0x2215, "division slash", "/"},
    {0x2236, "ratio", ":"},
    {0x2260, "not equal to", "!="},
    {0x2264, "less-than or equal to", "<="},
    {0x2265, "greater-than or equal to", ">="},
    {0x3000, "ideographic space", " "},
    {0xFE55, "small colon", ":"},
    {0xFEFF, "zero width no-break space", ""},
    {0xFF02, "fullwidth quotation mark", "\""},
    {0xFF03, "fullwidth number sign", "#"},
    {0xFF04, "fullwidth dollar sign", "$"},
    {0xFF07, "fullwidth apostrophe", "'"},
    {0xFF08, "fullwidth left parenthesis", "("},
    {0xFF09, "fullwidth right parenthesis", ")"},
    {0xFF0C, "fullwidth comma", ","},
    {0xFF0D, "fullwidth hyphen-minus", "-"},
    {0xFF0E, "fullwidth full stop", "."},
    {0xFF0F, "fullwidth solidus", "/"},
    {0xFF1A, "fullwidth colon", ":"},
    {0xFF1C, "fullwidth less-than sign", "<"},
    {0xFF1D, "fullwidth equals sign", "="},
    {0xFF1E, "fullwidth greater-than sign", ">"},
    {0xFF3B, "fullwidth left square bracket", "["},
    {0xFF3D, "fullwidth right square bracket", "]"},
    {0xFF5B, "fullwidth left curly bracket", "{"},
    {0xFF5D, "fullwidth right curly bracket", "}"},
});

inline const Lookalike* find_lookalike(char32_t c) {
  for (const Lookalike& entry : kLookalikes) {
    if (entry.character == c) return &entry;
  }
  return nullptr;
}
/// Looks like a blank or like nothing: parsing goes on behind it.
inline bool is_blank_lookalike(char32_t c) {
  const Lookalike* entry = find_lookalike(c);
  return entry != nullptr && (entry->replacement.empty() || entry->replacement == " ");
}
/// Embeddings, overrides and isolates: what is shown is not what is read (CVE-2021-42574).
inline bool is_bidi_control(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// U+200B
inline std::string code_point_name(char32_t c) {
  return fmt::format("U+{:04X}", static_cast<std::uint32_t>(c));
}

}  // namespace hookc::syntax
