// What the session engine and the world say to each other.
//
// The engine is a pure state machine: events go in, commands come out. It has no clock, no I/O and
// no threads; the time of an event travels in it. Whoever drives it (the event loop, a simulator, a
// scripted test, recovery) is "the world".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "interpreter/core/past.hpp"
#include "interpreter/core/request.hpp"

namespace hookc::engine {

// ---- commands: engine to world
// -------------------------------------------------------------------------------

/// What changed, always the first of the commands of an event: it must be on disk before those
/// after it are obeyed, because they are what it announces (rule 21).
struct Save {
  std::optional<SessionPast> session;
  std::vector<std::pair<std::uint32_t, StepPast>> steps;  // by step id
};
/// The lock of `exclusive "name" wait …`, in the journal. Answer with ExclusiveTaken after at most
/// `wait` milliseconds.
struct TakeExclusive {
  std::string name;
  Millis wait = 0;
};

using TimerId = std::uint32_t;

/// Answer with PodsSelected.
struct SelectPods {
  std::uint32_t selection = 0;
  PodQuery query;
  std::string container;  // asked for; empty: default
};
/// Answer with AttemptEnded within `timeout` milliseconds; then nothing of the attempt may be left
/// running here.
struct StartAttempt {
  AttemptId attempt = 0;
  std::uint32_t step = 0;
  bool release = false;
  std::uint32_t number = 1;  // 1 for the first attempt
  std::optional<Pod> pod;    // where the request concerns a pod
  Request request;
  Millis timeout = 0;
  /// A held session (ExecRequest only): its stdin stays open after `stdin_text`. The world answers
  /// with SessionOutput at the start and whenever it prints, and with AttemptEnded when it ends
  /// before its SessionInput. `timeout` counts until SessionReady.
  bool session = false;
};
/// The held session of this attempt was found ready: its timeout no longer applies.
struct SessionReady {
  AttemptId attempt = 0;
};
/// Stop it (TERM, after 10 s KILL) and answer with AttemptEnded{Cancelled}, or with its result if
/// that came first.
struct CancelAttempt {
  AttemptId attempt = 0;
};
struct StartOperation {
  /// Regexes (RE2). The world answers each with OperationPrinted as soon as a line of what the
  /// operation prints on either stream matches it, once.
  std::vector<std::string> watch_for;
};
/// TERM to the operation's process group, KILL after 10 s; answer with OperationEnded.
struct StopOperation {};
struct SetTimer {
  TimerId timer = 0;
  Millis at = 0;
};
struct CancelTimer {
  TimerId timer = 0;
};

/// For reporters; never needs an answer. `text` is one line, secrets already replaced by ***.
struct Report {
  enum class Kind : std::uint8_t {
    SessionStarted,
    StepStarted,
    AttemptStarted,
    AttemptEnded,
    RetryScheduled,
    StepEnded,
    ReleaseStarted,
    ReleaseEnded,
    OperationStarted,
    OperationEnded,
    OutcomeFixed,
    SessionEnded,
    Note,
  } kind{};
  Millis at = 0;
  std::optional<std::uint32_t> step;
  std::uint32_t attempt_number = 0;
  bool release = false;  // an attempt or retry of the release of the hold `step`
  std::string pod;
  StepPhase phase = StepPhase::Pending;
  std::string text;
  std::string output;  // captured output of the attempt or the operation, redacted
  Millis took = 0;     // of what ended
};
/// The last command of a session.
struct Finish {};
using Command =
    std::variant<Save, TakeExclusive, SelectPods, StartAttempt, SessionReady, CancelAttempt,
                 StartOperation, StopOperation, SetTimer, CancelTimer, Report, Finish>;

// ---- events: world to engine
// ---------------------------------------------------------------------------------

struct Begin {};
struct PodsSelected {
  std::uint32_t selection = 0;
  std::vector<Pod> pods;  // in name order
  std::string error;  // not empty: the query failed; an empty list without an error is "no match"
};
struct AttemptEnded {
  AttemptId attempt = 0;
  AttemptResult result;
};
/// A held session started or printed.
struct SessionOutput {
  AttemptId attempt = 0;
  std::string handle;  // what EndSession needs to find it again; the world's to choose, no secrets
  ExecOutput so_far;   // all it has printed, bounded; exit_code says nothing yet
  bool assumed_ready = false;  // simulations: it is, whatever `ready once` and captures would read
};
struct ExclusiveTaken {
  std::string refusal;  // why it could not be had, in a line that stands alone; empty: it is ours
};
struct OperationPrinted {
  std::size_t pattern = 0;  // index into StartOperation::watch_for
};
struct OperationEnded {
  int exit_code = 0;   // 128 + signal
  std::string output;  // the tail of it, bounded by the world
  std::string error;  // it could not be started, in a line that stands alone: "cannot start `x`: …"
  std::string lost =
      {};  // what it printed could not be passed on, and why: it failed, whatever it says
  std::optional<bool> succeeded =
      std::nullopt;  // said by whoever ran it; else `succeeds when` judges the exit code
};
struct TimerFired {
  TimerId timer = 0;
};
/// SIGINT or SIGTERM arrived (rule 19).
struct Interrupted {};
struct Event {
  Millis now = 0;
  std::variant<Begin, ExclusiveTaken, PodsSelected, SessionOutput, AttemptEnded, OperationPrinted,
               OperationEnded, TimerFired, Interrupted>
      what;
};

}  // namespace hookc::engine
