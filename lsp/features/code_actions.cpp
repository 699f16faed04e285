#include "lsp/features/code_actions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "lsp/features/code_action_parts.hpp"

namespace hookc::lsp {

using syntax::NodeKind;

std::string_view ActionRequest::line_end() const {
  const std::size_t first = document.text.find('\n');
  return first != std::string_view::npos && first > 0 && document.text[first - 1] == '\r' ? "\r\n"
                                                                                          : "\n";
}

bool ActionRequest::concerns(const Diagnostic& finding) const {
  return finding.primary.where.file == document.file && touches(finding.primary.where.span, range);
}

const ast::Statement* ActionRequest::statement() const {
  const ast::Statement* found = nullptr;
  for (const ast::Statement& each : document.module->statements) {
    if (!touches(each.span, range)) continue;
    if (found != nullptr) return nullptr;
    found = &each;
  }
  return found;
}

const sema::ModuleInfo* ActionRequest::info() const {
  // The file that is asked about is the root of its program.
  if (program == nullptr || program->modules.empty() ||
      program->modules[0].ast->file != document.file)
    return nullptr;
  return &program->modules[0];
}

namespace {

/// Whether a comment can stand at the start of the line of `at`: not inside a text of several
/// lines.
bool comment_can_stand_above(const Document& document, std::uint32_t at) {
  const std::uint32_t line = line_begin(document.text, at);
  return std::ranges::none_of(path_to(document, line), [&](std::uint32_t index) {
    const syntax::Node& node = document.node(index);
    return node.kind == NodeKind::String && node.begin < line && line < node.end;
  });
}

/// `refactor` asks for `refactor.extract`, too.
bool asked_for(std::span<const std::string> only, std::string_view kind) {
  return only.empty() || std::ranges::any_of(only, [&](const std::string& wanted) {
           return wanted.empty() || kind == wanted ||
                  (kind.starts_with(wanted) && kind.substr(wanted.size()).starts_with('.'));
         });
}

}  // namespace

void add_fixes(const ActionRequest& request, std::vector<CodeAction>& out) {
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    const Diagnostic& finding = request.findings[i];
    if (!request.concerns(finding)) continue;
    bool preferred = true;
    for (const FixIt& fix : finding.fixes) {
      if (fix.edits.empty()) continue;
      const bool sure = fix.applicability == Applicability::MachineApplicable;
      out.push_back({fix.title, kQuickFix, fix.edits, {i}, sure && preferred});
      preferred = preferred && !sure;
    }
  }
}

void add_suppressions(const ActionRequest& request, std::vector<CodeAction>& out) {
  std::vector<Code> whole_file;
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    const Diagnostic& finding = request.findings[i];
    // Errors cannot be silenced, nor can what is said about suppressions.
    if (!request.concerns(finding) || finding.severity == Severity::Error ||
        finding.code == Code::HK9001)
      continue;
    const std::string_view id = info(finding.code).id;
    const std::uint32_t at = finding.primary.where.span.begin;
    if (comment_can_stand_above(request.document, at)) {
      const std::uint32_t line = line_begin(request.document.text, at);
      out.push_back({fmt::format("silence {} here, and say why", id),
                     kQuickFix,
                     {request.insert(line, fmt::format("{}# hookc: ignore {} -- why{}",
                                                       indent_of(request.document.text, at), id,
                                                       request.line_end()))},
                     {i}});
    }
    if (std::ranges::find(whole_file, finding.code) != whole_file.end()) continue;
    whole_file.push_back(finding.code);
    constexpr std::string_view kBom = "\xEF\xBB\xBF";
    const std::uint32_t top = request.document.text.starts_with(kBom) ? 3 : 0;
    CodeAction action{fmt::format("silence {} in this file, and say why", id),
                      kQuickFix,
                      {request.insert(top, fmt::format("# hookc: ignore-file {} -- why{}", id,
                                                       request.line_end()))},
                      {}};
    for (std::size_t other = 0; other < request.findings.size(); ++other) {
      if (request.findings[other].code == finding.code &&
          request.findings[other].primary.where.file == request.document.file)
        action.solves.push_back(other);
    }
    out.push_back(std::move(action));
  }
}

void add_removals(const ActionRequest& request, std::vector<CodeAction>& out) {
  const std::string_view text = request.document.text;
  const ast::Module& module = *request.document.module;
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    const Diagnostic& finding = request.findings[i];
    if (finding.code != Code::HK1005 || !request.concerns(finding)) continue;
    const auto statement = std::ranges::find_if(module.statements, [&](const ast::Statement& each) {
      return each.span.contains(finding.primary.where.span.begin);
    });
    if (statement == module.statements.end()) continue;
    Span doc;
    switch (statement->kind) {
      case ast::StatementKind::Param: doc = module.params[statement->index].doc.span; break;
      case ast::StatementKind::Secret: doc = module.secrets[statement->index].doc.span; break;
      case ast::StatementKind::Pod: doc = module.pods[statement->index].doc.span; break;
      default: continue;
    }
    Span whole = doc.empty() ? statement->span : doc.to(statement->span);
    if (!first_on_line(text, whole.begin)) continue;
    whole = {line_begin(text, whole.begin), line_end(text, whole.end)};
    // With the line end, and with one of the two empty lines that would be left together.
    const auto over_line_end = [&](std::uint32_t at) {
      if (at < text.size() && text[at] == '\r') ++at;
      return at < text.size() && text[at] == '\n' ? at + 1 : at;
    };
    whole.end = over_line_end(whole.end);
    const bool empty_above =
        whole.begin == 0 || (whole.begin > 1 && line_end(text, line_begin(text, whole.begin - 1)) ==
                                                    line_begin(text, whole.begin - 1));
    if (empty_above) whole.end = over_line_end(whole.end);
    out.push_back({"remove " + finding.message.substr(0, finding.message.find(" is never")),
                   kQuickFix,
                   {request.edit(whole, "")},
                   {i}});
  }
}

std::vector<CodeAction> code_actions(const query::Snapshot& now, const std::string& path,
                                     Span range, std::span<const std::string> only) {
  const auto document = open_document(now, path);
  if (!document) return {};
  const ActionRequest request{now,  path, *document, now.program(path), now.diagnostics(path),
                              range};
  std::vector<CodeAction> out;
  if (asked_for(only, kQuickFix)) {
    add_fixes(request, out);
    add_missing_release(request, out);
    add_missing_limit(request, out);
    add_removals(request, out);
    add_suppressions(request, out);
  }
  if (asked_for(only, kRewrite)) add_counterparts(request, out);
  if (asked_for(only, kExtract)) add_extract(request, out);
  if (asked_for(only, kInline)) add_inline(request, out);
  if (asked_for(only, kOrganizeImports)) add_organize_imports(request, out);
  if (asked_for(only, kFixAll)) add_fix_all(request, out);
  return out;
}

}  // namespace hookc::lsp
