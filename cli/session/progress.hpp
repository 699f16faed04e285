// What a person or a program sees of a session while it runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "interpreter/core/report.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::cli {

/// Writes a session to standard error for people, or to standard output as JSON lines. A stream that cannot be written
/// any more is given up silently: the session matters more than its report.
class Progress {
 public:
  struct Options {
    bool json = false;
    bool verbose = false;
    bool live = false;   // lines can be written over
    bool color = false;
  };
  Progress(engine::Frame frame, Options options) : frame_(std::move(frame)), options_(options) {}

  void report(const engine::Report& report);
  void result(const engine::SessionResult& result);
  /// The operation's own output goes through here, so that it does not run into a line of ours.
  void operation_output(int stream, std::string_view bytes);

 private:
  void line(std::string_view text, std::string_view color = {});
  void clear_pending();

  engine::Frame frame_;
  Options options_;
  std::uint64_t sequence_ = 0;
  std::map<std::uint32_t, std::string> last_output_;  // of each step's last attempt
  bool pending_ = false;          // a line without an end stands on the terminal
  bool operation_mid_line_ = false;
};

}  // namespace hookc::cli
