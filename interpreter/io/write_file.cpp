#include "interpreter/io/write_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace hookc::io {
namespace {

namespace fs = std::filesystem;

std::unexpected<std::string> cannot(const std::string& path, int error) {
  return std::unexpected(fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Errno, or 0.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

mode_t mode_of_new_files() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

/// What stands at the path.
struct Place {
  std::string real;  // with links followed
  bool exists = false;
  bool regular = true;
  mode_t mode = 0;
};
std::expected<Place, std::string> look(const std::string& path) {
  Place place{path};
  std::error_code error;
  if (const fs::path real = fs::canonical(path, error); !error) place.real = real.string();
  struct stat status{};
  if (::stat(place.real.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return cannot(path, EISDIR);
    place.exists = true;
    place.regular = S_ISREG(status.st_mode);
    place.mode = status.st_mode & 07777;
  } else if (errno != ENOENT) {
    return cannot(path, errno);
  }
  return place;
}

/// A new file beside the place, for a moment: the name of no collector's files.
struct Beside {
  std::string name;
  int fd = -1;
};
Beside create_beside(const Place& place) {
  const fs::path path(place.real);
  Beside beside;
  beside.name = (path.parent_path() / ("." + path.filename().string() + ".XXXXXX")).string();
  beside.fd = ::mkostemp(beside.name.data(), O_CLOEXEC);
  return beside;
}

}  // namespace

std::expected<void, std::string> write_file(const std::string& path, std::string_view text) {
  const auto place = look(path);
  if (!place) return std::unexpected(place.error());
  if (!place->regular) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const int error = file.get() < 0 ? errno : write_all(file.get(), text);
    if (error != 0) return cannot(path, error);
    return {};
  }
  const Beside beside = create_beside(*place);
  if (beside.fd < 0) return cannot(path, errno);
  const Descriptor file(beside.fd);
  int error = write_all(file.get(), text);
  // mkostemp gives 0600, which a collector of another user could not read.
  const mode_t mode = place->exists ? place->mode : mode_of_new_files();
  if (error == 0 && ::fchmod(file.get(), mode) != 0) error = errno;
  if (error == 0 && ::fsync(file.get()) != 0) error = errno;
  if (error == 0 && ::rename(beside.name.c_str(), place->real.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside.name.c_str());
  return cannot(path, error);
}

std::expected<void, std::string> can_write_file(const std::string& path) {
  const auto place = look(path);
  if (!place) return std::unexpected(place.error());
  if (!place->regular) {
    if (::access(path.c_str(), W_OK) != 0) return cannot(path, errno);
    return {};
  }
  const Beside beside = create_beside(*place);
  if (beside.fd < 0) return cannot(path, errno);
  ::close(beside.fd);
  ::unlink(beside.name.c_str());
  return {};
}

}  // namespace hookc::io
