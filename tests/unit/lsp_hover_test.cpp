// What is told of the place under the cursor.
#include "lsp/features/hover.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lsp/features/call_hierarchy.hpp"
#include "lsp/features/navigation.hpp"
#include "lsp/features/rename.hpp"
#include "tests/unit/editor_testing.hpp"

namespace hookc::lsp {
namespace {

using testing::Editor;

/// The text that the hover covers, and what it says.
std::string told(const std::string& text, const std::string& other = "") {
  const Editor editor{{"a.hook", text}, {"t.hook", other}};
  const auto now = editor.now();
  const auto found = hover(now, editor.path, editor.offset, editor.roots);
  if (!found) return "nothing";
  const Location at{*now.file(editor.path), found->span};
  return fmt::format("<{}>\n{}", now.sources().text(at), found->markdown);
}
bool tells(const std::string& text, const std::string& part) {
  const std::string all = told(text);
  UNSCOPED_INFO(all);
  return all.find(part) != std::string::npos;
}

TEST_CASE("words and clauses", "[lsp][hover]") {
  CHECK(told("pre backup exec local \"x\"\n  time|out 5s\n") ==
        "<timeout>\n**timeout**\n\nHow long each attempt may take; 5m where nothing is said.\n");
  CHECK(tells("pre backup exec local \"x\"\n  o|n error warn\n", "**on error**"));
  CHECK(tells("pre backup exec local \"x\"\n  on error wa|rn\n", "**warn**"));
  CHECK(tells("post backup on fail|ure exec local \"x\"\n", "**on failure**"));
  CHECK(tells("hold backup exec local \"x\" release exec local \"y\"\n  at mo|st 5m\n",
              "**at most**"));
  CHECK(tells("param n: dur|ation = 1s\n", "**duration**"));
  CHECK(tells("tar|get Deployment/web namespace shop\n", "target Deployment/web namespace shop"));
}

TEST_CASE("a duration in words", "[lsp][hover]") {
  CHECK(told("pre backup exec local \"x\"\n  timeout 9|0s\n") ==
        "<90s>\n`90s` = `1m30s`: 1 minute 30 seconds\n");
  CHECK(told("pre backup exec local \"x\"\n  timeout 5m|\n") == "<5m>\n`5m`: 5 minutes\n");
}

TEST_CASE("facts and functions", "[lsp][hover]") {
  CHECK(told("post backup exec local \"${session.sta|tus}\"\n") ==
        "<session.status>\n```hook\nsession.status: status\n```\n\nThe outcome: `\"Succeeded\"` or "
        "`\"Failed\"`. Post hooks only.\n\nA fact, there in post hooks, when the outcome is "
        "fixed.\n");
  CHECK(tells("pre backup exec local \"x\"\n  expect std|out contains \"y\"\n", "stdout: string"));
  CHECK(tells("post backup exec local \"${las|t(session.id, 3)}\"\n",
              "last(text: string, lines: int): string"));
}

TEST_CASE("values", "[lsp][hover]") {
  CHECK(told("# How long.\nparam |max-time: duration = 5m\nenvironment prod { max-time = 1h }\n") ==
        "<max-time>\n```hook\nparam max-time: duration = 5m\n```\n\nHow long.\n\n- in `prod`: "
        "`1h`\n\nGiven by `-p max-time=…` or `HOOK_PARAM_MAX_TIME`.\n");
  CHECK(tells("secret s: url from env SLACK\npost backup http post ${|s}\n",
              "A secret url, fetched when a session begins and never shown."));
  CHECK(
      tells("pre backup \"r\" exec local \"x\"\n  capture stdout as rows\n"
            "pre backup exec local \"${ro|ws}\"\n",
            "`string`, captured by \"r\" at a.hook:1."));
  CHECK(tells("pod db labels \"a=b\" namespace shop\npre backup exec in pod d|b \"x\"\n",
              "pod db labels \"a=b\" namespace shop"));
}

TEST_CASE("templates, their parameters and modules", "[lsp][hover]") {
  const std::string module =
      "# Things to do.\n\n# Does it.\n#   what   the thing\n"
      "template do(what: string, how: json = {a: 1}) { exec local \"${what}\" }\n";
  CHECK(
      told("import \"./t.hook\"\npre backup use t.d|o(what: \"x\")\n", module) ==
      "<do>\n```hook\ntemplate do(what: string, how: json = {a: 1})\n```\n\nDoes it.\n  what   the "
      "thing\n");
  CHECK(told("import \"./t.hook\"\npre backup use t.do(wh|at: \"x\")\n", module) ==
        "<what>\n```hook\nwhat: string\n```\n\nthe thing\n\nA parameter of template `do`.\n");
  CHECK(told("import \"./t.ho|ok\"\n", module) ==
        "<\"./t.hook\">\n```hook\nimport \"./t.hook\"\n```\n\nThings to do.");
  CHECK(tells("import std.post|gres\n", "PostgreSQL, in the container that serves it."));
}

TEST_CASE("hooks and holds in effect", "[lsp][hover]") {
  CHECK(told("param who: string = \"a b\"\nsecret s: url from env S\n# Tells.\n"
             "post backup on failure \"p|age\" http post ${s}\n  timeout 10s\n  retry 2 every 3s\n"
             "  json { text: \"for ${who}: ${session.reason}\" }\n") ==
        "<page>\n```hook\npost backup on failure \"page\" http post ${s}\n```\n\nTells.\n\n"
        "- timeout 10s for each attempt; 3 attempts, 3s apart\n- at most 3 × 10s + 2 × 3s = 36s\n"
        "- on error: fail\n\n"
        "```text\nhttp post ***\njson { text: \"for a b: ${session.reason}\" }\n```\n");
  CHECK(
      told("hold backup \"|h\" exec local \"x\" release exec local \"y\"\n  at most 5m\n") ==
      "<h>\n```hook\nhold backup \"h\" exec local \"x\"\n```\n\n"
      "- timeout 5m for each attempt; 1 attempt\n- at most 5m\n- on error: fail\n"
      "- held as long as the operation, at most 5m\n"
      "- past its limit it is released even if the operation still runs, and the session fails\n"
      "- no expiry of its own: if hookc is killed, or between two calls of it, it stays held until "
      "the next call or `hookc recover`\n\n"
      "```text\nexec on this machine: x\n```\n\nReleased by:\n\n"
      "- timeout 5m for each attempt; 1 attempt\n- at most 5m\n\n"
      "```text\nexec on this machine: y\n```\n");
  CHECK(tells("param who: string = \"a b\"\npre backup exec local \"hel|lo ${who}\"\n",
              "hello 'a b'"));
  CHECK(told("pre backup exec local \"hel|lo\"\n") == "nothing");
  CHECK(tells("p|re backup exec local \"x\"\n", "exec local"));
  CHECK(tells("pre backup \"a\" exec local \"x\"\npost backup exec local \"y\" after \"|a\"\n",
              "pre backup \"a\" exec local"));
}

// ---- whatever is under the cursor

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t ask_everything(const query::Snapshot& now, const std::string& path, std::uint32_t at) {
  std::size_t told = 0;
  told += hover(now, path, at).has_value() ? 1 : 0;
  told += definition(now, path, at).targets.size();
  told += declaration(now, path, at).targets.size();
  told += type_definition(now, path, at).targets.size();
  told += implementation(now, path, at).targets.size();
  told += references(now, path, at, true).size();
  told += highlights(now, path, at).size();
  told += prepare_rename(now, path, at).has_value() ? 1 : 0;
  const auto edits = rename(now, path, at, "fresh");
  told += edits ? edits->size() : 0;
  told += prepare_calls(now, path, at).size();
  told += incoming_calls(now, path, at).size();
  told += outgoing_calls(now, path, at).size();
  return told;
}

TEST_CASE("every byte of a file has an answer, whole and cut anywhere", "[lsp][hover]") {
  for (const char* path : {"examples/12-templates-and-imports.hook", "examples/14-tests.hook"}) {
    const std::string whole = text_of(path);
    query::MemoryFiles files(
        {{"examples/shared/notify.hook", text_of("examples/shared/notify.hook")}});
    query::Workspace workspace(files, {.keep_trees = true});
    workspace.set(path, whole);
    std::size_t told = 0;
    for (std::uint32_t at = 0; at <= whole.size() + 1; ++at) {
      told += ask_everything(workspace.snapshot(), path, at);
    }
    CHECK(told > whole.size() / 2);
    for (std::uint32_t cut = 0; cut < whole.size(); ++cut) {
      workspace.set(path, whole.substr(0, cut));
      ask_everything(workspace.snapshot(), path, cut);
    }
  }
}

}  // namespace
}  // namespace hookc::lsp
