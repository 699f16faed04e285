// Holds that scale (rule 30), holds that end when the operation prints, groups, and NotStarted.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

namespace {

std::size_t count(const Ran& ran, std::string_view start) {
  return static_cast<std::size_t>(std::ranges::count_if(
      ran.world.trace(), [&](const std::string& l) { return l.starts_with(start); }));
}

}  // namespace

TEST_CASE("rule 30: the size is read and saved, then changed, and comes back", "[engine][scale]") {
  PlanBuilder builder;
  builder.scale_hold("stopped");
  Ran ran(builder);
  ran.world.size("stopped", {Size{3}, 5});
  std::vector<std::optional<std::int64_t>> saved;
  std::vector<Effect> effects;
  ran.world.watch([&](const Command& command) {
    if (!std::holds_alternative<StartAttempt>(command)) return;
    saved.push_back(ran.world.saved().steps[0].hold->size);
    effects.push_back(ran.world.saved().steps[0].hold->targets[0].effect);
  });
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines() == Lines{"read size stopped #1 at 0", "attempt stopped #1 at 5",
                             "operation at 5", "attempt release stopped #1 at 5", "finish at 5"});
  CHECK(saved == std::vector<std::optional<std::int64_t>>{std::nullopt, 3, 3});
  CHECK(effects == std::vector{Effect::Idle, Effect::Unknown, Effect::Acquired});
  CHECK(std::get<ScaleRequest>(ran.world.attempts()[1].request).replicas == 0);
  CHECK(std::get<ScaleRequest>(ran.world.attempts()[2].request).replicas == 3);
  CHECK(ran.session->result().steps[0].attempts == 1);
  CHECK(ran.world.attempts()[1].timeout == 5 * 60 * 1000 - 5);  // one attempt, one timeout
}

TEST_CASE("rule 30: a size that cannot be read is a definite failure, and nothing is released",
          "[engine][scale]") {
  for (const Reply& reply : {refused("forbidden"), lost("forbidden")}) {
    PlanBuilder builder;
    builder.scale_hold("stopped").task.retry.count = number(1);
    Ran ran(builder);
    ran.world.size("stopped", reply);
    const SessionResult& result = ran.run();
    CHECK(ran.lines() ==
          Lines{"read size stopped #1 at 0", "read size stopped #2 at 1000", "finish at 1000"});
    CHECK(result.steps[0].reason == "its size cannot be read: forbidden after 2 attempts");
    CHECK(result.releases[0].phase == StepPhase::Skipped);
    CHECK(result.still_held.empty());
  }
}

TEST_CASE("rule 30: the first size is the true one, whatever a retry would find",
          "[engine][scale]") {
  PlanBuilder builder;
  builder.scale_hold("stopped").task.retry.count = number(1);
  Ran ran(builder);
  ran.world.size("stopped", {Size{3}});
  ran.world.answer({"stopped"}, {lost(), ok()});
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines() == Lines{"read size stopped #1 at 0", "attempt stopped #1 at 0",
                             "attempt release stopped #1 at 0", "attempt stopped #2 at 1000",
                             "operation at 1000", "attempt release stopped #1 at 1000",
                             "finish at 1000"});
}

TEST_CASE("rule 30: `if exists` is content with a workload that is not there", "[engine][scale]") {
  PlanBuilder builder;
  builder.scale_hold("stopped", 0, true);
  Ran ran(builder);
  ran.world.size("stopped", {Done{}});
  const SessionResult& result = ran.run();
  CHECK(ran.lines() == Lines{"read size stopped #1 at 0", "operation at 0", "finish at 0"});
  CHECK(result.status == SessionStatus::Succeeded);
  CHECK(result.releases[0].reason == "nothing was acquired");
}

TEST_CASE("rule 30: a scale back that fails says how to do it by hand", "[engine][scale]") {
  PlanBuilder builder;
  builder.scale_hold("stopped");
  Ran ran(builder);
  ran.world.size("stopped", {Size{3}});
  ran.world.answer({"stopped", true}, {refused("forbidden")});
  const SessionResult& result = ran.run();
  CHECK(result.still_held == std::vector<std::uint32_t>{0});
  CHECK(result.releases[0].by_hand == Lines{"kubectl scale Deployment/web --replicas=3"});
}

TEST_CASE("rule 30: recover scales back to the size in the journal", "[engine][scale]") {
  PlanBuilder builder;
  builder.scale_hold("stopped");
  ScriptedWorld before(builder.plan);
  before.size("stopped", {Size{4}});
  before.watch([&](const Command& command) {
    const auto* start = std::get_if<StartAttempt>(&command);
    if (start != nullptr && std::holds_alternative<ScaleRequest>(start->request)) before.crash();
  });
  Session killed(builder.plan, builder.inputs());
  REQUIRE_FALSE(before.run(killed));
  Inputs inputs = builder.inputs();
  inputs.part = Part::Recover;
  Session session(builder.plan, inputs, before.saved());
  ScriptedWorld world(builder.plan);
  REQUIRE(world.run(session));
  CHECK(world.trace() == Lines{"attempt release stopped #1 at 0", "finish at 0"});
  CHECK(std::get<ScaleRequest>(world.attempts()[0].request).replicas == 4);
  CHECK(session.result().still_held.empty());
}

TEST_CASE("until operation prints: the hold is released while the operation goes on",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("other");
  builder.hold("short").hold->until_prints = "snapshot .* created";
  builder.hold("shorter").hold->until_prints = "begun";
  Ran ran(builder);
  ran.world.operation({0, {}, {}}, 1000);
  ran.world.operation_prints("begun", 100);
  ran.world.operation_prints("snapshot 4f created", 300);
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines() == Lines{"attempt other #1 at 0", "attempt short #1 at 0",
                             "attempt shorter #1 at 0", "operation at 0",
                             "attempt release shorter #1 at 100", "attempt release short #1 at 300",
                             "attempt release other #1 at 1000", "finish at 1000"});
}

TEST_CASE("until operation prints: what it never printed is released at its end",
          "[engine][holds]") {
  PlanBuilder builder;
  builder.hold("short").hold->until_prints = "created";
  Ran ran(builder);
  ran.world.operation({0, {}, {}}, 1000);
  CHECK(ran.run().status == SessionStatus::Succeeded);
  CHECK(ran.lines().at(2) == "attempt release short #1 at 1000");
}

TEST_CASE("rule 13: a group of any size runs at most 1024 of its members at a time",
          "[engine][together]") {
  constexpr std::size_t kMembers = 3000;
  PlanBuilder builder;
  for (std::size_t i = 0; i < kMembers; ++i) builder.pre(fmt::format("m{}", i));
  builder.together(builder.plan.backup.pre, kMembers);
  Ran ran(builder);
  for (std::size_t i = 0; i < kMembers; ++i)
    ran.world.answer({fmt::format("m{}", i)}, {exit_code(i == 0 ? 1 : 0, {}, {}, 10)});
  const SessionResult& result = ran.run();
  std::map<Millis, std::size_t> at;
  for (const Report& report : ran.world.reports())
    if (report.kind == Report::Kind::AttemptStarted) ++at[report.at];
  CHECK(at == std::map<Millis, std::size_t>{{0, 1024}, {10, 1024}, {20, 952}});
  // The failure of one stops none of the others, not even those that had not begun.
  CHECK(std::ranges::count(result.steps, StepPhase::Succeeded, &StepResult::phase) == 2999);
}

TEST_CASE("rules 13 and 28: a limit that passes keeps the rest of the group from starting",
          "[engine][together]") {
  PlanBuilder builder;
  builder.hold("held").hold->at_most = duration(5);
  for (int i = 0; i < 1100; ++i) builder.pre(fmt::format("m{}", i));
  builder.together(builder.plan.backup.pre, 1100);
  Ran ran(builder);
  for (int i = 0; i < 1100; ++i) ran.world.answer({fmt::format("m{}", i)}, {ok("", 10)});
  const SessionResult& result = ran.run();
  CHECK(count(ran, "attempt m") == 1024);
  CHECK(result.steps.back().phase == StepPhase::Skipped);
  CHECK(result.steps.back().reason == "not started: stopped: a hold reached its limit");
}

TEST_CASE("rule 31: what the world did not start is a definite failure: no release, no retry",
          "[engine][holds]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("a");
  hold.task.retry.count = number(3);
  Ran ran(builder);
  SECTION("the first attempt") {
    ran.world.answer({"a"}, {{NotStarted{"session s0 holds it"}}});
    const SessionResult& result = ran.run();
    CHECK(ran.lines() == Lines{"attempt a #1 at 0", "finish at 0"});
    CHECK(result.steps[0].reason == "session s0 holds it");
    CHECK(result.releases[0].phase == StepPhase::Skipped);
  }
  SECTION("a later one: the release is for what came before") {
    ran.world.answer({"a"}, {exit_code(1), {NotStarted{"the disk is full"}}});
    ran.run();
    CHECK(ran.lines() == Lines{"attempt a #1 at 0", "attempt a #2 at 1000",
                               "attempt release a #1 at 1000", "finish at 1000"});
  }
}

TEST_CASE("rule 34: a session hold cannot be split over two calls", "[engine][sessions]") {
  PlanBuilder builder;
  builder.session_hold("locked").task.origin = {"db.hook", 7, 1};
  const Abilities all{.functions = true, .scale = true, .wait = true, .sessions = true};
  for (const Part part : {Part::Pre, Part::Post}) {
    CHECK(unsupported(builder.plan, engine::Operation::Backup, all, part) ==
          "db.hook:7: hold backup \"locked\" needs what this build cannot run: `hold … session`, "
          "which cannot outlive one process (rule 34)");
  }
  for (const Part part : {Part::Whole, Part::Recover})
    CHECK_FALSE(unsupported(builder.plan, engine::Operation::Backup, all, part));
}
