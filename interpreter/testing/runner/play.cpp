#include "interpreter/testing/runner/play.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"
#include "interpreter/core/render.hpp"
#include "interpreter/core/report.hpp"

namespace hookc::runner {

using engine::Report;

namespace {

/// How many pods a selection is to find: as many as its `exactly` or `at least` asks for.
using PodCounts = std::vector<std::pair<engine::PodQuery, std::size_t>>;

constexpr std::int64_t kMostPods = 1000;

PodCounts pod_counts(const Play& play) {
  PodCounts counts;
  const GivenScope scope(play.plan, play.setting.inputs);
  const auto count = [&](const plan::Task& task) {
    const plan::PodSelection* selection = engine::pod_selection(task.action);
    if (selection == nullptr) return;
    const plan::OptionalExpr& wanted =
        selection->exactly ? selection->exactly : selection->at_least;
    if (!wanted) return;
    const auto number = plan::evaluate_int(*wanted, scope);
    const auto query = engine::render_query(*selection, scope,
                                            play.setting.inputs.default_namespace.empty()
                                                ? play.setting.inputs.target_namespace
                                                : play.setting.inputs.default_namespace);
    if (number && query)
      counts.emplace_back(*query, std::clamp<std::int64_t>(*number, 1, kMostPods));
  };
  for (const plan::Step& step : play.plan.steps) {
    count(step.task);
    if (step.hold) count(step.hold->release);
  }
  return counts;
}

std::vector<std::string> pods_of(const PodCounts& counts, const engine::PodQuery& query) {
  if (!query.name.empty()) return {query.name};
  const auto found =
      std::ranges::find_if(counts, [&](const auto& entry) { return entry.first == query; });
  std::vector<std::string> pods;
  for (std::size_t i = 0; i < (found == counts.end() ? 1 : found->second); ++i)
    pods.push_back(fmt::format("pod-{:03}", i));
  if (pods.size() == 1) pods.front() = "pod-0";
  return pods;
}

/// A session in its world, with what is watched of it.
class Stage {
 public:
  Stage(const Play& play, const Failure& failure, bool keep_kills, std::vector<Script> scripts,
        std::vector<const plan::Given*> met)
      : play_(play),
        failure_(failure),
        keep_kills_(keep_kills),
        world_(play.plan),
        counts_(pod_counts(play)) {
    played_.operation = play.operation;
    played_.scripts = std::move(scripts);
    played_.met = std::move(met);
    world_.answer_by([this](const engine::StartAttempt& attempt) { return answer(attempt); });
    world_.select_by([this](const engine::SelectPods& select) {
      return std::optional(pods_of(counts_, select.query));
    });
    world_.watch([this](const engine::Command& command) { watch(command); });
    operation();
  }

  engine::ScriptedWorld& world() { return world_; }
  bool crashed() const { return crashed_; }
  Played&& run(engine::Session& session) {
    played_.ended = world_.run(session);
    played_.result = session.result();
    played_.reports = world_.reports();
    return std::move(played_);
  }

 private:
  void operation() {
    engine::OperationEnded end;
    engine::Millis takes = 0;
    const plan::OperationPlan& sequence =
        play_.operation == Operation::Backup ? play_.plan.backup : play_.plan.restore;
    bool fails = failure_.kind == Failure::Kind::OperationFails;
    if (fails) {
      end.exit_code = 1;
    } else if (play_.setting.operation) {
      end = end_of_operation(*play_.setting.operation);
      takes = play_.setting.operation->takes;
      fails = play_.setting.operation->kind == plan::TestScript::Kind::Fails;
    } else {
      end.succeeded = true;
    }
    // There, exit code 1 may be a success.
    if (fails && sequence.succeeds_when) end.succeeded = false;
    // What it prints, it prints at once: `until operation prints` sees it.
    std::string_view rest = end.output;
    while (!rest.empty()) {
      const std::size_t line = std::min(rest.find('\n'), rest.size());
      world_.operation_prints(std::string(rest.substr(0, line)), 0);
      rest.remove_prefix(std::min(line + 1, rest.size()));
    }
    world_.operation(std::move(end), takes);
  }

  std::optional<engine::Reply> answer(const engine::StartAttempt& attempt) {
    // What recovery does about a session that died with hookc is nobody's to script.
    if (std::holds_alternative<engine::EndSession>(attempt.request)) return std::nullopt;
    if (auto reply = fail(attempt)) return reply;
    // By name before by call, and of equals the first.
    Script* script = nullptr;
    for (Script& candidate : played_.scripts) {
      if (!matches(candidate, play_.plan, attempt)) continue;
      const bool by_name = candidate.given->kind == plan::Given::Kind::Task ||
                           candidate.given->kind == plan::Given::Kind::Release;
      if (script == nullptr || by_name) script = &candidate;
      if (by_name) break;
    }
    if (script == nullptr) {
      unscripted_[attempt.attempt] = {attempt.step, attempt.release};
      return std::nullopt;
    }
    script->matched = true;
    // Reading a size is no step of its own to whoever writes a test.
    if (std::holds_alternative<engine::ReadScale>(attempt.request) &&
        script->kind != plan::TestScript::Kind::Fails)
      return std::nullopt;
    auto reply = next_reply(*script, attempt);
    if (!reply && std::ranges::find(played_.unfit, script->given) == played_.unfit.end())
      played_.unfit.push_back(script->given);
    return reply;
  }

  std::optional<engine::Reply> fail(const engine::StartAttempt& attempt) {
    const bool once = failure_.kind == Failure::Kind::ReleaseFails ||
                      failure_.kind == Failure::Kind::ReleaseTimesOut;
    if (failure_.kind == Failure::Kind::None || failure_.kind == Failure::Kind::OperationFails ||
        attempt.step != failure_.step || attempt.release != once || (once && played_.struck))
      return std::nullopt;
    if (failure_.kind == Failure::Kind::Dies) {
      if (!attempt.session) return std::nullopt;
      played_.struck = true;
      return engine::Reply{engine::Assumed{}, 0,
                           std::pair{engine::Millis{0},
                                     engine::AttemptResult{engine::ExecOutput{1, {}, {}, false}}}};
    }
    played_.struck = true;
    if (failure_.kind == Failure::Kind::TimesOut || failure_.kind == Failure::Kind::ReleaseTimesOut)
      return engine::hangs();
    return engine::refused(once ? "its first attempt fails here" : "it fails here");
  }

  /// Whether `given` means that what the command starts is broken into.
  static bool breaks_into(const plan::Given& given, const engine::Command& command) {
    if (const auto* attempt = std::get_if<engine::StartAttempt>(&command)) {
      return given.during != plan::Given::Kind::Operation && attempt->step == given.index &&
             attempt->release == (given.during == plan::Given::Kind::Release) &&
             !std::holds_alternative<engine::ReadScale>(attempt->request) &&
             !std::holds_alternative<engine::EndSession>(attempt->request);
    }
    return std::holds_alternative<engine::StartOperation>(command) &&
           given.during == plan::Given::Kind::Operation;
  }

  void break_into(const engine::Command& command) {
    for (const plan::Given* given : play_.setting.breaks) {
      if (given->during == plan::Given::Kind::Operation &&
          given->restore != (play_.operation == Operation::Restore))
        continue;
      if (crashed_ || std::ranges::find(played_.met, given) != played_.met.end() ||
          !breaks_into(*given, command))
        continue;
      played_.met.push_back(given);
      if (given->kind == plan::Given::Kind::Interrupt) {
        world_.interrupt();
      } else {
        crashed_ = true;
        world_.crash();
      }
    }
  }

  void watch(const engine::Command& command) {
    break_into(command);
    if (std::holds_alternative<engine::Save>(command)) {
      if (keep_kills_)
        played_.kills.push_back(
            {world_.saved(), world_.now(), played_.scripts, world_.reports().size(), played_.met});
    } else if (const auto* report = std::get_if<Report>(&command)) {
      if (report->kind == Report::Kind::OperationEnded) {
        played_.operation_failed = report->phase == engine::StepPhase::Failed;
        if (failure_.kind == Failure::Kind::OperationFails) played_.struck = true;
      }
      const std::string_view why = report->text;
      if (report->kind == Report::Kind::AttemptEnded && report->step &&
          (why.starts_with("`expect`") || why.starts_with("cannot capture")) &&
          is_unscripted(*report->step, report->release))
        unanswered({*report->step, report->release, report->text});
    }
  }

  bool is_unscripted(std::uint32_t step, bool release) const {
    const auto it = std::pair(step, release);
    return std::ranges::any_of(unscripted_, [&](const auto& entry) { return entry.second == it; });
  }

  void unanswered(Unanswered one) {
    const bool known = std::ranges::any_of(played_.unanswered, [&](const Unanswered& other) {
      return other.step == one.step && other.release == one.release;
    });
    if (!known) played_.unanswered.push_back(std::move(one));
  }

  const Play& play_;
  const Failure& failure_;
  const bool keep_kills_;
  engine::ScriptedWorld world_;
  const PodCounts counts_;
  bool crashed_ = false;
  std::map<engine::AttemptId, std::pair<std::uint32_t, bool>> unscripted_;
  Played played_;
};

}  // namespace

std::string to_text(const Failure& failure, const plan::Plan& plan, Operation operation) {
  switch (failure.kind) {
    case Failure::Kind::None: return {};
    case Failure::Kind::Fails: return engine::title(plan, failure.step) + " fails";
    case Failure::Kind::TimesOut: return engine::title(plan, failure.step) + " times out";
    case Failure::Kind::Dies:
      return fmt::format("the session of {} dies", engine::title(plan, failure.step));
    case Failure::Kind::ReleaseFails:
      return fmt::format("the release of {} fails once", engine::title(plan, failure.step));
    case Failure::Kind::ReleaseTimesOut:
      return fmt::format("the release of {} times out once", engine::title(plan, failure.step));
    case Failure::Kind::OperationFails: return fmt::format("the {} fails", name_of(operation));
  }
  return {};
}

Played play(const Play& play, const Failure& failure, bool keep_kills) {
  Stage stage(play, failure, keep_kills, play.setting.scripts, {});
  engine::Inputs inputs = play.setting.inputs;
  inputs.operation = play.operation;
  engine::Session session(play.plan, std::move(inputs));
  Played played = stage.run(session);
  if (!stage.crashed()) return played;
  const Killed killed{stage.world().saved(), stage.world().now(), played.scripts,
                      played.reports.size(), played.met};
  return recover(play, killed, played);
}

Played recover(const Play& play, const Killed& killed, const Played& before) {
  const Failure none;
  Stage stage(play, none, false, killed.scripts, killed.met);
  stage.world().start_at(killed.at);
  stage.world().start_from(killed.past);
  engine::Inputs inputs = play.setting.inputs;
  inputs.operation = play.operation;
  inputs.part = engine::Part::Recover;
  engine::Session session(play.plan, std::move(inputs), killed.past);
  Played played = stage.run(session);
  played.recovered = true;
  played.operation_failed = before.operation_failed;
  played.unanswered.insert(played.unanswered.begin(), before.unanswered.begin(),
                           before.unanswered.end());
  played.reports.insert(played.reports.begin(), before.reports.begin(),
                        before.reports.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                     killed.reports, before.reports.size())));
  return played;
}

std::size_t find_report(const Played& played, Report::Kind kind, std::uint32_t step) {
  const auto found = std::ranges::find_if(played.reports, [&](const Report& report) {
    return report.kind == kind && report.step == step && !report.release;
  });
  return static_cast<std::size_t>(found - played.reports.begin());
}

std::vector<std::string> event_lines(const Play& play, const Played& played, std::size_t count) {
  engine::Inputs inputs = play.setting.inputs;
  inputs.operation = play.operation;
  const engine::Frame frame(play.plan, inputs, 0);
  std::vector<std::string> lines;
  for (const Report& report : played.reports) {
    if (count-- == 0) break;
    if (report.kind == Report::Kind::SessionStarted) {
      if (&report != played.reports.data())
        lines.push_back(fmt::format("{:>6}  hookc is killed, and `hookc recover` follows",
                                    values::format_duration(report.at)));
      continue;
    }
    if (const std::string text = engine::event_text(frame, report); !text.empty())
      lines.push_back(fmt::format("{:>6}  {}", values::format_duration(report.at), text));
  }
  return lines;
}

}  // namespace hookc::runner
