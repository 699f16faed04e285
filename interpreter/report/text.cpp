#include "interpreter/report/text.hpp"

#include <chrono>

#include <fmt/format.h>

#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::report {
namespace {

/// The length of the terminal sequence that begins with the ESC at `at` (ECMA-48, sections 5.4 and
/// 8.3.89: CSI, and the strings OSC, DCS, APC, PM, SOS up to BEL or ST).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return 1;
  const char kind = text[at + 1];
  std::size_t end = at + 2;
  if (kind == '[') {
    while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40) ++end;
    const bool whole = end < text.size() && text[end] >= 0x40 && text[end] < 0x7F;
    return end + (whole ? 1 : 0) - at;
  }
  if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {
    for (; end < text.size() && text[end] != '\n'; ++end) {
      if (text[end] == '\a') return end + 1 - at;
      if (text[end] == '\\' && text[end - 1] == '\x1b') return end + 1 - at;
    }
    return 2;  // no end: show what stands in it
  }
  return kind > 0x20 && kind < 0x7F ? 2 : 1;
}

}  // namespace

std::string plain(std::string_view printed) {
  std::string out;
  out.reserve(printed.size());
  for (std::size_t at = 0; at < printed.size();) {
    const char c = printed[at];
    if (c == '\x1b') {
      at += sequence_length(printed, at);
    } else if (c == '\r') {
      ++at;
    } else if (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7F)) {
      out += c;
      ++at;
    } else {
      const CodePoint point = decode_utf8(printed, static_cast<std::uint32_t>(at));
      render::append_utf8(out, render::visible(point.value));
      at += point.length;
    }
  }
  return out;
}

std::string plain_tail(std::string_view printed, std::size_t limit) {
  std::string text = plain(printed);
  while (text.ends_with('\n')) text.pop_back();
  if (text.size() <= limit) return text;
  std::size_t begin = text.size() - limit;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  return fmt::format("… {} bytes before this are left out\n{}", begin, text.substr(begin));
}

std::string escaped(std::string_view text) {
  std::string out;
  render::append_xml(out, text);
  return out;
}

void append_lines(std::string& out, std::string_view text) {
  while (true) {
    const std::size_t end = text.find('\n');
    render::append_xml(out, text.substr(0, end));
    if (end == std::string_view::npos) return;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string seconds(Millis ms) {
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::string spoken(Millis ms) {
  constexpr Millis kSecond = 1000;
  constexpr Millis kMinute = 60 * kSecond;
  constexpr Millis kHour = 60 * kMinute;
  constexpr Millis kDay = 24 * kHour;
  const auto two = [ms](Millis large, std::string_view first, Millis small,
                        std::string_view second) {
    const Millis rest = ms % large / small;
    return rest == 0 ? fmt::format("{} {}", ms / large, first)
                     : fmt::format("{} {} {} {}", ms / large, first, rest, second);
  };
  if (ms < kSecond) return fmt::format("{} ms", ms);
  if (ms < kMinute)
    return ms % kSecond < 100 ? fmt::format("{} s", ms / kSecond)
                              : fmt::format("{}.{} s", ms / kSecond, ms % kSecond / 100);
  if (ms < kHour) return two(kMinute, "min", kSecond, "s");
  if (ms < kDay) return two(kHour, "h", kMinute, "min");
  return two(kDay, "d", kHour, "h");
}

std::string utc(Millis unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(unix_ms)};
  const sys_days midnight = floor<days>(at);
  const year_month_day day{midnight};
  const auto time = floor<std::chrono::seconds>(at - midnight).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     time / 3600, time / 60 % 60, time % 60);
}

std::string why(const Run& run) {
  switch (run.phase) {
    case Phase::Succeeded: return {};
    case Phase::Pending: return "its turn did not come";
    case Phase::Running: return "the session did not come to its end while this ran";
    case Phase::Failed: return run.reason.empty() ? "failed" : plain(run.reason);
    case Phase::Skipped: return run.reason.empty() ? "skipped" : plain(run.reason);
  }
  return {};
}

}  // namespace hookc::report
