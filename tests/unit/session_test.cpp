// The engine by the numbers of its rules: one hook, groups, pods, captures, the outcome.
#include <algorithm>

#include <catch2/catch.hpp>

#include "interpreter/core/report.hpp"
#include "tests/unit/engine_ran.hpp"

using namespace hookc;
using namespace hookc::engine;
using namespace hookc::test;
using plan::OnError;
using plan::Op;
using plan::Policy;

TEST_CASE("success: status 200..399, exit code 0, a connection", "[engine]") {
  struct Row {
    plan::Action action;
    Reply reply;
    bool succeeds;
    std::string reason;
  };
  const std::string url = "http://h/";
  const std::vector<Row> rows{
      {http_get(url), http(199), false, "HTTP status 199"},
      {http_get(url), http(200), true, ""},
      {http_get(url), http(302), true, ""},
      {http_get(url), http(399), true, ""},
      {http_get(url), http(400), false, "HTTP status 400"},
      {http_get(url), http(503), false, "HTTP status 503"},
      {http_get(url), refused("could not resolve h"), false, "could not resolve h"},
      {http_get(url), hangs(), false, "timed out after 5m"},
      {exec_local("x"), exit_code(0), true, ""},
      {exec_local("x"), exit_code(1), false, "exit code 1"},
      {exec_local("x"), exit_code(255), false, "exit code 255"},
      {exec_local("x"), lost("stream cut"), false, "stream cut"},
      {tcp("h:80"), ok(), true, ""},
      {tcp("h:80"), refused(), false, "connection refused"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.reason, row.action.index());
    PlanBuilder builder;
    builder.pre("a", row.action);
    Ran ran(builder);
    ran.world.answer({"a"}, {row.reply});
    const SessionResult& result = ran.run();
    CHECK((result.status == SessionStatus::Succeeded) == row.succeeds);
    CHECK(result.steps[0].reason == row.reason);
    CHECK(result.reason == (row.succeeds ? "" : "pre backup \"a\" failed: " + row.reason));
  }
}

TEST_CASE("rule 7: retries, their waits in virtual time, and their cap", "[engine]") {
  struct Row {
    std::int64_t retries, every;
    double factor;
    std::optional<std::int64_t> up_to;
    std::vector<Millis> starts;  // of the attempts, all of which fail at once
  };
  const std::vector<Row> rows{
      {0, 1000, 1, {}, {0}},
      {3, 1000, 1, {}, {0, 1000, 2000, 3000}},
      {4, 2000, 2, {}, {0, 2000, 6000, 14000, 30000}},
      {4, 2000, 2, 5000, {0, 2000, 6000, 11000, 16000}},
      {2, 100, 1.5, {}, {0, 100, 250}},
      {2, 0, 2, {}, {0, 0, 0}},
      {2, 5000, 2, 1000, {0, 1000, 2000}},
  };
  for (const Row& row : rows) {
    PlanBuilder builder;
    plan::Step& step = builder.pre("a");
    step.task.retry = {number(row.retries), duration(row.every), literal({row.factor}),
                       std::nullopt};
    if (row.up_to) step.task.retry.up_to = duration(*row.up_to);
    Ran ran(builder);
    ran.world.answer({"a"}, {exit_code(2)});
    const SessionResult& result = ran.run();
    std::vector<Millis> starts;
    for (const Report& report : ran.world.reports()) {
      if (report.kind == Report::Kind::AttemptStarted) starts.push_back(report.at);
    }
    CHECK(starts == row.starts);
    CHECK(result.steps[0].attempts == row.starts.size());
  }
}

TEST_CASE("rule 7: the reason counts the attempts, and a success ends them", "[engine]") {
  PlanBuilder builder;
  builder.pre("checkpoint").task.retry.count = number(2);
  {
    Ran ran(builder);
    ran.world.answer({"checkpoint"}, {exit_code(2)});
    CHECK(ran.run().reason == "pre backup \"checkpoint\" failed: exit code 2 after 3 attempts");
  }
  {
    Ran ran(builder);
    ran.world.answer({"checkpoint"}, {hangs(), exit_code(0)});
    const SessionResult& result = ran.run();
    CHECK(result.status == SessionStatus::Succeeded);
    CHECK(result.steps[0].attempts == 2);
    CHECK(result.steps[0].ended == 5 * 60 * 1000 + 1000);
  }
}

TEST_CASE("rule 7: a value that cannot be rendered is not retried", "[engine]") {
  PlanBuilder builder;
  builder.plan.params.push_back({"url", {}, {}, {}, {}});
  plan::Step& step = builder.pre("a", http_get(""));
  std::get<plan::HttpRequest>(step.task.action).where = leaf(Op::Param, "", 0);
  step.task.retry.count = number(5);
  Ran ran(builder);
  const SessionResult& result = ran.run();  // the param has no value
  CHECK(result.status == SessionStatus::Failed);
  CHECK(ran.world.attempts().empty());
  CHECK(result.steps[0].attempts == 0);
  CHECK(result.steps[0].reason.find("url") != std::string::npos);
}

TEST_CASE("rule 8: expect replaces the default test only if it reads status or exit", "[engine]") {
  struct Row {
    int exit;
    std::string stdout_text;
    bool replaces, succeeds;
  };
  // expect stdout == "ok" / expect exit == 3
  for (const Row& row : std::vector<Row>{{0, "ok", false, true},
                                         {0, "no", false, false},
                                         {1, "ok", false, false},
                                         {3, "", true, true},
                                         {0, "", true, false}}) {
    CAPTURE(row.exit, row.stdout_text, row.replaces);
    PlanBuilder builder;
    plan::Step& step = builder.pre("a");
    step.task.expect =
        row.replaces ? equals(fact("exit"), number(3)) : equals(fact("stdout"), text("ok"));
    step.task.expect_replaces = row.replaces;
    Ran ran(builder);
    ran.world.answer({"a"}, {exit_code(row.exit, row.stdout_text)});
    CHECK((ran.run().status == SessionStatus::Succeeded) == row.succeeds);
  }
}

TEST_CASE("rule 8: expect reads status, body, json and headers; a false one is retried",
          "[engine]") {
  const plan::Expr member = [] {
    plan::Expr expr = apply(Op::Member, {fact("json")});
    expr.name = "state";
    return expr;
  }();
  PlanBuilder builder;
  plan::Step& step = builder.pre("a", http_get("http://h/"));
  step.task.expect =
      apply(Op::And, {equals(fact("status"), number(503)),
                      apply(Op::And, {equals(member, text("up")),
                                      equals(leaf(Op::Header, "x-kind"), text("probe"))})});
  step.task.expect_replaces = true;
  step.task.retry.count = number(3);
  Ran ran(builder);
  HttpResponse good{503, {{"X-Kind", "probe"}}, R"({"state": "up"})", false};
  ran.world.answer({"a"}, {http(503, "no json"), http(503, R"({"state": "down"})"), {good}});
  const SessionResult& result = ran.run();
  CHECK(result.status == SessionStatus::Succeeded);
  CHECK(result.steps[0].attempts == 3);
}

TEST_CASE("rule 9: on error fail, continue, warn and skip on the pre side", "[engine]") {
  struct Row {
    OnError on_error;
    StepPhase next;
    bool operation;
    SessionStatus status;
  };
  for (const Row& row :
       std::vector<Row>{{OnError::Fail, StepPhase::Skipped, false, SessionStatus::Failed},
                        {OnError::Continue, StepPhase::Succeeded, true, SessionStatus::Failed},
                        {OnError::Warn, StepPhase::Succeeded, true, SessionStatus::Succeeded},
                        {OnError::Skip, StepPhase::Skipped, false, SessionStatus::Skipped}}) {
    PlanBuilder builder;
    builder.pre("a").on_error = row.on_error;
    builder.pre("b");
    Ran ran(builder);
    ran.world.answer({"a"}, {exit_code(1)});
    const SessionResult& result = ran.run();
    CHECK(result.steps[0].phase == StepPhase::Failed);
    CHECK(result.steps[1].phase == row.next);
    CHECK(result.status == row.status);
    const Lines trace = ran.lines();
    CHECK((std::ranges::find(trace, "operation at 0") != trace.end()) == row.operation);
    const bool warned = std::ranges::any_of(ran.world.reports(), [](const Report& r) {
      return r.kind == Report::Kind::Note && r.text.starts_with("warning: ");
    });
    CHECK(warned == (row.on_error == OnError::Warn));
  }
}

TEST_CASE("on error skip: only always hooks run, and the session tells why", "[engine]") {
  PlanBuilder builder;
  builder.hold("held");
  builder.pre("replica?").on_error = OnError::Skip;
  builder.post("good", Policy::OnSuccess);
  builder.post("bad", Policy::OnFailure);
  builder.post("any");
  Ran ran(builder);
  ran.world.answer({"replica?"}, {exit_code(75)});
  const SessionResult& result = ran.run();
  CHECK(result.status == SessionStatus::Skipped);
  CHECK(result.reason == "pre backup \"replica?\" skipped the session: exit code 75");
  CHECK(result.releases[0].phase == StepPhase::Succeeded);
  CHECK(result.steps[2].phase == StepPhase::Skipped);
  CHECK(result.steps[3].phase == StepPhase::Skipped);
  CHECK(result.steps[4].phase == StepPhase::Succeeded);
}

TEST_CASE("rule 10: a false when is Skipped and no failure; one that has no value is a failure",
          "[engine]") {
  PlanBuilder builder;
  builder.pre("a").when = truth(false);
  builder.hold("h").when = truth(false);
  Ran ran(builder);
  const SessionResult& result = ran.run();
  CHECK(result.status == SessionStatus::Succeeded);
  CHECK(result.steps[0].phase == StepPhase::Skipped);
  CHECK(result.steps[1].phase == StepPhase::Skipped);
  CHECK(ran.world.attempts().empty());  // nothing to release either

  PlanBuilder broken;
  broken.pre("a").when = fact("session.reason");
  Ran second(broken);
  CHECK(second.run().steps[0].phase == StepPhase::Failed);
  CHECK(second.world.attempts().empty());
}

TEST_CASE("rule 12: captures and hook facts reach later readers; a missing one is a failure there",
          "[engine]") {
  PlanBuilder builder;
  plan::Step& source = builder.pre("source", http_get("http://h/"));
  plan::Expr id = apply(Op::Member, {fact("json")});
  id.name = "id";
  const std::uint32_t index = builder.capture(source, "id", id);
  builder.pre("reader", http_get("")).task.action = [&] {
    plan::HttpRequest http;
    http.where = apply(Op::Concat, {text("http://h/"), leaf(Op::Capture, "", index), text("/"),
                                    leaf(Op::HookFact, "status", 0)});
    return http;
  }();
  {
    Ran ran(builder);
    ran.world.answer({"source"}, {http(200, R"({"id": 42})")});
    CHECK(ran.run().status == SessionStatus::Succeeded);
    CHECK(std::get<HttpRequest>(ran.world.attempts()[1].request).url == "http://h/42/Succeeded");
  }
  {
    Ran ran(builder);
    ran.world.answer({"source"}, {http(200, R"({"other": 1})")});
    CHECK(ran.run().steps[0].reason == "cannot capture `id`: it is missing");
  }
}

TEST_CASE(
    "rule 13: together starts at once, waits for all, and one failure does not cancel the others",
    "[engine]") {
  PlanBuilder builder;
  builder.pre("a");
  builder.pre("b");
  builder.pre("c");
  builder.together(builder.plan.backup.pre, 3);
  builder.pre("later");
  Ran ran(builder);
  ran.world.answer({"a"}, {exit_code(0, {}, {}, 30)});
  ran.world.answer({"b"}, {exit_code(1, {}, {}, 10)});
  ran.world.answer({"c"}, {exit_code(0, {}, {}, 20)});
  const SessionResult& result = ran.run();
  CHECK(ran.lines() ==
        Lines{"attempt a #1 at 0", "attempt b #1 at 0", "attempt c #1 at 0", "finish at 30"});
  CHECK(result.steps[0].phase == StepPhase::Succeeded);
  CHECK(result.steps[2].phase == StepPhase::Succeeded);
  CHECK(result.steps[3].phase == StepPhase::Skipped);
  CHECK(result.steps[3].reason == "not started: pre backup \"b\" failed: exit code 1");
}

TEST_CASE("rule 15: pre, operation, releases, outcome, post, in this order", "[engine]") {
  PlanBuilder builder;
  builder.pre("first");
  builder.hold("held");
  builder.post("after");
  Ran ran(builder);
  ran.run();
  CHECK(ran.lines() == Lines{"attempt first #1 at 0", "attempt held #1 at 0", "operation at 0",
                             "attempt release held #1 at 0", "attempt after #1 at 0",
                             "finish at 0"});
}

TEST_CASE(
    "rule 16: the outcome never changes once fixed; later hooks may ask for the status of one",
    "[engine]") {
  PlanBuilder builder;
  builder.post("verify");
  builder.post("good", Policy::OnSuccess).when = equals(fact("session.status"), text("Succeeded"));
  builder.post("page", Policy::OnFailure);
  builder.post("ask").when = equals(leaf(Op::HookFact, "status", 0), text("Failed"));
  Ran ran(builder);
  ran.world.answer({"verify"}, {exit_code(1)});
  const SessionResult& result = ran.run();
  CHECK(result.outcome == Outcome::Success);
  CHECK(result.status == SessionStatus::Failed);
  CHECK(result.steps[1].phase == StepPhase::Succeeded);
  CHECK(result.steps[2].phase == StepPhase::Skipped);
  CHECK(result.steps[3].phase == StepPhase::Succeeded);
  CHECK(result.reason == "post backup \"verify\" failed: exit code 1");
}

TEST_CASE("the operation: exit codes, succeeds when, and one that could not start", "[engine]") {
  struct Row {
    OperationEnded end;
    bool codes;  // operation backup succeeds when exit in [0, 3]
    std::string reason;
  };
  for (const Row& row :
       std::vector<Row>{{{0, {}, {}}, false, ""},
                        {{3, {}, {}}, false, "the backup failed: exit code 3"},
                        {{3, {}, {}}, true, ""},
                        {{2, {}, {}}, true, "the backup failed: exit code 2"},
                        {{0, {}, "no such file"}, true, "the backup failed: no such file"}}) {
    PlanBuilder builder;
    if (row.codes) {
      builder.plan.backup.succeeds_when =
          apply(Op::In, {fact("exit"), apply(Op::List, {number(0), number(3)})});
    }
    Ran ran(builder);
    ran.world.operation(row.end);
    CHECK(ran.run().reason == row.reason);
  }
}

TEST_CASE("rule 17: post hooks read status, reason, duration and the operation's facts",
          "[engine]") {
  PlanBuilder builder;
  plan::HttpRequest http;
  http.post = true;
  http.where = text("http://h/");
  http.body_kind = plan::HttpRequest::BodyKind::Json;
  plan::Expr object =
      apply(Op::Object, {fact("session.status"), fact("session.reason"), fact("session.duration"),
                         fact("operation.exit"), fact("operation.output"), fact("session.phase"),
                         fact("session.operation"), fact("session.id")});
  object.keys = {"status", "reason", "duration", "exit", "output", "phase", "operation", "id"};
  http.body = object;
  builder.post("tell", Policy::OnFailure, http);
  Ran ran(builder);
  ran.world.operation({7, "disk full", {}}, 1500);
  ran.run();
  REQUIRE(ran.world.attempts().size() == 1);
  const auto& request = std::get<HttpRequest>(ran.world.attempts()[0].request);
  CHECK(
      request.body ==
      R"({"status":"Failed","reason":"the backup failed: exit code 7","duration":"1s500ms","exit":7,)"
      R"("output":"disk full","phase":"post","operation":"backup","id":"s1"})");
  CHECK(request.content_type == "application/json");
}

TEST_CASE("rule 18: after a failed pre hook the always and on failure hooks run", "[engine]") {
  PlanBuilder builder;
  builder.pre("a");
  builder.pre("never");
  builder.post("s", Policy::OnSuccess);
  builder.post("f", Policy::OnFailure);
  builder.post("x", Policy::Always);
  Ran ran(builder);
  ran.world.answer({"a"}, {exit_code(1)});
  ran.run();
  CHECK(ran.lines() ==
        Lines{"attempt a #1 at 0", "attempt f #1 at 0", "attempt x #1 at 0", "finish at 0"});
}

TEST_CASE("rule 39: secrets are masked in reports, outputs and reasons, and still reach the world",
          "[engine]") {
  PlanBuilder builder;
  builder.plan.secrets.push_back({"token", "string", {}, {}});
  plan::Step& step = builder.pre("a", http_get(""));
  std::get<plan::HttpRequest>(step.task.action).where =
      apply(Op::Concat, {text("http://h/?t="), leaf(Op::Secret, "", 0)});
  Inputs inputs = builder.inputs();
  inputs.secrets = {"s3cr3t/x"};
  Ran ran(builder);
  ran.world.answer({"a"}, {refused("cannot reach http://h/?t=s3cr3t%2Fx")});
  const SessionResult& result = ran.run(inputs);
  CHECK(std::get<HttpRequest>(ran.world.attempts()[0].request).url == "http://h/?t=s3cr3t/x");
  CHECK(result.reason == "pre backup \"a\" failed: cannot reach http://h/?t=***");

  Ran second(builder);
  second.world.answer({"a"}, {http(500, "token s3cr3t/x is wrong")});
  CHECK(second.run(inputs).steps[0].output == "token *** is wrong");
  for (const Report& report : second.world.reports()) {
    CHECK(report.text.find("s3cr3t") == std::string::npos);
    CHECK(report.output.find("s3cr3t") == std::string::npos);
  }
}

TEST_CASE("requests: forms, headers, endpoints, at the pod", "[engine]") {
  PlanBuilder builder;
  plan::HttpRequest form;
  form.post = true;
  form.where = text("http://h/");
  form.body_kind = plan::HttpRequest::BodyKind::Form;
  form.body = apply(Op::Object, {text("a b&c"), number(3)});
  form.body->keys = {"text", "n"};
  form.headers.push_back({text("X-A"), text("1")});
  builder.pre("form", form);
  plan::HttpRequest at;
  plan::PodEndpoint endpoint;
  endpoint.pod = pods("app=x");
  endpoint.port = number(8080);
  endpoint.scheme = "https";
  endpoint.path = text("/healthz");
  at.where = endpoint;
  builder.pre("at", at);
  builder.pre("tcp", tcp("[::1]:5432"));
  plan::HttpRequest injected = form;
  injected.headers[0].value = text("1\r\nX-B: 2");
  builder.pre("injected", injected);
  Ran ran(builder);
  const SessionResult& result = ran.run();
  REQUIRE(ran.world.attempts().size() == 3);
  const auto& first = std::get<HttpRequest>(ran.world.attempts()[0].request);
  CHECK(first.body == "text=a+b%26c&n=3");
  CHECK(first.content_type == "application/x-www-form-urlencoded");
  const auto& second = std::get<HttpRequest>(ran.world.attempts()[1].request);
  CHECK((second.scheme == "https" && second.port == 8080 && second.path == "/healthz"));
  CHECK(ran.world.attempts()[1].pod->name == "pod-0");
  const auto& third = std::get<TcpRequest>(ran.world.attempts()[2].request);
  CHECK((third.host == "::1" && third.port == 5432));
  CHECK(result.steps[3].reason == "a header value holds a line end");
}

TEST_CASE("unsupported: the first construct that cannot run is named with its place", "[engine]") {
  PlanBuilder builder;
  builder.pre("fine");
  CHECK_FALSE(unsupported(builder.plan, engine::Operation::Backup));
  plan::Step& hold = builder.hold("locked");
  hold.hold->session = true;
  hold.task.origin = {"db.hook", 7, 1};
  CHECK(unsupported(builder.plan, engine::Operation::Backup) ==
        "db.hook:7: hold backup \"locked\" needs what this build cannot run: `hold … session`");
  CHECK_FALSE(unsupported(builder.plan, engine::Operation::Restore));

  PlanBuilder scaled;
  scaled.pre("down", plan::Scale{});
  CHECK(unsupported(scaled.plan, engine::Operation::Backup));
  CHECK_FALSE(unsupported(scaled.plan, engine::Operation::Backup, {.scale = true}));
}

TEST_CASE("events nobody asked for are ignored", "[engine]") {
  PlanBuilder builder;
  builder.pre("a");
  Session session(builder.plan, builder.inputs());
  CHECK(session.handle({0, OperationEnded{}}).empty());
  CHECK(session.handle({0, Interrupted{}}).empty());
  session.handle({0, Begin{}});
  CHECK(session.handle({1, AttemptEnded{99, Connected{}}}).empty());
  CHECK(session.handle({1, TimerFired{99}}).empty());
  CHECK(session.handle({1, PodsSelected{99, {}, {}}}).empty());
  CHECK(session.handle({1, OperationEnded{}}).empty());
  CHECK(session.handle({1, Begin{}}).empty());
}
