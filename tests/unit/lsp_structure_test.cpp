// Folds, selections, outlines, links.
#include <catch2/catch.hpp>

#include "lsp/features/document_symbols.hpp"
#include "lsp/features/folding.hpp"
#include "lsp/features/linked_editing.hpp"
#include "lsp/features/links.hpp"
#include "lsp/features/selection.hpp"
#include "tests/unit/lsp_testing.hpp"

namespace hookc::lsp {
namespace {

using testing::Files;
using testing::Marked;

/// `first-last kind` a line, lines from 1.
std::string folds_of(std::string text) {
  const Files files(std::move(text));
  const query::Snapshot now = files.now();
  const LineIndex& lines = now.sources().lines(*now.file("a.hook"));
  std::string out;
  for (const Fold& fold : folds(now, "a.hook")) {
    constexpr std::string_view kKinds[] = {"code", "comment", "imports", "region"};
    out += std::to_string(lines.line_of(fold.span.begin) + 1) + "-" +
           std::to_string(lines.line_of(fold.span.end) + 1) + " " +
           std::string(kKinds[static_cast<std::size_t>(fold.kind)]) + "\n";
  }
  return out;
}

TEST_CASE("what can be folded", "[lsp]") {
  CHECK(folds_of("import std.slack\n"                             // 1
                 "import std.files\n"                             // 2
                 "\n"                                             // 3
                 "# one\n"                                        // 4
                 "# two\n"                                        // 5
                 "hold backup \"h\"\n"                            // 6
                 "  exec local \"a\"\n"                           // 7
                 "  release exec local \"\"\"\n"                  // 8
                 "    b\n"                                        // 9
                 "  \"\"\"\n"                                     // 10
                 "together {\n"                                   // 11
                 "  pre backup exec local \"x\"\n"                // 12
                 "    timeout 1s\n"                               // 13
                 "}\n"                                            // 14
                 "post backup http post \"https://a.example\"\n"  // 15
                 "  json {\n"                                     // 16
                 "    a: [\n"                                     // 17
                 "      1,\n"                                     // 18
                 "    ],\n"                                       // 19
                 "  }\n") ==                                      // 20
        "1-2 imports\n4-5 comment\n6-10 code\n8-10 code\n11-13 code\n12-13 code\n15-20 code\n"
        "16-19 code\n17-18 code\n");
  CHECK(folds_of("# region a\nparam x: int = 1\n# endregion\n") == "1-3 region\n");
  CHECK(folds_of("param x: int = 1\n").empty());
  CHECK(folds_of("together {\n  pre backup exec\n").empty() == false);
}

/// The chain, `·` between its texts; line ends are shown as `⏎`.
std::string chain(std::string_view marked) {
  const Marked m(marked);
  const Files files(m.text);
  std::string out;
  for (const Span span : selection_chain(files.now(), "a.hook", m.offset)) {
    if (!out.empty()) out += " · ";
    for (const char c : files.text(span)) out += c == '\n' ? std::string("⏎") : std::string(1, c);
  }
  return out;
}

TEST_CASE("selections grow from a word to the file", "[lsp]") {
  CHECK(chain("pre backup exec local \"psql -c 'CHECK‸POINT' db\"") ==
        "CHECKPOINT · 'CHECKPOINT' · psql -c 'CHECKPOINT' db · \"psql -c 'CHECKPOINT' db\" · "
        "exec local \"psql -c 'CHECKPOINT' db\" · "
        "pre backup exec local \"psql -c 'CHECKPOINT' db\"");
  CHECK(
      chain("pre backup exec local \"a --full-‸path=x b\"").starts_with("path · --full-path=x · "));
  CHECK(chain("# doc here\npre backup exec local \"a\" timeout ‸5s\n") ==
        "5s · timeout 5s · pre backup exec local \"a\" timeout 5s · # doc here⏎pre backup exec "
        "local \"a\" timeout 5s · # doc here⏎pre backup exec local \"a\" timeout 5s⏎");
  CHECK(chain("post backup http get \"https://a.example/${one‸-two}/x\"")
            .starts_with("one-two · ${one-two} · https://a.example/${one-two}/x · \"https"));
  CHECK(
      chain("post backup http post \"https://a.example\" json { a: [1, ‸2], b: 3 }")
          .starts_with("2 · 1, 2 · [1, 2] · a: [1, 2] · a: [1, 2], b: 3 · { a: [1, 2], b: 3 } · "));
  CHECK(chain("# one\n# tw‸o\n\nparam a: int = 1\n") ==
        "two · # two · # one⏎# two · # one⏎# two⏎⏎param a: int = 1⏎");
  CHECK(chain("‸").empty() == true);
}

void show(const Files& files, const std::vector<Symbol>& symbols, int depth, std::string& out) {
  for (const Symbol& symbol : symbols) {
    CHECK(symbol.span.begin <= symbol.name_span.begin);
    CHECK(symbol.name_span.end <= symbol.span.end);
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + symbol.name + " | " +
           symbol.detail + " | " + std::to_string(static_cast<int>(symbol.kind)) + " | " +
           std::string(files.text(symbol.name_span)) + "\n";
    show(files, symbol.children, depth + 1, out);
  }
}
std::string outline(std::string text) {
  const Files files(std::move(text));
  std::string out;
  show(files, document_symbols(files.now(), "a.hook"), 0, out);
  return out;
}

TEST_CASE("the outline of a file", "[lsp]") {
  CHECK(outline("param n: int(1..9) = 3\n"
                "secret s: url from env S\n"
                "pod db\n  labels \"app=x\"\n"
                "function job\n  image \"a:1\"\n"
                "template t(db: pod) {\n  exec in pod db \"x\"\n}\n"
                "target StatefulSet/orders\n"
                "pre backup \"one\" exec in pod db \"psql\"\n"
                "post backup on failure http post ${s}\n"
                "together {\n  pre backup use t(db: db)\n}\n"
                "hold backup \"h\"\n  scale Deployment/web to 0\n  release scale back\n"
                "environment prod {\n  n = 4\n}\n"
                "policy \"p\"\n  forbid exec\n"
                "test \"t\"\n  given backup succeeds\n") ==
        "n | param: int(1..9) | 14 | n\n"
        "s | secret: url | 20 | s\n"
        "db | pod · app=x | 19 | db\n"
        "job | function · a:1 | 5 | job\n"
        "t | template(db: pod) | 26 | t\n"
        "StatefulSet/orders | target | 19 | StatefulSet/orders\n"
        "one | pre backup · exec in pod db | 24 | \"one\"\n"
        "http post ${s} | post backup on failure | 24 | http post\n"
        "together | at once | 18 | together\n"
        "  use t | pre backup | 24 | use\n"
        "h | hold backup · scale Deployment/web to 0 | 23 | \"h\"\n"
        "  acquire | scale Deployment/web to 0 | 6 | scale\n"
        "  release | scale back | 6 | release\n"
        "prod | environment | 3 | prod\n"
        "  n | 4 | 7 | n\n"
        "p | policy | 11 | \"p\"\n"
        "t | test | 12 | \"t\"\n");
}

TEST_CASE("a statement that does not parse keeps its place in the outline", "[lsp]") {
  CHECK(outline("param a: =\npod db\n  labels \"x=y\"\n").starts_with("a | param"));
}

TEST_CASE("the search for names", "[lsp]") {
  const Files files(
      "param page-limit: int = 1\npost backup \"page\" exec local \"x\"\n",
      {{"b.hook", "secret pager from env P\ntemplate apple() {\n  exec local \"x\"\n}\n"}});
  const std::vector<std::string> paths = {"a.hook", "b.hook"};
  const auto found = [&](std::string_view query, std::size_t limit = 10) {
    std::string out;
    for (const FoundSymbol& symbol : workspace_symbols(files.now(), paths, query, limit))
      out += symbol.path + ":" + symbol.name + " ";
    return out;
  };
  CHECK(found("page") == "a.hook:page a.hook:page-limit b.hook:pager ");
  CHECK(found("PL") == "a.hook:page-limit b.hook:apple ");
  CHECK(found("xyz").empty());
  CHECK(found("", 2) == "b.hook:apple a.hook:page ");
  CHECK(match_score("abc", "a-b") < 0);
  CHECK(match_score("pd", "pre-dump") > match_score("pd", "update"));
}

TEST_CASE("what leads elsewhere", "[lsp]") {
  const Files files(
      "import std.slack\n"
      "import \"../shared/n.hook\"\n"
      "secret a from file \"/run/secrets/a\"\n"
      "param base: url = \"https://orders.example.org\"\n"
      "pre backup http get \"https://a.example/x?y=1\"\n"
      "pre backup http get \"${base}/x\"\n"
      "pre backup exec local \"curl https://not.example\"\n");
  std::string out;
  for (const Link& link : links(files.now(), "a.hook")) {
    out += std::string(files.text(link.span)) + " -> " +
           std::to_string(static_cast<int>(link.kind)) + " " + link.target + "\n";
  }
  CHECK(out ==
        "std.slack -> 2 hookc:/std/slack.hook\n"
        "../shared/n.hook -> 1 ../shared/n.hook\n"
        "/run/secrets/a -> 1 /run/secrets/a\n"
        "https://orders.example.org -> 0 https://orders.example.org\n"
        "https://a.example/x?y=1 -> 0 https://a.example/x?y=1\n");
}

TEST_CASE("plain words change together, quoted names do not", "[lsp]") {
  const std::string_view text = "pod db in pod db \"db\"";
  const std::vector<Span> plain = {{14, 16}, {4, 6}};
  CHECK(linked_spans(text, plain, 5) == std::vector<Span>{{4, 6}, {14, 16}});
  CHECK(linked_spans(text, plain, 6).size() == 2);
  CHECK(linked_spans(text, plain, 9).empty());
  const std::vector<Span> quoted = {{4, 6}, {18, 20}};
  CHECK(linked_spans(text, quoted, 5).empty());
  const std::vector<Span> different = {{4, 6}, {0, 3}};
  CHECK(linked_spans(text, different, 5).empty());
  CHECK(linked_spans(text, {}, 5).empty());
}

}  // namespace
}  // namespace hookc::lsp
