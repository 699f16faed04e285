// The real world: drives a session with real processes, sockets, signals and time.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interpreter/core/session.hpp"
#include "interpreter/io/cluster.hpp"
#include "interpreter/io/inputs.hpp"
#include "interpreter/io/loop.hpp"
#include "interpreter/io/operation.hpp"

namespace hookc::io {

/// Where a session is kept so that another process can carry it on: the journal, as the driver sees
/// it. Errors are one line that stands alone.
class Keeper {
 public:
  /// A step that must not be started, and why, in a line that stands alone.
  struct Refusal {
    std::uint32_t step = 0;
    std::string reason;
  };
  virtual ~Keeper() = default;
  /// `now`: it is on disk when this returns, with all that was given before.
  virtual std::expected<std::vector<Refusal>, std::string> save(const engine::Save& save,
                                                                bool now) = 0;
  /// Nothing: the lock is ours. Else who has it, in a line that stands alone.
  virtual std::expected<std::optional<std::string>, std::string> take_exclusive(
      const std::string& name) = 0;
};

struct World {
  Cluster* cluster = nullptr;              // none: requests that need one fail
  SecretTexts secrets;                     // of the variables that requests want filled
  std::optional<OperationSpec> operation;  // none: Inputs::has_operation is false
  std::optional<bool> given_outcome;  // or the operation is done elsewhere and this is how it went
  std::function<void(const engine::Report&)> on_report;
  Keeper* keeper = nullptr;            // none: nothing is kept
  const engine::Past* past = nullptr;  // what the session carries on from; none: it is a new one
  /// Releases that cannot be run here, by step, and why: they fail without an attempt, and what
  /// they would free stays held.
  std::map<std::uint32_t, std::string> cannot_release;
};

/// Runs one session to its end on `loop`. SIGINT and SIGTERM become Interrupted while it lasts.
/// Never throws; what the outside does wrong is in the result.
engine::SessionResult run_session(Loop& loop, const plan::Plan& plan, engine::Inputs inputs,
                                  World world);

}  // namespace hookc::io
