// Sessions as files, for bug reports: a line a message, {"time_ms", "direction", "message"}.
#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hookc::lsp {

/// Appends to one file, from any thread. Times are milliseconds since the recorder was made.
class Recorder {
 public:
  /// Nothing is recorded with an empty path.
  explicit Recorder(const std::string& path);
  bool failed() const { return failed_; }
  bool recording() const { return file_ != nullptr; }
  /// `body` is one JSON document.
  void record(std::string_view direction, std::string_view body);

 private:
  struct Close {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  std::mutex mutex_;
  std::unique_ptr<std::FILE, Close> file_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace hookc::lsp
