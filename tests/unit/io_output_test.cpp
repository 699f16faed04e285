#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/core/redact.hpp"
#include "interpreter/io/line_matcher.hpp"
#include "interpreter/io/operation.hpp"
#include "interpreter/io/writer.hpp"

namespace hookc::io {
namespace {

/// A pipe whose reader takes what it is told to.
struct Reader {
  int ends[2] = {-1, -1};
  std::string text;

  Reader() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Reader() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  int fd() const { return ends[1]; }
  /// Without waiting.
  void take(std::size_t at_most) {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::string bytes(at_most, '\0');
    const ssize_t count = ::read(ends[0], bytes.data(), bytes.size());
    if (count > 0) text.append(bytes, 0, static_cast<std::size_t>(count));
  }
};

/// Calls back every few milliseconds, and counts.
struct Ticks {
  Ticks(Loop& loop, std::function<void()> each) : timer(loop), on_tick(std::move(each)) { again(); }
  void again() {
    timer.start(2, [this] {
      ++count;
      on_tick();
      again();
    });
  }
  Timer timer;
  std::function<void()> on_tick;
  int count = 0;
};

std::string pattern_of(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7919 >> 3);
  return text;
}

TEST_CASE("a writer never waits, and loses nothing", "[io][writer]") {
  Loop loop;
  Reader reader;
  Writer writer(loop, reader.fd());
  const std::string text = pattern_of(3 << 20);
  writer.write(std::string_view(text).substr(0, 1000));
  CHECK(writer.waiting() == 0);
  writer.write(std::string_view(text).substr(1000));
  CHECK(writer.waiting() > 0);
  bool empty = false;
  writer.on_empty([&] { empty = true; });
  Ticks ticks(loop, [&] { reader.take(100'000); });
  loop.run_until([&] { return empty; });
  reader.take(1 << 20);
  CHECK(reader.text == text);
  CHECK((::fcntl(reader.fd(), F_GETFL) & O_NONBLOCK) == 0);  // others share it
}

TEST_CASE("a writer notices that nobody reads any more", "[io][writer]") {
  Loop loop;
  Reader reader;
  Writer writer(loop, reader.fd());
  SECTION("before it writes") {
    reader.close_reader();
    writer.write("x");
    CHECK(writer.error() == EPIPE);
  }
  SECTION("while it waits") {
    bool told = false;
    writer.on_empty([&] { told = true; });
    writer.write(std::string(1 << 20, 'x'));
    CHECK(writer.error() == 0);
    reader.close_reader();
    loop.run_until([&] { return told; });
    CHECK(writer.error() == EPIPE);
  }
  CHECK(writer.waiting() == 0);
}

TEST_CASE("a full disk is an error of the writer", "[io][writer]") {
  Loop loop;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  Writer writer(loop, full);
  writer.write("x");
  CHECK(writer.error() == ENOSPC);
  ::close(full);
}

/// An operation with pipes for its streams.
struct Running {
  Loop loop;
  Reader out, err;
  Writer out_writer{loop, out.fd()}, err_writer{loop, err.fd()};
  engine::Redactor redactor;
  std::vector<std::size_t> printed;
  std::optional<engine::OperationEnded> end;
  std::optional<Operation> operation;

  void start(const std::string& text, const std::vector<std::string>& watch_for = {}) {
    OperationSpec spec;
    spec.argv = {"/bin/sh", "-c", text};
    spec.standard_output = &out_writer;
    spec.standard_error = &err_writer;
    spec.redact_stdout = false;
    operation.emplace(
        loop, std::move(spec), redactor, watch_for,
        Operation::Says{[this](engine::OperationPrinted p) { printed.push_back(p.pattern); },
                        [this](engine::OperationEnded ended) { end = std::move(ended); }});
  }
};

TEST_CASE("an operation is read no faster than its reader reads", "[io][operation]") {
  Running running;
  running.start(
      "i=0; while [ $i -lt 40 ]; do head -c 100000 /dev/zero; printf %s $i; i=$((i+1)); done");
  Ticks ticks(running.loop, [&] {
    // The loop goes on, and what nobody reads yet stays with the operation.
    if (ticks.count == 100) CHECK(running.out_writer.waiting() < 1'000'000);
    if (ticks.count > 100) running.out.take(50'000);
  });
  running.loop.run_until([&] { return running.end.has_value(); });
  CHECK(ticks.count > 100);
  CHECK(running.end->lost.empty());
  CHECK(running.end->exit_code == 0);
  running.out.take(1 << 20);
  std::string expected;
  for (int i = 0; i < 40; ++i) expected += std::string(100'000, '\0') + std::to_string(i);
  CHECK((running.out.text == expected));
}

TEST_CASE("what an operation wrote last is passed on although its reader is slow",
          "[io][operation]") {
  Running running;
  running.start("head -c 1500000 /dev/zero; echo end");
  std::optional<engine::Millis> begun;
  // It has ended long before the second that its pipes are otherwise waited for is over.
  Ticks ticks(running.loop, [&] {
    if (!begun) begun = running.loop.now();
    if (running.loop.now() - *begun > 1'500) running.out.take(1 << 20);
  });
  running.loop.run_until([&] { return running.end.has_value(); });
  running.out.take(1 << 20);
  CHECK(running.out.text.size() == 1'500'004);
  CHECK(running.out.text.ends_with("end\n"));
}

TEST_CASE("an operation whose output nobody takes any more has failed", "[io][operation]") {
  Running running;
  running.start("yes");
  Ticks ticks(running.loop, [&] {
    if (ticks.count == 20) running.out.close_reader();
  });
  running.loop.run_until([&] { return running.end.has_value(); });
  CHECK(running.end->lost == "Broken pipe");
}

TEST_CASE("an operation that is stopped does not wait for its reader", "[io][operation]") {
  Running running;
  running.start("trap 'exit 3' TERM; yes");
  Ticks ticks(running.loop, [&] {
    if (ticks.count == 20) running.operation->stop();
  });
  running.loop.run_until([&] { return running.end.has_value(); });
  CHECK(running.out_writer.waiting() > 0);
}

TEST_CASE("an operation says what it was watched for, on either stream", "[io][operation]") {
  Running running;
  running.start("echo one; echo two >&2; printf 'thr'; sleep 0.05; printf 'ee'",
                {"^two$", "three", "four", "o"});
  running.loop.run_until([&] { return running.end.has_value(); });
  std::ranges::sort(running.printed);
  CHECK(running.printed == std::vector<std::size_t>{0, 1, 3});
}

using Found = std::vector<std::size_t>;

TEST_CASE("lines are matched whole, however they arrive", "[io][lines]") {
  LineMatcher matcher({"^snapshot created$", "a\\nb", "x"});
  CHECK(matcher.feed(1, "snapshot cre") == Found{});
  CHECK(matcher.feed(2, "else\n") == Found{});
  CHECK(matcher.feed(1, "ated") == Found{});
  CHECK(matcher.feed(1, "\r\na\nb\n") == Found{0});
  CHECK(matcher.feed(1, "snapshot created\n") == Found{});  // once
  CHECK(matcher.feed(2, "x") == Found{});
  CHECK(matcher.finish() == Found{2});
}

TEST_CASE("of a line longer than 64 KiB the beginning is matched", "[io][lines]") {
  LineMatcher matcher({"^begin", "end$", "later"});
  matcher.feed(1, "begin");
  for (int i = 0; i < 100; ++i) CHECK(matcher.feed(1, std::string(1000, '.')) == Found{});
  CHECK(matcher.feed(1, "end\nlater\n") == Found{0, 2});
}

}  // namespace
}  // namespace hookc::io
