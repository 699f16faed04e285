// What the journal keeps of a session, as JSON.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "interpreter/core/past.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::engine {

/// The version of these documents; they begin with `{"version":1`. Another version, an unknown or a
/// missing field is an error when they are read: a past that is only partly understood must not be
/// carried on.
inline constexpr int kPastVersion = 1;

/// One line each. A field that has its default is left out. Durations and sizes come back as such,
/// and bytes that are no UTF-8 come back as they were (decimals that are no numbers do not: there
/// is nothing to compute with in them). O(size).
std::string to_json(const SessionPast& past);
std::string to_json(const StepPast& past);
/// Without secrets, the part and what simulations assume: those are each process's own.
std::string to_json(const Inputs& inputs);

/// The inverse, of bytes from anywhere. Never throws; the error is one line that says what is wrong
/// and where (`hold.targets[2].effect: …`). O(n log n).
std::expected<SessionPast, std::string> parse_session_past(std::string_view json);
std::expected<StepPast, std::string> parse_step_past(std::string_view json);
std::expected<Inputs, std::string> parse_inputs(std::string_view json);

}  // namespace hookc::engine
