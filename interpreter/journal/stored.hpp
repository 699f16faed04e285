// Sessions as they stand in the tables. Private to the journal.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/journal/database.hpp"
#include "interpreter/journal/journal.hpp"
#include "interpreter/journal/ownership.hpp"

namespace hookc::journal {

inline constexpr int kSessionPart = -1;

std::string_view to_text(State state);
State state_of(std::string_view text);

/// What all reads need. `own`: the session this process owns, 0: none.
struct Tables {
  const Database& database;
  const Ownership& ownership;
  std::int64_t own = 0;
};

struct Found {
  std::int64_t number = 0;
  plan::Plan plan;
  Stored stored;
};
/// The error says so where there is no such session, or where what is kept of it is damaged.
std::expected<Found, std::string> find_session(const Tables& tables, const std::string& id);
/// `number`: 0 for all, newest first. A session whose parts are damaged is there with that as its
/// reason, because the others are still to be seen.
std::expected<std::vector<Summary>, std::string> summaries(const Tables& tables,
                                                           std::int64_t number);
std::expected<std::vector<std::string>, std::string> events_of(const Tables& tables,
                                                               const std::string& id);

std::string to_json(const std::vector<std::string>& texts);

}  // namespace hookc::journal
