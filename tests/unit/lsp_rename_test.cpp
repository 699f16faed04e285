// Another name, and the program stays what it is.
#include "lsp/features/rename.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/unit/editor_testing.hpp"

namespace hookc::lsp {
namespace {

namespace fs = std::filesystem;
using testing::Editor;

/// The files after `edits`, by path; those that change.
std::map<std::string, std::string> edited(const SourceManager& sources,
                                          const std::vector<Edit>& edits) {
  std::map<std::string, std::string> files;
  for (std::size_t i = edits.size(); i-- > 0;) {
    const Location at = edits[i].where;
    auto& text =
        files.try_emplace(sources.path(at.file), std::string(sources.text(at.file))).first->second;
    text.replace(at.span.begin, at.span.size(), edits[i].replacement);
  }
  return files;
}

std::string renamed(const Editor& editor, const std::string& name) {
  const auto now = editor.now();
  const auto edits = rename(now, editor.path, editor.offset, name, editor.roots);
  if (!edits) return edits.error();
  std::string out;
  for (const auto& [path, text] : edited(now.sources(), *edits)) {
    out += fmt::format("-- {}\n{}", path, text);
  }
  return out;
}

std::string prepared(const std::string& text) {
  const Editor editor{{"a.hook", text}};
  const auto found = prepare_rename(editor.now(), editor.path, editor.offset, editor.roots);
  return found ? fmt::format("{}-{} {}", found->span.begin, found->span.end, found->placeholder)
               : found.error();
}

TEST_CASE("what can be renamed, and why not", "[lsp][rename]") {
  CHECK(prepared("pre backup \"a |b\" exec local \"x\"\n") == "12-15 a b");
  CHECK(prepared("pre backup exec lo|cal \"x\"\n") == "`local` is a word of the language");
  CHECK(prepared("post backup exec local \"${session.sta|tus}\"\n") ==
        "`session.status` is a fact, which hookc names");
  CHECK(prepared("post backup exec local \"${lo|wer(session.id)}\"\n") ==
        "`lower` is a function of the language");
  CHECK(prepared("import std.files\npod p labels \"a=b\"\n"
                 "pre backup use files.pre|sent(app: p, path: \"/x\")\n") ==
        "template `present` belongs to the standard library: std/files.hook");
  CHECK(prepared("import std.files\npod p labels \"a=b\"\n"
                 "pre backup use files.present(ap|p: p, path: \"/x\")\n") ==
        "template parameter `app` belongs to the standard library: std/files.hook");
  CHECK(prepared("import \"./|gone.hook\"\n") == "10-14 gone");
  CHECK(prepared("import \"./x/|../gone.hook\"\n") == "a path is renamed by moving the file");
  CHECK(prepared("pre backup exec local \"x|\"\n") == "there is no name here");
  CHECK(prepared("|") == "there is no name here");
}

TEST_CASE("a rename reaches all files", "[lsp][rename]") {
  const Editor editor{{"a.hook", "import \"./s.hook\"\nparam |n: int = 1\n"},
                      {"b.hook", "import \"./s.hook\"\nenvironment e { n = 2 }\n"},
                      {"s.hook", "param n: int\npre backup exec local \"${n}\"\n"}};
  CHECK(renamed(editor, "count") ==
        "-- a.hook\nimport \"./s.hook\"\nparam count: int = 1\n"
        "-- b.hook\nimport \"./s.hook\"\nenvironment e { count = 2 }\n"
        "-- s.hook\nparam count: int\npre backup exec local \"${count}\"\n");
}

TEST_CASE("quoted names are escaped, each in its quotes", "[lsp][rename]") {
  const Editor editor{
      {"a.hook",
       "pre backup 'o|ne' exec local \"x\"\npre backup exec local \"y\" after \"one\"\n"}};
  CHECK(renamed(editor, "a \"b\" ${c}") ==
        "-- a.hook\npre backup \"a \\\"b\\\" \\${c}\" exec local \"x\"\n"
        "pre backup exec local \"y\" after \"a \\\"b\\\" \\${c}\"\n");
  CHECK(
      renamed(editor, "two") ==
      "-- a.hook\npre backup 'two' exec local \"x\"\npre backup exec local \"y\" after \"two\"\n");
  CHECK(renamed(editor, "") == "a name has at least one character");
  CHECK(renamed(editor, "a\nb") == "a name stands on one line");
}

TEST_CASE("an import takes another name by `as`", "[lsp][rename]") {
  const std::string use = "pod p labels \"a=b\"\npre backup use |t.x(db: p)\n";
  const Editor plain{{"a.hook", "import \"./t.hook\"\n" + use},
                     {"t.hook", "template x(db: pod) { exec in pod db \"x\" }\n"}};
  CHECK(renamed(plain, "u") ==
        "-- a.hook\nimport \"./t.hook\" as u\npod p labels \"a=b\"\npre backup use u.x(db: p)\n");
  const Editor aliased{{"a.hook", "import \"./y.hook\" as t\n" + use},
                       {"y.hook", "template x(db: pod) { exec in pod db \"x\" }\n"}};
  CHECK(renamed(aliased, "y") ==
        "-- a.hook\nimport \"./y.hook\"\npod p labels \"a=b\"\npre backup use y.x(db: p)\n");
}

TEST_CASE("a name that something else has is refused", "[lsp][rename]") {
  const auto refused = [](const std::string& text, const std::string& name) {
    return renamed(Editor{{"a.hook", text},
                          {"z.hook",
                           "import \"./a.hook\"\npod q labels \"a=b\"\n"
                           "pre backup \"far\" exec in pod q \"x\"\n"}},
                   name);
  };
  CHECK(refused("param |n: int = 1\nsecret s: url from env S\n", "s") ==
        "secret `s` is already there, at a.hook:2");
  CHECK(refused("param |n: int = 1\n", "exit") == "`exit` is the name of a fact");
  CHECK(refused("param |n: int = 1\n", "hold") == "`hold` is a word of the language");
  CHECK(refused("param |n: int = 1\n", "2n") ==
        "`2n` is no name: letters, digits, `_` and inner `-`, and a letter or `_` first");
  CHECK(refused("pre backup \"|a\" exec local \"x\"\nhold backup \"h\" exec local \"x\" "
                "release exec local \"y\"\n",
                "h") == "hold \"h\" is already there, at a.hook:2");
  CHECK(refused("pre backup \"|a\" exec local \"x\"\n", "far") ==
        "hook \"far\" is already there, at z.hook:3");
  CHECK(refused("template t(|a: int, b: int) { exec local \"${a} ${b}\" }\n", "b") ==
        "template parameter `b` is already there, at a.hook:1");
  CHECK(refused("pod p labels \"a=b\"\ntemplate t(|a: string) { exec in pod p \"${a}\" }\n", "p") ==
        "`p` means something else in this template, at a.hook:2");
  CHECK(refused("pod |p labels \"a=b\"\ntemplate t(a: string) { exec in pod p \"${a}\" }\n", "a") ==
        "a template that names it has a parameter `a`, at a.hook:2");
  CHECK(refused("pod |p labels \"a=b\"\nparam q: int = 1\n", "q") ==
        "-- a.hook\npod q labels \"a=b\"\nparam q: int = 1\n");
}

TEST_CASE("imports follow a file that moves", "[lsp][rename]") {
  const Editor editor{
      {"a.hook", "import \"./lib/t.hook\"\npod p labels \"a=b\"\npre backup use t.x(db: p)\n"},
      {"lib/t.hook", "import '../s.hook'\ntemplate x(db: pod) { exec in pod db \"x\" }\n"},
      {"s.hook", "param n: int = 1\n"}};
  const auto told = [&](std::vector<FileMove> moves) {
    const auto now = editor.now();
    std::string out;
    for (const auto& [path, text] :
         edited(now.sources(), edits_for_moves(now, editor.roots, moves))) {
      out += fmt::format("-- {}\n{}", path, text.substr(0, text.find('\n') + 1));
    }
    return out;
  };
  CHECK(told({{"lib/t.hook", "lib/u.hook"}}) == "-- a.hook\nimport \"./lib/u.hook\" as t\n");
  CHECK(told({{"lib/t.hook", "other/deep/t.hook"}}) ==
        "-- a.hook\nimport \"./other/deep/t.hook\"\n-- lib/t.hook\nimport '../../s.hook'\n");
  CHECK(told({{"lib", "shared"}}) == "-- a.hook\nimport \"./shared/t.hook\"\n");
  CHECK(told({{"s.hook", "lib/s.hook"}}) == "-- lib/t.hook\nimport './s.hook'\n");
  CHECK(told({{"a.hook", "x/a.hook"}}) == "-- a.hook\nimport \"../lib/t.hook\"\n");
  CHECK(told({{"nobody.hook", "x.hook"}}).empty());
}

// ---- every name of every example

struct Disk : query::FileSystem {
  std::expected<std::string, std::string> read(const std::string& path) const override {
    std::ifstream in(path, std::ios::binary);
    if (!in || !fs::is_regular_file(path)) return std::unexpected("no such file");
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
};

std::size_t findings(const query::Snapshot& now, const std::vector<std::string>& roots) {
  std::size_t count = 0;
  for (const std::string& root : roots) count += now.diagnostics(root).size();
  return count;
}

TEST_CASE("every name of the examples can be changed, and changed back", "[lsp][rename]") {
  const Disk disk;
  std::size_t changed = 0;
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator("examples")) {
    if (entry.path().extension() == ".hook") all.push_back(entry.path().generic_string());
  }
  std::ranges::sort(all);
  REQUIRE(all.size() > 10);
  for (const std::string& root : all) {
    query::Workspace workspace(disk);
    const std::vector<std::string> roots = {root};
    const std::size_t before = findings(workspace.snapshot(), roots);
    const auto index = workspace.snapshot().symbols(root);
    REQUIRE(index);
    for (const query::Symbol& symbol : index->symbols()) {
      if (symbol.standard) continue;
      const auto now = workspace.snapshot();
      const std::string path = now.sources().path(symbol.declarations.front().name.file);
      const std::uint32_t at = symbol.declarations.front().name.span.begin;
      INFO(root << ": " << to_string(symbol.kind) << " " << symbol.name);
      const auto there = rename(now, path, at, "fresh-name-9", roots);
      REQUIRE(there);
      REQUIRE(!there->empty());
      const auto texts = edited(now.sources(), *there);
      for (const auto& [file, text] : texts) workspace.set(file, text);
      const auto after = workspace.snapshot();
      CHECK(findings(after, roots) == before);
      std::uint32_t again = at;
      for (const Edit& edit : *there) {
        if (now.sources().path(edit.where.file) != path || edit.where.span.begin >= at) continue;
        again += static_cast<std::uint32_t>(edit.replacement.size()) - edit.where.span.size();
      }
      if (symbol.kind == query::SymbolKind::Module) {  // has an `as` now
        again = static_cast<std::uint32_t>(texts.at(path).find("fresh-name-9"));
      }
      const auto back = rename(after, path, again, symbol.name, roots);
      REQUIRE(back);
      for (const auto& [file, text] : edited(after.sources(), *back)) {
        CHECK(text == *disk.read(file));
      }
      for (const auto& [file, text] : texts) workspace.reset(file);
      ++changed;
    }
  }
  CHECK(changed > 100);
}

}  // namespace
}  // namespace hookc::lsp
