// The backup or restore itself, under way.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interpreter/core/protocol.hpp"
#include "interpreter/core/redact.hpp"
#include "interpreter/io/bounded_output.hpp"
#include "interpreter/io/line_matcher.hpp"
#include "interpreter/io/loop.hpp"
#include "interpreter/io/process.hpp"
#include "interpreter/io/writer.hpp"

namespace hookc::io {

/// What to run, and where what it prints goes.
struct OperationSpec {
  std::vector<std::string> argv;
  /// Added to hookc's own environment; the only way in which facts of the session reach the
  /// command.
  std::vector<std::pair<std::string, std::string>> env;
  /// Where its stdout and stderr go; they may be one. stderr comes without secrets, and so does
  /// stdout if `redact_stdout`. An operation whose stdout cannot be written any more is stopped and
  /// has failed, because a dump that is cut short is no backup; what goes where stderr goes may be
  /// lost.
  Writer* standard_output = nullptr;
  Writer* standard_error = nullptr;
  /// Off where stdout is data (a dump into a file or a pipe): not a byte of that may change.
  bool redact_stdout = true;
  /// Told of each piece (1: stdout, 2: stderr) right before it is written. Optional.
  std::function<void(int stream, std::string_view bytes)> before_output;
};

/// The process of an operation. It is read no faster than its output can be written, and the loop
/// never waits for that; its end comes when all of it is written.
class Operation {
 public:
  struct Says {
    std::function<void(engine::OperationPrinted)> printed;
    std::function<void(engine::OperationEnded)> ended;
  };
  /// Starts at once. The redactor and the writers outlive this.
  Operation(Loop& loop, OperationSpec spec, const engine::Redactor& redactor,
            const std::vector<std::string>& watch_for, Says says);
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// TERM, KILL after 10 seconds. What it printed last is then not waited for.
  void stop();

 private:
  bool one_writer() const { return spec_.standard_output == spec_.standard_error; }
  Writer& writer(int stream) const {
    return stream == 1 ? *spec_.standard_output : *spec_.standard_error;
  }
  void took(int stream, std::string_view bytes);
  void show(int stream, const std::string& text);
  void pass_on(int stream, std::string_view text);
  std::string output() const;
  void say(const std::vector<std::size_t>& patterns);
  void writer_empty();
  void process_ended(ProcessEnd end);
  void maybe_end();

  OperationSpec spec_;
  Says says_;
  LineMatcher matcher_;
  const engine::Redactor& redactor_;
  engine::Redactor::Stream redacted_[2];
  BoundedOutput shown_;  // without secrets, in order of arrival
  BoundedOutput data_;   // standard output that is passed on as it is
  bool stopped_ = false;
  std::optional<engine::OperationEnded> end_;  // said when all is written
  Process process_;
};

}  // namespace hookc::io
