// What each piece of a file is coloured as.
#include <catch2/catch.hpp>

#include "lsp/features/embedded_json.hpp"
#include "lsp/features/embedded_shell.hpp"
#include "lsp/features/semantic_tokens.hpp"
#include "tests/unit/lsp_testing.hpp"

namespace hookc::lsp {
namespace {

using testing::Files;

/// `text type modifier,modifier` a line.
std::string shown(const Files& files, const std::vector<SemanticToken>& tokens) {
  std::string out;
  for (const SemanticToken& token : tokens) {
    out += std::string(files.text(token.span)) + " " +
           std::string(kTokenTypes[static_cast<std::size_t>(token.type)]);
    for (std::size_t i = 0; i < kTokenModifiers.size(); ++i) {
      if ((token.modifiers >> i & 1U) != 0) out += "+" + std::string(kTokenModifiers[i]);
    }
    out += '\n';
  }
  return out;
}
std::string tokens_of(std::string text, std::map<std::string, std::string> rest = {}) {
  const Files files(std::move(text), std::move(rest));
  return shown(files, semantic_tokens(files.now(), "a.hook"));
}

TEST_CASE("names are coloured by what they refer to", "[lsp]") {
  CHECK(tokens_of("param wait: duration = 5s\n"
                  "secret page: url from env PAGE\n"
                  "pod db\n"
                  "  labels \"app=x\"\n"
                  "post backup on failure \"p\" http post ${page}\n"
                  "  timeout ${wait}\n"
                  "  json { text: upper(session.reason ?? \"x\"), n: 3 }\n"
                  "  expect status == 200\n") ==
        "param keyword\n"
        "wait parameter+declaration+readonly\n"
        "duration type\n"
        "= operator\n"
        "5s number\n"
        "secret keyword\n"
        "page variable+declaration+readonly+secret\n"
        "url type\n"
        "from keyword\n"
        "env keyword\n"
        "PAGE variable\n"
        "pod keyword\n"
        "db type+declaration\n"
        "labels keyword\n"
        "\" string\n"
        "app=x string\n"
        "\" string\n"
        "post keyword\n"
        "backup keyword\n"
        "on keyword\n"
        "failure enumMember\n"
        "\" string\n"
        "p string\n"
        "\" string\n"
        "http keyword\n"
        "post keyword\n"
        "${ operator\n"
        "page variable+readonly+secret\n"
        "} operator\n"
        "timeout keyword\n"
        "${ operator\n"
        "wait parameter+readonly\n"
        "} operator\n"
        "json keyword\n"
        "text property\n"
        "upper function+defaultLibrary\n"
        "session variable+readonly+defaultLibrary\n"
        "reason property+readonly+defaultLibrary\n"
        "?? operator\n"
        "\" string\n"
        "x string\n"
        "\" string\n"
        "n property\n"
        "3 number\n"
        "expect keyword\n"
        "status property+readonly+defaultLibrary\n"
        "== operator\n"
        "200 number\n");
}

TEST_CASE("templates, modules, parameters and captures", "[lsp]") {
  const std::string shown = tokens_of(
      "import \"./n.hook\" as n\n"
      "template t(db: pod, within: duration = 5s) {\n"
      "  exec in pod db \"true\"\n"
      "  timeout ${within}\n"
      "}\n"
      "pod orders\n"
      "pre backup \"a\" use t(db: orders)\n"
      "  capture stdout as out\n"
      "post backup exec local \"echo ${out ?? 'x'}\"\n"
      "  on error warn\n"
      "hold backup use n.h()\n",
      {{"n.hook", "template hold h() {\n  exec local \"a\"\n  release exec local \"b\"\n}\n"}});
  for (const std::string_view line :
       {"n namespace+declaration\n", "t macro+declaration\n", "db parameter+declaration+readonly\n",
        "pod type\n", "within parameter+readonly\n", "orders type+declaration\n", "t macro\n",
        "db parameter\n", "orders type\n", "out variable+declaration+readonly\n",
        "out variable+readonly\n", "warn enumMember\n", "n namespace\nh macro\n"}) {
    INFO(line);
    CHECK(("\n" + shown).find("\n" + std::string(line)) != std::string::npos);
  }
}

TEST_CASE("a comment above a statement documents it", "[lsp]") {
  CHECK(tokens_of("# about the file\n\n# about it\nparam a: int = 1  # more\n") ==
        "# about the file comment\n# about it comment+documentation\nparam keyword\n"
        "a parameter+declaration+readonly\nint type\n= operator\n1 number\n# more comment\n");
}

TEST_CASE("shell text in a command", "[lsp]") {
  CHECK(tokens_of("param x: string = \"\"\n"
                  "pre backup exec local \"\"\"\n"
                  "  set -e  # stop\n"
                  "  for f in *.sql; do echo \"$f ${x} done\" | grep 'a b' >> log; done\n"
                  "\"\"\"\n")
            .find("set function\n"
                  "# stop comment\n"
                  "for keyword\n"
                  "in keyword\n"
                  "; operator\n"
                  "do keyword\n"
                  "echo function\n"
                  "\" string\n"
                  "$f variable\n"
                  "  string\n"
                  "${ operator\n"
                  "x parameter+readonly\n"
                  "} operator\n"
                  " done\" string\n"
                  "| operator\n"
                  "grep function\n"
                  "'a b' string\n"
                  ">> operator\n"
                  "; operator\n"
                  "done keyword\n") != std::string::npos);
}

TEST_CASE("JSON in a body, an answer and an input", "[lsp]") {
  const std::string shown = tokens_of(
      "post backup http post \"https://a.example\"\n"
      "  header \"Content-Type\" \"application/json\"\n"
      "  body '{\"a\": [1, true, \"x\"]}'\n");
  CHECK(shown.find("body keyword\n' string\n\"a\" property\n1 number\ntrue keyword\n\"x\" "
                   "string\n' string\n") != std::string::npos);
  CHECK(tokens_of("post backup http post \"https://a.example\"\n  body \"{\\\"a\\\": 1}\"\n")
            .find("body keyword\n\" string\n\\\" string+escape\na property\n\\\" string+escape\n"
                  "1 number\n\" string\n") != std::string::npos);
}

TEST_CASE("the shell's tokens", "[lsp]") {
  struct Row {
    std::string_view text;
    std::string_view tokens;
  };
  const Row rows[] = {
      {"a b c", "C:a "},
      {"X=1 run $X", "V:X O:= C:run V:$X "},
      {"a && b || c", "C:a O:&& C:b O:|| C:c "},
      {"a 2>&1 >f", "C:a O:2 O:>& O:> "},
      {"a $(b -c) `d`", "C:a O:$( C:b O:) O:` C:d O:` "},
      {"a \"x$(b)y\"", "C:a S:\"x O:$( C:b O:) S:y\" "},
      {"a ${b:-c d} $((1 + 2))", "C:a V:${b:-c d} V:$((1 + 2)) "},
      {"cat <<E\nx $y\nE\nls", "C:cat O:<< S:E S:x $y\nE\n C:ls "},
      {"a#b # c", "C:a#b K:# c "},
      {"if a; then b; fi", "R:if C:a O:; R:then C:b O:; R:fi "},
      {"case x in a) b ;; esac", "R:case R:in O:) C:b O:;; R:esac "},
      {"a 'b", "C:a S:'b "},
      {"a \"b", "C:a S:\"b "},
      {"$(", "O:$( "},
      {"a \\\n b", "C:a "},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    std::string shown;
    for (const ShellToken& token : lex_shell(row.text).tokens) {
      constexpr std::string_view kLetters = "CRVSOK";
      shown += kLetters[static_cast<std::size_t>(token.kind)];
      shown += ":" + std::string(row.text.substr(token.span.begin, token.span.size())) + " ";
    }
    CHECK(shown == row.tokens);
  }
}

TEST_CASE("a range is a filter", "[lsp]") {
  const Files files("param a: int = 1\nparam b: int = 2\n");
  CHECK(shown(files, semantic_tokens(files.now(), "a.hook", {23, 24})) ==
        "b parameter+declaration+readonly\n");
  CHECK(semantic_tokens(files.now(), "none.hook").empty());
}

TEST_CASE("the smallest edit between two lists", "[lsp]") {
  using Numbers = std::vector<std::uint32_t>;
  struct Row {
    Numbers before, after;
    std::uint32_t start, removed;
    Numbers added;
  };
  const Row rows[] = {
      {{1, 2, 3}, {1, 9, 3}, 1, 1, {9}},
      {{}, {1, 2}, 0, 0, {1, 2}},
      {{1, 2}, {}, 0, 2, {}},
      {{1, 1, 1}, {1, 1}, 2, 1, {}},
      {{1, 2, 3}, {1, 2, 2, 3}, 2, 0, {2}},
  };
  for (const Row& row : rows) {
    const auto edit = token_edit(row.before, row.after);
    REQUIRE(edit);
    CHECK(edit->start == row.start);
    CHECK(edit->removed == row.removed);
    CHECK(edit->added == row.added);
  }
  CHECK_FALSE(token_edit(Numbers{1}, Numbers{1}));
}

}  // namespace
}  // namespace hookc::lsp
