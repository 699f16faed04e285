// Formatting as edits.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/format/format.hpp"
#include "lsp/features/formatting.hpp"
#include "tests/unit/lsp_testing.hpp"

namespace hookc::lsp {
namespace {

namespace fs = std::filesystem;
using testing::Files;
using testing::Marked;

std::string formatted(const Files& files) {
  return with_edits(files.text(), format_document(files.now(), "a.hook"));
}
std::string formatted(std::string text) {
  return formatted(Files(std::move(text)));
}
/// What `hookc fmt` makes of it, or the text itself where it has errors.
std::string fmt_of(const std::string& text) {
  SourceManager sources;
  Diagnostics diagnostics;
  const syntax::SyntaxTree tree = syntax::parse(sources, sources.add("a.hook", text), diagnostics);
  return format(sources, tree).value_or(text);
}

TEST_CASE("edits are as small as can be", "[lsp]") {
  struct Row {
    std::string_view text;
    std::vector<TextEdit> edits;
  };
  const Row rows[] = {
      {"param a: int = 1\n", {}},
      {"param   a:int = 1\n", {{{6, 8}, ""}, {{10, 10}, " "}}},
      {"param a: int = 1", {{{16, 16}, "\n"}}},
      {"param a: int = 1  \n", {{{16, 18}, ""}}},
      {"param a: int = 1\n\n\n\nparam b: int = 1\n", {{{18, 20}, ""}}},
      {"\n\nparam a: int = 1\n", {{{0, 2}, ""}}},
      {"  param a: int = 1\n", {{{0, 2}, ""}}},
      {"param a: = \n", {}},  // broken: nothing
      {"", {}},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Files files{std::string(row.text)};
    const auto edits = format_document(files.now(), "a.hook");
    CHECK(edits == row.edits);
  }
}

TEST_CASE("last commas come and go", "[lsp]") {
  for (const std::string text :
       {"post backup http post \"https://a.example\" json { a: 1, b: 2, }\n",
        "post backup http post \"https://a.example\" json {\n a: 1,\n b: 2 # two\n }\n",
        "post backup http post \"https://a.example\" json {\n a: 1 # one\n , b: 2 }\n"}) {
    INFO(text);
    CHECK(formatted(text) == fmt_of(text));
    CHECK(formatted(text) != text);
  }
}

TEST_CASE("a file keeps its line ends and its BOM", "[lsp]") {
  CHECK(formatted("param  a: int = 1\r\nparam b: int = 2\r\n") ==
        "param a: int = 1\r\nparam b: int = 2\r\n");
  CHECK(formatted("\xEF\xBB\xBFparam  a: int = 1\n") == "\xEF\xBB\xBFparam a: int = 1\n");
  CHECK(formatted("pre backup exec local \"\"\"\r\n   a\r\n\"\"\"\r\n\r\n\r\n\r\nparam a:int=1") ==
        "pre backup exec local \"\"\"\r\n   a\r\n\"\"\"\r\n\r\nparam a: int = 1\r\n");
}

std::vector<std::string> samples() {
  std::vector<std::string> found;
  for (const char* folder : {"/examples", "/stdlib", "/tests/corpus", "/tests/format"}) {
    const fs::path root = std::string(HOOKC_SOURCE_DIR) + folder;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".hook") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      found.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  return found;
}

/// The same file written by somebody else: other indentation, other gaps between words.
std::string untidy(const std::string& text) {
  std::string out;
  SourceManager sources;
  Diagnostics diagnostics;
  const syntax::SyntaxTree tree = syntax::parse(sources, sources.add("a.hook", text), diagnostics);
  std::vector<bool> inside(text.size(), false);  // of strings and comments
  for (const syntax::Node& node : tree.nodes) {
    if (node.kind == syntax::NodeKind::String)
      std::fill(inside.begin() + node.begin, inside.begin() + node.end, true);
  }
  for (const syntax::Comment& comment : tree.comments)
    std::fill(inside.begin() + comment.span.begin, inside.begin() + comment.span.end, true);
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (inside[i]) continue;
    if (text[i] == ' ' && i % 3 == 0) out += ' ';
    if (text[i] == '\n' && i % 2 == 0) out += "   ";
    if (text[i] == '\n' && i % 5 == 0) out += "\n \n";
  }
  return out;
}

TEST_CASE("edits make what the formatter makes, of every sample", "[lsp]") {
  std::size_t edited = 0;
  for (const std::string& sample : samples()) {
    for (const std::string& text : {sample, untidy(sample)}) {
      const Files files(text);
      const auto edits = format_document(files.now(), "a.hook");
      INFO(text);
      const std::string wanted = fmt_of(text);
      // A file whose lines end in both ways keeps them.
      const auto plain = [](std::string_view with) {
        std::string out;
        for (const char c : with) {
          if (c != '\r') out += c;
        }
        return out;
      };
      const bool bom = text.starts_with("\xEF\xBB\xBF");
      CHECK(plain(with_edits(text, edits)) ==
            (bom && wanted != text ? "\xEF\xBB\xBF" : "") + plain(wanted));
      for (std::size_t i = 0; i < edits.size(); ++i) {
        CHECK(edits[i].span.size() + edits[i].text.size() < 400);
        if (i > 0) CHECK(edits[i - 1].span.end <= edits[i].span.begin);
      }
      edited += edits.empty() ? 0 : 1;
    }
  }
  CHECK(edited > 50);
}

TEST_CASE("a range changes its statements only", "[lsp]") {
  const auto in_range = [](std::string_view marked) {
    const Marked m(marked);
    const Files files(m.text);
    return with_edits(m.text, format_range(files.now(), "a.hook", {m.offset, m.offset}));
  };
  CHECK(in_range("param  a: int = 1\nparam  b: i‸nt = 2\nparam  c: int = 3\n") ==
        "param  a: int = 1\nparam b: int = 2\nparam  c: int = 3\n");
  CHECK(in_range("param  a: int = 1\n\n\n\n   # b\n  param  b: ‸int = 2   \nparam  c: int = 3\n") ==
        "param  a: int = 1\n\n\n\n# b\nparam b: int = 2\nparam  c: int = 3\n");
  CHECK(
      in_range("together {\n pre backup exec local  \"a\"\n pre backup exec local  ‸\"b\"\n}\n") ==
      "together {\n pre backup exec local  \"a\"\n  pre backup exec local \"b\"\n}\n");
}

TEST_CASE("indentation while somebody types", "[lsp]") {
  struct Row {
    std::string_view text;  // ‸ stands after what was typed
    std::string_view line;  // what the line becomes
  };
  const Row rows[] = {
      {"pre backup \"a\"\n‸", "  "},
      {"pre backup \"a\"\n  exec local \"x\"\n‸", "  "},
      {"pre backup \"a\"\n  exec local \"x\"\n  ‸", "  "},
      {"pre backup \"a\"\n  exec local \"x\"\n\n  ‸", ""},
      {"pre backup \"a\"\n  exec local \"x\"\n  ‸post backup", "post backup"},
      {"param a: int = 1\n  ‸", ""},
      {"pre backup \"a\"\n  exec local \"x\"\n# about the next\n  ‸", ""},
      {"pre backup \"a\"\n  exec local \"x\"\n  # about this\n‸", "  "},
      {"together {\n  pre backup exec local \"x\"\n  # next\n‸", "  "},
      {"hold backup \"a\"\n  exec local \"x\"\n  release exec local \"y\"\n‸", "    "},
      {"hold backup \"a\"\n  exec local \"x\"\n  release exec local \"y\"\n    timeout 1s\n‸at "
       "most 5m",
       "  at most 5m"},
      {"hold backup \"a\"\n  exec local \"x\"\n  release exec local \"y\"\n‸timeout 1s",
       "    timeout 1s"},
      {"together {\n‸", "  "},
      {"together {\n‸}", "}"},
      {"together {\n  pre backup exec local \"x\"\n‸", "    "},
      {"together {\n  pre backup exec local \"x\"\n    timeout 1s\n    }‸", "}"},
      {"template t(a: int) {\n‸", "  "},
      {"template t(a: int) {\n  exec local \"x\"\n‸", "  "},
      {"template hold t(a: int) {\n  exec local \"x\"\n  release exec local \"y\"\n‸", "    "},
      {"post backup http post \"https://a.example\"\n  json {\n‸", "    "},
      {"post backup http post \"https://a.example\"\n  json {\n    a: [\n‸", "      "},
      {"post backup http post \"https://a.example\"\n  json {\n    a: 1,\n    }‸", "  }"},
      {"post backup http post \"https://a.example\"\n  json {\n    a: 1,\n  }\n‸", "  "},
      {"pod a\n‸", "  "},
      {"pod a\n  labels \"x=y\"\n‸", "  "},
      {"policy \"p\"\n  forbid exec\n    because \"x\"\n‸", "  "},
      {"environment a {\n‸", "  "},
      {"environment a {\n  x = 1\n}\n  ‸", ""},
      {"pre backup exec local \"\"\"\n  set -e\n      ‸", "      "},  // inside a text
      {"pre backup exec local \"\"\"\n  x\n\"\"\"\n‸", "  "},
      {"pre backup exec local \"} {\" # {\n‸", "  "},
      {"together {\n  pre bakup exec lcal { \"x\n‸pre backup", "  pre backup"},
      {"}}} ) ]\n‸", ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Marked m(row.text);
    const Files files(m.text);
    const char typed = m.offset > 0 ? m.text[m.offset - 1] : '\n';
    const auto edits = format_on_type(files.now(), "a.hook", m.offset, typed == '}' ? typed : '\n');
    CHECK(edits.size() <= 1);
    const std::string after = with_edits(m.text, edits);
    const std::uint32_t line = line_begin(m.text, m.offset);
    CHECK(after.substr(0, line) == m.text.substr(0, line));
    CHECK(after.substr(line, line_end(after, line) - line) == row.line);
  }
}

TEST_CASE("what is laid out keeps its indentation when its lines are typed again", "[lsp]") {
  // At the start of every line of the examples that is not inside a text or broken by width.
  std::size_t lines = 0;
  std::size_t moved = 0;
  for (const auto& entry : fs::directory_iterator(std::string(HOOKC_SOURCE_DIR) + "/examples")) {
    if (entry.path().extension() != ".hook") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const Files files(text);
    for (std::uint32_t at = 0; at < text.size(); at = line_end(text, at) + 1) {
      if (text[at] == '\n' || indent_of(text, at).size() + at >= text.size()) continue;
      if (text[at + indent_of(text, at).size()] == '#') continue;
      ++lines;
      if (!format_on_type(files.now(), "a.hook", at, '\n').empty()) {
        UNSCOPED_INFO(entry.path() << ": " << text.substr(at, line_end(text, at) - at));
        ++moved;
      }
    }
  }
  CHECK(moved == 0);
  CHECK(lines > 200);
}

}  // namespace
}  // namespace hookc::lsp
