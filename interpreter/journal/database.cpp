#include "interpreter/journal/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace hookc::journal {
namespace {

constexpr int kWaitForOthers = 5000;  // ms; a transaction of ours takes a few

std::string describe(sqlite3* connection, int result, const std::string& file) {
  const int system = connection != nullptr ? sqlite3_system_errno(connection) : 0;
  switch (result & 0xff) {
    case SQLITE_FULL: return fmt::format("cannot write the journal `{}`: the disk is full", file);
    case SQLITE_READONLY:
      return fmt::format("cannot write the journal `{}`: it is read-only for this user", file);
    case SQLITE_BUSY:
      return fmt::format(
          "cannot write the journal `{}`: another process has been writing it for {} s", file,
          kWaitForOthers / 1000);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fmt::format("the journal `{}` is damaged: {}", file, sqlite3_errstr(result));
    case SQLITE_CANTOPEN:
      return fmt::format("cannot open the journal `{}`: {}", file,
                         system != 0 ? std::strerror(system) : "a file beside it is missing");
    case SQLITE_IOERR:
      if (system == ENOSPC || system == EDQUOT || system == EFBIG)
        return fmt::format("cannot write the journal `{}`: {}", file,
                           system == ENOSPC ? "the disk is full" : std::strerror(system));
      return fmt::format("the disk failed under the journal `{}`: {}", file,
                         system != 0 ? std::strerror(system) : sqlite3_errstr(result));
    default:
      return fmt::format(
          "the journal `{}` does not work: {}", file,
          connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(result));
  }
}

}  // namespace

// ---- statements
// -------------------------------------------------------------------------------------------------

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

// A failed bind shows when the statement runs: SQLite takes the parameter for NULL, and every
// column of ours is NOT NULL.
Statement& Statement::bind(int at, std::int64_t value) {
  if (at == 1) reset();
  sqlite3_bind_int64(it_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  if (at == 1) reset();
  // An empty view may point nowhere, which would be NULL.
  sqlite3_bind_text64(it_.get(), at, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

std::expected<bool, std::string> Statement::next() {
  const int result = sqlite3_step(it_.get());
  if (result == SQLITE_ROW) return true;
  std::string error =
      result == SQLITE_DONE ? "" : describe(sqlite3_db_handle(it_.get()), result, *file_);
  reset();
  if (!error.empty()) return std::unexpected(std::move(error));
  return false;
}

Result Statement::run() {
  while (true) {
    const auto more = next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(it_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(it_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(it_.get(), column))};
}

void Statement::reset() {
  sqlite3_reset(it_.get());
}

// ---- the connection
// ---------------------------------------------------------------------------------------------

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

std::expected<Database, std::string> Database::open(const std::string& file, Mode mode) {
  if (mode == Mode::Create) {
    // SQLite would create it for everybody to read. One that is there is not touched: closing a
    // descriptor of it would drop the locks of this process (fcntl(2)).
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) {
      ::close(made);
    } else if (errno != EEXIST) {
      return std::unexpected(
          fmt::format("cannot create the journal `{}`: {}", file, std::strerror(errno)));
    }
  }
  sqlite3* connection = nullptr;
  const int flags = mode == Mode::Create ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int result =
      sqlite3_open_v2(file.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.it_.reset(connection);
  database.file_ = std::make_unique<std::string>(file);
  if (result != SQLITE_OK) return std::unexpected(describe(connection, result, file));
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kWaitForOthers);
  if (mode == Mode::Create && sqlite3_db_readonly(connection, "main") == 1)
    return std::unexpected(describe(connection, SQLITE_READONLY, file));
  return database;
}

std::expected<Statement, std::string> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(it_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return std::unexpected(describe(it_.get(), result, *file_));
  return Statement(statement, file_.get());
}

Result Database::execute(const char* sql) const {
  const int result = sqlite3_exec(it_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(describe(it_.get(), result, *file_));
  return {};
}

std::expected<std::int64_t, std::string> Database::integer(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  const auto row = statement->next();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(it_.get());
}

std::int64_t Database::last_rowid() const {
  return sqlite3_last_insert_rowid(it_.get());
}

// ---- transactions
// -----------------------------------------------------------------------------------------------

std::expected<Transaction, std::string> Transaction::begin(const Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
    return std::unexpected(std::move(begun.error()));
  return Transaction(database);
}

Result Transaction::commit() {
  Result committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

Transaction::~Transaction() {
  // It may fail because SQLite has rolled back by itself, which is as good.
  if (database_ == nullptr) return;
  [[maybe_unused]] const Result rolled_back = database_->execute("ROLLBACK");
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

}  // namespace hookc::journal
