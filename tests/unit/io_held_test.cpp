#include <catch2/catch.hpp>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "interpreter/io/held_process.hpp"
#include "interpreter/io/local_cluster/local_cluster.hpp"
#include "tests/unit/io_testing.hpp"

namespace hookc::io {
namespace {

using engine::Cancelled;
using engine::DefiniteFailure;
using engine::ExecOutput;
using engine::TimedOut;

/// A lock that is held until a line comes.
constexpr const char* kLock = "echo LOCKED; read line; echo \"got $line\"; echo late >&2; exit 4";

TEST_CASE("rule 29: a session stays open until its release is written", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, kLock));
  CHECK(world.until_printed(1, "LOCKED\n") == "LOCKED\n");
  CHECK(world.ends.empty());
  world.attempts->session_ready(1);
  world.start(input_attempt(2, 1, "UNLOCK\n"));
  const auto output = std::get<ExecOutput>(world.end(2));
  CHECK(output.exit_code == 4);
  CHECK(output.stdout_text == "got UNLOCK\n");  // from the write on
  CHECK(output.stderr_text == "late\n");
  CHECK_FALSE(world.ends.contains(1));  // its end was the release's answer
}

TEST_CASE("rule 29: the release closes stdin after what it writes", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, "echo ready; cat; echo end"));
  world.until_printed(1, "ready\n");
  world.start(input_attempt(2, 1, "a\nb"));
  CHECK(std::get<ExecOutput>(world.end(2)).stdout_text == "a\nbend\n");
}

TEST_CASE("rule 29: a session has a handle before it prints", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, "read line"));
  world.loop.run_until([&] { return !world.printed[1].empty(); });
  CHECK(is_process_handle(world.printed[1].front().handle));
  CHECK(world.printed[1].front().so_far.stdout_text.empty());
  world.attempts->cancel(1);
  CHECK(std::holds_alternative<Cancelled>(world.end(1)));
}

TEST_CASE("rule 29: what stdin is given at the start does not close it", "[io][held]") {
  AttemptsWorld world;
  engine::StartAttempt start = held_attempt(1, "read a; echo \"$a\"; read b; echo \"$b\"");
  std::get<engine::ExecRequest>(start.request).stdin_text = "first\n";
  world.start(start);
  CHECK(world.until_printed(1, "first\n") == "first\n");
  world.start(input_attempt(2, 1, "second\n"));
  CHECK(std::get<ExecOutput>(world.end(2)).stdout_text == "second\n");
}

TEST_CASE("rule 29: a session that ends early says so with all it printed", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, "echo LOCKED; exit 3"));
  const auto output = std::get<ExecOutput>(world.end(1));
  CHECK(output.exit_code == 3);
  CHECK(output.stdout_text == "LOCKED\n");
  world.start(input_attempt(2, 1, "UNLOCK\n"));
  CHECK(std::get<DefiniteFailure>(world.end(2)).reason == "the session has ended already");
}

TEST_CASE("rule 29: the timeout of a session counts until it is ready", "[io][held]") {
  AttemptsWorld world;
  SECTION("it never is") {
    world.start(held_attempt(1, "read line", 50));
    CHECK(std::holds_alternative<TimedOut>(world.end(1)));
  }
  SECTION("it is") {
    world.start(held_attempt(1, kLock, 2'000));
    world.until_printed(1, "LOCKED\n");
    world.attempts->session_ready(1);
    world.start(shell_attempt(3, "sleep 2.2"));
    world.end(3);
    CHECK(world.ends.size() == 1);
    world.start(input_attempt(2, 1, "\n"));
    CHECK(std::get<ExecOutput>(world.end(2)).stdout_text == "got \n");
  }
}

TEST_CASE("rule 29: a release that is not answered times out and ends the session", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, "echo $$; sleep 1000"));
  const int pid = std::stoi(world.until_printed(1, "\n"));
  world.start(input_attempt(2, 1, "UNLOCK\n", 50));
  CHECK(std::holds_alternative<TimedOut>(world.end(2)));
  CHECK(ended(pid));
}

TEST_CASE("rule 29: a cancelled session may first end by itself", "[io][held]") {
  AttemptsWorld world;
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("hookc-held-{}", ::getpid());
  world.start(held_attempt(
      1, fmt::format("trap 'echo term > {0}' TERM; echo up; cat; echo eof > {0}", file.string())));
  world.until_printed(1, "up\n");
  world.attempts->cancel(1);
  CHECK(std::holds_alternative<Cancelled>(world.end(1)));
  std::string line;
  std::getline(std::ifstream(file), line);
  std::filesystem::remove(file);
  CHECK(line == "eof");
}

TEST_CASE("nobody else holds the stdin of a session open", "[io][held]") {
  // What is started later must not inherit the end that hookc writes to: the session would not
  // notice when hookc is gone.
  AttemptsWorld world;
  world.start(held_attempt(1, "echo up; cat; echo end"));
  world.until_printed(1, "up\n");
  world.start(held_attempt(3, "echo up; sleep 1000"));
  world.until_printed(3, "up\n");
  world.start(input_attempt(2, 1, ""));
  CHECK(std::get<ExecOutput>(world.end(2)).stdout_text == "end\n");
  world.attempts->cancel(3);
  world.end(3);
}

TEST_CASE("a session that prints without end is told now and then", "[io][held]") {
  AttemptsWorld world;
  world.start(held_attempt(1, "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; read x"));
  world.until_printed(1, "19999\n");
  CHECK(world.printed[1].size() < 1000);
  world.attempts->cancel(1);
  world.end(1);
}

/// The session of a hookc that is gone.
struct Orphaned {
  AttemptsWorld world;
  std::string handle;
  int pid = 0;

  explicit Orphaned(const std::string& text) {
    world.start(held_attempt(1, text));
    world.loop.run_until([&] { return !world.printed[1].empty(); });
    handle = world.printed[1].back().handle;
    pid = std::stoi(world.until_printed(1, "\n"));
  }
  engine::AttemptResult recover(const std::string& named) {
    engine::StartAttempt start;
    start.attempt = 2;
    start.request = engine::EndSession{named};
    start.timeout = 30'000;
    world.start(start);
    return world.end(2);
  }
};

TEST_CASE("recovery ends what is left of a session", "[io][held]") {
  SECTION("its process") {
    Orphaned orphaned("echo $$; exec sleep 1000");
    CHECK(std::holds_alternative<engine::Done>(orphaned.recover(orphaned.handle)));
    CHECK(ended(orphaned.pid));
  }
  SECTION("what has detached itself from a process that is gone") {
    Orphaned orphaned("(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &); read line");
    orphaned.world.attempts->session_ready(1);
    orphaned.world.start(input_attempt(3, 1, "\n"));
    orphaned.world.end(3);
    CHECK_FALSE(ended(orphaned.pid));
    CHECK(std::holds_alternative<engine::Done>(orphaned.recover(orphaned.handle)));
    CHECK(ended(orphaned.pid));
  }
}

TEST_CASE("recovery never touches another process of the same number", "[io][held]") {
  Orphaned orphaned("echo $$; read line");
  std::istringstream words(orphaned.handle);
  std::string kind, boot, pid, started, mark;
  words >> kind >> boot >> pid >> started >> mark;
  const auto handle = [&](const std::string& of_boot, const std::string& start) {
    return fmt::format("{} {} {} {} of-another", kind, of_boot, pid, start);
  };
  SECTION("started at another time") {
    CHECK(std::holds_alternative<engine::Done>(orphaned.recover(handle(boot, "12345"))));
  }
  SECTION("of another boot") {
    CHECK(std::holds_alternative<engine::Done>(
        orphaned.recover(handle("00000000-0000-0000-0000-000000000000", started))));
  }
  CHECK_FALSE(ended(orphaned.pid));
  orphaned.world.attempts->cancel(1);
  orphaned.world.end(1);
}

TEST_CASE("recovery says that a handle is none", "[io][held]") {
  AttemptsWorld world;
  std::optional<engine::AttemptResult> result;
  const auto running =
      end_held(world.loop, "process", [&](engine::AttemptResult r) { result = std::move(r); });
  CHECK(running == nullptr);
  CHECK(std::get<DefiniteFailure>(result.value()).reason ==
        "`process` names no session that can be ended here");
}

TEST_CASE("rule 29: a session in a pod of the local back end has the pod's variables",
          "[io][held][local]") {
  Manifests manifests;
  REQUIRE(read_manifests(R"(
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: default}
spec: {containers: [{name: mysql, env: [{name: WHO, value: orders}]}]}
)",
                         "db.yaml", manifests));
  REQUIRE(finish_manifests(manifests));
  AttemptsWorld world;
  LocalCluster cluster(world.loop, std::move(manifests));
  world.cluster = &cluster;
  engine::StartAttempt start = held_attempt(1, "echo \"$WHO\"; read line; echo \"$line\"");
  std::get<engine::ExecRequest>(start.request).place = plan::Exec::Place::Pod;
  engine::PodQuery query;
  query.name = "db";
  cluster.select(query, "", [&](auto pods) { start.pod = pods.value().at(0); });
  world.start(start);
  CHECK(world.until_printed(1, "\n") == "orders\n");
  world.start(input_attempt(2, 1, "bye\n"));
  CHECK(std::get<ExecOutput>(world.end(2)).stdout_text == "bye\n");
}

}  // namespace
}  // namespace hookc::io
