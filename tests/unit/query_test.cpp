// The one door: what is computed, what is kept, and what a change reaches.
#include "compiler/query/workspace.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace hookc::query {
namespace {

/// Counts how often each file is asked for.
class CountingFiles : public FileSystem {
 public:
  std::map<std::string, std::string> files;
  mutable std::map<std::string, int> reads;
  std::expected<std::string, std::string> read(const std::string& path) const override {
    ++reads[path];
    const auto found = files.find(path);
    if (found == files.end()) return std::unexpected("no such file");
    return found->second;
  }
};

constexpr const char* kGood = "pre backup \"a\" exec local \"true\"\n";
constexpr const char* kBad = "pre backup on failure exec local \"true\"\n";

std::string codes(const Snapshot& snapshot, const std::vector<Diagnostic>& all) {
  std::string out;
  for (const Diagnostic& d : all) {
    if (d.severity == Severity::Error)
      out += fmt::format("{} {} ", snapshot.sources().path(d.primary.where.file), info(d.code).id);
  }
  return out;
}

TEST_CASE("a file is read, parsed, checked and planned once", "[query]") {
  CountingFiles files;
  files.files = {{"a.hook", kGood}};
  const Workspace workspace(files);
  const Snapshot now = workspace.snapshot();
  CHECK(now.module("a.hook") == now.module("./x/../a.hook"));
  CHECK(now.program("a.hook") == now.program("a.hook"));
  const auto plan = now.plan("a.hook");
  REQUIRE(plan);
  CHECK(now.plan("a.hook").value() == plan.value());
  CHECK((*plan)->steps.size() == 1);
  CHECK(codes(now, now.diagnostics("a.hook")).empty());
  CHECK(files.reads == std::map<std::string, int>{{"a.hook", 1}});
}

TEST_CASE("a snapshot does not see later changes", "[query]") {
  CountingFiles files;
  Workspace workspace(files);
  workspace.set("a.hook", kGood);
  const Snapshot before = workspace.snapshot();
  workspace.set("a.hook", kBad);
  const Snapshot after = workspace.snapshot();
  CHECK(codes(before, before.diagnostics("a.hook")).empty());
  CHECK(codes(after, after.diagnostics("a.hook")) == "a.hook HK2103 ");
  CHECK(before.plan("a.hook").has_value());
  CHECK_FALSE(after.plan("a.hook").has_value());
  CHECK(files.reads.empty());
}

TEST_CASE("a change reaches those who import the file, and nobody else", "[query]") {
  CountingFiles files;
  files.files = {
      {"a.hook", "import \"./shared/b.hook\"\n"}, {"shared/b.hook", kGood}, {"c.hook", kGood}};
  Workspace workspace(files);
  const Snapshot first = workspace.snapshot();
  const auto of_a = first.program("a.hook"), of_c = first.program("c.hook");
  const auto parsed_a = first.module("a.hook");
  workspace.set("shared/b.hook", kBad);
  const Snapshot second = workspace.snapshot();
  CHECK(second.program("c.hook") == of_c);
  CHECK(second.program("a.hook") != of_a);
  CHECK(second.module("a.hook") == parsed_a);
  CHECK(codes(second, second.diagnostics("a.hook")) == "shared/b.hook HK2103 ");
  workspace.set("shared/b.hook", kBad);  // the same text: nothing happens
  CHECK(workspace.snapshot().program("a.hook") == second.program("a.hook"));
  workspace.reset("shared/b.hook");
  const Snapshot third = workspace.snapshot();
  CHECK(codes(third, third.diagnostics("a.hook")).empty());
  CHECK(files.reads["shared/b.hook"] == 2);
}

TEST_CASE("a file that appears mends the import that missed it", "[query]") {
  CountingFiles files;
  files.files = {{"a.hook", "import \"./b.hook\"\n"}};
  Workspace workspace(files);
  const Snapshot before = workspace.snapshot();
  CHECK(codes(before, before.diagnostics("a.hook")) == "a.hook HK1007 ");
  workspace.set("b.hook", kGood);
  const Snapshot after = workspace.snapshot();
  CHECK(codes(after, after.diagnostics("a.hook")).empty());
}

TEST_CASE("what several programs share is said once", "[query]") {
  CountingFiles files;
  files.files = {{"a.hook", "import \"./b.hook\"\n"},
                 {"b.hook", "pre backup exec local\n"},
                 {"c.hook", "import \"./b.hook\"\n"}};
  Workspace workspace(files);
  const Snapshot now = workspace.snapshot();
  const std::vector<std::string> roots{"a.hook", "b.hook", "c.hook"};
  const auto all = now.diagnostics(roots).findings;
  CHECK(all.size() == now.diagnostics("b.hook").size());
  CHECK(codes(now, all) == codes(now, now.diagnostics("b.hook")));
  CHECK_FALSE(all.empty());
}

TEST_CASE("a file that cannot be had gives nothing", "[query]") {
  const MemoryFiles none;
  const Workspace workspace(none);
  const Snapshot now = workspace.snapshot();
  CHECK(now.file("a.hook").error() == "no such file");
  CHECK(now.tree("a.hook") == nullptr);
  CHECK(now.module("a.hook") == nullptr);
  CHECK(now.program("a.hook") == nullptr);
  CHECK(now.diagnostics("a.hook").empty());
  CHECK(now.plan("a.hook").error().empty());
}

TEST_CASE("standard modules are there without any file", "[query]") {
  CountingFiles files;
  files.files = {{"a.hook", "import std.slack\n"}};
  const Workspace workspace(files);
  const Snapshot now = workspace.snapshot();
  REQUIRE(now.program("a.hook"));
  CHECK(now.program("a.hook")->modules.size() == 2);
  CHECK(files.reads.size() == 1);
}

TEST_CASE("trees are kept where that is asked for", "[query]") {
  CountingFiles files;
  files.files = {{"a.hook", kGood}};
  const Workspace once(files), editor(files, {.keep_trees = true});
  CHECK(once.snapshot().tree("a.hook") != once.snapshot().tree("a.hook"));
  CHECK(editor.snapshot().tree("a.hook") == editor.snapshot().tree("a.hook"));
}

TEST_CASE("an editor that types all day does not keep every version", "[query]") {
  CountingFiles files;
  Workspace workspace(files);
  const std::string padding(1U << 20U, ' ');
  workspace.set("b.hook", kGood);
  for (int i = 0; i < 80; ++i)
    workspace.set("a.hook", fmt::format("# {}{}\n{}", i, padding, kGood));
  const Snapshot now = workspace.snapshot();
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < now.sources().count(); ++i)
    bytes += now.sources().text(FileId{i}).size();
  CHECK(bytes < (40U << 20U));
  CHECK(now.plan("a.hook").has_value());
  CHECK(now.plan("b.hook").has_value());
}

}  // namespace
}  // namespace hookc::query
