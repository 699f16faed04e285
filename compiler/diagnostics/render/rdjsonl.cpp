// reviewdog's Diagnostic, one JSON object a line. Its columns count UTF-8 bytes from 1, ends are
// exclusive.
#include <iterator>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

std::string_view rd_severity(Severity severity) {
  switch (severity) {
    case Severity::Error: return "ERROR";
    case Severity::Warning: return "WARNING";
    case Severity::Info:
    case Severity::Hint: return "INFO";
  }
  return "UNKNOWN_SEVERITY";
}

}  // namespace

void rdjsonl(const Report& report, const Options& options, std::string& out) {
  Positions positions(report.sources, Unit::Bytes);
  const auto range = [&](Location where) {
    const Position begin = positions.at(where.file, where.span.begin);
    const Position end = positions.at(where.file, where.span.end);
    fmt::format_to(
        std::back_inserter(out),
        R"("range":{{"start":{{"line":{},"column":{}}},"end":{{"line":{},"column":{}}}}})",
        begin.line, begin.column, end.line, end.column);
  };
  const auto location = [&](Location where) {
    out += R"("location":{"path":)";
    append_json(out, has_place(report, where) ? plain_path(report.sources.path(where.file)) : "");
    if (has_place(report, where)) {
      out += ',';
      range(where);
    }
    out += '}';
  };
  for (const Diagnostic& d : report.findings) {
    out += R"({"message":)";
    append_json(out, full_message(d));
    out += ',';
    location(d.primary.where);
    fmt::format_to(std::back_inserter(out),
                   R"(,"severity":"{}","source":{{"name":"hookc"}},"code":{{"value":"{}")",
                   rd_severity(d.severity), info(d.code).id);
    if (const std::string url = code_url(options, d.code); !url.empty()) {
      out += R"(,"url":)";
      append_json(out, url);
    }
    out += '}';
    // Each suggestion stands alone in a review, so only a fix of one edit in the file itself can be
    // one.
    bool any = false;
    for (const FixIt& fix : d.fixes) {
      if (fix.edits.size() != 1 || fix.applicability == Applicability::HasPlaceholders) continue;
      const Edit& edit = fix.edits.front();
      if (!has_place(report, edit.where) || edit.where.file != d.primary.where.file) continue;
      out += any ? ",{" : R"(,"suggestions":[{)";
      any = true;
      range(edit.where);
      out += R"(,"text":)";
      append_json(out, edit.replacement);
      out += '}';
    }
    if (any) out += ']';
    any = false;
    for (const Label& label : d.secondary) {
      if (!has_place(report, label.where)) continue;
      out += any ? ",{" : R"(,"relatedLocations":[{)";
      any = true;
      out += R"("message":)";
      append_json(out, label.text);
      out += ',';
      location(label.where);
      out += '}';
    }
    if (any) out += ']';
    out += "}\n";
  }
}

}  // namespace hookc::render
