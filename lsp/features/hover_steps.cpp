// Hooks and holds: what they do in effect, from the plan.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"
#include "lsp/features/document.hpp"
#include "lsp/features/hover_parts.hpp"
#include "lsp/features/outlook.hpp"
#include "lsp/features/sentences.hpp"

namespace hookc::lsp {
namespace {

const plan::StepOverview* find_step(const plan::Overview& overview, sema::StepId id) {
  for (const plan::OperationOverview& operation : overview.operations) {
    for (const auto* side : {&operation.pre, &operation.post}) {
      for (const auto& group : *side) {
        for (const plan::StepOverview& step : group) {
          if (step.id == id.value) return &step;
        }
      }
    }
  }
  return nullptr;
}

/// The lines of an action. Only `${name}` can stand where a secret would, since nobody fetched it.
std::string action_block(const plan::Plan& plan, const std::vector<std::string>& lines) {
  std::string text = fmt::format("{}", fmt::join(lines, "\n"));
  for (const auto& secret : plan.secrets) {
    const std::string placeholder = fmt::format("${{{}}}", secret.name);
    for (std::size_t at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at)) {
      text.replace(at, placeholder.size(), "***");
    }
  }
  // A command may hold a fence of its own.
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return fmt::format("{}text\n{}\n{}\n", fence, text, fence);
}

std::string times(const plan::TaskOverview& task) {
  std::string out = fmt::format("- timeout {} for each attempt; {}\n", task.timeout, task.attempts);
  const plan::Bound& longest = task.longest;
  if (!longest.ms) {
    out += fmt::format("- no bound known ({})\n", longest.terms);
  } else {
    const std::string all = values::format_duration(*longest.ms);
    const bool sum = !longest.terms.empty() && longest.terms != all;
    out += fmt::format("- at most {}{}\n", sum ? longest.terms + " = " : "", all);
  }
  if (!task.success.empty()) out += fmt::format("- succeeds when `{}`\n", task.success);
  return out;
}

std::string effects(const plan::Plan& plan, const plan::StepOverview& step) {
  std::string out = times(step.task);
  if (!step.on_error.empty()) out += fmt::format("- on error: {}\n", step.on_error);
  if (!step.when.empty()) out += fmt::format("- when `{}`\n", step.when);
  if (!step.held.empty()) out += fmt::format("- {}\n", step.held);
  for (const std::string& note : step.notes) out += fmt::format("- {}\n", note);
  out += "\n" + action_block(plan, step.task.action);
  if (step.release) {
    out += "\nReleased by:\n\n" + times(*step.release) + "\n" +
           action_block(plan, step.release->action);
  }
  return out;
}

std::optional<Outlook> outlook_of(const query::Snapshot& snapshot,
                                  const query::SymbolIndex& index) {
  return outlook(snapshot, index.program().modules.front().path);
}

}  // namespace

std::string about_step(const query::Snapshot& snapshot, const query::SymbolIndex& index,
                       sema::StepId id) {
  const sema::Program& program = index.program();
  const sema::Step& step = program[id];
  const auto& module = program.modules[step.module.value].ast;
  const Document document{module->file, snapshot.sources().text(module->file), nullptr, module};
  const bool hook = step.kind == sema::StepKind::Hook;
  const ast::Action& action =
      hook ? module->hooks[step.index].action : module->holds[step.index].body.acquire;
  const ast::DocComment doc = hook ? module->hooks[step.index].doc : module->holds[step.index].doc;
  const std::string name = step.name.empty() ? "" : fmt::format(" \"{}\"", step.name);
  std::string out = hook_block(
      fmt::format("{}{} {}", phase_of(program, step), name, sentence_of(document, action)));
  if (const auto comment = query::comment_text(snapshot.sources(), module->at(doc.span));
      !comment.empty()) {
    out += "\n" + comment + "\n";
  }
  const auto planned = outlook_of(snapshot, index);
  const plan::StepOverview* found = planned ? find_step(planned->overview, id) : nullptr;
  if (found != nullptr) out += "\n" + effects(*planned->plan, *found);
  return out;
}

std::optional<std::string> what_runs(const query::Snapshot& snapshot,
                                     const query::SymbolIndex& index, sema::StepId id,
                                     bool release) {
  const auto planned = outlook_of(snapshot, index);
  const plan::StepOverview* found = planned ? find_step(planned->overview, id) : nullptr;
  if (found == nullptr) return std::nullopt;
  const plan::TaskOverview& task = release && found->release ? *found->release : found->task;
  return "With params at their defaults:\n\n" + action_block(*planned->plan, task.action);
}

}  // namespace hookc::lsp
