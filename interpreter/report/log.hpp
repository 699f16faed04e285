// What happened in one session, read from its JSON lines (docs/reference/events.md): the one thing
// all reports are made from, so that a report of a session that just ended and one from the journal
// are the same.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hookc::report {

/// Milliseconds; moments count from the start of the session.
using Millis = std::int64_t;

enum class Phase : std::uint8_t { Pending, Running, Succeeded, Failed, Skipped };
/// Running: the log stops before the session has ended. Waiting: its post phase is still to come.
enum class Status : std::uint8_t { Running, Waiting, Succeeded, Failed, Skipped };

struct Span {
  Millis begin = 0, end = 0;
  Millis length() const { return end - begin; }
};

struct Attempt {
  std::uint32_t number = 1;
  std::string pod;  // empty: nowhere in particular
  Span time;
  Phase phase = Phase::Running;
  std::string reason, output;
};
/// A hook, an acquire or a release, with all its attempts.
struct Run {
  Phase phase = Phase::Pending;
  std::uint32_t attempts = 0;  // 0: none was started
  Span time;
  std::string reason, output;
  std::vector<std::string> by_hand;  // what would free what this release left, one for each pod
  std::vector<Attempt> tries;        // in the order in which they started
};
struct Hook {
  std::uint32_t id = 0;
  std::string name, title, file;
  std::uint32_t line = 0;
  bool post = false;
  bool warns = false;  // `on error warn`: its failure is not the session's
  Run task;
  std::optional<Run> release;  // of holds
  bool still_held = false;
};
struct OperationRun {
  Phase phase = Phase::Running;
  Span time;
  std::string reason, output;
};
struct Note {
  Millis at = 0;
  std::string title, text;  // of which hook; empty: of the session
};

struct SessionLog {
  std::string id;
  std::string program;    // the hook file
  std::string operation;  // "backup", "restore"
  Millis started = 0;     // Unix time
  Millis took = 0;
  Status status = Status::Running;
  std::string reason;
  std::vector<Hook> hooks;  // in the order of the program, else in that of their starts
  std::optional<OperationRun> run;
  std::optional<Millis> outcome_fixed;
  std::vector<Note> notes;
};

/// The session that `lines` tell, each one event; the last `result` among them counts. Unknown
/// events and fields are passed over, as docs/reference/events.md promises to its readers; all else
/// that is not as described there is an error of one line: "line 3: `ms` is not a number …".
std::expected<SessionLog, std::string> read_log(std::span<const std::string> lines);

/// How long the thing was held, from the start of its acquire; nothing where nothing was. Where it
/// is still held the span ends with the log.
std::optional<Span> held(const SessionLog& log, const Hook& hook);

/// The parts of a session, one after another; those that took no part are empty at their place.
struct Parts {
  Span pre, operation, releases, post;
};
Parts parts(const SessionLog& log);

/// A release that failed and left nothing held: the acquire had definitely failed.
inline bool harmless(const Hook& hook, const Run& run) {
  return &run == &hook.task ? hook.warns : !hook.still_held;
}

}  // namespace hookc::report
