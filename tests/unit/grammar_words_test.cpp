// The grammar for readers and the one for editors know the words of keywords.def, no more and no
// fewer.
#include <catch2/catch.hpp>

#include <set>

#include "grammar/keywords.hpp"
#include "tests/unit/syntax_testing.hpp"

namespace hookc::syntax {
namespace {

std::set<std::string> words_of(std::initializer_list<WordRole> roles) {
  std::set<std::string> words;
  for (const WordInfo& word : kWords) {
    if (std::find(roles.begin(), roles.end(), word.role) != roles.end()) words.emplace(word.text);
  }
  return words;
}

TEST_CASE("hook.ebnf has the words of the table", "[grammar]") {
  const std::string text = testing::read_file(HOOKC_SOURCE_DIR "/grammar/hook.ebnf");
  REQUIRE_FALSE(text.empty());
  std::set<std::string> found;
  std::size_t at = 0;
  bool comment = false;
  while (at < text.size()) {
    if (text.compare(at, 2, "(*") == 0) comment = true;
    if (text.compare(at, 2, "*)") == 0) comment = false;
    if (comment || text[at] != '\'') {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    if (end > at + 1 && text[end] == '\'') found.insert(text.substr(at + 1, end - at - 1));
    at = end > at + 1 && text[end] == '\'' ? end + 1 : at + 1;
  }
  // The units of DURATION are no words.
  for (const char* unit : {"ms", "s", "m", "h", "d"}) found.erase(unit);
  using enum WordRole;
  CHECK(found == words_of({Statement, Expression, Action, Clause, Property, Rule, Type, Word}));
}

TEST_CASE("hook.tmLanguage.json has the words of the table, each under its role", "[grammar]") {
  const std::string text = testing::read_file(HOOKC_SOURCE_DIR "/grammar/hook.tmLanguage.json");
  REQUIRE_FALSE(text.empty());
  struct Entry {
    const char* key;
    WordRole role;
  };
  const Entry entry = GENERATE(values<Entry>({{"statement", WordRole::Statement},
                                              {"statement-words", WordRole::Statement},
                                              {"expression-words", WordRole::Expression},
                                              {"action-words", WordRole::Action},
                                              {"clause-words", WordRole::Clause},
                                              {"property-words", WordRole::Property},
                                              {"rule-words", WordRole::Rule},
                                              {"type-words", WordRole::Type},
                                              {"plain-words", WordRole::Word}}));
  INFO(entry.key);
  std::size_t at = text.find("\"" + std::string(entry.key) + "\": {");
  REQUIRE(at != std::string::npos);
  at = text.find("(?:", at);
  REQUIRE(at != std::string::npos);
  at += 3;
  std::set<std::string> found;
  for (;;) {
    const std::size_t end = text.find_first_of("|)", at);
    REQUIRE(end != std::string::npos);
    found.insert(text.substr(at, end - at));
    at = end + 1;
    if (text[end] == ')') break;
  }
  CHECK(found == words_of({entry.role}));
}

TEST_CASE("every word is found, and nothing else", "[grammar]") {
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    CHECK(find_word(kWords[i].text) == static_cast<Word>(i));
    CHECK(find_word(std::string(kWords[i].text) + "x") == Word::None);
  }
  CHECK(find_word("") == Word::None);
  CHECK(find_word("Backup") == Word::None);
}

}  // namespace
}  // namespace hookc::syntax
