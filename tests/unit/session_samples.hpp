// Sessions to report on: plans played in a scripted world, as JSON lines.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "interpreter/core/report.hpp"
#include "interpreter/report/log.hpp"
#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

namespace hookc::test {

inline std::string at_wall(engine::Millis ms) {
  return fmt::format("2026-01-02T{:02}:{:02}:{:02}.{:03}Z", 3 + ms / 3'600'000, ms / 60'000 % 60,
                     ms / 1000 % 60, ms % 1000);
}

inline std::vector<std::string> lines_of(const PlanBuilder& builder, engine::ScriptedWorld& world) {
  engine::Session session(builder.plan, builder.inputs());
  REQUIRE(world.run(session));
  const engine::Frame frame(builder.plan, builder.inputs(), 0);
  std::vector<std::string> lines;
  for (const engine::Report& report : world.reports())
    lines.push_back(event_json(frame, report, lines.size() + 1, at_wall(report.at)));
  lines.push_back(
      result_json(frame, session.result(), lines.size() + 1, at_wall(session.result().ended)));
  return lines;
}

inline report::SessionLog log_of(const std::vector<std::string>& lines) {
  auto log = report::read_log(lines);
  INFO((log ? std::string() : log.error()));
  REQUIRE(log);
  return *log;
}

inline PlanBuilder shop() {
  PlanBuilder builder;
  builder.plan.file = "shop.hook";
  return builder;
}

/// Everything goes well; the operation takes most of the time.
inline std::vector<std::string> good_session() {
  PlanBuilder builder = shop();
  builder.hold("writes paused").task.origin = {"shop.hook", 3, 1};
  builder.pre("checkpoint").task.origin = {"shop.hook", 7, 1};
  builder.post("thaw caches").task.origin = {"shop.hook", 9, 1};
  builder.post("page", plan::Policy::OnFailure).task.origin = {"shop.hook", 12, 1};
  engine::ScriptedWorld world(builder.plan);
  world.answer({"writes paused"}, {engine::ok({}, 1'230)});
  world.answer({"checkpoint"}, {engine::ok("CHECKPOINT\n", 42'500)});
  world.answer({"writes paused", true}, {engine::ok({}, 310)});
  world.answer({"thaw caches"}, {engine::ok("3 caches\n", 2'000)});
  world.operation({0, "snapshot 4f1c saved\n", {}}, 724'000);
  return lines_of(builder, world);
}

/// Retries, a failure on one of two pods, a warning, and a release that fails.
inline std::vector<std::string> bad_session() {
  PlanBuilder builder = shop();
  plan::Step& paused = builder.hold("writes paused", exec_in(pods("app=db", true), "pause"),
                                    exec_in(pods("app=db", true), "resume"));
  paused.task.origin = {"shop.hook", 3, 1};
  paused.hold->release.retry.count = number(2);
  paused.hold->release.retry.every = duration(5'000);
  paused.hold->at_most = duration(1'800'000);
  plan::Step& flaky = builder.pre("flush", exec_local("flush"));
  flaky.task.origin = {"shop.hook", 9, 1};
  flaky.task.retry.count = number(3);
  flaky.task.retry.every = duration(4'000);
  flaky.task.retry.factor = number(2);
  plan::Step& warned = builder.pre("warm cache");
  warned.task.origin = {"shop.hook", 14, 1};
  warned.on_error = plan::OnError::Warn;
  builder.hold("queue drained").task.origin = {"shop.hook", 17, 1};
  builder.post("page", plan::Policy::OnFailure).task.origin = {"shop.hook", 20, 1};
  builder.post("celebrate", plan::Policy::OnSuccess).task.origin = {"shop.hook", 22, 1};
  engine::ScriptedWorld world(builder.plan);
  world.pods({{"db-0", "db-1"}});
  world.answer({"writes paused"}, {engine::ok({}, 800)});
  world.answer({"flush"}, {engine::exit_code(1, {}, "could not connect: timeout expired\n", 10'000),
                           engine::exit_code(1, {}, "could not connect: refused\n", 300),
                           engine::ok("flushed 812 pages\n", 6'200)});
  world.answer({"warm cache"}, {engine::exit_code(4, {}, "cache is cold\n", 900)});
  world.answer({"queue drained"}, {engine::ok({}, 3'000)});
  world.answer({"queue drained", true}, {engine::ok({}, 700)});
  world.answer({"writes paused", true, "db-0"}, {engine::ok({}, 900)});
  world.answer({"writes paused", true, "db-1"},
               {engine::exit_code(2, {}, "ERROR:  server closed the connection\n", 1'500)});
  world.answer({"page"}, {engine::ok({}, 450)});
  world.operation({0, "uploaded 31 GiB\n", {}}, 95'000);
  return lines_of(builder, world);
}

}  // namespace hookc::test
