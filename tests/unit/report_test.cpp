// JSON lines and texts of a session.
#include <algorithm>
#include <fstream>

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

/// The part of JSON Schema that events.schema.json uses; the path of what is wrong, or nothing.
std::string violation(const nlohmann::json& root, const nlohmann::json& schema,
                      const nlohmann::json& value, const std::string& path, bool closed) {
  if (schema.contains("$ref")) {
    const std::string ref = schema["$ref"].get<std::string>().substr(1);
    return violation(root, root.at(nlohmann::json::json_pointer(ref)), value, path, closed);
  }
  nlohmann::json known = schema.value("properties", nlohmann::json::object());
  for (const auto& part : schema.value("allOf", nlohmann::json::array())) {
    if (auto wrong = violation(root, part, value, path, false); !wrong.empty()) return wrong;
    const std::string ref = part["$ref"].get<std::string>().substr(1);
    known.update(root.at(nlohmann::json::json_pointer(ref))["properties"]);
  }
  if (schema.contains("const") && value != schema["const"]) return path;
  if (schema.contains("enum")) {
    const auto& all = schema["enum"];
    if (std::find(all.begin(), all.end(), value) == all.end()) return path;
  }
  const std::string type = schema.value("type", "");
  if ((type == "integer" && !value.is_number_integer()) ||
      (type == "string" && !value.is_string()) || (type == "object" && !value.is_object()) ||
      (type == "array" && !value.is_array()) || (type == "boolean" && !value.is_boolean())) {
    return path;
  }
  if (schema.contains("minimum") && value < schema["minimum"]) return path;
  for (const auto& key : schema.value("required", nlohmann::json::array())) {
    if (!value.contains(key.get<std::string>())) return path + "/" + key.get<std::string>();
  }
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      if (known.contains(key)) {
        if (auto wrong = violation(root, known[key], inner, path + "/" + key, true);
            !wrong.empty()) {
          return wrong;
        }
      } else if (closed) {
        return path + "/" + key + " is not in the schema";
      }
    }
  }
  if (value.is_array() && schema.contains("items")) {
    for (const auto& inner : value) {
      if (auto wrong = violation(root, schema["items"], inner, path + "/*", true); !wrong.empty()) {
        return wrong;
      }
    }
  }
  return {};
}

}  // namespace

TEST_CASE("every line is what events.schema.json says, and has nothing that it does not know",
          "[report]") {
  std::ifstream file(HOOKC_SOURCE_DIR "/docs/reference/events.schema.json");
  const auto schema = nlohmann::json::parse(file);
  Told told = tell();
  told.json.push_back(told.result_line);
  for (const std::string& line : told.json) {
    CAPTURE(line);
    CHECK(violation(schema, schema, nlohmann::json::parse(line), "", true) == "");
  }
  nlohmann::json wrong = nlohmann::json::parse(told.result_line);
  wrong["steps"][0]["phase"] = "failed";
  CHECK(violation(schema, schema, wrong, "", true) == "/steps/*/phase");
}

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
      R"("event":"session_started","program":"","text":"s1"})");
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
