#include "interpreter/journal/schema.hpp"

#include <string>

#include <fmt/format.h>

namespace hookc::journal {
namespace {

// `number` is the byte of the session's owner: it is never used again.
// Part -1 is the session's own, the others are steps.
// A row of open_holds is there exactly while the session on disk owes a release (rule 31).
constexpr const char* kTables = R"sql(
CREATE TABLE plans (
  number INTEGER PRIMARY KEY,
  json TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  program TEXT NOT NULL,
  plan INTEGER NOT NULL REFERENCES plans,
  inputs TEXT NOT NULL,
  working_directory TEXT NOT NULL,
  manifests TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'waiting', 'ended')),
  began INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_program ON sessions (program, number);
CREATE TABLE parts (
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  part INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (session, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (session, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE open_holds (
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  step INTEGER NOT NULL,
  title TEXT NOT NULL,
  program TEXT NOT NULL,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (session, step),
  UNIQUE (program, name, target)
) STRICT, WITHOUT ROWID;
CREATE TABLE exclusives (
  name TEXT PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
)sql";
static_assert(kSchemaVersion == 1);

/// 0: there are no tables.
std::expected<std::int64_t, std::string> version(const Database& database) {
  auto found = database.integer("PRAGMA user_version");
  if (found && (*found < 0 || *found > kSchemaVersion)) {
    return std::unexpected(fmt::format(
        "the journal `{}` was written by a newer hookc (its format is {}, this one knows {}): use "
        "that hookc, or name another state directory with --state",
        database.file(), *found, kSchemaVersion));
  }
  return found;
}

}  // namespace

Result prepare_to_write(const Database& database) {
  // Asked first: a journal of a newer hookc is not touched in any way.
  auto found = version(database);
  if (!found) return std::unexpected(std::move(found.error()));
  // FULL, for a commit must survive a power cut: what it announces happens next.
  Result done = database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  if (!done || *found != 0) return done;
  auto transaction = Transaction::begin(database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  found = version(database);
  if (!found) return std::unexpected(std::move(found.error()));
  if (*found == 0) done = database.execute(kTables);
  return done ? transaction->commit() : done;
}

Result prepare_to_read(const Database& database) {
  const auto found = version(database);
  if (!found) return std::unexpected(found.error());
  if (*found == 0)
    return std::unexpected(fmt::format("the journal `{}` has no session", database.file()));
  return {};
}

}  // namespace hookc::journal
