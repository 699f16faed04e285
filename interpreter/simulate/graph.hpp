// All paths through a session as a graph of states, and what can be asked of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "interpreter/simulate/path.hpp"

namespace hookc::simulate {

struct Edge {
  std::uint32_t to = 0;
  Marks marks;
  std::optional<Mishap> mishap;
};
struct Node {
  std::vector<Edge> edges;
  Marks held;                    // of an end
  std::optional<Ending> ending;  // no edges lead on
};

/// How much is looked at.
struct Bounds {
  std::size_t most_events = 2'000'000;  // handed to the engine, over all paths
  std::size_t most_results = 20'000;    // different ones
  std::uint32_t most_mishaps = UINT32_MAX;
};

/// Nodes stand after all that they lead to; the last is the start.
struct Graph {
  std::vector<Node> nodes;
  bool complete = true;  // false: there was more than the bounds allow, and nothing here counts
};
/// Every state that a path of at most `bounds.most_mishaps` mishaps can come to.
Graph explore(const Skeleton& skeleton, const Bounds& bounds);

/// What runs and what is held, once for all paths on which it is the same.
struct Result {
  std::string marks;  // by step id: its Marks, or-ed
  Ending ending;
  friend auto operator<=>(const Result&, const Result&) = default;
};
/// The paths of one result.
struct Paths {
  std::uint64_t count = 0;  // saturates at UINT64_MAX
  std::uint32_t mishaps = 0;
  std::vector<Mishap> simplest;  // of the path with the fewest, in the order of the path
};
using Results = std::map<Result, Paths>;

/// What of a result counts: the marks that are kept, by step id, on paths that end and on those
/// that are killed.
struct View {
  std::string ended, killed;
};
View whole(std::size_t steps);

/// The different results, as `view` sees them. Nothing: there are more than `most`.
std::optional<Results> results(const Graph& graph, const View& view, std::size_t most);

/// Every path on which nothing or one thing goes wrong: what, and the result. O(states).
using Single = std::pair<std::optional<Mishap>, Result>;
std::map<Single, std::uint64_t> singles(const Graph& graph, std::size_t steps);

std::uint64_t count_paths(const Graph& graph);

}  // namespace hookc::simulate
