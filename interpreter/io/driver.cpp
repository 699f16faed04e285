#include "interpreter/io/driver.hpp"

#include <csignal>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "interpreter/core/redact.hpp"
#include "interpreter/io/attempts.hpp"

namespace hookc::io {

namespace {

class Driver {
 public:
  Driver(Loop& loop, const plan::Plan& plan, engine::Inputs inputs, World world)
      : loop_(loop),
        world_(std::move(world)),
        attempts_(loop, plan, world_.cluster, world_.secrets,
                  {[this](engine::AttemptEnded ended) { push(std::move(ended)); },
                   [this](engine::SessionOutput output) { push(std::move(output)); }}) {
    for (const auto* secrets : {&inputs.secrets, &inputs.extra_secrets}) {
      for (const std::string& secret : *secrets) redactor_.add(secret);
    }
    const plan::OperationPlan& operation =
        inputs.operation == engine::Operation::Backup ? plan.backup : plan.restore;
    for (const plan::Group& group : operation.post) post_.insert(group.begin(), group.end());
    if (world_.past != nullptr) {
      session_.emplace(plan, std::move(inputs), *world_.past);
    } else {
      session_.emplace(plan, std::move(inputs));
    }
  }

  engine::SessionResult run() {
    SignalWatcher on_int(loop_, SIGINT, [this] { interrupt(); });
    SignalWatcher on_term(loop_, SIGTERM, [this] { interrupt(); });
    push(engine::Begin{});
    loop_.run_until([this] { return session_->finished(); });
    return session_->result();
  }

 private:
  // Commands may have answers at once; a queue keeps the engine from being entered twice.
  template <typename What>
  void push(What what) {
    queue_.push_back(engine::Event{loop_.now(), std::move(what)});
    if (draining_) return;
    draining_ = true;
    while (!queue_.empty()) {
      engine::Event event = std::move(queue_.front());
      queue_.pop_front();
      if (session_->finished()) break;
      std::vector<engine::Command> commands = session_->handle(event);
      keep(commands);
      for (engine::Command& command : commands)
        std::visit([this](auto& c) { this->execute(c); }, command);
    }
    draining_ = false;
  }

  void interrupt() {
    exclusive_.reset();
    push(engine::Interrupted{});
  }

  /// What the commands announce is on disk before any of them is obeyed (rule 21), and so is how to
  /// find a held session again. The rest may wait a little: a result that is lost only makes a
  /// release run that was not needed.
  void keep(const std::vector<engine::Command>& commands) {
    refused_.clear();
    unkept_.clear();
    if (world_.keeper == nullptr || commands.empty()) return;
    const auto* const save = std::get_if<engine::Save>(&commands.front());
    const bool starts = std::ranges::any_of(commands, [](const engine::Command& command) {
      return std::holds_alternative<engine::StartAttempt>(command) ||
             std::holds_alternative<engine::StartOperation>(command);
    });
    const bool now = (save != nullptr && has_new_handle(*save)) || starts;
    if (save == nullptr && !now) return;
    write(save != nullptr ? *save : engine::Save{}, now);
    constexpr engine::Millis kSoon = 1000;
    if (!now) {
      if (!std::exchange(flushing_, true)) flush_.start(kSoon, [this] { flush(); });
    } else if (std::exchange(flushing_, false)) {
      flush_.stop();
    }
  }
  bool has_new_handle(const engine::Save& save) {
    bool found = false;
    for (const auto& [id, step] : save.steps) {
      if (!step.hold) continue;
      for (const engine::HeldTarget& target : step.hold->targets)
        found = (!target.handle.empty() && handles_.insert(target.handle).second) || found;
    }
    return found;
  }
  void flush() {
    flushing_ = false;
    write({}, true);
  }
  void write(const engine::Save& save, bool now) {
    auto kept = world_.keeper->save(save, now);
    if (kept) {
      for (Keeper::Refusal& it : *kept) refused_[it.step] = std::move(it.reason);
      return;
    }
    unkept_ = std::move(kept.error());
    if (std::exchange(told_unkept_, true) || !world_.on_report) return;
    engine::Report note;
    note.kind = engine::Report::Kind::Note;
    note.at = loop_.now();
    note.text = unkept_ + "; nothing more is acquired, releases and post hooks run";
    world_.on_report(note);
  }
  /// Why an attempt must not be started; null: it may.
  const std::string* obstacle(const engine::StartAttempt& start) const {
    if (start.release) {
      const auto found = world_.cannot_release.find(start.step);
      return found != world_.cannot_release.end() ? &found->second : nullptr;
    }
    if (const auto found = refused_.find(start.step); found != refused_.end())
      return &found->second;
    return unkept_.empty() || post_.contains(start.step) ? nullptr : &unkept_;
  }

  void execute(engine::Report& report) {
    if (world_.on_report) world_.on_report(report);
  }
  void execute(engine::Finish&) {}
  void execute(engine::Save&) {}

  /// The lock of `exclusive` that is being waited for.
  struct Exclusive {
    Exclusive(Loop& loop, std::string wanted, engine::Millis last)
        : name(std::move(wanted)), until(last), again(loop) {}
    std::string name;
    engine::Millis until;
    Timer again;
  };
  void execute(engine::TakeExclusive& take) {
    if (world_.keeper == nullptr) return push(engine::ExclusiveTaken{});
    exclusive_ = std::make_unique<Exclusive>(loop_, take.name, loop_.now() + take.wait);
    try_exclusive();
  }
  void try_exclusive() {
    constexpr engine::Millis kPoll = 200;
    const auto taken = world_.keeper->take_exclusive(exclusive_->name);
    const engine::Millis left = exclusive_->until - loop_.now();
    if (taken && *taken && left > 0) {
      exclusive_->again.start(std::min(kPoll, left), [this] { try_exclusive(); });
      return;
    }
    exclusive_.reset();
    push(engine::ExclusiveTaken{taken ? taken->value_or("") : taken.error()});
  }
  void execute(engine::SessionReady& ready) { attempts_.session_ready(ready.attempt); }

  void execute(engine::SetTimer& set) {
    auto& timer = timers_[set.timer];
    if (!timer) timer = std::make_unique<Timer>(loop_);
    timer->start(set.at - loop_.now(), [this, id = set.timer] {
      timers_.erase(id);
      push(engine::TimerFired{id});
    });
  }
  void execute(engine::CancelTimer& cancel) { timers_.erase(cancel.timer); }

  void execute(engine::SelectPods& select) {
    if (world_.cluster == nullptr) {
      push(engine::PodsSelected{select.selection, {}, "there is no cluster to look for pods in"});
      return;
    }
    world_.cluster->select(
        select.query, select.container,
        [this, id = select.selection](std::expected<std::vector<engine::Pod>, std::string> pods) {
          if (pods) {
            push(engine::PodsSelected{id, std::move(*pods), {}});
          } else {
            push(engine::PodsSelected{id, {}, std::move(pods.error())});
          }
        });
  }

  void execute(engine::StartAttempt& start) {
    if (const std::string* const why = obstacle(start)) {
      push(engine::AttemptEnded{start.attempt, engine::NotStarted{*why}});
    } else {
      attempts_.start(start);
    }
  }
  void execute(engine::CancelAttempt& cancel) { attempts_.cancel(cancel.attempt); }

  void execute(engine::StartOperation& start) {
    if (world_.given_outcome) {
      push(engine::OperationEnded{*world_.given_outcome ? 0 : 1, {}, {}, {}, world_.given_outcome});
      return;
    }
    if (!unkept_.empty()) {
      push(engine::OperationEnded{1, {}, "not started: " + unkept_});
      return;
    }
    operation_ = std::make_unique<Operation>(
        loop_, *std::move(world_.operation), redactor_, start.watch_for,
        Operation::Says{[this](engine::OperationPrinted printed) { push(printed); },
                        [this](engine::OperationEnded ended) { push(std::move(ended)); }});
  }
  void execute(engine::StopOperation&) {
    if (operation_) operation_->stop();
  }

  Loop& loop_;
  World world_;
  engine::Redactor redactor_;
  std::optional<engine::Session> session_;
  std::deque<engine::Event> queue_;
  bool draining_ = false;
  Attempts attempts_;
  std::map<engine::TimerId, std::unique_ptr<Timer>> timers_;
  std::unique_ptr<Operation> operation_;
  std::set<std::uint32_t> post_;                  // the post hooks
  std::map<std::uint32_t, std::string> refused_;  // steps of the event at hand: why not to start
  std::set<std::string> handles_;                 // of held sessions, those on disk
  std::string unkept_;                            // why the event at hand could not be kept
  bool told_unkept_ = false;
  Timer flush_{loop_};
  bool flushing_ = false;  // flush_ runs
  std::unique_ptr<Exclusive> exclusive_;
};

}  // namespace

engine::SessionResult run_session(Loop& loop, const plan::Plan& plan, engine::Inputs inputs,
                                  World world) {
  return Driver(loop, plan, std::move(inputs), std::move(world)).run();
}

}  // namespace hookc::io
