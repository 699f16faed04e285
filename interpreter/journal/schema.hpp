// The tables of the journal. Private to it.
#pragma once

#include "interpreter/journal/database.hpp"

namespace hookc::journal {

inline constexpr int kSchemaVersion = 1;

/// Makes the tables where there are none, with durable settings. The error says so where a newer
/// hookc made them.
Result prepare_to_write(const Database& database);
/// The same without writing; a file without tables is an error.
Result prepare_to_read(const Database& database);

}  // namespace hookc::journal
