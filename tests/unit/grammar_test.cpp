// The syntax tree: right files, and that every mistake is told once, where it stands.
#include <catch2/catch.hpp>

#include <filesystem>

#include "tests/unit/syntax_testing.hpp"

namespace hookc {
namespace {

using testing::every_form;
using testing::Parsed;
using testing::tree_defect;

std::string dump(const Parsed& parsed) {
  std::string text;
  for (const syntax::Node& node : parsed.tree.nodes) {
    if (!text.empty()) text += ' ';
    text += is_token(node.kind)
                ? std::string(parsed.text().substr(node.begin, node.end - node.begin))
                : std::string(to_string(node.kind));
  }
  return text;
}

TEST_CASE("every form of the language parses without a finding", "[grammar]") {
  Parsed parsed(every_form());
  CHECK(parsed.findings() == std::vector<std::string>{});
  CHECK_FALSE(parsed.tree.has_errors);
  CHECK(tree_defect(parsed.text(), parsed.tree) == "");
  // No kind of node is only written about. What marks a mistake does not occur in a right file.
  for (int kind = 0; kind <= static_cast<int>(syntax::NodeKind::Expectation); ++kind) {
    const auto wanted = static_cast<syntax::NodeKind>(kind);
    if (wanted == syntax::NodeKind::Error || wanted == syntax::NodeKind::Skipped ||
        wanted == syntax::NodeKind::BadEscape)
      continue;
    INFO(to_string(wanted));
    CHECK(std::any_of(parsed.tree.nodes.begin(), parsed.tree.nodes.end(),
                      [&](const syntax::Node& node) { return node.kind == wanted; }));
  }
}

TEST_CASE("examples and standard modules parse without a finding", "[grammar]") {
  for (const char* folder : {"/examples", "/stdlib"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(HOOKC_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".hook") continue;
      Parsed parsed(testing::read_file(entry.path().string()));
      INFO(entry.path());
      CHECK(parsed.findings() == std::vector<std::string>{});
      CHECK(tree_defect(parsed.text(), parsed.tree) == "");
    }
  }
}

TEST_CASE("trees of single sentences", "[grammar]") {
  struct Row {
    const char* text;
    const char* tree;
  };
  const Row row = GENERATE(values<Row>({
      {"pre backup exec in pod app \"cmd\"",
       "file hook pre backup exec-action exec in pod-ref pod app string \" cmd \""},
      {"post backup on success tcp connect ${a}",
       "file hook post backup outcome on success tcp-action tcp connect splice ${ a }"},
      {"param a: int(0..3) = b.c[1] ?? 2",
       "file param param a : type int ( 0 .. 3 ) = default postfix b member-step . c index-step [ "
       "1 ] ?? 2"},
      {"operation backup succeeds when a or b and not c in 1..2 or d",
       "file operation-rule operation backup succeeds when or a or and b and not not binary c in "
       "range 1 .. 2 or d"},
      {"target Rollout.argoproj.io/web",
       "file target target workload Rollout . argoproj . io / web"},
      {"use-it", "file error use-it"},
      {"pre backup exec local \"a${b}\\n'\"",
       "file hook pre backup exec-action exec local string \" a splice ${ b } \\n ' \""},
      {"pre backup exec local 'a${b}\\n'",
       "file hook pre backup exec-action exec local string ' a${b}\\n '"},
  }));
  Parsed parsed(row.text);
  CHECK(dump(parsed) == row.tree);
}

TEST_CASE("words are kept apart the way names are", "[grammar]") {
  // A keyword ends where a name would; statement words are names nowhere, the others everywhere
  // else.
  Parsed parsed(
      "pod wait-for\n  container on-call\npre backup use exec.timeout(pod: 1, timeout: retry)\n"
      "param retry: int = 1 param timeout: duration = 1m");
  CHECK(parsed.findings() == std::vector<std::string>{});
}

TEST_CASE("a statement word starts a statement only first on its line", "[grammar]") {
  Parsed one("pre backup wait\n  pod app");
  CHECK(one.findings() == std::vector<std::string>{"HK0001 wait"});
  Parsed facts("operation backup succeeds when\n  operation.exit == 0 and\n  target.name == \"x\"");
  CHECK(facts.findings() == std::vector<std::string>{});
  Parsed keys("pre backup http post \"https://x\" json {\n  pod: 1,\n  target: 2\n}");
  CHECK(keys.findings() == std::vector<std::string>{});
  Parsed line("pre backup exec local \"a\" post backup exec local \"b\"");
  CHECK(line.findings() == std::vector<std::string>{});
  CHECK(line.build().hooks.size() == 2);
}

TEST_CASE("BOM, CRLF, tabs and a missing last line end are legal", "[grammar]") {
  Parsed parsed(
      "\xEF\xBB\xBFpre backup\texec local \"a\"\r\n\ttimeout 3s\r\n# end\r\npost backup exec local "
      "\"b\"");
  CHECK(parsed.findings() == std::vector<std::string>{});
  CHECK(tree_defect(parsed.text(), parsed.tree) == "");
  REQUIRE(parsed.tree.comments.size() == 1);
  CHECK(parsed.sources.text({parsed.file, parsed.tree.comments[0].span}) == "# end");
  CHECK(parsed.build().hooks.size() == 2);
}

struct Mistake {
  std::string text;
  std::vector<std::string> findings;
};

TEST_CASE("every mistake is told once, where it stands", "[grammar]") {
  const Mistake row = GENERATE(values<Mistake>({
      // HK0001: what was found, at the smallest span
      {"pre backup exec in pod app", {"HK0001 app"}},
      {"pre backup exec in pod \"my app\"\npost backup exec local \"x\"", {"HK0001 \"my app\""}},
      {"pre", {"HK0001 pre"}},
      {"pre backup timeout 5s exec local \"a\"", {"HK0001 timeout"}},
      {"pre backup exec local \"a\"\n  wobble 5\n  timeout 5s", {"HK0001 wobble"}},
      {"pre backup exec local \"a\"\n  timeout soon\n  retry often\n  on error warn",
       {"HK0001 soon", "HK0001 often"}},
      {"pre backup exec local \"a\" when status = 200", {"HK0001 ="}},
      {"pre backup exec local \"a\" when ${a} == 1", {"HK0001 ${"}},
      {"pre backup exec in pod test \"a\"", {"HK0001 test"}},
      {"param and: string", {"HK0001 and"}},
      {"param a string", {"HK0001 string"}},
      {"scale Deployment/web to 0\npre backup exec local \"a\"", {"HK0001 scale"}},
      {"pre backup exec local \"a\"\n}}", {"HK0001 }"}},
      {"pre backup exec local \"a\"\nlanguage 1", {"HK0001 language"}},
      {"pod app\n  size big\n  owner Deployment\n  labels \"a=b\"",
       {"HK0001 size", "HK0001 Deployment"}},
      {"pre backup http post \"x\" json { a: 1 b: 2 }\n  retry 1", {"HK0001 b"}},
      {"hold backup exec local \"a\" at most 5m\n  release exec local \"b\"", {"HK0001 release"}},
      {"pre backup exec local \"a\"\n  release exec local \"b\"", {"HK0001 release"}},
      {std::string("pre backup \0 exec local \"a\"", 28), {std::string("HK0001 \0", 8)}},
      {"pre backup exec local \"a\" \x01", {"HK0001 \x01"}},
      {"pré backup exec local \"a\"", {"HK0001 é"}},
      {"pre backup exec local é", {"HK0001 é"}},
      {"policy \"p\"\n  forbid everything\n  except \"x\" until 2027-03-31\n  warn tcp",
       {"HK0001 everything", "HK0001 until"}},
      {"test \"t\"\n  given nothing\n  expect session failed", {"HK0001 nothing"}},
      {"environment prod { a = 1\n  b 2\n}", {"HK0001 2"}},
      {"operation backup succeeds", {"HK0001 succeeds"}},
      {"pre backup exec local \"${FOO:-x} ${a}\"", {"HK0001 :"}},
      {"pre backup exec local \"${}\"\n  timeout 3s", {"HK0001 }"}},
      {"pre backup exec local \"${a b} ${} ${c\"", {"HK0001 b", "HK0001 }", "HK0002 ${"}},
      // HK0002: at the opener, and the next line is read
      {"pre backup exec local \"a\n  timeout soon", {"HK0002 \"", "HK0001 soon"}},
      {"pre backup exec local 'a\npost restore exec locl \"b\"", {"HK0002 '", "HK0005 locl"}},
      {"pre backup exec local \"a ${b\n  timeout 3s\n  retry x", {"HK0002 ${", "HK0001 x"}},
      {"pre backup exec local \"\"\"\n  a\npost backup exec local \"b\"\n  timeout x",
       {"HK0002 \"\"\"", "HK0001 x"}},
      {"pre backup http post \"x\" json {\n  a: 1\npost backup exec local b",
       {"HK0002 {", "HK0001 b"}},
      {"pre backup http post \"x\" json { a: [1, 2 }\n  timeout x", {"HK0002 [", "HK0001 x"}},
      {"pre backup exec local \"a\" when (a == 1\n", {"HK0002 ("}},
      {"pre backup http post \"x\" json { a: \"b }\n  timeout 3s", {"HK0002 \""}},
      {"together {\n  pre backup exec local \"a\"\npod app", {"HK0002 {"}},
      {"together {\n  pre backup exec local \"a\"", {"HK0002 {"}},
      {"pre backup exec local \"a\" expect stdout matches /ab\n  timeout 3s", {"HK0002 /"}},
      {"template t() {\n  exec local \"a\"\npod app", {"HK0002 {"}},
      // HK0003: named, and taken for what was meant where that is safe
      {"pre backup exec local “a”\n  timeout 3s", {"HK0003 “"}},
      {"pre backup exec local ‘a’\n  timeout x", {"HK0003 ‘", "HK0001 x"}},
      {"pre\u00A0backup\u00A0exec local \"a\"", {"HK0003 \u00A0", "HK0003 \u00A0"}},
      {"\u00A0 pre backup exec local \"a\"\n\u00A0pre bakup exec local \"b\"",
       {"HK0003 \u00A0", "HK0003 \u00A0", "HK0005 bakup"}},
      {"pre backup exec in pod orders\u2013db \"a\"\npost backup exec local x",
       {"HK0003 \u2013", "HK0001 x"}},
      {"param a\uFF1A string", {"HK0003 \uFF1A"}},
      {"pre backup exec in pod orders\u200Bdb \"a\"", {"HK0003 \u200B"}},
      {"# a\u202Eb\npre backup exec local \"c\u2066d\"", {"HK0003 \u202E", "HK0003 \u2066"}},
      // HK0004
      {"pre backup exec local \"\\q \\u{110000} \\u{} \\n\"",
       {"HK0004 \\q", "HK0004 \\u{110000}", "HK0004 \\u{}"}},
      {"pre backup exec local \"a\xFF\xC3\"", {"HK0004 \xFF", "HK0004 \xC3"}},
      {"pre backup exec local \"a\" \xFF", {"HK0004 \xFF"}},
      {std::string("pre backup exec local \"a\0b\"", 27), {std::string("HK0004 \0", 8)}},
      // HK0005: read as what was meant, so the rest is checked
      {"pre bakup exec in pod app \"x\"\n  timeuot 5m\n  rety x",
       {"HK0005 bakup", "HK0005 timeuot", "HK0005 rety", "HK0001 x"}},
      {"prre backup exec local \"a\"", {"HK0005 prre"}},
      {"pre backup exec local \"a\"\npots backup exec local \"b\"", {"HK0005 pots"}},
      {"post backup on failur http gte \"https://x\"", {"HK0005 failur", "HK0005 gte"}},
      {"Pre Backup exec local \"a\"", {"HK0005 Pre", "HK0005 Backup"}},
      {"param a: strng", {"HK0005 strng"}},
      {"pre backup exec local \"a\" expect stdout contians \"x\"", {"HK0005 contians"}},
      {"together {\n  pre bakup exec local \"a\"\n  foo\n  post backup exec local \"b\"\n}\npod p",
       {"HK0005 bakup", "HK0001 foo"}},
      // HK0008: nothing after it is read
      {"language 2\nfoo bar\n}}}", {"HK0008 2"}},
  }));
  Parsed parsed(row.text);
  INFO(row.text);
  (void)parsed.build();
  auto found = parsed.findings();
  auto wanted = row.findings;
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  CHECK(found == wanted);
  CHECK(parsed.tree.has_errors);
  CHECK(tree_defect(parsed.text(), parsed.tree) == "");
}

TEST_CASE("what messages say", "[grammar]") {
  struct Row {
    const char* text;
    const char* message;
    const char* help;  // of the first help or fix; empty: none is looked for
  };
  const Row row = GENERATE(values<Row>({
      {"pre 5", "expected `backup` or `restore`, found `5`", ""},
      {"pre bakup exec local \"a\"", "unknown word `bakup`, did you mean `backup`?",
       "expected `backup` or `restore`"},
      {"pre backup exec in pod app", "expected a command after `app`",
       "for example `exec in pod app \"sync\"`"},
      {"secret a from vault", "expected `env`, `file` or `kubernetes`, found `vault`",
       "for example `from env SLACK_WEBHOOK`"},
      {"pre backup exec local \"a\" timeout limit",
       "expected a duration, found the bare word `limit`",
       "a declared value is written `${limit}` here"},
      {"pre backup exec local \"a\" when a = 1", "expected a clause or a new statement, found `=`",
       "two values are compared with `==`"},
      {"pre backup exec local \"${FOO:-x}\"", "expected `}`, found `:`",
       "for the shell's own `${…}` write `\\${…}`"},
      {"pre backup exec local “a”", "left double quotation mark (U+201C) instead of `\"`", ""},
      {"param x = 3", "expected `:`, found `=`", "`:` stands between a name and its type or value"},
      {"pre backup http get https://a.example", "expected a URL, found `https`",
       "a URL stands in quotes: `\"https://example.com/ping\"`"},
      {"language 7", "unknown edition `7` of the language",
       "use a newer hookc, or write the file for edition 1"},
  }));
  Parsed parsed(row.text);
  INFO(row.text);
  REQUIRE(parsed.diagnostics.all().size() == 1);
  const Diagnostic& d = parsed.diagnostics.all()[0];
  CHECK(d.message == row.message);
  if (*row.help != '\0') {
    REQUIRE_FALSE(d.helps.empty());
    CHECK(d.helps[0] == row.help);
  }
}

TEST_CASE("fixes give a right file", "[grammar]") {
  const std::string text =
      GENERATE(as<std::string>{}, "pre bakup exec local “a” timeuot 3s",
               "pre\u00A0backup exec in pod a\u2013b \"x\"", "pre backup exec in pod test \"x\"",
               "param a\uFF1A string", "pre backup exec in pod a\u200Bb \"x\"");
  Parsed parsed(text);
  REQUIRE_FALSE(parsed.diagnostics.all().empty());
  std::vector<Edit> edits;
  for (const Diagnostic& d : parsed.diagnostics.all()) {
    REQUIRE(d.fixes.size() == 1);
    CHECK(d.fixes[0].applicability == Applicability::MachineApplicable);
    edits.insert(edits.end(), d.fixes[0].edits.begin(), d.fixes[0].edits.end());
  }
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.where.span > b.where.span; });
  std::string mended = text;
  for (const Edit& edit : edits)
    mended.replace(edit.where.span.begin, edit.where.span.size(), edit.replacement);
  INFO(mended);
  CHECK(Parsed(mended).findings() == std::vector<std::string>{});
}

TEST_CASE("nesting ends at 200 levels, in linear time", "[grammar]") {
  const auto repeated = [](std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const std::string head = "pre backup exec local \"a\" when ";
  const std::string tail = "\npost backup exec local x\n";
  SECTION("within the limit") {
    Parsed parsed(head + repeated("(", 190) + "a" + repeated(")", 190));
    CHECK(parsed.findings() == std::vector<std::string>{});
  }
  SECTION("no alternative is tried twice") {
    Parsed parsed(head + repeated("(a in [{k: not (if b then ", 30) + "c" +
                  repeated(" else d)}])", 30));
    CHECK(parsed.findings() == std::vector<std::string>{});
  }
  for (const char* opener : {"(", "[", "{a:", "not ", "if ", "a(", "-", ".b", "a["}) {
    Parsed parsed(head + (opener[0] == '.' ? "a" : "") + repeated(opener, 300'000) + tail);
    INFO(opener);
    REQUIRE(parsed.findings().size() == 2);
    CHECK(parsed.findings()[0].starts_with(opener[0] == '-' ? "HK0001" : "HK0007"));
    CHECK(parsed.findings()[1] == "HK0001 x");
  }
  for (const char* opener : {"together {", "param a: list<list<", "pre backup exec local \"${\""}) {
    Parsed parsed(std::string(opener) + repeated(opener[0] == 't' ? "together {"
                                                 : opener[0] == 'p' && opener[1] == 'a' ? "list<"
                                                                                        : "${\"",
                                                 300'000));
    INFO(opener);
    CHECK(parsed.findings().size() == 1);
  }
}

TEST_CASE("a file cut at any byte is told about and never lost", "[grammar]") {
  const std::string text = every_form();
  const std::size_t statements = Parsed(text).build().statements.size();
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Parsed parsed(text.substr(0, cut));
    const std::string defect = tree_defect(parsed.text(), parsed.tree);
    if (!defect.empty()) FAIL("cut at " << cut << ": " << defect);
    const ast::Module module = parsed.build();
    if (parsed.tree.has_errors != !parsed.diagnostics.all().empty())
      FAIL("cut at " << cut << ": silent error");
    // A word cut short can be a misspelling of one that wants something after it; that makes two.
    const auto findings = parsed.findings();
    const bool misspelt = std::any_of(findings.begin(), findings.end(),
                                      [](const std::string& f) { return f.starts_with("HK0005"); });
    if (findings.size() > (misspelt ? 2 : 1))
      FAIL("cut at " << cut << ": " << findings.size() << " findings");
    // `re` of `require` is taken for `pre`: one statement more.
    if (module.statements.size() > statements + 1)
      FAIL("cut at " << cut << ": too many statements");
  }
}

TEST_CASE("a file with any byte replaced keeps its tree whole", "[grammar]") {
  const std::string text = every_form();
  for (const char byte : {'"', '}', '(', '\n', '\\', '\0', '\xE2', ' '}) {
    for (std::size_t at = 0; at < text.size(); at += 13) {
      std::string changed = text;
      changed[at] = byte;
      Parsed parsed(changed);
      const std::string defect = tree_defect(parsed.text(), parsed.tree);
      if (!defect.empty()) FAIL("byte " << at << ": " << defect);
      (void)parsed.build();
    }
  }
}

}  // namespace
}  // namespace hookc
