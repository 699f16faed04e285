// What undoes what: releases, holds, and `post` hooks.
#include <algorithm>

#include <fmt/format.h>

#include "lsp/features/code_action_parts.hpp"
#include "lsp/features/sentences.hpp"

namespace hookc::lsp {

namespace {

/// The action that undoes `action`, as far as it can be known: the same place, and for what is said
/// there a word to replace. Nothing where an action changes nothing.
std::optional<std::string> undo_of(const ActionRequest& request, const ast::Action& action,
                                   bool in_hold) {
  const Document& document = request.document;
  if (const auto* exec = std::get_if<ast::ExecAction>(&action.what)) {
    if (exec->place == ast::ExecPlace::Missing) return std::nullopt;
    return fmt::format("{} \"undo it\"", summary_of(document, action));
  }
  if (const auto* scale = std::get_if<ast::ScaleAction>(&action.what)) {
    if (in_hold) return "scale back";
    return fmt::format("scale {} to 1", document.slice(scale->workload.span));
  }
  if (const auto* http = std::get_if<ast::HttpAction>(&action.what)) {
    if (http->method != ast::HttpMethod::Post) return std::nullopt;
    return shortened(document.slice(action.span), 1000);
  }
  return std::nullopt;
}

std::uint32_t end_of(const ActionRequest& request, const ast::Action& action,
                     Range<ast::Clause> clauses) {
  std::uint32_t end = action.span.end;
  for (const ast::Clause& clause : clauses.in(request.document.module->clauses))
    end = std::max(end, clause.span.end);
  return end;
}

/// Where a line can be added after what ends at `end`: behind a comment that is about it.
std::uint32_t below(const ActionRequest& request, std::uint32_t end) {
  const std::string_view text = request.document.text;
  std::uint32_t at = end;
  while (at < text.size() && is_blank(text[at])) ++at;
  return at < text.size() && text[at] == '#' ? line_end(text, at) : end;
}

std::string indent_below(const ActionRequest& request, Span statement) {
  return std::string(indent_of(request.document.text, statement.begin)) + "  ";
}

void offer_hold(const ActionRequest& request, const ast::Hook& hook, std::vector<CodeAction>& out) {
  const auto undo = undo_of(request, hook.action, true);
  if (!undo || hook.policy) return;
  for (const ast::Clause& clause : hook.clauses.in(request.document.module->clauses)) {
    // What these decide, a hold decides otherwise.
    if (clause.kind == ast::ClauseKind::After || clause.kind == ast::ClauseKind::When ||
        clause.kind == ast::ClauseKind::OnError || clause.kind == ast::ClauseKind::Capture)
      return;
  }
  const std::string indent = indent_below(request, hook.span);
  out.push_back({"write it as a `hold`, which releases on every path",
                 kRewrite,
                 {request.edit(hook.side_span, "hold"),
                  request.insert(below(request, hook.span.end),
                                 fmt::format("{0}{1}release {2}{0}{1}at most 10m",
                                             request.line_end(), indent, *undo))},
                 {}});
}

void offer_post(const ActionRequest& request, const ast::Hook& hook, Span statement,
                std::vector<CodeAction>& out) {
  const ast::Module& module = *request.document.module;
  const auto undo = undo_of(request, hook.action, false);
  if (!undo) return;
  // Whatever already runs afterwards in the same place may be the undo.
  const std::string place = summary_of(request.document, hook.action);
  const bool has_one = std::ranges::any_of(module.hooks, [&](const ast::Hook& other) {
    return other.side == ast::Side::Post && other.operation == hook.operation &&
           summary_of(request.document, other.action) == place;
  });
  if (has_one) return;
  const std::string name =
      hook.name && request.document.slice(hook.name.span).starts_with('"')
          ? fmt::format(" \"undo {}\"",
                        request.document.slice({hook.name.span.begin + 1, hook.name.span.end - 1}))
          : "";
  const std::string_view word = word_of(hook.operation);
  out.push_back({fmt::format("add the matching `post {}` hook", word),
                 kRewrite,
                 {request.insert(line_end(request.document.text, statement.end),
                                 fmt::format("{0}{0}post {1}{2}{0}  {3}", request.line_end(), word,
                                             name, *undo))},
                 {}});
}

}  // namespace

void add_missing_release(const ActionRequest& request, std::vector<CodeAction>& out) {
  const ast::Module& module = *request.document.module;
  // What a template brings only sema knows: it says which hold has none.
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    const Diagnostic& finding = request.findings[i];
    if (finding.code != Code::HK2114 || finding.primary.where.file != request.document.file)
      continue;
    const auto hold = std::ranges::find_if(module.holds, [&](const ast::Hold& each) {
      return each.span.contains(finding.primary.where.span.begin);
    });
    if (hold == module.holds.end() || !touches(hold->span, request.range) ||
        !hold->body.releases.empty())
      continue;
    auto undo = hold->body.session ? std::optional<std::string>("stdin \"undo it\\n\"")
                                   : undo_of(request, hold->body.acquire, true);
    if (!undo) undo = "exec local \"undo it\"";
    out.push_back(
        {"add the missing `release`",
         kQuickFix,
         {request.insert(below(request, end_of(request, hold->body.acquire, hold->body.clauses)),
                         fmt::format("{}{}release {}", request.line_end(),
                                     indent_below(request, hold->span), *undo))},
         {i}});
  }
}

void add_missing_limit(const ActionRequest& request, std::vector<CodeAction>& out) {
  const ast::Module& module = *request.document.module;
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    if (request.findings[i].code != Code::HK7005 || !request.concerns(request.findings[i]))
      continue;
    const auto hold = std::ranges::find_if(module.holds, [&](const ast::Hold& each) {
      return each.span.contains(request.findings[i].primary.where.span.begin);
    });
    if (hold == module.holds.end()) continue;
    out.push_back({"add `at most 10m`",
                   kQuickFix,
                   {request.insert(below(request, hold->span.end),
                                   fmt::format("{}{}at most 10m", request.line_end(),
                                               indent_below(request, hold->span)))},
                   {i}});
  }
}

void add_counterparts(const ActionRequest& request, std::vector<CodeAction>& out) {
  const ast::Module& module = *request.document.module;
  if (request.document.tree->has_errors) return;
  const ast::Statement* statement = request.statement();
  if (statement == nullptr || statement->kind != ast::StatementKind::Hook) return;
  const ast::Hook& hook = module.hooks[statement->index];
  if (hook.side != ast::Side::Pre) return;
  offer_hold(request, hook, out);
  offer_post(request, hook, statement->span, out);
}

}  // namespace hookc::lsp
