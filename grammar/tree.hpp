// The flat lossless syntax tree of one file.
//
// Nodes stand in pre-order in one vector; each knows how many nodes its subtree has, so the next
// sibling is `index + size`. Leaves are tokens. Whatever lies between two tokens is blank or
// comment: text and tree together give the file back byte for byte.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"
#include "grammar/keywords.hpp"

namespace hookc::syntax {

enum class NodeKind : std::uint8_t {
#define HOOKC_NODE(name, text) name,
#include "grammar/nodes.def"
#undef HOOKC_NODE
};
/// Stable name, as `hookc ir --stage tree` prints it.
std::string_view to_string(NodeKind kind);
bool is_token(NodeKind kind);

struct Node {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size = 1;  // nodes in this subtree, itself included
  NodeKind kind{};
  Span span() const { return {begin, end}; }
};
static_assert(sizeof(Node) == 16);

struct Comment {
  Span span;  // from `#` to before the line end
};

/// A misspelt keyword that was reported and is read as `word`; in the tree it is a Keyword.
struct WordCorrection {
  std::uint32_t at;
  Word word;
};

struct SyntaxTree {
  FileId file;
  std::vector<Node> nodes;                  // nodes[0] is the File
  std::vector<Comment> comments;            // in file order
  std::vector<WordCorrection> corrections;  // by offset
  bool has_errors =
      false;  // a mistake was reported: an Error node, a BadEscape, a misspelt or missing token
};

/// The word a Keyword token means: what is written, or what was meant.
Word word_of(const SyntaxTree& tree, std::string_view text, const Node& keyword);

/// Parses one file, whatever its bytes. Every mistake gives one diagnostic. A misspelt keyword is
/// read as what was meant; an unclosed string ends with its line; a mistake in a clause leaves an
/// Error node among the clauses, one elsewhere in a statement an Error node in its place, and
/// parsing goes on at the next clause or statement. O(text). Nesting deeper than 200 is a
/// diagnostic, not a deeper stack.
SyntaxTree parse(const SourceManager& sources, FileId file, Diagnostics& diagnostics);

/// The words that start a statement, and the words of the expression grammar: none can name a
/// value.
const std::vector<std::string_view>& statement_words();
const std::vector<std::string_view>& expression_words();

}  // namespace hookc::syntax
