// What runs in which order: file order, but for `after` (rule 6).
#include <algorithm>
#include <queue>

#include "compiler/sema/checker.hpp"

namespace hookc::sema {

const ast::Clause* Checker::after_clause(const Step& step) const {
  const ast::Module& file = ast(step.module);
  const Range<ast::Clause> clauses = step.kind == StepKind::Hook
                                         ? file.hooks[step.index].clauses
                                         : file.holds[step.index].body.clauses;
  for (const ast::Clause& clause : clauses.in(file.clauses)) {
    if (clause.kind == ast::ClauseKind::After) return &clause;
  }
  return nullptr;
}

void Checker::order_all() {
  order_side(ast::Operation::Backup, ast::Side::Pre, backup_.pre);
  order_side(ast::Operation::Backup, ast::Side::Post, backup_.post);
  order_side(ast::Operation::Restore, ast::Side::Pre, restore_.pre);
  order_side(ast::Operation::Restore, ast::Side::Post, restore_.post);
  program_.backup.pre = std::move(backup_.pre);
  program_.backup.post = std::move(backup_.post);
  program_.restore.pre = std::move(restore_.pre);
  program_.restore.post = std::move(restore_.post);
}

void Checker::order_side(ast::Operation operation, ast::Side side, std::vector<Group>& groups) {
  const auto count = static_cast<std::uint32_t>(groups.size());
  const std::uint32_t base = side == ast::Side::Post ? 1U << 31 : 0;
  for (std::uint32_t g = 0; g < count; ++g) {
    for (const StepId member : groups[g].members) states_[member.value].position = base + g;
  }
  struct Edge {
    std::uint32_t to;
    ModuleId module;
    ast::Name name;
  };
  std::vector<std::vector<Edge>> followers(count);
  std::vector<std::uint32_t> waits(count, 0);
  bool any = false;
  for (std::uint32_t g = 0; g < count; ++g) {
    for (const StepId member : groups[g].members) {
      const Step& step = program_.steps[member.value];
      const ast::Clause* after = after_clause(step);
      if (!after) continue;
      for (const ast::Name& name : after->names.in(ast(step.module).names)) {
        if (!name) continue;
        const auto found = step_names_.find(name.text);
        if (found == step_names_.end()) {
          if (broken_.contains(name.text)) continue;
          Diagnostic& d = add(Code::HK1012, step.module, name.span,
                              "`after` names no hook or hold: \"{}\"", name.text)
                              .label("unknown");
          if (const auto near = step_candidates_.nearest(name.text, budget_)) {
            d.fix(fmt::format("write \"{}\"", *near), at(step.module, name.span),
                  fmt::format("\"{}\"", *near), Applicability::MaybeIncorrect);
          }
          continue;
        }
        const Step& other = program_.steps[found->second.value];
        const Location there = states_[found->second.value].name_at;
        if (other.operation != operation || other.side != side) {
          add(Code::HK1012, step.module, name.span,
              "\"{}\" never runs on the same side as this hook", name.text)
              .label(fmt::format("a {} {} hook", other.side == ast::Side::Pre ? "pre" : "post",
                                 other.operation == ast::Operation::Backup ? "backup" : "restore"))
              .also(there, "declared here")
              .help(
                  "`after` orders the hooks of one operation and one side; pre hooks always come "
                  "before post hooks");
          continue;
        }
        if (found->second == member) {
          add(Code::HK1012, step.module, name.span, "a hook cannot run after itself")
              .label("its own name");
          continue;
        }
        if (are_siblings(found->second, member)) {
          add(Code::HK2113, step.module, after->keyword,
              "members of `together` cannot wait for each other")
              .label(fmt::format("\"{}\" starts at the same time", name.text))
              .also(there, "the other member")
              .help("take one of them out of the group");
          continue;
        }
        any = true;
        const std::uint32_t from = states_[found->second.value].position - base;
        followers[from].push_back({g, step.module, name});
        ++waits[g];
      }
    }
  }
  if (!any) return;
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  for (std::uint32_t g = 0; g < count; ++g) {
    if (waits[g] == 0) ready.push(g);
  }
  std::vector<std::uint32_t> order;
  while (!ready.empty()) {
    const std::uint32_t g = ready.top();
    ready.pop();
    order.push_back(g);
    for (const Edge& edge : followers[g]) {
      if (--waits[edge.to] == 0) ready.push(edge.to);
    }
  }
  if (order.size() < count) {
    // Walk the predecessors that are still waited for: they lead round a circle.
    std::vector<std::pair<std::uint32_t, const Edge*>> before(count, {kNone, nullptr});
    for (std::uint32_t g = 0; g < count; ++g) {
      if (waits[g] == 0) continue;
      for (const Edge& edge : followers[g]) {
        if (waits[edge.to] != 0 && before[edge.to].first == kNone) before[edge.to] = {g, &edge};
      }
    }
    std::uint32_t g = 0;
    while (waits[g] == 0) ++g;
    for (std::uint32_t i = 0; i < count; ++i) g = before[g].first;  // now on the circle
    std::string chain;
    std::uint32_t walked = g;
    const Edge* first = before[g].second;
    do {
      chain +=
          fmt::format("\"{}\" after ", program_.steps[groups[walked].members.front().value].name);
      walked = before[walked].first;
    } while (walked != g);
    chain += fmt::format("\"{}\"", program_.steps[groups[g].members.front().value].name);
    add(Code::HK1012, first->module, first->name.span, "`after` goes round in a circle: {}", chain)
        .label("this one closes the circle")
        .help("drop one of them");
    return;
  }
  std::vector<Group> sorted;
  sorted.reserve(count);
  for (const std::uint32_t g : order) sorted.push_back(std::move(groups[g]));
  groups = std::move(sorted);
  for (std::uint32_t g = 0; g < count; ++g) {
    for (const StepId member : groups[g].members) states_[member.value].position = base + g;
  }
}

}  // namespace hookc::sema
