// Syntax tree to typed declarations.
#pragma once

#include "compiler/ast/ast.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"
#include "grammar/tree.hpp"

namespace hookc::ast {

/// Reads the declarations off `tree`. Gives diagnostics only for what concerns single tokens
/// (escapes, numbers that do not fit 64 bits, an unknown edition); error nodes become Broken
/// statements without a word. O(tree).
Module build(const SourceManager& sources, const syntax::SyntaxTree& tree,
             Diagnostics& diagnostics);

}  // namespace hookc::ast
