// JSON lines and texts of a session.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "interpreter/core/by_hand.hpp"
#include "interpreter/core/report.hpp"
#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;

namespace {

struct Told {
  std::vector<std::string> json, text;
  std::string result_line, result_lines;
};

Told tell() {
  PlanBuilder builder;
  plan::Step& hold = builder.hold("paused");
  hold.task.origin = {"shop.hook", 3, 1};
  builder.pre("checkpoint").task.retry.count = number(1);
  builder.post("page", plan::Policy::OnFailure);
  builder.post("ping", plan::Policy::OnSuccess);
  ScriptedWorld world(builder.plan);
  world.answer({"checkpoint"},
               {exit_code(2, {}, "no \x1b[31mserver\n", 40), exit_code(0, {}, {}, 40)});
  world.answer({"paused", true}, {exit_code(3)});
  world.operation({0, "sent\n", {}}, 1500);
  Session session(builder.plan, builder.inputs());
  REQUIRE(world.run(session));
  const Frame frame(builder.plan, builder.inputs(), 0);
  Told told;
  for (const Report& report : world.reports()) {
    told.json.push_back(
        event_json(frame, report, told.json.size() + 1, "2026-01-02T03:04:05.000Z"));
    if (std::string line = event_text(frame, report); !line.empty()) told.text.push_back(line);
  }
  told.result_line =
      result_json(frame, session.result(), told.json.size() + 1, "2026-01-02T03:04:07.000Z");
  told.result_lines = result_text(frame, session.result());
  return told;
}

}  // namespace

TEST_CASE("a session as lines for people", "[report]") {
  const Told told = tell();
  CHECK(told.text ==
        std::vector<std::string>{
            "backup session s1 started",
            "hold backup \"paused\" started",
            "hold backup \"paused\" succeeded",
            "pre backup \"checkpoint\" started",
            "pre backup \"checkpoint\": exit code 2; attempt 2 in 1s",
            "pre backup \"checkpoint\" succeeded in 1s80ms",
            "backup started",
            "backup succeeded in 1s500ms",
            "release of hold backup \"paused\" started",
            "release of hold backup \"paused\" failed: exit code 3",
            "to free it by hand: /bin/sh -c release",
            "outcome: failure",
            "post backup \"page\" started",
            "post backup \"page\" succeeded",
            "post backup \"ping\" skipped: runs on success only",
            "session failed: hold backup \"paused\" is still held: its release failed: exit code 3",
        });
  CHECK(told.result_lines ==
        "backup session Failed: hold backup \"paused\" is still held: its release failed: exit "
        "code 3\n"
        "still held: hold backup \"paused\" (shop.hook:3)\n"
        "  to free it by hand: /bin/sh -c release\n");
}

TEST_CASE("a session as JSON lines", "[report]") {
  const Told told = tell();
  CHECK(
      told.json.front() ==
      R"({"version":1,"sequence":1,"time":"2026-01-02T03:04:05.000Z","ms":0,"session":"s1","operation":"backup",)"
      R"("event":"session_started","text":"s1"})");
  CHECK(
      told.json[7] ==
      R"({"version":1,"sequence":8,"time":"2026-01-02T03:04:05.000Z","ms":40,"session":"s1","operation":"backup",)"
      R"("event":"attempt_ended","step":{"id":1,"name":"checkpoint","title":"pre backup \"checkpoint\"","file":"",)"
      R"("line":0},"release":false,"attempt":1,"phase":"Failed","took_ms":40,"text":"exit code 2",)"
      R"("output":"no \u001b[31mserver\n"})");
  const auto result = nlohmann::json::parse(told.result_line);
  CHECK(result["event"] == "result");
  CHECK(result["status"] == "Failed");
  CHECK(result["outcome"] == "failure");
  CHECK(result["steps"].size() == 4);
  CHECK(result["steps"][0]["release"]["phase"] == "Failed");
  CHECK(result["steps"][1]["attempts"] == 2);
  CHECK(result["steps"][3]["phase"] == "Skipped");
  CHECK(result["still_held"][0]["name"] == "paused");
  CHECK(result["steps"][0]["release"]["by_hand"][0] == "/bin/sh -c release");
  REQUIRE(result["conditions"].size() == 2);
  CHECK(result["conditions"][0]["type"] == "PreBackupHooksExecutionSucceeded");
  CHECK(result["conditions"][0]["status"] == "True");
  CHECK(result["conditions"][1]["reason"] == "SuccessfullyExecutedPostBackupHooks");
  for (const std::string& line : told.json) CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("output of others is shown line by line and cannot move the cursor", "[report]") {
  CHECK(output_text("") == "");
  CHECK(output_text("a\nb\n") == "  | a\n  | b\n");
  CHECK(output_text("a\nb\nc", 2) == "  | …\n  | b\n  | c\n");
  CHECK(output_text("\x1b[2Jx\ty\r\n") == "  | ?[2Jx y\n");
  CHECK(output_text("a\n\nb") == "  | a\n  | \n  | b\n");
}

TEST_CASE("a request as a command for whoever is on call", "[report]") {
  const Pod pod{"shop", "db-0", "u", "postgres", "10.1.2.3"};
  ExecRequest exec;
  exec.place = plan::Exec::Place::Pod;
  exec.argv = {"/bin/sh", "-c", "psql -c 'x'"};
  exec.env = {{"A", "b c"}};
  CHECK(by_hand(exec, &pod) ==
        R"(kubectl exec -n shop db-0 -c postgres -- env 'A=b c' /bin/sh -c 'psql -c '\''x'\''')");
  exec.stdin_text = "go\n";
  exec.env.clear();
  CHECK(by_hand(exec, &pod).starts_with("printf %s 'go\n' | kubectl exec -i -n shop"));
  CHECK(by_hand(exec, nullptr) == "");
  HttpRequest http;
  http.post = true;
  http.url = "http://h/unlock?id=1&x";
  http.body = "{}";
  http.content_type = "application/json";
  CHECK(by_hand(http, nullptr) ==
        "curl -fsS -X POST -H 'Content-Type: application/json' --data-binary '{}' "
        "'http://h/unlock?id=1&x'");
  CHECK(by_hand(ScaleRequest{"Deployment", "", "web", "shop", 3, false}, nullptr) ==
        "kubectl scale -n shop Deployment/web --replicas=3");
}
