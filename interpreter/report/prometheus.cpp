// https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4) and
// https://prometheus.io/docs/practices/naming/. No sample has a time of its own: the textfile
// collector takes none.
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "interpreter/report/report.hpp"
#include "interpreter/report/text.hpp"

namespace hookc::report {
namespace {

constexpr std::string_view kLastSuccess = "hookc_last_success_timestamp_seconds";
/// A metric is to be a few series; a program with more holds shows its first ones.
constexpr std::size_t kMostHolds = 100;

std::string label(std::string_view name, std::string_view value) {
  std::string out = fmt::format("{}=\"", name);
  for (const char c : plain(value)) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '"') {
      out += "\\\"";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string labels_of(std::string_view program, std::string_view operation) {
  return label("program", program) + "," + label("operation", operation);
}

class Metrics {
 public:
  Metrics(std::string_view program, std::string_view operation)
      : labels_(labels_of(program, operation)) {}

  /// All that hookc tells is a state of the last session, so everything is a gauge.
  void metric(std::string_view name, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
  }
  void value(std::string_view value, std::string_view more = {}) {
    text_ += fmt::format("{}{{{}{}{}}} {}\n", name_, labels_, more.empty() ? "" : ",", more, value);
  }
  void only(std::string_view name, std::string_view help, std::string_view of) {
    metric(name, help);
    value(of);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string labels_, text_;
  std::string_view name_;
};

void hooks(Metrics& out, const SessionLog& log) {
  constexpr std::array results = {std::pair(Phase::Succeeded, "succeeded"),
                                  std::pair(Phase::Failed, "failed"),
                                  std::pair(Phase::Skipped, "skipped")};
  out.metric("hookc_session_hooks", "Hooks of the last session by what became of them.");
  for (const bool post : {false, true}) {
    for (const auto& [phase, word] : results) {
      std::size_t count = 0;
      for (const Hook& hook : log.hooks) count += hook.post == post && hook.task.phase == phase;
      out.value(std::to_string(count),
                label("phase", post ? "post" : "pre") + "," + label("result", word));
    }
  }
  std::size_t attempts = 0;
  std::size_t retries = 0;
  const auto count = [&](const Run& run) {
    attempts += run.attempts;
    retries += run.attempts > 1 ? run.attempts - 1 : 0;
  };
  for (const Hook& hook : log.hooks) {
    count(hook.task);
    if (hook.release) count(*hook.release);
  }
  out.only("hookc_session_attempts", "Attempts of all hooks and releases of the last session.",
           std::to_string(attempts));
  out.only("hookc_session_retries", "Those of them that were not the first of their hook.",
           std::to_string(retries));
}

void holds(Metrics& out, const SessionLog& log) {
  std::vector<std::pair<std::string, const Hook*>> shown;
  std::set<std::string> labels;
  std::size_t taken = 0;
  std::size_t still = 0;
  for (const Hook& hook : log.hooks) {
    still += hook.still_held;
    taken += held(log, hook).has_value();
    if (!hook.release || shown.size() == kMostHolds) continue;
    // A series that stands there twice would make the whole file worthless.
    if (auto [name, added] = labels.insert(label("hold", hook.name)); added)
      shown.emplace_back(*name, &hook);
  }
  out.only("hookc_session_holds", "Things that the last session held at any time.",
           std::to_string(taken));
  out.only("hookc_session_still_held", "Things that were still held when the last session ended.",
           std::to_string(still));
  if (shown.empty()) return;
  out.metric("hookc_hold_still_held", "1: the last session did not get it free.");
  for (const auto& [name, hook] : shown) out.value(hook->still_held ? "1" : "0", name);
  out.metric("hookc_hold_duration_seconds",
             "How long the last session held it, from the start of its acquire.");
  for (const auto& [name, hook] : shown) {
    const auto span = held(log, *hook);
    out.value(span ? seconds(span->length()) : "0", name);
  }
}

}  // namespace

std::string to_prometheus(const SessionLog& log, Millis last_success) {
  Metrics out(log.program, log.operation);
  const Millis ended = log.started + log.took;
  if (log.status == Status::Succeeded) last_success = ended;
  out.only(kLastSuccess,
           "When the last session that succeeded ended, in seconds since 1970. 0: none is known.",
           last_success == 0 ? "0" : seconds(last_success));
  out.only("hookc_session_start_timestamp_seconds",
           "When the last session started, in seconds since 1970.", seconds(log.started));
  out.only("hookc_session_end_timestamp_seconds",
           "When the last session ended, in seconds since 1970.", seconds(ended));
  constexpr std::array statuses = {
      std::pair(Status::Succeeded, "succeeded"), std::pair(Status::Failed, "failed"),
      std::pair(Status::Skipped, "skipped"), std::pair(Status::Waiting, "waiting"),
      std::pair(Status::Running, "unfinished")};
  out.metric("hookc_session_status", "1 for what became of the last session, 0 for all else.");
  for (const auto& [status, word] : statuses)
    out.value(log.status == status ? "1" : "0", label("status", word));
  out.only("hookc_session_duration_seconds", "How long the last session took.", seconds(log.took));
  const Parts spans = parts(log);
  out.metric("hookc_session_phase_duration_seconds",
             "How long the phases of the last session took.");
  for (const auto& [word, span] :
       {std::pair("pre", spans.pre), std::pair("operation", spans.operation),
        std::pair("release", spans.releases), std::pair("post", spans.post)})
    out.value(seconds(span.length()), label("phase", word));
  hooks(out, log);
  holds(out, log);
  return out.take();
}

std::expected<Millis, std::string> last_success(std::string_view text, std::string_view program,
                                                std::string_view operation) {
  if (text.empty()) return 0;
  const std::string wanted = fmt::format("{}{{{}}} ", kLastSuccess, labels_of(program, operation));
  bool ours = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("#") || line.empty()) continue;
    if (line.starts_with(wanted)) {
      line.remove_prefix(wanted.size());
      std::uint64_t whole = 0;
      const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), whole);
      if (error != std::errc() || whole > INT64_MAX / 2000)
        return std::unexpected("holds a last success that is not a time");
      Millis ms = static_cast<Millis>(whole) * 1000;
      int thousandths = 0;
      if (rest != line.data() + line.size() && *rest == '.')
        std::from_chars(rest + 1, line.data() + line.size(), thousandths);
      if (thousandths >= 0 && thousandths < 1000) ms += thousandths;
      return ms;
    }
    ours = ours || line.starts_with(kLastSuccess);
  }
  return std::unexpected(ours ? "holds the metrics of another program or operation; give each a "
                                "file of its own"
                              : "was not written by hookc; a report would replace it");
}

}  // namespace hookc::report
