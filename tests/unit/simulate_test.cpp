// `hookc simulate` against brute force: every path of small plans, played one by one on the plan as
// it is, comes to the same results as the reduced graph.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "compiler/plan/fields.hpp"
#include "interpreter/simulate/simulate.hpp"
#include "interpreter/testing/scripted_world.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using namespace hookc::test;
using namespace hookc::engine;
using simulate::Mishap;

namespace {

using Steps = std::set<std::uint32_t>;
/// Ran, released, held at the end, held when killed; operation, killed, status.
using Came = std::tuple<Steps, Steps, Steps, Steps, bool, bool, SessionStatus>;

/// What the world may do besides answering.
struct Allowed {
  bool interrupts = false, kills = false, limits = false;
};

/// A world of the plan as it is: every pod, every attempt, every order of answers.
class Brute {
 public:
  Brute(const plan::Plan& plan, Inputs inputs, Allowed allowed)
      : plan_(plan), inputs_(std::move(inputs)), allowed_(allowed) {}

  /// Every result, or nothing where there are more than `most` paths.
  std::optional<std::set<Came>> all(std::size_t most) {
    std::set<Came> found;
    std::vector<Digit> digits;
    for (std::size_t paths = 0;; ++paths) {
      if (paths == most) return std::nullopt;
      digits_ = &digits;
      at_ = 0;
      found.insert(play());
      while (!digits.empty() && digits.back().value + 1 == digits.back().base) digits.pop_back();
      if (digits.empty()) return found;
      ++digits.back().value;
    }
  }

 private:
  struct Digit {
    std::size_t value, base;
  };
  struct Place {
    bool held = false;
  };

  std::size_t choose(std::size_t base) {
    if (at_ == digits_->size()) digits_->push_back({0, base});
    return digits_->at(at_++).value;
  }

  Came play() {
    session_ = std::make_unique<Session>(plan_, inputs_);
    saved_ = {};
    saved_.steps.resize(plan_.steps.size());
    attempts_.clear();
    selections_.clear();
    timers_.clear();
    places_.clear();
    ran_.clear(), released_.clear(), owed_.clear();
    operation_ran_ = operation_runs_ = killed_ = false;
    interrupts_ = 0;
    now_ = 0;
    send(Begin{});
    while (!session_->finished()) step();
    Steps held;
    for (const auto& [place, it] : places_) {
      if (it.held) held.insert(place.first);
    }
    return {ran_,
            released_,
            held,
            owed_,
            operation_ran_,
            killed_,
            killed_ ? SessionStatus::Failed : session_->result().status};
  }

  void send(decltype(Event::what) what) {
    for (const Command& command : session_->handle({now_, std::move(what)})) {
      if (const auto* save = std::get_if<Save>(&command)) {
        apply(saved_, *save);
      } else if (const auto* start = std::get_if<StartAttempt>(&command)) {
        attempts_.emplace_back(*start, false);
        started_ = start->step;
        if (!start->release && plan_.steps[start->step].hold) places_[place(*start)].held = true;
      } else if (const auto* cancel = std::get_if<CancelAttempt>(&command)) {
        for (auto& [attempt, cancelled] : attempts_)
          cancelled = cancelled || attempt.attempt == cancel->attempt;
      } else if (const auto* select = std::get_if<SelectPods>(&command)) {
        selections_.push_back(select->selection);
      } else if (const auto* report = std::get_if<Report>(&command)) {
        // A hook whose pods cannot be found had its turn, and failed.
        if (report->kind == Report::Kind::StepEnded && report->phase == StepPhase::Failed &&
            !plan_.steps[*report->step].hold)
          ran_.insert(*report->step);
      } else if (std::holds_alternative<StartOperation>(command)) {
        operation_ran_ = operation_runs_ = true;
      } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
        // Limits are a day and more in these plans; retries wait for less.
        const bool limit = timer->at - now_ >= kDay;
        timers_[timer->timer] = {limit, limit ? timer->at - now_ : 0, started_, timer->at};
      } else if (const auto* gone = std::get_if<CancelTimer>(&command)) {
        timers_.erase(gone->timer);
      }
    }
  }

  static std::pair<std::uint32_t, std::string> place(const StartAttempt& attempt) {
    return {attempt.step, attempt.pod ? attempt.pod->name : ""};
  }

  void step() {
    std::vector<std::function<void()>> options;
    for (std::size_t i = 0; i < selections_.size(); ++i) {
      for (const bool some : {true, false}) options.emplace_back([=, this] { select(i, some); });
    }
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      const auto& [attempt, cancelled] = attempts_[i];
      const bool acquire = plan_.steps[attempt.step].hold && !attempt.release;
      std::vector<AttemptResult> results{Assumed{}, DefiniteFailure{"no", false}};
      if (cancelled) {
        results.emplace_back(Cancelled{});
      } else if (acquire) {
        results.emplace_back(TimedOut{});
        // The journal and other sessions are asked before the first attempt.
        if (!attempt.pod && attempt.number == 1) results.emplace_back(NotStarted{"taken"});
      }
      for (const AttemptResult& result : results)
        options.emplace_back([=, this] { end(i, result); });
    }
    if (operation_runs_) {
      for (const bool well : {true, false}) {
        options.emplace_back([=, this] {
          operation_runs_ = false;
          OperationEnded ended;
          ended.succeeded = well;
          send(std::move(ended));
        });
      }
    }
    for (const auto& [id, timer] : timers_) {
      if (timer.limit && (!allowed_.limits || killed_ || !may_pass(timer))) continue;
      options.emplace_back([this, id = id] {
        now_ = std::max(now_, timers_.at(id).at);
        timers_.erase(id);
        send(TimerFired{id});
      });
    }
    if (allowed_.interrupts && !killed_ && interrupts_ < 2) {
      options.emplace_back([this] {
        ++interrupts_;
        send(Interrupted{});
      });
    }
    if (allowed_.kills && !killed_) options.emplace_back([this] { kill(); });
    if (options.empty()) throw std::logic_error("the session waits for nothing");
    options[choose(options.size())]();
  }

  struct Timer {
    bool limit = false;
    Millis length = 0;
    std::uint32_t step = 0;
    Millis at = 0;
  };
  /// One of a hold that was begun earlier, and is no longer, passes first.
  bool may_pass(const Timer& timer) const {
    return std::ranges::none_of(timers_, [&](const auto& it) {
      const Timer& other = it.second;
      return other.limit && other.step < timer.step && other.length <= timer.length;
    });
  }

  void select(std::size_t index, bool some) {
    PodsSelected selected{selections_[index], {}, {}};
    selections_.erase(selections_.begin() + static_cast<std::ptrdiff_t>(index));
    if (some) selected.pods = {{"ns", "p0", "u0", "main", ""}, {"ns", "p1", "u1", "main", ""}};
    send(std::move(selected));
  }

  void end(std::size_t index, const AttemptResult& result) {
    const StartAttempt attempt = attempts_[index].first;
    attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(index));
    const bool not_started = std::holds_alternative<NotStarted>(result);
    const bool ok = std::holds_alternative<Assumed>(result);
    if (attempt.release) {
      released_.insert(attempt.step);
      if (ok && attempt.pod) places_[place(attempt)].held = false;
      for (auto& [where, it] : places_) {
        if (ok && !attempt.pod && where.first == attempt.step) it.held = false;
      }
    } else {
      if (!not_started) ran_.insert(attempt.step);
      if (not_started || std::holds_alternative<DefiniteFailure>(result))
        places_[place(attempt)].held = false;
    }
    send(AttemptEnded{attempt.attempt, result});
  }

  void kill() {
    killed_ = true;
    for (const auto& [attempt, cancelled] : attempts_)
      (attempt.release ? released_ : ran_).insert(attempt.step);
    for (const auto& [where, it] : places_) {
      if (it.held) owed_.insert(where.first);
    }
    attempts_.clear();
    selections_.clear();
    timers_.clear();
    operation_runs_ = false;
    Inputs inputs = inputs_;
    inputs.part = Part::Recover;
    session_ = std::make_unique<Session>(plan_, inputs, Past(saved_));
    send(Begin{});
  }

 public:
  static constexpr Millis kDay = 86'400'000;

 private:
  const plan::Plan& plan_;
  Inputs inputs_;
  Allowed allowed_;
  std::vector<Digit>* digits_ = nullptr;
  std::size_t at_ = 0;
  std::unique_ptr<Session> session_;
  Past saved_;
  std::vector<std::pair<StartAttempt, bool>> attempts_;
  std::vector<std::uint32_t> selections_;
  std::map<TimerId, Timer> timers_;
  std::map<std::pair<std::uint32_t, std::string>, Place> places_;
  Steps ran_, released_, owed_;
  bool operation_ran_ = false, operation_runs_ = false, killed_ = false;
  int interrupts_ = 0;
  Millis now_ = 0;
  std::uint32_t started_ = 0;
};

Came came_of(const simulate::Result& result) {
  Steps of[4];
  for (std::uint32_t id = 0; id < result.marks.size(); ++id) {
    const auto marks = static_cast<unsigned char>(result.marks[id]);
    if ((marks & simulate::kRan) != 0) of[0].insert(id);
    if ((marks & simulate::kReleased) != 0) of[1].insert(id);
    if ((marks & simulate::kHeld) != 0) of[2].insert(id);
    if ((marks & simulate::kOwed) != 0) of[3].insert(id);
    CHECK((marks & simulate::kUntried) == 0);
  }
  const simulate::Ending& ending = result.ending;
  return {of[0],
          of[1],
          of[2],
          of[3],
          ending.operation,
          ending.killed,
          ending.killed ? SessionStatus::Failed : ending.status};
}

std::set<Came> reduced(const plan::Plan& plan, Allowed allowed) {
  const simulate::Skeleton skeleton = simulate::make_skeleton(plan, Operation::Backup, {});
  simulate::Graph graph = simulate::explore(skeleton, {});
  REQUIRE(graph.complete);
  for (simulate::Node& node : graph.nodes) {
    std::erase_if(node.edges, [&](const simulate::Edge& edge) {
      if (!edge.mishap) return false;
      using Kind = Mishap::Kind;
      const Kind kind = edge.mishap->kind;
      return (kind == Kind::Interrupted && !allowed.interrupts) ||
             (kind == Kind::Killed && !allowed.kills) || (kind == Kind::Limit && !allowed.limits);
    });
  }
  const auto found = simulate::results(graph, simulate::whole(plan.steps.size()), SIZE_MAX);
  REQUIRE(found);
  std::set<Came> out;
  for (const auto& [result, paths] : *found) out.insert(came_of(result));
  return out;
}

std::string told(const plan::Plan& plan, const Came& came) {
  const auto names = [&](const Steps& steps) {
    std::string out;
    for (const std::uint32_t id : steps) out += plan.steps[id].name + " ";
    return out;
  };
  const auto& [ran, released, held, owed, operation, killed, status] = came;
  return fmt::format("ran {}, released {}, held {}, owed {}, {}{}{}", names(ran), names(released),
                     names(held), names(owed), operation ? "operation " : "",
                     killed ? "killed " : "", to_text(status));
}

std::string told(const plan::Plan& plan) {
  std::string out;
  for (const auto* side : {&plan.backup.pre, &plan.backup.post}) {
    for (const plan::Group& group : *side) {
      out += "[ ";
      for (const std::uint32_t id : group) {
        const plan::Step& step = plan.steps[id];
        out += fmt::format(
            "{}{}{} ", step.name, plan::kNames<plan::OnError>[static_cast<int>(step.on_error)],
            step.hold ? fmt::format("(hold{}{})", step.hold->only_if_acquired ? " only" : "",
                                    step.hold->until_step ? " until" : "")
                      : "");
      }
      out += "] ";
    }
    out += "/ ";
  }
  return out;
}

/// One or two groups before, up to two hooks after; every feature now and then.
void small_plan(std::mt19937& random, PlanBuilder& builder) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  using plan::OnError;
  std::uint32_t budget = 1 + below(3);
  std::vector<std::uint32_t> holds;
  while (budget > 0) {
    const std::uint32_t members = std::min(budget, 1 + below(2));
    budget -= members;
    for (std::uint32_t m = 0; m < members; ++m) {
      const bool pods_of = below(6) == 0;
      const plan::Action action =
          pods_of ? exec_in(pods("app=x", below(2) == 0), "x") : exec_local("x");
      const std::string name = fmt::format("p{}", builder.plan.steps.size());
      plan::Step& step =
          below(3) != 0 ? builder.hold(name, action, action) : builder.pre(name, action);
      step.on_error =
          std::vector{OnError::Fail, OnError::Continue, OnError::Warn, OnError::Skip}[below(4)];
      if (below(4) == 0) step.task.retry.count = number(1);
      if (step.hold) {
        if (below(6) == 0) step.hold->release.retry.count = number(1);
        step.hold->only_if_acquired = below(3) == 0;
        if (below(2) == 0) step.hold->at_most = duration((1 + below(2)) * Brute::kDay);
        holds.push_back(step.id);
      } else if (!holds.empty() && below(2) == 0) {
        builder.plan.steps[holds[below(static_cast<std::uint32_t>(holds.size()))]]
            .hold->until_step = step.id;
      }
    }
    builder.together(builder.plan.backup.pre, members);
  }
  const std::uint32_t posts = below(3);
  for (std::uint32_t p = 0; p < posts; ++p) {
    const auto policy = std::vector{plan::Policy::Always, plan::Policy::OnSuccess,
                                    plan::Policy::OnFailure}[below(3)];
    plan::Step& step = builder.post(fmt::format("q{}", p), policy);
    if (below(3) == 0) step.on_error = OnError::Warn;
    const auto of = static_cast<std::uint32_t>(below(step.id + 1));
    if (of != step.id && below(2) == 0) {
      step.when = equals(leaf(plan::Op::HookFact, "status", of),
                         text(below(2) == 0 ? "Failed" : "Succeeded"));
    } else if (below(4) == 0) {
      step.when = equals(fact("session.status"), text("Failed"));
    }
  }
}

}  // namespace

TEST_CASE("simulate: the reduced paths come to what all paths come to", "[simulate][property]") {
  const char* const more = std::getenv("HOOKC_SIMULATE_SEEDS");
  const unsigned long seeds = more == nullptr ? 60 : std::strtoul(more, nullptr, 10);
  const std::size_t kMost = more == nullptr ? 100 : 1000;
  std::size_t compared = 0, together = 0;
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    PlanBuilder builder;
    small_plan(random, builder);
    Allowed allowed;
    allowed.interrupts = seed % 4 == 1;
    allowed.kills = seed % 4 == 2;
    allowed.limits = seed % 4 == 3 || seed % 8 == 2;
    const auto every = Brute(builder.plan, builder.inputs(), allowed).all(kMost);
    if (!every) continue;
    ++compared;
    together += builder.plan.backup.pre.front().size() > 1 ? 1 : 0;
    const std::set<Came> found = reduced(builder.plan, allowed);
    CAPTURE(seed, told(builder.plan), allowed.interrupts, allowed.kills, allowed.limits);
    for (const Came& came : *every) {
      if (!found.contains(came)) FAIL_CHECK("missing: " << told(builder.plan, came));
    }
    for (const Came& came : found) {
      if (!every->contains(came)) FAIL_CHECK("impossible: " << told(builder.plan, came));
    }
  }
  INFO(compared << " " << together);
  CHECK(compared > 20);
  CHECK(together > 3);
}
