// The parts of code_actions.cpp, by what they work on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/program.hpp"
#include "lsp/features/code_actions.hpp"
#include "lsp/features/document.hpp"

namespace hookc::lsp {

/// What every part is given.
struct ActionRequest {
  const query::Snapshot& now;
  const std::string& path;
  const Document& document;
  std::shared_ptr<const sema::Program> program;  // null where there is none
  const std::vector<Diagnostic>& findings;
  Span range;

  Edit edit(Span span, std::string text) const { return {document.at(span), std::move(text)}; }
  Edit insert(std::uint32_t at, std::string text) const { return edit({at, at}, std::move(text)); }
  /// LF or CR LF, as the file has it.
  std::string_view line_end() const;
  /// Whether a finding is in this file and touches the range.
  bool concerns(const Diagnostic& finding) const;
  /// The statement of the file that the range touches, if it is one alone: no rewriting is meant
  /// for many at once.
  const ast::Statement* statement() const;
  /// sema's tables for this file; null where there are none.
  const sema::ModuleInfo* info() const;
};

// ---- of findings: code_actions.cpp
void add_fixes(const ActionRequest& request, std::vector<CodeAction>& out);
void add_suppressions(const ActionRequest& request, std::vector<CodeAction>& out);
/// What is declared and never used, with the comment above it.
void add_removals(const ActionRequest& request, std::vector<CodeAction>& out);

// ---- of holds and pairs: code_actions_holds.cpp
/// "add the missing release", for a hold without one.
void add_missing_release(const ActionRequest& request, std::vector<CodeAction>& out);
/// `at most`, for a hold that was found to have none.
void add_missing_limit(const ActionRequest& request, std::vector<CodeAction>& out);
/// A hold, or a `post` hook, for a `pre` hook that changes something.
void add_counterparts(const ActionRequest& request, std::vector<CodeAction>& out);

// ---- of templates: code_actions_extract.cpp, code_actions_inline.cpp
void add_extract(const ActionRequest& request, std::vector<CodeAction>& out);
void add_inline(const ActionRequest& request, std::vector<CodeAction>& out);

// ---- of the whole file: code_actions_source.cpp
void add_organize_imports(const ActionRequest& request, std::vector<CodeAction>& out);
void add_fix_all(const ActionRequest& request, std::vector<CodeAction>& out);

}  // namespace hookc::lsp
