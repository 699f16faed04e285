// What the names of a file refer to, as colours tell it. Private to the semantic tokens.
#pragma once

#include <optional>
#include <vector>

#include "compiler/sema/program.hpp"
#include "lsp/features/document.hpp"
#include "lsp/features/semantic_tokens.hpp"

namespace hookc::lsp {

/// The resolved names, by where they stand. O(expressions · log).
class SemanticRoles {
 public:
  SemanticRoles(const ast::Module& module, const sema::Program& program);
  /// The token for the name that begins at `begin`; nothing where sema resolved none there.
  std::optional<SemanticToken> find(std::uint32_t begin) const;

 private:
  void add(Span span, TokenType type, unsigned modifiers) {
    roles_.push_back({span, type, static_cast<std::uint8_t>(modifiers)});
  }
  void expression(const ast::Module& module, const sema::ModuleInfo& info, std::uint32_t index);
  void reference(Span span, const sema::Ref& ref, bool secret);

  std::vector<SemanticToken> roles_;  // by span
};

/// What a Name token is by its place in the sentence alone; `ordinal`: the how many-th Name of its
/// parent, from 0.
struct NamePlace {
  syntax::NodeKind parent{};
  syntax::NodeKind grandparent{};
  std::uint32_t ordinal = 0;
};
SemanticToken role_by_place(Span span, NamePlace place);

}  // namespace hookc::lsp
