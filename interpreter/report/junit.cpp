#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "interpreter/report/report.hpp"
#include "interpreter/report/text.hpp"

namespace hookc::report {
namespace {

/// The cases of a suite, and how many of them did what.
class Suite {
 public:
  explicit Suite(const SessionLog& log) : log_(log) {}

  void hook(const Hook& hook) {
    open(hook.title, &hook, hook.task.time.length());
    if (hook.task.phase == Phase::Failed && hook.warns) {
      skip("warning, the session goes on: " + why(hook.task));
    } else {
      run(hook.task);
    }
    close(hook.task.output);
  }
  void release(const Hook& hook) {
    const Run& release = *hook.release;
    open("release of " + hook.title, &hook, release.time.length());
    if (hook.task.attempts == 0) {
      skip("nothing was held");
    } else if (release.phase == Phase::Failed && !hook.still_held) {
      skip("nothing was held, and its release failed: " + why(release));
    } else if (release.phase == Phase::Skipped && !hook.still_held) {
      skip(why(release));
    } else {
      run(release);
    }
    close(release.output);
  }
  void operation() {
    const Millis took = log_.run ? log_.run->time.length() : 0;
    open(log_.operation, nullptr, took);
    if (!log_.run) {
      skip("it was not run");
      close({});
      return;
    }
    Run operation;
    operation.phase = log_.run->phase;
    operation.reason = log_.run->reason;
    run(operation);
    close(log_.run->output);
  }
  /// Last: what no other case says.
  void session() {
    const bool ended = log_.status != Status::Running;
    if (ended && (log_.status != Status::Failed || failures_ != 0)) return;
    open("session", nullptr, log_.took);
    fail(ended ? plain(log_.reason) : "the session did not come to its end", {});
    close({});
  }

  std::string text() const {
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{}\"", tests_,
                    failures_, skipped_, seconds(log_.took));
    const std::array properties = {
        std::pair<std::string_view, std::string_view>("session", log_.id),
        std::pair<std::string_view, std::string_view>("program", log_.program),
        std::pair<std::string_view, std::string_view>("operation", log_.operation)};
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    out += fmt::format("<testsuites name=\"hookc\" {}>\n", counts);
    out += fmt::format("  <testsuite name=\"{} {}\" {} timestamp=\"{}\">\n", log_.operation,
                       escaped(plain(log_.program)), counts, utc(log_.started));
    out += "    <properties>\n";
    for (const auto& [name, value] : properties)
      out +=
          fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, escaped(plain(value)));
    out += "    </properties>\n" + cases_ + "  </testsuite>\n</testsuites>\n";
    return out;
  }

 private:
  void open(std::string_view name, const Hook* hook, Millis took) {
    ++tests_;
    cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
                          escaped(plain(log_.program)), escaped(plain(name)), seconds(took));
    if (hook != nullptr && !hook->file.empty())
      cases_ += fmt::format(" file=\"{}\" line=\"{}\"", escaped(plain(hook->file)), hook->line);
  }
  void run(const Run& run) {
    switch (run.phase) {
      case Phase::Succeeded: return;
      case Phase::Pending:
      case Phase::Skipped: skip(why(run)); return;
      case Phase::Running:
      case Phase::Failed: fail(why(run), details(run)); return;
    }
  }
  void skip(const std::string& reason) {
    ++skipped_;
    body_ += fmt::format("      <skipped message=\"{}\"/>\n", escaped(reason));
  }
  void fail(const std::string& reason, const std::string& text) {
    ++failures_;
    body_ += fmt::format("      <failure message=\"{}\" type=\"hook\">", escaped(reason));
    append_lines(body_, text.empty() ? reason : text);
    body_ += "</failure>\n";
  }
  void close(std::string_view output) {
    if (const std::string shown = plain_tail(output, kShownOutput); !shown.empty()) {
      body_ += "      <system-out>";
      append_lines(body_, shown);
      body_ += "</system-out>\n";
    }
    cases_ += body_.empty() ? "/>\n" : ">\n" + body_ + "    </testcase>\n";
    body_.clear();
  }

  /// Every attempt in a line, and what frees by hand what a release left.
  static std::string details(const Run& run) {
    std::string out = why(run);
    constexpr std::size_t kMost = 100;
    for (std::size_t i = 0; i < run.tries.size(); ++i) {
      if (i == kMost) {
        out += fmt::format("\n{} more attempts", run.tries.size() - kMost);
        break;
      }
      const Attempt& attempt = run.tries[i];
      out += fmt::format("\nattempt {}", attempt.number);
      if (!attempt.pod.empty()) out += " in pod " + plain(attempt.pod);
      out += fmt::format(", after {}: {}", spoken(attempt.time.length()),
                         attempt.phase == Phase::Succeeded ? "succeeded"
                         : attempt.reason.empty()          ? "did not end"
                                                           : plain(attempt.reason));
    }
    for (const std::string& command : run.by_hand) out += "\nto free it by hand: " + plain(command);
    return out;
  }

  const SessionLog& log_;
  std::string cases_;
  std::string body_;  // of the case that is being told
  int tests_ = 0, failures_ = 0, skipped_ = 0;
};

}  // namespace

std::string to_junit(const SessionLog& log) {
  Suite suite(log);
  for (const Hook& hook : log.hooks) {
    if (!hook.post) suite.hook(hook);
  }
  suite.operation();
  for (auto hook = log.hooks.rbegin(); hook != log.hooks.rend(); ++hook) {
    if (hook->release) suite.release(*hook);
  }
  for (const Hook& hook : log.hooks) {
    if (hook.post) suite.hook(hook);
  }
  suite.session();
  return suite.text();
}

}  // namespace hookc::report
