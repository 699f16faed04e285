// What programs mean: tests/golden/plan/NAME.hook becomes NAME.plan.json and NAME.plan.txt (the
// plan), and NAME.overview.{txt,json} (what `hookc plan` says of it).
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "compiler/plan/json.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/plan/text.hpp"
#include "compiler/plan/verify.hpp"
#include "compiler/query/workspace.hpp"
#include "tests/unit/golden.hpp"

namespace hookc::plan {
namespace {

namespace fs = std::filesystem;

class FolderFiles : public query::FileSystem {
 public:
  explicit FolderFiles(fs::path root) : root_(std::move(root)) {}
  std::expected<std::string, std::string> read(const std::string& path) const override {
    if (!fs::is_regular_file(root_ / path)) return std::unexpected("no such file");
    return test::read_file(root_ / path);
  }

 private:
  fs::path root_;
};

std::string errors(const query::Snapshot& snapshot, const std::vector<Diagnostic>& all) {
  std::string out;
  for (const Diagnostic& d : all) {
    if (d.severity != Severity::Error) continue;
    out += fmt::format("{}: {} {}\n", snapshot.sources().path(d.primary.where.file),
                       info(d.code).id, d.message);
  }
  return out;
}

std::vector<std::string> hook_files(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".hook") out.push_back(entry.path().stem().string());
  }
  std::ranges::sort(out);
  return out;
}

/// The plan of the only file "a.hook".
Plan plan_of(std::string text) {
  const query::MemoryFiles files({{"a.hook", std::move(text)}});
  const query::Workspace workspace(files);
  const query::Snapshot now = workspace.snapshot();
  const auto plan = now.plan("a.hook");
  INFO(errors(now, plan ? std::vector<Diagnostic>() : plan.error()));
  REQUIRE(plan);
  return **plan;
}

TEST_CASE("plans of programs", "[lower]") {
  const fs::path folder = fs::path(HOOKC_SOURCE_DIR) / "tests/golden/plan";
  const FolderFiles files(folder);
  const query::Workspace workspace(files);
  const query::Snapshot now = workspace.snapshot();
  for (const std::string& name : hook_files(folder)) {
    const auto plan = now.plan(name + ".hook");
    INFO(name << "\n" << errors(now, plan ? std::vector<Diagnostic>() : plan.error()));
    REQUIRE(plan);
    const std::string base = "plan/" + name;
    test::check_golden(base + ".plan.json", to_json(**plan, true) + "\n");
    test::check_golden(base + ".plan.txt", to_text(**plan));
    const auto values = choose_values(**plan, {});
    REQUIRE(values);
    const Overview overview = make_overview(**plan, *values, "");
    test::check_golden(base + ".overview.txt", to_text(overview));
    test::check_golden(base + ".overview.json", to_json(overview));
  }
}

TEST_CASE("the plan of every example is sound and survives its JSON", "[lower]") {
  const fs::path folder = fs::path(HOOKC_SOURCE_DIR) / "examples";
  const FolderFiles files(folder);
  const query::Workspace workspace(files);
  const query::Snapshot now = workspace.snapshot();
  std::size_t planned = 0;
  for (const std::string& name : hook_files(folder)) {
    const auto plan = now.plan(name + ".hook");
    if (!plan) continue;  // that examples have no errors is a test of its own
    ++planned;
    INFO(name);
    CHECK(find_damage(**plan).value_or("") == "");
    const auto back = parse_plan(to_json(**plan));
    REQUIRE(back);
    CHECK(*back == **plan);
  }
  CHECK(planned > 10);
}

TEST_CASE("splices become operators by where they stand", "[lower]") {
  struct Row {
    const char *hook, *json;
  };
  for (
      const Row& row : {
          Row{R"(exec local "echo ${x}")", R"({"concat":["echo ",{"shell-word":[{"param":0}]}]})"},
          Row{R"(exec local "echo '${x}'")",
              R"({"concat":["echo '",{"shell-single":[{"param":0}]},"'"]})"},
          Row{R"(exec local "echo \"${x}\"")",
              R"({"concat":["echo \"",{"shell-double":[{"param":0}]},"\""]})"},
          Row{R"(exec local "echo ${raw(x)}")", R"({"concat":["echo ",{"concat":[{"param":0}]}]})"},
          Row{R"(exec local "echo \${x}")", R"("echo ${x}")"},
          Row{R"(http get "https://a.example/${x}/b?q=${x}")",
              R"({"concat":["https://a.example/",{"url-segment":[{"param":0}]},"/b?q=",{"url-component":[{"param":0}]}]})"},
          Row{R"(http get "https://a.example/v${x}")",
              R"({"concat":["https://a.example/v",{"url-component":[{"param":0}]}]})"},
          Row{R"(http get "https://a.example/${x}")",
              R"({"concat":["https://a.example/",{"url-segment":[{"param":0}]}]})"},
          Row{R"(http get ${u})", R"({"url-whole":[{"param":1}]})"},
          Row{R"(http get "${u}/x")", R"({"concat":[{"url-whole":[{"param":1}]},"/x"]})"},
      }) {
    CAPTURE(row.hook);
    const Plan plan = plan_of(fmt::format(
        "param x: string = \"v\"\nparam u: url = \"https://a.example\"\npre backup {}\n",
        row.hook));
    const Task& task = plan.steps.at(0).task;
    const auto* exec = std::get_if<Exec>(&task.action);
    const Expr& text =
        exec ? *exec->shell : std::get<Expr>(std::get<HttpRequest>(task.action).where);
    CHECK(to_json(text) == row.json);
  }
}

TEST_CASE("an expect replaces the default test when it reads what that reads", "[lower]") {
  struct Row {
    const char* hook;
    bool replaces;
  };
  for (const Row& row : {
           Row{"http get \"https://a.example/\"", false},
           Row{"http get \"https://a.example/\" expect body contains \"ok\"", false},
           Row{"http get \"https://a.example/\" expect body contains \"ok\" expect status == 404",
               true},
           Row{"http get \"https://a.example/\" expect json.status == \"up\"", false},
           Row{"exec local \"x\" expect exit in [0, 3]", true},
           Row{"exec local \"x\" expect stdout contains \"a\"", false},
       }) {
    CAPTURE(row.hook);
    const Plan plan = plan_of(fmt::format("pre backup {}\n", row.hook));
    CHECK(plan.steps.at(0).task.expect_replaces == row.replaces);
  }
}

TEST_CASE("steps without a name are called by their place", "[lower]") {
  const Plan plan = plan_of(
      "pre backup exec local \"a\"\n"
      "pre backup \"named\" exec local \"b\"\n"
      "hold backup exec local \"c\" release exec local \"d\" at most 1m\n"
      "post backup exec local \"e\"\n"
      "pre restore exec local \"f\"\n");
  std::vector<std::string> names;
  for (const Step& step : plan.steps) names.push_back(step.name);
  CHECK(names == std::vector<std::string>{"pre backup 1", "named", "pre backup 3", "post backup 1",
                                          "pre restore 1"});
}

TEST_CASE("templates that double their argument are stopped", "[lower]") {
  std::string text = "template t0(x: string) { exec local [\"echo\", \"${x}\"] }\n";
  for (int i = 1; i < 40; ++i) {
    text += fmt::format("template t{}(x: string) {{ use t{}(x: \"${{x}}${{x}}\") }}\n", i, i - 1);
  }
  text += "pre backup use t39(x: \"a\")\n";
  const query::MemoryFiles files({{"a.hook", text}});
  const query::Workspace workspace(files);
  const query::Snapshot now = workspace.snapshot();
  const auto plan = now.plan("a.hook");
  REQUIRE_FALSE(plan);
  CHECK(
      errors(now, plan.error()) ==
      "a.hook: HK0007 templates that hand their arguments on make too large an expression here\n");
}

}  // namespace
}  // namespace hookc::plan
