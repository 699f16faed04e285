// Held sessions (rule 29): one process open over the operation, from its readiness to its release.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;
using plan::Op;

namespace {

bool noted(const Ran& ran, std::string_view text) {
  return std::ranges::any_of(ran.world.reports(), [&](const Report& r) {
    return r.kind == Report::Kind::Note && r.text == text;
  });
}

plan::Action in_pods(std::string command) {
  return exec_in(pods("app=x", true), std::move(command));
}

}  // namespace

TEST_CASE("rule 29: a session hold is acquired when ready, and released by its stdin",
          "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.hold->release.expect = matches(fact("stdout"), "DONE");
  hold.hold->release.timeout = duration(9000);
  const std::uint32_t index = builder.capture(hold, "first", fact("stdout"));
  Ran ran(builder);
  ran.world.answer({"locked"}, {ok("READY 7", 20)});
  ran.world.answer({"locked", true}, {ok("DONE", 5)});
  ran.world.operation({0, {}, {}}, 100);
  const SessionResult& result = ran.run();
  CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "ready locked at 20", "operation at 20",
                             "attempt release locked #1 at 120", "finish at 125"});
  CHECK(result.status == SessionStatus::Succeeded);
  CHECK(result.steps[0].output == "READY 7");
  CHECK(result.releases[0].output == "DONE");
  const StartAttempt& start = ran.world.attempts()[0];
  CHECK((start.session && std::holds_alternative<ExecRequest>(start.request)));
  const StartAttempt& release = ran.world.attempts()[1];
  CHECK(std::get<SessionInput>(release.request) == SessionInput{start.attempt, "UNLOCK"});
  CHECK(release.timeout == 9000);
  const StepPast past = ran.session->past().steps[0];
  CHECK(past.captures == decltype(past.captures){{index, plan::Value{"READY 7"}}});
  CHECK(past.hold->settled);
}

TEST_CASE("rule 29: the journal has the session's handle before it is ready and while it is held",
          "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked");
  Ran ran(builder);
  std::vector<HeldTarget> seen;
  ran.world.answer({"locked"}, {ok("READY", 20)});
  ran.world.watch([&](const Command& command) {
    if (std::holds_alternative<SessionReady>(command) ||
        std::holds_alternative<StartOperation>(command)) {
      seen.push_back(ran.world.saved().steps[0].hold->targets[0]);
    }
  });
  ran.run();
  CHECK(seen == std::vector<HeldTarget>(2, {std::nullopt, Effect::Acquired, "session-1"}));
}

TEST_CASE("rule 29: a session without `ready once` holds when it has started",
          "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked").hold->ready_once.reset();
  Ran ran(builder);
  ran.world.answer({"locked"}, {ok("", 50)});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines()[1] == "ready locked at 0");
}

TEST_CASE("rule 29: what is to be captured belongs to readiness", "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.task.timeout = duration(1000);
  plan::Expr id = apply(Op::Member, {fact("json")});
  id.name = "id";
  builder.capture(hold, "id", id);
  Ran ran(builder);
  ran.world.answer({"locked"}, {ok("READY", 20)});
  const SessionResult& result = ran.run();
  CHECK(result.steps[0].reason == "not ready after 1s: cannot capture `id`: it is missing");
  CHECK(result.steps[0].output == "READY");
}

TEST_CASE("rule 29: a session that is not ready in time is unknown, and what is left is ended",
          "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.task.timeout = duration(1000);
  hold.task.retry.count = number(1);
  Ran ran(builder);
  ran.world.answer({"locked"}, {ok("waiting"), ok("READY")});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "end session release locked #1 at 1000",
                             "attempt locked #2 at 2000", "ready locked at 2000",
                             "operation at 2000", "attempt release locked #1 at 2000",
                             "finish at 2000"});
  CHECK(std::get<EndSession>(ran.world.attempts()[1].request).handle == "session-1");
}

TEST_CASE("rule 29: a session that ends before it is ready definitely failed",
          "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.task.retry.count = number(1);
  Ran ran(builder);
  ran.world.answer({"locked"}, {exit_code(3, "hello\n", "ERROR 1045: denied\n\n", 10)});
  const SessionResult& result = ran.run();
  CHECK(ran.lines() ==
        Lines{"attempt locked #1 at 0", "attempt locked #2 at 1010", "finish at 1020"});
  CHECK(result.steps[0].reason ==
        "its session ended before it was ready (exit code 3: ERROR 1045: denied) after 2 attempts");
  CHECK(result.steps[0].output == "hello\nERROR 1045: denied\n\n");
  CHECK(result.releases[0].reason == "its session has ended");
  CHECK(result.still_held.empty());
}

TEST_CASE("rule 29: a session that ends early is a lost hold: no release, no operation",
          "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked");
  builder.pre("slow");
  builder.pre("never");
  builder.post("page", plan::Policy::OnFailure);
  Ran ran(builder);
  ran.world.answer({"locked"}, {dies("READY", 500)});
  ran.world.answer({"slow"}, {ok("", 900)});
  const SessionResult& result = ran.run();
  CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "ready locked at 0", "attempt slow #1 at 0",
                             "attempt page #1 at 900", "finish at 900"});
  const std::string reason =
      "hold backup \"locked\" was lost: its session ended early (exit code 1)";
  CHECK(result.reason == reason);
  CHECK(noted(ran, reason));
  CHECK(result.outcome == Outcome::Failure);
  CHECK(result.steps[1].phase == StepPhase::Succeeded);  // a running one is left to end
  CHECK(result.steps[2].phase == StepPhase::Skipped);
  CHECK(result.releases[0].phase == StepPhase::Skipped);
  CHECK(result.releases[0].reason == "lost: its session ended early (exit code 1)");
  CHECK(result.still_held.empty());
}

TEST_CASE("rule 29: a session lost during the operation lets it end, and fails the session",
          "[engine][sessions]") {
  PlanBuilder builder;
  builder.hold("other");
  builder.session_hold("locked").hold->at_most = duration(600);
  Ran ran(builder);
  ran.world.answer({"locked"}, {dies("READY", 500, 0)});
  ran.world.operation({0, {}, {}}, 1000);
  const SessionResult& result = ran.run();
  CHECK(ran.lines() == Lines{"attempt other #1 at 0", "attempt locked #1 at 0", "ready locked at 0",
                             "operation at 0", "attempt release other #1 at 1000",
                             "finish at 1000"});
  CHECK(result.outcome == Outcome::Failure);
  CHECK(result.reason == "hold backup \"locked\" was lost: its session ended early (exit code 0)");
}

TEST_CASE("rule 29: on all every pod must be ready; a retry repeats only those that were not",
          "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked", in_pods("lock"));
  hold.task.retry.count = number(1);
  SECTION("the second round makes it") {
    Ran ran(builder);
    ran.world.pods({{"p0", "p1"}});
    ran.world.answer({"locked"}, {ok("READY", 10)});
    ran.world.answer({"locked", false, "p1"}, {exit_code(1, {}, {}, 20), ok("READY")});
    CHECK(ran.run().status == SessionStatus::Succeeded);
    CHECK(ran.lines() == Lines{"attempt locked in p0 #1 at 0", "attempt locked in p1 #1 at 0",
                               "ready locked at 10", "attempt locked in p1 #2 at 1020",
                               "ready locked at 1020", "operation at 1020",
                               "attempt release locked in p0 #1 at 1020",
                               "attempt release locked in p1 #1 at 1020", "finish at 1020"});
  }
  SECTION("it fails, and those that were ready are released") {
    Ran ran(builder);
    ran.world.pods({{"p0", "p1"}});
    ran.world.answer({"locked"}, {ok("READY", 10)});
    ran.world.answer({"locked", false, "p1"}, {refused()});
    const SessionResult& result = ran.run();
    CHECK(ran.lines().back() == "finish at 1010");
    CHECK(std::ranges::count(ran.lines(), "attempt release locked in p0 #1 at 1010") == 1);
    CHECK(result.still_held.empty());
    CHECK(result.status == SessionStatus::Failed);
  }
  SECTION("one that was ready and ends while others are not is tried again") {
    Ran ran(builder);
    ran.world.pods({{"p0", "p1"}});
    ran.world.answer({"locked", false, "p0"}, {dies("READY", 100), ok("READY")});
    ran.world.answer({"locked", false, "p1"}, {ok("READY", 200)});
    CHECK(ran.run().status == SessionStatus::Succeeded);
    CHECK(std::ranges::count(ran.lines(), "attempt locked in p0 #2 at 1200") == 1);
    CHECK(std::ranges::count(ran.lines(), "attempt locked in p1 #2 at 1200") == 0);
  }
  SECTION("one of them is lost: the others are released") {
    Ran ran(builder);
    ran.world.pods({{"p0", "p1"}});
    ran.world.answer({"locked", false, "p0"}, {dies("READY", 100)});
    ran.world.answer({"locked", false, "p1"}, {ok("READY")});
    ran.world.operation({0, {}, {}}, 300);
    const SessionResult& result = ran.run();
    CHECK(result.reason ==
          "hold backup \"locked\" was lost: pod p0: its session ended early (exit code 1)");
    CHECK(ran.lines().at(ran.lines().size() - 2) == "attempt release locked in p1 #1 at 300");
  }
}

TEST_CASE("rule 29: a release that fails ends the session, which frees it; the session is Failed",
          "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.hold->release.expect = matches(fact("stdout"), "DONE");
  hold.hold->release.retry.count = number(3);
  hold.hold->release.timeout = duration(100);
  struct Row {
    Reply reply;
    std::string reason;
    bool stopped;
  };
  for (const Row& row :
       std::vector<Row>{{exit_code(4), "exit code 4", false},
                        {ok("no"), "`expect` is false (exit code 0)", false},
                        {hangs(), "timed out after 100ms", false},
                        {lost(), "connection lost", false},
                        {{NotStarted{"the disk is full"}}, "the disk is full", true}}) {
    Ran ran(builder);
    ran.world.answer({"locked"}, {ok("READY")});
    ran.world.answer({"locked", true}, {row.reply});
    const SessionResult& result = ran.run();
    CHECK(result.reason == "the release of hold backup \"locked\" failed: " + row.reason);
    CHECK(result.outcome == Outcome::Failure);
    CHECK(result.still_held.empty());
    CHECK(result.releases[0].attempts == 1);  // its stdin is closed
    CHECK(noted(ran,
                "the session of hold backup \"locked\" was ended, which frees what its connection "
                "held"));
    const bool stopped = std::ranges::any_of(
        ran.lines(), [](const std::string& l) { return l.starts_with("cancel"); });
    CHECK(stopped == row.stopped);
    CHECK_FALSE(owes_release(*ran.session->past().steps[0].hold));
  }
}

TEST_CASE("rule 29: a release that cannot be rendered ends the session too", "[engine][sessions]") {
  PlanBuilder builder;
  plan::Step& hold = builder.session_hold("locked");
  hold.hold->release.action = plan::SessionStdin{leaf(Op::Capture, "", 0)};
  builder.plan.captures.push_back({"other", false, false, 0});
  Ran ran(builder);
  ran.world.answer({"locked"}, {ok("READY")});
  const SessionResult& result = ran.run();
  CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "ready locked at 0", "operation at 0",
                             "cancel at 0", "finish at 0"});
  CHECK(result.status == SessionStatus::Failed);
  CHECK(result.still_held.empty());
}

TEST_CASE("rule 29: after a release by command the session is stopped, and that is no loss",
          "[engine][sessions]") {
  for (const bool fails : {false, true}) {
    PlanBuilder builder;
    plan::Step& hold = builder.session_hold("locked");
    hold.hold->release.action = exec_local("unlock");
    Ran ran(builder);
    ran.world.answer({"locked"}, {ok("READY")});
    ran.world.answer({"locked", true}, {exit_code(fails ? 1 : 0)});
    const SessionResult& result = ran.run();
    CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "ready locked at 0", "operation at 0",
                               "attempt release locked #1 at 0", "cancel at 0", "finish at 0"});
    CHECK((result.status == SessionStatus::Failed) == fails);
    CHECK(result.still_held.empty());
  }
}

TEST_CASE("rules 19 and 28: signals and limits release a session as any hold",
          "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked").hold->at_most = duration(1000);
  {
    Ran ran(builder);
    ran.world.answer({"locked"}, {ok("READY")});
    ran.world.operation({0, {}, {}}, 5000);
    CHECK(ran.run().outcome == Outcome::Failure);
    CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "ready locked at 0", "operation at 0",
                               "attempt release locked #1 at 1000", "finish at 5000"});
  }
  {
    Ran ran(builder);  // while it is not ready
    ran.world.answer({"locked"}, {ok("READY", 500)});
    ran.world.interrupt_at(100);
    CHECK(ran.run().reason == "interrupted");
    CHECK(ran.lines() == Lines{"attempt locked #1 at 0", "cancel at 100",
                               "end session release locked #1 at 100", "finish at 100"});
  }
  {
    Ran ran(builder);  // while it is held
    ran.world.answer({"locked"}, {ok("READY")});
    ran.world.operation({0, {}, {}}, 500);
    ran.world.interrupt_at(100);
    CHECK(ran.run().reason == "interrupted");
    CHECK(ran.lines().at(4) == "attempt release locked #1 at 100");
  }
}

TEST_CASE("rules 29 and 32: recover ends the session that a killed process held",
          "[engine][sessions]") {
  for (const bool by_command : {false, true}) {
    PlanBuilder builder;
    plan::Step& hold = builder.session_hold("locked", in_pods("lock"));
    if (by_command) hold.hold->release.action = exec_local("unlock");
    ScriptedWorld before(builder.plan);
    before.pods({{"p0", "p1"}});
    before.answer({"locked"}, {ok("READY")});
    before.watch([&](const Command& command) {
      if (std::holds_alternative<StartOperation>(command)) before.crash();
    });
    Session killed(builder.plan, builder.inputs());
    REQUIRE_FALSE(before.run(killed));

    Inputs inputs = builder.inputs();
    inputs.part = Part::Recover;
    Ran ran(builder);
    ran.world.start_from(before.saved());
    ran.world.start_at(1000);
    Session session(builder.plan, inputs, before.saved());
    REQUIRE(ran.world.run(session));
    Lines expected{"end session release locked in p0 #1 at 1000",
                   "end session release locked in p1 #1 at 1000", "finish at 1000"};
    if (by_command) expected.insert(expected.begin(), "attempt release locked #1 at 1000");
    CHECK(ran.lines() == expected);
    CHECK(std::get<EndSession>(ran.world.attempts().back().request).handle == "session-2");
    CHECK(noted(ran, "hold backup \"locked\" was released by ending its session"));
    CHECK(session.result().still_held.empty());
    CHECK_FALSE(owes_release(*session.past().steps[0].hold));
    CHECK(ran.world.saved() == session.past());
  }
}

TEST_CASE("rule 29: recover says what it cannot find", "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked");
  Past past;
  past.steps.resize(1);
  past.steps[0].task.phase = StepPhase::Running;
  past.steps[0].hold.emplace();
  past.steps[0].hold->targets = {{std::nullopt, Effect::Unknown, ""}};
  Inputs inputs = builder.inputs();
  inputs.part = Part::Recover;
  Session session(builder.plan, inputs, past);
  ScriptedWorld world(builder.plan);
  REQUIRE(world.run(session));
  CHECK(session.result().still_held == std::vector<std::uint32_t>{0});
}
