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

namespace hookc::io {

struct ProcessSpec {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>>
      env;                        // over hookc's own environment; later ones win
  std::string working_directory;  // empty: hookc's own; one that does not exist fails the start
  std::optional<std::string> stdin_text;  // none: /dev/null
  bool inherit_stdin = false;
  /// Called with what arrives, as it arrives (1: stdout, 2: stderr). Optional.
  std::function<void(int stream, std::string_view bytes)> on_output;
};

struct ProcessEnd {
  std::string error;                     // not empty: it could not be started
  int exit_code = 0;                     // 128 + signal where one ended it
  std::string stdout_text, stderr_text;  // bounded (bounded_output.hpp)
  std::string last_output;               // the end of both streams together, in order of arrival
  bool truncated = false;
};

/// One process and whatever it starts, in a session and process group of its own (setsid), so that
/// stopping it stops the whole tree. It ends when the process has ended and its pipes are drained;
/// a grandchild that keeps a pipe open does not hold it up for more than a second.
class Process {
 public:
  /// Starts at once. `on_end` is called exactly once, never from inside the constructor; destroying
  /// the Process before that kills the group and drops the call.
  Process(Loop& loop, ProcessSpec spec, std::function<void(ProcessEnd)> on_end);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// TERM to the group; what is left of it after 10 seconds gets KILL (rule 19).
  void stop();
  /// 0 where it could not be started.
  int pid() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hookc::io
