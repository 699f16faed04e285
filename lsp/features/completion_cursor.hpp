// The place that completion and signature help are asked about, and the sentence around it. Read
// from the part of the statement before the cursor, because half a statement has no AST. Private
// to those features.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/query/workspace.hpp"
#include "compiler/sema/clause_rules.hpp"
#include "grammar/expected_at.hpp"
#include "lsp/features/completion_modules.hpp"

namespace hookc::lsp::completion {

using Place = std::vector<syntax::OpenNode>;

struct Cursor {
  query::Snapshot now;
  std::string path;
  std::string_view text;  // lives as long as the snapshot
  std::shared_ptr<const syntax::SyntaxTree> tree;
  std::shared_ptr<const ast::Module> module;
  std::uint32_t offset = 0;
  syntax::ExpectedAt expected;

  std::string_view slice(Span span) const { return text.substr(span.begin, span.size()); }
  std::string_view prefix() const { return slice(expected.prefix); }

  // ---- the tree before the cursor ----
  const syntax::Node& node(std::uint32_t index) const { return expected.nodes[index]; }
  std::string_view slice(std::uint32_t index) const { return slice(node(index).span()); }
  /// The children read so far; none of a node that would begin at the cursor. O(children).
  std::vector<std::uint32_t> children(std::uint32_t index) const;
  /// The first child of that kind.
  std::optional<std::uint32_t> child(std::uint32_t index, syntax::NodeKind kind) const;
  /// The keyword that the child-th child is, or None.
  syntax::Word word(std::uint32_t index) const;
  /// The last tokens before the cursor, the last one first.
  std::vector<std::string_view> tokens_before(std::size_t count) const;
};

/// Nothing where the file cannot be had.
std::optional<Cursor> cursor_at(const query::Snapshot& now, const std::string& path,
                                std::uint32_t offset);

/// The innermost node of that kind, or null.
const syntax::OpenNode* find(const Place& place, syntax::NodeKind kind);
bool holds(const Place& place, syntax::NodeKind kind);
/// The kind of the innermost node, and of the one around it.
syntax::NodeKind last(const Place& place);
syntax::NodeKind before_last(const Place& place);

/// The template that a UseAction names.
struct CalledTemplate {
  Qualifier from;
  const ast::Template* declared = nullptr;  // null: not known
};
CalledTemplate called_template(const Cursor& cursor, std::uint32_t use);

/// A parameter of the template whose body is being written.
struct LocalParam {
  std::string_view name;
  std::string_view type;
};

/// A hook, hold or template, as far as it is written.
struct Sentence {
  bool is_step = false;              // one of those three
  std::optional<sema::Place> place;  // of the clause being written
  ast::Operation operation = ast::Operation::Backup;
  bool any_operation = false;  // a template's body
  std::optional<ast::Policy> policy;
  bool in_template = false;
  bool in_hold = false;   // a `hold` statement, whose acquire may use a hold template
  bool releases = false;  // a hold, or the template of one
  bool session = false;
  bool post_request = false;                           // `http post`
  sema::ActionKind acquire = sema::ActionKind::Error;  // what comes before `release`
  sema::ActionKind action = sema::ActionKind::Error;   // what the clauses at the cursor belong to
  std::vector<ast::ClauseKind> clauses;  // that this action has, before and after the cursor, once
  std::vector<LocalParam> params;
  bool has_release = false, has_until = false, has_at_most = false;
};
/// O(statement).
Sentence sentence_at(const Cursor& cursor, const Place& place);

}  // namespace hookc::lsp::completion
