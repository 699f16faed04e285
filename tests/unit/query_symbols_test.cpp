// Every name finds what it names, and every thing all its names.
#include "compiler/query/symbols.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/editor_testing.hpp"

namespace hookc::query {
namespace {

using testing::Editor;

/// "param limit: a.hook:1:7 declared, a.hook:4:11 read", a line a symbol.
std::string told(const Editor& editor, const std::string& root) {
  const auto now = editor.now();
  const auto index = now.symbols(root);
  REQUIRE(index);
  std::string out;
  for (std::uint32_t i = 0; i < index->symbols().size(); ++i) {
    const Symbol& symbol = index->symbols()[i];
    out += fmt::format("{} {}:", to_string(symbol.kind), symbol.name);
    for (const Occurrence& it : index->of(SymbolId{i})) {
      const std::string place = editor.place(it.where);
      out += fmt::format(" {}{}{}", place.substr(0, place.find(' ')),
                         it.form == Form::Quoted ? " quoted" : "",
                         it.role == Role::Declaration ? " declared"
                         : it.role == Role::Write     ? " set"
                                                      : "");
      CHECK(now.sources().text(it.where) == symbol.name);
      CHECK(index->at(it.where.file, it.where.span.begin)->symbol == it.symbol);
      CHECK(index->at(it.where.file, it.where.span.end)->symbol == it.symbol);
    }
    out += '\n';
  }
  return out;
}

TEST_CASE("names in expressions, splices, declarations and environments", "[query][symbols]") {
  const Editor editor{{"a.hook",
                       "param limit: duration = 5m\n"
                       "param twice: duration = limit\n"
                       "secret pager: url from env PAGER\n"
                       "environment prod { limit = 1h }\n"
                       "pod db labels \"app=db\" namespace ${name-space}\n"
                       "param name-space: string = \"x\"\n"
                       "function tool image \"a:1\"\n"
                       "pre backup \"rows\" exec in pod db \"count\"\n"
                       "  capture stdout as rows\n"
                       "pre backup exec in function tool \"${rows}\"\n"
                       "  after \"rows\"\n"
                       "  timeout ${limit}\n"
                       "post backup http post ${pager}\n"
                       "  json { text: rows ?? hook(\"rows\").output }\n"}};
  CHECK(told(editor, "a.hook") ==
        "param limit: a.hook:1:7 declared a.hook:2:25 a.hook:4:20 set a.hook:12:13\n"
        "param twice: a.hook:2:7 declared\n"
        "param name-space: a.hook:5:36 a.hook:6:7 declared\n"
        "secret pager: a.hook:3:8 declared a.hook:13:25\n"
        "pod db: a.hook:5:5 declared a.hook:8:31\n"
        "function tool: a.hook:7:10 declared a.hook:10:29\n"
        "environment prod: a.hook:4:13 declared\n"
        "hook rows: a.hook:8:13 quoted declared a.hook:11:10 quoted a.hook:14:30 quoted\n"
        "capture rows: a.hook:9:21 declared a.hook:10:37 a.hook:14:16\n");
}

TEST_CASE("templates, imports, arguments and what stands inside a template", "[query][symbols]") {
  const Editor editor{{"a.hook",
                       "import \"./t.hook\"\n"
                       "import \"./t.hook\" as other\n"
                       "pod orders labels \"app=o\"\n"
                       "hold backup \"h\" use t.freeze(db: orders, limit: 2m)\n"
                       "hold backup \"g\" use other.freeze(db: \"orders\")\n"},
                      {"t.hook",
                       "template hold freeze(db: pod, limit: duration = 5m) {\n"
                       "  exec in pod db \"freeze ${limit}\"\n"
                       "  capture stdout as key\n"
                       "  release exec in pod db \"thaw ${key ?? 1}\"\n"
                       "  at most ${limit}\n"
                       "}\n"
                       "template hold outer(to: pod) { use freeze(db: to) }\n"}};
  CHECK(told(editor, "a.hook") ==
        "import t: a.hook:1:11 declared a.hook:4:21\n"
        "import other: a.hook:2:22 declared a.hook:5:21\n"
        "pod orders: a.hook:3:5 declared a.hook:4:34 a.hook:5:39 quoted\n"
        "template freeze: a.hook:4:23 a.hook:5:27 t.hook:1:15 declared t.hook:7:36\n"
        "template parameter db: a.hook:4:30 set a.hook:5:34 set t.hook:1:22 declared t.hook:2:15 "
        "t.hook:4:23 t.hook:7:43 set\n"
        "template parameter limit: a.hook:4:42 set t.hook:1:31 declared t.hook:2:28 t.hook:5:13\n"
        "template outer: t.hook:7:15 declared\n"
        "template parameter to: t.hook:7:21 declared t.hook:7:47\n"
        "hold h: a.hook:4:14 quoted declared\n"
        "hold g: a.hook:5:14 quoted declared\n"
        "capture key: t.hook:3:21 declared t.hook:4:34\n");
}

TEST_CASE("tests and holds that end with a hook", "[query][symbols]") {
  const Editor editor{{"a.hook",
                       "param n: int = 1\n"
                       "pod db labels \"app=db\"\n"
                       "hold backup 'quiet' exec in pod db \"a\" release exec in pod db \"b\"\n"
                       "  until \"dump\"\n"
                       "pre backup \"dump\" exec in pod db \"d\"\n"
                       "test \"t\"\n"
                       "  given backup succeeds\n"
                       "  given param n = 2\n"
                       "  given hook \"dump\" fails\n"
                       "  given release \"quiet\" fails\n"
                       "  given exec in pod db succeeds\n"
                       "  given crash during hold \"quiet\"\n"
                       "  expect hook \"dump\" ran after \"quiet\"\n"
                       "  expect hold \"quiet\" was released\n"
                       "policy \"p\" applies to \"*\"\n"
                       "  forbid exec where n == \"x\"\n"}};
  CHECK(told(editor, "a.hook") ==
        "param n: a.hook:1:7 declared a.hook:8:15 set\n"
        "pod db: a.hook:2:5 declared a.hook:3:33 a.hook:3:60 a.hook:5:31 a.hook:11:21\n"
        "test t: a.hook:6:7 quoted declared\n"
        "policy p: a.hook:15:9 quoted declared\n"
        "hold quiet: a.hook:3:14 quoted declared a.hook:10:18 quoted a.hook:12:28 quoted "
        "a.hook:13:33 quoted a.hook:14:16 quoted\n"
        "hook dump: a.hook:4:10 quoted a.hook:5:13 quoted declared a.hook:9:15 quoted a.hook:13:16 "
        "quoted\n");
}

TEST_CASE("a param of several files is one, and roots that share it are found",
          "[query][symbols]") {
  const Editor editor{
      {"a.hook", "import \"./s.hook\"\nparam n: int = 1\npre backup exec local \"${n}\"\n"},
      {"b.hook", "param n: int = 2\nimport \"./s.hook\"\n"},
      {"c.hook", "param n: int = 3\npre backup exec local \"${n}\"\n"},
      {"s.hook", "param n: int\npost backup exec local \"${n}\"\n"}};
  CHECK(told(editor, "a.hook") ==
        "import s: a.hook:1:11 declared\n"
        "param n: a.hook:2:7 declared a.hook:3:26 s.hook:1:7 declared s.hook:2:27\n");
  const auto now = editor.now();
  const auto index = now.symbols("b.hook");
  const SymbolId n = index->at(*now.file("b.hook"), 6)->symbol;
  std::string all;
  for (const Occurrence& it : references(known_as(now, editor.roots, index, n))) {
    all += editor.place(it.where) + "\n";
  }
  CHECK(all ==
        "a.hook:2:7 `n`\na.hook:3:26 `n`\nb.hook:1:7 `n`\ns.hook:1:7 `n`\ns.hook:2:27 `n`\n");
}

TEST_CASE("a broken program has the names that are known", "[query][symbols]") {
  const Editor editor{{"a.hook",
                       "import \"./gone.hook\"\n"
                       "param n: int = 1\n"
                       "pre backup \"a\" use gone.x(n: n)\n"
                       "pre backup on failure \"b\" exec local \"${n} ${nobody}\"\n"
                       "template t(p: int) { use t(p: p) }\n"
                       "pre backup exec\n"
                       "post backup exec local \"x\" after \"a\"\n"}};
  CHECK(told(editor, "a.hook") ==
        "import gone: a.hook:1:11 declared a.hook:3:20\n"
        "param n: a.hook:2:7 declared a.hook:3:30 a.hook:4:41\n"
        "template t: a.hook:5:10 declared a.hook:5:26\n"
        "template parameter p: a.hook:5:12 declared a.hook:5:28 set a.hook:5:31\n"
        "hook a: a.hook:3:13 quoted declared a.hook:7:35 quoted\n"
        "hook b: a.hook:4:24 quoted declared\n");
}

TEST_CASE("a comment without its signs", "[query][symbols]") {
  SourceManager sources;
  const std::string text = "# One.\n#   two\n#\n  # three \r\nx";
  const FileId file = sources.add("a", text);
  CHECK(comment_text(sources, {file, {0, static_cast<std::uint32_t>(text.size() - 2)}}) ==
        "One.\n  two\n\nthree");
  CHECK(comment_text(sources, {file, {0, 0}}).empty());
}

}  // namespace
}  // namespace hookc::query
