#include "interpreter/simulate/path.hpp"

#include <algorithm>
#include <ranges>
#include <type_traits>

#include "compiler/plan/walk.hpp"

namespace hookc::simulate {
namespace {

using namespace engine;
using What = Choice::What;
using Answer = Choice::Answer;

bool ended(StepPhase phase) {
  return phase != StepPhase::Pending && phase != StepPhase::Running;
}

AttemptResult result_of(Answer answer) {
  switch (answer) {
    case Answer::Ok: return Assumed{};
    case Answer::Definite: return DefiniteFailure{"fails", false};
    case Answer::Unknown: return TimedOut{};
    case Answer::NotStarted: return NotStarted{"cannot start"};
    case Answer::Stopped: return Cancelled{};
  }
  return Cancelled{};
}

}  // namespace

Path::Path(const Skeleton& skeleton, const std::vector<Choice>& choices) : skeleton_(&skeleton) {
  for (const Choice& choice : choices) {
    if (choice.what == What::When) whens_[choice.step] = choice.value;
  }
  start();
  for (const Choice& choice : choices) {
    if (choice.what == What::When) {
      choices_.push_back(choice);
      settle_whens();
    } else {
      take(choice);
    }
  }
}

void Path::start() {
  const std::size_t count = skeleton_->plan.steps.size();
  truth_.assign(count, {});
  passed_.assign(count, false);
  saved_ = Past{};
  saved_.steps.resize(count);
  Inputs inputs = skeleton_->inputs();
  for (std::uint32_t id = 0; id < count; ++id) {
    if (skeleton_->decisions[id] != Decision::Open) continue;
    const auto own = whens_.find(id);
    const auto same = whens_.find(skeleton_->same_when[id]);
    inputs.assumed_when[id] = own != whens_.end()    ? own->second
                              : same != whens_.end() ? same->second
                                                     : true;
  }
  session_ = std::make_unique<Session>(skeleton_->plan, std::move(inputs));
}

void Path::mark(std::uint32_t step, std::uint8_t mark) {
  added_.emplace_back(step, mark);
}

void Path::send(decltype(Event::what) what) {
  for (const Command& command : session_->handle({now_, std::move(what)})) obey(command);
}

void Path::obey(const Command& command) {
  if (const auto* save = std::get_if<Save>(&command)) {
    apply(saved_, *save);
  } else if (std::holds_alternative<TakeExclusive>(command)) {
    exclusive_ = true;
  } else if (const auto* attempt = std::get_if<StartAttempt>(&command)) {
    started(*attempt);
  } else if (const auto* ready = std::get_if<SessionReady>(&command)) {
    for (auto& [part, open] : open_) open.ready = open.ready || open.id == ready->attempt;
  } else if (const auto* cancel = std::get_if<CancelAttempt>(&command)) {
    for (auto& [part, open] : open_) open.cancelled = open.cancelled || open.id == cancel->attempt;
  } else if (const auto* operation = std::get_if<StartOperation>(&command)) {
    operation_runs_ = operation_ran_ = true;
    for (std::size_t i = 0; i < operation->watch_for.size(); ++i) patterns_.push_back(i);
  } else if (std::holds_alternative<StopOperation>(command)) {
    operation_stopped_ = true;
  } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
    // There are no retries here: a timer is the limit of the hold that was begun last.
    limits_[timer->timer] = last_acquire_;
    limit_at_[timer->timer] = timer->at;
  } else if (const auto* gone = std::get_if<CancelTimer>(&command)) {
    limits_.erase(gone->timer);
    limit_at_.erase(gone->timer);
  } else if (const auto* report = std::get_if<Report>(&command)) {
    told(*report);
  }
}

void Path::started(const StartAttempt& attempt) {
  Open& open = open_[{attempt.step, attempt.release}];
  open = Open{attempt.attempt, std::holds_alternative<ReadScale>(attempt.request), attempt.session,
              false, false};
  if (!attempt.release) {
    last_acquire_ = attempt.step;
    if (skeleton_->plan.steps[attempt.step].hold && !open.size_only)
      truth_[attempt.step] = {true, false};
  } else {
    truth_[attempt.step].tried = true;
  }
}

void Path::told(const Report& report) {
  if (!report.step) return;
  const plan::Step& step = skeleton_->plan.steps[*report.step];
  const bool open_when = step.when && skeleton_->decisions[step.id] == Decision::Open;
  if (open_when && (report.kind == Report::Kind::StepStarted ||
                    (report.kind == Report::Kind::StepEnded && report.phase == StepPhase::Skipped &&
                     report.text == "`when` is false"))) {
    asked_.push_back(step.id);
  }
  if (report.kind == Report::Kind::StepEnded && report.phase == StepPhase::Failed &&
      (step.on_error == plan::OnError::Fail || step.on_error == plan::OnError::Skip)) {
    stopped_ = true;
  }
}

/// Goes through the conditions that the last event read, in that order: what is known settles them,
/// or an earlier choice; else there is a choice to make.
void Path::settle_whens() {
  when_.reset();
  for (const std::uint32_t id : asked_) {
    const bool assumed = whens_.contains(id) ? whens_.at(id)
                         : whens_.contains(skeleton_->same_when[id])
                             ? whens_.at(skeleton_->same_when[id])
                             : true;
    const simulate::Truth truth =
        weigh(*skeleton_->plan.steps[id].when, *skeleton_, session_->result(), operation_ran_);
    if (truth == simulate::Truth::Unknown) {
      if (whens_.contains(skeleton_->same_when[id])) continue;
      when_ = {id, {true, false}};
      return;
    }
    if ((truth == simulate::Truth::True) == assumed) continue;
    when_ = {id, {!assumed}};
    return;
  }
}

Marks Path::take(const Choice& choice) {
  added_.clear();
  if (choice.what == What::When) {
    std::vector<Choice> all = choices_;
    all.push_back(choice);
    *this = Path(*skeleton_, all);
    added_.clear();
    return {};
  }
  choices_.push_back(choice);
  asked_.clear();
  switch (choice.what) {
    case What::Begin: send(Begin{}); break;
    case What::TakeExclusive:
      exclusive_ = false;
      if (choice.answer != Answer::Ok) stopped_ = true;
      send(ExclusiveTaken{choice.answer == Answer::Ok ? "" : "another session has it"});
      break;
    case What::End: end(choice); break;
    case What::Ready: {
      Open& open = open_.at({choice.step, false});
      mark(choice.step, kRan);
      send(SessionOutput{open.id, "handle", {}});
      break;
    }
    case What::OperationPrints: {
      const std::size_t pattern = patterns_.front();
      patterns_.erase(patterns_.begin());
      send(OperationPrinted{pattern});
      break;
    }
    case What::OperationEnds: operation_ends(choice); break;
    case What::Limit: {
      const auto timer =
          std::ranges::find(limits_, choice.step, [](auto& it) { return it.second; });
      if (timer == limits_.end()) break;
      const TimerId id = timer->first;
      now_ = std::max(now_, limit_at_.at(id));
      limits_.erase(id);
      limit_at_.erase(id);
      passed_[choice.step] = stopped_ = true;
      send(TimerFired{id});
      break;
    }
    case What::Lost: {
      const AttemptId id = open_.at({choice.step, false}).id;
      open_.erase({choice.step, false});
      truth_[choice.step] = {};
      stopped_ = true;
      send(AttemptEnded{id, UnknownResult{"the session ended"}});
      break;
    }
    case What::Interrupt:
      ++interrupts_;
      stopped_ = true;
      exclusive_ = false;
      send(Interrupted{});
      break;
    case What::Kill: kill(); break;
    case What::Catch: caught(choice); break;
    case What::When: break;
  }
  settle_whens();
  return added_;
}

/// The process of a session that was ready ends with its release, whatever comes of that (rule 29);
/// one that a killed hookc left may live on.
bool Path::ends_with_release(std::uint32_t step) const {
  if (killed_ || !skeleton_->plan.steps[step].hold->session) return false;
  const auto& hold = saved_.steps[step].hold;
  return hold && std::ranges::all_of(hold->targets, [](const HeldTarget& target) {
           return target.effect == Effect::Acquired;
         });
}

void Path::end(const Choice& choice) {
  const Part part{choice.step, choice.release};
  const Open open = open_.at(part);
  open_.erase(part);
  const bool ok = choice.answer == Answer::Ok;
  if (choice.release) {
    mark(choice.step, kReleased);
    if (!ok && truth_[choice.step].held) stopped_ = true;
    if (ok || ends_with_release(choice.step)) truth_[choice.step].held = false;
  } else if (!open.size_only) {
    if (choice.answer != Answer::NotStarted) mark(choice.step, kRan);
    const bool nothing = choice.answer == Answer::Definite || choice.answer == Answer::NotStarted;
    // A session that is stopped before it was ready has ended, and what it held with it.
    if (nothing || (open.session && open.cancelled)) truth_[choice.step] = {};
  } else if (ok) {
    send(AttemptEnded{open.id, Size{1}});
    return;
  }
  send(AttemptEnded{open.id, result_of(choice.answer)});
}

void Path::operation_ends(const Choice& choice) {
  mark(kOperation, kRan);
  operation_runs_ = false;
  patterns_.clear();
  const bool ok = choice.answer == Answer::Ok;
  operation_failed_ = !ok;
  OperationEnded end;
  end.exit_code = ok ? 0 : choice.answer == Answer::Stopped ? 143 : 1;
  end.succeeded = ok;
  send(std::move(end));
}

/// The journal is all that is left; another process releases what it says is owed.
void Path::kill() {
  killed_ = true;
  if (operation_runs_) mark(kOperation, kRan);
  for (const auto& [part, open] : open_) {
    const auto [step, release] = part;
    if (release) {
      mark(step, kReleased);
    } else if (!open.ready && !open.size_only &&
               (skeleton_->selects[step] ||
                (skeleton_->retries[step] && skeleton_->plan.steps[step].hold))) {
      caught_.push_back(step);
    } else {
      mark(step, kRan);
    }
  }
  open_.clear();
  limits_.clear();
  limit_at_.clear();
  asked_.clear();
  operation_runs_ = exclusive_ = false;
  if (caught_.empty()) recover();
}

/// Here there are no retries and pods are there at once; what the journal of the real session had
/// between is put in.
void Path::caught(const Choice& choice) {
  const std::uint32_t step = choice.step;
  std::erase(caught_, step);
  if (choice.answer != Answer::NotStarted) mark(step, kRan);
  if (choice.answer == Answer::Stopped) mark(step, kReleased);
  if (choice.answer != Answer::Unknown) {
    truth_[step] = {};
    if (auto& hold = saved_.steps[step].hold) {
      for (HeldTarget& target : hold->targets)
        target.effect = choice.answer == Answer::Definite ? Effect::Definite : Effect::Idle;
    }
  }
  if (caught_.empty()) recover();
}

void Path::recover() {
  for (std::uint32_t id = 0; id < truth_.size(); ++id) {
    if (truth_[id].held) mark(id, kOwed);
    // Whoever recovers tries again, but not with a session that its release has ended.
    const auto& hold = skeleton_->plan.steps[id].hold;
    if (hold && !hold->session) truth_[id].tried = false;
  }
  Inputs inputs = skeleton_->inputs();
  inputs.part = engine::Part::Recover;
  session_ = std::make_unique<Session>(skeleton_->plan, std::move(inputs), Past(saved_));
  send(Begin{});
}

std::pair<std::uint32_t, bool> Path::running() const {
  for (const bool release : {false, true}) {
    for (const auto& [part, open] : open_) {
      if (part.second == release && !open.ready) return part;
    }
  }
  if (operation_runs_) return {kOperation, false};
  return {kNobody, false};
}

Mishap Path::mishap(Mishap::Kind kind, std::uint32_t step, bool with_moment) const {
  Mishap out{kind, step, kNobody, false};
  if (with_moment) std::tie(out.during, out.releasing) = running();
  return out;
}

/// No limit of a hold that was acquired earlier passes first.
bool Path::may_pass(std::uint32_t hold) const {
  const auto& own = skeleton_->limits[hold];
  const auto order = [&](std::uint32_t id) {
    return saved_.steps[id].hold ? saved_.steps[id].hold->order : 0;
  };
  return std::ranges::none_of(limits_, [&](const auto& other) {
    const auto& limit = skeleton_->limits[other.second];
    return other.second != hold && order(other.second) < order(hold) && own && limit &&
           *limit <= *own;
  });
}

void Path::offer_ends(std::vector<Choice>& out) const {
  const auto offer = [&](std::uint32_t step, bool release, Answer answer,
                         std::optional<Mishap::Kind> kind) {
    Choice choice;
    choice.what = What::End;
    choice.step = step;
    choice.release = release;
    choice.answer = answer;
    if (kind) choice.mishap = mishap(*kind, step, false);
    out.push_back(choice);
  };
  using Kind = Mishap::Kind;
  for (const auto& [part, open] : open_) {
    if (!part.second) continue;
    offer(part.first, true, Answer::Ok, {});
    offer(part.first, true, Answer::Definite, Kind::ReleaseFails);
    return;
  }
  bool acquiring = false;
  for (const auto& [part, open] : open_) {
    const bool hold = skeleton_->plan.steps[part.first].hold.has_value();
    if (!hold || open.ready) continue;
    acquiring = true;
    if (open.cancelled) {
      offer(part.first, false, Answer::Stopped, {});
      if (!open.session) offer(part.first, false, Answer::Ok, {});
      offer(part.first, false, Answer::Definite, {});
      if (skeleton_->selects[part.first]) offer(part.first, false, Answer::NotStarted, {});
      continue;
    }
    if (open.session) {
      Choice ready;
      ready.what = What::Ready;
      ready.step = part.first;
      out.push_back(ready);
    } else {
      offer(part.first, false, Answer::Ok, {});
    }
    offer(part.first, false, Answer::Definite, Kind::Fails);
    if (open.size_only) continue;
    offer(part.first, false, Answer::Unknown, Kind::TimesOut);
    offer(part.first, false, Answer::NotStarted, Kind::NotStarted);
  }
  if (acquiring) return;
  for (const auto& [part, open] : open_) {
    if (open.ready) continue;
    if (open.cancelled) {
      offer(part.first, false, Answer::Stopped, {});
      offer(part.first, false, Answer::Ok, {});
    } else {
      offer(part.first, false, Answer::Ok, {});
      offer(part.first, false, Answer::Definite, Kind::Fails);
    }
    return;
  }
  if (!operation_runs_) return;
  if (!patterns_.empty()) {
    Choice prints;
    prints.what = What::OperationPrints;
    out.push_back(prints);
  }
  Choice ends;
  ends.what = What::OperationEnds;
  ends.answer = operation_stopped_ ? Answer::Stopped : Answer::Ok;
  out.push_back(ends);
  ends.answer = operation_stopped_ ? Answer::Ok : Answer::Definite;
  if (!operation_stopped_) ends.mishap = mishap(Mishap::Kind::OperationFails, kNobody, false);
  out.push_back(ends);
}

std::vector<Choice> Path::options() const {
  std::vector<Choice> out;
  if (when_) {
    for (const bool value : when_->second) {
      Choice choice;
      choice.what = What::When;
      choice.step = when_->first;
      choice.value = value;
      out.push_back(choice);
    }
    return out;
  }
  if (choices_.empty()) {
    out.emplace_back();
    return out;
  }
  if (!caught_.empty()) {
    Choice how;
    how.what = What::Catch;
    how.step = caught_.front();
    const auto offer = [&](Answer answer) {
      how.answer = answer;
      out.push_back(how);
    };
    offer(Answer::Unknown);
    if (skeleton_->selects[how.step]) offer(Answer::NotStarted);
    if (!skeleton_->plan.steps[how.step].hold || !skeleton_->retries[how.step]) return out;
    offer(Answer::Definite);
    offer(Answer::Stopped);
    return out;
  }
  if (session_->finished()) return out;
  if (exclusive_) {
    Choice take;
    take.what = What::TakeExclusive;
    out.push_back(take);
    take.answer = Answer::Definite;
    take.mishap = mishap(Mishap::Kind::Refused, kNobody, false);
    out.push_back(take);
  }
  offer_ends(out);
  // Whoever recovers is let finish: killed again it would start over from the same journal.
  if (killed_) return out;
  const auto happen = [&](What what, Mishap::Kind kind, std::uint32_t step) {
    Choice choice;
    choice.what = what;
    choice.step = step;
    choice.mishap = mishap(kind, step, true);
    out.push_back(choice);
  };
  for (const auto& [timer, hold] : limits_) {
    if (may_pass(hold)) happen(What::Limit, Mishap::Kind::Limit, hold);
  }
  for (const auto& [part, open] : open_) {
    if (open.ready && !open_.contains({part.first, true}))
      happen(What::Lost, Mishap::Kind::Lost, part.first);
  }
  if (interrupts_ < 2) happen(What::Interrupt, Mishap::Kind::Interrupted, kNobody);
  happen(What::Kill, Mishap::Kind::Killed, kNobody);
  return out;
}

std::string Path::state() const {
  const plan::Plan& plan = skeleton_->plan;
  std::string out;
  const auto flag = [&](bool value) { out += value ? '1' : '0'; };
  const auto number = [&](auto value) { out += static_cast<char>('a' + static_cast<int>(value)); };
  if (choices_.empty()) return "new";

  const SessionPast& session = saved_.session;
  const bool fixed = session.outcome != Outcome::Open;
  number(session.outcome);
  flag(session.bound_to_fail);
  flag(session_->finished());
  flag(killed_);
  number(interrupts_);
  if (!fixed && !killed_) {
    flag(!session.skip_reason.empty());
    // Before it, while it runs, after it.
    number(operation_runs_ ? 1 : operation_ran_ ? 2 : 0);
    if (!operation_ran_) flag(stopped_);
    flag(exclusive_);
    flag(operation_stopped_);
    if (operation_runs_) number(patterns_.size());
  }
  for (const std::uint32_t id : caught_) out += std::to_string(id) + "!";

  // What conditions that are still to be read will read.
  std::vector<bool> read(plan.steps.size(), false);
  bool operation_read = false;
  std::vector<std::uint32_t> chosen;
  const auto look_ahead = [&](const plan::Step& step) {
    if (!step.when || killed_) return;
    const bool pending = saved_.steps[step.id].task.phase == StepPhase::Pending ||
                         std::ranges::find(asked_, step.id) != asked_.end();
    if (!pending) return;
    plan::for_each_expr(plan::Capture{0, *step.when}, [&](const plan::Expr& leaf) {
      if (leaf.op == plan::Op::HookFact && leaf.index < read.size()) read[leaf.index] = true;
      if (leaf.op == plan::Op::Capture && leaf.index < plan.captures.size())
        read[plan.captures[leaf.index].step] = true;
      if (leaf.op == plan::Op::Fact && leaf.name.starts_with("operation.")) operation_read = true;
    });
    if (whens_.contains(skeleton_->same_when[step.id]))
      chosen.push_back(skeleton_->same_when[step.id]);
  };
  const auto each_step = [&](auto&& visit) {
    for (const auto* side : {&skeleton_->steps().pre, &skeleton_->steps().post}) {
      for (const plan::Group& group : *side) {
        for (const std::uint32_t id : group) visit(plan.steps[id]);
      }
    }
  };
  each_step(look_ahead);
  if (operation_read) {
    flag(operation_failed_);
    flag(operation_ran_);
  }

  each_step([&](const plan::Step& step) {
    const StepPast& past = saved_.steps[step.id];
    const StepPhase phase = past.task.phase;
    if (!ended(phase) || read[step.id]) {
      number(phase);
    } else {
      out += '.';
    }
    const auto open = open_.find({step.id, false});
    if (open != open_.end()) {
      flag(open->second.cancelled);
      flag(open->second.ready);
      flag(open->second.size_only);
    }
    if (!step.hold || !past.hold) return;
    // One that is dealt with is as one that never was.
    const bool limited =
        std::ranges::any_of(limits_, [&](const auto& it) { return it.second == step.id; });
    if (past.hold->settled && !truth_[step.id].held && !limited) return;
    out += 'h';
    number(past.release.phase);
    flag(truth_[step.id].held);
    flag(truth_[step.id].tried);
    flag(passed_[step.id] && !past.hold->settled);
    flag(limited);
    flag(past.hold->settled);
    for (const HeldTarget& target : past.hold->targets) number(target.effect);
  });
  for (const std::uint32_t id : chosen) {
    out += std::to_string(id);
    flag(whens_.at(id));
  }
  if (when_) {
    out += "?" + std::to_string(when_->first);
    for (const bool value : when_->second) flag(value);
    for (const std::uint32_t id : asked_) out += "," + std::to_string(id);
  }
  return out;
}

Marks Path::held() const {
  Marks out;
  for (std::uint32_t id = 0; id < truth_.size(); ++id) {
    if (!truth_[id].held) continue;
    out.emplace_back(id, kHeld);
    if (!truth_[id].tried) out.emplace_back(id, kUntried);
  }
  return out;
}

Ending Path::ending() const {
  const SessionResult& result = session_->result();
  return {false, killed_, interrupts_ > 1, result.status, result.outcome};
}

}  // namespace hookc::simulate
