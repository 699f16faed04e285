#include <array>
#include <optional>
#include <string>

#include "compiler/checks/rules.hpp"

namespace hookc::checks {

namespace {

struct VerbPair {
  std::string_view freeze;
  std::string_view thaw;
};
/// Commands that stop writers, and what ends that: vendors' own words, in lower case. Only pairs
/// whose first half outlives its command: a lock that dies with its session is no pair.
constexpr auto kPairs = std::to_array<VerbPair>({
    {"fsfreeze -f", "fsfreeze -u"},
    {"fsfreeze --freeze", "fsfreeze --unfreeze"},
    {"fsynclock", "fsyncunlock"},
    {"super_read_only=on", "read_only=off"},
    {"super_read_only = on", "read_only = off"},
    {"begin backup", "end backup"},
    {"maintenance:mode --on", "maintenance:mode --off"},
    {"patronictl pause", "patronictl resume"},
    {"virt-freezer --freeze", "virt-freezer --unfreeze"},
    {"suspend_for_snapshot_backup=on", "suspend_for_snapshot_backup=off"},
    {"suspend_for_snapshot_backup = on", "suspend_for_snapshot_backup = off"},
});

/// The literal characters of the shell text of a step's exec, lower-cased; empty where there is
/// none.
std::string command_of(const sema::Program& program, const sema::Step& step) {
  const auto* exec = std::get_if<ast::ExecAction>(&step.body.action->what);
  if (!exec) return {};
  const ast::Module& file = program.ast(step.body.frame);
  std::string text;
  const auto append = [&](ast::TextId id) {
    for (const ast::TextPart& part : file.parts_of(id))
      text += part.is_splice() ? std::string_view("\x01") : part.literal;
  };
  if (exec->command.shell.valid()) append(exec->command.shell);
  if (exec->command.argv.valid() && file[exec->command.argv].kind == ast::ExprKind::List) {
    for (const ast::ExprId argument : file.children(file[exec->command.argv])) {
      if (!text.empty()) text += ' ';
      if (file[argument].kind == ast::ExprKind::String) append(file[argument].text_id);
    }
  }
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

}  // namespace

void check_undo(const sema::Program& program, const SourceManager& sources,
                Diagnostics& diagnostics) {
  (void)sources;
  std::vector<std::string> commands;
  commands.reserve(program.steps.size());
  for (const sema::Step& step : program.steps) commands.push_back(command_of(program, step));
  for (const ast::Operation operation : {ast::Operation::Backup, ast::Operation::Restore}) {
    for (const VerbPair& pair : kPairs) {
      std::optional<std::size_t> freeze, thaw;
      bool covered = false;
      for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const sema::Step& step = program.steps[s];
        if (step.operation != operation || step.kind != sema::StepKind::Hook) continue;
        if (step.side == ast::Side::Pre) {
          const bool freezes = commands[s].find(pair.freeze) != std::string::npos;
          const bool thaws = commands[s].find(pair.thaw) != std::string::npos;
          if (freezes && !thaws && !freeze) freeze = s;
        } else if (commands[s].find(pair.thaw) != std::string::npos) {
          if (step.policy == ast::Policy::OnSuccess) {
            thaw = s;
          } else {
            covered = true;
          }
        }
      }
      if (!freeze || !thaw || covered) continue;
      const sema::Step& undo = program.steps[*thaw];
      const sema::Step& act = program.steps[*freeze];
      const ast::Hook& hook = program.ast(undo.module).hooks[undo.index];
      const ast::Hook& first = program.ast(act.module).hooks[act.index];
      const std::string_view word = operation == ast::Operation::Backup ? "backup" : "restore";
      diagnostics
          .add(Code::HK2106, program.ast(undo.module).at(hook.policy_span),
               "the undo runs only on success: a failed {} leaves everything frozen", word)
          .label("does not run when the operation failed")
          .also(program.ast(act.module).at(first.action.span), "what it undoes")
          .help(fmt::format(
              "write both as one `hold {} … release …`: the release runs on every path", word));
    }
  }
}

}  // namespace hookc::checks
