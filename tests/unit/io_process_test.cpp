#include <catch2/catch.hpp>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "interpreter/io/bounded_output.hpp"
#include "interpreter/io/process.hpp"
#include "tests/unit/io_testing.hpp"

namespace hookc::io {
namespace {

ProcessSpec shell(std::string text) {
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c", std::move(text)};
  return spec;
}

ProcessEnd run(ProcessSpec spec) {
  Loop loop;
  std::optional<ProcessEnd> end;
  Process process(loop, std::move(spec), [&](ProcessEnd e) { end = std::move(e); });
  loop.run_until([&] { return end.has_value(); });
  REQUIRE(end);
  return *end;
}

TEST_CASE("a process ends with its exit code and what it printed", "[io][process]") {
  const ProcessEnd end = run(shell("echo out; echo err >&2; exit 7"));
  CHECK(end.error.empty());
  CHECK(end.exit_code == 7);
  CHECK(end.stdout_text == "out\n");
  CHECK(end.stderr_text == "err\n");
  CHECK_FALSE(end.truncated);
}

TEST_CASE("a process that a signal ended has 128 and the signal", "[io][process]") {
  CHECK(run(shell("kill -KILL $$")).exit_code == 128 + SIGKILL);
}

TEST_CASE("a command that is not there is an error, not an exit code", "[io][process]") {
  ProcessSpec spec;
  spec.argv = {"hookc-no-such-command"};
  CHECK(run(std::move(spec)).error ==
        "cannot start `hookc-no-such-command`: no such file or directory");
}

TEST_CASE("variables go over the environment, the later ones winning", "[io][process]") {
  ProcessSpec spec = shell("printf '%s' \"$HOOKC_A$HOOKC_B\"; test -n \"$PATH\"");
  spec.env = {{"HOOKC_A", "1"}, {"HOOKC_B", "2"}, {"HOOKC_A", "3"}};
  const ProcessEnd end = run(std::move(spec));
  CHECK(end.exit_code == 0);
  CHECK(end.stdout_text == "32");
}

TEST_CASE("ten megabytes in and out do not lock each other up", "[io][process]") {
  ProcessSpec spec = shell("cat");
  spec.stdin_text = std::string(10 << 20, 'x');
  std::size_t seen = 0;
  spec.on_output = [&](int, std::string_view bytes) { seen += bytes.size(); };
  const ProcessEnd end = run(std::move(spec));
  CHECK(end.exit_code == 0);
  CHECK(seen == std::size_t{10} << 20);
  CHECK(end.truncated);
  CHECK(end.stdout_text.size() < std::size_t{200} << 10);
}

TEST_CASE("a reader that closes its input early is no failure", "[io][process]") {
  ProcessSpec spec = shell("exec <&-; exit 0");
  spec.stdin_text = std::string(1 << 20, 'x');
  CHECK(run(std::move(spec)).exit_code == 0);
}

/// What stop() leaves of a shell text that prints the number of a process in its first line.
struct Stopped {
  ProcessEnd end;
  int pid = 0;
  bool left = true;
  engine::Millis took = 0;
};
Stopped stopped(std::string text, engine::Millis kill_after = 10'000) {
  Loop loop;
  std::optional<ProcessEnd> end;
  std::string printed;
  std::unique_ptr<Process> process;
  engine::Millis begun = 0;
  ProcessSpec spec = shell(std::move(text));
  spec.kill_after = kill_after;
  spec.on_output = [&](int, std::string_view bytes) {
    printed += bytes;
    if (!printed.ends_with('\n')) return;
    begun = loop.now();
    process->stop();
  };
  process =
      std::make_unique<Process>(loop, std::move(spec), [&](ProcessEnd e) { end = std::move(e); });
  loop.run_until([&] { return end.has_value(); });
  Stopped result;
  result.took = loop.now() - begun;
  result.end = *end;
  result.pid = std::stoi(printed);
  result.left = !ended(result.pid);
  return result;
}

TEST_CASE("rule 19: stopping ends the grandchildren too", "[io][process]") {
  const Stopped result = stopped("sleep 1000 & echo $!; wait");
  CHECK(result.end.exit_code == 128 + SIGTERM);
  CHECK_FALSE(result.left);
  CHECK(result.took < 5'000);
}

TEST_CASE("rule 19: stopping ends a daemon, which left its group, session and parent",
          "[io][process]") {
  const Stopped result =
      stopped("(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &); sleep 1000");
  CHECK_FALSE(result.left);
  CHECK(result.took < 5'000);
}

TEST_CASE("rule 19: stopping ends a daemon in another session whose parent lives",
          "[io][process]") {
  const Stopped result = stopped("setsid sh -c 'echo $$; exec sleep 1000' & wait");
  CHECK_FALSE(result.left);
  CHECK(result.took < 5'000);
}

TEST_CASE("rule 19: a daemon that ignores TERM is killed", "[io][process]") {
  const Stopped result = stopped(
      "(setsid sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done >/dev/null 2>&1' &); "
      "sleep 1000",
      300);
  CHECK_FALSE(result.left);
  CHECK(result.took >= 300);
}

TEST_CASE("stopping waits for no zombie", "[io][process]") {
  // The grandchild's parent never looks after it, so it stays in the group as a zombie until the
  // parent itself has gone.
  const Stopped result = stopped("sh -c 'exit 0' & echo $!; exec sleep 1000");
  CHECK(result.took < 5'000);
}

TEST_CASE("stopping one leaves what others started alone", "[io][process]") {
  Loop loop;
  std::optional<ProcessEnd> first, second;
  std::string daemon, other;
  ProcessSpec spec = shell("(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &)");
  spec.on_output = [&](int, std::string_view bytes) { daemon += bytes; };
  Process one(loop, std::move(spec), [&](ProcessEnd e) { first = std::move(e); });
  loop.run_until([&] { return first.has_value(); });
  const int pid = std::stoi(daemon);

  spec = shell("echo up; sleep 1000");
  std::unique_ptr<Process> two;
  spec.on_output = [&](int, std::string_view) { two->stop(); };
  two = std::make_unique<Process>(loop, std::move(spec),
                                  [&](ProcessEnd e) { second = std::move(e); });
  loop.run_until([&] { return second.has_value(); });
  CHECK_FALSE(ended(pid));  // a service that a hook started, and that is to stay

  const auto id = process_stat(pid).value().id;
  CHECK(send_signal(id, SIGKILL));
  loop.run_until([&] { return ended(pid); });
}

TEST_CASE("orphans are reaped", "[io][process]") {
  Loop loop;
  std::optional<ProcessEnd> end;
  ProcessSpec spec = shell("(sh -c 'echo $$; exec sleep 0.1 >/dev/null 2>&1' &)");
  std::string printed;
  spec.on_output = [&](int, std::string_view bytes) { printed += bytes; };
  Process process(loop, std::move(spec), [&](ProcessEnd e) { end = std::move(e); });
  Timer ticking(loop);
  const std::function<void()> tick = [&] { ticking.start(10, tick); };
  tick();
  loop.run_until([&] { return end && !process_stat(std::stoi(printed)); });
  CHECK_FALSE(process_stat(std::stoi(printed)));
}

TEST_CASE("a command can open its own standard streams again", "[io][process]") {
  const ProcessEnd end = run(shell("echo out > /dev/stdout; echo err > /dev/stderr"));
  CHECK(end.exit_code == 0);
  CHECK(end.stdout_text == "out\n");
  CHECK(end.stderr_text == "err\n");
}

TEST_CASE("a grandchild that keeps the pipes open does not hold the end up", "[io][process]") {
  Loop loop;
  std::optional<ProcessEnd> end;
  const engine::Millis before = loop.now();
  Process process(loop, shell("setsid sleep 5 & echo done"),
                  [&](ProcessEnd e) { end = std::move(e); });
  loop.run_until([&] { return end.has_value(); });
  CHECK(end->exit_code == 0);
  CHECK(end->stdout_text == "done\n");
  CHECK(loop.now() - before < 4000);
}

TEST_CASE("bounded output keeps both ends", "[io][process]") {
  BoundedOutput output(4);
  output.append("abcd");
  output.append("ef");
  CHECK(output.text() == "abcdef");
  CHECK(output.last() == "cdef");
  for (int i = 0; i < 100; ++i) output.append("0123456789");
  CHECK(output.truncated());
  CHECK(output.last() == "6789");
  CHECK(output.text() == "abcd\n… 998 bytes left out …\n6789");
}

}  // namespace
}  // namespace hookc::io
