// Who works on which session at this moment. Private to the journal.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace hookc::journal {

/// One byte of a file for each session. A process that works on a session holds an
/// open-file-description lock on its byte (fcntl(2), F_OFD_SETLK), which goes when the process
/// ends, however that is; children do not inherit it past exec.
class Ownership {
 public:
  /// `create`: the file is made where it is missing (0600); else it is only looked at, and where it
  /// is missing nobody owns anything.
  static std::expected<Ownership, std::string> open(const std::string& file, bool create);
  ~Ownership();
  Ownership(Ownership&& other) noexcept;
  Ownership& operator=(Ownership&&) = delete;

  /// True: it is ours from now on. False: another's.
  std::expected<bool, std::string> take(std::int64_t session) const;
  void give_up(std::int64_t session) const;
  /// Somebody else works on it.
  bool is_taken(std::int64_t session) const;

 private:
  Ownership(int fd, std::string file) : fd_(fd), file_(std::move(file)) {}
  int fd_;
  std::string file_;
};

}  // namespace hookc::journal
