// Holds and signals: what was acquired is released, on every path.
#include <algorithm>

#include <catch2/catch.hpp>

#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;
using plan::OnError;
using plan::Op;
using plan::Policy;

namespace {

using Lines = std::vector<std::string>;

struct Ran {
  PlanBuilder& builder;
  ScriptedWorld world;
  std::unique_ptr<Session> session;

  explicit Ran(PlanBuilder& b) : builder(b), world(b.plan) {}
  const SessionResult& run() {
    session = std::make_unique<Session>(builder.plan, builder.inputs());
    REQUIRE(world.run(*session));
    return session->result();
  }
  std::size_t count(std::string_view line_start) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        world.trace(), [&](const std::string& l) { return l.starts_with(line_start); }));
  }
};

}  // namespace

TEST_CASE("rule 27: releases run in reverse order, each although another failed",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("a");
  builder.hold("b");
  builder.hold("c");
  Ran ran(builder);
  ran.world.answer({"b", true}, {exit_code(4)});
  const SessionResult& result = ran.run();
  CHECK(ran.world.trace() == Lines{"attempt a #1 at 0", "attempt b #1 at 0", "attempt c #1 at 0",
                                   "operation at 0", "attempt release c #1 at 0",
                                   "attempt release b #1 at 0", "attempt release a #1 at 0",
                                   "finish at 0"});
  CHECK(result.status == SessionStatus::Failed);
  CHECK(result.outcome == Outcome::Failure);
  CHECK(result.still_held == std::vector<std::uint32_t>{1});
  CHECK(result.reason == "hold backup \"b\" is still held: its release failed: exit code 4");
}

TEST_CASE("rule 27: members of a together are released in reverse file order, one after another",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("a");
  builder.hold("b");
  builder.together(builder.plan.backup.pre, 2);
  Ran ran(builder);
  ran.world.answer({"a"}, {exit_code(0, {}, {}, 50)});
  ran.world.answer({"b", true}, {exit_code(0, {}, {}, 10)});
  ran.run();
  CHECK(ran.world.trace() == Lines{"attempt a #1 at 0", "attempt b #1 at 0", "operation at 50",
                                   "attempt release b #1 at 50", "attempt release a #1 at 60",
                                   "finish at 60"});
}

TEST_CASE("a release has its own retry and timeout", "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("a");
  hold.hold->release.retry.count = number(2);
  hold.hold->release.timeout = duration(100);
  Ran ran(builder);
  ran.world.answer({"a", true}, {hangs(), exit_code(1), exit_code(0)});
  const SessionResult& result = ran.run();
  CHECK(result.status == SessionStatus::Succeeded);
  CHECK(result.releases[0].attempts == 3);
  CHECK(result.releases[0].ended == 2100);
}

TEST_CASE("rule 23: an unknown result is followed by one release before the next attempt",
          "[engine][holds]") {
  for (const bool freed : {true, false}) {
    PlanBuilder builder;
    builder.hold("a").task.retry.count = number(1);
    Ran ran(builder);
    ran.world.answer({"a"}, {lost(), exit_code(0)});
    ran.world.answer({"a", true}, {exit_code(freed ? 0 : 1), exit_code(0)});
    const SessionResult& result = ran.run();
    if (freed) {
      CHECK(ran.world.trace() == Lines{"attempt a #1 at 0", "attempt release a #1 at 0",
                                       "attempt a #2 at 1000", "operation at 1000",
                                       "attempt release a #1 at 1000", "finish at 1000"});
      CHECK(result.status == SessionStatus::Succeeded);
    } else {
      CHECK(ran.world.trace() == Lines{"attempt a #1 at 0", "attempt release a #1 at 0",
                                       "attempt release a #1 at 0", "finish at 0"});
      CHECK(result.steps[0].reason ==
            "connection lost, and the release before another attempt failed");
      CHECK(result.still_held.empty());
    }
  }
}

TEST_CASE("rule 23: after a definite failure the next attempt needs no release",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("a").task.retry.count = number(1);
  Ran ran(builder);
  ran.world.answer({"a"}, {exit_code(1), exit_code(0)});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.world.trace() == Lines{"attempt a #1 at 0", "attempt a #2 at 1000", "operation at 1000",
                                   "attempt release a #1 at 1000", "finish at 1000"});
}

TEST_CASE("rule 23: with on all only the pods of unknown result are released and tried again",
          "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold =
      builder.hold("a", exec_in(pods("app=x", true), "lock"), exec_in(pods("app=x", true), "free"));
  hold.task.retry.count = number(1);
  Ran ran(builder);
  ran.world.pods({{"p0", "p1", "p2"}});
  ran.world.answer({"a", false, "p1"}, {hangs(), exit_code(0)});
  ran.world.answer({"a", false, "p2"}, {exit_code(1), exit_code(0)});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.world.trace() ==
        Lines{"attempt a in p0 #1 at 0", "attempt a in p1 #1 at 0", "attempt a in p2 #1 at 0",
              "attempt release a in p1 #1 at 300000", "attempt a in p1 #2 at 301000",
              "attempt a in p2 #2 at 301000", "operation at 301000",
              "attempt release a in p0 #1 at 301000", "attempt release a in p1 #1 at 301000",
              "attempt release a in p2 #1 at 301000", "finish at 301000"});
}

TEST_CASE(
    "rule 24: a failed or unknown acquire is released; only if acquired skips a definite failure",
    "[engine][holds]") {
  struct Row {
    Reply acquire;
    bool only_if_acquired, release_fails;
    bool released, still_held;
  };
  for (const Row& row :
       std::vector<Row>{{exit_code(1), false, false, true, false},
                        {exit_code(1), false, true, true, false},  // a note, nothing is held
                        {exit_code(1), true, false, false, false},
                        {lost(), false, false, true, false},
                        {lost(), true, false, true, false},
                        {lost(), true, true, true, true},
                        {hangs(), true, true, true, true},
                        {refused(), true, true, false, false},
                        {exit_code(0), true, true, true, true}}) {
    CAPTURE(row.acquire.result.index(), row.only_if_acquired, row.release_fails);
    PlanBuilder builder;
    builder.hold("a").hold->only_if_acquired = row.only_if_acquired;
    Ran ran(builder);
    ran.world.answer({"a"}, {row.acquire});
    if (row.release_fails) ran.world.answer({"a", true}, {exit_code(9)});
    const SessionResult& result = ran.run();
    CHECK((ran.count("attempt release") == 1) == row.released);
    CHECK(!result.still_held.empty() == row.still_held);
    const bool noted = std::ranges::any_of(ran.world.reports(), [](const Report& r) {
      return r.text == "the release of hold backup \"a\" failed, but nothing was acquired";
    });
    CHECK(noted == (row.released && row.release_fails && !row.still_held));
  }
}

TEST_CASE("rule 24: nothing was attempted, nothing is released", "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("a", exec_in(pods("app=x"), "lock"), exec_in(pods("app=x"), "free"));
  Ran ran(builder);
  ran.world.pods({{}});
  const SessionResult& result = ran.run();
  CHECK(result.steps[0].reason == "no ready pod `app=x`");
  CHECK(ran.world.trace() == Lines{"finish at 0"});
  CHECK(result.releases[0].phase == StepPhase::Skipped);
}

TEST_CASE("rule 25: on error warn and continue let the operation run unprotected",
          "[engine][holds]") {
  for (const OnError on_error : {OnError::Warn, OnError::Continue}) {
    PlanBuilder builder;
    builder.hold("a").on_error = on_error;
    Ran ran(builder);
    ran.world.answer({"a"}, {exit_code(1)});
    const SessionResult& result = ran.run();
    CHECK(ran.count("operation") == 1);
    CHECK(ran.count("attempt release a") == 1);
    CHECK(result.status ==
          (on_error == OnError::Warn ? SessionStatus::Succeeded : SessionStatus::Failed));
    CHECK(std::ranges::any_of(ran.world.reports(), [](const Report& r) {
      return r.text == "hold backup \"a\" failed: the backup may run unprotected";
    }));
  }
}

TEST_CASE("rule 26: a release that needs a capture an unknown acquire did not leave is still held",
          "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("a", http_get("http://h/lock"), http_get(""));
  hold.hold->only_if_acquired = true;
  plan::Expr id = apply(Op::Member, {fact("json")});
  id.name = "id";
  const std::uint32_t index = builder.capture(hold, "id", id);
  plan::HttpRequest release;
  release.where = apply(Op::Concat, {text("http://h/unlock/"), leaf(Op::Capture, "", index)});
  builder.plan.steps[0].hold->release.action = release;
  {
    Ran ran(builder);
    ran.world.answer({"a"}, {http(200, R"({"id": "L1"})")});
    CHECK(ran.run().status == SessionStatus::Succeeded);
    CHECK(std::get<HttpRequest>(ran.world.attempts().back().request).url == "http://h/unlock/L1");
  }
  {
    Ran ran(builder);
    ran.world.answer({"a"}, {lost()});
    const SessionResult& result = ran.run();
    CHECK(result.still_held == std::vector<std::uint32_t>{0});
    CHECK(result.releases[0].reason.find("id") != std::string::npos);
    CHECK(ran.count("attempt release") == 0);
  }
}

TEST_CASE(
    "rule 21: a release in the same pod goes to the recorded pods; one that is gone counts as "
    "freed",
    "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("a", exec_in(pods("app=x", true), "lock"), exec_in(pods("app=x", true), "free"));
  Ran ran(builder);
  ran.world.pods({{"p0", "p1"}, {"other"}});
  ran.world.answer({"a", true, "p1"}, {{DefiniteFailure{"not found", true}}});
  const SessionResult& result = ran.run();
  CHECK(ran.world.trace() == Lines{"attempt a in p0 #1 at 0", "attempt a in p1 #1 at 0",
                                   "operation at 0", "attempt release a in p0 #1 at 0",
                                   "attempt release a in p1 #1 at 0", "finish at 0"});
  CHECK(ran.world.attempts().back().pod->uid == "uid-p1");
  CHECK(result.status == SessionStatus::Succeeded);
}

TEST_CASE("rule 28: at most releases while the operation runs, what was acquired later first",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("outer");
  builder.hold("limited").hold->at_most = duration(1000);
  builder.hold("inner");
  Ran ran(builder);
  ran.world.operation({0, {}, {}}, 5000);
  const SessionResult& result = ran.run();
  CHECK(ran.world.trace() == Lines{"attempt outer #1 at 0", "attempt limited #1 at 0",
                                   "attempt inner #1 at 0", "operation at 0",
                                   "attempt release inner #1 at 1000",
                                   "attempt release limited #1 at 1000",
                                   "attempt release outer #1 at 5000", "finish at 5000"});
  CHECK(result.outcome == Outcome::Failure);
  CHECK(result.reason == "hold backup \"limited\" reached its limit of 1s");
  CHECK(result.still_held.empty());
}

TEST_CASE("rule 28: at most stops the running pre hook, and no operation starts",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("limited").hold->at_most = duration(1000);
  builder.pre("slow");
  builder.pre("never");
  Ran ran(builder);
  ran.world.answer({"slow"}, {exit_code(0, {}, {}, 9000)});
  const SessionResult& result = ran.run();
  CHECK(ran.world.trace() == Lines{"attempt limited #1 at 0", "attempt slow #1 at 0",
                                   "cancel at 1000", "attempt release limited #1 at 1000",
                                   "finish at 1000"});
  CHECK(result.steps[1].reason == "stopped: a hold reached its limit");
  CHECK(result.steps[2].phase == StepPhase::Skipped);
}

TEST_CASE(
    "rule 28: at most counts from the start of the acquire's first attempt, and ends with the "
    "release",
    "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("a");
  hold.hold->at_most = duration(1000);
  hold.task.retry.count = number(5);
  {
    Ran ran(builder);  // the acquire itself takes too long
    ran.world.answer({"a"}, {exit_code(1, {}, {}, 100)});
    const SessionResult& result = ran.run();
    CHECK(result.reason == "hold backup \"a\" reached its limit of 1s");
    CHECK(ran.world.now() == 1000);
  }
  {
    Ran ran(builder);  // a release that takes long was in time
    ran.world.answer({"a", true}, {exit_code(0, {}, {}, 60000)});
    ran.world.operation({0, {}, {}}, 900);
    CHECK(ran.run().status == SessionStatus::Succeeded);
  }
}

TEST_CASE("until: the hold is released when the named hook has ended, before anything later",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("stopped");
  builder.hold("other");
  const std::uint32_t dump = builder.pre("dump").id;
  builder.pre("upload");
  builder.plan.steps[0].hold->until_step = dump;
  Ran ran(builder);
  ran.world.answer({"stopped", true}, {exit_code(0, {}, {}, 10)});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.world.trace() == Lines{"attempt stopped #1 at 0", "attempt other #1 at 0",
                                   "attempt dump #1 at 0", "attempt release stopped #1 at 0",
                                   "attempt upload #1 at 10", "operation at 10",
                                   "attempt release other #1 at 10", "finish at 10"});
}

TEST_CASE("until: a release that fails stops the pre side", "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("stopped");
  const std::uint32_t dump = builder.pre("dump").id;
  builder.pre("upload");
  builder.plan.steps[0].hold->until_step = dump;
  Ran ran(builder);
  ran.world.answer({"stopped", true}, {exit_code(1)});
  const SessionResult& result = ran.run();
  CHECK(ran.count("attempt release") == 1);
  CHECK(ran.count("operation") == 0);
  CHECK(result.steps[2].phase == StepPhase::Skipped);
  CHECK(result.still_held == std::vector<std::uint32_t>{0});
}

TEST_CASE("rule 19: a signal stops what runs; releases and post hooks follow", "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("held");
  builder.pre("slow");
  builder.post("bad", Policy::OnFailure);
  builder.post("good", Policy::OnSuccess);
  {
    Ran ran(builder);
    ran.world.answer({"slow"}, {exit_code(0, {}, {}, 1000)});
    ran.world.interrupt_at(500);
    const SessionResult& result = ran.run();
    CHECK(ran.world.trace() == Lines{"attempt held #1 at 0", "attempt slow #1 at 0",
                                     "cancel at 500", "attempt release held #1 at 500",
                                     "attempt bad #1 at 500", "finish at 500"});
    CHECK(result.reason == "interrupted");
    CHECK(result.steps[1].reason == "interrupted");
  }
  {
    Ran ran(builder);
    ran.world.operation({0, {}, {}}, 1000);
    ran.world.interrupt_at(500);
    CHECK(ran.run().outcome == Outcome::Failure);
    CHECK(ran.world.trace() == Lines{"attempt held #1 at 0", "attempt slow #1 at 0",
                                     "operation at 0", "stop operation at 500",
                                     "attempt release held #1 at 500", "attempt bad #1 at 500",
                                     "finish at 500"});
  }
  {
    Ran ran(builder);  // a second signal drops the post hooks, never a release
    ran.world.answer({"held", true}, {exit_code(0, {}, {}, 1000)});
    ran.world.interrupt_at(500);
    ran.world.interrupt_at(600);
    ran.world.interrupt_at(700);
    const SessionResult& result = ran.run();
    CHECK(result.releases[0].phase == StepPhase::Succeeded);
    CHECK(result.steps[2].phase == StepPhase::Skipped);
    CHECK(result.steps[2].reason == "dropped by a second signal");
    CHECK(ran.world.now() == 1000);
  }
}

TEST_CASE("rule 19: an acquire that was stopped counts as unknown and is released",
          "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("held");
  hold.hold->only_if_acquired = true;
  hold.task.retry.count = number(3);
  Ran ran(builder);
  ran.world.answer({"held"}, {exit_code(0, {}, {}, 1000)});
  ran.world.interrupt_at(500);
  ran.run();
  CHECK(ran.world.trace() == Lines{"attempt held #1 at 0", "cancel at 500",
                                   "attempt release held #1 at 500", "finish at 500"});
}
