// A plan played in a scripted world.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

namespace hookc::test {

using Lines = std::vector<std::string>;

struct Ran {
  PlanBuilder& builder;
  engine::ScriptedWorld world;
  std::unique_ptr<engine::Session> session;

  explicit Ran(PlanBuilder& b) : builder(b), world(b.plan) {}

  const engine::SessionResult& run() { return run(builder.inputs()); }
  const engine::SessionResult& run(engine::Inputs inputs) {
    session = std::make_unique<engine::Session>(builder.plan, std::move(inputs));
    REQUIRE(world.run(*session));
    return session->result();
  }
  std::vector<std::string> lines() const { return world.trace(); }
};

}  // namespace hookc::test
