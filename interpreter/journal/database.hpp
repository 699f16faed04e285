// SQLite with owners: a connection and its prepared statements. Private to the journal.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hookc::journal {

/// Nothing, or why not: one line that stands alone and names the file.
using Result = std::expected<void, std::string>;

/// A prepared statement. It is reset by the next `bind` of its first parameter, by `run`, and when
/// `next` finds no more rows. Parameters count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, const std::string* file) : file_(file), it_(statement) {}

  Statement& bind(int at, std::int64_t value);
  /// The text must live until the statement has run.
  Statement& bind(int at, std::string_view text);
  /// Steps to the next row: false when there is none.
  std::expected<bool, std::string> next();
  /// Runs it to its end and forgets its rows.
  Result run();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  /// A statement that still has rows keeps the connection at the state of the database it began
  /// with, and the connection cannot write any more once another one has.
  void reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  const std::string* file_;
  std::unique_ptr<sqlite3_stmt, Finalize> it_;
};

class Database {
 public:
  enum class Mode : std::uint8_t { Create, Read };
  /// The connection waits up to five seconds for others that write.
  static std::expected<Database, std::string> open(const std::string& file, Mode mode);

  std::expected<Statement, std::string> prepare(std::string_view sql) const;
  /// Statements without parameters and rows, separated by `;`.
  Result execute(const char* sql) const;
  /// The first column of the first row.
  std::expected<std::int64_t, std::string> integer(std::string_view sql) const;
  /// How many rows the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;
  std::int64_t last_rowid() const;
  const std::string& file() const { return *file_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<std::string> file_;  // statements point to it
  std::unique_ptr<sqlite3, Close> it_;
};

/// BEGIN IMMEDIATE, so that two writers wait for each other instead of failing half way; rolled
/// back when it goes without a commit.
class Transaction {
 public:
  static std::expected<Transaction, std::string> begin(const Database& database);
  Result commit();
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;  // null: committed
};

}  // namespace hookc::journal
