// Rule 41: what a test in the language means. The whole way, from the text of a file.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/query/workspace.hpp"
#include "interpreter/testing/runner/runner.hpp"

using namespace hookc;

namespace {

struct Tested {
  std::vector<std::string> messages;  // of all findings
  std::vector<std::string> labels;
  std::uint32_t runs = 0;
  std::vector<std::string> events;
  std::vector<std::string> uncovered;
};

Tested run_tests(const std::string& text) {
  const query::MemoryFiles files({{"a.hook", text}});
  query::Workspace workspace(files);
  const query::Snapshot now = workspace.snapshot();
  for (const Diagnostic& d : now.diagnostics("a.hook")) UNSCOPED_INFO(d.message);
  const auto plan = now.plan("a.hook");
  const auto tests = now.tests("a.hook");
  REQUIRE(plan);
  REQUIRE(tests);
  Tested out;
  runner::Coverage coverage(**plan);
  for (const plan::Test& test : *tests) {
    const runner::TestResult result = runner::run_test(**plan, test, coverage);
    out.runs += result.runs;
    out.events.insert(out.events.end(), result.events.begin(), result.events.end());
    for (const Diagnostic& d : result.findings) {
      out.messages.push_back(d.message);
      out.labels.push_back(d.primary.text);
    }
  }
  for (const runner::CoverageItem& item : coverage.items()) {
    if (!item.covered) out.uncovered.push_back(item.missing);
  }
  return out;
}

using Lines = std::vector<std::string>;

/// A program of one backup hook, and a test of it that gives this and expects that.
Tested one_hook(const std::string& hook, const std::string& given, const std::string& expected) {
  return run_tests(hook + "\ntest \"t\"\n  given backup succeeds\n" + given + "\n" + expected +
                   "\n");
}

}  // namespace

TEST_CASE("rule 41: replies beyond the list repeat the last", "[tests]") {
  const auto tested = one_hook("pre backup \"a\" http get \"https://a.example\" retry 4\n",
                               "  given hook \"a\" answers 500 then 503",
                               "  expect hook \"a\" made 5 attempts\n  expect hook \"a\" failed");
  CHECK(tested.messages == Lines{});
  CHECK(std::ranges::count_if(tested.events, [](const std::string& line) {
          return line.contains("HTTP status 503");
        }) >= 4);
}

TEST_CASE("rule 41: what no `given` scripts succeeds with empty output", "[tests]") {
  CHECK(one_hook("pre backup \"a\" exec local \"x\" expect stdout == \"\"\n", "",
                 "  expect hook \"a\" succeeded")
            .messages == Lines{});
  const auto wants_output =
      one_hook("pre backup \"a\" exec local \"x\" capture json.size as size\n", "",
               "  expect session succeeded");
  CHECK(wants_output.messages == Lines{"test \"t\": the session did not succeed"});
  CHECK(wants_output.labels ==
        Lines{"ended Failed: pre backup \"a\" failed: cannot capture `size`: it is missing"});
}

TEST_CASE("rule 41: secrets are stand-ins, and told as ***", "[tests]") {
  const auto tested = run_tests(R"(secret hook-url: url from env U
secret token from env T
post backup "a" http post ${hook-url}
  header "Authorization" "Bearer ${token}"
test "t"
  given backup succeeds
  given http post ${hook-url} answers 500
  expect hook "a" failed
test "u"
  given backup succeeds
  given http get ${hook-url} answers 500
  expect hook "a" succeeded
)");
  CHECK(tested.messages == Lines{"test \"u\": no hook of the backup gets `***`"});
}

TEST_CASE("rule 41: the clock is virtual", "[tests]") {
  const auto tested = one_hook("pre backup \"a\" exec local \"x\" timeout 1h retry 1 every 1000h\n",
                               "  given hook \"a\" hangs", "  expect hook \"a\" made 2 attempts");
  CHECK(tested.messages == Lines{});
  CHECK(tested.events.back().contains("41d18h"));
}

TEST_CASE("rule 41: `made N attempts` counts attempts, `ran` means at least one", "[tests]") {
  const std::string hooks =
      "pre backup \"a\" exec local \"x\" retry 2\n"
      "post backup on success \"b\" exec local \"y\"\n";
  CHECK(one_hook(hooks, "  given hook \"a\" fails \"no\"",
                 "  expect hook \"a\" made 3 attempts\n  expect hook \"a\" ran\n"
                 "  expect hook \"b\" made 0 attempts\n  expect hook \"b\" did not run")
            .messages == Lines{});
  const auto wrong = one_hook(hooks, "  given hook \"a\" fails \"no\"",
                              "  expect hook \"a\" made 2 attempts\n  expect hook \"b\" ran\n"
                              "  expect hook \"a\" did not run");
  CHECK(wrong.labels == Lines{"made 3 attempts", "did not run: runs on success only",
                              "made 3 attempts and failed: no after 3 attempts"});
}

TEST_CASE("scripts: a hook takes as long as the test says, within its timeout", "[tests]") {
  const std::string hook = "pre backup \"a\" exec local \"x\" timeout 10s expect stdout == \"y\"\n";
  CHECK(one_hook(hook, "  given hook \"a\" takes 10s", "  expect hook \"a\" succeeded").messages ==
        Lines{});
  CHECK(
      one_hook(hook, "  given hook \"a\" takes 10001ms", "  expect hook \"a\" succeeded").labels ==
      Lines{"failed: timed out after 10s"});
  CHECK(one_hook(hook, "  given hook \"a\" answers 0 with \"y\"", "  expect hook \"a\" succeeded")
            .messages == Lines{});
  CHECK(one_hook(hook, "  given hook \"a\" answers 4 with \"y\"", "  expect hook \"a\" succeeded")
            .labels == Lines{"failed: exit code 4"});
}

TEST_CASE("scripts: by name before by call, and calls by what is sent", "[tests]") {
  const std::string hooks = R"(param host: hostname = "a.example"
pod db labels "app=db"
function tools image "tools:1" command ["x"]
pre backup "get" http get "https://${host}/x"
pre backup "tcp" tcp connect "${host}:5432"
pre backup "exec" exec in pod db "x"
pre backup "job" exec in function tools
)";
  CHECK(one_hook(hooks,
                 "  given http get \"https://${host}/x\" answers 500\n"
                 "  given hook \"get\" answers 200\n"
                 "  given tcp connect \"a.example:5432\" succeeds\n"
                 "  given exec in pod db succeeds\n  given exec in function tools fails \"oh\"",
                 "  expect hook \"exec\" succeeded\n  expect hook \"job\" failed")
            .messages == Lines{});
  CHECK(one_hook(hooks,
                 "  given param host = \"b.example\"\n  given tcp connect \"b.example:5432\" hangs",
                 "  expect hook \"tcp\" failed")
            .messages == Lines{});
  CHECK(
      one_hook(hooks, "  given tcp connect \"a.example:5433\" hangs", "  expect session succeeded")
          .messages == Lines{"test \"t\": no hook of the backup connects to `a.example:5433`"});
}

TEST_CASE("scripts: a call that only the session knows is not called idle", "[tests]") {
  CHECK(one_hook("pre backup \"where\" exec local \"x\" capture stdout as port\n"
                 "pre backup \"there\" http get \"https://a.example/${port}\" when false\n",
                 "  given hook \"where\" answers 0 with \"80\"\n"
                 "  given http get \"https://a.example/80\" answers 500",
                 "  expect session succeeded")
            .messages == Lines{});
}

TEST_CASE("selections find as many pods as they ask for", "[tests]") {
  CHECK(one_hook("pod db labels \"app=db\" on all exactly 3\n"
                 "pre backup \"a\" exec in pod db \"x\"\n",
                 "", "  expect hook \"a\" succeeded")
            .messages == Lines{});
}

TEST_CASE("the operation: exit codes go through `succeeds when`", "[tests]") {
  const std::string program = R"(operation backup succeeds when exit in [0, 3]
post backup on success "ok" exec local "x"
test "warnings"
  given backup answers 3 with "a file changed"
  expect hook "ok" ran
  expect session succeeded
test "another code"
  given backup answers 1
  expect session failed
test "failure"
  given backup fails "disk full"
  expect hook "ok" did not run
)";
  CHECK(run_tests(program).messages == Lines{});
}

TEST_CASE("on error skip ends a session as skipped", "[tests]") {
  CHECK(one_hook("pre backup \"a\" exec local \"x\" on error skip\n", "  given hook \"a\" fails",
                 "  expect session skipped")
            .messages == Lines{});
}

TEST_CASE("every single failure: each thing that can fail does, and hookc is killed", "[tests]") {
  const std::string hooks = R"(pre backup "a" exec local "x"
hold backup "h" exec local "on" release exec local "off" retry 1 at most 5m
post backup on failure "page" exec local "page"
)";
  const auto tested = run_tests(hooks + R"(test "t" for every single failure
  given backup succeeds
  expect hold "h" was released
  expect session failed
)");
  // A release that fails once and is tried again fails no session; its test is wrong to expect it.
  CHECK(
      tested.messages ==
      Lines{
          "test \"t\": the session did not fail when the release of hold backup \"h\" fails once"});
  // Two ways for `a`, four for the hold, one for the backup, none for `page`, which runs only after
  // one of these; the rest are kills.
  CHECK(tested.runs > 7);
  CHECK(run_tests(hooks + R"(test "t" for every single failure
  given backup succeeds
  expect hook "a" ran
  expect hold "h" was released
)")
            .messages == Lines{});
}

TEST_CASE("every single failure: without a given, both operations are played", "[tests]") {
  const auto tested =
      run_tests(R"(hold backup "b" exec local "on" release exec local "off" retry 1 at most 1m
hold restore "r" exec local "on" release exec local "off" at most 1m
test "t" for every single failure
  expect hold "b" was released
  expect hold "r" was released
)");
  CHECK(tested.messages ==
        Lines{"test \"t\": hold restore \"r\" is still held when the release of hold restore \"r\" "
              "fails once"});
}

TEST_CASE("held sessions can be scripted and die", "[tests]") {
  const std::string hold = R"(hold backup "locked" session
  exec in pod db "mysql"
  ready once stdout matches /LOCKED/
  timeout 10s
  release stdin "UNLOCK;\n" expect stdout contains "OK"
  at most 5m
)";
  CHECK(run_tests(hold + R"(test "good"
  given backup succeeds
  given hold "locked" answers 0 with "LOCKED"
  given release "locked" answers 0 with "OK"
  expect hold "locked" was released
  expect session succeeded
test "never ready"
  given backup succeeds
  given hold "locked" answers 0 with "waiting"
  expect hook "locked" failed
  expect session failed
test "every" for every single failure
  given backup succeeds
  given release "locked" succeeds
  expect hold "locked" was released
  expect session failed
)")
            .messages == Lines{});
}

TEST_CASE("a hold ends by what the operation prints", "[tests]") {
  const std::string hold = R"(hold backup "h"
  exec local "on"
  release exec local "off"
  until operation prints /snapshot [0-9]+ created/
  at most 5m
)";
  const auto tested = run_tests(hold + R"(test "t"
  given backup answers 0 with "begin\nsnapshot 12 created\nuploaded"
  expect hold "h" was released
  expect session succeeded
)");
  CHECK(tested.messages == Lines{});
  const auto line = [&](std::string_view part) {
    return std::ranges::find_if(tested.events, [&](const auto& it) { return it.contains(part); }) -
           tested.events.begin();
  };
  CHECK(line("release of hold backup \"h\" started") < line("backup succeeded"));
}

TEST_CASE("coverage knows hooks and outcome paths", "[tests]") {
  const std::string hooks = R"(pre backup "a" exec local "x"
post backup "log" exec local "y"
post backup on failure "page" exec local "z"
)";
  CHECK(run_tests(hooks).uncovered.size() == 9);
  CHECK(
      run_tests(hooks + "test \"t\" given backup succeeds expect session succeeded\n").uncovered ==
      Lines{"pre backup \"a\" never fails", "post backup \"log\" never runs after a failure",
            "post backup \"page\" never runs", "the backup itself never fails"});
  CHECK(run_tests(hooks +
                  "test \"t\" given backup succeeds expect session succeeded\n"
                  "test \"u\" given backup fails expect session failed\n"
                  "test \"v\" given backup succeeds given hook \"a\" fails expect session failed\n")
            .uncovered == Lines{});
}
