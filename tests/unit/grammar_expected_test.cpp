// What the grammar takes at a cursor, which each text shows as `|`.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch.hpp>

#include "grammar/expected_at.hpp"
#include "tests/unit/syntax_testing.hpp"

namespace hookc::syntax {
namespace {

std::string_view name_of(WantedKind kind) {
  switch (kind) {
    case WantedKind::Keyword:
    case WantedKind::Statement: return "";
    case WantedKind::AnyName: return "ANY-NAME";
    case WantedKind::PlainName: return "NAME";
    case WantedKind::ValueName: return "VALUE-NAME";
    case WantedKind::String: return "STRING";
    case WantedKind::Splice: return "SPLICE";
    case WantedKind::Int: return "INT";
    case WantedKind::Decimal: return "DECIMAL";
    case WantedKind::Duration: return "DURATION";
    case WantedKind::Size: return "SIZE";
    case WantedKind::Date: return "DATE";
    case WantedKind::Regex: return "REGEX";
    case WantedKind::Workload: return "WORKLOAD";
    case WantedKind::Value: return "VALUE";
  }
  return "";
}

ExpectedAt ask(std::string text, std::uint32_t offset) {
  const testing::Parsed parsed(std::move(text));
  return expected_at(parsed.text(), parsed.tree, offset);
}
ExpectedAt at_cursor(std::string text) {
  const std::size_t cursor = text.find('|');
  REQUIRE(cursor != text.npos);
  text.erase(cursor, 1);
  return ask(std::move(text), static_cast<std::uint32_t>(cursor));
}

/// Words and kinds in the order they were tried, each once, whatever their place.
std::string wanted(const std::string& text) {
  std::vector<std::string> all;
  for (const Wanted& w : at_cursor(text).wanted) {
    std::string one(w.word == Word::None ? name_of(w.kind) : info(w.word).text);
    if (w.then != Word::None) one += "+" + std::string(info(w.then).text);
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
  return fmt::format("{}", fmt::join(all, " "));
}

/// The nodes open where the first thing was tried.
std::string place(const std::string& text) {
  const ExpectedAt found = at_cursor(text);
  if (found.places.empty()) return "";
  std::vector<std::string_view> names;
  for (const OpenNode& open : found.places.front()) names.push_back(to_string(open.kind));
  return fmt::format("{}", fmt::join(names, " "));
}

constexpr const char* kStatements =
    "import param secret pod function target template together hold pre post policy test "
    "environment operation exclusive";
constexpr const char* kClauses =
    "timeout retry on expect when ready capture header body json form env stdin tls follow by "
    "after";

TEST_CASE("what a statement can begin with", "[expected]") {
  CHECK(wanted("|") == std::string("language ") + kStatements);
  CHECK(wanted("pr|") == std::string("language ") + kStatements);
  CHECK(wanted("# a comment\n\n  |\npre backup exec local \"a\"\n") ==
        std::string("language ") + kStatements);
  CHECK(wanted("param a: int = 1\n|") ==
        std::string("contains startswith endswith matches in not and or usage ") + kStatements);
  CHECK(wanted("together {\n  |") == "pre post hold together");
  CHECK(wanted("together {\n  pre backup exec local \"a\"\n}\n|") == kStatements);
}

TEST_CASE("a sentence, word by word", "[expected]") {
  CHECK(wanted("pre |") == "backup restore");
  CHECK(wanted("pre ba|") == "backup restore");
  CHECK(wanted("post backup |") == "always on STRING http tcp exec scale wait use");
  CHECK(wanted("post backup on |") == "success failure");
  CHECK(wanted("pre backup exec |") == "in local by STRING SPLICE");
  CHECK(wanted("pre backup exec in |") == "pod function");
  CHECK(wanted("pre backup exec in\n  |") == "");
  CHECK(wanted("pre backup exec in pod |") == "NAME STRING SPLICE");
  CHECK(wanted("pre backup exec in pod app |") == "container on STRING SPLICE");
  CHECK(wanted("pre backup exec in pod app \"a\" |") == kClauses);
  CHECK(wanted("pre backup exec in pod app \"a\"\n  ti|\n  retry 1") ==
        std::string(kClauses) + " " + kStatements);
  CHECK(wanted("pre backup http get |") == "at STRING SPLICE");
  CHECK(wanted("pre backup scale |") == "WORKLOAD");
  CHECK(wanted("pre backup scale Deployment/we|") == "WORKLOAD");
  CHECK(wanted("pre backup scale Deployment/web to |") == "INT SPLICE");
  CHECK(wanted("pre backup use |") == "ANY-NAME");
  CHECK(wanted("pre backup use postgres.|") == "ANY-NAME");
  CHECK(wanted("pre backup use t(|") == "ANY-NAME STRING");
  CHECK(wanted("hold backup exec local \"a\" release |") ==
        "only scale+back stdin http tcp exec scale wait use");
  CHECK(wanted("hold backup exec local \"a\" release scale |") == "back WORKLOAD");
  CHECK(wanted("hold backup exec local \"a\" at |") == "most");
  CHECK(wanted("hold backup exec local \"a\" |") == std::string(kClauses) + " release until at");
}

TEST_CASE("arguments and expressions", "[expected]") {
  CHECK(wanted("pre backup exec local \"a\" timeout |") == "DURATION INT DECIMAL SIZE SPLICE");
  CHECK(wanted("pre backup exec local \"a\" timeout 3|") == "DURATION INT DECIMAL SIZE SPLICE");
  CHECK(wanted("pre backup exec local \"a\" retry 3 every 1.5|") ==
        "DURATION INT DECIMAL SIZE SPLICE");
  CHECK(wanted("pre backup exec local \"a\" on error |") == "fail warn continue skip");
  CHECK(wanted("pre backup exec local \"a\" when |") == "not VALUE true false null if");
  CHECK(wanted("pre backup exec local \"a\" when session.|") == "ANY-NAME");
  CHECK(wanted("pre backup exec local \"a\" when x matches |") == "REGEX VALUE true false null if");
  CHECK(wanted("param a: |") ==
        "string int list bool duration size url hostname regex port selector json pod function "
        "workload");
  CHECK(wanted("pre backup exec local \"echo ${|") == "not VALUE true false null if");
  CHECK(place("pre backup exec local \"echo ${|") == "file hook exec-action string splice not");
  CHECK(place("pre backup exec local \"a\" header \"|") == "file hook header-clause string");
  CHECK(place("pre backup use t(a: |") == "file hook use-action arguments field not");
}

TEST_CASE("policies and tests", "[expected]") {
  CHECK(wanted("test \"a\"\n  given |") ==
        "backup restore param session target crash interrupt hook hold release http tcp exec");
  CHECK(wanted("test \"a\"\n  expect hook \"b\" |") == "succeeded failed ran made did");
  CHECK(wanted("policy \"a\" require |") == "a not VALUE true false null if");
  CHECK(wanted("policy \"a\" require a |").starts_with("pre post"));
}

TEST_CASE("texts, patterns and comments are told apart", "[expected]") {
  CHECK(at_cursor("pre backup exec local \"a|b\"").inside == Inside::String);
  CHECK(at_cursor("pre backup exec local 'a|b'").inside == Inside::RawString);
  CHECK(at_cursor("pre backup exec local \"\"\"\n  a|\n\"\"\"").inside == Inside::String);
  CHECK(at_cursor("pre backup exec local \"a\" when b matches /c|/").inside == Inside::Regex);
  CHECK(at_cursor("# a|").inside == Inside::Comment);
  CHECK(at_cursor("# a\n|").inside == Inside::Code);
  CHECK(at_cursor("pre backup exec local \"a\"|").inside == Inside::Code);
}

TEST_CASE("what is broken above the cursor costs its clause or statement", "[expected]") {
  const std::string clauses = kClauses, statements = kStatements;
  CHECK(wanted("pre bakup exec local \"a\" |") == clauses);
  CHECK(wanted("pre backup exec local \"a\"\n  timeout soon\n  |") == clauses + " " + statements);
  CHECK(wanted("pre backup bogus\n|") == statements);
  CHECK(wanted("pre backup bogus |").empty());
  CHECK(wanted("pre backup exec local \"a\n  |") == clauses + " " + statements);
}

TEST_CASE("every offset of every example has an answer", "[expected]") {
  for (const auto& entry : std::filesystem::directory_iterator(HOOKC_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".hook") continue;
    const testing::Parsed parsed(testing::read_file(entry.path().string()));
    for (std::uint32_t at = 0; at <= parsed.text().size(); ++at) {
      const ExpectedAt found = expected_at(parsed.text(), parsed.tree, at);
      CHECK(found.prefix.begin <= at);
      for (const Wanted& w : found.wanted) REQUIRE(w.place < found.places.size());
    }
  }
}

}  // namespace
}  // namespace hookc::syntax
