// Sessions that go through a journal and come out in another process.
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "compiler/plan/json.hpp"
#include "interpreter/journal/journal.hpp"
#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::test;
using journal::Journal;
using journal::State;

namespace {

struct Kept {
  PlanBuilder builder;
  std::string directory = (std::filesystem::temp_directory_path() / "hookc-kept-XXXXXX").string();
  engine::ScriptedWorld pre{builder.plan};
  engine::ScriptedWorld post{builder.plan};

  Kept() {
    REQUIRE(::mkdtemp(directory.data()) != nullptr);
    builder.pre("first");
    builder.hold("outer").hold->at_most = duration(60'000);
    builder.hold("inner");
    builder.post("after");
    builder.post("good", plan::Policy::OnSuccess);
    builder.post("bad", plan::Policy::OnFailure);
  }
  ~Kept() {
    std::error_code error;
    std::filesystem::remove_all(directory, error);
  }

  /// The pre phase, kept in the journal by a process that is gone afterwards.
  engine::SessionResult run_pre() {
    engine::Inputs inputs = builder.inputs();
    inputs.part = engine::Part::Pre;
    auto journal = Journal::open(directory);
    REQUIRE(journal);
    REQUIRE(journal->begin(
        {inputs.session_id, "/a.hook", plan::to_json(builder.plan), inputs, "/", {}}));
    engine::Session session(builder.plan, inputs);
    REQUIRE(pre.run(session));
    engine::Save save;
    save.session = pre.saved().session;
    for (std::uint32_t id = 0; id < pre.saved().steps.size(); ++id)
      save.steps.emplace_back(id, pre.saved().steps[id]);
    REQUIRE(journal->save(save, true));
    REQUIRE(journal->end(State::Waiting));
    return session.result();
  }
  engine::SessionResult run_post() {
    auto journal = Journal::open(directory);
    REQUIRE(journal);
    const auto stored = journal->take_over("s1");
    REQUIRE(stored);
    engine::Past saved = pre.saved();
    saved.steps.resize(builder.plan.steps.size());
    CHECK(stored->past == saved);
    const auto read = plan::parse_plan(stored->session.plan_json);
    REQUIRE(read);
    engine::Inputs inputs = stored->session.inputs;
    inputs.part = engine::Part::Post;
    engine::Session session(*read, inputs, stored->past);
    REQUIRE(post.run(session));
    REQUIRE(journal->end(State::Ended));
    return session.result();
  }
};

}  // namespace

TEST_CASE("rule 33: the post phase of another process ends what the pre phase began", "[journal]") {
  Kept kept;
  CHECK(kept.run_pre().status == engine::SessionStatus::Waiting);
  CHECK(kept.pre.attempts().size() == 3);
  SECTION("the operation went well") {
    CHECK(kept.run_post().status == engine::SessionStatus::Succeeded);
  }
  SECTION("it did not") {
    engine::OperationEnded failed;
    failed.succeeded = false;
    kept.post.operation(failed);
    CHECK(kept.run_post().outcome == engine::Outcome::Failure);
  }
  std::vector<std::string> ran;
  for (const engine::StartAttempt& it : kept.post.attempts())
    ran.push_back((it.release ? "release " : "") + kept.builder.plan.steps[it.step].name);
  REQUIRE(ran.size() == 4);
  CHECK(ran[0] == "release inner");
  CHECK(ran[1] == "release outer");
  CHECK(ran[2] == "after");
}

TEST_CASE("rule 33: a pre phase that failed has released, and no outcome mends it", "[journal]") {
  Kept kept;
  kept.pre.answer({"inner"}, {engine::exit_code(1)});
  CHECK(kept.run_pre().status == engine::SessionStatus::Failed);
  CHECK(kept.pre.attempts().size() == 5);  // first, both acquires, both releases
  const engine::SessionResult result = kept.run_post();
  CHECK(result.status == engine::SessionStatus::Failed);
  CHECK(result.outcome == engine::Outcome::Failure);
  REQUIRE(kept.post.attempts().size() == 2);
  CHECK(kept.post.attempts()[1].step == 5);  // `on failure`
}

TEST_CASE("rule 34: no session is held open between two calls", "[journal]") {
  Kept kept;
  kept.builder.hold("open").hold->session = true;
  engine::Abilities all;
  all.functions = all.function_images = all.scale = all.wait = true;
  for (const engine::Part part : {engine::Part::Pre, engine::Part::Post}) {
    const auto refused =
        engine::unsupported(kept.builder.plan, engine::Operation::Backup, all, part);
    REQUIRE(refused);
    CHECK_THAT(*refused, Catch::Contains("hold backup \"open\""));
    CHECK_THAT(*refused, Catch::Contains("rule 34"));
  }
}

TEST_CASE("rule 34: a limit that passed between two calls makes the outcome failure", "[journal]") {
  Kept kept;
  CHECK(kept.run_pre().status == engine::SessionStatus::Waiting);
  kept.post.start_at(61'000);
  const engine::SessionResult result = kept.run_post();
  CHECK(result.outcome == engine::Outcome::Failure);
  CHECK(result.reason == "hold backup \"outer\" reached its limit of 1m");
  CHECK(result.still_held.empty());
}
