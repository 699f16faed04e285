#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "interpreter/core/past_json.hpp"

using namespace hookc;
using namespace hookc::engine;

namespace {

/// Records with anything in them, also bytes that are no text.
class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  StepPast step() {
    StepPast past;
    past.task = result();
    past.release = result();
    if (coin()) {
      HoldPast& hold = past.hold.emplace();
      hold.order = small();
      for (std::uint32_t i = small(); i > 0; --i) {
        HeldTarget& target = hold.targets.emplace_back();
        if (coin()) target.pod = Pod{text(), text(), text(), text(), text()};
        target.effect = static_cast<Effect>(random_() % 4);
        target.handle = text();
      }
      hold.since = number();
      hold.limit = number();
      if (coin()) hold.size = coin() ? 0 : number();
      hold.settled = coin();
    }
    for (std::uint32_t i = small(); i > 0; --i) past.captures.emplace_back(small(), value(4));
    return past;
  }
  SessionPast session() {
    SessionPast past;
    past.status = static_cast<SessionStatus>(random_() % 5);
    past.outcome = static_cast<Outcome>(random_() % 4);
    past.started = number();
    past.ended = number();
    past.bound_to_fail = coin();
    past.reason = text();
    past.skip_reason = text();
    if (coin()) {
      OperationPast& operation = past.operation.emplace();
      if (coin()) operation.exit_code = static_cast<int>(small());
      operation.output = text();
      operation.started = number();
      operation.ended = number();
    }
    return past;
  }
  plan::Value value(int depth) {
    switch (random_() % (depth == 0 ? 7U : 9U)) {
      case 0: return {};
      case 1: return {coin()};
      case 2: return {number()};
      case 3: return {static_cast<double>(number()) / 7};
      case 4: return {plan::Duration{number()}};
      case 5: return {plan::Size{number()}};
      case 6: return {text()};
      case 7: {
        plan::Value::List list;
        for (std::uint32_t i = small(); i > 0; --i) list.push_back(value(depth - 1));
        return {std::move(list)};
      }
      default: {
        plan::Value::Object object;
        for (std::uint32_t i = small(); i > 0; --i)
          object.emplace_back(std::to_string(i) + text(), value(depth - 1));
        return {std::move(object)};
      }
    }
  }
  std::string text() {
    std::string made;
    for (std::uint32_t i = small(); i > 0; --i)
      made += coin() ? "é\"\n" : std::string(1, static_cast<char>(random_()));
    return made;
  }

 private:
  StepResult result() {
    return {static_cast<StepPhase>(random_() % 5),
            small(),
            number(),
            number(),
            text(),
            text(),
            coin() ? std::vector<std::string>{} : std::vector{text(), text()}};
  }
  bool coin() { return random_() % 2 == 0; }
  std::uint32_t small() { return static_cast<std::uint32_t>(random_() % 4); }
  std::int64_t number() {
    return coin() ? small()
                  : static_cast<std::int64_t>((std::uint64_t{random_()} << 32) | random_());
  }
  std::mt19937 random_;
};

std::string error_of_step(std::string_view json) {
  const auto parsed = parse_step_past(json);
  return parsed ? "taken" : parsed.error();
}

}  // namespace

TEST_CASE("whatever a session has done comes back from its JSON as it was", "[past_json]") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Maker make(seed);
    const StepPast step = make.step();
    const SessionPast session = make.session();
    const auto read_step = parse_step_past(to_json(step));
    const auto read_session = parse_session_past(to_json(session));
    INFO("seed " << seed << ": " << to_json(step) << to_json(session));
    REQUIRE(read_step);
    REQUIRE(read_session);
    REQUIRE(*read_step == step);
    REQUIRE(*read_session == session);
  }
}

TEST_CASE("what a session was started with comes back, with its types and without secrets",
          "[past_json]") {
  Inputs inputs;
  inputs.operation = Operation::Restore;
  inputs.session_id = "20260102T030405Z-abcdef";
  inputs.started = "2026-01-02T03:04:05Z";
  inputs.params = {{plan::Duration{90'000}}, {plan::Size{1024}}, {std::string("1m30s")}, {}};
  inputs.secrets = {"hush-hush"};
  inputs.extra_secrets = {"hush-too"};
  inputs.target_kind = "Deployment";
  inputs.default_namespace = "shop";
  inputs.has_operation = false;
  inputs.part = Part::Pre;
  const std::string json = to_json(inputs);
  CHECK(json.find("hush") == std::string::npos);
  const auto read = parse_inputs(json);
  REQUIRE(read);
  CHECK(read->operation == Operation::Restore);
  CHECK(read->session_id == inputs.session_id);
  CHECK(read->started == inputs.started);
  CHECK(read->params == inputs.params);
  CHECK(read->target_kind == "Deployment");
  CHECK(read->default_namespace == "shop");
  CHECK_FALSE(read->has_operation);
  CHECK(read->secrets.empty());
  CHECK(read->part == Part::Whole);
}

TEST_CASE("a past that is only partly understood is refused in one line", "[past_json]") {
  CHECK(error_of_step(R"({"version":1})") == "taken");
  CHECK(error_of_step("") ==
        "no JSON at byte 1: syntax error while parsing value - unexpected end "
        "of input; expected '[', '{', or a literal");
  CHECK(error_of_step("{}") == "`version` is missing");
  CHECK(error_of_step("[]") == "`version` is missing");
  CHECK(error_of_step(R"({"version":2})") == "version 1 is wanted, not 2");
  CHECK(error_of_step(R"({"version":1,"holds":{}})") == "unknown field `holds`");
  CHECK(error_of_step(R"({"version":1,"a\nb":{}})") == "unknown field `a\\nb`");
  CHECK(error_of_step(R"({"version":1,"hold":{"targets":[{},{"effect":"freed"}]}})") ==
        "hold.targets[1].effect: one of idle, definite, unknown, acquired is wanted");
  CHECK(error_of_step(R"({"version":1,"task":{"attempts":-1}})") ==
        "task.attempts: a whole number in range is wanted");
  CHECK(error_of_step(R"({"version":1,"captures":[[0,{"hex":"f"}]]})") ==
        "captures[0][1]: `hex` is not pairs of hexadecimal digits");
  CHECK(error_of_step(R"({"version":1,"captures":[[0]]})") ==
        "captures[0]: a list of two is wanted");
  CHECK(error_of_step(R"({"version":1,"captures":[[0,{"duration":"1m"}]]})") ==
        "captures[0][1].duration: a whole number in range is wanted");
}
