// One session of a test. Private to the runner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/testing/runner/world.hpp"

namespace hookc::runner {

/// The one thing that goes wrong in a session beside what the test gives.
struct Failure {
  enum class Kind : std::uint8_t {
    None,
    Fails,         // every attempt of a hook or acquire, definitely
    TimesOut,      // … without an answer
    Dies,          // a held session, when it is ready
    ReleaseFails,  // the first attempt of a release
    ReleaseTimesOut,
    OperationFails,
  } kind = Kind::None;
  std::uint32_t step = 0;
};
std::string to_text(const Failure& failure, const plan::Plan& plan, Operation operation);

/// An unscripted attempt that failed although it succeeded: `expect` or a capture wants output.
struct Unanswered {
  std::uint32_t step = 0;
  bool release = false;
  std::string reason;
};

/// A journal as hookc left it when it was killed.
struct Killed {
  engine::Past past;
  engine::Millis at = 0;
  std::vector<Script> scripts;
  std::size_t reports = 0;  // how many there were
  std::vector<const plan::Given*> met;
};

struct Played {
  Operation operation = Operation::Backup;
  bool ended = false;
  bool recovered = false;
  bool struck = false;            // the failure came about
  bool operation_failed = false;  // it ran, and not well
  engine::SessionResult result;
  std::vector<engine::Report> reports;
  std::vector<Script> scripts;  // with what of them was used
  std::vector<Unanswered> unanswered;
  std::vector<const plan::Given*> unfit;  // answers that no request of that kind can have
  std::vector<const plan::Given*> met;    // crashes and interrupts that came about
  std::vector<Killed> kills;              // where asked for: one for each Save
};

struct Play {
  const plan::Plan& plan;
  const Setting& setting;
  Operation operation;
};

/// A whole session, and the recovery of one that a given crash ends; `keep_kills` fills
/// Played::kills.
Played play(const Play& play, const Failure& failure, bool keep_kills);
/// The recovery after a kill; its result and its reports are those of both. `before`: what was
/// played until then.
Played recover(const Play& play, const Killed& killed, const Played& before);

/// Index of the report at which a thing of `step` happened; reports.size(): never.
std::size_t find_report(const Played& played, engine::Report::Kind kind, std::uint32_t step);

/// A line an event, "1m30s  pre backup "x" failed: …". `count`: of the first so many reports.
std::vector<std::string> event_lines(const Play& play, const Played& played,
                                     std::size_t count = SIZE_MAX);

}  // namespace hookc::runner
