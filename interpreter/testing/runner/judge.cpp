#include "interpreter/testing/runner/judge.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace hookc::runner {

using engine::Report;
using engine::SessionStatus;
using engine::StepPhase;
using plan::Expectation;

namespace {

std::string attempts(std::int64_t count) {
  return fmt::format("{} attempt{}", count, count == 1 ? "" : "s");
}

/// "succeeded", "failed: exit code 3", "did not run: `when` is false".
std::string how_it_went(const engine::StepResult& step) {
  const std::string why = step.reason.empty() ? "" : ": " + step.reason;
  switch (step.phase) {
    case StepPhase::Succeeded: return "succeeded";
    case StepPhase::Failed: return "failed" + why;
    case StepPhase::Running: return "was still running";
    case StepPhase::Pending: return "did not run";
    case StepPhase::Skipped: return "did not run" + why;
  }
  return {};
}

std::string session_label(const engine::SessionResult& result) {
  std::string label = "ended " + std::string(engine::to_text(result.status));
  if (!result.reason.empty()) label += ": " + result.reason;
  return label;
}

class Judge {
 public:
  Judge(const Expectation& expectation, const Play& play, const Played& played, bool strict)
      : expectation_(expectation),
        play_(play),
        played_(played),
        strict_(strict),
        step_(at(played.result.steps, expectation.step)),
        title_(engine::title(play.plan, expectation.step)) {}

  std::optional<Verdict> judge() const {
    switch (expectation_.kind) {
      case Expectation::Kind::HookSucceeded:
        return need(step_.phase == StepPhase::Succeeded, title_ + " did not succeed");
      case Expectation::Kind::HookFailed:
        return need(step_.phase == StepPhase::Failed, title_ + " did not fail");
      case Expectation::Kind::HookRan: return need(step_.attempts > 0, title_ + " did not run");
      case Expectation::Kind::HookRanAfter: return ran_after();
      case Expectation::Kind::HookAttempts:
        if (step_.attempts == expectation_.attempts) return std::nullopt;
        return Verdict{
            fmt::format("{} made {}, not {}", title_, attempts(step_.attempts),
                        expectation_.attempts),
            step_.attempts == 0 ? how_it_went(step_) : "made " + attempts(step_.attempts),
            {}};
      case Expectation::Kind::HookDidNotRun:
        if (step_.attempts == 0) return std::nullopt;
        return Verdict{title_ + " ran",
                       fmt::format("made {} and {}", attempts(step_.attempts), how_it_went(step_)),
                       {}};
      case Expectation::Kind::HoldReleased: return released();
      case Expectation::Kind::HoldStillHeld: return still_held();
      case Expectation::Kind::SessionFailed:
        return need_session(SessionStatus::Failed, "the session did not fail");
      case Expectation::Kind::SessionSucceeded:
        return need_session(SessionStatus::Succeeded, "the session did not succeed");
      case Expectation::Kind::SessionSkipped:
        return need_session(SessionStatus::Skipped, "the session was not skipped");
    }
    return std::nullopt;
  }

 private:
  static const engine::StepResult& at(const std::vector<engine::StepResult>& results,
                                      std::uint32_t step) {
    static const engine::StepResult none;
    return step < results.size() ? results[step] : none;
  }

  std::optional<Verdict> need(bool holds, std::string message) const {
    if (holds) return std::nullopt;
    return Verdict{std::move(message), how_it_went(step_), {}};
  }

  std::optional<Verdict> need_session(SessionStatus status, std::string message) const {
    if (played_.result.status == status) return std::nullopt;
    return Verdict{std::move(message), session_label(played_.result), {}};
  }

  std::optional<Verdict> ran_after() const {
    const std::string other = engine::title(play_.plan, expectation_.other);
    const std::string message = fmt::format("{} did not run after {}", title_, other);
    if (step_.attempts == 0) return need(false, message);
    const engine::StepResult& before = at(played_.result.steps, expectation_.other);
    if (before.attempts == 0) return Verdict{message, other + " " + how_it_went(before), {}};
    if (find_report(played_, Report::Kind::StepEnded, expectation_.other) <
        find_report(played_, Report::Kind::AttemptStarted, expectation_.step))
      return std::nullopt;
    return Verdict{message, fmt::format("started before {} had ended", other), {}};
  }

  bool is_held() const {
    return std::ranges::find(played_.result.still_held, expectation_.step) !=
           played_.result.still_held.end();
  }

  std::optional<Verdict> released() const {
    if (is_held()) {
      const engine::StepResult& release = at(played_.result.releases, expectation_.step);
      Verdict verdict{title_ + " is still held", "its release " + how_it_went(release), {}};
      const plan::Step& step = play_.plan.steps[expectation_.step];
      if (release.attempts == 1 && step.hold && !step.hold->release.retry.count)
        verdict.help = "a release that is tried once survives no failure: give it a `retry`";
      return verdict;
    }
    if (step_.attempts > 0 || !strict_) return std::nullopt;
    return Verdict{title_ + " was never acquired", "its acquire " + how_it_went(step_),
                   "`expect hook \"…\" did not run` says that of an acquire"};
  }

  std::optional<Verdict> still_held() const {
    if (is_held()) return std::nullopt;
    return Verdict{title_ + " is not held any more",
                   step_.attempts == 0 ? "its acquire " + how_it_went(step_) : "was released",
                   {}};
  }

  const Expectation& expectation_;
  const Play& play_;
  const Played& played_;
  const bool strict_;
  const engine::StepResult& step_;
  const std::string title_;
};

}  // namespace

std::optional<Verdict> judge(const Expectation& expectation, const Play& play, const Played& played,
                             bool strict) {
  return Judge(expectation, play, played, strict).judge();
}

std::string how_to_script(const plan::Plan& plan, std::uint32_t id, bool release) {
  const plan::Step& step = plan.steps[id];
  const plan::Task& task = release && step.hold ? step.hold->release : step.task;
  const bool http = std::holds_alternative<plan::HttpRequest>(task.action);
  if (!http && !std::holds_alternative<plan::Exec>(task.action)) return {};
  const std::string_view answer = http ? "answers 200 with \"…\"" : "answers 0 with \"…\"";
  if (step.named)
    return fmt::format("given {} \"{}\" {}",
                       release     ? "release"
                       : step.hold ? "hold"
                                   : "hook",
                       step.name, answer);
  const auto* exec = std::get_if<plan::Exec>(&task.action);
  if (exec != nullptr && exec->pod)
    return fmt::format("given exec in pod {} {}", exec->pod->label, answer);
  return fmt::format("given hook \"NAME\" {}", answer);
}

}  // namespace hookc::runner
