// From a name to what it means, and back.
#include "lsp/features/navigation.hpp"

#include "lsp/features/call_hierarchy.hpp"
#include "tests/unit/editor_testing.hpp"

namespace hookc::lsp {
namespace {

using testing::Editor;

constexpr const char* kTemplates =
    "# About holds.\n"
    "\n"
    "# Freezes.\n"
    "template hold freeze(db: pod, limit: duration = 5m) {\n"
    "  exec in pod db \"freeze\"\n"
    "  release exec in pod db \"thaw\"\n"
    "  at most ${limit}\n"
    "}\n"
    "template ready(db: pod) { exec in pod db \"ready\" }\n";
constexpr const char* kOther =
    "import \"./t.hook\" as t\n"
    "pod web labels \"app=web\"\n"
    "pre restore use t.ready(db: web)\n";

/// The first place that `ask` finds, and how many there are.
using Ask = Targets (*)(const query::Snapshot&, const std::string&, std::uint32_t,
                        std::span<const std::string>);
std::string asked(Ask ask, const std::string& text) {
  const Editor editor{{"a.hook", text}, {"b.hook", kOther}, {"t.hook", kTemplates}};
  std::string out;
  for (const Target& it : ask(editor.now(), editor.path, editor.offset, editor.roots).targets) {
    out += (out.empty() ? "" : ", ") + editor.place(it.name);
  }
  return out;
}

TEST_CASE("definitions", "[lsp][navigation]") {
  CHECK(asked(definition, "param n: int = 1\npre backup exec local \"${|n}\"\n") ==
        "a.hook:1:7 `n`");
  CHECK(asked(definition, "param n: int = 1\npre backup exec local \"${n|}\"\n") ==
        "a.hook:1:7 `n`");
  CHECK(asked(definition, "import \"./|t.hook\"\n") == "t.hook:1:1 ``");
  CHECK(asked(definition, "import \"./gone|.hook\"\n").empty());
  CHECK(asked(definition, "import std.post|gres\n") == "std/postgres.hook:1:1 ``");
  CHECK(asked(definition,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "hold backup \"h\" use |t.freeze(db: p)\n") == "t.hook:1:1 ``");
  CHECK(asked(definition,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "hold backup \"h\" use t.fre|eze(db: p)\n") == "t.hook:4:15 `freeze`");
  CHECK(asked(definition,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "hold backup \"h\" use t.freeze(d|b: p)\n") == "t.hook:4:22 `db`");
  CHECK(asked(definition,
              "import std.files\npod p labels \"a=b\"\n"
              "pre backup use files.presen|t(app: p, path: \"/x\")\n") ==
        "std/files.hook:8:10 `present`");
  CHECK(asked(definition,
              "pre backup \"x\" exec local \"a\"\npost backup exec local \"b\"\n"
              "  when hook(\"|x\").status == \"Failed\"\n") == "a.hook:1:13 `x`");
  CHECK(asked(definition, "post backup on fail|ure exec local \"a\"\n").empty());
  CHECK(asked(definition, "|").empty());
}

TEST_CASE("declarations of modules are their imports", "[lsp][navigation]") {
  const std::string text =
      "import \"./t.hook\" as x\npod p labels \"a=b\"\nhold backup \"h\" use |x.freeze(db: p)\n";
  CHECK(asked(declaration, text) == "a.hook:1:22 `x`");
  CHECK(asked(definition, text) == "t.hook:1:1 ``");
}

TEST_CASE("type definitions", "[lsp][navigation]") {
  CHECK(asked(type_definition,
              "pre backup \"rows\" exec local \"a\" capture stdout as rows\n"
              "post backup exec local \"${|rows ?? 1}\"\n") == "a.hook:1:12 `\"rows\"`");
  CHECK(asked(type_definition, "param |n: int(1..3) = 1\n") == "a.hook:1:10 `int(1..3)`");
  CHECK(asked(type_definition,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "hold backup \"h|\" use t.freeze(db: p)\n") == "t.hook:4:15 `freeze`");
  CHECK(asked(type_definition,
              "pod p labels \"a=b\"\ntemplate t(|x: pod) { exec in pod x \"a\" }\n"
              "pre backup use t(x: p)\n") == "a.hook:1:5 `p`");
}

TEST_CASE("implementations", "[lsp][navigation]") {
  CHECK(asked(implementation,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "pre backup use t.|ready(db: p)\n") ==
        "a.hook:3:1 `pre backup`, b.hook:3:1 `pre restore`");
  CHECK(asked(implementation, "hold backup \"|h\" exec local \"a\" release exec local \"b\"\n") ==
        "a.hook:1:32 `release`");
  CHECK(asked(implementation,
              "import \"./t.hook\"\npod p labels \"a=b\"\n"
              "hold backup \"|h\" use t.freeze(db: p)\n") == "t.hook:6:3 `release`");
}

TEST_CASE("references, of all roots", "[lsp][navigation]") {
  const Editor editor{{"a.hook",
                       "import \"./t.hook\"\npod p labels \"a=b\"\n"
                       "pre backup use t.ready(db: p)\n"},
                      {"b.hook", kOther},
                      {"t.hook", "template re|ady(db: pod) { exec in pod db \"ready\" }\n"}};
  const auto told = [&](bool all) {
    std::string out;
    for (const Location it :
         references(editor.now(), editor.path, editor.offset, all, editor.roots)) {
      out += (out.empty() ? "" : ", ") + editor.place(it);
    }
    return out;
  };
  CHECK(told(true) == "a.hook:3:18 `ready`, b.hook:3:19 `ready`, t.hook:1:10 `ready`");
  CHECK(told(false) == "a.hook:3:18 `ready`, b.hook:3:19 `ready`");
}

TEST_CASE("a file that is imported knows what its importers know", "[lsp][navigation]") {
  const Editor editor{{"a.hook", "import \"./p.hook\"\npre backup \"first\" exec local \"a\"\n"},
                      {"p.hook", "pre backup exec local \"b\" after \"fir|st\"\n"}};
  const auto alone = definition(editor.now(), editor.path, editor.offset);
  CHECK(alone.targets.empty());
  const auto found = definition(editor.now(), editor.path, editor.offset, editor.roots);
  REQUIRE(found.targets.size() == 1);
  CHECK(editor.place(found.targets[0].name) == "a.hook:2:13 `first`");
}

TEST_CASE("highlights tell what gives a value", "[lsp][navigation]") {
  const Editor editor{{"a.hook",
                       "param n: int = 1\nenvironment e { n = 2 }\n"
                       "pre backup exec local \"${n|}\"\n"}};
  std::string out;
  for (const Highlight& it : highlights(editor.now(), editor.path, editor.offset)) {
    out += fmt::format("{}-{}{} ", it.span.begin, it.span.end, it.write ? "w" : "r");
  }
  CHECK(out == "6-7w 33-34w 66-67r ");
}

std::string told(const Editor& editor, const std::vector<Call>& calls) {
  std::string out;
  for (const Call& call : calls) {
    out += fmt::format("{} ({}) {}, from", call.item.name, call.item.detail,
                       editor.place(call.item.place.name));
    for (const Location& from : call.from) out += " " + editor.place(from);
    out += "\n";
  }
  return out;
}

TEST_CASE("calls go from hooks through templates to pods", "[lsp][navigation]") {
  const Editor editor{{"a.hook",
                       "import \"./t.hook\"\npod p labels \"a=b\"\n"
                       "p|re backup use t.outer(db: p)\n"},
                      {"t.hook",
                       "template outer(db: pod) { use inner(db: db) }\n"
                       "template inner(db: pod) { exec in function tool \"${string(1)}\" }\n"
                       "function tool image \"x:1\"\n"}};
  const auto now = editor.now();
  const auto items = prepare_calls(now, editor.path, editor.offset);
  REQUIRE(items.size() == 1);
  CHECK(items[0].name == "pre backup");
  CHECK(told(editor, outgoing_calls(now, editor.path, editor.offset)) ==
        "outer (template) t.hook:1:10 `outer`, from a.hook:3:18 `outer`\n"
        "p (pod) a.hook:2:5 `p`, from a.hook:3:28 `p`\n");
  CHECK(told(editor, outgoing_calls(now, "t.hook", 9)) ==
        "inner (template) t.hook:2:10 `inner`, from t.hook:1:31 `inner`\n");
  const auto calls = outgoing_calls(now, "t.hook", 31);
  CHECK(told(editor, calls) == "tool (function) t.hook:3:10 `tool`, from t.hook:2:44 `tool`\n");
  CHECK(told(editor, incoming_calls(now, "t.hook", 31, editor.roots)) ==
        "outer (template) t.hook:1:10 `outer`, from t.hook:1:31 `inner`\n");
  CHECK(told(editor, incoming_calls(now, "t.hook", 9, editor.roots)) ==
        "pre backup (pre backup) a.hook:3:1 `pre backup`, from a.hook:3:18 `outer`\n");
}

}  // namespace
}  // namespace hookc::lsp
