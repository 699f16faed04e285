// What reports are made from, JUnit and Prometheus.
#include "interpreter/report/report.hpp"
#include "interpreter/report/text.hpp"
#include "tests/unit/golden.hpp"
#include "tests/unit/session_samples.hpp"

using namespace hookc;
using namespace hookc::report;
using namespace hookc::test;

namespace {

std::string problem_of(std::vector<std::string> lines) {
  const auto log = read_log(lines);
  return log ? "" : log.error();
}

const Hook& hook_of(const SessionLog& log, std::string_view name) {
  const auto found = std::ranges::find(log.hooks, name, &Hook::name);
  REQUIRE(found != log.hooks.end());
  return *found;
}

}  // namespace

TEST_CASE("a session's JSON lines come back as what happened", "[reports]") {
  const SessionLog log = log_of(bad_session());
  CHECK(log.id == "s1");
  CHECK(log.program == "shop.hook");
  CHECK(log.operation == "backup");
  CHECK(utc(log.started) == "2026-01-02T03:00:00");
  CHECK(log.status == Status::Failed);
  CHECK(log.reason.starts_with("hold backup \"writes paused\" is still held"));

  const Hook& flush = hook_of(log, "flush");
  CHECK(flush.task.phase == Phase::Succeeded);
  REQUIRE(flush.task.tries.size() == 3);
  CHECK(flush.task.tries[0].phase == Phase::Failed);
  CHECK(flush.task.tries[0].reason == "exit code 1");
  CHECK(flush.task.tries[0].output == "could not connect: timeout expired\n");
  CHECK(flush.task.tries[0].time.length() == 10'000);
  CHECK(flush.task.tries[1].time.begin - flush.task.tries[0].time.end == 4'000);
  CHECK(hook_of(log, "warm cache").warns);

  const Hook& paused = hook_of(log, "writes paused");
  CHECK(paused.still_held);
  REQUIRE(paused.release);
  CHECK(paused.release->by_hand.size() == 1);
  CHECK(paused.release->tries.size() == 4);  // only db-1 is tried again
  REQUIRE(held(log, paused));
  CHECK(held(log, paused)->begin == 0);
  CHECK(held(log, paused)->end == log.took);
  const Hook& drained = hook_of(log, "queue drained");
  REQUIRE(held(log, drained));
  CHECK(held(log, drained)->length() == 3'000 + 95'000 + 700);
  CHECK_FALSE(held(log, flush));

  const Parts spans = parts(log);
  CHECK(spans.pre.end == spans.operation.begin);
  CHECK(spans.operation.length() == 95'000);
  CHECK(spans.releases.length() == 700 + 3 * 1'500 + 2 * 5'000);
  CHECK(spans.post.length() == 450);
  CHECK(spans.post.end == log.took);
}

TEST_CASE("a log that stops early says what was under way", "[reports]") {
  std::vector<std::string> lines = good_session();
  const auto operation = std::ranges::find_if(lines, [](const std::string& line) {
    return line.find("operation_started") != std::string::npos;
  });
  REQUIRE(operation != lines.end());
  lines.erase(operation + 1, lines.end());
  const SessionLog log = log_of(lines);
  CHECK(log.status == Status::Running);
  REQUIRE(log.run);
  CHECK(log.run->phase == Phase::Running);
  CHECK(hook_of(log, "checkpoint").task.phase == Phase::Succeeded);
  CHECK(to_junit(log).find("the session did not come to its end") != std::string::npos);
  CHECK(to_prometheus(log, 5'000).find(R"(status="unfinished"} 1)") != std::string::npos);
}

TEST_CASE("lines that are no session are refused in one line", "[reports]") {
  const std::string first = good_session().front();
  const auto with = [&](std::string_view part, std::string_view instead) {
    std::string line = first;
    const std::size_t at = line.find(part);
    REQUIRE(at != std::string::npos);
    return line.replace(at, part.size(), instead);
  };
  CHECK(problem_of({}) == "there is no event");
  CHECK(problem_of({"{"}) == "line 1: is not JSON");
  CHECK(problem_of({"7"}) == "line 1: is not an object");
  CHECK(problem_of({"{}"}) == "line 1: has no `version`");
  CHECK(problem_of({with("\"version\":1", "\"version\":2")}) ==
        "line 1: is of a version that this hookc does not know");
  CHECK(problem_of({first, with("\"session\":\"s1\"", "\"session\":\"s2\"")}) ==
        "line 2: is of another session");
  CHECK(problem_of({with("\"ms\":0", "\"ms\":-1")}) == "line 1: `ms` is not a whole number from 0");
  CHECK(problem_of({with("\"ms\":0", "\"ms\":9007199254740992")}) == "line 1: `ms` is too large");
  CHECK(problem_of({with("2026-01-02T", "2026-02-30T")}) ==
        "line 1: `time` is not a time in UTC (RFC 3339)");
  CHECK(problem_of({with("session_started", "attempt_ended")}) == "line 1: has no `step`");
  CHECK(problem_of({with("session_started", "something_new")}).empty());
  const std::string result = good_session().back();
  CHECK(problem_of({result}).empty());
  std::string wrong = result;
  wrong.replace(wrong.find("\"side\":\"pre\""), 12, "\"side\":\"mid\"");
  CHECK(problem_of({first, wrong}) == "line 2: `side` is none of the words it may be");
}

TEST_CASE("a session as JUnit", "[reports]") {
  check_golden("reports/good.xml", to_junit(log_of(good_session())));
  check_golden("reports/bad.xml", to_junit(log_of(bad_session())));
}

TEST_CASE("a session as Prometheus metrics", "[reports]") {
  check_golden("reports/good.prom", to_prometheus(log_of(good_session()), 0));
  check_golden("reports/bad.prom", to_prometheus(log_of(bad_session()), 1'767'300'000'250));
}

TEST_CASE("a session as a page", "[reports]") {
  check_golden("reports/good.html", to_html(log_of(good_session())));
  check_golden("reports/bad.html", to_html(log_of(bad_session())));
}

TEST_CASE("a failed session keeps when the last good one ended", "[reports]") {
  const SessionLog good = log_of(good_session());
  const SessionLog bad = log_of(bad_session());
  const auto seen = [](std::string_view text) { return last_success(text, "shop.hook", "backup"); };
  CHECK(seen("") == 0);
  CHECK(seen(to_prometheus(bad, 0)) == 0);
  const Millis ended = good.started + good.took;
  CHECK(seen(to_prometheus(good, 0)) == ended);
  CHECK(seen(to_prometheus(bad, ended)) == ended);
  CHECK(last_success(to_prometheus(good, {}), "shop.hook", "restore").error() ==
        "holds the metrics of another program or operation; give each a file of its own");
  CHECK(seen("precious notes\n").error() == "was not written by hookc; a report would replace it");
}

TEST_CASE("names and output of others stay text in every report", "[reports]") {
  const std::string name = "a\"b\\c\n<script>alert('x')</script>]]>\u202e&amp;\x01";
  PlanBuilder builder = shop();
  builder.plan.file = name;
  builder.hold(name).task.origin = {name, 3, 1};
  engine::ScriptedWorld world(builder.plan);
  world.answer({name}, {engine::exit_code(1, "\x1b[31m]]><b>\xff\x1b]0;title\a red\r\n")});
  world.answer({name, true}, {engine::exit_code(1, {}, name)});
  const SessionLog log = log_of(lines_of(builder, world));
  const std::string junit = to_junit(log);
  check_golden("reports/hostile.xml", junit);
  CHECK(junit.find("<script") == std::string::npos);
  CHECK(junit.find("]]>") == std::string::npos);
  check_golden("reports/hostile.html", to_html(log));
  const std::string metrics = to_prometheus(log, 0);
  check_golden("reports/hostile.prom", metrics);
  CHECK(last_success(metrics, name, "backup") == 0);
}

TEST_CASE("what a program printed becomes text", "[reports]") {
  CHECK(plain("a\r\nb\tc") == "a\nb\tc");
  CHECK(plain("\x1b[1;31mred\x1b[0m \x1b(B") == "red B");
  CHECK(plain("\x1b]8;;http://x\x1b\\link\x1b]8;;\a") == "link");
  CHECK(plain("\x1b]never ends\n") == "never ends\n");
  CHECK(plain("\x1b") == "");
  CHECK(plain("\x1b[12") == "");
  CHECK(plain("caf\xc3\xa9 \xff\x07") == "café \uFFFD\u2407");
  CHECK(plain_tail("one\ntwo\n\n", 100) == "one\ntwo");
  CHECK(plain_tail("0123456789", 4) == "… 6 bytes before this are left out\n6789");
  CHECK(plain_tail("aé", 1) == "… 3 bytes before this are left out\n");
  CHECK(spoken(0) == "0 ms");
  CHECK(spoken(12'000) == "12 s");
  CHECK(spoken(12'499) == "12.4 s");
  CHECK(spoken(61'000) == "1 min 1 s");
  CHECK(spoken(3'600'000) == "1 h");
  CHECK(spoken(90'000'000) == "1 d 1 h");
  CHECK(utc(0) == "1970-01-01T00:00:00");
  CHECK(utc(-1) == "1969-12-31T23:59:59");
  CHECK(seconds(1'005) == "1.005");
}
