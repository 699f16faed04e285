// Every path of a program's sessions, and what one wants to know of them: `hookc simulate`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/overview.hpp"
#include "interpreter/simulate/graph.hpp"

namespace hookc::simulate {

/// The version of the JSON form (docs/reference/simulate.schema.json).
inline constexpr int kVersion = 1;

/// Paths that are told in one line.
struct Row {
  /// Each alone leads here: sets of mishaps. One empty set: all goes well. Of combinations: the
  /// simplest.
  std::vector<std::vector<Mishap>> what;
  std::string marks;  // by step id: what is so on some of these paths
  std::string sure;   // … on all of them
  Ending ending;
  bool operation_sure = true;  // ending.operation is so on all of them
  std::uint64_t paths = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

/// Whether somebody hears of it when a thing goes wrong.
struct Telling {
  std::vector<std::uint32_t> always;  // post hooks that run whatever fails before the outcome
  std::vector<Mishap> untold;         // single mishaps that fail the session, and no hook tells
  bool nothing = false;               // those are all
  friend bool operator==(const Telling&, const Telling&) = default;
};

struct Simulation {
  engine::Operation operation = engine::Operation::Backup;
  std::vector<std::string> environments;  // it is the same in all these; "": without --env
  std::size_t states = 0;
  std::uint64_t paths = 0;
  std::size_t different = 0;       // results; 0: nobody asked for `every`
  std::size_t cut_at = 0;          // there were more results than this: some rows are left out
  std::uint32_t most_mishaps = 0;  // at once, that were looked at; 0: any number
  std::vector<Row> single;         // at most one thing goes wrong
  std::vector<Row> combined;       // kinds of what only several do together
  std::vector<Row> every;          // each different result; empty unless asked for, or too many
  std::vector<std::uint32_t> can_stay_held;  // their own release failing
  std::vector<std::uint32_t> untried;        // held at an end, and no release was tried: a fault
  std::vector<std::uint32_t> owed;           // held when hookc is killed, until `hookc recover`
  Telling telling;
  friend bool operator==(const Simulation&, const Simulation&) = default;
};

/// Pure. `params` as the plan's tables order them; null: not known. `every`: fill in that too.
Simulation simulate(const plan::Plan& plan, const Skeleton& skeleton, const Bounds& bounds,
                    bool every);

struct Document {
  const plan::Plan* plan = nullptr;
  std::vector<Simulation> simulations;
};

struct Request {
  std::vector<std::vector<plan::Value>> values;  // of params, for each environment
  std::vector<std::string> environments;         // "": without
  bool backup = true, restore = true;
  bool every = false;
  Bounds bounds;
};
/// All that a file can be run as: `only`, else without an environment and in each of the plan's.
/// The errors are those of plan::choose_values.
std::expected<Request, std::vector<std::string>> make_request(
    const plan::Plan& plan, plan::ValueSources sources,
    const std::optional<std::string>& only_environment);
/// The operations that have hooks, each once for all environments in which it is the same. The plan
/// must outlive the document. The error is a line: what the engine cannot run.
std::expected<Document, std::string> simulate(const plan::Plan& plan, const Request& request);

/// For people, in lines of at most `width` cells; ends with a line end.
std::string to_text(const Document& document, std::size_t width);
/// For machines: docs/reference/simulate.schema.json.
std::string to_json(const Document& document);

/// `the backup fails`, `"dump" or "start" fails`: what leads to a row.
std::string what_happens(const plan::Plan& plan, engine::Operation operation, const Row& row);
/// Of hookc; nothing where it is killed.
std::optional<int> exit_code(const Ending& ending);

}  // namespace hookc::simulate
