#include "cli/session/progress.hpp"

#include <unistd.h>

#include <chrono>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace hookc::cli {

namespace {

std::string wall_time() {
  const auto now = std::chrono::system_clock::now();
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms);
}

std::string_view color_of(engine::StepPhase phase) {
  switch (phase) {
    case engine::StepPhase::Succeeded: return "\x1b[32m";
    case engine::StepPhase::Failed: return "\x1b[31m";
    case engine::StepPhase::Skipped: return "\x1b[2m";
    case engine::StepPhase::Pending:
    case engine::StepPhase::Running: return {};
  }
  return {};
}

}  // namespace

Progress::Progress(io::Loop& loop, engine::Frame frame, Options options)
    : frame_(std::move(frame)),
      options_(std::move(options)),
      sequence_(options_.lines_before),
      out_(loop, STDOUT_FILENO),
      err_(loop, options_.text_to) {}

void Progress::clear_pending() {
  if (pending_) err_.write("\r\x1b[K");
  pending_ = false;
  if (operation_mid_line_) err_.write("\n");
  operation_mid_line_ = false;
}

void Progress::line(std::string_view text, std::string_view color) {
  clear_pending();
  if (options_.color && !color.empty()) {
    err_.write(fmt::format("{}{}\x1b[0m\n", color, text));
  } else {
    err_.write(fmt::format("{}\n", text));
  }
}

void Progress::tell_json(std::string line) {
  if (options_.json) {
    out_.write((line + "\n"));
  }
  if (options_.keep_line) options_.keep_line(std::move(line));
}

void Progress::report(const engine::Report& report) {
  using Kind = engine::Report::Kind;
  if (options_.json || options_.keep_line)
    tell_json(engine::event_json(frame_, report, ++sequence_, wall_time()));
  if (options_.json) return;
  if (report.kind == Kind::SessionEnded) return;  // result() says it
  if (report.kind == Kind::SessionStarted && options_.announced) return;
  if (report.kind == Kind::AttemptEnded) {
    Round& round = rounds_[report.step.value_or(0)];
    if (round.number != report.attempt_number) round = {report.attempt_number, {}};
    round.outputs[report.pod] = report.output;
  }
  const std::string text = engine::event_text(frame_, report);
  if (text.empty()) return;
  if (report.kind == Kind::StepStarted || report.kind == Kind::ReleaseStarted) {
    // Worth a line only while it lasts.
    if (!options_.live) return;
    clear_pending();
    err_.write(text);
    pending_ = true;
    return;
  }
  line(text, color_of(report.phase));
  if (report.kind != Kind::StepEnded && report.kind != Kind::ReleaseEnded) return;
  const bool shown = report.phase == engine::StepPhase::Failed || options_.verbose;
  const auto round = rounds_.extract(report.step.value_or(0));
  if (!shown || !round) return;
  for (const auto& [pod, output] : round.mapped().outputs) {
    if (output.empty()) continue;
    if (round.mapped().outputs.size() > 1) err_.write(fmt::format("  pod {}:\n", pod));
    err_.write(engine::output_text(output));
  }
}

void Progress::result(const engine::SessionResult& result) {
  if (options_.json || options_.keep_line)
    tell_json(engine::result_json(frame_, result, ++sequence_, wall_time()));
  if (options_.json) return;
  clear_pending();
  err_.write(engine::result_text(frame_, result));
}

void Progress::flush() {
  out_.flush();
  err_.flush();
}

void Progress::before_operation_output(int stream, std::string_view bytes) {
  if (pending_) clear_pending();
  const bool same_screen = &writer(stream) == &err_ || ::isatty(STDOUT_FILENO) == 1;
  if (same_screen && options_.live) operation_mid_line_ = !bytes.ends_with('\n');
}

}  // namespace hookc::cli
