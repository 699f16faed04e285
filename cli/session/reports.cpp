#include "cli/session/reports.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "interpreter/io/read_file.hpp"
#include "interpreter/io/write_file.hpp"

namespace hookc::cli {

std::optional<ReportKind> report_kind(std::string_view word) {
  if (word == "html") return ReportKind::Html;
  if (word == "junit") return ReportKind::Junit;
  if (word == "prometheus") return ReportKind::Prometheus;
  if (word == "jsonl") return ReportKind::Jsonl;
  return std::nullopt;
}

std::expected<std::string, std::string> render_report(ReportKind kind,
                                                      std::span<const std::string> lines,
                                                      report::Millis last_success) {
  if (kind == ReportKind::Jsonl) {
    std::string out;
    for (const std::string& line : lines) out += line + '\n';
    return out;
  }
  const auto log = report::read_log(lines);
  if (!log) return std::unexpected(log.error());
  switch (kind) {
    case ReportKind::Html: return report::to_html(*log);
    case ReportKind::Junit: return report::to_junit(*log);
    case ReportKind::Prometheus: return report::to_prometheus(*log, last_success);
    case ReportKind::Jsonl: break;
  }
  return {};
}

std::expected<Reports, std::string> Reports::prepare(std::span<const std::string_view> given,
                                                     std::string_view program,
                                                     std::string_view operation) {
  Reports reports;
  reports.program_ = program;
  reports.operation_ = operation;
  for (const std::string_view pair : given) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto kind = report_kind(pair.substr(0, equals));
    if (!kind || equals + 1 >= pair.size()) {
      return std::unexpected(fmt::format(
          "`--report {}` is not KIND=FILE; the kinds are html, junit, prometheus, jsonl", pair));
    }
    const std::string path(pair.substr(equals + 1));
    // The session may go elsewhere, to where it was started.
    std::error_code error;
    File file{*kind, std::filesystem::absolute(path, error).string()};
    if (std::ranges::find(reports.files_, file.path, &File::path) != reports.files_.end()) {
      return std::unexpected(
          fmt::format("`--report`: {} is named twice; give each report a file of its own", path));
    }
    if (auto possible = io::can_write_file(path); !possible)
      return std::unexpected(possible.error());
    if (*kind == ReportKind::Prometheus) {
      if (const auto last = reports.last_success(path); !last) return std::unexpected(last.error());
    }
    reports.files_.push_back(std::move(file));
  }
  return reports;
}

std::expected<report::Millis, std::string> Reports::last_success(const std::string& path) const {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return 0;
  const auto text = io::read_file(path);
  if (!text) return std::unexpected(text.error());
  auto last = report::last_success(*text, program_, operation_);
  if (!last) return std::unexpected(fmt::format("{} {}", path, last.error()));
  return last;
}

std::expected<void, std::string> Reports::write(const File& file) const {
  report::Millis last = 0;
  if (file.kind == ReportKind::Prometheus) {
    const auto before = last_success(file.path);
    if (!before) return std::unexpected(before.error());
    last = *before;
  }
  const auto text = render_report(file.kind, lines_, last);
  if (!text) return std::unexpected(fmt::format("{}: {}", file.path, text.error()));
  return io::write_file(file.path, *text);
}

void Reports::write() const {
  for (const File& file : files_) {
    if (const auto done = write(file); !done)
      fmt::print(stderr, "warning: no report: {}\n", done.error());
  }
}

}  // namespace hookc::cli
