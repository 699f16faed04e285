// What hooks need of a cluster. One interface for the local back end and, later, for Kubernetes
// itself.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/core/protocol.hpp"

namespace hookc::io {

/// Something under way that can be asked to stop; it still reports its end. Destroying it ends it
/// without a word.
class Running {
 public:
  virtual ~Running() = default;
  virtual void stop() = 0;
};

/// A command whose stdin stays open, so that what it holds stays held (rule 29). stop() closes it
/// first, and tells the command to end a second later.
class Held : public Running {
 public:
  using Done = std::function<void(engine::AttemptResult)>;
  /// Writes `text` and closes stdin. From now on only what the command prints afterwards counts,
  /// and `done` is told the end instead of who started it.
  virtual void release(std::string text, Done done) = 0;
};

/// Told at the start and as it prints: what end_session() needs, and all output so far.
using Printed = std::function<void(std::string handle, engine::ExecOutput so_far)>;

class Cluster {
 public:
  using Selected = std::function<void(std::expected<std::vector<engine::Pod>, std::string>)>;
  using Done = std::function<void(engine::AttemptResult)>;

  virtual ~Cluster() = default;

  /// The pods that match, in name order, each with its container resolved. The error is one line
  /// ("no container `x` in pod orders-0; it has: postgres, exporter"). May call back at once.
  virtual void select(const engine::PodQuery& query, const std::string& container,
                      Selected selected) = 0;
  /// Runs a command in the container of a selected pod. Null if it ended at once (`done` was called
  /// then).
  virtual std::unique_ptr<Running> exec(const engine::Pod& pod, const engine::ExecRequest& request,
                                        Done done) = 0;
  /// The same with its stdin kept open after `stdin_text`. `done` is called when it ends, early or
  /// not, unless it is released.
  virtual std::unique_ptr<Held> hold(const engine::Pod& pod, const engine::ExecRequest& request,
                                     Printed printed, Done done) = 0;
  /// Ends what may be left of a session that another hookc held in a pod: `handle` is what that one
  /// was given. Done, also where nothing was left.
  virtual std::unique_ptr<Running> end_session(const std::string& handle, Done done) = 0;
  /// Runs a function's container with what the request adds to it.
  virtual std::unique_ptr<Running> run_function(const plan::FunctionSpec& function,
                                                const engine::ExecRequest& request, Done done) = 0;
  virtual std::unique_ptr<Running> scale(const engine::ScaleRequest& request, Done done) = 0;
  /// Answers with the Size, or with Done where there is no such workload and `if exists` allows
  /// that.
  virtual std::unique_ptr<Running> read_scale(const engine::ReadScale& request, Done done) = 0;
  virtual std::unique_ptr<Running> wait(const engine::WaitRequest& request, Done done) = 0;
  /// The number of a named port of the pod's container, or of any of its containers where that one
  /// has none so called.
  virtual std::optional<int> port(const engine::Pod& pod, const std::string& name) = 0;
  /// One key of a Secret, decoded; `path` is "namespace/name". The error is one line without any
  /// secret.
  virtual std::expected<std::string, std::string> secret(const std::string& path,
                                                         const std::string& key) = 0;
};

}  // namespace hookc::io
