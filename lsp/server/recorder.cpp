#include "lsp/server/recorder.hpp"

#include <fmt/format.h>

namespace hookc::lsp {

Recorder::Recorder(const std::string& path) {
  if (path.empty()) return;
  // Whoever reads the record reads the user's files.
  file_.reset(std::fopen(path.c_str(), "wxe"));
  failed_ = file_ == nullptr;
}

void Recorder::record(std::string_view direction, std::string_view body) {
  if (!file_) return;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  const std::string line = fmt::format("{{\"time_ms\":{},\"direction\":\"{}\",\"message\":{}}}\n",
                                       elapsed.count(), direction, body);
  const std::lock_guard lock(mutex_);
  (void)std::fwrite(line.data(), 1, line.size(), file_.get());
  // A record is for the session that ends badly.
  (void)std::fflush(file_.get());
}

}  // namespace hookc::lsp
