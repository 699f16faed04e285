// What a person or a program sees of a session while it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "interpreter/core/report.hpp"
#include "interpreter/core/session.hpp"
#include "interpreter/io/loop.hpp"
#include "interpreter/io/writer.hpp"

namespace hookc::cli {

/// Writes a session to standard error (or where told) for people, or to standard output as JSON
/// lines. A stream that cannot be written any more is given up silently, and one that nobody reads
/// waits until the end: the session matters more than its report.
class Progress {
 public:
  struct Options {
    bool json = false;
    bool verbose = false;
    bool live = false;  // lines can be written over
    bool color = false;
    std::uint64_t lines_before = 0;  // of the session, told by other processes
    /// Takes every JSON line, whatever is shown; without a line end.
    std::function<void(std::string)> keep_line = {};
    int text_to = 2;         // the descriptor that people read
    bool announced = false;  // who reads knows which session it is
  };
  Progress(io::Loop& loop, engine::Frame frame, Options options);

  void report(const engine::Report& report);
  void result(const engine::SessionResult& result);
  /// Waits until everything is written, or nobody reads it any more.
  void flush();

  /// Where the operation's own output goes: standard output belongs to the events if those are
  /// written as JSON.
  io::Writer& writer(int stream) { return options_.json || stream == 2 ? err_ : out_; }
  /// Comes before each piece of that, so that it does not run into a line of ours.
  void before_operation_output(int stream, std::string_view bytes);

  /// A line of the caller's own, in order with the others.
  void line(std::string_view text, std::string_view color = {});

 private:
  void clear_pending();
  void tell_json(std::string line);

  engine::Frame frame_;
  Options options_;
  std::uint64_t sequence_;
  io::Writer out_, err_;
  /// What each pod printed (none: ""), of the last round of attempts of each step.
  struct Round {
    std::uint32_t number = 0;
    std::map<std::string, std::string> outputs;
  };
  std::map<std::uint32_t, Round> rounds_;
  bool pending_ = false;  // a line without an end stands on the terminal
  bool operation_mid_line_ = false;
};

}  // namespace hookc::cli
