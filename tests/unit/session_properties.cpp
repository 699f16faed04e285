#include "tests/unit/session_properties.hpp"

#include <algorithm>
#include <deque>
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
constexpr std::int64_t kSize = 3;  // of what is scaled

plan::Action random_action(Choices& choices, const char* command) {
  if (choices.below(3) == 1) return exec_in(pods("app=x", true), command);
  return exec_local(command);
}

void random_task(Choices& choices, plan::Task& it) {
  it.timeout = duration(100);
  it.retry.every = duration(choices.below(20));
  if (choices.below(2) == 1) it.retry.count = number(choices.below(3));
}

plan::Step& random_step(Choices& choices, PlanBuilder& builder, const std::string& name) {
  const plan::Action action = random_action(choices, "acquire");
  switch (choices.below(6)) {
    case 1:
    case 2: return builder.hold(name, action, action);
    case 3: return builder.session_hold(name, action);
    case 4: return builder.scale_hold(name, 0, choices.one_in(3));
    default: return builder.pre(name, action);
  }
}

void random_plan(Choices& choices, PlanBuilder& builder) {
  using plan::OnError;
  if (choices.one_in(6)) {
    builder.plan.exclusive.emplace();
    builder.plan.exclusive->name = text("orders");
  }
  const std::uint32_t groups = choices.below(5);
  std::vector<std::uint32_t> earlier;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::uint32_t members = 1 + choices.below(3);
    for (std::uint32_t m = 0; m < members; ++m) {
      const std::string name = fmt::format("pre {}.{}", g, m);
      plan::Step& step = random_step(choices, builder, name);
      random_task(choices, step.task);
      step.on_error = std::vector{OnError::Fail, OnError::Continue, OnError::Warn,
                                  OnError::Skip}[choices.below(4)];
      if (choices.one_in(6)) step.when = truth(false);
      if (step.hold) {
        random_task(choices, step.hold->release);
        step.hold->only_if_acquired = choices.below(2) == 1;
        if (choices.one_in(3)) step.hold->at_most = duration(1 + choices.below(200));
        if (choices.one_in(4)) step.hold->until_prints = "created";
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
    for (const Crash& crash : crashes_) {
      if (broken_.empty()) recover(crash);
    }
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
    bool ready = false;    // of a held session
    bool ended = false;    // and it has ended since
    bool written = false;  // by its release
  };
  /// The process was killed right after a Save: what the journal held, and what had been asked for
  /// by then. Whether the last of that still happened nobody knows.
  struct Crash {
    Past past;
    std::vector<Attempt> attempts;
  };

  void require(bool holds, std::string what) {
    if (!holds && broken_.empty()) broken_ = std::move(what);
  }

  Past saved_;  // what a journal would hold

  void send(Session& session, decltype(Event::what) what) {
    bool acted = false, saved = false;
    for (const Command& command : session.handle({now_, std::move(what)})) {
      saved = saved || std::holds_alternative<Save>(command);
      require(!acted || !std::holds_alternative<Save>(command), "a Save after what it announces");
      acted = true;
      obey(command);
    }
    if (saved_ != session.past()) require(false, "the Saves do not add up to the past");
    if (saved && crashes_.size() < 4 && choices_.one_in(5)) crashes_.push_back({saved_, attempts_});
  }

  void obey(const Command& command) {
    require(!finished_, "a command after Finish");
    if (const auto* start = std::get_if<StartAttempt>(&command)) {
      require(!operation_runs_ || start->release, "a hook beside the operation");
      begin(*start);
    } else if (const auto* cancel = std::get_if<CancelAttempt>(&command)) {
      for (Attempt& attempt : attempts_) {
        if (attempt.start.attempt != cancel->attempt) continue;
        require(!attempt.start.release, "a release was cancelled");
        require(!attempt.result && !attempt.ended, "an attempt was cancelled that had ended");
        attempt.cancelled = true;
        const auto index = static_cast<std::size_t>(&attempt - attempts_.data());
        if (std::erase(held_, index) != 0) open_attempts_.push_back(index);
      }
    } else if (const auto* ready = std::get_if<SessionReady>(&command)) {
      for (std::size_t i = 0; i < attempts_.size(); ++i) {
        if (attempts_[i].start.attempt != ready->attempt) continue;
        require(std::erase(open_attempts_, i) == 1, "ready what was not open");
        attempts_[i].ready = true;
        held_.push_back(i);
      }
    } else if (std::holds_alternative<TakeExclusive>(command)) {
      exclusive_asked_ = true;
    } else if (const auto* select = std::get_if<SelectPods>(&command)) {
      selections_.push_back(select->selection);
    } else if (const auto* operation = std::get_if<StartOperation>(&command)) {
      require(!operation_started_, "two operations");
      patterns_ = operation->watch_for.size();
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
      require(open_attempts_.empty() && held_.empty(), "attempts were running at the end");
    }
  }

  void begin(const StartAttempt& start) {
    if (const auto* input = std::get_if<SessionInput>(&start.request)) {
      const auto session = std::ranges::find(attempts_, input->session,
                                             [](const Attempt& a) { return a.start.attempt; });
      require(session != attempts_.end() && session->ready && !session->ended,
              "wrote to a session that is not held");
      if (session != attempts_.end()) {
        session->ended = session->written = true;
        std::erase(held_, static_cast<std::size_t>(session - attempts_.begin()));
      }
    }
    if (const auto* scale = std::get_if<ScaleRequest>(&start.request)) {
      require(saved_.steps[start.step].hold->size == kSize, "scaled before the size was kept");
      require(scale->replicas == (start.release ? kSize : 0), "scaled to the wrong size");
    }
    attempts_.push_back({start, std::nullopt});
    open_attempts_.push_back(attempts_.size() - 1);
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
      const auto of_it = [&](std::size_t i) { return attempts_[i].start.attempt == id; };
      const bool open =
          std::ranges::any_of(open_attempts_, of_it) || std::ranges::any_of(held_, of_it);
      if (!open) send(session, AttemptEnded{id, Cancelled{}});
    }
    if (choices_.one_in(16)) send(session, TimerFired{choices_.below(9)});
    if (choices_.one_in(16)) send(session, PodsSelected{choices_.below(9), {}, {}});
    if (choices_.one_in(16) && !operation_runs_) send(session, OperationEnded{});
    if (choices_.one_in(24)) {
      ++interrupts_;
      send(session, Interrupted{});
    }
    if (choices_.one_in(24) && patterns_ != 0 && operation_runs_)
      send(session, OperationPrinted{choices_.below(static_cast<std::uint32_t>(patterns_))});
    if (choices_.one_in(24) && !held_.empty()) end_early(session);
    if (session.finished()) return true;
    now_ += choices_.below(50);
    if (std::exchange(exclusive_asked_, false)) {
      send(session, ExclusiveTaken{choices_.one_in(4) ? "another session has it" : ""});
      return true;
    }
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

  void end_early(Session& session) {
    Attempt& attempt = attempts_[held_.back()];
    held_.pop_back();
    attempt.ended = true;
    attempt.result = ExecOutput{1, {}, "gone", false};
    send(session, AttemptEnded{attempt.start.attempt, *attempt.result});
  }

  void answer(Session& session, std::uint32_t pick) {
    const std::size_t index = open_attempts_[pick];
    const StartAttempt start = attempts_[index].start;
    const std::uint32_t kind = choices_.below(8);
    if (start.session && kind < 4 && !attempts_[index].cancelled) {
      send(session, SessionOutput{start.attempt, "handle",
                                  ExecOutput{0, kind == 3 ? "wait" : "READY", {}, false}});
      return;
    }
    open_attempts_.erase(open_attempts_.begin() + pick);
    Attempt& attempt = attempts_[index];
    AttemptResult result = answer_to(start.request, kind);
    if (attempt.cancelled && choices_.below(4) != 3) result = Cancelled{};
    attempt.result = result;
    if (attempt.ready) attempt.ended = true;
    send(session, AttemptEnded{start.attempt, std::move(result)});
  }

  static AttemptResult answer_to(const Request& request, std::uint32_t kind) {
    const bool exec = std::holds_alternative<ExecRequest>(request) ||
                      std::holds_alternative<SessionInput>(request);
    if (kind == 4 && exec) return ExecOutput{1, "out", "err", false};
    if (kind == 5) return UnknownResult{"lost"};
    if (kind == 6) return TimedOut{};
    if (kind == 7 || kind == 4) return DefiniteFailure{"refused", kind == 7};
    if (const auto* read = std::get_if<ReadScale>(&request)) {
      if (kind == 3 && read->if_exists) return Done{};
      return Size{kSize};
    }
    if (exec) return ExecOutput{};
    return Done{};
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
    if (std::holds_alternative<Done>(result)) return true;
    const auto* exec = std::get_if<ExecOutput>(&result);
    const auto* definite = std::get_if<DefiniteFailure>(&result);
    return (exec != nullptr && exec->exit_code == 0) || (definite != nullptr && definite->pod_gone);
  }

  struct Place {
    Effect effect = Effect::None;
    bool release_tried = false;  // since the last attempt of the acquire
  };

  /// What one attempt, known or not to have ended, makes of the place it went to.
  void note(const plan::Step& step, const Attempt& attempt, Place& place) {
    if (std::holds_alternative<ReadScale>(attempt.start.request)) return;
    const bool session = step.hold->session;
    if (!attempt.start.release) {
      place = {attempt.result ? effect_of(*attempt.result) : Effect::Held, false};
      if (session && attempt.ready) place.effect = Effect::Held;
      // What a session holds ends with it.
      const bool exited =
          attempt.result && std::holds_alternative<ExecOutput>(*attempt.result) && !attempt.ready;
      if (session && (exited || place.effect == Effect::Definite)) place.effect = Effect::Freed;
      if (session && attempt.ended && !attempt.written) place.effect = Effect::Freed;
      return;
    }
    require(place.effect != Effect::None, "released where nothing was attempted");
    require(place.effect != Effect::Freed, "released again what was free");
    require(place.effect == Effect::Held || !step.hold->only_if_acquired,
            "released after a definite failure");
    place.release_tried = true;
    if (!attempt.result) return;
    if (frees(*attempt.result) || std::holds_alternative<SessionInput>(attempt.start.request))
      place.effect = Effect::Freed;
  }

  /// Rules 21 to 28 by what was really attempted, for every hold and every pod of it.
  void judge_hold(const plan::Step& step, const SessionResult& result) {
    std::map<std::string, Place> places;
    for (const Attempt& attempt : attempts_) {
      if (attempt.start.step != step.id || (!attempt.result && !attempt.ready)) continue;
      note(step, attempt, places[attempt.start.pod ? attempt.start.pod->name : ""]);
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
        simple_order = simple_order && !step.hold->at_most && !step.hold->until_step &&
                       !step.hold->until_prints;
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

  // ---- recovery ----

  /// Recovery runs nothing but releases, owes none at its end that it does not report, and finds
  /// every place that may have been acquired.
  void recover(const Crash& crash) {
    Inputs inputs = builder_.inputs();
    inputs.part = Part::Recover;
    Session session(builder_.plan, inputs, crash.past);
    Past kept = crash.past;
    std::vector<Attempt> attempts = crash.attempts;
    std::deque<decltype(Event::what)> events{Begin{}};
    for (std::size_t n = 0; !session.finished() && !events.empty() && n < kMostEvents; ++n) {
      auto what = std::move(events.front());
      events.pop_front();
      for (const Command& command : session.handle({now_ + 1, std::move(what)})) {
        if (const auto* start = std::get_if<StartAttempt>(&command)) {
          require(start->release, "recovery attempted something that is no release");
          attempts.push_back({*start, std::nullopt});
          attempts.back().result = std::holds_alternative<EndSession>(start->request) &&
                                           std::get<EndSession>(start->request).handle.empty()
                                       ? DefiniteFailure{"nobody knows its process", false}
                                       : answer_to(start->request, choices_.below(8));
          events.emplace_back(AttemptEnded{start->attempt, *attempts.back().result});
        } else if (const auto* save = std::get_if<Save>(&command)) {
          apply(kept, *save);
        } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
          events.emplace_back(TimerFired{timer->timer});
        }
        require(!std::holds_alternative<StartOperation>(command) &&
                    !std::holds_alternative<TakeExclusive>(command) &&
                    !std::holds_alternative<SelectPods>(command),
                "recovery began something new");
      }
    }
    require(session.finished(), "the recovery does not end");
    require(kept == session.past(), "the Saves of a recovery do not add up to the past");
    for (const plan::Step& step : builder_.plan.steps) {
      if (!step.hold) continue;
      const auto& still = session.result().still_held;
      const bool told = std::ranges::find(still, step.id) != still.end();
      const auto& hold = kept.steps[step.id].hold;
      require(told == (hold && owes_release(*hold)), "what is still held and the past disagree");
      std::map<std::string, Place> places;
      for (const Attempt& attempt : attempts) {
        if (attempt.start.step != step.id) continue;
        Place& place = places[attempt.start.pod ? attempt.start.pod->name : ""];
        // Whether the last that was asked for before the crash happened nobody knows.
        if (attempt.start.release && !attempt.result) continue;
        if (place.effect == Effect::Freed && attempt.start.release) continue;
        note(step, attempt, place);
      }
      for (const auto& [name, place] : places)
        require(place.effect != Effect::Held || told,
                fmt::format("{} {} is held after the recovery, and not reported", step.name, name));
    }
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
  std::vector<std::size_t> held_;  // sessions that are ready
  std::vector<Crash> crashes_;
  std::size_t patterns_ = 0;
  bool exclusive_asked_ = false;
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
