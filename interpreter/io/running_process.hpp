// A local process as something that runs on behalf of an attempt.
#pragma once

#include <utility>

#include "interpreter/io/cluster.hpp"
#include "interpreter/io/process.hpp"

namespace hookc::io {

inline engine::AttemptResult result_of(ProcessEnd end) {
  if (!end.error.empty()) return engine::DefiniteFailure{std::move(end.error)};
  return engine::ExecOutput{end.exit_code, std::move(end.stdout_text), std::move(end.stderr_text),
                            end.truncated};
}

class RunningProcess : public Running {
 public:
  RunningProcess(Loop& loop, ProcessSpec spec, Cluster::Done done)
      : process_(loop, std::move(spec),
                 [done = std::move(done)](ProcessEnd end) { done(result_of(std::move(end))); }) {}
  void stop() override { process_.stop(); }

 private:
  Process process_;
};

}  // namespace hookc::io
