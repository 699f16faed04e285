// The mission's table, in full: operation x phase x policy x what fails, against an oracle that was
// written from that table alone.
#include <catch2/catch.hpp>

#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

namespace {

enum class Fails { Nothing, Pre, Operation, Release, Post };

struct Case {
  engine::Operation operation;
  plan::Policy policy;
  Fails fails;
  plan::OnError on_error;
};

struct Expected {
  bool operation_runs, release_runs, post_runs, second_post_runs;
  SessionStatus status;
  Outcome outcome;
};

/// A failing pre hook skips the rest and fails the session; a failing post hook fails it too; post
/// hooks run by the outcome of the operation, each although another failed (mission.md); on error
/// as rule 9 says.
Expected oracle(const Case& c) {
  using plan::OnError;
  const bool pre_stops =
      c.fails == Fails::Pre && (c.on_error == OnError::Fail || c.on_error == OnError::Skip);
  const bool skipped = c.fails == Fails::Pre && c.on_error == OnError::Skip;
  const bool pre_fails =
      c.fails == Fails::Pre && (c.on_error == OnError::Fail || c.on_error == OnError::Continue);
  const bool failure = pre_fails || c.fails == Fails::Operation || c.fails == Fails::Release;
  Expected e{};
  e.operation_runs = !pre_stops;
  e.release_runs = true;
  switch (c.policy) {
    case plan::Policy::Always: e.post_runs = true; break;
    case plan::Policy::OnSuccess: e.post_runs = !failure && !skipped; break;
    case plan::Policy::OnFailure: e.post_runs = failure; break;
  }
  e.second_post_runs = true;
  e.outcome = failure ? Outcome::Failure : skipped ? Outcome::Skipped : Outcome::Success;
  const bool post_fails = c.fails == Fails::Post && e.post_runs && c.on_error != OnError::Warn;
  e.status = failure || post_fails ? SessionStatus::Failed
             : skipped             ? SessionStatus::Skipped
                                   : SessionStatus::Succeeded;
  return e;
}

bool ran(const SessionResult& result, std::uint32_t step) {
  return result.steps[step].phase == StepPhase::Succeeded ||
         result.steps[step].phase == StepPhase::Failed;
}

}  // namespace

TEST_CASE("the mission's table: policy, outcome, phase and operation in every combination",
          "[engine]") {
  int cases = 0;
  for (const auto operation : {engine::Operation::Backup, engine::Operation::Restore}) {
    for (const auto policy :
         {plan::Policy::Always, plan::Policy::OnSuccess, plan::Policy::OnFailure}) {
      for (const auto fails :
           {Fails::Nothing, Fails::Pre, Fails::Operation, Fails::Release, Fails::Post}) {
        for (const auto on_error : {plan::OnError::Fail, plan::OnError::Warn,
                                    plan::OnError::Continue, plan::OnError::Skip}) {
          const Case c{operation, policy, fails, on_error};
          const Expected expected = oracle(c);
          CAPTURE(static_cast<int>(operation), static_cast<int>(policy), static_cast<int>(fails),
                  static_cast<int>(on_error));
          ++cases;

          PlanBuilder builder;
          builder.operation = operation;
          builder.hold("held");
          builder.pre("pre").on_error = on_error;
          builder.post("post", policy).on_error = on_error;
          builder.post("second", plan::Policy::Always);
          ScriptedWorld world(builder.plan);
          if (fails == Fails::Pre) world.answer({"pre"}, {exit_code(1)});
          if (fails == Fails::Operation) world.operation({1, {}, {}});
          if (fails == Fails::Release) world.answer({"held", true}, {exit_code(1)});
          if (fails == Fails::Post) world.answer({"post"}, {exit_code(1)});
          Session session(builder.plan, builder.inputs());
          REQUIRE(world.run(session));

          const SessionResult& result = session.result();
          CHECK(result.status == expected.status);
          CHECK(result.outcome == expected.outcome);
          const auto& trace = world.trace();
          CHECK((std::ranges::find(trace, "operation at 0") != trace.end()) ==
                expected.operation_runs);
          CHECK((result.releases[0].attempts == 1) == expected.release_runs);
          CHECK(ran(result, 2) == expected.post_runs);
          CHECK(ran(result, 3) == expected.second_post_runs);
          CHECK(result.still_held.empty() == (fails != Fails::Release));
        }
      }
    }
  }
  CHECK(cases == 120);
}

TEST_CASE("rule 16: a session that runs no operation has outcome failure", "[engine]") {
  PlanBuilder builder;
  builder.post("good", plan::Policy::OnSuccess);
  builder.post("bad", plan::Policy::OnFailure);
  Inputs inputs = builder.inputs();
  inputs.has_operation = false;
  ScriptedWorld world(builder.plan);
  Session session(builder.plan, inputs);
  REQUIRE(world.run(session));
  CHECK(session.result().outcome == Outcome::Failure);
  CHECK(session.result().reason == "no operation ran");
  CHECK(session.result().steps[0].phase == StepPhase::Skipped);
  CHECK(session.result().steps[1].phase == StepPhase::Succeeded);
}
