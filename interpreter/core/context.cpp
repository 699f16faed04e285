#include "interpreter/core/context.hpp"

#include "compiler/plan/eval/value.hpp"

namespace hookc::engine {

Report& Context::report(Report::Kind kind, std::string_view text) {
  Report report;
  report.kind = kind;
  report.at = now;
  report.text = one_line(redactor.redact(text));
  out.emplace_back(std::move(report));
  return std::get<Report>(out.back());
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string bounded(std::string text) {
  if (text.size() <= kOutputLimit) return text;
  std::size_t begin = text.size() - kOutputLimit;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  return text.substr(begin);
}

std::string spoken(Millis ms) {
  return plan::to_text(plan::Value{plan::Duration{ms}});
}

}  // namespace hookc::engine
