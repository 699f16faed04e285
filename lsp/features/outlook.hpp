// What a file would do, for the features that tell of it beside the text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/overview.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// The plan of a file and its overview, with params at their defaults.
struct Outlook {
  std::shared_ptr<const sema::Program> program;
  std::shared_ptr<const plan::Plan> plan;
  plan::Overview overview;
};
/// Programs of more steps have none: it is asked for after every edit, and a plan of a thousand
/// hooks takes longer than a keystroke.
inline constexpr std::size_t kMaxSteps = 1000;
/// Nothing where the file has an error or cannot be had. O(plan).
std::optional<Outlook> outlook(const query::Snapshot& snapshot, const std::string& path);

/// Steps of the overview that are written in the file itself, with their statement; imported ones
/// have none here.
struct StepHere {
  const plan::StepOverview* step;
  const sema::Step* source;
  const plan::OperationOverview* operation;
  const ast::Hook* hook;  // exactly one of the two
  const ast::Hold* hold;
};
std::vector<StepHere> steps_here(const Outlook& outlook);

}  // namespace hookc::lsp
