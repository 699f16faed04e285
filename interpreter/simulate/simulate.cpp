#include "interpreter/simulate/simulate.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/plan/walk.hpp"

namespace hookc::simulate {
namespace {

using Kind = Mishap::Kind;

bool marked(const std::string& marks, std::uint32_t step, Mark mark) {
  return (static_cast<unsigned char>(marks[step]) & mark) != 0;
}

std::string of_mark(const std::string& marks, std::uint8_t mark) {
  std::string out = marks;
  for (char& c : out) c = static_cast<char>(static_cast<unsigned char>(c) & mark);
  return out;
}

void join(Row& row, const Result& result, std::uint64_t paths) {
  for (std::size_t i = 0; i < row.marks.size(); ++i) {
    row.marks[i] = static_cast<char>(row.marks[i] | result.marks[i]);
    row.sure[i] = static_cast<char>(row.sure[i] & result.marks[i]);
  }
  row.operation_sure = row.operation_sure && row.ending.operation == result.ending.operation;
  row.ending.operation = row.ending.operation || result.ending.operation;
  row.paths = row.paths > UINT64_MAX - paths ? UINT64_MAX : row.paths + paths;
}

/// What paths of one row have in common. What a session had done when it was killed or interrupted
/// differs from moment to moment: who runs afterwards and what is held is what matters.
struct RowKey {
  std::string held, after;
  bool killed = false, interrupted_twice = false, operation = false;
  engine::SessionStatus status{};
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

/// It may happen at many moments.
bool any_moment(Kind kind) {
  return kind == Kind::Limit || kind == Kind::Lost || kind == Kind::Interrupted ||
         kind == Kind::Killed;
}

Row row_of(const Result& result, std::uint64_t paths) {
  return {{}, result.marks, result.marks, result.ending, true, paths};
}

class Maker {
 public:
  Maker(const plan::Plan& plan, const Skeleton& skeleton, const Graph& graph)
      : plan_(plan), skeleton_(skeleton), graph_(graph) {
    for (const auto* side : {&skeleton.steps().pre, &skeleton.steps().post}) {
      for (const plan::Group& group : *side) {
        for (const std::uint32_t id : group) order_.push_back(id);
      }
    }
    for (const plan::Group& group : skeleton.steps().post) post_.insert(group.begin(), group.end());
  }

  /// Where a step stands; the operation after the pre side, other things first.
  std::size_t place(std::uint32_t step) const {
    if (step == kOperation) return order_.size() - post_.size();
    const auto found = std::ranges::find(order_, step);
    if (found == order_.end()) return 0;
    const auto at = static_cast<std::size_t>(found - order_.begin());
    return 1 + at + (post_.contains(step) ? 1 : 0);
  }

  std::tuple<int, std::size_t, Kind> rank(const Row& row) const {
    if (row.what.empty() || row.what.front().empty()) return {0, 0, {}};
    const Mishap& first = row.what.front().front();
    switch (first.kind) {
      case Kind::Refused:
      case Kind::Fails:
      case Kind::TimesOut:
      case Kind::NotStarted:
        return {post_.contains(first.step) ? 3 : 1, place(first.step), first.kind};
      case Kind::OperationFails: return {1, place(kOperation), first.kind};
      case Kind::ReleaseFails: return {2, place(first.step), first.kind};
      case Kind::Limit:
      case Kind::Lost: return {4, place(first.step), first.kind};
      case Kind::Interrupted: return {5, place(first.during), first.kind};
      case Kind::Killed: return {6, 0, first.kind};
    }
    return {};
  }

  RowKey key_of(const Result& result, bool vague) const {
    const Ending& ending = result.ending;
    if (ending.killed)
      return {of_mark(result.marks, kHeld | kOwed | kUntried), {}, true, {}, {}, {}};
    RowKey key{of_mark(result.marks, kHeld | kUntried),
               {},
               false,
               ending.interrupted_twice,
               ending.operation && !vague,
               ending.status};
    if (vague && !ending.interrupted_twice) {
      for (const std::uint32_t id : post_) {
        if (skeleton_.decisions[id] == Decision::Engine && marked(result.marks, id, kRan))
          key.after += std::to_string(id) + " ";
      }
    }
    return key;
  }

  std::vector<Row> single_rows(const std::map<Single, std::uint64_t>& singles) const {
    std::map<std::pair<std::optional<Mishap>, RowKey>, Row> by_mishap;
    for (const auto& [single, paths] : singles) {
      const auto& [mishap, result] = single;
      const bool vague = mishap && any_moment(mishap->kind);
      const std::optional<Mishap> by = vague ? Mishap{mishap->kind} : mishap;
      const auto [it, fresh] =
          by_mishap.try_emplace({by, key_of(result, vague)}, row_of(result, 0));
      join(it->second, result, paths);
      std::vector<Mishap> set;
      if (mishap) set.push_back(*mishap);
      auto& what = it->second.what;
      if (std::ranges::find(what, set) == what.end()) what.push_back(std::move(set));
    }
    // Mishaps that lead to the same.
    std::vector<Row> rows;
    std::map<std::tuple<RowKey, std::string, std::string>, std::size_t> same;
    for (auto& [key, row] : by_mishap) {
      if (!key.first || any_moment(key.first->kind)) {
        rows.push_back(std::move(row));
        continue;
      }
      const auto [it, fresh] = same.try_emplace({key.second, row.marks, row.sure}, rows.size());
      if (fresh) {
        rows.push_back(std::move(row));
      } else {
        Row& into = rows[it->second];
        into.what.push_back(std::move(row.what.front()));
        into.paths += row.paths;
      }
    }
    for (Row& row : rows) {
      std::ranges::sort(row.what, {}, [&](const auto& set) {
        return set.empty() ? std::tuple<int, std::size_t, Kind>{}
                           : rank(Row{{set}, {}, {}, {}, true, 0});
      });
    }
    std::ranges::stable_sort(rows, {}, [&](const Row& row) { return rank(row); });
    return rows;
  }

  /// What only several mishaps lead to: told by who runs afterwards and what is held.
  std::vector<Row> combined_rows(const Results& found) const {
    std::map<RowKey, std::pair<Row, std::uint32_t>> kinds;
    for (const auto& [result, paths] : found) {
      const auto [it, fresh] =
          kinds.try_emplace(key_of(result, true), row_of(result, 0), paths.mishaps);
      auto& [row, mishaps] = it->second;
      join(row, result, paths.count);
      if (fresh || paths.mishaps < mishaps) {
        row.what = {paths.simplest};
        mishaps = paths.mishaps;
      }
    }
    std::vector<std::pair<std::uint32_t, Row>> kept;
    for (auto& [key, found_row] : kinds) {
      if (found_row.second >= 2) kept.emplace_back(found_row.second, std::move(found_row.first));
    }
    std::ranges::stable_sort(kept, {}, [](const auto& it) { return it.first; });
    std::vector<Row> rows;
    for (auto& [mishaps, row] : kept) rows.push_back(std::move(row));
    return rows;
  }

  static std::vector<Row> every_row(const Results& found) {
    // Two interrupts are no difference in what runs.
    std::map<Result, std::pair<Row, std::uint32_t>> merged;
    for (const auto& [result, paths] : found) {
      Result plain = result;
      plain.ending.interrupted_twice = false;
      const auto [it, fresh] = merged.try_emplace(plain, row_of(result, 0), paths.mishaps);
      join(it->second.first, result, paths.count);
      if (fresh || paths.mishaps < it->second.second) {
        it->second.first.what = {paths.simplest};
        it->second.second = paths.mishaps;
      }
    }
    std::vector<std::pair<std::uint32_t, Row>> sorted;
    for (auto& [result, row] : merged) sorted.emplace_back(row.second, std::move(row.first));
    std::ranges::stable_sort(sorted, {}, [](const auto& it) { return it.first; });
    std::vector<Row> rows;
    for (auto& [mishaps, row] : sorted) rows.push_back(std::move(row));
    return rows;
  }

  /// Keeps, of paths that end, the marks `ended`, and `kRan` of post hooks whose condition is not
  /// left open.
  View kinds_view() const {
    View view{std::string(plan_.steps.size(), static_cast<char>(kHeld | kUntried)),
              std::string(plan_.steps.size(), static_cast<char>(kHeld | kOwed | kUntried))};
    for (const std::uint32_t id : post_) {
      if (skeleton_.decisions[id] == Decision::Engine)
        view.ended[id] = static_cast<char>(static_cast<unsigned char>(view.ended[id]) | kRan);
    }
    return view;
  }

  /// A post hook that says how the session went, or is there only for what went wrong.
  bool tells(std::uint32_t id, std::uint32_t of, const std::set<std::uint32_t>& when_well) const {
    const plan::Step& step = plan_.steps[id];
    bool reads_session = false, reads_step = false;
    plan::for_each_expr(step, [&](const plan::Expr& expr) {
      reads_session =
          reads_session || (expr.op == plan::Op::Fact &&
                            (expr.name == "session.status" || expr.name == "session.reason"));
      reads_step = reads_step || (expr.op == plan::Op::HookFact && expr.index == of);
    });
    if (post_.contains(of)) return reads_step && place(id) > place(of);
    return step.policy == plan::Policy::OnFailure || reads_session || !when_well.contains(id);
  }

  Telling telling(const std::vector<Row>& rows) const {
    std::set<std::uint32_t> when_well;
    for (const Row& row : rows) {
      if (!row.what.front().empty()) continue;
      for (const std::uint32_t id : post_) {
        if (marked(row.marks, id, kRan)) when_well.insert(id);
      }
    }
    Telling out;
    std::set<std::uint32_t> always(post_.begin(), post_.end());
    bool any = false;
    std::size_t failures = 0;
    for (const Row& row : rows) {
      if (row.ending.killed || row.ending.status != engine::SessionStatus::Failed) continue;
      for (const auto& set : row.what) {
        for (const Mishap& mishap : set) {
          if (mishap.kind == Kind::Interrupted) continue;
          const auto told = [&](std::uint32_t id) {
            return marked(row.sure, id, kRan) && tells(id, mishap.step, when_well);
          };
          ++failures;
          if (std::ranges::none_of(post_, told)) out.untold.push_back(mishap);
          if (post_.contains(mishap.step)) continue;
          any = true;
          std::erase_if(always, [&](std::uint32_t id) { return !told(id); });
        }
      }
    }
    out.nothing = failures != 0 && out.untold.size() == failures;
    if (any) {
      for (const std::uint32_t id : order_) {
        if (always.contains(id)) out.always.push_back(id);
      }
    }
    return out;
  }

 private:
  const plan::Plan& plan_;
  const Skeleton& skeleton_;
  const Graph& graph_;
  std::vector<std::uint32_t> order_;  // steps of the operation
  std::set<std::uint32_t> post_;
};

}  // namespace

std::optional<int> exit_code(const Ending& ending) {
  if (ending.killed) return std::nullopt;
  return ending.status == engine::SessionStatus::Failed ? 1 : 0;
}

Simulation simulate(const plan::Plan& plan, const Skeleton& skeleton, const Bounds& bounds,
                    bool every) {
  Simulation out;
  out.operation = skeleton.operation;
  const std::size_t steps = plan.steps.size();
  Graph graph;
  Bounds tried = bounds;
  for (const std::uint32_t most : {bounds.most_mishaps, 2U, 1U}) {
    if (most > bounds.most_mishaps) continue;
    tried.most_mishaps = most;
    // One thing at a time is always looked at: that grows with the square of the file only.
    if (most == 1) tried.most_events = SIZE_MAX;
    graph = explore(skeleton, tried);
    if (graph.complete) break;
  }
  out.most_mishaps = tried.most_mishaps == UINT32_MAX ? 0 : tried.most_mishaps;
  out.states = graph.nodes.size();
  out.paths = count_paths(graph);

  const Maker maker(plan, skeleton, graph);
  out.single = maker.single_rows(singles(graph, steps));
  if (const auto kinds = results(graph, maker.kinds_view(), bounds.most_results)) {
    out.combined = maker.combined_rows(*kinds);
  } else {
    out.cut_at = bounds.most_results;
  }
  if (every) {
    if (const auto all = results(graph, whole(steps), bounds.most_results)) {
      out.every = Maker::every_row(*all);
      out.different = out.every.size();
    } else {
      out.cut_at = bounds.most_results;
    }
  }
  // What can be held needs no more than its own mark.
  for (std::uint32_t id = 0; id < steps; ++id) {
    if (!plan.steps[id].hold) continue;
    View one{std::string(steps, '\0'), std::string(steps, '\0')};
    one.ended[id] = one.killed[id] = static_cast<char>(kHeld | kOwed | kUntried);
    const auto found = results(graph, one, SIZE_MAX);
    if (!found) continue;
    const auto some = [&](Mark mark) {
      return std::ranges::any_of(*found,
                                 [&](const auto& it) { return marked(it.first.marks, id, mark); });
    };
    if (some(kHeld)) out.can_stay_held.push_back(id);
    if (some(kUntried)) out.untried.push_back(id);
    if (some(kOwed)) out.owed.push_back(id);
  }
  out.telling = maker.telling(out.single);
  return out;
}

std::expected<Request, std::vector<std::string>> make_request(
    const plan::Plan& plan, plan::ValueSources sources,
    const std::optional<std::string>& only_environment) {
  Request request;
  if (only_environment) {
    request.environments.push_back(*only_environment);
  } else {
    request.environments.emplace_back();
    for (const plan::Environment& environment : plan.environments)
      request.environments.push_back(environment.name);
  }
  for (const std::string& environment : request.environments) {
    sources.environment = environment;
    const auto chosen = plan::choose_values(plan, sources);
    if (!chosen) return std::unexpected(chosen.error());
    auto& all = request.values.emplace_back();
    for (const plan::ChosenValue& value : *chosen) all.push_back(value.value);
  }
  return request;
}

std::expected<Document, std::string> simulate(const plan::Plan& plan, const Request& request) {
  Document out{&plan, {}};
  for (const engine::Operation operation :
       {engine::Operation::Backup, engine::Operation::Restore}) {
    const bool backup = operation == engine::Operation::Backup;
    const plan::OperationPlan& steps = backup ? plan.backup : plan.restore;
    if (!(backup ? request.backup : request.restore)) continue;
    if (steps.pre.empty() && steps.post.empty()) continue;
    constexpr engine::Abilities kAll{
        .functions = true, .function_images = true, .scale = true, .wait = true, .sessions = true};
    if (auto problem = engine::unsupported(plan, operation, kAll))
      return std::unexpected(*std::move(problem));
    // Of equal skeletons, the paths are; of others they can be, too.
    std::vector<std::pair<Skeleton, Simulation>> seen;
    for (std::size_t i = 0; i < request.environments.size(); ++i) {
      Skeleton skeleton = make_skeleton(plan, operation, request.values[i]);
      auto same =
          std::ranges::find(seen, skeleton, [](const auto& it) -> auto& { return it.first; });
      if (same == seen.end()) {
        Simulation found = simulate(plan, skeleton, request.bounds, request.every);
        same = std::ranges::find_if(seen, [&](const auto& it) {
          found.environments = it.second.environments;
          return found == it.second;
        });
        if (same == seen.end()) {
          found.environments.clear();
          same = seen.insert(seen.end(), {std::move(skeleton), std::move(found)});
        }
      }
      same->second.environments.push_back(request.environments[i]);
    }
    for (auto& [skeleton, found] : seen) out.simulations.push_back(std::move(found));
  }
  return out;
}

}  // namespace hookc::simulate
