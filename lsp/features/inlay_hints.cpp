#include "lsp/features/inlay_hints.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"
#include "lsp/features/outlook.hpp"

namespace hookc::lsp {
namespace {

class Hints {
 public:
  Hints(const Outlook& outlook, std::string_view text)
      : program_(*outlook.program), root_(*program_.modules.front().ast), text_(text) {}

  void add(const StepHere& here) {
    const ast::Action& action = here.hook ? here.hook->action : here.hold->body.acquire;
    if (here.hook && here.hook->side == ast::Side::Post && !here.hook->policy) {
      hint(here.hook->operation_span.end, "always", "runs after a success and after a failure",
           " always");
    }
    const auto clauses =
        (here.hook ? here.hook->clauses : here.hold->body.clauses).in(root_.clauses);
    const bool has_timeout = std::ranges::any_of(
        clauses, [](const ast::Clause& it) { return it.kind == ast::ClauseKind::Timeout; });
    if (!has_timeout && !here.step->task.timeout.empty()) {
      const std::string timeout = "timeout " + here.step->task.timeout;
      hint(line_end(action.span.end), timeout, "of each attempt; nothing else is written",
           "\n  " + timeout);
    }
    container(action);
  }

  /// After the last of a phase's steps that stand in this file.
  void phase(const StepHere& last, std::string_view name, const plan::Bound& longest) {
    if (!longest.ms) return;
    const Span statement = last.hook ? last.hook->span : last.hold->span;
    hint(line_end(statement.end),
         fmt::format("{}: at most {}", name, values::format_duration(*longest.ms)), longest.terms,
         "");
  }

  std::vector<InlayHint> take(Span range) && {
    std::erase_if(made_, [&](const InlayHint& it) {
      return it.offset < range.begin || it.offset > range.end;
    });
    std::ranges::stable_sort(made_, {}, &InlayHint::offset);
    return std::move(made_);
  }

 private:
  /// A pod whose declaration names the container that the hook does not.
  void container(const ast::Action& action) {
    const auto* exec = std::get_if<ast::ExecAction>(&action.what);
    if (exec == nullptr || exec->place != ast::ExecPlace::Pod || exec->pod.container.valid())
      return;
    const sema::Ref ref = program_.modules.front().text_refs[exec->pod.name.value];
    if (ref.kind != sema::RefKind::Pod) return;
    const auto declared = program_.pods[ref.index];
    const ast::Module& module = program_.ast(declared.module);
    const ast::TextId name = module.pods[declared.index].container;
    if (!name.valid()) return;
    if (const auto literal = ast::literal_text(module, name)) {
      hint(root_[exec->pod.name].span.end, "container " + *literal, "from the pod's declaration",
           " container " + *literal);
    }
  }

  std::uint32_t line_end(std::uint32_t at) const {
    std::size_t end = std::min(text_.find('\n', at), text_.size());
    if (end > at && text_[end - 1] == '\r') --end;
    return static_cast<std::uint32_t>(end);
  }
  void hint(std::uint32_t at, std::string label, std::string_view tooltip, std::string insert) {
    made_.push_back({at, std::move(label), std::string(tooltip), std::move(insert)});
  }

  const sema::Program& program_;
  const ast::Module& root_;
  std::string_view text_;
  std::vector<InlayHint> made_;
};

}  // namespace

std::vector<InlayHint> inlay_hints(const query::Snapshot& snapshot, const std::string& path,
                                   Span range) {
  const auto known = outlook(snapshot, path);
  const auto file = snapshot.file(path);
  if (!known || !file) return {};
  Hints hints(*known, snapshot.sources().text(*file));
  const std::vector<StepHere> steps = steps_here(*known);
  const auto is_post = [](const StepHere& it) {
    return it.hook && it.hook->side == ast::Side::Post;
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    hints.add(steps[i]);
    const bool last = i + 1 == steps.size() || steps[i + 1].operation != steps[i].operation ||
                      is_post(steps[i + 1]) != is_post(steps[i]);
    if (!last) continue;
    const plan::OperationOverview& operation = *steps[i].operation;
    hints.phase(steps[i],
                fmt::format("{} the {}", is_post(steps[i]) ? "after" : "before", operation.name),
                is_post(steps[i]) ? operation.after : operation.before);
  }
  return std::move(hints).take(range);
}

}  // namespace hookc::lsp
