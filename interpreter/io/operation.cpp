#include "interpreter/io/operation.hpp"

#include <cstring>

namespace hookc::io {

namespace {

/// More than this in a queue, and the stream is read no further.
constexpr std::size_t kHighWater = std::size_t{256} * 1024;

}  // namespace

Operation::Operation(Loop& loop, OperationSpec spec, const engine::Redactor& redactor,
                     const std::vector<std::string>& watch_for, Says says)
    : spec_(std::move(spec)),
      says_(std::move(says)),
      matcher_(watch_for),
      redactor_(redactor),
      redacted_{engine::Redactor::Stream(redactor), engine::Redactor::Stream(redactor)},
      process_(
          loop,
          [this] {
            ProcessSpec process;
            process.argv = spec_.argv;
            process.env = spec_.env;
            process.inherit_stdin = true;
            process.on_output = [this](int stream, std::string_view bytes) { took(stream, bytes); };
            return process;
          }(),
          [this](ProcessEnd end) { process_ended(std::move(end)); }) {
  for (const int stream : {1, 2}) writer(stream).on_empty([this] { writer_empty(); });
}

Operation::~Operation() {
  for (const int stream : {1, 2}) writer(stream).on_empty(nullptr);
}

void Operation::stop() {
  stopped_ = true;
  process_.stop();
  maybe_end();
}

void Operation::took(int stream, std::string_view bytes) {
  say(matcher_.feed(stream, bytes));
  // What the operation prints is its own, but a secret in it must not reach a terminal or a log
  // (rule 39).
  if (stream == 1 && !spec_.redact_stdout) {
    data_.append(bytes);
    pass_on(stream, bytes);
  } else {
    show(stream, redacted_[stream - 1].feed(bytes));
  }
}

void Operation::show(int stream, const std::string& text) {
  shown_.append(text);
  pass_on(stream, text);
}

/// Not what the process keeps: a secret that was cut there, or broken by the other stream, is no
/// longer found.
std::string Operation::output() const {
  std::string out = redactor_.redact_piece(data_.last(), data_.shortened(), false);
  const std::string shown = shown_.last();
  if (!out.empty() && !shown.empty() && !out.ends_with('\n')) out += '\n';
  return out + shown;
}

void Operation::pass_on(int stream, std::string_view text) {
  if (text.empty()) return;
  Writer& to = writer(stream);
  if (spec_.before_output) spec_.before_output(stream, text);
  to.write(text);
  if (to.error() != 0 && stream == 1 && !one_writer()) {
    process_.stop();
  } else if (to.waiting() > kHighWater) {
    process_.pause(stream);
  }
}

void Operation::say(const std::vector<std::size_t>& patterns) {
  for (const std::size_t pattern : patterns) says_.printed({pattern});
}

void Operation::writer_empty() {
  if (!one_writer() && spec_.standard_output->error() != 0) process_.stop();
  for (const int stream : {1, 2}) {
    if (writer(stream).waiting() == 0) process_.resume(stream);
  }
  maybe_end();
}

void Operation::process_ended(ProcessEnd end) {
  say(matcher_.finish());
  for (const int stream : {1, 2}) show(stream, redacted_[stream - 1].finish());
  end_.emplace();
  end_->exit_code = end.exit_code;
  end_->output = output();
  end_->error = std::move(end.error);
  maybe_end();
}

void Operation::maybe_end() {
  const bool written = one_writer() || spec_.standard_output->waiting() == 0;
  if (!end_ || !(written || stopped_)) return;
  engine::OperationEnded end = *std::exchange(end_, std::nullopt);
  if (!one_writer() && spec_.standard_output->error() != 0)
    end.lost = std::strerror(spec_.standard_output->error());
  says_.ended(std::move(end));
}

}  // namespace hookc::io
