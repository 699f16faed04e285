// The intermediate forms of a file as text, for people and for programs: what `hookc ir` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/ast/ast.hpp"
#include "compiler/source/source_manager.hpp"
#include "grammar/tree.hpp"

namespace hookc::sema {
struct Program;
}

namespace hookc::ir {

/// The version of every form printed here; a form that loses or changes a field gets the next.
/// docs/reference/ir.schema.json describes it.
inline constexpr int kVersion = 1;

enum class Format : std::uint8_t {
  Text,  // an outline with lines and columns from 1
  Json,  // `{"hookc_ir": 1, "stage": …}` with byte offsets
};

/// The tokens in file order and the comments; what is inside a text in quotes token by token, too.
std::string dump_tokens(const SourceManager& sources, const syntax::SyntaxTree& tree,
                        Format format);
/// The syntax tree, lossless: nodes, tokens, comments.
std::string dump_tree(const SourceManager& sources, const syntax::SyntaxTree& tree, Format format);
/// The declarations of one file.
std::string dump_ast(const SourceManager& sources, const ast::Module& module, Format format);
/// What a whole program means: names resolved, expressions typed, templates opened.
std::string dump_program(const SourceManager& sources, const sema::Program& program, Format format);

// All of them are O(size of the form) and byte-stable. Bytes that are not UTF-8 are printed as
// U+FFFD.

}  // namespace hookc::ir
