// What sessions did and what they hold, on disk before it happens: one SQLite file in a state
// directory, shared by every hookc process that uses that directory.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/core/session.hpp"

namespace hookc::journal {

/// What a session was started with; enough to carry it on in another process, without its file.
struct NewSession {
  std::string id;
  std::string program;            // absolute path of the root file
  std::string plan_json;          // plan::to_json: with `program` it says which program this is
  engine::Inputs inputs;          // secrets are neither written nor read back
  std::string working_directory;  // of local commands
  std::vector<std::string> manifests;  // absolute paths of --local
};

enum class State : std::uint8_t {
  Running,  // a process has it, or had it and died
  Waiting,  // between `--phase pre` and `--phase post`
  Ended,
};
struct Summary {
  std::string id, program;
  engine::Operation operation{};
  State state{};
  bool owner_lives = false;  // a process works on it at this moment
  engine::SessionStatus status{};
  engine::Outcome outcome{};
  std::string reason;
  std::int64_t started = 0, ended = 0;  // Unix time, ms; ended: 0 while it runs
  std::vector<std::string> owed;        // titles of the holds whose release is owed
};
struct Stored {
  NewSession session;
  engine::Past past;
  Summary summary;
};
/// Rule 31: another session of the same program and target holds what this step would acquire.
struct Conflict {
  std::uint32_t step = 0;
  std::string session;  // which
  State state{};        // of that session; Ended: its release failed
  bool owner_lives = false;
};

/// Of each program the journal keeps so many sessions that have ended and owe nothing; the oldest
/// are forgotten when a new one begins.
inline constexpr std::int64_t kKeptSessions = 300;

/// Every error is one line that stands alone and names the file. A process owns at most one session
/// at a time; its ownership ends with the process, however that ends (an open-file-description lock
/// on a byte of the file beside the journal; fcntl(2)).
class Journal {
 public:
  /// Creates the directory (0700) and the file (0600) where they are missing. `begin` and
  /// `take_over` write to it, so that a read-only or full disk is found before anything is
  /// acquired.
  static std::expected<Journal, std::string> open(const std::string& directory);
  /// For reading only; nothing is created.
  static std::expected<Journal, std::string> open_to_read(const std::string& directory);

  /// A new session, owned by this process.
  std::expected<void, std::string> begin(const NewSession& session);
  /// Takes over a session that waits, whose owner died, or that ended and still owes a release
  /// (`summary.state` tells which it was). The error says why not: unknown, ended, its owner lives.
  std::expected<Stored, std::string> take_over(const std::string& id);

  /// Keeps what the engine saved. `now`: it is on disk when this returns (fsync), together with
  /// everything queued before; else it is queued, because a lost result only makes a release run
  /// that was not needed. Steps that begin to hold something take the lock of rule 31 in the same
  /// transaction; those that could not are in the answer, and are not to be started. After an error
  /// nothing of the queue is lost: the next call tries again.
  std::expected<std::vector<Conflict>, std::string> save(const engine::Save& save, bool now);
  /// One line of docs/reference/events.md, queued.
  void event(std::string line);
  /// The lock of `exclusive`; it is kept until the session ends. Nothing: it is taken. Else the
  /// session that has it.
  std::expected<std::optional<Summary>, std::string> take_exclusive(const std::string& name);
  /// Writes what is queued and gives up ownership.
  std::expected<void, std::string> end(State state);

  std::expected<std::vector<Summary>, std::string> list() const;  // newest first
  std::expected<Stored, std::string> load(const std::string& id) const;
  std::expected<std::vector<std::string>, std::string> events(const std::string& id) const;

  ~Journal();
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// There is a journal in it, and its tables are made. True also where nobody can tell, for opening
/// it says why.
bool exists(const std::string& directory);

/// `given` (--state), else $HOOKC_STATE_DIR, else $XDG_STATE_HOME/hookc, else ~/.local/state/hookc
/// (XDG Base Directory Specification); of a user without a home: /var/lib/hookc.
std::string state_directory(const std::string& given);

}  // namespace hookc::journal
