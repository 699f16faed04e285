#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "interpreter/io/bounded_output.hpp"
#include "interpreter/io/process.hpp"

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

/// Gone, or dead and only waiting to be reaped by whoever is init here (proc(5): the state follows
/// the last `)`).
bool ended(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return true;
  const std::size_t close = line.rfind(')');
  return close != std::string::npos && line.compare(close + 2, 1, "Z") == 0;
}

TEST_CASE("stopping ends the grandchildren too", "[io][process]") {
  Loop loop;
  std::optional<ProcessEnd> end;
  std::string printed;
  std::unique_ptr<Process> process;
  ProcessSpec spec = shell("sleep 1000 & echo $!; wait");
  spec.on_output = [&](int, std::string_view bytes) {
    printed += bytes;
    if (printed.ends_with('\n')) process->stop();
  };
  process =
      std::make_unique<Process>(loop, std::move(spec), [&](ProcessEnd e) { end = std::move(e); });
  loop.run_until([&] { return end.has_value(); });
  CHECK(end->exit_code == 128 + SIGTERM);
  CHECK(ended(std::stoi(printed)));
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
