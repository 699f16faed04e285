// Reports and results as text: JSON lines for machines, one-line texts for people. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/core/session.hpp"

namespace hookc::engine {

/// The version of the JSON lines (docs/reference/events.md). Fields are added under the same
/// version; a changed or removed one is a new version.
inline constexpr int kEventsVersion = 1;

/// What all reports of one session have in common.
struct Frame {
  /// `started` is the time of the Begin event. The plan must outlive the frame.
  Frame(const plan::Plan& plan, const Inputs& inputs, Millis started);

  const plan::Plan* plan;
  Operation operation;
  std::string session_id;
  Millis started;
  std::vector<std::string> titles;  // by step id
};

/// One event as one line of JSON, without a line end. `sequence` counts a session's lines from 1;
/// `time` is the wall time in RFC 3339. Bytes that are no UTF-8 become U+FFFD.
std::string event_json(const Frame& frame, const Report& report, std::uint64_t sequence,
                       std::string_view time);
/// The last line: the whole result. Call it when the session has finished.
std::string result_json(const Frame& frame, const SessionResult& result, std::uint64_t sequence,
                        std::string_view time);

/// The report that event_json made a line of, with the time since the session's start as its
/// moment; nothing where the line is none, is a result, or is of a kind this version does not know.
std::optional<Report> parse_event(std::string_view line);

/// One event as one line for people, without time and line end; empty: not worth a line.
std::string event_text(const Frame& frame, const Report& report);
/// The last `lines` lines of a report's output, each indented and ended by a line end; control
/// characters become `?`.
std::string output_text(std::string_view output, std::size_t lines = 20);
/// The end of a session for people, a few lines: status and reason, what is still held, what
/// failed.
std::string result_text(const Frame& frame, const SessionResult& result);

/// "event name" of the JSON lines: "attempt_ended".
std::string_view to_text(Report::Kind kind);

}  // namespace hookc::engine
