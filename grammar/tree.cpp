#include "grammar/tree.hpp"

#include <algorithm>
#include <array>

#include "grammar/keywords.hpp"

namespace hookc::syntax {

namespace {

constexpr auto kNames = std::to_array<std::string_view>({
#define HOOKC_NODE(name, text) text,
#include "grammar/nodes.def"
#undef HOOKC_NODE
});

constexpr auto kIsToken = std::to_array<bool>({
#define HOOKC_TOKEN(name, text) true,
#define HOOKC_NODE(name, text) false,
#include "grammar/nodes.def"
#undef HOOKC_NODE
});

std::vector<std::string_view> words_of(WordRole role) {
  std::vector<std::string_view> words;
  for (const WordInfo& word : kWords) {
    if (word.role == role) words.push_back(word.text);
  }
  return words;
}

// Open addressing over FNV-1a; the table is made by the compiler, so nothing runs before main.
constexpr std::size_t kSlots = 1024;

constexpr std::uint32_t hash(std::string_view text) {
  std::uint32_t value = 2166136261u;
  for (char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value ^ (value >> 15);
}

constexpr std::array<std::uint8_t, kSlots> make_slots() {
  static_assert(kWords.size() < 256);
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    std::size_t at = hash(kWords[i].text) % kSlots;
    while (slots[at] != 0) at = (at + 1) % kSlots;
    slots[at] = static_cast<std::uint8_t>(i);
  }
  return slots;
}
constexpr auto kSlotTable = make_slots();

}  // namespace

std::string_view to_string(NodeKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}
bool is_token(NodeKind kind) {
  return kIsToken[static_cast<std::size_t>(kind)];
}

const std::vector<std::string_view>& statement_words() {
  static const std::vector<std::string_view> words = words_of(WordRole::Statement);
  return words;
}
const std::vector<std::string_view>& expression_words() {
  static const std::vector<std::string_view> words = words_of(WordRole::Expression);
  return words;
}

Word find_word(std::string_view text) {
  for (std::size_t at = hash(text) % kSlots; kSlotTable[at] != 0; at = (at + 1) % kSlots) {
    if (kWords[kSlotTable[at]].text == text) return static_cast<Word>(kSlotTable[at]);
  }
  return Word::None;
}

Word word_of(const SyntaxTree& tree, std::string_view text, const Node& keyword) {
  const Word written = find_word(text.substr(keyword.begin, keyword.end - keyword.begin));
  if (written != Word::None || tree.corrections.empty()) return written;
  const auto found =
      std::lower_bound(tree.corrections.begin(), tree.corrections.end(), keyword.begin,
                       [](const WordCorrection& c, std::uint32_t at) { return c.at < at; });
  return found != tree.corrections.end() && found->at == keyword.begin ? found->word : Word::None;
}

}  // namespace hookc::syntax
