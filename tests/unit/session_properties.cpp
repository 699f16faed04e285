#include "tests/unit/session_properties.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "interpreter/core/report.hpp"
#include "interpreter/core/session.hpp"
#include "tests/unit/engine_plan.hpp"

namespace hookc::test {
namespace {

using namespace engine;

constexpr std::size_t kMostEvents = 100'000;

plan::Action random_action(Choices& choices, const char* command) {
  if (choices.below(3) == 1) return exec_in(pods("app=x", true), command);
  return exec_local(command);
}

void random_task(Choices& choices, plan::Task& it) {
  it.timeout = duration(100);
  it.retry.every = duration(choices.below(20));
  if (choices.below(2) == 1) it.retry.count = number(choices.below(3));
}

void random_plan(Choices& choices, PlanBuilder& builder) {
  using plan::OnError;
  const std::uint32_t groups = choices.below(5);
  std::vector<std::uint32_t> earlier;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::uint32_t members = 1 + choices.below(3);
    for (std::uint32_t m = 0; m < members; ++m) {
      const std::string name = fmt::format("pre {}.{}", g, m);
      const plan::Action action = random_action(choices, "acquire");
      plan::Step& step =
          choices.below(2) == 1 ? builder.hold(name, action, action) : builder.pre(name, action);
      random_task(choices, step.task);
      step.on_error = std::vector{OnError::Fail, OnError::Continue, OnError::Warn,
                                  OnError::Skip}[choices.below(4)];
      if (choices.one_in(6)) step.when = truth(false);
      if (step.hold) {
        random_task(choices, step.hold->release);
        step.hold->only_if_acquired = choices.below(2) == 1;
        if (choices.one_in(3)) step.hold->at_most = duration(1 + choices.below(200));
        earlier.push_back(step.id);
      } else if (!earlier.empty() && choices.one_in(3)) {
        builder.plan.steps[earlier[choices.below(static_cast<std::uint32_t>(earlier.size()))]]
            .hold->until_step = step.id;
      }
    }
    builder.together(builder.plan.backup.pre, members);
  }
  const std::uint32_t posts = choices.below(4);
  for (std::uint32_t p = 0; p < posts; ++p) {
    const auto policy = std::vector{plan::Policy::Always, plan::Policy::OnSuccess,
                                    plan::Policy::OnFailure}[choices.below(3)];
    plan::Step& step =
        builder.post(fmt::format("post {}", p), policy, random_action(choices, "tell"));
    random_task(choices, step.task);
    if (choices.one_in(5)) step.when = truth(false);
    if (choices.one_in(4)) step.on_error = OnError::Warn;
  }
}

/// What went out and has no answer yet, and the history that the properties are judged by.
class World {
 public:
  World(PlanBuilder& builder, Choices& choices)
      : builder_(builder), choices_(choices), frame_(builder.plan, builder.inputs(), 0) {}

  Played play() {
    Inputs inputs = builder_.inputs();
    inputs.has_operation = !choices_.one_in(8);
    has_operation_ = inputs.has_operation;
    Session session(builder_.plan, inputs);
    saved_.steps.resize(builder_.plan.steps.size());
    Played played;
    send(session, Begin{});
    std::size_t events = 0;
    while (!session.finished() && ++events < kMostEvents) {
      if (!step(session)) {
        played.broken = "the session waits for nothing";
        return played;
      }
    }
    if (!session.finished()) {
      played.broken = "the session does not end";
      return played;
    }
    if (broken_.empty()) judge(session.result());
    played.broken = broken_;
    played.events = std::move(lines_);
    played.events.push_back(result_json(frame_, session.result(), sequence_ + 1, ""));
    return played;
  }

 private:
  struct Attempt {
    StartAttempt start;
    std::optional<AttemptResult> result;
    bool cancelled = false;
  };

  void require(bool holds, std::string what) {
    if (!holds && broken_.empty()) broken_ = std::move(what);
  }

  Past saved_;  // what a journal would hold

  void send(Session& session, decltype(Event::what) what) {
    bool acted = false;
    for (const Command& command : session.handle({now_, std::move(what)})) {
      require(!acted || !std::holds_alternative<Save>(command), "a Save after what it announces");
      acted = true;
      obey(command);
    }
    if (saved_ != session.past()) require(false, "the Saves do not add up to the past");
  }

  void obey(const Command& command) {
    require(!finished_, "a command after Finish");
    if (const auto* start = std::get_if<StartAttempt>(&command)) {
      attempts_.push_back({*start, std::nullopt, false});
      open_attempts_.push_back(attempts_.size() - 1);
    } else if (const auto* cancel = std::get_if<CancelAttempt>(&command)) {
      for (Attempt& attempt : attempts_) {
        if (attempt.start.attempt != cancel->attempt) continue;
        require(!attempt.start.release, "a release was cancelled");
        require(!attempt.result, "an attempt was cancelled that had ended");
        attempt.cancelled = true;
      }
    } else if (const auto* select = std::get_if<SelectPods>(&command)) {
      selections_.push_back(select->selection);
    } else if (std::holds_alternative<StartOperation>(command)) {
      require(!operation_started_, "two operations");
      operation_started_ = operation_runs_ = true;
      for (const plan::Group& group : builder_.plan.backup.pre) {
        for (const std::uint32_t id : group)
          require(ended_.contains(id), "operation before the end of a pre hook");
      }
    } else if (std::holds_alternative<StopOperation>(command)) {
      require(operation_runs_, "stopped an operation that did not run");
    } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
      timers_[timer->timer] = timer->at;
    } else if (const auto* gone = std::get_if<CancelTimer>(&command)) {
      timers_.erase(gone->timer);
    } else if (const auto* report = std::get_if<Report>(&command)) {
      lines_.push_back(event_json(frame_, *report, ++sequence_, ""));
      watch(*report);
    } else if (const auto* save = std::get_if<Save>(&command)) {
      apply(saved_, *save);
    } else if (std::holds_alternative<Finish>(command)) {
      finished_ = true;
      require(open_attempts_.empty(), "attempts were running at the end");
    }
  }

  void watch(const Report& report) {
    if (report.kind == Report::Kind::StepEnded) {
      require(ended_.insert(*report.step).second, "a step ended twice");
    }
    const bool between = report.text == "before another attempt";
    if (report.kind == Report::Kind::ReleaseStarted && !between) {
      require(!releasing_, "two releases at the same time");
      releasing_ = *report.step;
      release_order_.push_back(*report.step);
    }
    if (report.kind == Report::Kind::ReleaseEnded && releasing_ == *report.step) releasing_.reset();
    if (report.kind == Report::Kind::OutcomeFixed)
      require(!operation_runs_, "outcome before the operation's end");
  }

  /// One event of a world that answers late, out of order, with nonsense in between. False: there
  /// is nothing to answer.
  bool step(Session& session) {
    if (choices_.one_in(16)) {
      const AttemptId id = choices_.below(9);
      const bool open = std::ranges::any_of(
          open_attempts_, [&](std::size_t i) { return attempts_[i].start.attempt == id; });
      if (!open) send(session, AttemptEnded{id, Cancelled{}});
    }
    if (choices_.one_in(16)) send(session, TimerFired{choices_.below(9)});
    if (choices_.one_in(16)) send(session, PodsSelected{choices_.below(9), {}, {}});
    if (choices_.one_in(16) && !operation_runs_) send(session, OperationEnded{});
    if (choices_.one_in(24)) {
      ++interrupts_;
      send(session, Interrupted{});
    }
    if (session.finished()) return true;
    now_ += choices_.below(50);
    const auto options = static_cast<std::uint32_t>(open_attempts_.size() + selections_.size() +
                                                    timers_.size() + (operation_runs_ ? 1 : 0));
    if (options == 0) return false;
    std::uint32_t pick = choices_.below(options);
    if (pick < open_attempts_.size()) {
      answer(session, pick);
      return true;
    }
    pick -= static_cast<std::uint32_t>(open_attempts_.size());
    if (pick < selections_.size()) {
      PodsSelected selected{selections_[pick], {}, {}};
      selections_.erase(selections_.begin() + pick);
      const std::uint32_t kind = choices_.below(6);
      if (kind == 5) selected.error = "forbidden";
      for (std::uint32_t i = 0; kind < 4 && i <= kind; ++i) {
        selected.pods.push_back(
            {"ns", fmt::format("p{}", i), fmt::format("u{}", i), "main", "10.0.0.1"});
      }
      send(session, std::move(selected));
      return true;
    }
    pick -= static_cast<std::uint32_t>(selections_.size());
    if (pick < timers_.size()) {
      const auto timer = std::next(timers_.begin(), pick);
      now_ = std::max(now_, timer->second);
      const TimerId id = timer->first;
      timers_.erase(timer);
      send(session, TimerFired{id});
      return true;
    }
    operation_runs_ = false;
    send(session, OperationEnded{static_cast<int>(choices_.below(3)), "out",
                                 choices_.one_in(9) ? "gone" : ""});
    return true;
  }

  void answer(Session& session, std::uint32_t pick) {
    Attempt& attempt = attempts_[open_attempts_[pick]];
    open_attempts_.erase(open_attempts_.begin() + pick);
    const std::uint32_t kind = choices_.below(8);
    AttemptResult result = ExecOutput{};
    if (kind == 4) result = ExecOutput{1, "out", "err", false};
    if (kind == 5) result = UnknownResult{"lost"};
    if (kind == 6) result = TimedOut{};
    if (kind == 7) result = DefiniteFailure{"refused", choices_.below(2) == 1};
    if (attempt.cancelled && choices_.below(4) != 3) result = Cancelled{};
    attempt.result = result;
    send(session, AttemptEnded{attempt.start.attempt, std::move(result)});
  }

  // ---- the properties ----

  enum class Effect : std::uint8_t { None, Definite, Held, Freed };

  static Effect effect_of(const AttemptResult& result) {
    const auto* exec = std::get_if<ExecOutput>(&result);
    if ((exec != nullptr && exec->exit_code != 0) ||
        std::holds_alternative<DefiniteFailure>(result)) {
      return Effect::Definite;
    }
    return Effect::Held;  // succeeded, or nobody can say
  }
  static bool frees(const AttemptResult& result) {
    const auto* exec = std::get_if<ExecOutput>(&result);
    const auto* definite = std::get_if<DefiniteFailure>(&result);
    return (exec != nullptr && exec->exit_code == 0) || (definite != nullptr && definite->pod_gone);
  }

  /// Rules 21 to 28 by what was really attempted, for every hold and every pod of it.
  void judge_hold(const plan::Step& step, const SessionResult& result) {
    struct Place {
      Effect effect = Effect::None;
      bool release_tried = false;  // since the last attempt of the acquire
    };
    std::map<std::string, Place> places;
    for (const Attempt& attempt : attempts_) {
      if (attempt.start.step != step.id || !attempt.result) continue;
      Place& place = places[attempt.start.pod ? attempt.start.pod->name : ""];
      if (!attempt.start.release) {
        place = {effect_of(*attempt.result), false};
        continue;
      }
      require(place.effect != Effect::None, "released where nothing was attempted");
      require(place.effect != Effect::Freed, "released again what was free");
      require(place.effect == Effect::Held || !step.hold->only_if_acquired,
              "released after a definite failure");
      place.release_tried = true;
      if (frees(*attempt.result)) place.effect = Effect::Freed;
    }
    bool held = false;
    for (const auto& [name, place] : places) {
      if (place.effect == Effect::Held) {
        held = true;
        require(place.release_tried, fmt::format("{} {} was never released", step.name, name));
      }
      if (place.effect == Effect::Definite && !step.hold->only_if_acquired) {
        require(place.release_tried,
                fmt::format("{} {}: a failed acquire was not released", step.name, name));
      }
    }
    const bool told = std::ranges::find(result.still_held, step.id) != result.still_held.end();
    require(told == held, fmt::format("{}: still held is {}, told {}", step.name, held, told));
  }

  void judge(const SessionResult& result) {
    bool simple_order = true;
    for (const plan::Group& group : builder_.plan.backup.pre) {
      for (const std::uint32_t id : group) {
        const plan::Step& step = builder_.plan.steps[id];
        require(ended_.contains(id), "a pre hook never ended");
        if (!step.hold) continue;
        judge_hold(step, result);
        simple_order = simple_order && !step.hold->at_most && !step.hold->until_step;
      }
    }
    if (simple_order) {
      require(std::ranges::is_sorted(release_order_, std::greater<>{}),
              "releases in the wrong order");
    }
    require(std::set<std::uint32_t>(release_order_.begin(), release_order_.end()).size() ==
                release_order_.size(),
            "a release ran twice");
    judge_posts(result);

    require(result.outcome != Outcome::Open, "no outcome");
    require(result.outcome != Outcome::Failure || result.status == SessionStatus::Failed,
            "failure, but not Failed");
    require(result.still_held.empty() || result.outcome == Outcome::Failure,
            "still held, but no failure");
    require(has_operation_ || result.outcome != Outcome::Success, "success without an operation");
    require((result.status == SessionStatus::Succeeded) == result.reason.empty(),
            "a reason and no failure");
    if (interrupts_ != 0)
      require(result.status == SessionStatus::Failed, "interrupted, but not Failed");
    judge_pre(result);
  }

  void judge_pre(const SessionResult& result) {
    bool stopped = false;
    for (const plan::Group& group : builder_.plan.backup.pre) {
      bool stops = false;
      for (const std::uint32_t id : group) {
        const StepPhase phase = result.steps[id].phase;
        const plan::OnError on_error = builder_.plan.steps[id].on_error;
        if (stopped) require(phase == StepPhase::Skipped, "a pre hook ran after one that stops");
        if (phase == StepPhase::Failed &&
            (on_error == plan::OnError::Fail || on_error == plan::OnError::Skip)) {
          stops = true;
        }
      }
      stopped = stopped || stops;
    }
    if (stopped) require(!operation_started_, "the operation ran after a failed pre hook");
  }

  void judge_posts(const SessionResult& result) {
    for (const plan::Group& group : builder_.plan.backup.post) {
      for (const std::uint32_t id : group) {
        const plan::Step& step = builder_.plan.steps[id];
        const bool ran = result.steps[id].phase == StepPhase::Succeeded ||
                         result.steps[id].phase == StepPhase::Failed;
        const bool matches =
            step.policy == plan::Policy::Always ||
            (step.policy == plan::Policy::OnSuccess && result.outcome == Outcome::Success) ||
            (step.policy == plan::Policy::OnFailure && result.outcome == Outcome::Failure);
        require(ran || result.steps[id].phase == StepPhase::Skipped, "a post hook never ended");
        require(!ran || matches, "a post hook ran against its policy");
        if (matches && !step.when && interrupts_ < 2) require(ran, "a post hook did not run");
        if (result.steps[id].phase == StepPhase::Failed && step.on_error != plan::OnError::Warn) {
          require(result.status == SessionStatus::Failed, "a failed post hook, but not Failed");
        }
      }
    }
  }

  PlanBuilder& builder_;
  Choices& choices_;
  Frame frame_;
  bool has_operation_ = true;
  Millis now_ = 0;
  std::vector<Attempt> attempts_;
  std::vector<std::size_t> open_attempts_;
  std::vector<std::uint32_t> selections_;
  std::map<TimerId, Millis> timers_;
  std::set<std::uint32_t> ended_;
  std::optional<std::uint32_t> releasing_;
  std::vector<std::uint32_t> release_order_;
  bool operation_started_ = false, operation_runs_ = false, finished_ = false;
  int interrupts_ = 0;
  std::uint64_t sequence_ = 0;
  std::vector<std::string> lines_;
  std::string broken_;
};

}  // namespace

Played play(std::span<const std::uint8_t> bytes) {
  Choices choices(bytes);
  PlanBuilder builder;
  random_plan(choices, builder);
  return World(builder, choices).play();
}

}  // namespace hookc::test
