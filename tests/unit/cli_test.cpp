#include <algorithm>

#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "cli/diff.hpp"
#include "cli/files.hpp"
#include "cli/fix.hpp"
#include "compiler/diagnostics/fixes.hpp"

namespace hookc::cli {
namespace {

TEST_CASE("patterns of .gitignore", "[cli]") {
  struct Row {
    std::string_view patterns;
    std::string_view path;
    bool directory;
    int verdict;
  };
  // gitignore(5), its rules in their order.
  const Row rows[] = {
      {"", "a.hook", false, -1},
      {"# a.hook\n\n", "a.hook", false, -1},
      {"a.hook", "a.hook", false, 1},
      {"a.hook", "x/y/a.hook", false, 1},
      {"a.hook\r\n", "a.hook", false, 1},
      {"a.hook  ", "a.hook", false, 1},
      {"/a.hook", "x/a.hook", false, -1},
      {"x/a.hook", "y/x/a.hook", false, -1},
      {"x/a.hook", "x/a.hook", false, 1},
      {"build/", "build", true, 1},
      {"build/", "build", false, -1},
      {"build/", "x/build", true, 1},
      {"*.hook\n!keep.hook", "keep.hook", false, 0},
      {"*.hook\n!keep.hook", "drop.hook", false, 1},
      {"!a.hook\na.hook", "a.hook", false, 1},
      {"x/*", "x/a/b.hook", false, -1},
      {"x/**", "x/a/b.hook", false, 1},
      {"x/**", "x", true, -1},
      {"**/gen", "a/b/gen", true, 1},
      {"**/gen", "gen", true, 1},
      {"a/**/z.hook", "a/z.hook", false, 1},
      {"a/**/z.hook", "a/b/c/z.hook", false, 1},
      {"a/**/z.hook", "b/z.hook", false, -1},
      {"?.hook", "a.hook", false, 1},
      {"[ab].hook", "b.hook", false, 1},
      {"[!ab].hook", "b.hook", false, -1},
      {"\\#a.hook", "#a.hook", false, 1},
      {"\\!a.hook", "!a.hook", false, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.patterns, row.path);
    CHECK(match_gitignore(parse_gitignore(row.patterns), row.path, row.directory) == row.verdict);
  }
}

TEST_CASE("lists of paths", "[cli]") {
  using Paths = std::vector<std::string>;
  CHECK(split_paths("") == Paths{});
  CHECK(split_paths("a\nb c\r\n\nd") == Paths{"a", "b c", "d"});
  CHECK(split_paths(std::string_view("a\nb\0c\0", 6)) == Paths{"a\nb", "c"});
}

TEST_CASE("edits go in from either end", "[cli]") {
  const FileId f{0};
  CHECK(apply_edits("abc", {}) == "abc");
  CHECK(apply_edits("abc", {{{f, {3, 3}}, "!"}, {{f, {0, 1}}, "A"}, {{f, {1, 1}}, "-"}}) ==
        "A-bc!");
  CHECK(apply_edits("abc", {{{f, {0, 3}}, ""}}).empty());
}

TEST_CASE("fixes are applied to a fixed point and touch nothing else", "[cli]") {
  const std::string broken =
      "pre bakup exec local \"x\"\r\n# bakup\npost restor on sucess exec local \"y\"\n";
  const Fixed fixed = apply_fixes({{"a.hook", broken}});
  CHECK(fixed.inputs[0].text ==
        "pre backup exec local \"x\"\r\n# bakup\npost restore on success exec local \"y\"\n");
  CHECK(fixed.applied == 3);
  const Fixed again = apply_fixes(fixed.inputs);
  CHECK(again.applied == 0);
  CHECK(again.inputs[0].text == fixed.inputs[0].text);
}

/// Applies a patch of unified_diff to the text it was made from, as patch(1) would, without fuzz.
std::string patched(std::string_view before, std::string_view patch) {
  const auto lines = [](std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1);
      all.emplace_back(text.substr(0, end + 1));
      text.remove_prefix(end + 1);
    }
    return all;
  };
  const auto old_lines = lines(before);
  std::vector<std::string> result;
  std::size_t at = 0;
  bool added_last = false;
  for (const std::string& line : lines(patch)) {
    if (line.starts_with("--- ") || line.starts_with("+++ ")) continue;
    if (line.starts_with("@@ -")) {
      const std::size_t first = std::stoul(line.substr(4));
      const bool empty = line.find(",0 ") != std::string::npos && line.find(",0 ") < line.find('+');
      while (at + 1 < first + (empty ? 1 : 0)) result.push_back(old_lines[at++]);
    } else if (line.starts_with("\\")) {
      // The line before has no line end of its own. Of a removed line that says nothing about the
      // result.
      if (added_last) result.back().pop_back();
    } else {
      const std::string body = line.substr(1);
      if (line[0] != '+') {
        REQUIRE(at < old_lines.size());
        CHECK(old_lines[at].substr(0, old_lines[at].find('\n')) == body.substr(0, body.find('\n')));
        ++at;
      }
      added_last = line[0] != '-';
      if (added_last) result.push_back(body);
    }
  }
  while (at < old_lines.size()) result.push_back(old_lines[at++]);
  std::string text;
  for (const std::string& line : result) text += line;
  return text;
}

TEST_CASE("a diff turns one text into the other", "[cli]") {
  CHECK(unified_diff("a", "x\n", "x\n").empty());
  CHECK(unified_diff("a", "1\n2\n3\n4\n5\n", "1\n2\nX\n4\n5\n") ==
        "--- a/a\n+++ b/a\n@@ -1,5 +1,5 @@\n 1\n 2\n-3\n+X\n 4\n 5\n");
  CHECK(unified_diff("a", "", "x\n") == "--- a/a\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n");
  CHECK(unified_diff("a", "x", "x\n") ==
        "--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n");
  // All pairs of texts of up to five lines over two letters, and hunks far apart.
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 10; ++i) {
    texts.push_back(texts[i] + "a\n");
    texts.push_back(texts[i] + "b\n");
  }
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      if (patched(a, unified_diff("f", a, b)) != b) FAIL("from " << a << " to " << b);
    }
  }
  std::string before;
  for (int i = 0; i < 100; ++i) before += std::to_string(i) + "\n";
  std::string after = before;
  after.replace(after.find("10\n"), 2, "ten");
  after.replace(after.find("17\n"), 2, "seventeen");
  after.erase(after.find("90\n"), 3);
  const std::string patch = unified_diff("f", before, after);
  CHECK(patched(before, patch) == after);
  CHECK(std::count(patch.begin(), patch.end(), '@') == 8);
}

constexpr std::string_view colors[] = {"red", "green"};
constexpr Option test_options[] = {
    {"--color", "C", "A colour.", colors, 'c'},
    {"--quiet", "", "Say less.", {}, 'q'},
    {"--count", "N", "How many.", {}},
};
const Command test_command = {"paint",      "Paint.",     "[OPTION…]", "",
                              test_options, Words::Files, "",          nullptr};

TEST_CASE("arguments are read by the table", "[cli]") {
  const auto parse = [](std::vector<std::string_view> words) {
    return parse_arguments(test_command, words);
  };
  const auto good =
      parse({"a", "--color=red", "-q", "--count", "3", "-", "-c", "green", "--", "--quiet"});
  REQUIRE(good);
  CHECK(good->value("--color") == "green");
  CHECK(good->values("--color") == std::vector<std::string_view>{"red", "green"});
  CHECK(good->has("--quiet"));
  CHECK(good->value("--count") == "3");
  CHECK(good->words == std::vector<std::string_view>{"a", "-", "--quiet"});
  CHECK_FALSE(good->help);
  CHECK(parse({"--help"})->help);

  CHECK(parse({"--colour", "red"}).error() == "unknown option `--colour`; did you mean `--color`?");
  CHECK(parse({"--zebra"}).error() == "unknown option `--zebra`");
  CHECK(parse({"--col", "red"}).error() == "unknown option `--col`; did you mean `--color`?");
  CHECK(parse({"--count"}).error() == "`--count` needs a value: --count N");
  CHECK(parse({"--quiet=yes"}).error() == "`--quiet` takes no value");
  CHECK(parse({"--color", "reed"}).error() ==
        "`reed` is no value for `--color`; did you mean `red`? It takes one of red, green");
  CHECK(parse({"--\x1b[2J"}).error() == "unknown option `--␛[2J`");
}

TEST_CASE("help is wrapped at blanks", "[cli]") {
  CHECK(wrap("one two three", 2, 9) == "one two\n  three");
  CHECK(wrap("", 2, 9).empty());
  CHECK(wrap("unbreakable-word", 2, 5) == "unbreakable-word");
  for (const Command* command : all_commands()) {
    CAPTURE(command->name);
    CHECK_FALSE(command->summary.empty());
    const std::string help = command_help(*command);
    for (const Option& option : command->options) {
      CHECK(option.name.starts_with("--"));
      CHECK(help.find(option.name) != std::string::npos);
      CHECK(option.help.ends_with('.'));
    }
  }
}

}  // namespace
}  // namespace hookc::cli
