#include "lsp/features/sentences.hpp"

namespace hookc::lsp {

namespace {
constexpr std::size_t kLimit = 60;
}  // namespace

std::string_view word_of(ast::Operation operation) {
  return operation == ast::Operation::Backup ? "backup" : "restore";
}

std::string summary_of(const Document& document, const ast::Action& action) {
  Span span = action.span;
  if (const auto* exec = std::get_if<ast::ExecAction>(&action.what)) {
    const ast::Module& m = *document.module;
    if (exec->command.shell.valid()) span.end = m[exec->command.shell].span.begin;
    if (exec->command.argv.valid()) span.end = m[exec->command.argv].span.begin;
  } else if (const auto* use = std::get_if<ast::UseAction>(&action.what)) {
    span.end = use->name.span.end;
  }
  if (span.end < span.begin) span = action.span;
  return shortened(document.slice(span), kLimit);
}

std::string sentence_of(const Document& document, const ast::Action& action) {
  if (std::holds_alternative<ast::UseAction>(action.what)) return summary_of(document, action);
  return shortened(document.slice(action.span), kLimit);
}

std::string phase_of(const ast::Hook& hook) {
  std::string made(hook.side == ast::Side::Pre ? "pre " : "post ");
  made += word_of(hook.operation);
  if (hook.policy == ast::Policy::OnFailure) made += " on failure";
  if (hook.policy == ast::Policy::OnSuccess) made += " on success";
  return made;
}

}  // namespace hookc::lsp
