// The formatter: pairs of files to read, and what must hold for every file there is.
#include "compiler/format/format.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include "tests/unit/format_testing.hpp"

namespace fs = std::filesystem;
using hookc::format_testing::Outline;
using hookc::format_testing::outline;

namespace {

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> hook_files(const std::vector<std::string>& folders) {
  std::vector<fs::path> files;
  for (const std::string& folder : folders) {
    const fs::path root = fs::path(HOOKC_SOURCE_DIR) / folder;
    if (!fs::exists(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".hook") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> all_files() {
  return hook_files({"examples", "stdlib", "tests/format", "tests/corpus", "tests/ir"});
}

std::optional<std::string> formatted(const std::string& text) {
  hookc::SourceManager sources;
  hookc::Diagnostics diagnostics;
  const auto tree = hookc::syntax::parse(sources, sources.add("test.hook", text), diagnostics);
  return hookc::format(sources, tree);
}

// What every formatted text owes the text it was made from.
void check_result(const std::string& before, const std::string& after) {
  const std::optional<Outline> had = outline(before);
  const std::optional<Outline> has = outline(after);
  REQUIRE(had);
  INFO(after);
  REQUIRE(has);
  CHECK(had->nodes == has->nodes);
  CHECK(had->comments == has->comments);
  CHECK(formatted(after) == after);
  CHECK((after.empty() || after.back() == '\n'));
}

/// A text taken apart: blanks and comments between tokens are where somebody's hand shows.
struct Gap {
  std::string blanks;  // before the token
  std::string token;
};

std::vector<Gap> taken_apart(const std::string& text) {
  hookc::SourceManager sources;
  hookc::Diagnostics diagnostics;
  const auto tree = hookc::syntax::parse(sources, sources.add("test.hook", text), diagnostics);
  std::vector<Gap> gaps;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < tree.nodes.size();) {
    const hookc::syntax::Node& node = tree.nodes[i];
    if (!hookc::syntax::is_token(node.kind) && node.kind != hookc::syntax::NodeKind::String) {
      ++i;
      continue;
    }
    gaps.push_back(
        {text.substr(at, node.begin - at), text.substr(node.begin, node.end - node.begin)});
    at = node.end;
    i += node.size;
  }
  gaps.push_back({text.substr(at), ""});
  return gaps;
}

std::string put_together(const std::vector<Gap>& gaps) {
  std::string text;
  for (const Gap& gap : gaps) text += gap.blanks + gap.token;
  return text;
}

bool is_statement_word(const std::string& token) {
  const auto& words = hookc::syntax::statement_words();
  return std::find(words.begin(), words.end(), token) != words.end();
}

}  // namespace

TEST_CASE("files are formatted as their .expected says", "[format]") {
  for (const fs::path& path : hook_files({"tests/format"})) {
    CAPTURE(path.filename().string());
    const std::string before = read(path);
    const std::optional<std::string> after = formatted(before);
    REQUIRE(after);
    const fs::path expected = path.string() + ".expected";
    if (std::getenv("HOOKC_UPDATE") != nullptr) std::ofstream(expected, std::ios::binary) << *after;
    CHECK(*after == read(expected));
  }
}

TEST_CASE("formatting keeps tree and comments, and formats to itself", "[format]") {
  std::size_t count = 0;
  for (const fs::path& path : all_files()) {
    CAPTURE(path.string());
    const std::string before = read(path);
    const std::optional<std::string> after = formatted(before);
    CHECK(after.has_value() == outline(before).has_value());
    if (!after) continue;
    check_result(before, *after);
    ++count;
  }
  CHECK(count > 20);
}

TEST_CASE("blanks, CRLF and a BOM leave no trace", "[format]") {
  std::mt19937 random(1);
  const auto pick = [&](std::size_t n) { return random() % n; };
  for (const fs::path& path : all_files()) {
    CAPTURE(path.string());
    const std::string text = read(path);
    const std::optional<std::string> expected = formatted(text);
    if (!expected) continue;
    std::vector<Gap> gaps = taken_apart(*expected);
    for (Gap& gap : gaps) {
      if (gap.blanks.find('#') != std::string::npos)
        continue;  // the column of a comment says whose it is
      const bool blank_line = gap.blanks.find("\n\n") != std::string::npos;
      if (gap.blanks.find('\n') != std::string::npos) {
        // A statement's own column says which of the comments below it are its own.
        const std::string indent = is_statement_word(gap.token)
                                       ? gap.blanks.substr(gap.blanks.rfind('\n') + 1)
                                       : std::string(pick(2), '\t') + std::string(pick(9), ' ');
        gap.blanks = std::string(pick(3), ' ') + "\n" +
                     (blank_line ? std::string(1 + pick(3), '\n') : "") + indent;
      } else if (!gap.blanks.empty()) {
        gap.blanks = std::string(1 + pick(4), pick(4) == 0 ? '\t' : ' ');
      }
    }
    const std::string mutated = put_together(gaps);
    INFO(mutated);
    CHECK(formatted(mutated) == *expected);

    std::string crlf = "\xEF\xBB\xBF";
    if (mutated.find("\"\"\"") != std::string::npos) continue;  // line ends are text there
    for (char c : mutated) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(formatted(crlf) == *expected);
  }
}

TEST_CASE("line breaks anywhere change the layout at most", "[format]") {
  std::mt19937 random(2);
  std::size_t checked = 0;
  std::size_t broken = 0;
  for (const fs::path& path : all_files()) {
    CAPTURE(path.string());
    const std::string text = read(path);
    if (!outline(text)) continue;
    const std::vector<Gap> gaps = taken_apart(text);
    for (int round = 0; round < 8; ++round) {
      std::vector<Gap> mutated = gaps;
      for (std::size_t i = 1; i < mutated.size(); ++i) {
        Gap& gap = mutated[i];
        if (gap.blanks.empty() || is_statement_word(gap.token) || random() % 4 != 0) continue;
        const bool comment = gap.blanks.find('#') != std::string::npos;
        if (comment) continue;
        if (gap.blanks.find('\n') != std::string::npos) {
          gap.blanks = " ";
        } else if (random() % 3 == 0) {
          gap.blanks = "  # why\n# because\n ";
        } else {
          gap.blanks = "\n";
        }
      }
      const std::string before = put_together(mutated);
      const std::optional<Outline> had = outline(before);
      ++checked;
      if (!had) {
        ++broken;
        continue;
      }
      const std::optional<std::string> after = formatted(before);
      INFO(before);
      REQUIRE(after);
      check_result(before, *after);
    }
  }
  CHECK(checked > 100);
  CHECK(broken * 20 < checked);
}

TEST_CASE("a file with mistakes has no layout", "[format]") {
  CHECK_FALSE(formatted("pre backup exec in pod\n"));
  CHECK_FALSE(formatted("post backup\npre backup exec in pod app \"x\"\n"));
}

TEST_CASE("empty files", "[format]") {
  CHECK(formatted("") == "");
  CHECK(formatted("\n \r\n\n") == "");
  CHECK(formatted("\xEF\xBB\xBF") == "");
  CHECK(formatted("  # alone  ") == "# alone\n");
  CHECK(formatted("\n\n# a\n\n\n\n# b\n\n") == "# a\n\n# b\n");
}
