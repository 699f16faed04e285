// What is left of a session whose process died, and what recovery makes of it.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

namespace {

/// Plays the session until a line of its trace begins so; then its process is killed.
Past killed_at(PlanBuilder& builder, const std::string& line, Part part = Part::Whole) {
  ScriptedWorld world(builder.plan);
  Inputs inputs = builder.inputs();
  inputs.part = part;
  Session session(builder.plan, inputs);
  world.watch([&](const Command&) {
    if (!world.trace().empty() && world.trace().back().starts_with(line)) world.crash();
  });
  static_cast<void>(world.run(session));
  return world.saved();
}

struct Recovered {
  Lines lines;
  SessionResult result;
  Past past;
};
Recovered recover(PlanBuilder& builder, Past past, Part part = Part::Recover, Millis now = 100) {
  ScriptedWorld world(builder.plan);
  world.start_at(now);
  Inputs inputs = builder.inputs();
  inputs.part = part;
  past.steps.resize(builder.plan.steps.size());
  Session session(builder.plan, inputs, past);
  REQUIRE(world.run(session));
  return {world.trace(), session.result(), session.past()};
}

}  // namespace

TEST_CASE("rule 32: recover runs releases, and never a pre hook, an operation or a post hook",
          "[engine][recover]") {
  PlanBuilder builder;
  builder.hold("a");
  builder.pre("between");
  builder.hold("b");
  builder.post("always");
  builder.post("failure", plan::Policy::OnFailure);
  const Recovered recovered = recover(builder, killed_at(builder, "operation"));
  CHECK(recovered.lines ==
        Lines{"attempt release b #1 at 100", "attempt release a #1 at 100", "finish at 100"});
  CHECK(recovered.result.status == SessionStatus::Failed);
  CHECK(recovered.result.outcome == Outcome::Failure);
  CHECK(recovered.result.still_held.empty());

  SECTION("and nothing at all a second time") {
    CHECK(recover(builder, recovered.past).lines == Lines{"finish at 100"});
  }
}

TEST_CASE("a crash after the outcome was fixed does not change it", "[engine][recover]") {
  PlanBuilder builder;
  builder.hold("a");
  builder.post("told");
  const Recovered recovered = recover(builder, killed_at(builder, "attempt told"));
  CHECK(recovered.lines == Lines{"finish at 100"});
  CHECK(recovered.result.status == SessionStatus::Failed);
  CHECK(recovered.result.outcome == Outcome::Success);
}

TEST_CASE("what recover could not free is owed to the next one", "[engine][recover]") {
  PlanBuilder builder;
  builder.hold("a");
  Past past = killed_at(builder, "operation");
  ScriptedWorld world(builder.plan);
  world.answer({"a", true}, {exit_code(1)});
  Inputs inputs = builder.inputs();
  inputs.part = Part::Recover;
  Session session(builder.plan, inputs, past);
  REQUIRE(world.run(session));
  CHECK(session.result().still_held == std::vector<std::uint32_t>{0});
  CHECK(recover(builder, session.past()).lines ==
        Lines{"attempt release a #1 at 100", "finish at 100"});
}

TEST_CASE("no signal stops a recovery", "[engine][recover]") {
  PlanBuilder builder;
  builder.hold("a");
  builder.hold("b");
  const Past past = killed_at(builder, "operation");
  ScriptedWorld world(builder.plan);
  world.answer({"b", true}, {exit_code(0, {}, {}, 50)});
  for (const Millis at : {10, 20, 30}) world.interrupt_at(at);
  Inputs inputs = builder.inputs();
  inputs.part = Part::Recover;
  Session session(builder.plan, inputs, past);
  REQUIRE(world.run(session));
  CHECK(world.trace() ==
        Lines{"attempt release b #1 at 0", "attempt release a #1 at 50", "finish at 50"});
  CHECK(std::ranges::count(world.reports(), Report::Kind::Note, &Report::kind) == 1);
}

TEST_CASE("a limit that passed while a session waited frees that hold and those above",
          "[engine][recover]") {
  PlanBuilder builder;
  builder.hold("outer");
  builder.hold("limited").hold->at_most = duration(1000);
  builder.hold("inner");
  builder.post("told");
  const Past waiting = killed_at(builder, "finish", Part::Pre);
  REQUIRE(waiting.session.status == SessionStatus::Waiting);

  SECTION("not before its time") {
    CHECK(recover(builder, waiting, Part::Expire, 999).lines == Lines{"finish at 999"});
  }
  SECTION("and then the session waits on, and fails") {
    const Recovered expired = recover(builder, waiting, Part::Expire, 1000);
    CHECK(expired.lines == Lines{"attempt release inner #1 at 1000",
                                 "attempt release limited #1 at 1000", "finish at 1000"});
    CHECK(expired.result.status == SessionStatus::Waiting);
    const Recovered post = recover(builder, expired.past, Part::Post, 2000);
    CHECK(post.lines ==
          Lines{"attempt release outer #1 at 2000", "attempt told #1 at 2000", "finish at 2000"});
    CHECK(post.result.outcome == Outcome::Failure);
    CHECK(post.result.reason == "hold backup \"limited\" reached its limit of 1s");
  }
}
