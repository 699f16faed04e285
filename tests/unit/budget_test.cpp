// The times that `hookc plan` tells are kept by the engine: nothing is held longer than it says.
#include "compiler/plan/budget.hpp"

#include <random>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"
#include "tests/unit/session_properties.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

namespace {

using plan::Budget;
using plan::HoldTime;
using plan::OnError;

/// Timeouts that say in a sum whose they are.
void random_task(Choices& choices, plan::Task& it) {
  it.timeout = duration(1000 + choices.below(60) * 1000);
  it.retry.every = duration(choices.below(20) * 500);
  if (choices.one_in(2)) it.retry.count = number(choices.below(3));
  if (choices.one_in(4)) it.retry.factor = number(2);
}

void random_plan(Choices& choices, PlanBuilder& builder) {
  std::vector<std::uint32_t> holds;
  const std::uint32_t groups = 1 + choices.below(5);
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::uint32_t members = choices.one_in(3) ? 2 : 1;
    for (std::uint32_t m = 0; m < members; ++m) {
      const std::string name = fmt::format("pre {}.{}", g, m);
      const bool hold = choices.below(3) != 0;
      plan::Step& step = hold ? builder.hold(name) : builder.pre(name);
      random_task(choices, step.task);
      step.on_error = std::vector{OnError::Fail, OnError::Fail, OnError::Continue, OnError::Warn,
                                  OnError::Skip}[choices.below(5)];
      if (choices.one_in(8)) step.when = truth(false);
      if (step.hold) {
        switch (choices.below(5)) {
          case 0:
            step.task.action = plan::Scale{{"Deployment", "", text("web")}, number(0)};
            step.hold->release.action = plan::ScaleBack{};
            break;
          case 1:
            step.hold->session = true;
            step.hold->ready_once = truth(true);
            step.hold->release.action = plan::SessionStdin{text("end")};
            break;
          case 2: step.hold->until_prints = "go on"; break;
          default: break;
        }
        random_task(choices, step.hold->release);
        step.hold->only_if_acquired = choices.one_in(3);
        if (choices.one_in(2)) step.hold->at_most = duration(choices.below(200) * 1000);
        holds.push_back(step.id);
      }
      if (!holds.empty() && choices.one_in(3)) {
        const std::uint32_t of = choices.below(static_cast<std::uint32_t>(holds.size()));
        builder.plan.steps[holds[of]].hold->until_step = step.id;
      }
    }
    builder.together(builder.plan.backup.pre, members);
  }
  if (choices.one_in(2)) random_task(choices, builder.post("post").task);
}

Reply random_reply(Choices& choices) {
  const Millis takes = choices.one_in(2) ? choices.below(100) * 700 : 10'000'000;
  switch (choices.below(6)) {
    case 0: return exit_code(1, {}, {}, takes);
    case 1: return lost("cut", takes);
    case 2: return hangs();
    default: return ok({}, takes);
  }
}

struct Times {
  std::vector<std::optional<Millis>> from, to;  // by step
  std::vector<bool> held;
  Millis operation = 0, whole = 0;
};

/// From the first attempt to the end of the release that is not between two attempts.
Times times_of(const ScriptedWorld& world, std::size_t steps) {
  Times out{std::vector<std::optional<Millis>>(steps), std::vector<std::optional<Millis>>(steps),
            std::vector<bool>(steps)};
  std::vector<bool> between(steps);
  for (const Report& report : world.reports()) {
    if (report.kind == Report::Kind::OperationEnded) out.operation = report.took;
    if (report.kind == Report::Kind::SessionEnded) out.whole = report.took;
    if (!report.step) continue;
    const std::uint32_t id = *report.step;
    if (report.kind == Report::Kind::AttemptStarted && !report.release && !out.from[id])
      out.from[id] = report.at;
    // What a definite failure left is released (rule 24), but it is not held.
    if (report.kind == Report::Kind::AttemptEnded && !report.release)
      out.held[id] = !report.text.starts_with("exit code");
    if (report.kind == Report::Kind::ReleaseStarted) between[id] = !report.text.empty();
    if (report.kind == Report::Kind::ReleaseEnded && !between[id]) out.to[id] = report.at;
  }
  return out;
}

TEST_CASE("no hold is held longer than the plan says", "[budget][property]") {
  std::size_t held = 0, close = 0;
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> bytes(300);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    Choices choices(bytes);
    PlanBuilder builder;
    random_plan(choices, builder);
    ScriptedWorld world(builder.plan);
    for (const plan::Step& step : builder.plan.steps) {
      for (const bool release : {false, true}) {
        std::vector<Reply> replies;
        for (int i = 0; i < 4; ++i) replies.push_back(random_reply(choices));
        world.answer({step.name, release}, std::move(replies));
      }
    }
    world.operation({choices.one_in(4) ? 1 : 0, {}, {}}, choices.below(100) * 3000);
    world.operation_prints("go on", choices.below(100) * 1000);
    world.cancels_take(choices.below(2) * plan::kStopMs);
    if (choices.one_in(3)) world.interrupt_at(choices.below(250) * 1000);
    Session session(builder.plan, builder.inputs());
    CAPTURE(seed);
    REQUIRE(world.run(session));
    const Times times = times_of(world, builder.plan.steps.size());
    const plan::ParamScope scope(builder.plan, {});
    const Budget budget(builder.plan, scope);
    for (const HoldTime& hold : budget.held(builder.plan.backup, "backup")) {
      if (!times.to[hold.step] || !times.held[hold.step]) continue;
      const Millis took = *times.to[hold.step] - *times.from[hold.step];
      const Millis bound =
          hold.time.longest.ms.value() + (hold.time.operation.empty() ? 0 : times.operation);
      CAPTURE(hold.step, hold.time.longest.terms, world.trace());
      REQUIRE(took <= bound);
      ++held;
      if (took * 4 >= bound * 3) ++close;
    }
    REQUIRE(times.whole <=
            budget.whole(builder.plan.backup, "backup").longest.ms.value() + times.operation);
  }
  CHECK(held > 1500);
  CHECK(close > held / 50);  // a bound that nothing comes near says nothing
}

/// The hold of `builder` that is to be looked at is the first.
HoldTime first_bound(const PlanBuilder& builder) {
  const plan::ParamScope scope(builder.plan, {});
  return Budget(builder.plan, scope).held(builder.plan.backup, "backup").front();
}

TEST_CASE("the bound of a hold is what the worst session takes", "[budget]") {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("writes paused");
  hold.task.timeout = duration(20'000);
  hold.task.retry.count = number(2);
  hold.hold->release.timeout = duration(5'000);
  hold.hold->release.retry.count = number(1);
  builder.hold("stopped").hold->release.timeout = duration(60'000);
  builder.pre("dump").task.timeout = duration(30'000);
  ScriptedWorld world(builder.plan);
  // Every attempt takes all its time.
  world.answer({"writes paused"}, {hangs(), hangs(), ok({}, 20'000)});
  world.answer({"writes paused", true},
               {hangs(), ok({}, 5'000), hangs(), ok({}, 5'000), hangs(), ok({}, 5'000)});
  world.answer({"stopped"}, {ok({}, 300'000)});
  world.answer({"stopped", true}, {ok({}, 60'000)});
  world.answer({"dump"}, {hangs()});
  const HoldTime bound = first_bound(builder);
  CHECK(bound.unbounded == "as long as the backup");
  CHECK(bound.time.longest.terms == "1m24s + 5m30s + 10s + 1m + 11s");
  SECTION("with a backup that takes no time") {
    world.operation({0, {}, {}}, 0);
    Session session(builder.plan, builder.inputs());
    REQUIRE(world.run(session));
    CHECK(*times_of(world, 3).to[0] == *bound.time.longest.ms - plan::kStopMs);
  }
  SECTION("rule 19: with what must be stopped") {
    world.cancels_take(plan::kStopMs);
    // 1 ms before `dump` would have timed out.
    world.interrupt_at(84'000 + 330'000 - 1);
    Session session(builder.plan, builder.inputs());
    REQUIRE(world.run(session));
    CHECK(*times_of(world, 3).to[0] == *bound.time.longest.ms - 1);
  }
}

TEST_CASE("rule 28: a limit bounds what was acquired after it too", "[budget]") {
  PlanBuilder builder;
  builder.hold("first").hold->at_most = duration(180'000);
  plan::Step& second = builder.hold("second");
  second.task.timeout = duration(1'000);
  const plan::ParamScope scope(builder.plan, {});
  const auto held = Budget(builder.plan, scope).held(builder.plan.backup, "backup");
  CHECK(held[0].time.longest.terms == "3m + 10s + 5m + 5m");
  CHECK(held[1].time.longest.terms == "3m + 10s + 5m");
  CHECK(held[1].time.parts[0].what == "the limit of first");
  // Where the first may not be held, nothing ends the second.
  builder.plan.steps[0].on_error = OnError::Warn;
  CHECK(Budget(builder.plan, scope).held(builder.plan.backup, "backup")[1].unbounded ==
        "as long as the backup");
}

}  // namespace
