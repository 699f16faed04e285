// Local processes in groups of their own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interpreter/core/protocol.hpp"
#include "interpreter/io/loop.hpp"
#include "interpreter/io/process_tree.hpp"

namespace hookc::io {

struct ProcessSpec {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>>
      env;                        // over hookc's own environment; later ones win
  std::string working_directory;  // empty: hookc's own; one that does not exist fails the start
  std::optional<std::string> stdin_text;  // none: /dev/null
  bool inherit_stdin = false;
  bool keep_stdin = false;  // stays open after `stdin_text`, until finish_stdin() or stop()
  engine::Millis kill_after = 10'000;  // TERM to KILL (rule 19); tests have less time
  /// Called with what arrives, as it arrives (1: stdout, 2: stderr). Optional.
  std::function<void(int stream, std::string_view bytes)> on_output;
};

struct ProcessEnd {
  std::string error;                     // not empty: it could not be started
  int exit_code = 0;                     // 128 + signal where one ended it
  std::string stdout_text, stderr_text;  // bounded (bounded_output.hpp)
  bool truncated = false;
};

/// One process and whatever it starts, in a session and process group of its own (setsid). It ends
/// when the process has ended and its pipes are drained; a grandchild that keeps a pipe open does
/// not hold it up for more than a second. Stopping it stops all that descends from it, also what
/// has detached itself (process_tree.hpp).
class Process {
 public:
  /// Starts at once. `on_end` is called exactly once, never from inside the constructor; destroying
  /// the Process before that kills the tree and drops the call.
  Process(Loop& loop, ProcessSpec spec, std::function<void(ProcessEnd)> on_end);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Closes its stdin, TERM to the tree (where stdin was kept open: a second later, as its end may
  /// be all that the process waits for); what is left after 10 seconds more gets KILL (rule 19).
  void stop();
  /// Writes to a stdin that was kept open and closes it. What the process has printed so far is
  /// forgotten: the end has only what comes from now on.
  void finish_stdin(std::string text);
  /// What it has printed so far; the exit code says nothing yet.
  ProcessEnd so_far() const;

  /// Reads no more of a stream (1, 2) until resume(): the process then waits when its pipe is full.
  /// Nothing that it wrote before its end is lost, however long that takes; stop() gives that up.
  void pause(int stream);
  void resume(int stream);

  /// Of pid 0 where it could not be started.
  const ProcessTree& tree() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hookc::io
