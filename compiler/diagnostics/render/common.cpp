#include "compiler/diagnostics/render/common.hpp"

#include <algorithm>
#include <iterator>

#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::render {

std::string full_message(const Diagnostic& d) {
  std::string all = d.message;
  if (!d.primary.text.empty()) all += "\n" + d.primary.text;
  for (const std::string& note : d.notes) all += "\nnote: " + note;
  for (const std::string& help : d.helps) all += "\nhelp: " + help;
  for (const FixIt& fix : d.fixes) {
    const auto same = [&](const std::string& help) { return help == fix.title; };
    if (std::none_of(d.helps.begin(), d.helps.end(), same)) all += "\nhelp: " + fix.title;
  }
  return all;
}

void append_short(std::string& out, const Report& report, Positions& positions,
                  const Diagnostic& d) {
  if (has_place(report, d.primary.where)) {
    const Position at = positions.at(d.primary.where.file, d.primary.where.span.begin);
    append_terminal(out, report.sources.path(d.primary.where.file));
    fmt::format_to(std::back_inserter(out), ":{}:{}: ", at.line, at.column);
  }
  fmt::format_to(std::back_inserter(out), "{}[{}]: ", to_string(d.severity), info(d.code).id);
  append_terminal(out, d.message);
}

std::string code_url(const Options& options, Code code) {
  if (options.docs_url.empty()) return {};
  return fmt::format("{}{}.md", options.docs_url, info(code).id);
}

}  // namespace hookc::render
