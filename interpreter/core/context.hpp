// What the parts of one session share. Private to the engine.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/core/protocol.hpp"
#include "interpreter/core/redact.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::engine {

/// One line: line ends become blanks, other control characters `?`.
std::string one_line(std::string_view text);

/// Facts that are fixed at a moment of the session; absent: that moment has not come.
struct Moments {
  std::string phase = "pre";
  std::optional<int> operation_exit;
  std::string operation_output;  // redacted: it may be sent to anybody
  std::optional<std::string> session_status;
  std::string session_reason;
};

/// Owned by the Session; everything else holds a reference to it.
struct Context {
  Context(const plan::Plan& p, Inputs i)
      : plan(p), inputs(std::move(i)), captures(p.captures.size()), titles(engine::titles(p)) {}

  const plan::Plan& plan;
  Inputs inputs;
  Redactor redactor;
  SessionResult result;
  std::vector<plan::Value> captures;  // null: not captured
  Moments moments;
  std::vector<std::string> titles;  // by step id
  Millis now = 0;

  std::vector<Command> out;            // of the event being handled
  std::vector<std::uint32_t> touched;  // steps that changed without a report of theirs
  AttemptId last_attempt = 0;
  TimerId last_timer = 0;
  std::uint32_t last_selection = 0;

  /// The session will end Failed (rule 16); the first reason stays its reason.
  bool bound_to_fail = false;
  void bind_to_fail(std::string_view reason) {
    if (!bound_to_fail) result.reason = one_line(redactor.redact(reason));
    bound_to_fail = true;
  }

  /// Starts a timer of `after` milliseconds from now.
  TimerId set_timer(Millis after) {
    constexpr Millis kLatest = INT64_MAX / 2;
    out.emplace_back(SetTimer{++last_timer, now > kLatest - after ? kLatest : now + after});
    return last_timer;
  }
  void cancel_timer(TimerId timer) { out.emplace_back(CancelTimer{timer}); }

  /// `text` becomes one line without secrets.
  Report& report(Report::Kind kind, std::string_view text);
};

/// The end of a text of at most kOutputLimit bytes that starts at a character of UTF-8.
inline constexpr std::size_t kOutputLimit = std::size_t{64} * 1024;
std::string bounded(std::string text);

/// A duration as the language writes it: `1m30s`, `500ms`.
std::string spoken(Millis ms);

}  // namespace hookc::engine
