// The pieces of an AST as JSON; what a Program adds to them comes through a hook. Private to this
// folder.
#pragma once

#include "compiler/query/ir/dump.hpp"

namespace hookc::ir {

std::string_view to_string(ast::Operation operation);  // "backup", "restore"
std::string_view to_string(ast::Side side);            // "pre", "post"
std::string_view to_string(ast::Policy policy);        // "always", "on success", "on failure"
std::string_view to_string(ast::ClauseKind kind);      // the clause's keywords

/// Called for every expression, text and text part, to add members.
struct Annotator {
  virtual ~Annotator() = default;
  virtual void expr(ast::ExprId, Json&) const {}
  virtual void text(ast::TextId, Json&) const {}
  virtual void part(std::uint32_t /*index*/, Json&) const {}
};

/// One module's declarations. Views into the module; an absent member is left out.
class AstJson {
 public:
  AstJson(const ast::Module& module, const Annotator& annotator)
      : m_(module), annotator_(annotator) {}

  Json statements() const;
  Json statement(const ast::Statement& statement) const;
  Json expr(ast::ExprId id) const;
  Json text(ast::TextId id) const;
  Json action(const ast::Action& action) const;
  Json clause(const ast::Clause& clause) const;
  Json clauses(Range<ast::Clause> range) const;

 private:
  Json exprs(Range<ast::ExprId> range) const;
  Json workload(const ast::Workload& workload) const;
  Json spread(const ast::SpreadClause& spread) const;
  Json pod_ref(const ast::PodRef& pod) const;
  Json endpoint(const ast::PodEndpoint& endpoint) const;
  Json arguments(Range<ast::Argument> range) const;
  Json source(std::uint32_t index) const;
  Json type(const ast::TypeExpr& type) const;
  Json release(const ast::Release& release) const;
  void hold_body(Json& out, const ast::HoldBody& body) const;
  Json pod(const ast::Pod& pod) const;
  Json function(const ast::Function& function) const;
  Json template_(const ast::Template& t) const;
  Json policy(const ast::PolicyDecl& policy) const;
  Json test(const ast::Test& test) const;
  Json given(const ast::Given& given) const;
  /// Adds `expr` under `key` if there is one; the same for a text, a name, a text of the source.
  void put(Json& out, const char* key, ast::ExprId id) const;
  void put(Json& out, const char* key, ast::TextId id) const;
  static void put(Json& out, const char* key, const ast::Name& name);
  static void put(Json& out, const char* key, std::string_view text);

  const ast::Module& m_;
  const Annotator& annotator_;
};

}  // namespace hookc::ir
