// GitLab code quality: an array of issues. Two issues with one fingerprint would be shown as one.
#include <iterator>
#include <unordered_map>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

std::string_view gitlab_severity(Severity severity) {
  switch (severity) {
    case Severity::Error: return "major";
    case Severity::Warning: return "minor";
    case Severity::Info:
    case Severity::Hint: return "info";
  }
  return "info";
}

}  // namespace

void gitlab(const Report& report, const Options&, std::string& out) {
  Positions positions(report.sources, Unit::Bytes);
  std::unordered_map<std::uint64_t, std::uint32_t> seen;
  out += '[';
  bool first = true;
  for (const Diagnostic& d : report.findings) {
    const bool placed = has_place(report, d.primary.where);
    const std::string_view path =
        placed ? plain_path(report.sources.path(d.primary.where.file)) : "";
    // Without the line number, so that an issue stays the same when lines above it come and go; a
    // repeat of the same finding in the file is told apart by counting.
    std::uint64_t print = hash_text(path);
    print = hash_text(info(d.code).id, hash_text("\n", print));
    print = hash_text(d.message, hash_text("\n", print));
    const std::uint32_t repeat = seen[print]++;

    out += first ? "\n" : ",\n";
    first = false;
    out += R"({"description":)";
    append_json(out, fmt::format("{}: {}", info(d.code).id, d.message));
    fmt::format_to(
        std::back_inserter(out),
        R"(,"check_name":"{}","fingerprint":"{:016x}-{}","severity":"{}","location":{{"path":)",
        info(d.code).id, print, repeat, gitlab_severity(d.severity));
    append_json(out, placed ? path : ".");
    const Position begin =
        placed ? positions.at(d.primary.where.file, d.primary.where.span.begin) : Position{};
    const Position end =
        placed ? positions.at(d.primary.where.file, d.primary.where.span.end) : Position{};
    fmt::format_to(std::back_inserter(out), R"(,"lines":{{"begin":{},"end":{}}}}}}})", begin.line,
                   end.line);
  }
  out += first ? "]\n" : "\n]\n";
}

}  // namespace hookc::render
