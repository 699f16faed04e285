// SARIF 2.1.0 (OASIS), within what GitHub code scanning takes: 25,000 results a run and 1,000
// locations a result. Minified: a service may refuse a report for its size.
#include <algorithm>
#include <iterator>
#include <vector>

#include "compiler/diagnostics/render/common.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/fingerprint.hpp"
#include "compiler/diagnostics/render/positions.hpp"

namespace hookc::render {

namespace {

constexpr std::size_t max_results = 25'000;
constexpr std::size_t max_related = 999;

/// SARIF's `level` (section 3.27.10).
std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Info:
    case Severity::Hint: return "note";
  }
  return "none";
}

class SarifWriter {
 public:
  SarifWriter(const Report& report, const Options& options, std::string& out)
      : report_(report), options_(options), out_(out), positions_(report.sources, Unit::Utf16) {
    rule_index_.assign(all_codes().size(), SIZE_MAX);
    hashes_.resize(report.sources.count());
  }

  void run() {
    const std::vector<const Diagnostic*> shown = choose();
    out_ +=
        R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[)";
    out_ += R"({"tool":{"driver":{"name":"hookc","semanticVersion":)";
    append_json(out_, options_.version);
    out_ += R"(,"rules":[)";
    rules(shown);
    out_ +=
        R"(]}},"columnKind":"utf16CodeUnits","originalUriBaseIds":{"SRCROOT":{"description":)"
        R"({"text":"The directory that hookc ran in."}}},"invocations":[{"executionSuccessful":true)";
    if (shown.size() < report_.findings.size()) {
      out_ += R"(,"toolExecutionNotifications":[{"level":"warning","message":{"text":)";
      append_json(out_, fmt::format("{} more findings are left out: a run holds at most {}",
                                    report_.findings.size() - shown.size(), max_results));
      out_ += "}}]";
    }
    out_ += R"(}],"results":[)";
    bool first = true;
    for (const Diagnostic* d : shown) {
      if (!first) out_ += ',';
      first = false;
      out_ += '\n';
      result(*d);
    }
    out_ += "]}]}\n";
  }

 private:
  /// All, or the worst `max_results` in their order.
  std::vector<const Diagnostic*> choose() const {
    std::vector<const Diagnostic*> all;
    all.reserve(report_.findings.size());
    for (const Diagnostic& d : report_.findings) all.push_back(&d);
    if (all.size() <= max_results) return all;
    std::stable_sort(all.begin(), all.end(), [](const Diagnostic* a, const Diagnostic* b) {
      return a->severity < b->severity;
    });
    all.resize(max_results);
    std::sort(all.begin(), all.end());  // pointers into one array: the order of the report again
    return all;
  }

  void rules(const std::vector<const Diagnostic*>& shown) {
    for (const Diagnostic* d : shown) rule_index_[static_cast<std::size_t>(d->code)] = 0;
    std::size_t next = 0;
    for (const CodeInfo& code : all_codes()) {
      std::size_t& index = rule_index_[static_cast<std::size_t>(code.code)];
      if (index == SIZE_MAX) continue;
      index = next++;
      if (index > 0) out_ += ',';
      fmt::format_to(std::back_inserter(out_),
                     R"({{"id":"{}","name":"{}","shortDescription":{{"text":)", code.id, code.name);
      append_json(out_, code.title);
      out_ += R"(},"fullDescription":{"text":)";
      append_json(out_, code.title);
      fmt::format_to(std::back_inserter(out_), R"(}},"defaultConfiguration":{{"level":"{}"}})",
                     level(code.severity));
      const std::string_view page = options_.explain != nullptr ? options_.explain(code.code) : "";
      if (!page.empty()) {
        out_ += R"(,"help":{"text":)";
        append_json(out_, page);
        out_ += R"(,"markdown":)";
        append_json(out_, page);
        out_ += '}';
      }
      if (const std::string url = code_url(options_, code.code); !url.empty()) {
        out_ += R"(,"helpUri":)";
        append_json(out_, url);
      }
      out_ += R"(,"properties":{"tags":["backup","hooks"]}})";
    }
  }

  void result(const Diagnostic& d) {
    fmt::format_to(std::back_inserter(out_),
                   R"({{"ruleId":"{}","ruleIndex":{},"level":"{}","message":{{"text":)",
                   info(d.code).id, rule_index_[static_cast<std::size_t>(d.code)],
                   level(d.severity));
    append_json(out_, full_message(d));
    out_ += '}';
    if (has_place(report_, d.primary.where)) {
      out_ += R"(,"locations":[{)";
      physical(d.primary.where);
      out_ += R"(}],"partialFingerprints":{"primaryLocationLineHash":)";
      append_json(out_, fingerprint(d.primary.where));
      out_ += '}';
    }
    related(d);
    fixes(d);
    out_ += '}';
  }

  const std::string& fingerprint(Location where) {
    static const std::string none = "0:1";
    std::vector<std::string>& hashes = hashes_[where.file.value];
    if (hashes.empty()) hashes = line_hashes(report_.sources.text(where.file));
    const std::uint32_t line = report_.sources.lines(where.file).line_of(where.span.begin);
    return line < hashes.size() ? hashes[line] : none;
  }

  void related(const Diagnostic& d) {
    std::size_t id = 0;
    for (const Label& label : d.secondary) {
      if (!has_place(report_, label.where) || id == max_related) continue;
      out_ += id == 0 ? R"(,"relatedLocations":[{)" : ",{";
      fmt::format_to(std::back_inserter(out_), R"("id":{},)", ++id);
      physical(label.where);
      if (!label.text.empty()) {
        out_ += R"(,"message":{"text":)";
        append_json(out_, label.text);
        out_ += '}';
      }
      out_ += '}';
    }
    if (id > 0) out_ += ']';
  }

  /// A fix needs exactly known edits; those with placeholders are left to the message.
  void fixes(const Diagnostic& d) {
    bool any = false;
    for (const FixIt& fix : d.fixes) {
      const bool usable =
          fix.applicability != Applicability::HasPlaceholders && !fix.edits.empty() &&
          std::all_of(fix.edits.begin(), fix.edits.end(),
                      [&](const Edit& edit) { return has_place(report_, edit.where); });
      if (!usable) continue;
      out_ += any ? "," : R"(,"fixes":[)";
      any = true;
      out_ += R"({"description":{"text":)";
      append_json(out_, fix.title);
      out_ += R"(},"artifactChanges":[)";
      std::vector<const Edit*> edits;
      for (const Edit& edit : fix.edits) edits.push_back(&edit);
      std::stable_sort(edits.begin(), edits.end(),
                       [](const Edit* a, const Edit* b) { return a->where < b->where; });
      FileId file;
      for (const Edit* edit : edits) {
        if (edit->where.file != file) {
          out_ += file.valid() ? "]},{" : "{";
          file = edit->where.file;
          artifact(file);
          out_ += R"(,"replacements":[{)";
        } else {
          out_ += ",{";
        }
        out_ += R"("deletedRegion":)";
        region(edit->where);
        out_ += R"(,"insertedContent":{"text":)";
        append_json(out_, edit->replacement);
        out_ += "}}";
      }
      out_ += "]}]}";
    }
    if (any) out_ += ']';
  }

  void artifact(FileId file) {
    const std::string_view path = report_.sources.path(file);
    std::string uri;
    append_uri_path(uri, path);
    out_ += R"("artifactLocation":{"uri":)";
    append_json(out_, path.starts_with('/') ? "file://" + uri : uri);
    if (!path.starts_with('/')) out_ += R"(,"uriBaseId":"SRCROOT")";
    out_ += '}';
  }
  void region(Location where) {
    const Position begin = positions_.at(where.file, where.span.begin);
    const Position end = positions_.at(where.file, where.span.end);
    fmt::format_to(std::back_inserter(out_),
                   R"({{"startLine":{},"startColumn":{},"endLine":{},"endColumn":{}}})", begin.line,
                   begin.column, end.line, end.column);
  }
  void physical(Location where) {
    out_ += R"("physicalLocation":{)";
    artifact(where.file);
    out_ += R"(,"region":)";
    region(where);
    out_ += '}';
  }

  const Report& report_;
  const Options& options_;
  std::string& out_;
  Positions positions_;
  std::vector<std::size_t> rule_index_;           // by code
  std::vector<std::vector<std::string>> hashes_;  // by file, empty until asked for
};

}  // namespace

void sarif(const Report& report, const Options& options, std::string& out) {
  SarifWriter(report, options, out).run();
}

}  // namespace hookc::render
