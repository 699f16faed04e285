// The engine and pods: which are chosen, how many at once, what is repeated (rule 11).
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;
using plan::OnError;
using plan::Op;
using plan::Policy;

TEST_CASE("rule 11: on one takes the first by name and keeps it over retries", "[engine]") {
  PlanBuilder builder;
  builder.pre("a", exec_in(pods("app=orders"), "x")).task.retry.count = number(1);
  Ran ran(builder);
  ran.world.pods({{"web-2", "web-1"}});
  ran.world.answer({"a"}, {exit_code(1), exit_code(0)});
  ran.run();
  CHECK(ran.lines() == Lines{"attempt a in web-1 #1 at 0", "attempt a in web-1 #2 at 1000",
                             "operation at 1000", "finish at 1000"});
}

TEST_CASE("rule 11: on all goes everywhere at once and repeats only what failed", "[engine]") {
  PlanBuilder builder;
  plan::Step& step = builder.pre("a", exec_in(pods("app=orders", true), "x"));
  step.task.retry.count = number(1);
  const std::uint32_t index = builder.capture(step, "names", fact("stdout"), true);
  plan::Step& reader = builder.pre("b");
  std::get<plan::Exec>(reader.task.action).shell = apply(
      Op::Concat, {text("echo "), [&] {
                     plan::Expr call = apply(Op::Call, {leaf(Op::Capture, "", index), text(",")});
                     call.name = "join";
                     return call;
                   }()});
  Ran ran(builder);
  ran.world.pods({{"p2", "p0", "p1"}});
  ran.world.answer({"a", false, "p0"}, {exit_code(0, "zero")});
  ran.world.answer({"a", false, "p1"}, {exit_code(1), exit_code(0, "one")});
  ran.world.answer({"a", false, "p2"}, {exit_code(0, "two")});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines() == Lines{"attempt a in p0 #1 at 0", "attempt a in p1 #1 at 0",
                             "attempt a in p2 #1 at 0", "attempt a in p1 #2 at 1000",
                             "attempt b #1 at 1000", "operation at 1000", "finish at 1000"});
  const auto& request = std::get<ExecRequest>(ran.world.attempts().back().request);
  CHECK(request.argv == Lines{"/bin/sh", "-c", "echo zero,one,two"});
}

TEST_CASE("rule 11: pods that do not match are a failure, looked for again by retries",
          "[engine]") {
  struct Row {
    std::optional<std::int64_t> exactly, at_least;
    std::vector<std::string> found;
    std::string reason;
  };
  for (const Row& row : std::vector<Row>{{{}, {}, {}, "no running pod `app=x`"},
                                         {3, {}, {"a", "b"}, "2 pods match, not exactly 3"},
                                         {2, {}, {"a", "b"}, ""},
                                         {{}, 3, {"a", "b"}, "2 pods match, not at least 3"},
                                         {{}, 2, {"a", "b", "c"}, ""}}) {
    PlanBuilder builder;
    plan::PodSelection selection = pods("app=x", true);
    if (row.exactly) selection.exactly = number(*row.exactly);
    if (row.at_least) selection.at_least = number(*row.at_least);
    builder.pre("a", exec_in(selection, "x"));
    Ran ran(builder);
    ran.world.pods({row.found});
    CHECK(ran.run().steps[0].reason == row.reason);
  }
  PlanBuilder builder;
  builder.pre("a", exec_in(pods("app=x"), "x")).task.retry.count = number(2);
  Ran ran(builder);
  ran.world.pods({{}, {}, {"late"}});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines().front() == "attempt a in late #3 at 2000");
}

TEST_CASE("on all: at most sixteen at once; one by one: one", "[engine]") {
  for (const bool one_by_one : {false, true}) {
    PlanBuilder builder;
    plan::PodSelection selection = pods("app=x", true);
    selection.one_by_one = one_by_one;
    builder.pre("a", exec_in(selection, "x"));
    Ran ran(builder);
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) names.push_back("p" + std::to_string(100 + i));
    ran.world.pods({names});
    ran.world.answer({"a"}, {exit_code(0, {}, {}, 10)});
    ran.run();
    std::size_t running = 0;
    std::size_t most = 0;
    for (const Report& report : ran.world.reports()) {
      if (report.kind == Report::Kind::AttemptStarted) most = std::max(most, ++running);
      if (report.kind == Report::Kind::AttemptEnded) --running;
    }
    CHECK(most == (one_by_one ? 1 : 16));
    CHECK(ran.world.attempts().size() == 40);
  }
}
