// Where a file holds text of another language, and that text's tokens.
#pragma once

#include <vector>

#include "compiler/ast/ast.hpp"
#include "lsp/features/semantic_tokens.hpp"

namespace hookc::lsp {

enum class EmbeddedLanguage : std::uint8_t { Shell, Json };
struct EmbeddedPlace {
  ast::TextId text;
  EmbeddedLanguage language{};
  friend bool operator==(const EmbeddedPlace&, const EmbeddedPlace&) = default;
};

/// The commands given as shell text; the bodies, inputs and answers that are JSON: by their
/// Content-Type, or by how they begin. In file order. O(module).
std::vector<EmbeddedPlace> embedded_places(const ast::Module& module);

/// The tokens of the literal characters of one of them, none over a splice or an escape.
std::vector<SemanticToken> embedded_tokens(const ast::Module& module, const EmbeddedPlace& place);

}  // namespace hookc::lsp
