#include "interpreter/core/report.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "interpreter/core/context.hpp"

namespace hookc::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json head(const Frame& frame, std::string_view event, Millis at, std::uint64_t sequence,
          std::string_view time) {
  Json json;
  json["version"] = kEventsVersion;
  json["sequence"] = sequence;
  json["time"] = time;
  json["ms"] = at - frame.started;
  json["session"] = frame.session_id;
  json["operation"] = frame.operation == Operation::Backup ? "backup" : "restore";
  json["event"] = event;
  return json;
}

Json step_json(const Frame& frame, std::uint32_t id) {
  Json json;
  json["id"] = id;
  if (id >= frame.plan->steps.size()) return json;
  const plan::Step& step = frame.plan->steps[id];
  json["name"] = step.name;
  json["title"] = frame.titles[id];
  json["file"] = step.task.origin.file;
  json["line"] = step.task.origin.line;
  return json;
}

Json run_json(const Frame& frame, const StepResult& result) {
  Json json;
  json["phase"] = to_text(result.phase);
  json["attempts"] = result.attempts;
  if (result.phase != StepPhase::Pending) {
    json["started_ms"] = result.started - frame.started;
    if (result.phase != StepPhase::Running) json["took_ms"] = result.ended - result.started;
  }
  if (!result.reason.empty()) json["reason"] = result.reason;
  if (!result.output.empty()) json["output"] = result.output;
  if (!result.by_hand.empty()) json["by_hand"] = result.by_hand;
  return json;
}

std::string_view on_error_word(plan::OnError policy) {
  switch (policy) {
    case plan::OnError::Fail: return "fail";
    case plan::OnError::Warn: return "warn";
    case plan::OnError::Continue: return "continue";
    case plan::OnError::Skip: return "skip";
  }
  return "";
}

/// KubeStash's conditions: one a side, true when no hook of it failed, absent when none ran.
Json condition_json(const Frame& frame, const SessionResult& result, bool pre) {
  const plan::OperationPlan& operation =
      frame.operation == Operation::Backup ? frame.plan->backup : frame.plan->restore;
  bool ran = false;
  bool failed = false;
  for (const plan::Group& group : pre ? operation.pre : operation.post) {
    for (const std::uint32_t id : group) {
      const StepPhase phase = result.steps[id].phase;
      ran = ran || phase == StepPhase::Succeeded || phase == StepPhase::Failed;
      failed = failed || phase == StepPhase::Failed;
    }
  }
  if (!ran) return {};
  const std::string hooks =
      fmt::format("{}{}Hooks", pre ? "Pre" : "Post",
                  frame.operation == Operation::Backup ? "Backup" : "Restore");
  Json json;
  json["type"] = hooks + "ExecutionSucceeded";
  json["status"] = failed ? "False" : "True";
  json["reason"] = (failed ? "FailedToExecute" : "SuccessfullyExecuted") + hooks;
  return json;
}

std::string_view phase_word(StepPhase phase) {
  switch (phase) {
    case StepPhase::Pending: return "pending";
    case StepPhase::Running: return "running";
    case StepPhase::Succeeded: return "succeeded";
    case StepPhase::Failed: return "failed";
    case StepPhase::Skipped: return "skipped";
  }
  return "";
}

/// "x failed: why", "x succeeded in 3s".
std::string ended_text(std::string_view what, const Report& report) {
  std::string out = fmt::format("{} {}", what, phase_word(report.phase));
  if (!report.text.empty()) {
    out += ": " + report.text;
  } else if (report.took != 0) {
    out += " in " + spoken(report.took);
  }
  return out;
}

}  // namespace

Frame::Frame(const plan::Plan& plan_, const Inputs& inputs, Millis started_)
    : plan(&plan_),
      operation(inputs.operation),
      session_id(inputs.session_id),
      started(started_),
      titles(engine::titles(plan_)) {}

std::string_view to_text(Report::Kind kind) {
  switch (kind) {
    case Report::Kind::SessionStarted: return "session_started";
    case Report::Kind::StepStarted: return "step_started";
    case Report::Kind::AttemptStarted: return "attempt_started";
    case Report::Kind::AttemptEnded: return "attempt_ended";
    case Report::Kind::RetryScheduled: return "retry_scheduled";
    case Report::Kind::StepEnded: return "step_ended";
    case Report::Kind::ReleaseStarted: return "release_started";
    case Report::Kind::ReleaseEnded: return "release_ended";
    case Report::Kind::OperationStarted: return "operation_started";
    case Report::Kind::OperationEnded: return "operation_ended";
    case Report::Kind::OutcomeFixed: return "outcome_fixed";
    case Report::Kind::SessionEnded: return "session_ended";
    case Report::Kind::Note: return "note";
  }
  return "";
}

std::string event_json(const Frame& frame, const Report& report, std::uint64_t sequence,
                       std::string_view time) {
  Json json = head(frame, to_text(report.kind), report.at, sequence, time);
  if (report.kind == Report::Kind::SessionStarted) json["program"] = frame.plan->file;
  if (report.step) {
    json["step"] = step_json(frame, *report.step);
    json["release"] = report.release;
  }
  if (!report.pod.empty()) json["pod"] = report.pod;
  if (report.attempt_number != 0) json["attempt"] = report.attempt_number;
  const bool outcome = report.kind == Report::Kind::OutcomeFixed;
  if (report.phase != StepPhase::Pending) json["phase"] = to_text(report.phase);
  if (report.phase == StepPhase::Succeeded || report.phase == StepPhase::Failed)
    json["took_ms"] = report.took;
  if (outcome) json["outcome"] = report.text;
  if (!outcome && !report.text.empty()) json["text"] = report.text;
  if (!report.output.empty()) json["output"] = report.output;
  return dump(json);
}

std::string result_json(const Frame& frame, const SessionResult& result, std::uint64_t sequence,
                        std::string_view time) {
  Json json = head(frame, "result", result.ended, sequence, time);
  json["program"] = frame.plan->file;
  json["status"] = to_text(result.status);
  json["outcome"] = to_text(result.outcome);
  if (!result.reason.empty()) json["reason"] = result.reason;
  json["took_ms"] = result.ended - result.started;
  Json steps = Json::array();
  const plan::OperationPlan& operation =
      frame.operation == Operation::Backup ? frame.plan->backup : frame.plan->restore;
  for (const auto* side : {&operation.pre, &operation.post}) {
    for (const plan::Group& group : *side) {
      for (const std::uint32_t id : group) {
        Json step = step_json(frame, id);
        step["side"] = side == &operation.pre ? "pre" : "post";
        const plan::OnError on_error = frame.plan->steps[id].on_error;
        if (on_error != plan::OnError::Fail) step["on_error"] = on_error_word(on_error);
        step.update(run_json(frame, result.steps[id]));
        if (frame.plan->steps[id].hold) step["release"] = run_json(frame, result.releases[id]);
        steps.push_back(std::move(step));
      }
    }
  }
  json["steps"] = std::move(steps);
  Json held = Json::array();
  for (const std::uint32_t id : result.still_held) held.push_back(step_json(frame, id));
  json["still_held"] = std::move(held);
  Json conditions = Json::array();
  for (const bool pre : {true, false}) {
    if (Json condition = condition_json(frame, result, pre); !condition.is_null()) {
      conditions.push_back(std::move(condition));
    }
  }
  json["conditions"] = std::move(conditions);
  return dump(json);
}

std::string event_text(const Frame& frame, const Report& report) {
  const std::string_view operation = frame.operation == Operation::Backup ? "backup" : "restore";
  std::string name = report.step && *report.step < frame.titles.size() ? frame.titles[*report.step]
                                                                       : std::string{};
  if (report.release) name = "release of " + name;
  switch (report.kind) {
    case Report::Kind::SessionStarted:
      return fmt::format("{} session {} started", operation, frame.session_id);
    case Report::Kind::StepStarted: return name + " started";
    case Report::Kind::AttemptStarted: return {};
    case Report::Kind::AttemptEnded:
      if (report.phase != StepPhase::Failed || report.pod.empty()) return {};
      return fmt::format("{} failed in pod {}: {}", name, report.pod, report.text);
    case Report::Kind::RetryScheduled: return fmt::format("{}: {}", name, report.text);
    case Report::Kind::StepEnded: return ended_text(name, report);
    case Report::Kind::ReleaseStarted:
      return report.text.empty() ? name + " started"
                                 : fmt::format("{} started {}", name, report.text);
    case Report::Kind::ReleaseEnded: return ended_text(name, report);
    case Report::Kind::OperationStarted: return fmt::format("{} started", operation);
    case Report::Kind::OperationEnded: return ended_text(operation, report);
    case Report::Kind::OutcomeFixed: return fmt::format("outcome: {}", report.text);
    case Report::Kind::SessionEnded: return ended_text("session", report);
    case Report::Kind::Note: return report.text;
  }
  return {};
}

std::string output_text(std::string_view output, std::size_t lines) {
  while (output.ends_with('\n')) output.remove_suffix(1);
  if (output.empty() || lines == 0) return {};
  std::size_t begin = output.size();
  for (std::size_t seen = 0; begin > 0; --begin) {
    if (output[begin - 1] == '\n' && ++seen == lines) break;
  }
  std::string out;
  if (begin > 0) out += "  | …\n";
  output.remove_prefix(begin);
  while (true) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    out += "  | ";
    // Output of others must not move the reader's cursor.
    for (const char c : output.substr(0, end)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\r') continue;
      out += c == '\t' ? ' ' : byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    out += '\n';
    if (end == output.size()) return out;
    output.remove_prefix(end + 1);
  }
}

std::string result_text(const Frame& frame, const SessionResult& result) {
  const std::string_view operation = frame.operation == Operation::Backup ? "backup" : "restore";
  std::string out = fmt::format("{} session {}", operation, to_text(result.status));
  if (!result.reason.empty()) out += ": " + result.reason;
  out += '\n';
  for (const std::uint32_t id : result.still_held) {
    out +=
        fmt::format("still held: {} ({}:{})\n", frame.titles[id],
                    frame.plan->steps[id].task.origin.file, frame.plan->steps[id].task.origin.line);
    for (const std::string& command : result.releases[id].by_hand) {
      out += fmt::format("  to free it by hand: {}\n", one_line(command));
    }
  }
  return out;
}

}  // namespace hookc::engine
