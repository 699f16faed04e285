// From nodes to declarations. Private to the ast library: one class, one .cpp file a part of the
// language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "grammar/keywords.hpp"
#include "grammar/tree.hpp"

namespace hookc::ast {

using syntax::Node;
using syntax::NodeKind;
using syntax::Word;

/// The children of one node, one after the other. A child that recovery left out is never shown.
class Children {
 public:
  Children(const std::vector<Node>& nodes, std::size_t parent)
      : nodes_(&nodes), at_(parent + 1), end_(parent + nodes[parent].size) {
    skip_errors();
  }
  bool done() const { return at_ >= end_; }
  std::size_t index() const { return at_; }
  const Node& node() const { return (*nodes_)[at_]; }
  bool is(NodeKind kind) const { return !done() && node().kind == kind; }
  /// The child, and on to the next.
  std::size_t take() {
    const std::size_t taken = at_;
    at_ += node().size;
    skip_errors();
    return taken;
  }
  void next() { (void)take(); }
  void next_if_any() {
    if (!done()) next();
  }

 private:
  void skip_errors() {
    while (at_ < end_ && (*nodes_)[at_].kind == NodeKind::Error) at_ += (*nodes_)[at_].size;
  }
  const std::vector<Node>* nodes_;
  std::size_t at_;
  std::size_t end_;
};

class Builder {
 public:
  Builder(std::string_view text, const syntax::SyntaxTree& tree, Diagnostics& diagnostics)
      : text_(text), tree_(tree), nodes_(tree.nodes), diagnostics_(diagnostics) {}
  Module run();

 private:
  // ---- reading the tree ----
  Children children(std::size_t index) const { return {nodes_, index}; }
  const Node& node(std::size_t index) const { return nodes_[index]; }
  std::string_view slice(Span span) const { return text_.substr(span.begin, span.size()); }
  Word word(std::size_t index) const {
    return nodes_[index].kind == NodeKind::Keyword ? syntax::word_of(tree_, text_, nodes_[index])
                                                   : Word::None;
  }
  Word word(const Children& at) const { return at.done() ? Word::None : word(at.index()); }
  /// True, and past it, if the word is next.
  bool take_word(Children& at, Word wanted) const {
    if (word(at) != wanted) return false;
    at.next();
    return true;
  }
  Location here(Span span) const { return {tree_.file, span}; }

  // ---- text (build_text.cpp) ----
  bool is_text(const Children& at) const;
  TextId text(std::size_t index);
  TextId string_text(std::size_t index);
  void block_parts(std::size_t index, Text& made);
  TextId bare_text(std::size_t index);
  TextPart escape_part(const Node& escape);
  TextPart splice_part(std::size_t index);
  /// A Name token, or a String without splices; a mistake (and no name) otherwise.
  Name name(std::size_t index);
  /// The same where the grammar also takes `${…}`.
  Name name_of_text(std::size_t index);
  std::string_view keep(std::string decoded);
  Workload workload(std::size_t index);

  // ---- expressions (build_expr.cpp) ----
  ExprId expr(std::size_t index);
  ExprId add(Expr made);
  ExprId error_expr(Span span);
  ExprId number_expr(std::size_t index);
  ExprId string_expr(std::size_t index);
  ExprId postfix_expr(std::size_t index);
  ExprId binary_expr(std::size_t index);
  ExprId object_expr(std::size_t index);
  ExprId list_expr(std::size_t index, ExprKind kind);
  Range<ExprId> expr_list(const std::vector<ExprId>& ids);
  Range<Argument> arguments(std::size_t index);
  TypeExpr type(std::size_t index);

  // ---- actions and clauses (build_action.cpp) ----
  Action action(std::size_t index);
  HttpAction http(Children at);
  TcpAction tcp(Children at);
  ExecAction exec(Children at);
  ScaleAction scale(Children at);
  WaitAction wait(Children at);
  UseAction use(Children at);
  PodEndpoint endpoint(std::size_t index);
  PodRef pod_ref(std::size_t index);
  SpreadClause spread(std::size_t index);
  Clause clause(std::size_t index);
  Range<ExprId> capture_path(Children at);
  std::uint32_t source(std::size_t index);

  // ---- statements (build.cpp, build_declaration.cpp, build_policy.cpp) ----
  void reserve();
  Statement statement(std::size_t index);
  Statement broken(std::size_t index);
  DocComment doc(std::uint32_t begin);
  Hook hook(std::size_t index);
  Hold hold(std::size_t index);
  HoldBody hold_body(std::size_t index);
  Release release(std::size_t index);
  Together together(std::size_t index);
  Template template_declaration(std::size_t index);
  Import import(std::size_t index);
  Param param(std::size_t index);
  Secret secret(std::size_t index);
  Pod pod(std::size_t index);
  Function function(std::size_t index);
  Target target(std::size_t index);
  Environment environment(std::size_t index);
  OperationRule operation_rule(std::size_t index);
  Exclusive exclusive(std::size_t index);
  PolicyDecl policy(std::size_t index);
  PolicyRule rule(std::size_t index);
  void scope(std::size_t index, PolicyRule& made);
  Test test(std::size_t index);
  Given given(std::size_t index);
  void script(std::size_t index, Given& made);
  Expectation expectation(std::size_t index);
  static Operation operation(Word word) {
    return word == Word::Restore ? Operation::Restore : Operation::Backup;
  }
  static std::optional<Subject> subject(Word word);
  std::optional<Policy> outcome(std::size_t index) const;

  std::string_view text_;
  const syntax::SyntaxTree& tree_;
  const std::vector<Node>& nodes_;
  Diagnostics& diagnostics_;
  Module out_;
  std::vector<TextPart> parts_;  // of the texts being built, innermost last
  std::size_t next_comment_ = 0;
};

}  // namespace hookc::ast
