// Gathers the names of one program; no other layer includes it.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/query/symbols.hpp"

namespace hookc::query {

/// One pass over the declarations, then one over what uses them. What sema resolved is taken from
/// its tables; names that it never came to, since something around them is wrong, are looked up
/// again here.
class SymbolBuilder {
 public:
  SymbolBuilder(const sema::Program& program, const SourceManager& sources);
  void run();
  std::vector<Symbol> symbols;
  std::vector<Occurrence> occurrences;  // as they are met

 private:
  using Names = std::unordered_map<std::string_view, SymbolId>;
  struct ModuleNames {
    Names values;  // params, secrets, captures outside templates
    Names pods, functions, templates, imports;
    std::vector<SymbolId> pod_ids, function_ids, template_ids;  // by index
    std::vector<Names> parameters, locals;                      // by template
    std::vector<std::vector<SymbolId>> parameter_ids;           // by template, by index
  };

  // ---- declarations
  void declare(sema::ModuleId module);
  void declare_values(sema::ModuleId module);
  void declare_templates(sema::ModuleId module);
  void declare_imports(sema::ModuleId module);
  void declare_captures(sema::ModuleId module);
  void declare_steps();
  SymbolId add(SymbolKind kind, sema::ModuleId module, std::uint32_t index, const ast::Name& name,
               Span statement, ast::DocComment doc);
  /// As add, for names that are one thing in the whole program.
  SymbolId add_shared(Names& all, SymbolKind kind, sema::ModuleId module, std::uint32_t index,
                      const ast::Name& name, Span statement, ast::DocComment doc);

  // ---- uses
  void use(sema::ModuleId module);
  void use_expressions(sema::ModuleId module);
  SymbolId meaning(sema::ModuleId module, std::uint32_t expr);
  SymbolId unresolved(sema::ModuleId module, const ast::Expr& name);
  void use_texts(sema::ModuleId module);
  void use_action(sema::ModuleId module, const ast::Action& action);
  void use_hold(sema::ModuleId module, const ast::HoldBody& body);
  void use_test(sema::ModuleId module, const ast::Test& test);

  SymbolId thing(sema::Ref ref) const;
  SymbolId parameter(sema::ModuleId module, std::uint32_t offset, std::uint32_t index) const;
  std::uint32_t template_around(sema::ModuleId module, std::uint32_t offset) const;
  bool in_policy(sema::ModuleId module, std::uint32_t offset) const;
  static SymbolId find(const Names& names, std::string_view name);
  Location at(sema::ModuleId module, Span span) const { return program_.ast(module).at(span); }
  /// Name spans have their quotes.
  void occurs(sema::ModuleId module, Span name, SymbolId symbol, Role role);
  std::string_view text(sema::ModuleId module) const {
    return sources_.text(program_.ast(module).file);
  }

  const sema::Program& program_;
  const SourceManager& sources_;
  std::vector<ModuleNames> names_;
  Names params_, secrets_, environments_, steps_;
};

}  // namespace hookc::query
