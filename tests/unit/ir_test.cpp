// Every form beside its file: tests/ir/NAME.hook and NAME.STAGE.exp; HOOKC_UPDATE=1 rewrites them.
#include "compiler/query/ir/ir.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/ast/build.hpp"

namespace fs = std::filesystem;
using hookc::ir::Format;
using nlohmann::ordered_json;

namespace {

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> ir_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(HOOKC_SOURCE_DIR) / "tests/ir")) {
    if (entry.path().extension() == ".hook") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Parsed {
  explicit Parsed(const fs::path& path) : file(sources.add(path.filename().string(), read(path))) {
    hookc::Diagnostics diagnostics;
    tree = hookc::syntax::parse(sources, file, diagnostics);
    module = hookc::ast::build(sources, tree, diagnostics);
  }
  hookc::SourceManager sources;
  hookc::FileId file;
  hookc::syntax::SyntaxTree tree;
  hookc::ast::Module module;
};

void check_golden(fs::path path, std::string_view stage, const std::string& text) {
  path.replace_extension(std::string(stage) + ".exp");
  CAPTURE(path.filename().string());
  if (std::getenv("HOOKC_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << text;
  CHECK(text == read(path));
}

/// The kind, begin and end of a node and of all under it, in pre-order.
void flatten(const ordered_json& node,
             std::vector<std::tuple<std::string, unsigned, unsigned, std::size_t>>& out) {
  const std::size_t at = out.size();
  out.emplace_back(node["kind"], node["span"][0], node["span"][1], 1);
  if (node.contains("children")) {
    for (const ordered_json& child : node["children"]) flatten(child, out);
  }
  std::get<3>(out[at]) = out.size() - at;
}

}  // namespace

TEST_CASE("forms of a file are as their .exp says", "[ir]") {
  for (const fs::path& path : ir_files()) {
    const Parsed p(path);
    check_golden(path, "tokens", dump_tokens(p.sources, p.tree, Format::Text));
    check_golden(path, "tree", dump_tree(p.sources, p.tree, Format::Text));
    check_golden(path, "ast", dump_ast(p.sources, p.module, Format::Text));
    if (path.filename() == "hook.hook") {
      check_golden(path, "tokens.json", dump_tokens(p.sources, p.tree, Format::Json));
      check_golden(path, "tree.json", dump_tree(p.sources, p.tree, Format::Json));
      check_golden(path, "ast.json", dump_ast(p.sources, p.module, Format::Json));
    }
  }
}

TEST_CASE("the JSON of a tree gives the tree back", "[ir]") {
  for (const fs::path& path : ir_files()) {
    CAPTURE(path.filename().string());
    const Parsed p(path);
    const ordered_json document = ordered_json::parse(dump_tree(p.sources, p.tree, Format::Json));
    CHECK(document["hookc_ir"] == hookc::ir::kVersion);
    CHECK(document["has_errors"] == p.tree.has_errors);
    std::vector<std::tuple<std::string, unsigned, unsigned, std::size_t>> nodes;
    flatten(document["root"], nodes);
    REQUIRE(nodes.size() == p.tree.nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const hookc::syntax::Node& node = p.tree.nodes[i];
      CHECK(nodes[i] == std::tuple(std::string(hookc::syntax::to_string(node.kind)), node.begin,
                                   node.end, std::size_t{node.size}));
    }
    REQUIRE(document["comments"].size() == p.tree.comments.size());
  }
}

TEST_CASE("the JSON of tokens gives the file back but for what stands between them", "[ir]") {
  for (const fs::path& path : ir_files()) {
    CAPTURE(path.filename().string());
    const Parsed p(path);
    const std::string_view text = p.sources.text(p.file);
    std::string rebuilt(text);
    for (char& c : rebuilt) c = c == '\n' ? '\n' : ' ';
    const ordered_json document = ordered_json::parse(dump_tokens(p.sources, p.tree, Format::Json));
    for (const char* list : {"tokens", "comments"}) {
      for (const ordered_json& token : document[list]) {
        rebuilt.replace(token["span"][0],
                        token["span"][1].get<std::size_t>() - token["span"][0].get<std::size_t>(),
                        token["text"]);
      }
    }
    CHECK(rebuilt == text);
  }
}

TEST_CASE("bytes that are not UTF-8 do not end a dump", "[ir]") {
  hookc::SourceManager sources;
  hookc::Diagnostics diagnostics;
  const auto file = sources.add("x.hook", "pre backup exec in pod a \"\xFF\xC3\"\n# \xFE\n");
  const auto tree = hookc::syntax::parse(sources, file, diagnostics);
  CHECK(ordered_json::accept(dump_tree(sources, tree, Format::Json)));
  CHECK_FALSE(dump_tokens(sources, tree, Format::Text).empty());
  CHECK(ordered_json::accept(
      dump_ast(sources, hookc::ast::build(sources, tree, diagnostics), Format::Json)));
}
