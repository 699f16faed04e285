// hookc's own JSON, version 1: docs/reference/output-formats.md. Written by hand and not through
// nlohmann-json because a report is written once, in order, and a document of ten thousand findings
// need not stand in memory twice.
#include <array>
#include <iterator>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

std::string_view to_string(Applicability applicability) {
  switch (applicability) {
    case Applicability::MachineApplicable: return "machine-applicable";
    case Applicability::MaybeIncorrect: return "maybe-incorrect";
    case Applicability::HasPlaceholders: return "has-placeholders";
  }
  return "maybe-incorrect";
}

class JsonWriter {
 public:
  JsonWriter(const Report& report, std::string& out)
      : report_(report), out_(out), positions_(report.sources, Unit::CodePoints) {}

  void finding(const Diagnostic& d) {
    const CodeInfo& code = info(d.code);
    out_ += R"({"code":")";
    out_ += code.id;
    out_ += R"(","name":")";
    out_ += code.name;
    out_ += R"(","severity":")";
    out_ += hookc::to_string(d.severity);
    out_ += R"(","message":)";
    append_json(out_, d.message);
    place(d.primary.where);
    out_ += R"(,"label":)";
    append_json(out_, d.primary.text);
    out_ += R"(,"related":[)";
    list(d.secondary, [&](const Label& label) {
      out_ += R"({"text":)";
      append_json(out_, label.text);
      place(label.where);
      out_ += '}';
    });
    out_ += R"(],"notes":[)";
    list(d.notes, [&](const std::string& text) { append_json(out_, text); });
    out_ += R"(],"helps":[)";
    list(d.helps, [&](const std::string& text) { append_json(out_, text); });
    out_ += R"(],"fixes":[)";
    list(d.fixes, [&](const FixIt& fix) {
      out_ += R"({"title":)";
      append_json(out_, fix.title);
      out_ += R"(,"applicability":")";
      out_ += to_string(fix.applicability);
      out_ += R"(","edits":[)";
      list(fix.edits, [&](const Edit& edit) {
        out_ += R"({"replacement":)";
        append_json(out_, edit.replacement);
        place(edit.where);
        out_ += '}';
      });
      out_ += "]}";
    });
    out_ += "]}";
  }

  template <typename List, typename Write>
  void list(const List& items, Write write) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      write(item);
    }
  }

 private:
  /// `,"path":…,"start":{…},"end":{…}`, or nulls for what has no place.
  void place(Location where) {
    if (!has_place(report_, where)) {
      out_ += R"(,"path":null,"start":null,"end":null)";
      return;
    }
    out_ += R"(,"path":)";
    append_json(out_, report_.sources.path(where.file));
    point(R"(,"start":)", where.file, where.span.begin);
    point(R"(,"end":)", where.file, where.span.end);
  }
  void point(std::string_view key, FileId file, std::uint32_t offset) {
    const Position at = positions_.at(file, offset);
    out_ += key;
    fmt::format_to(std::back_inserter(out_), R"({{"line":{},"column":{},"offset":{}}})", at.line,
                   at.column, offset);
  }

  const Report& report_;
  std::string& out_;
  Positions positions_;
};

}  // namespace

void json(const Report& report, const Options& options, std::string& out) {
  JsonWriter writer(report, out);
  out += R"({"version":1,"tool":{"name":"hookc","version":)";
  append_json(out, options.version);
  out += R"(},"files":[)";
  writer.list(report.checked, [&](FileId file) { append_json(out, report.sources.path(file)); });
  out += R"(],"findings":[)";
  std::array<std::size_t, 4> counts{};
  writer.list(report.findings, [&](const Diagnostic& d) {
    ++counts[static_cast<std::size_t>(d.severity)];
    out += '\n';
    writer.finding(d);
  });
  fmt::format_to(std::back_inserter(out),
                 R"(],"summary":{{"error":{},"warning":{},"info":{},"hint":{}}}}})", counts[0],
                 counts[1], counts[2], counts[3]);
  out += '\n';
}

void json_findings(const Report& report, std::string& out) {
  JsonWriter writer(report, out);
  out += '[';
  writer.list(report.findings, [&](const Diagnostic& d) { writer.finding(d); });
  out += ']';
}

}  // namespace hookc::render
