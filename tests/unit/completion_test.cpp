// What completion offers at a cursor, which each text shows as `|`.
#include "lsp/features/completion.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch.hpp>

#include "compiler/sema/facts.hpp"
#include "lsp/features/signature.hpp"
#include "tests/unit/syntax_testing.hpp"

namespace hookc::lsp {
namespace {

/// A file with a cursor, beside other files.
class Editor {
 public:
  explicit Editor(std::string text, std::map<std::string, std::string> others = {})
      : files_(std::move(others)), workspace_(files_, {.keep_trees = true}) {
    const std::size_t cursor = text.find('|');
    REQUIRE(cursor != text.npos);
    offset_ = static_cast<std::uint32_t>(cursor);
    text.erase(cursor, 1);
    text_ = text;
    workspace_.set("a.hook", std::move(text));
  }

  CompletionList list(const CompletionOptions& options = {}) const {
    return complete(workspace_.snapshot(), "a.hook", offset_, options);
  }
  /// Sorted labels, without keywords and snippets where only names are asked for.
  std::vector<std::string> labels(const CompletionOptions& options = {.snippets = false}) const {
    std::vector<std::string> all;
    for (const CompletionItem& item : list(options).items) all.push_back(item.label);
    std::ranges::sort(all);
    return all;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const CompletionItem& item : list().items) {
      if (item.kind != CompletionKind::Keyword && item.kind != CompletionKind::Snippet &&
          item.kind != CompletionKind::Builtin) {
        all.push_back(item.label);
      }
    }
    std::ranges::sort(all);
    return all;
  }
  CompletionItem item(const std::string& label) const {
    for (CompletionItem& one : list().items) {
      if (one.label == label) return one;
    }
    FAIL("no item " << label);
    return {};
  }
  std::string documentation(const CompletionItem& item) const {
    return lsp::documentation(workspace_.snapshot(), "a.hook", item.kind, item.label, item.source);
  }
  /// The text after the item was chosen.
  std::string chosen(const std::string& label) const {
    const CompletionList all = list({.snippets = false});
    for (const CompletionItem& one : all.items) {
      if (one.label != label) continue;
      std::string text = text_;
      text.replace(all.replace.begin, all.replace.size(), one.insert);
      for (const Insertion& more : one.also) text.insert(more.at, more.text);
      return text;
    }
    return "no item " + label;
  }
  std::optional<Signature> signature() const {
    return signature_at(workspace_.snapshot(), "a.hook", offset_);
  }

 private:
  query::MemoryFiles files_;
  query::Workspace workspace_;
  std::string text_;
  std::uint32_t offset_ = 0;
};

std::string labels(std::string text) {
  return fmt::format("{}", fmt::join(Editor(std::move(text)).labels(), ", "));
}
std::string names(std::string text, std::map<std::string, std::string> others = {}) {
  return fmt::format("{}", fmt::join(Editor(std::move(text), std::move(others)).names(), ", "));
}
bool offers(std::string text, const std::string& label) {
  return std::ranges::binary_search(Editor(std::move(text)).labels(), label);
}

TEST_CASE("pre hooks have no policy", "[completion]") {
  CHECK(labels("pre backup |") == "exec, http, scale, tcp, use, wait");
  CHECK(labels("post backup |") == "always, exec, http, on, scale, tcp, use, wait");
  CHECK(labels("post backup on |") == "failure, success");
}

TEST_CASE("statements start a line, with snippets", "[completion]") {
  const Editor editor("|");
  CHECK(editor.labels() == std::vector<std::string>{"environment", "exclusive", "function", "hold",
                                                    "import", "language", "operation", "param",
                                                    "pod", "policy", "post", "pre", "secret",
                                                    "target", "template", "test", "together"});
  const CompletionItem hold = editor.item("hold");
  CHECK(hold.snippet);
  CHECK(hold.insert.starts_with("hold ${1|backup,restore|} \"${2:writes paused}\"\n  exec"));
  CHECK(hold.detail.starts_with("hold backup \"writes paused\" exec in pod app \"pause\""));
  CHECK(labels("together {\n  |\n}") == "hold, post, pre");
}

TEST_CASE("only clauses that the action takes, and each once", "[completion]") {
  CHECK(labels("pre backup exec local \"a\" |") ==
        "after, capture, env, expect, on error, retry, stdin, timeout, when");
  CHECK(labels("pre backup exec local \"a\" timeout 5s\n  r|\n  when true\n\nparam a: int = 1\n") ==
        "after, capture, env, environment, exclusive, expect, function, hold, import, on error, "
        "operation, param, pod, policy, post, pre, retry, secret, stdin, target, template, test, "
        "together");
  CHECK(labels("post backup http get \"https://a.example\" |") ==
        "after, by operator, capture, expect, follow redirects, header, on error, retry, timeout, "
        "tls, when");
  CHECK(offers("post backup http post \"https://a.example\" |", "json"));
  CHECK_FALSE(offers("post backup http post \"https://a.example\" body \"b\" |", "json"));
  CHECK(labels("pre backup scale Deployment/a to 0 |") ==
        "after, if, on error, retry, timeout, when");
  CHECK(labels("post backup exec local \"a\" on error |") == "fail, warn");
  CHECK(labels("pre backup exec local \"a\" capture |") == "json, stderr, stdout");
}

TEST_CASE("a pod and a function say each thing once", "[completion]") {
  CHECK_FALSE(offers("pod a\n  namespace x\n  on all\n  |", "on"));
  CHECK(offers("pod a\n  namespace x\n  on all\n  |", "labels"));
  CHECK(offers("function f\n  env A = \"b\"\n  |", "env"));
  CHECK_FALSE(offers("function f\n  image \"b\"\n  |", "image"));
}

TEST_CASE("a hold closes with what it has not", "[completion]") {
  CHECK(labels("hold backup exec local \"a\" |") ==
        "after, at most, capture, env, expect, on error, release, retry, stdin, timeout, until, "
        "when");
  CHECK(labels("hold backup exec local \"a\" release exec local \"b\" |") ==
        "at most, capture, env, expect, retry, stdin, timeout, until");
  CHECK(labels("hold backup exec local \"a\" release |") ==
        "exec, http, only, scale, tcp, use, wait");
  CHECK(labels("hold backup scale Deployment/a to 0 release |") ==
        "exec, http, only, scale, scale back, tcp, use, wait");
  CHECK(offers("hold backup session exec in pod a \"b\" |", "ready once"));
  CHECK(labels("hold backup session |") == "exec");
  CHECK(labels("template t {\n  exec local \"a\" |") ==
        "after, capture, env, expect, on error, retry, stdin, timeout, when");
}

TEST_CASE("names of the cluster are those that are declared, else those in use", "[completion]") {
  CHECK(names("pod app\n  labels \"a=b\"\npod db\n  labels \"a=c\"\npre backup exec in pod |") ==
        "app, db");
  CHECK(names("pre backup exec in pod app \"a\"\npre backup exec in pod |") == "app");
  CHECK(names("function tools\n  image \"a:1\"\npre backup exec in function |") == "tools");
  CHECK(names("template t(db: pod) {\n  exec in pod |") == "db");
  CHECK(names("target StatefulSet/orders\npre backup scale |") ==
        "DaemonSet/, Deployment/, ReplicaSet/, StatefulSet/, StatefulSet/orders");
  CHECK(names("target StatefulSet/orders\npre backup scale StatefulSet/o|") ==
        "StatefulSet/orders");
  CHECK(names("pod test-db\n  container main\npre backup exec in pod test-db container |") ==
        "main");
}

TEST_CASE("expressions name what exists there", "[completion]") {
  const std::string values =
      "param limit: int = 3\nsecret token: string from env TOKEN\n"
      "pre backup exec local \"a\" capture stdout as rows\n";
  CHECK(names(values + "pre backup exec local \"a\" when |") ==
        "hook, limit, rows, session.id, session.operation, session.phase, session.started, "
        "target.kind, target.name, target.namespace");
  CHECK(names(values + "pre restore exec local \"a\" when |").find("rows") == std::string::npos);
  CHECK(offers(values + "post backup exec local \"a\" when |", "session.status"));
  CHECK_FALSE(offers(values + "pre backup exec local \"a\" when |", "session.status"));
  CHECK(offers(values + "pre backup exec local \"a\" expect |", "stdout"));
  CHECK_FALSE(offers(values + "pre backup exec local \"a\" when |", "stdout"));
  CHECK(Editor("pre backup exec local \"a\" expect |").item("stdout").sort <
        Editor("pre backup exec local \"a\" expect |").item("session.id").sort);
  CHECK(offers(values + "pre backup http get \"https://a.example\" expect |", "status"));
  // Secrets go into requests, never into commands.
  CHECK(offers(values + "post backup http post \"https://a.example/${|", "token"));
  CHECK_FALSE(offers(values + "post backup exec local \"echo ${|", "token"));
  CHECK(offers(values + "post backup exec local \"echo ${|\"", "limit"));
  CHECK(names("template t(db: pod, n: int) {\n  exec in pod db \"${|").starts_with("db, hook, n"));
  CHECK(names("operation backup succeeds when |").find("exit") != std::string::npos);
}

TEST_CASE("what follows a dot", "[completion]") {
  CHECK(names("pre backup exec local \"a\" when session.|") == "id, operation, phase, started");
  CHECK(names("post backup exec local \"a\" when session.|") ==
        "duration, id, operation, phase, reason, started, status");
  CHECK(names("post backup exec local \"a\" when hook(\"b\").|") == "duration, output, status");
  CHECK(names("test \"t\"\n  given session.|") == "id, started");
  CHECK(names("policy \"p\"\n  forbid http where url.|") == "host, path, port, query, scheme");
  CHECK(names("post backup exec local \"a\" when json.|").empty());
}

TEST_CASE("values of closed sets and of types", "[completion]") {
  CHECK(names("post backup exec local \"a\" when session.status == \"|\"") ==
        "Failed, Pending, Running, Skipped, Succeeded");
  CHECK(names("pre backup exec local \"a\" when session.operation != \"|\"") == "backup, restore");
  CHECK(names("post backup exec local \"a\" when hook(\"b\").status == \"|\"") ==
        "Failed, Pending, Running, Skipped, Succeeded");
  const std::string level = "param level: string(\"low\", \"high\") = ";
  CHECK(offers(level + "|", "\"high\""));
  CHECK(names(level + "\"|\"") == "high, low");
  CHECK(names("template t(l: string(\"x\", \"y\")) { exec local \"a\" }\n"
              "pre backup use t(l: \"|\")") == "x, y");
  CHECK(
      offers("pod app\n  labels \"a=b\"\ntemplate t(p: pod) { exec in pod p \"a\" }\n"
             "pre backup use t(p: |)",
             "app"));
}

TEST_CASE("units follow a number", "[completion]") {
  CHECK(names("pre backup exec local \"a\" timeout 30|") == "30d, 30h, 30m, 30ms, 30s");
  CHECK(names("pre backup exec local \"a\" timeout 1h3|") == "1h3d, 1h3h, 1h3m, 1h3ms, 1h3s");
  CHECK(names("pre backup exec local \"a\" timeout 30m|") == "30m, 30ms");
  CHECK(names("pre backup exec local \"a\" retry 3|").empty());
  CHECK(names("function f\n  memory 64|") ==
        "64B, 64GB, 64GiB, 64KiB, 64MB, 64MiB, 64TB, 64TiB, 64kB");
  CHECK(names("param limit: duration = 5|") == "5d, 5h, 5m, 5ms, 5s");
  CHECK(names("param limit: int = 5|").empty());
  CHECK(names("policy \"p\"\n  require timeout <= 5|") == "5d, 5h, 5m, 5ms, 5s");
  CHECK(names("post backup exec local \"a\" when session.duration > 5|") == "5d, 5h, 5m, 5ms, 5s");
}

TEST_CASE("a declared value stands in an argument as ${…}", "[completion]") {
  const std::string values =
      "param limit: duration = 5m\nparam n: int = 3\nparam site: url = \"https://a.example\"\n";
  CHECK(names(values + "pre backup exec local \"a\" timeout |") == "${limit}");
  CHECK(names(values + "pre backup exec local \"a\" retry |") == "${n}");
  CHECK(names(values + "pre backup http get |") == "${site}");
}

TEST_CASE("templates of the file, of imports, and of the library", "[completion]") {
  const std::map<std::string, std::string> others = {
      {"shared/notify.hook",
       "template page(url: url, text: string = \"x\") { http post ${url} }\n"
       "template hold quiet(db: pod) {\n  exec in pod db \"a\"\n"
       "  release exec in pod db \"b\"\n}\n"}};
  const std::string import = "import \"./shared/notify.hook\"\n";
  const Editor editor(import + "template own { exec local \"a\" }\npost backup use |", others);
  const std::vector<std::string> found = editor.names();
  CHECK(std::ranges::count(found, "own") == 1);
  CHECK(std::ranges::count(found, "notify.page") == 1);
  CHECK(std::ranges::count(found, "notify.quiet") == 0);
  CHECK(std::ranges::count(found, "postgres.ready") == 1);
  CHECK(editor.item("notify.page").detail == "(url: url, text: string = \"x\")");
  CHECK(editor.item("notify.page").insert == "notify.page(url: ${1:url})");
  CHECK(editor.item("notify.page").also.empty());
  CHECK(names(import + "hold backup use notify.|", others) == "page, quiet");
  CHECK(names(import + "pre backup use notify.page(|", others) == "text, url");
  CHECK(names(import + "pre backup use notify.page(url: \"https://a.example\", |)", others) ==
        "text");
}

TEST_CASE("a template of the library brings its import", "[completion]") {
  CHECK(Editor("# Orders.\n\npre backup use |\n").chosen("postgres.ready") ==
        "# Orders.\n\nimport std.postgres\n\npre backup use postgres.ready\n");
  CHECK(Editor("import std.files\n\npre backup use postgres.|\n").chosen("ready") ==
        "import std.files\nimport std.postgres\n\npre backup use postgres.ready\n");
  CHECK(Editor("# What it does.\npre backup use rea|\n").chosen("postgres.ready") ==
        "import std.postgres\n\n# What it does.\npre backup use postgres.ready\n");
  CHECK(Editor("language 1\npre backup use |").chosen("postgres.ready") ==
        "language 1\n\nimport std.postgres\n\npre backup use postgres.ready");
}

TEST_CASE("modules and files after import", "[completion]") {
  CHECK(names("import |").find("std.postgres") != std::string::npos);
  CHECK(names("import std.|") ==
        "files, healthchecks, mariadb, mysql, postgres, slack, sqlite, webhook");
  CHECK(names("import std.mysql\nimport std.m|") ==
        "files, healthchecks, mariadb, postgres, slack, sqlite, webhook");
  const CompletionOptions options{
      .snippets = false, .list_folder = [](const std::string& folder) -> std::vector<std::string> {
        if (folder == ".") return {"a.hook", "b.hook", "notes.txt", "shared/", ".git/"};
        return {folder + "c.hook"};
      }};
  CHECK(Editor("import \"|\"").labels(options) ==
        std::vector<std::string>{"./b.hook", "./shared/"});
  CHECK(Editor("import \"./|\"").labels(options) == std::vector<std::string>{"b.hook", "shared/"});
  CHECK(Editor("import \"./|\"").labels().empty());
}

TEST_CASE("names of hooks where they are asked for", "[completion]") {
  const std::string hooks =
      "pre backup \"one\" exec local \"a\"\npost backup \"two\" exec local \"a\"\n"
      "hold backup \"three\" exec local \"a\" release exec local \"b\"\n"
      "pre restore \"four\" exec local \"a\"\n";
  CHECK(names(hooks + "pre backup exec local \"a\" after \"|\"") == "one, three");
  CHECK(names(hooks + "pre backup exec local \"a\" after |") == "\"one\", \"three\"");
  CHECK(names(hooks + "post backup exec local \"a\" when hook(\"|\")") == "one, three, two");
  CHECK(names(hooks + "hold backup exec local \"a\" release exec local \"b\" until \"|\"") ==
        "one, two");
  CHECK(names(hooks + "test \"t\"\n  expect hold \"|\"") == "three");
  CHECK(names(hooks + "test \"t\"\n  given hook \"|\"") == "four, one, two");
  CHECK(names("import \"b.hook\"\ntest \"t\"\n  given hook \"|\"",
              {{"b.hook", "pre backup \"far\" exec local \"a\""}}) == "far");
}

TEST_CASE("headers and labels", "[completion]") {
  const std::string post = "post backup http post \"https://a.example\" header ";
  CHECK(names(post + "\"|\"").starts_with("Accept, "));
  CHECK(names(post + "\"Content-Type\" \"|\"").starts_with("application/json, "));
  CHECK(names(post + "\"X-Other\" \"|\"").empty());
  const std::string other = "pod b\n  labels \"app=orders, tier in (db)\"\n";
  CHECK(names(other + "pod a\n  labels \"|\"").starts_with("app, app.kubernetes.io/component"));
  CHECK(names(other + "pod a\n  labels \"x=y, t|\"").ends_with("tier"));
  CHECK(names(other + "pod a\n  labels \"app=|\"") == "orders");
  CHECK(Editor(other + "pod a\n  labels \"x=y, t|\"").chosen("tier") ==
        other + "pod a\n  labels \"x=y, tier\"");
}

TEST_CASE("an item replaces the word around the cursor", "[completion]") {
  CHECK(Editor("pre backup ex|ec in pod a \"b\"").chosen("exec") ==
        "pre backup exec in pod a \"b\"");
  CHECK(Editor("pre backup exec local \"a\" ti|").chosen("timeout") ==
        "pre backup exec local \"a\" timeout");
  CHECK(Editor("pod orders-db\n  labels \"a=b\"\npre backup exec in pod orders-|")
            .chosen("orders-db") ==
        "pod orders-db\n  labels \"a=b\"\npre backup exec in pod orders-db");
}

TEST_CASE("nothing is offered where nothing fits", "[completion]") {
  CHECK(labels("# pre |").empty());
  CHECK(labels("param |").empty());
  CHECK(labels("pre backup exec local \"ec|\"").empty());
  CHECK(complete(query::Workspace(query::MemoryFiles()).snapshot(), "no.hook", 0).items.empty());
}

TEST_CASE("documentation is looked up for one item", "[completion]") {
  const Editor editor("# Where to.\nparam site: string = \"a\"\npre backup exec local \"${|");
  CHECK(editor.documentation(editor.item("site")) ==
        "```hook\nparam site: string = \"a\"\n```\n\nWhere to.");
  CHECK(editor.documentation(editor.item("session.id")) == "The session's id.");
  CHECK(editor.documentation(editor.item("last")) == "The last lines of a text.");
  const Editor use("pre backup use |");
  CHECK(use.documentation(use.item("postgres.ready")).starts_with("```hook\ntemplate ready("));
  const Editor start("|");
  CHECK(start.documentation(start.item("post on failure")).starts_with("A hook that runs after"));
}

TEST_CASE("every statement, action, clause, function and fact has its help", "[completion]") {
  const Editor editor("|");
  const auto help = [&](CompletionKind kind, std::string_view label) {
    CompletionItem item;
    item.kind = kind;
    item.label = label;
    return editor.documentation(item);
  };
  for (const syntax::WordInfo& word : syntax::kWords) {
    const bool shown =
        word.role == syntax::WordRole::Statement || word.role == syntax::WordRole::Action;
    INFO(word.text);
    if (shown) CHECK_FALSE(help(CompletionKind::Keyword, word.text).empty());
  }
  for (const std::string_view clause : {
#define HOOKC_CLAUSE(kind, keyword, repeatable) std::string_view(keyword),
#include "grammar/clauses.def"
#undef HOOKC_CLAUSE
       }) {
    INFO(clause);
    CHECK_FALSE(help(CompletionKind::Keyword, clause).empty());
  }
  for (const std::string_view name : {
#define HOOKC_BUILTIN(kind, name) std::string_view(name),
#include "compiler/sema/builtins.def"
#undef HOOKC_BUILTIN
       }) {
    INFO(name);
    CHECK_FALSE(help(CompletionKind::Builtin, name).empty());
  }
  for (const sema::FactInfo& fact : sema::all_facts()) {
    INFO(fact.path);
    CHECK_FALSE(help(CompletionKind::Fact, fact.path).empty());
  }
}

TEST_CASE("signature help", "[completion]") {
  const std::string t =
      "# Copies.\ntemplate t(db: pod, to: string, n: int = 3) { exec in pod db \"a\" }\n";
  const auto first = Editor(t + "pre backup use t(|").signature();
  REQUIRE(first);
  CHECK(first->label == "t(db: pod, to: string, n: int = 3)");
  CHECK(first->active == 0U);
  CHECK(first->documentation == "```text\nCopies.\n```");
  CHECK(first->label.substr(first->parameters[2].label.begin, first->parameters[2].label.size()) ==
        "n: int = 3");
  CHECK(Editor(t + "pre backup use t(db: app, |").signature()->active == 1U);
  CHECK(Editor(t + "pre backup use t(n: |, db: app)").signature()->active == 2U);
  CHECK(Editor("pre backup use postgres.ready(|").signature()->label == "ready(db: pod)");
  const auto call = Editor("post backup exec local \"${replace(session.reason, |").signature();
  REQUIRE(call);
  CHECK(call->label == "replace(text: string, from: string, to: string): string");
  CHECK(call->active == 1U);
  CHECK(Editor("post backup exec local \"a\" when last(\"a|").signature()->active == 0U);
  CHECK_FALSE(Editor("pre backup |").signature());
}

/// A snippet's text with each placeholder filled in by what it shows.
std::string filled(std::string_view snippet) {
  std::string out;
  for (std::size_t i = 0; i < snippet.size(); ++i) {
    if (snippet[i] == '\\') {
      out += snippet[++i];
    } else if (snippet[i] == '$' && snippet[i + 1] == '{') {
      const std::size_t from = snippet.find_first_of(":|", i), end = snippet.find('}', i);
      const std::string_view inner = snippet.substr(from + 1, end - from - 1);
      out += snippet[from] == ':' ? inner : inner.substr(0, inner.find_first_of(",|"));
      i = end;
    } else if (snippet[i] == '$') {
      out += "app";  // a placeholder again
      ++i;
    } else {
      out += snippet[i];
    }
  }
  return out;
}

TEST_CASE("every snippet is a right sentence", "[completion]") {
  struct Row {
    std::string_view where, label, text;
  };
  static constexpr Row rows[] = {
#define HOOKC_SNIPPET(where, label, text) {#where, label, text},
#include "lsp/features/snippets.def"
#undef HOOKC_SNIPPET
  };
  for (const Row& row : rows) {
    std::string text = filled(row.text);
    if (row.where == "Action") text = "pre backup " + text;
    if (row.where == "Clause" && row.label == "ready once") {
      text = "hold backup session exec in pod app \"a\" " + text;
    } else if (row.where == "Clause") {
      text = "pre backup http post \"https://a.example\" " + text;
    }
    if (row.where == "Rule") text = "policy \"p\"\n  " + text;
    if (row.where == "Test") text = "test \"t\"\n  " + text;
    if (row.where == "Property") {
      const bool pod = row.label == "labels" || row.label == "owner";
      text = (pod ? "pod a\n  " : "function f\n  ") + text;
    }
    testing::Parsed parsed(text);
    INFO(text);
    CHECK(parsed.findings() == std::vector<std::string>());
  }
}

TEST_CASE("every example cut at every byte is completed without a fault", "[completion]") {
  std::size_t offered = 0;
  for (const auto& entry : std::filesystem::directory_iterator(HOOKC_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".hook") continue;
    const std::string whole = testing::read_file(entry.path().string());
    query::MemoryFiles files(
        {{"shared/notify.hook",
          testing::read_file(HOOKC_SOURCE_DIR "/examples/shared/notify.hook")}});
    query::Workspace workspace(files, {.keep_trees = true});
    for (std::size_t at = 0; at <= whole.size(); ++at) {
      workspace.set("a.hook", whole.substr(0, at));
      const query::Snapshot now = workspace.snapshot();
      const auto offset = static_cast<std::uint32_t>(at);
      const CompletionList list = complete(now, "a.hook", offset);
      REQUIRE(list.replace.begin <= offset);
      REQUIRE(list.replace.end == offset);
      std::set<std::string> once;
      for (const CompletionItem& item : list.items) REQUIRE(once.insert(item.label).second);
      offered += list.items.size();
      (void)signature_at(now, "a.hook", offset);
    }
  }
  CHECK(offered > 10000);
}

}  // namespace
}  // namespace hookc::lsp
