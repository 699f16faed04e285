// Every feature on every example, and on examples that end anywhere: no crash, and nothing that an
// editor could not take.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lsp/features/code_actions.hpp"
#include "lsp/features/document_symbols.hpp"
#include "lsp/features/folding.hpp"
#include "lsp/features/formatting.hpp"
#include "lsp/features/links.hpp"
#include "lsp/features/selection.hpp"
#include "lsp/features/semantic_tokens.hpp"
#include "tests/unit/lsp_testing.hpp"

namespace hookc::lsp {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> examples() {
  std::map<std::string, std::string> found;
  for (const char* folder : {"examples", "stdlib", "tests/grammar"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(HOOKC_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".hook") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      found[query::normal_path(entry.path().generic_string())] = {
          std::istreambuf_iterator<char>(in), {}};
    }
  }
  return found;
}

/// What an editor may rely on, as one line where it is not so.
std::string defect(const query::Snapshot& now, const std::string& path, std::string_view text,
                   std::uint32_t at) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::uint32_t last = 0;
  for (const SemanticToken& token : semantic_tokens(now, path)) {
    if (token.span.begin < last || token.span.end > size || token.span.empty())
      return "a token overlaps at " + std::to_string(token.span.begin);
    if (several_lines(text, token.span)) return "a token holds a line end";
    last = token.span.end;
  }
  for (const Fold& fold : folds(now, path)) {
    if (fold.span.end > size || !several_lines(text, fold.span)) return "a fold of one line";
  }
  const std::vector<Span> chain = selection_chain(now, path, at);
  if (chain.empty() || chain.back() != Span{0, size}) return "a selection that is not the file";
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (chain[i].size() <= chain[i - 1].size() || chain[i].begin > chain[i - 1].begin ||
        chain[i].end < chain[i - 1].end)
      return "a selection that does not grow";
  }
  const auto symbols = [&](auto& self, const std::vector<Symbol>& all, Span around) -> bool {
    for (const Symbol& symbol : all) {
      if (symbol.name.empty() || symbol.span.begin < around.begin || symbol.span.end > around.end ||
          symbol.name_span.begin < symbol.span.begin || symbol.name_span.end > symbol.span.end ||
          !self(self, symbol.children, symbol.span))
        return false;
    }
    return true;
  };
  if (!symbols(symbols, document_symbols(now, path), {0, size})) return "a symbol outside";
  for (const Link& link : links(now, path)) {
    if (link.span.empty() || link.span.end > size) return "a link outside";
  }
  for (const auto& edits :
       {format_document(now, path), format_range(now, path, {at, at}),
        format_on_type(now, path, at, '\n'), format_on_type(now, path, at, '}')}) {
    std::uint32_t done = 0;
    for (const TextEdit& edit : edits) {
      if (edit.span.begin < done || edit.span.end > size) return "edits that overlap";
      done = edit.span.end;
    }
  }
  for (CodeAction& action : code_actions(now, path, {at, at})) {
    if (action.edits.empty() || action.title.empty()) return "an action that does nothing";
    std::ranges::stable_sort(action.edits, {}, [](const Edit& edit) { return edit.where; });
    for (std::size_t i = 0; i < action.edits.size(); ++i) {
      const Location& where = action.edits[i].where;
      if (where.span.end > now.sources().text(where.file).size()) return "an edit outside";
      if (i > 0 && action.edits[i - 1].where.file == where.file &&
          where.span.begin < action.edits[i - 1].where.span.end)
        return "an action whose edits overlap: " + action.title;
    }
    for (const std::size_t index : action.solves) {
      if (index >= now.diagnostics(path).size()) return "an action for no finding";
    }
  }
  return "";
}

TEST_CASE("every feature on every example, whole and cut", "[lsp]") {
  const auto files = examples();
  REQUIRE(files.size() > 20);
  const query::MemoryFiles disk(files);
  for (const auto& [path, text] : files) {
    const bool small =
        path.ends_with("01-exec-in-a-pod.hook") || path.ends_with("02-tell-on-failure.hook");
    const std::size_t stride = small ? 1 : std::max<std::size_t>(1, text.size() / 16);
    query::Workspace workspace(disk, {.keep_trees = true});
    for (std::size_t cut = text.size();; cut = cut > stride ? cut - stride : 0) {
      workspace.set(path, text.substr(0, cut));
      const query::Snapshot now = workspace.snapshot();
      const std::string wrong =
          defect(now, path, std::string_view(text).substr(0, cut), static_cast<std::uint32_t>(cut));
      const std::string inside = defect(now, path, std::string_view(text).substr(0, cut),
                                        static_cast<std::uint32_t>(cut / 2));
      if (!wrong.empty() || !inside.empty()) {
        INFO(path << " cut at " << cut << ": " << wrong << inside);
        CHECK(false);
        break;
      }
      if (cut == 0) break;
    }
  }
}

TEST_CASE("every feature at every byte of every example", "[lsp]") {
  const auto files = examples();
  const query::MemoryFiles disk(files);
  query::Workspace workspace(disk, {.keep_trees = true});
  const query::Snapshot now = workspace.snapshot();
  for (const auto& [path, text] : files) {
    if (text.size() > 1100) continue;
    for (std::uint32_t at = 0; at <= text.size(); at += 7) {
      const std::string wrong = defect(now, path, text, at);
      if (wrong.empty()) continue;
      INFO(path << " at " << at << ": " << wrong);
      CHECK(false);
      break;
    }
  }
  SUCCEED();
}

/// The errors of `path` where it is `text`, one a line.
std::string errors(const query::FileSystem& disk, const std::string& path, std::string text) {
  query::Workspace workspace(disk);
  workspace.set(path, std::move(text));
  const query::Snapshot now = workspace.snapshot();
  std::string out;
  for (const Diagnostic& d : now.diagnostics(path)) {
    if (d.severity == Severity::Error) out += std::string(info(d.code).id) + " " + d.message + "\n";
  }
  return out;
}

TEST_CASE("what an action rewrites still compiles", "[lsp]") {
  const auto files = examples();
  const query::MemoryFiles disk(files);
  query::Workspace workspace(disk, {.keep_trees = true});
  const query::Snapshot now = workspace.snapshot();
  std::map<std::string, int> tried;
  for (const auto& [path, text] : files) {
    if (!errors(disk, path, text).empty()) continue;
    const auto module = now.module(path);
    for (const ast::Statement& statement : module->statements) {
      const std::uint32_t at = (statement.span.begin + statement.span.end) / 2;
      for (const Span range : {Span{at, at}, statement.span}) {
        for (const CodeAction& action : code_actions(now, path, range)) {
          std::vector<TextEdit> edits;
          for (const Edit& edit : action.edits) {
            REQUIRE(edit.where.file == module->file);
            edits.push_back({edit.where.span, edit.replacement});
          }
          std::ranges::stable_sort(edits, {}, &TextEdit::span);
          const std::string made = with_edits(text, edits);
          INFO(path << ": " << action.title << "\n" << made);
          CHECK(errors(disk, path, made) == "");
          ++tried[std::string(action.kind)];
        }
      }
    }
  }
  CHECK(tried["refactor.extract"] > 40);
  CHECK(tried["refactor.inline"] > 2);
  CHECK(tried["refactor.rewrite"] > 20);
}

TEST_CASE("bytes that are no text", "[lsp]") {
  for (const std::string& text :
       {std::string("\0\0\0", 3), std::string("\xFF\xFE pre backup"), std::string("\xEF\xBB\xBF"),
        std::string("pre backup exec local \"\xC3"), std::string("${"), std::string("\"\"\""),
        std::string("/////"), std::string("#\r\n#\r"), std::string(300, '('), std::string(300, '{'),
        std::string("pre backup exec local \"$(`$(`$((\"")}) {
    const testing::Files files(text);
    INFO(text);
    for (std::uint32_t at = 0; at <= text.size(); ++at)
      CHECK(defect(files.now(), "a.hook", text, at) == "");
  }
}

}  // namespace
}  // namespace hookc::lsp
