// Code actions: what they are called, what they change, and that it compiles.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/fix.hpp"
#include "compiler/diagnostics/fixes.hpp"
#include "lsp/features/code_actions.hpp"
#include "tests/unit/lsp_testing.hpp"

namespace hookc::lsp {
namespace {

using testing::Files;
using testing::Marked;
using Rest = std::map<std::string, std::string>;

std::string titles(std::string_view marked, const Rest& rest = {}) {
  const Marked m(marked);
  const Files files(m.text, rest);
  std::string out;
  for (const CodeAction& action : code_actions(files.now(), "a.hook", {m.offset, m.offset})) {
    out += std::string(action.kind) + (action.preferred ? "! " : " ") + action.title + "\n";
  }
  return out;
}

/// The text after the first action of `kind` (whose title begins so) at the mark; empty where there
/// is none.
std::string after(std::string_view marked, std::string_view kind, std::string_view title = "",
                  const Rest& rest = {}) {
  const Marked m(marked);
  const Files files(m.text, rest);
  const std::string only[] = {std::string(kind)};
  for (const CodeAction& action : code_actions(files.now(), "a.hook", {m.offset, m.offset}, only)) {
    if (action.kind == kind && action.title.starts_with(title)) return files.with(action.edits);
  }
  return "";
}

TEST_CASE("every fix of a finding is offered, the sure one preferred", "[lsp]") {
  CHECK(titles("pre bakup‸ exec local \"x\"\n").starts_with("quickfix! write `backup`\n"));
  CHECK(after("pre bak‸up exec local \"x\"\n", kQuickFix) == "pre backup exec local \"x\"\n");
  CHECK(titles("pre bakup exec local \"x\"\nparam ‸a: int = 1\n").find("backup`") ==
        std::string::npos);
  const Marked m("pre bak‸up exec local \"x\"\n");
  const Files files(m.text);
  const auto actions = code_actions(files.now(), "a.hook", {m.offset, m.offset});
  REQUIRE_FALSE(actions.empty());
  CHECK(actions[0].solves == std::vector<std::size_t>{0});
}

TEST_CASE("a finding is silenced with a reason", "[lsp]") {
  const std::string hold = "hold backup \"‸a\"\n  exec local \"x\"\n  release exec local \"y\"\n";
  const std::string here = after(hold, kQuickFix, "silence HK7005 here");
  CHECK(here ==
        "# hookc: ignore HK7005 -- why\nhold backup \"a\"\n  exec local \"x\"\n"
        "  release exec local \"y\"\n");
  const std::string file = after(hold, kQuickFix, "silence HK7005 in this file");
  CHECK(file.starts_with("# hookc: ignore-file HK7005 -- why\nhold"));
  for (const std::string& silenced : {here, file}) {
    const Files files(silenced);
    for (const Diagnostic& d : files.now().diagnostics("a.hook"))
      CHECK(info(d.code).id != "HK7005");
  }
  CHECK(titles("pre bak‸up exec local \"x\"\n").find("silence") == std::string::npos);
}

TEST_CASE("a hold gets the release it lacks", "[lsp]") {
  struct Row {
    std::string_view before, after;
  };
  const Row rows[] = {
      {"hold ‸backup \"a\"\n  exec local \"x\"\n  timeout 1s\n  at most 5m\n",
       "hold backup \"a\"\n  exec local \"x\"\n  timeout 1s\n  release exec local \"undo it\"\n  "
       "at most 5m\n"},
      {"hold ‸backup \"a\" scale Deployment/web to 0\n",
       "hold backup \"a\" scale Deployment/web to 0\n  release scale back\n"},
      {"pod p\n  labels \"a=b\"\nhold ‸backup exec in pod p \"x\" at most 5m\n",
       "pod p\n  labels \"a=b\"\nhold backup exec in pod p \"x\"\n  release exec in pod p \"undo "
       "it\" at most 5m\n"},
      {"pod p\n  labels \"a=b\"\nhold ‸backup session exec in pod p \"x\" ready once stdout "
       "contains "
       "\"y\"\n",
       "pod p\n  labels \"a=b\"\nhold backup session exec in pod p \"x\" ready once stdout "
       "contains "
       "\"y\"\n  release stdin \"undo it\\n\"\n"},
  };
  for (const Row& row : rows) {
    const std::string made = after(row.before, kQuickFix, "add the missing `release`");
    CHECK(made == row.after);
    CHECK(Files::errors_in(made).empty());
  }
  CHECK(after("hold ‸backup \"a\" exec local \"x\" release exec local \"y\"\n", kQuickFix,
              "add the missing")
            .empty());
}

TEST_CASE("a hold gets the limit it lacks", "[lsp]") {
  const std::string made =
      after("hold backup \"‸a\"\n  exec local \"x\"\n  release exec local \"y\"\n    timeout 1s\n",
            kQuickFix, "add `at most");
  CHECK(made ==
        "hold backup \"a\"\n  exec local \"x\"\n  release exec local \"y\"\n    timeout 1s\n"
        "  at most 10m\n");
  CHECK(Files::errors_in(made).empty());
}

TEST_CASE("what is never used is removed", "[lsp]") {
  const std::string rest = "pre backup exec local \"x\"\n";
  CHECK(titles("param ‸a: int = 1\n" + rest).starts_with("quickfix remove param `a`\n"));
  CHECK(after("# why\nparam ‸a: int = 1\n\n" + rest, kQuickFix, "remove") == rest);
  CHECK(after("param b: int\nparam ‸a: int = 1\n\n" + rest, kQuickFix, "remove") ==
        "param b: int\n\n" + rest);
  CHECK(after("# file\n\nsecret ‸a from env A\n\n" + rest, kQuickFix, "remove") ==
        "# file\n\n" + rest);
  CHECK(after("pod ‸a\n  labels \"x=y\"\n" + rest, kQuickFix, "remove") == rest);
}

TEST_CASE("a `pre` hook that changes something gets a counterpart", "[lsp]") {
  const std::string_view text = "pre back‸up \"pause\" exec local \"x\"\n  timeout 5s\n";
  const std::string hold = after(text, kRewrite, "write it as a `hold`");
  CHECK(hold ==
        "hold backup \"pause\" exec local \"x\"\n  timeout 5s\n  release exec local "
        "\"undo it\"\n  at most 10m\n");
  const std::string post = after(text, kRewrite, "add the matching `post backup`");
  CHECK(post ==
        "pre backup \"pause\" exec local \"x\"\n  timeout 5s\n\npost backup \"undo pause\"\n"
        "  exec local \"undo it\"\n");
  CHECK(after("pre back‸up exec local \"x\"  # why\n", kRewrite, "write") ==
        "hold backup exec local \"x\"  # why\n  release exec local \"undo it\"\n  at most 10m\n");
  CHECK(Files::errors_in(hold).empty());
  CHECK(Files::errors_in(post).empty());
  CHECK(after("pre backup http get \"https://a.ex‸ample\"\n", kRewrite).empty());
  CHECK(after("pre back‸up exec local \"x\"\npost backup exec local \"y\"\n", kRewrite, "add")
            .empty());
}

TEST_CASE("a body becomes a template", "[lsp]") {
  struct Row {
    std::string_view before, after;
  };
  const Row rows[] = {
      {"param n: int(0..9) = 3\nsecret s: url from env S\npod db\n  labels \"a=b\"\n"
       "# about it\npre backup \"Check it\" exec in pod db \"x ${n}\"\n  # why\n  timeout 5s\n  "
       "retry ${n‸}\n  when n > 1\n",
       "param n: int(0..9) = 3\nsecret s: url from env S\npod db\n  labels \"a=b\"\n"
       "template check-it(n: int(0..9), db: pod) {\n  exec in pod db \"x ${n}\"\n  # why\n  "
       "timeout 5s\n  retry ${n}\n}\n\n"
       "# about it\npre backup \"Check it\" use check-it(n: n, db: db)\n  when n > 1\n"},
      {"secret s: url from env S\npost backup on failure http ‸post ${s}\n  json { a: "
       "session.reason }\n",
       "secret s: url from env S\ntemplate extracted(s: url) {\n  http post ${s}\n  json { a: "
       "session.reason }\n}\n\n"
       "post backup on failure use extracted(s: s)\n"},
      {"together {\n  pre backup \"a\" exec local ‸\"x\"\n  pre backup \"b\" exec local \"y\"\n}\n",
       "template a {\n  exec local \"x\"\n}\n\ntogether {\n  pre backup \"a\" use a\n  pre backup "
       "\"b\" exec "
       "local \"y\"\n}\n"},
  };
  for (const Row& row : rows) {
    const std::string made = after(row.before, kExtract);
    if (row.after != made) CHECK(made == row.after);
    CHECK(Files::errors_in(made) == "");
  }
  // What a template cannot know.
  CHECK(after("pre backup \"a\" exec local \"x\"\npost backup exec local ‸\"${hook(\"a\").output "
              "?? \"\"}\"\n",
              kExtract)
            .empty());
}

TEST_CASE("a template's body is written out at its use", "[lsp]") {
  struct Row {
    std::string_view before, after;  // after: the last statement
  };
  const Row rows[] = {
      {"template t(db: pod, n: int = 2, within: duration = 5s) {\n  exec in pod db \"x ${n}\"\n"
       "  timeout ${within}\n  retry ${n}\n}\npod orders\n  labels \"a=b\"\n"
       "pre backup \"a\" use t(db: ord‸ers, within: 20s)\n  retry 0\n",
       "pre backup \"a\" exec in pod orders \"x ${2}\"\n  timeout 20s\n  retry 0\n"},
      {"template t(place: url) {\n  http get ${place}\n}\npre backup \"a\" use t‸(place: "
       "\"https://a.example\")\n",
       "pre backup \"a\" http get \"https://a.example\"\n"},
      {"template t(place: url) {\n  http get \"${place}/x\"\n}\nparam p: url = "
       "\"https://b.example\"\n"
       "pre backup \"a\" use t‸(place: p)\n",
       "pre backup \"a\" http get \"${p}/x\"\n"},
      {"template t(place: url) {\n  http get \"${place}/x\"\n}\npre backup \"a\" use t‸(place: "
       "\"https://a.example\")\n",
       "pre backup \"a\" http get \"https://a.example/x\"\n"},
      {"template t(a: bool) {\n  exec local \"x\"\n  when not a\n}\nparam p: int = 1\npre backup "
       "\"a\" use "
       "t‸(a: p == 1)\n",
       "pre backup \"a\" exec local \"x\"\n  when not (p == 1)\n"},
      {"template hold h(limit: duration = 5m) {\n  exec local \"x\"\n  release exec local \"y\"\n  "
       "  "
       "timeout 1s\n  at most ${limit}\n}\nhold backup \"a\" use h‸(limit: 1h)\n",
       "hold backup \"a\" exec local \"x\"\n  release exec local \"y\"\n    timeout 1s\n  at most "
       "1h\n"},
      {"template t(what: string) {\n  exec local \"echo ${what}\"\n}\npre backup \"a\" use "
       "t‸(what: \"a "
       "b\")\n",
       "pre backup \"a\" exec local \"echo ${\"a b\"}\"\n"},
  };
  for (const Row& row : rows) {
    const std::string made = after(row.before, kInline);
    INFO(row.before);
    CHECK(made.substr(made.size() - std::min(made.size(), row.after.size())) == row.after);
    CHECK(Files::errors_in(made) == "");
  }
  CHECK(after("import std.slack\nsecret s: url from env S\npost backup use slack‸.failed(webhook: "
              "s, what: \"x\")\n",
              kInline)
            .empty());
}

TEST_CASE("imports are put in order", "[lsp]") {
  const Rest rest = {
      {"lib.hook", "template l() {\n  exec local \"x\"\n}\n"},
      {"b/hooks.hook", "pre backup \"b\" exec local \"x\"\n"},
      {"c.hook", "pre backup \"c\" exec local \"x\"\n"},
  };
  const std::string uses =
      "pre backup use lib.l()\npre backup use files.room(app: x, path: \"/\", mib: 1)\npod x\n  "
      "labels \"a=b\"\n";
  // Libraries by name, what is not used left out, what stands twice once.
  CHECK(
      after(
          "import \"./lib.hook\"\nimport std.slack\nimport std.fi‸les\nimport \"./lib.hook\"\n\n" +
              uses,
          kOrganizeImports, "", rest) == "import std.files\nimport \"./lib.hook\"\n\n" + uses);
  // Files with hooks run where they stand.
  CHECK(after("import \"./c.hook\"\nimport \"./b/ho‸oks.hook\"\n", kOrganizeImports, "", rest)
            .empty());
  CHECK(after("import \"./lib.hook\"\nimport \"./c.hook\"\nimport std.fi‸les\n\n" + uses,
              kOrganizeImports, "", rest)
            .empty());
  // A comment goes with its import; an empty line parts two groups.
  CHECK(after("import \"./lib.hook\"\n# disks\nimport std.fi‸les  # f\n\n" + uses, kOrganizeImports,
              "", rest) == "# disks\nimport std.files  # f\nimport \"./lib.hook\"\n\n" + uses);
  CHECK(after("import \"./lib.hook\"\n\nimport std.fi‸les\n\n" + uses, kOrganizeImports, "", rest)
            .empty());
  CHECK(after("import std.sla‸ck\nparam a: int = 1\n", kOrganizeImports) == "param a: int = 1\n");
}

TEST_CASE("all that is sure is mended at once, as the command does", "[lsp]") {
  const std::string text =
      "pre bakup exec local \"x\"\r\n# bakup\npost restor on suc‸cess exec local \"y\"\n";
  CHECK(after(text, kFixAll) ==
        "pre backup exec local \"x\"\r\n# bakup\npost restore on success exec local \"y\"\n");
  CHECK(after("pre backup exec local ‸\"x\"\n", kFixAll).empty());
}

TEST_CASE("mending a file is what the command does, of every sample", "[lsp]") {
  namespace fs = std::filesystem;
  int mended = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(std::string(HOOKC_SOURCE_DIR) + "/tests/corpus")) {
    if (entry.path().extension() != ".hook") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const Files files(text);
    const std::string only[] = {std::string(kFixAll)};
    std::string made = text;
    for (const CodeAction& action : code_actions(files.now(), "a.hook", {0, 0}, only)) {
      made = files.with(action.edits);
      ++mended;
    }
    INFO(entry.path());
    CHECK(made == cli::apply_fixes({{"a.hook", text}}).inputs[0].text);
  }
  CHECK(mended > 5);
}

TEST_CASE("kinds that are asked for", "[lsp]") {
  const Marked m("pre bak‸up exec local \"x\"\n");
  const Files files(m.text);
  const auto kinds = [&](std::string only) {
    std::string out;
    const std::string wanted[] = {std::move(only)};
    for (const CodeAction& action :
         code_actions(files.now(), "a.hook", {m.offset, m.offset}, wanted))
      out += std::string(action.kind) + " ";
    return out;
  };
  CHECK(kinds("source") == "source.fixAll ");
  CHECK(kinds("source.fixAll") == "source.fixAll ");
  CHECK(kinds("source.fix").empty());
  CHECK(kinds("quickfix").starts_with("quickfix "));
  CHECK(kinds("refactor").find("source") == std::string::npos);
}

}  // namespace
}  // namespace hookc::lsp
