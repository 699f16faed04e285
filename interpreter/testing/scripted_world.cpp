#include "interpreter/testing/scripted_world.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "compiler/plan/eval/operators.hpp"

namespace hookc::engine {
namespace {

Millis later(Millis now, Millis by) {
  constexpr Millis kEnd = std::numeric_limits<Millis>::max();
  return now > kEnd - by ? kEnd : now + by;
}

/// The success of a request's own kind with `output`.
AttemptResult success(const Request& request, std::string output) {
  if (std::holds_alternative<HttpRequest>(request))
    return HttpResponse{200, {}, std::move(output), false};
  if (std::holds_alternative<ExecRequest>(request))
    return ExecOutput{0, std::move(output), {}, false};
  if (std::holds_alternative<SessionInput>(request))
    return ExecOutput{0, std::move(output), {}, false};
  if (std::holds_alternative<TcpRequest>(request)) return Connected{};
  return Done{};
}

}  // namespace

Reply ok(std::string output, Millis takes) {
  return {ExecOutput{0, std::move(output), {}, false}, takes};
}
Reply http(int status, std::string body, Millis takes) {
  return {HttpResponse{status, {}, std::move(body), false}, takes};
}
Reply exit_code(int code, std::string stdout_text, std::string stderr_text, Millis takes) {
  return {ExecOutput{code, std::move(stdout_text), std::move(stderr_text), false}, takes};
}
Reply refused(std::string reason, Millis takes) {
  return {DefiniteFailure{std::move(reason), false}, takes};
}
Reply lost(std::string reason, Millis takes) {
  return {UnknownResult{std::move(reason)}, takes};
}
Reply hangs() {
  return {TimedOut{}, std::numeric_limits<Millis>::max()};
}

Reply dies(std::string output, Millis after, int code) {
  return {ExecOutput{0, std::move(output), {}, false}, 0,
          std::pair{after, AttemptResult{ExecOutput{code, {}, {}, false}}}};
}

std::string ScriptedWorld::part_name(const StartAttempt& attempt) const {
  return (attempt.release ? "release " : "") + plan_.steps[attempt.step].name;
}

void ScriptedWorld::note(std::string what) {
  trace_.push_back(fmt::format("{} at {}", what, now_));
}

Reply ScriptedWorld::next_reply(const StartAttempt& attempt) {
  if (answerer_) {
    if (auto answer = answerer_(attempt)) return *std::move(answer);
  }
  ScriptKey part{plan_.steps[attempt.step].name, attempt.release,
                 attempt.pod ? attempt.pod->name : std::string{}};
  if (std::holds_alternative<ReadScale>(attempt.request)) {
    const auto size = sizes_.find(part.step);
    return size == sizes_.end() ? Reply{Size{1}} : size->second;
  }
  auto script = scripts_.find(part);
  if (script == scripts_.end()) {
    part.pod.clear();
    script = scripts_.find(part);
  }
  if (script == scripts_.end() || script->second.empty()) {
    const auto* end = std::get_if<EndSession>(&attempt.request);
    if (end != nullptr && end->handle.empty()) return refused("nobody knows its process");
    if (attempt.session) return {Assumed{}};
    return {success(attempt.request, {})};
  }
  Reply reply = script->second[std::min(used_[part]++, script->second.size() - 1)];
  // ok() is a success of whatever was asked for.
  if (auto* exec = std::get_if<ExecOutput>(&reply.result);
      exec != nullptr && exec->exit_code == 0 &&
      !std::holds_alternative<ExecRequest>(attempt.request) &&
      !std::holds_alternative<SessionInput>(attempt.request)) {
    reply.result = success(attempt.request, std::move(exec->stdout_text));
  }
  return reply;
}

void ScriptedWorld::start(const StartAttempt& attempt) {
  attempts_.push_back(attempt);
  const std::string_view what = std::holds_alternative<ReadScale>(attempt.request) ? "read size "
                                : std::holds_alternative<EndSession>(attempt.request)
                                    ? "end session "
                                    : "attempt ";
  note(fmt::format("{}{}{} #{}", what, part_name(attempt),
                   attempt.pod ? " in " + attempt.pod->name : "", attempt.number));
  if (attempt.session) return start_session(attempt);
  Reply reply = next_reply(attempt);
  if (reply.takes > attempt.timeout) reply = {TimedOut{}, attempt.timeout};
  if (std::holds_alternative<SessionInput>(attempt.request))
    return answer_input(attempt, std::move(reply));
  schedule(later(now_, reply.takes), AttemptEnded{attempt.attempt, std::move(reply.result)});
}

void ScriptedWorld::start_session(const StartAttempt& attempt) {
  const AttemptId id = attempt.attempt;
  const std::string handle = fmt::format("session-{}", id);
  open_sessions_[id] = attempt.step;
  Reply reply = next_reply(attempt);
  const bool started = !std::holds_alternative<DefiniteFailure>(reply.result) &&
                       !std::holds_alternative<NotStarted>(reply.result);
  if (started) schedule(now_, SessionOutput{id, handle, {}});
  schedule(later(now_, attempt.timeout), AttemptEnded{id, TimedOut{}});
  if (reply.takes <= attempt.timeout) {
    const auto* exec = std::get_if<ExecOutput>(&reply.result);
    const bool assumed = std::holds_alternative<Assumed>(reply.result);
    const Millis at = later(now_, reply.takes);
    if (assumed || (exec != nullptr && exec->exit_code == 0)) {
      schedule(at, SessionOutput{id, handle, assumed ? ExecOutput{} : *exec, assumed});
    } else {
      end_session(id, at, std::move(reply.result));
    }
  }
  if (reply.dies)
    schedule(later(now_, reply.dies->first), AttemptEnded{id, std::move(reply.dies->second)});
}

/// The session is over, whatever its release is answered with.
void ScriptedWorld::answer_input(const StartAttempt& attempt, Reply reply) {
  const AttemptId session = std::get<SessionInput>(attempt.request).session;
  if (!open_sessions_.contains(session)) {
    reply = refused("the session has ended");
  } else if (!std::holds_alternative<NotStarted>(reply.result)) {
    open_sessions_.erase(session);
    forget(session, now_);
  }
  schedule(later(now_, reply.takes), AttemptEnded{attempt.attempt, std::move(reply.result)});
}

/// Nothing else of it happens from then on.
void ScriptedWorld::end_session(AttemptId attempt, Millis at, AttemptResult result) {
  forget(attempt, at);
  schedule(at, AttemptEnded{attempt, std::move(result)});
}

void ScriptedWorld::forget(AttemptId session, Millis from) {
  std::erase_if(queue_, [&](const auto& entry) {
    const auto* end = std::get_if<AttemptEnded>(&entry.second);
    const auto* output = std::get_if<SessionOutput>(&entry.second);
    return entry.first.first >= from && ((end != nullptr && end->attempt == session) ||
                                         (output != nullptr && output->attempt == session));
  });
}

void ScriptedWorld::cancel(AttemptId attempt) {
  if (open_sessions_.contains(attempt)) {
    note("cancel");
    end_session(attempt, later(now_, cancels_take_), Cancelled{});
    return;
  }
  const auto found = std::ranges::find_if(queue_, [&](const auto& entry) {
    const auto* end = std::get_if<AttemptEnded>(&entry.second);
    return end != nullptr && end->attempt == attempt;
  });
  if (found == queue_.end()) return;
  note("cancel");
  queue_.erase(found);
  schedule(later(now_, cancels_take_), AttemptEnded{attempt, Cancelled{}});
}

void ScriptedWorld::start_operation(const StartOperation& start) {
  note("operation");
  for (std::size_t i = 0; i < start.watch_for.size(); ++i) {
    std::optional<Millis> first;
    for (const auto& [line, after] : lines_) {
      const auto found =
          plan::search(plan::Op::Matches, plan::Value{line}, plan::Value{start.watch_for[i]});
      if (found && *found && after <= operation_takes_)
        first = std::min(first.value_or(after), after);
    }
    if (first) schedule(later(now_, *first), OperationPrinted{i});
  }
  schedule(later(now_, operation_takes_), operation_);
}

void ScriptedWorld::obey(const Command& command) {
  if (const auto* save = std::get_if<Save>(&command)) apply(saved_, *save);
  if (watcher_) watcher_(command);
  if (crashed_) return;
  if (const auto* take = std::get_if<TakeExclusive>(&command)) {
    note("exclusive " + take->name);
    schedule(now_, ExclusiveTaken{exclusive_refusal_});
  } else if (const auto* select = std::get_if<SelectPods>(&command)) {
    const std::size_t turn = selections_++;
    static const std::vector<std::string> kOne{"pod-0"};
    const auto found = finder_ ? finder_(*select) : std::nullopt;
    const auto& names = found           ? *found
                        : pods_.empty() ? kOne
                                        : pods_[std::min(turn, pods_.size() - 1)];
    PodsSelected selected{select->selection, {}, {}};
    for (const std::string& name : names) {
      selected.pods.push_back({select->query.namespace_name, name, "uid-" + name,
                               select->container.empty() ? "main" : select->container, "10.0.0.1"});
    }
    schedule(now_, std::move(selected));
  } else if (const auto* attempt = std::get_if<StartAttempt>(&command)) {
    start(*attempt);
  } else if (const auto* cancelled = std::get_if<CancelAttempt>(&command)) {
    cancel(cancelled->attempt);
  } else if (const auto* ready = std::get_if<SessionReady>(&command)) {
    note("ready " + plan_.steps[open_sessions_.at(ready->attempt)].name);
    std::erase_if(queue_, [&](const auto& entry) {
      const auto* end = std::get_if<AttemptEnded>(&entry.second);
      return end != nullptr && end->attempt == ready->attempt &&
             std::holds_alternative<TimedOut>(end->result);
    });
  } else if (const auto* operation = std::get_if<StartOperation>(&command)) {
    start_operation(*operation);
  } else if (std::holds_alternative<StopOperation>(command)) {
    note("stop operation");
    std::erase_if(queue_, [](const auto& entry) {
      return std::holds_alternative<OperationEnded>(entry.second) ||
             std::holds_alternative<OperationPrinted>(entry.second);
    });
    schedule(now_, OperationEnded{143, {}, {}});
  } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
    schedule(timer->at, TimerFired{timer->timer});
  } else if (const auto* dropped = std::get_if<CancelTimer>(&command)) {
    std::erase_if(queue_, [&](const auto& entry) {
      const auto* fired = std::get_if<TimerFired>(&entry.second);
      return fired != nullptr && fired->timer == dropped->timer;
    });
  } else if (const auto* report = std::get_if<Report>(&command)) {
    reports_.push_back(*report);
  } else if (std::holds_alternative<Finish>(command)) {
    note("finish");
  }
}

bool ScriptedWorld::run(Session& session, std::size_t limit) {
  const auto hand_over = [&](What what) {
    ++events_;
    for (const Command& command : session.handle({now_, std::move(what)})) {
      if (!crashed_) obey(command);
    }
  };
  schedule(now_, Begin{});
  for (const Millis at : interrupts_)
    queue_.emplace(std::pair{at, std::numeric_limits<std::uint64_t>::max()}, Interrupted{});
  for (std::size_t delivered = 0;
       !queue_.empty() && !session.finished() && !crashed_ && events_ < limit; ++delivered) {
    if (interrupts_before_.contains(delivered)) {
      hand_over(Interrupted{});
      if (session.finished()) break;
      // What was next may have been cancelled.
      if (queue_.empty()) break;
    }
    const auto next = queue_.begin();
    now_ = next->first.first;
    What what = std::move(next->second);
    queue_.erase(next);
    if (const auto* end = std::get_if<AttemptEnded>(&what);
        end != nullptr && open_sessions_.erase(end->attempt) != 0) {
      forget(end->attempt, now_);
    }
    hand_over(std::move(what));
  }
  return session.finished() && !crashed_;
}

}  // namespace hookc::engine
