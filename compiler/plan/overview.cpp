// From a plan and the values of its params to what one wants to read before a night with it.
#include "compiler/plan/overview.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "compiler/plan/overview_builder.hpp"
#include "compiler/values/duration.hpp"

namespace hookc::plan {
namespace overview {
namespace {

/// Nothing past the longest duration of the language: nobody waits that long, and sums stay exact.
std::optional<std::int64_t> product(std::int64_t ms, std::int64_t times) {
  if (times > 0 && ms > values::kMaxDurationMs / times) return std::nullopt;
  return ms * times;
}

/// Adds two bounds that follow each other.
Bound then(const Bound& a, const Bound& b) {
  Bound out;
  if (a.ms && b.ms && *a.ms + *b.ms <= values::kMaxDurationMs) out.ms = *a.ms + *b.ms;
  out.terms = a.terms.empty() ? b.terms : b.terms.empty() ? a.terms : a.terms + " + " + b.terms;
  return out;
}

/// The longer of two that run at the same time, or of which one runs.
Bound longer(const Bound& a, const Bound& b) {
  if (!a.ms) return a;
  if (!b.ms) return b;
  return *a.ms >= *b.ms ? a : b;
}

Bound nothing() {
  return {0, ""};
}

}  // namespace

// ---- how long
// ------------------------------------------------------------------------------------------------

std::optional<std::int64_t> Builder::milliseconds(const Expr& e) const {
  if (!scope_.known(e)) return std::nullopt;
  const auto ms = evaluate_duration(e, scope_);
  if (!ms) return std::nullopt;
  return *ms;
}

std::string Builder::attempts(const Retry& retry) const {
  if (!retry.count) return "1 attempt";
  std::string out;
  const auto count = scope_.known(*retry.count) ? evaluate_int(*retry.count, scope_)
                                                : std::unexpected(EvalError{});
  if (count && *count == 0) return "1 attempt";
  out = count ? fmt::format("{} attempts", *count + 1)
              : fmt::format("1 + {} attempts", shown(*retry.count));
  out += fmt::format(", {} apart", shown(retry.every));
  const std::string factor = shown(retry.factor);
  if (factor != "1") out += fmt::format(", each wait × {}", factor);
  if (retry.up_to) out += fmt::format(", at most {}", shown(*retry.up_to));
  return out;
}

/// The waits between attempts, written one by one while they are few.
Bound Builder::waits(const Retry& retry, std::int64_t count) const {
  if (count <= 0) return nothing();
  const auto every = milliseconds(retry.every);
  const auto factor = scope_.known(retry.factor) ? evaluate_decimal(retry.factor, scope_)
                                                 : std::unexpected(EvalError{});
  const auto cap = retry.up_to ? milliseconds(*retry.up_to) : values::kMaxDurationMs;
  if (!every || !factor || !cap) return {std::nullopt, "the waits between"};
  if (*factor == 1.0) {
    const std::int64_t wait = std::min(*every, *cap);
    return {product(wait, count),
            count == 1 ? values::format_duration(wait)
                       : fmt::format("{} × {}", count, values::format_duration(wait))};
  }
  std::int64_t sum = 0;
  std::string terms;
  double wait = static_cast<double>(*every);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto ms = static_cast<std::int64_t>(std::min(wait, static_cast<double>(*cap)));
    // Once the cap (or nothing at all) is reached all further waits are the same.
    const bool settled = ms == *cap || wait == 0;
    const std::int64_t times = settled ? count - i : 1;
    const auto more = product(ms, times);
    if (!more || sum > values::kMaxDurationMs) return {std::nullopt, "waits beyond measure"};
    sum += *more;
    if (i < 4 || settled) {
      if (!terms.empty()) terms += " + ";
      if (times > 1) terms += fmt::format("{} × ", times);
      terms += values::format_duration(ms);
    } else if (i == 4) {
      terms += " + …";
    }
    if (settled) break;
    wait *= *factor;
  }
  return {sum, terms};
}

/// Pods that are done one after another; nothing where their number is not known before.
std::optional<std::int64_t> Builder::pods_in_turn(const Task& task) const {
  const PodSelection* pod = nullptr;
  if (const auto* exec = std::get_if<Exec>(&task.action); exec && exec->pod) pod = &*exec->pod;
  if (const auto* http = std::get_if<HttpRequest>(&task.action)) {
    if (const auto* at = std::get_if<PodEndpoint>(&http->where)) pod = &at->pod;
  }
  if (const auto* tcp = std::get_if<TcpConnect>(&task.action)) {
    if (const auto* at = std::get_if<PodEndpoint>(&tcp->where)) pod = &at->pod;
  }
  if (pod == nullptr || !pod->all || !pod->one_by_one) return 1;
  if (!pod->exactly || !scope_.known(*pod->exactly)) return std::nullopt;
  const auto count = evaluate_int(*pod->exactly, scope_);
  if (!count) return std::nullopt;
  return *count;
}

/// `undo`: the release, which runs before each further attempt of an acquire whose result is
/// unknown (rule 23).
Bound Builder::longest(const Task& task, const Task* undo) const {
  const auto timeout = milliseconds(task.timeout);
  std::optional<std::int64_t> count = 0;
  if (task.retry.count) {
    const auto known = scope_.known(*task.retry.count) ? evaluate_int(*task.retry.count, scope_)
                                                       : std::unexpected(EvalError{});
    count = known ? std::optional(std::max<std::int64_t>(*known, 0)) : std::nullopt;
  }
  const auto pods = pods_in_turn(task);
  if (!timeout) return {std::nullopt, fmt::format("`timeout {}`", shown(task.timeout))};
  if (!count) return {std::nullopt, fmt::format("`retry {}`", shown(*task.retry.count))};
  if (!pods)
    return {std::nullopt, fmt::format("{} for each pod", values::format_duration(*timeout))};
  if (*count >= INT32_MAX || *pods >= INT32_MAX) return {std::nullopt, "attempts beyond measure"};
  const std::int64_t runs = (*count + 1) * *pods;
  Bound out{product(*timeout, runs),
            runs == 1 ? values::format_duration(*timeout)
                      : fmt::format("{} × {}", runs, values::format_duration(*timeout))};
  const auto undo_timeout = undo && *count > 0 ? milliseconds(undo->timeout) : std::nullopt;
  if (undo_timeout) {
    out = then(out, {product(*undo_timeout, *count),
                     fmt::format("{} × {}", *count, values::format_duration(*undo_timeout))});
  }
  return then(out, waits(task.retry, *count));
}

// ---- steps
// ---------------------------------------------------------------------------------------------------

TaskOverview Builder::task(const Task& task, const Task* undo) const {
  TaskOverview out;
  out.action = action(task.action);
  out.timeout = shown(task.timeout);
  out.attempts = attempts(task.retry);
  if (task.expect) out.success = condition(*task.expect);
  out.longest = longest(task, undo);
  out.origin = fmt::format("{}:{}", task.origin.file, task.origin.line);
  return out;
}

std::string Builder::held(const Hold& hold) const {
  std::string out = "held ";
  if (hold.until_step) {
    out += fmt::format("until \"{}\" has ended", plan_.steps[*hold.until_step].name);
  } else if (hold.until_prints) {
    out += fmt::format("until the operation prints /{}/", *hold.until_prints);
  } else {
    out += "as long as the operation";
  }
  if (hold.at_most) out += fmt::format(", at most {}", shown(*hold.at_most));
  return out;
}

void Builder::notes(const Step& step, std::vector<std::string>& out) const {
  if (step.on_error == OnError::Skip) {
    out.emplace_back(
        "if it fails the session is Skipped: holds are released, only `always` hooks run");
  }
  if (!step.hold) return;
  const Hold& hold = *step.hold;
  if (step.on_error == OnError::Warn || step.on_error == OnError::Continue) {
    out.emplace_back("may run unprotected: the operation goes on without this hold");
  }
  if (step.when) out.emplace_back("may run unprotected: without a true `when` nothing is held");
  if (hold.at_most) {
    out.emplace_back(
        "past its limit it is released even if the operation still runs, and the session fails");
  } else {
    out.emplace_back("no `at most`: nothing ends it while the operation runs");
  }
  if (hold.session) {
    out.emplace_back("ends with its connection");
  } else {
    out.emplace_back(
        "no expiry of its own: if hookc is killed it stays until its release is run by hand");
  }
}

StepOverview Builder::step(const Step& step, bool post) const {
  StepOverview out;
  out.id = step.id;
  out.name = step.name;
  out.hold = step.hold.has_value();
  if (post) {
    switch (step.policy) {
      case Policy::Always: out.policy = "always"; break;
      case Policy::OnSuccess: out.policy = "on success"; break;
      case Policy::OnFailure: out.policy = "on failure"; break;
    }
  }
  switch (step.on_error) {
    case OnError::Fail: out.on_error = "fail"; break;
    case OnError::Warn: out.on_error = "warn"; break;
    case OnError::Continue: out.on_error = "continue"; break;
    case OnError::Skip: out.on_error = "skip"; break;
  }
  if (step.when) out.when = condition(*step.when);
  const Task* release = step.hold ? &step.hold->release : nullptr;
  out.task = task(step.task, release);
  if (step.hold && step.hold->ready_once)
    out.task.success = "ready once " + condition(*step.hold->ready_once);
  if (release != nullptr) {
    out.release = task(*release, nullptr);
    out.held = held(*step.hold);
  }
  notes(step, out.notes);
  return out;
}

std::vector<std::vector<StepOverview>> Builder::groups(const std::vector<Group>& groups,
                                                       bool post) const {
  std::vector<std::vector<StepOverview>> out;
  for (const Group& group : groups) {
    auto& members = out.emplace_back();
    for (const std::uint32_t id : group) members.push_back(step(plan_.steps[id], post));
  }
  return out;
}

Bound Builder::side(const std::vector<std::vector<StepOverview>>& groups,
                    std::string_view unwanted_policy) const {
  Bound all = nothing();
  for (const auto& group : groups) {
    Bound of_group = nothing();
    for (const StepOverview& member : group) {
      if (member.policy.empty() || member.policy != unwanted_policy)
        of_group = longer(of_group, member.task.longest);
    }
    all = then(all, of_group);
  }
  return all;
}

OperationOverview Builder::operation(std::string name, const OperationPlan& operation) const {
  OperationOverview out;
  out.name = std::move(name);
  out.pre = groups(operation.pre, false);
  out.post = groups(operation.post, true);
  if (operation.succeeds_when) out.succeeds_when = condition(*operation.succeeds_when);
  out.before = side(out.pre, "");
  out.after = longer(side(out.post, "on failure"), side(out.post, "on success"));
  out.releasing = nothing();
  for (auto group = out.pre.rbegin(); group != out.pre.rend(); ++group) {
    // Members of a group are released in reverse order of the file, which is the order of ids (rule
    // 27).
    std::vector<const StepOverview*> members;
    for (const StepOverview& member : *group) {
      if (member.release) members.push_back(&member);
    }
    std::ranges::sort(members, std::greater(), &StepOverview::id);
    for (const StepOverview* member : members) {
      out.releases.push_back(member->id);
      out.releasing = then(out.releasing, member->release->longest);
    }
  }
  return out;
}

}  // namespace overview

Overview make_overview(const Plan& plan, const std::vector<ChosenValue>& values,
                       const std::string& environment) {
  const overview::Builder builder(plan, values);
  Overview out;
  out.file = plan.file;
  out.environment = environment;
  for (std::size_t i = 0; i < plan.params.size(); ++i) {
    out.params.emplace_back(plan.params[i].name, i < values.size() ? values[i] : ChosenValue{});
  }
  if (plan.target) {
    const Workload& w = plan.target->workload;
    out.target = fmt::format("{}{}{}/{}", w.kind, w.group.empty() ? "" : ".", w.group,
                             builder.shown(w.name));
    if (plan.target->namespace_name)
      out.target += " in namespace " + builder.shown(*plan.target->namespace_name);
  }
  if (plan.exclusive) {
    out.exclusive = builder.shown(plan.exclusive->name);
    if (plan.exclusive->wait)
      out.exclusive += ", waiting up to " + builder.shown(*plan.exclusive->wait);
  }
  if (!plan.backup.pre.empty() || !plan.backup.post.empty())
    out.operations.push_back(builder.operation("backup", plan.backup));
  if (!plan.restore.pre.empty() || !plan.restore.post.empty()) {
    out.operations.push_back(builder.operation("restore", plan.restore));
  }
  return out;
}

}  // namespace hookc::plan
