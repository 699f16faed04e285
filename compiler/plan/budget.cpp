#include "compiler/plan/budget.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"

namespace hookc::plan {
namespace {

constexpr std::size_t kNever = SIZE_MAX;
constexpr std::size_t kMostTerms = 4;

Bound exactly(std::int64_t ms) {
  return {ms, values::format_duration(ms)};
}

void add(TimeSum& sum, std::string what, const Bound& bound) {
  if (bound.ms == 0) return;
  // The parts are told one by one, so the sum names each by what it comes to.
  const Bound as_one = bound.ms ? exactly(*bound.ms) : bound;
  sum.longest = then(sum.longest, as_one);
  sum.parts.push_back({std::move(what), bound});
}

void add_operation(TimeSum& sum, const std::string& name) {
  sum.operation = "the " + name;
  sum.parts.push_back({sum.operation, {std::nullopt, "no limit"}});
}

/// A row of bounds that follow each other; past a few, only what they come to.
class Row {
 public:
  void add(const Bound& bound, std::string name) {
    ++count_;
    sum_ = count_ == 1 ? bound : then({sum_.ms, {}}, {bound.ms, {}});
    if (!bound.ms && unknown_.empty()) unknown_ = bound.terms;
    if (count_ > kMostTerms) return;
    terms_ += (count_ == 1 ? "" : " + ") + bound.terms;
    names_ += (count_ == 1 ? "" : ", ") + std::move(name);
  }
  Bound sum() const {
    if (!sum_.ms) return {std::nullopt, unknown_.empty() ? "more than a century" : unknown_};
    return {sum_.ms, count_ > kMostTerms ? values::format_duration(*sum_.ms) : terms_};
  }
  std::string names() const {
    return count_ > kMostTerms ? fmt::format("{} and {} more", names_, count_ - kMostTerms)
                               : names_;
  }
  bool empty() const { return count_ == 0; }

 private:
  std::size_t count_ = 0;
  Bound sum_{0, ""};
  std::string terms_, names_, unknown_;
};

std::vector<std::uint32_t> holds_of(const Plan& plan, const Group& group) {
  std::vector<std::uint32_t> out;
  for (const std::uint32_t id : group) {
    if (plan.steps[id].hold) out.push_back(id);
  }
  // Members of a group stand in the order of the file, which is the order of ids.
  std::ranges::sort(out);
  return out;
}

}  // namespace

/// The pre side of an operation, and its holds in order of acquisition.
struct Budget::Line {
  struct Holding {
    const Step* step = nullptr;
    std::size_t group = 0;
    std::size_t until = kNever;         // the group of the hook that ends it
    std::optional<std::int64_t> limit;  // `at most`
    /// If anything later is held, then so is this, and its limit counts.
    bool sure = false;
    bool ends_early() const { return until != kNever || step->hold->until_prints; }
  };

  Line(const Budget& budget, const OperationPlan& operation, std::string name)
      : budget_(budget), operation_(operation), name_(std::move(name)) {
    std::vector<std::size_t> group_of(budget.plan_.steps.size(), kNever);
    for (std::size_t g = 0; g < operation.pre.size(); ++g) {
      for (const std::uint32_t id : operation.pre[g]) group_of[id] = g;
    }
    for (std::size_t g = 0; g < operation.pre.size(); ++g) {
      for (const std::uint32_t id : holds_of(budget.plan_, operation.pre[g])) {
        const Step& step = budget.plan_.steps[id];
        Holding& it = holds_.emplace_back();
        it.step = &step;
        it.group = g;
        if (step.hold->until_step && group_of[*step.hold->until_step] != kNever)
          it.until = std::max(g, group_of[*step.hold->until_step]);
        if (step.hold->at_most) it.limit = budget.scope_.milliseconds(*step.hold->at_most);
        if (it.limit == 0) it.limit.reset();
        it.sure = it.limit && !it.ends_early() && !step.when &&
                  (step.on_error == OnError::Fail || step.on_error == OnError::Skip);
      }
    }
  }

  std::vector<HoldTime> times() const {
    std::vector<HoldTime> out;
    for (std::size_t at = 0; at < holds_.size(); ++at) out.push_back(time(at));
    return out;
  }

 private:
  const std::string& name(const Holding& it) const { return it.step->name; }
  const Bound& release(const Holding& it) const { return budget_.release(it.step->id); }

  /// Counted through all that is waited for, however long the operation takes.
  TimeSum run_through(std::size_t at) const {
    const Holding& it = holds_[at];
    const bool by_hook = it.until != kNever;
    const std::size_t last = by_hook ? it.until : operation_.pre.size() - 1;
    TimeSum sum;
    const Group& own = operation_.pre[it.group];
    const bool guarded = it.step->task.retry.count && !it.step->hold->session;
    add(sum,
        own.size() > 1 ? "the group that acquires it"
        : guarded      ? "acquiring it, and its release between two attempts"
                       : "acquiring it",
        budget_.group(own));
    Row later;
    for (std::size_t g = it.group + 1; g <= last; ++g) {
      const Group& group = operation_.pre[g];
      later.add(budget_.group(group), group.size() > 1 ? fmt::format("a group of {}", group.size())
                                                       : budget_.plan_.steps[group[0]].name);
    }
    if (!later.empty()) add(sum, later.names(), later.sum());
    if (!by_hook) add_operation(sum, name_);
    add(sum, "stopping what runs", exactly(kStopMs));
    Row before;
    for (std::size_t i = holds_.size(); i-- > at + 1;) {
      if (holds_[i].group <= last) before.add(release(holds_[i]), name(holds_[i]));
    }
    // Acquired before it, and yet released while it is held.
    for (std::size_t i = 0; i < at; ++i) {
      const Holding& other = holds_[i];
      const bool meanwhile = other.until != kNever ? other.until >= it.group && other.until <= last
                                                   : other.step->hold->until_prints && !by_hook;
      if (meanwhile) before.add(release(other), name(other));
    }
    if (!before.empty()) add(sum, "the releases before its own: " + before.names(), before.sum());
    add(sum, "its own release", release(it));
    return sum;
  }

  /// Counted from the limit of `limiting`, itself or one acquired before it.
  TimeSum from_limit(std::size_t at, const Holding& limiting) const {
    const Holding& it = holds_[at];
    TimeSum sum;
    add(sum, limiting.step == it.step ? "its limit" : "the limit of " + name(limiting),
        exactly(*limiting.limit));
    add(sum, "stopping what runs", exactly(kStopMs));
    // A release that began before the limit is not broken off: of a hold that its `until` ended, or
    // between two attempts of an acquire.
    Bound under_way{0, ""};
    for (std::size_t i = 0; i < holds_.size(); ++i) {
      const Holding& other = holds_[i];
      const bool ended =
          i < at && other.ends_early() && (other.until == kNever || other.until >= it.group);
      const bool between =
          other.group >= it.group && other.step->task.retry.count && !other.step->hold->session;
      if (ended || between) under_way = longer(under_way, release(other));
    }
    add(sum, "a release that is under way", under_way);
    Row before;
    for (std::size_t i = holds_.size(); i-- > at + 1;)
      before.add(release(holds_[i]), name(holds_[i]));
    if (!before.empty()) add(sum, "the releases before its own: " + before.names(), before.sum());
    add(sum, "its own release", release(it));
    return sum;
  }

  HoldTime time(std::size_t at) const {
    const Holding& it = holds_[at];
    const Holding* limiting = it.limit ? &it : nullptr;
    for (std::size_t i = 0; i < at; ++i) {
      const Holding& other = holds_[i];
      if (other.sure && other.group < it.group && (!limiting || *other.limit < *limiting->limit))
        limiting = &other;
    }
    HoldTime out;
    out.step = it.step->id;
    out.time = run_through(at);
    if (limiting != nullptr) {
      TimeSum limited = from_limit(at, *limiting);
      const auto& ms = out.time.longest.ms;
      const bool unbounded = !out.time.operation.empty() || !ms;
      if (unbounded || (limited.longest.ms && *limited.longest.ms < *ms))
        out.time = std::move(limited);
    }
    if (!out.time.operation.empty()) out.unbounded = "as long as " + out.time.operation;
    return out;
  }

  const Budget& budget_;
  const OperationPlan& operation_;
  std::string name_;
  std::vector<Holding> holds_;
};

Budget::Budget(const Plan& plan, const ParamScope& scope) : plan_(plan), scope_(scope) {
  for (const Step& step : plan.steps) {
    // A held session is over with its process: there is nothing to release between two attempts.
    const Task* const undo = step.hold && !step.hold->session ? &step.hold->release : nullptr;
    tasks_.push_back(longest(step.task, undo, scope));
    releases_.push_back(step.hold ? longest(step.hold->release, nullptr, scope) : Bound{0, ""});
  }
}

Bound Budget::group(const Group& group) const {
  Bound out{0, ""};
  for (const std::uint32_t id : group) out = longer(out, tasks_[id]);
  return out;
}

Bound Budget::before(const OperationPlan& operation) const {
  Bound out{0, ""};
  for (const Group& group : operation.pre) out = then(out, this->group(group));
  // The next hook waits for the release of what the last one ended.
  for (const Group& group : operation.pre) {
    for (const std::uint32_t id : group) {
      if (plan_.steps[id].hold && plan_.steps[id].hold->until_step) out = then(out, releases_[id]);
    }
  }
  return out;
}

Bound Budget::after(const OperationPlan& operation) const {
  const auto path = [&](Policy unwanted) {
    Bound out{0, ""};
    for (const Group& group : operation.post) {
      Bound of_group{0, ""};
      for (const std::uint32_t id : group) {
        if (plan_.steps[id].policy != unwanted) of_group = longer(of_group, tasks_[id]);
      }
      out = then(out, of_group);
    }
    return out;
  };
  return longer(path(Policy::OnFailure), path(Policy::OnSuccess));
}

std::vector<std::uint32_t> Budget::release_order(const Plan& plan, const OperationPlan& operation) {
  std::vector<std::uint32_t> out;
  for (const Group& group : operation.pre) {
    const auto holds = holds_of(plan, group);
    out.insert(out.end(), holds.begin(), holds.end());
  }
  std::ranges::reverse(out);
  return out;
}

Bound Budget::releasing(const OperationPlan& operation) const {
  Bound out{0, ""};
  for (const std::uint32_t id : release_order(plan_, operation)) out = then(out, releases_[id]);
  return out;
}

TimeSum Budget::whole(const OperationPlan& operation, const std::string& name) const {
  TimeSum sum;
  if (plan_.exclusive && plan_.exclusive->wait) {
    const auto wait = scope_.milliseconds(*plan_.exclusive->wait);
    add(sum, "waiting for other sessions",
        wait ? exactly(*wait)
             : Bound{std::nullopt, fmt::format("`wait {}`", scope_.shown(*plan_.exclusive->wait))});
  }
  Row hooks;
  for (const Group& group : operation.pre) hooks.add(this->group(group), {});
  add(sum, "before the operation", hooks.sum());
  add_operation(sum, name);
  add(sum, "stopping what runs", exactly(kStopMs));
  add(sum, "releases", releasing(operation));
  add(sum, "after the operation", after(operation));
  return sum;
}

std::vector<HoldTime> Budget::held(const OperationPlan& operation, const std::string& name) const {
  return Line(*this, operation, name).times();
}

}  // namespace hookc::plan
