// What the driver does when what it announces cannot be kept.
#include <climits>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include "interpreter/io/driver.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using namespace hookc::test;

namespace {

/// Fails from the write of this number on; refuses a step; gives the lock of `exclusive` at the
/// request of this number.
struct ScriptedKeeper : io::Keeper {
  int fails_from = INT_MAX, fails_until = INT_MAX;
  std::optional<std::uint32_t> refused;
  int lock_at = 0;
  int writes = 0, asked = 0;
  engine::Past kept;

  std::expected<std::vector<Refusal>, std::string> save(const engine::Save& save,
                                                        bool now) override {
    if (now && ++writes >= fails_from && writes < fails_until)
      return std::unexpected("the disk is full");
    engine::apply(kept, save);
    std::vector<Refusal> refusals;
    if (now && refused) refusals.push_back({*refused, "session s0 holds it"});
    return refusals;
  }
  std::expected<std::optional<std::string>, std::string> take_exclusive(
      const std::string& name) override {
    return asked++ < lock_at ? std::optional(name + " is taken") : std::nullopt;
  }
};

struct Run {
  PlanBuilder builder;
  ScriptedKeeper keeper;
  std::vector<engine::Report> reports;
  bool operation_ran = false;

  Run() {
    builder.pre("first", exec_local("true"));
    builder.hold("held", exec_local("true"), exec_local("true"));
    builder.pre("last", exec_local("true"));
    builder.post("after", plan::Policy::Always, exec_local("true"));
  }
  engine::SessionResult run() {
    io::Loop loop;
    io::World world;
    world.keeper = &keeper;
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    io::Writer writer(loop, nowhere);
    world.operation = io::OperationSpec{
        {"/bin/echo", "ran"}, {}, &writer, &writer, true, [this](int, std::string_view) {
          operation_ran = true;
        }};
    world.on_report = [this](const engine::Report& report) { reports.push_back(report); };
    engine::SessionResult result =
        io::run_session(loop, builder.plan, builder.inputs(), std::move(world));
    ::close(nowhere);
    return result;
  }
  std::size_t notes(const std::string& text) const {
    std::size_t count = 0;
    for (const engine::Report& report : reports)
      count += report.kind == engine::Report::Kind::Note && report.text == text ? 1U : 0U;
    return count;
  }
};

constexpr const char* kTold =
    "the disk is full; nothing more is acquired, releases and post hooks run";

}  // namespace

TEST_CASE("every attempt is kept before it is made", "[io]") {
  Run it;
  const engine::SessionResult result = it.run();
  CHECK(result.status == engine::SessionStatus::Succeeded);
  CHECK(it.operation_ran);
  CHECK(it.keeper.writes == 6);  // three on the pre side, the operation, the release, the post hook
  CHECK(it.keeper.kept.session.status == engine::SessionStatus::Succeeded);
  CHECK(it.keeper.kept.steps[1].release.phase == engine::StepPhase::Succeeded);
  CHECK(it.keeper.kept.session.started > 1'700'000'000'000);  // since 1970
}

TEST_CASE("rule 21: a hold that cannot be kept is not acquired; releases and post hooks run",
          "[io]") {
  Run it;
  const auto phase = [](const engine::StepResult& result) { return result.phase; };
  SECTION("not from the first on") {
    it.keeper.fails_from = 1;
    const engine::SessionResult result = it.run();
    CHECK(result.steps[0].reason == "the disk is full");
    CHECK(phase(result.steps[1]) == engine::StepPhase::Skipped);
    CHECK(phase(result.steps[3]) == engine::StepPhase::Succeeded);
  }
  SECTION("not from the hold on") {
    it.keeper.fails_from = 2;
    const engine::SessionResult result = it.run();
    CHECK(result.steps[1].reason == "the disk is full");
    CHECK(phase(result.releases[1]) == engine::StepPhase::Skipped);
    CHECK(phase(result.steps[3]) == engine::StepPhase::Succeeded);
  }
  SECTION("not from the operation on") {
    it.keeper.fails_from = 4;
    const engine::SessionResult result = it.run();
    CHECK(result.reason == "the backup failed: not started: the disk is full");
    CHECK(phase(result.releases[1]) == engine::StepPhase::Succeeded);
    CHECK(phase(result.steps[3]) == engine::StepPhase::Succeeded);
  }
  CHECK_FALSE(it.operation_ran);
  CHECK(it.notes(kTold) == 1);
}

TEST_CASE("a journal that fails during the releases stops none of them", "[io]") {
  Run it;
  it.keeper.fails_from = 5;
  const engine::SessionResult result = it.run();
  CHECK(it.operation_ran);
  CHECK(result.status == engine::SessionStatus::Succeeded);
  CHECK(result.releases[1].phase == engine::StepPhase::Succeeded);
  CHECK(it.notes(kTold) == 1);
}

TEST_CASE("rule 31: a hold that another session has is not tried, and nothing is released",
          "[io]") {
  Run it;
  it.keeper.refused = 1;
  it.builder.plan.steps[1].task.retry.count = number(3);
  const engine::SessionResult result = it.run();
  CHECK(result.steps[1].reason == "session s0 holds it");
  CHECK(result.steps[1].attempts == 1);
  CHECK(result.releases[1].phase == engine::StepPhase::Skipped);
  CHECK_FALSE(it.operation_ran);
}

TEST_CASE("`exclusive` is asked for until its wait is over", "[io]") {
  Run it;
  it.builder.plan.exclusive = plan::Exclusive{text("nightly"), duration(10'000)};
  SECTION("it comes free") {
    it.keeper.lock_at = 2;
    CHECK(it.run().status == engine::SessionStatus::Succeeded);
    CHECK(it.keeper.asked == 3);
  }
  SECTION("it does not") {
    it.keeper.lock_at = INT_MAX;
    it.builder.plan.exclusive->wait = duration(250);
    CHECK(it.run().reason == "nightly is taken");
    CHECK(it.keeper.asked >= 2);
    CHECK_FALSE(it.operation_ran);
  }
}
