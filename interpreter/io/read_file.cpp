#include "interpreter/io/read_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace hookc::io {

namespace {

/// Manifests of a whole cluster are some tens of megabytes; more is another file than was meant.
constexpr std::size_t kMaxSize = std::size_t{256} << 20;

constexpr int kPatience = 5'000;  // milliseconds

std::expected<std::string, std::string> read_open(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return std::unexpected(std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return std::unexpected("it is a directory");
  std::string text;
  char buffer[65536];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    // A FIFO that nobody has opened yet reads as if it were at its end.
    const bool early = count == 0 && text.empty() && S_ISFIFO(info.st_mode);
    if (early || (count < 0 && errno == EAGAIN)) {
      pollfd something{fd, POLLIN, 0};
      if (::poll(&something, 1, kPatience) == 0) return std::unexpected("nothing comes from it");
      if ((something.revents & POLLIN) != 0) continue;
      return text;  // who had it open has closed it
    }
    if (count < 0) return std::unexpected(std::strerror(errno));
    if (count == 0) return text;
    if (text.size() + static_cast<std::size_t>(count) > kMaxSize)
      return std::unexpected("it is larger than 256 MiB");
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
  const auto cannot = [&](std::string_view why) {
    return std::unexpected(fmt::format("{}: cannot be read: {}", path, why));
  };
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return cannot(std::strerror(errno));
  auto text = read_open(fd);
  ::close(fd);
  if (!text) return cannot(text.error());
  return text;
}

}  // namespace hookc::io
