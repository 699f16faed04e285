// The same story told three times: by a session in one process, by two that hand over to each
// other, and by the simulator.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "interpreter/simulate/graph.hpp"
#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::test;

namespace {

/// What goes wrong; any of these together.
struct Fault {
  const char* step;  // empty: the operation
  bool release = false;
  bool unknown = false;
};
constexpr Fault kFaults[] = {
    {"first"}, {"outer"},       {"outer", false, true}, {"inner"},       {"inner", false, true},
    {""},      {"inner", true}, {"outer", true},        {"told always"}, {"told of success"}};

PlanBuilder program() {
  PlanBuilder builder;
  builder.pre("first");
  builder.hold("outer");
  builder.hold("inner").hold->only_if_acquired = true;
  builder.post("told always");
  builder.post("told of success", plan::Policy::OnSuccess);
  builder.post("told of failure", plan::Policy::OnFailure);
  return builder;
}

void script(engine::ScriptedWorld& world, unsigned faults) {
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    if ((faults >> i & 1U) == 0) continue;
    const Fault& fault = kFaults[i];
    if (*fault.step == '\0') {
      engine::OperationEnded failed;
      failed.succeeded = false;
      world.operation(failed);
    } else {
      world.answer({fault.step, fault.release},
                   {fault.unknown ? engine::lost() : engine::exit_code(1)});
    }
  }
}

struct Story {
  engine::SessionResult result;
  std::vector<std::string> did;  // attempts and the operation, in order
};

void add(Story& story, const engine::ScriptedWorld& world) {
  for (std::string line : world.trace()) {
    line.resize(line.rfind(" at "));
    if (line != "finish") story.did.push_back(std::move(line));
  }
}

Story whole(const plan::Plan& plan, engine::Inputs inputs, unsigned faults) {
  engine::ScriptedWorld world(plan);
  script(world, faults);
  engine::Session session(plan, std::move(inputs));
  REQUIRE(world.run(session));
  CHECK(world.saved() == session.past());
  Story story{session.result(), {}};
  add(story, world);
  return story;
}

Story in_two_calls(const plan::Plan& plan, engine::Inputs inputs, unsigned faults) {
  engine::ScriptedWorld before(plan), after(plan);
  script(before, faults);
  script(after, faults);
  inputs.part = engine::Part::Pre;
  engine::Session pre(plan, inputs);
  REQUIRE(before.run(pre));
  inputs.part = engine::Part::Post;
  after.start_from(before.saved());
  engine::Session post(plan, inputs, before.saved());
  REQUIRE(after.run(post));
  Story story{post.result(), {}};
  add(story, before);
  add(story, after);
  return story;
}

simulate::Result as_simulated(const Story& story) {
  const engine::SessionResult& result = story.result;
  simulate::Result out{std::string(result.steps.size(), '\0'), {}};
  for (std::size_t id = 0; id < result.steps.size(); ++id) {
    if (result.steps[id].attempts != 0) out.marks[id] |= simulate::kRan;
    if (result.releases[id].attempts != 0) out.marks[id] |= simulate::kReleased;
  }
  for (const std::uint32_t id : result.still_held) out.marks[id] |= simulate::kHeld;
  out.ending.operation = std::ranges::find(story.did, "operation") != story.did.end();
  out.ending.status = result.status;
  out.ending.outcome = result.outcome;
  return out;
}

simulate::Results simulated(const plan::Plan& plan) {
  const simulate::Graph graph =
      simulate::explore(simulate::make_skeleton(plan, engine::Operation::Backup, {}), {});
  REQUIRE(graph.complete);
  const auto known = simulate::results(graph, simulate::whole(plan.steps.size()), SIZE_MAX);
  REQUIRE(known);
  return *known;
}

}  // namespace

TEST_CASE("rule 33: a session in two calls does what one in one call does, and the simulator knows",
          "[session][simulate]") {
  const PlanBuilder builder = program();
  const engine::Inputs inputs = builder.inputs();
  const simulate::Results known = simulated(builder.plan);
  for (unsigned faults = 0; faults < 1U << std::size(kFaults); ++faults) {
    CAPTURE(faults);
    const Story one = whole(builder.plan, inputs, faults);
    REQUIRE(known.contains(as_simulated(one)));
    const Story two = in_two_calls(builder.plan, inputs, faults);
    // A release that failed in the first call is still owed: the second tries it once more.
    const bool ran = std::ranges::find(one.did, "operation") != one.did.end();
    if (!ran && !one.result.still_held.empty()) continue;
    REQUIRE(two.did == one.did);
    REQUIRE(two.result.status == one.result.status);
    REQUIRE(two.result.outcome == one.result.outcome);
    REQUIRE(two.result.reason == one.result.reason);
    REQUIRE(two.result.still_held == one.result.still_held);
    for (std::size_t id = 0; id < one.result.steps.size(); ++id) {
      REQUIRE(two.result.steps[id].phase == one.result.steps[id].phase);
      REQUIRE(two.result.releases[id].phase == one.result.releases[id].phase);
    }
  }
}

TEST_CASE("rule 29: what comes of a held session, the simulator knows", "[session][simulate]") {
  PlanBuilder builder;
  plan::Step& locked = builder.hold("inner", exec_in(pods("app=db"), "client"));
  locked.hold->session = true;
  locked.hold->release = task(plan::SessionStdin{text("unlock")});
  builder.hold("outer");
  builder.post("told always");
  const simulate::Results known = simulated(builder.plan);
  for (unsigned faults = 0; faults < 1U << std::size(kFaults); ++faults) {
    CAPTURE(faults);
    REQUIRE(known.contains(as_simulated(whole(builder.plan, builder.inputs(), faults))));
  }
}
