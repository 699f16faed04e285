#include "interpreter/journal/ownership.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace hookc::journal {
namespace {

struct flock byte_of(std::int64_t session, short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(session);
  lock.l_len = 1;
  return lock;
}

}  // namespace

std::expected<Ownership, std::string> Ownership::open(const std::string& file, bool create) {
  const int flags = create ? O_RDWR | O_CREAT : O_RDONLY;
  const int fd = ::open(file.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0 && (create || errno != ENOENT)) {
    return std::unexpected(
        fmt::format("cannot open the journal's lock `{}`: {}", file, std::strerror(errno)));
  }
  return Ownership(fd, file);
}

Ownership::~Ownership() {
  if (fd_ >= 0) ::close(fd_);
}

Ownership::Ownership(Ownership&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), file_(std::move(other.file_)) {}

std::expected<bool, std::string> Ownership::take(std::int64_t session) const {
  struct flock lock = byte_of(session, F_WRLCK);
  if (::fcntl(fd_, F_OFD_SETLK, &lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return std::unexpected(
      fmt::format("cannot lock a byte of `{}`: {}", file_, std::strerror(errno)));
}

void Ownership::give_up(std::int64_t session) const {
  struct flock lock = byte_of(session, F_UNLCK);
  ::fcntl(fd_, F_OFD_SETLK, &lock);
}

bool Ownership::is_taken(std::int64_t session) const {
  struct flock lock = byte_of(session, F_WRLCK);
  return fd_ >= 0 && ::fcntl(fd_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace hookc::journal
