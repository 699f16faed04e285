// The reports of a session as files: `--report KIND=FILE`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/report/report.hpp"

namespace hookc::cli {

enum class ReportKind : std::uint8_t { Html, Junit, Prometheus, Jsonl };

/// "html", "junit", "prometheus", "jsonl".
std::optional<ReportKind> report_kind(std::string_view word);

/// `lines`: the session's JSON lines. `last_success`: see report::to_prometheus. The error is a
/// line that stands alone; it cannot happen for lines of our own.
std::expected<std::string, std::string> render_report(ReportKind kind,
                                                      std::span<const std::string> lines,
                                                      report::Millis last_success);

/// Gathers a session's JSON lines, and at its end writes what was asked for.
class Reports {
 public:
  /// `given`: KIND=FILE each. What could not be written at the end is found here, and nothing is
  /// changed yet. The error is a line that stands alone.
  static std::expected<Reports, std::string> prepare(std::span<const std::string_view> given,
                                                     std::string_view program,
                                                     std::string_view operation);

  bool wanted() const { return !files_.empty(); }
  void line(const std::string& line) {
    if (wanted()) lines_.push_back(line);
  }
  /// What goes wrong now is a warning on standard error: the session is over, and went as it went.
  void write() const;

 private:
  struct File {
    ReportKind kind;
    std::string path;
  };
  std::expected<void, std::string> write(const File& file) const;
  /// Of the session that the file at `path` tells.
  std::expected<report::Millis, std::string> last_success(const std::string& path) const;

  std::vector<File> files_;
  std::string program_, operation_;
  std::vector<std::string> lines_;
};

}  // namespace hookc::cli
