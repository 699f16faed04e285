#include "interpreter/simulate/graph.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace hookc::simulate {
namespace {

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

class Explorer {
 public:
  Explorer(const Skeleton& skeleton, const Bounds& bounds) : skeleton_(skeleton), bounds_(bounds) {}

  Graph run() {
    visit(Path(skeleton_), bounds_.most_mishaps);
    return std::move(graph_);
  }

 private:
  /// Depth first: as deep as the longest path, which is a few choices a step.
  std::uint32_t visit(Path path, std::uint32_t left) {
    std::string state = path.state();
    if (bounds_.most_mishaps != UINT32_MAX) state += "/" + std::to_string(left);
    if (const auto known = ids_.find(state); known != ids_.end()) return known->second;
    Node node;
    std::vector<Choice> options = path.options();
    if (options.empty()) {
      node.ending = path.ending();
      node.held = path.held();
    }
    std::erase_if(options, [&](const Choice& choice) { return choice.mishap && left == 0; });
    const auto follow = [&](Path next, const Choice& choice, std::size_t events) {
      events_ += events;
      if (events_ > bounds_.most_events) graph_.complete = false;
      Edge edge;
      edge.mishap = choice.mishap;
      edge.marks = next.take(choice);
      edge.to = visit(std::move(next), left - (choice.mishap ? 1 : 0));
      node.edges.push_back(std::move(edge));
    };
    // The engine cannot be copied: all but the last option begin anew.
    for (std::size_t i = 0; i + 1 < options.size() && graph_.complete; ++i)
      follow(Path(skeleton_, path.choices()), options[i], path.choices().size() + 1);
    if (!options.empty() && graph_.complete) follow(std::move(path), options.back(), 1);
    graph_.nodes.push_back(std::move(node));
    const auto id = static_cast<std::uint32_t>(graph_.nodes.size() - 1);
    ids_.emplace(std::move(state), id);
    return id;
  }

  const Skeleton& skeleton_;
  const Bounds& bounds_;
  Graph graph_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::size_t events_ = 0;
};

Result leaf(const Node& node, std::size_t steps) {
  Result out{std::string(steps, '\0'), *node.ending};
  for (const auto& [step, mark] : node.held) out.marks[step] |= static_cast<char>(mark);
  return out;
}

void add(Result& result, const Marks& marks, const View* view) {
  for (const auto& [step, mark] : marks) {
    if (step == kOperation) {
      result.ending.operation = true;
      continue;
    }
    const std::string* kept = view == nullptr        ? nullptr
                              : result.ending.killed ? &view->killed
                                                     : &view->ended;
    result.marks[step] |= static_cast<char>(kept == nullptr ? mark : mark & (*kept)[step]);
  }
}

}  // namespace

Graph explore(const Skeleton& skeleton, const Bounds& bounds) {
  return Explorer(skeleton, bounds).run();
}

View whole(std::size_t steps) {
  return {std::string(steps, '\xff'), std::string(steps, '\xff')};
}

std::optional<Results> results(const Graph& graph, const View& view, std::size_t most) {
  // The simplest path is kept as what comes next on it, so that adding an edge is cheap.
  struct Info {
    std::uint64_t count = 0;
    std::uint32_t mishaps = 0;
    const Edge* edge = nullptr;
    const Result* next = nullptr;
  };
  std::vector<std::map<Result, Info>> of(graph.nodes.size());
  std::size_t entries = 0;
  const std::size_t steps = view.ended.size();
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    auto& all = of[id];
    if (node.ending) {
      Result result{std::string(steps, '\0'), *node.ending};
      add(result, node.held, &view);
      all[std::move(result)] = {1, 0, nullptr, nullptr};
    }
    for (const Edge& edge : node.edges) {
      for (const auto& [suffix, info] : of[edge.to]) {
        Result result = suffix;
        add(result, edge.marks, &view);
        const std::uint32_t mishaps = info.mishaps + (edge.mishap ? 1 : 0);
        const auto [it, fresh] = all.try_emplace(std::move(result));
        if (fresh || mishaps < it->second.mishaps)
          it->second = {it->second.count, mishaps, &edge, &suffix};
        it->second.count = sum(it->second.count, info.count);
      }
    }
    entries += all.size();
    if (all.size() > most || entries > most * 100) return std::nullopt;
  }
  Results out;
  for (const auto& [result, info] : of.back()) {
    Paths& paths = out[result];
    paths.count = info.count;
    paths.mishaps = info.mishaps;
    for (const Info* at = &info; at->edge != nullptr;) {
      if (at->edge->mishap) paths.simplest.push_back(*at->edge->mishap);
      at = &of[at->edge->to].at(*at->next);
    }
  }
  return out;
}

std::map<Single, std::uint64_t> singles(const Graph& graph, std::size_t steps) {
  using Found = std::map<Single, std::uint64_t>;
  std::vector<Found> none(graph.nodes.size()), one(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    if (node.ending) none[id][{std::nullopt, leaf(node, steps)}] = 1;
    const auto take = [&](Found& to, const Found& from, const Edge& edge) {
      for (const auto& [single, count] : from) {
        Single whole = single;
        if (edge.mishap) whole.first = edge.mishap;
        add(whole.second, edge.marks, nullptr);
        std::uint64_t& paths = to[std::move(whole)];
        paths = sum(paths, count);
      }
    };
    for (const Edge& edge : node.edges) {
      if (edge.mishap) {
        take(one[id], none[edge.to], edge);
      } else {
        take(none[id], none[edge.to], edge);
        take(one[id], one[edge.to], edge);
      }
    }
  }
  Found out = std::move(none.back());
  out.merge(one.back());
  return out;
}

std::uint64_t count_paths(const Graph& graph) {
  std::vector<std::uint64_t> of(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    of[id] = graph.nodes[id].ending ? 1 : 0;
    for (const Edge& edge : graph.nodes[id].edges) of[id] = sum(of[id], of[edge.to]);
  }
  return of.empty() ? 0 : of.back();
}

}  // namespace hookc::simulate
