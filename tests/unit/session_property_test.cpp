// Whatever happens: every acquire has its release, post hooks run by policy, the session ends,
// twice the same.
#include <random>

#include <catch2/catch.hpp>

#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"
#include "tests/unit/session_properties.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

TEST_CASE("properties of every session: random plans, random outcomes, an ill-mannered world",
          "[engine][property]") {
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> bytes(random() % 300);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const Played first = play(bytes);
    CAPTURE(seed);
    REQUIRE(first.broken == "");
    if (seed % 16 == 0) REQUIRE(play(bytes).events == first.events);
  }
}

TEST_CASE("rule 19: a signal at every point of a session ends it, with every release",
          "[engine][property]") {
  PlanBuilder builder;
  plan::Step& first = builder.hold("first", exec_in(pods("app=x", true), "lock"),
                                   exec_in(pods("app=x", true), "free"));
  first.task.retry.count = number(2);
  builder.pre("a").task.retry.count = number(2);
  builder.hold("second").task.retry.count = number(1);
  builder.pre("b");
  builder.together(builder.plan.backup.pre, 2);
  builder.post("x");
  builder.post("f", plan::Policy::OnFailure).task.retry.count = number(1);
  for (const bool twice : {false, true}) {
    std::size_t points = 1;  // of the session that nobody disturbs: where this loop starts
    for (std::size_t point = 0; point < points; ++point) {
      ScriptedWorld world(builder.plan);
      world.pods({{"p0", "p1"}});
      world.answer({"first"},
                   {lost("cut", 10), exit_code(1, {}, {}, 10), exit_code(0, {}, {}, 10)});
      world.answer({"first", true}, {exit_code(0, {}, {}, 5)});
      world.answer({"a"}, {exit_code(1, {}, {}, 10), exit_code(0, {}, {}, 10)});
      world.answer({"second"}, {hangs(), exit_code(0)});
      world.answer({"f"}, {exit_code(1, {}, {}, 5)});
      world.operation({0, {}, {}}, 100);
      if (point != 0) world.interrupt_before(point);
      if (point != 0 && twice) world.interrupt_before(point + 1);
      Session session(builder.plan, builder.inputs());
      CAPTURE(point, twice);
      REQUIRE(world.run(session));
      if (point == 0) points = world.events();
      const SessionResult& result = session.result();
      CHECK((result.status == SessionStatus::Failed) == (point != 0));
      CHECK(result.still_held.empty());
      for (const std::uint32_t hold : {0U, 2U}) {
        const bool attempted = std::ranges::any_of(
            world.attempts(), [&](const StartAttempt& a) { return a.step == hold && !a.release; });
        const bool released = std::ranges::any_of(
            world.attempts(), [&](const StartAttempt& a) { return a.step == hold && a.release; });
        CHECK(attempted == released);
      }
    }
    CHECK(points > 15);
  }
}
