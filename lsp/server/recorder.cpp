#include "lsp/server/recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace hookc::lsp {

Recorder::Recorder(const std::string& path) {
  if (path.empty()) return;
  // Whoever reads the record reads the user's files: it is theirs alone, and never replaces
  // another.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0) file_.reset(::fdopen(fd, "w"));
  failed_ = file_ == nullptr;
}

void Recorder::record(std::string_view direction, std::string_view body) {
  if (!file_) return;
  const std::lock_guard lock(mutex_);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  const std::string line = fmt::format("{{\"time_ms\":{},\"direction\":\"{}\",\"message\":{}}}\n",
                                       elapsed.count(), direction, body);
  (void)std::fwrite(line.data(), 1, line.size(), file_.get());
  // A record is for the session that ends badly.
  (void)std::fflush(file_.get());
}

}  // namespace hookc::lsp
