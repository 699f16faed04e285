// What could be written at a cursor: the items of a completion list, without the protocol.
//
// The grammar says which words and kinds of tokens fit (syntax::expected_at); the tables of sema
// say which of them make sense in this sentence; the syntax trees of the file and of what it
// imports say which names there are. No program is checked, so that an answer does not wait for
// the analysis of what was just typed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

enum class CompletionKind : std::uint8_t {
  Keyword,
  Snippet,
  Type,
  Param,
  Secret,
  Capture,
  Fact,
  Builtin,
  Pod,
  Function,
  Template,
  Argument,  // a parameter of a template, where it is given its value
  Hook,
  Module,
  File,
  Header,
  Label,
  Unit,
  Value,
};

/// Text that goes in at one place, beside the item itself.
struct Insertion {
  std::uint32_t at = 0;
  std::string text;
  friend bool operator==(const Insertion&, const Insertion&) = default;
};

struct CompletionItem {
  std::string label;
  CompletionKind kind{};
  std::string detail;           // one line
  std::string insert;           // takes the place of CompletionList::replace
  bool snippet = false;         // `insert` has the placeholders of LSP snippets
  std::vector<Insertion> also;  // an `import` that the item needs
  std::string sort;             // by which a client orders the items
  /// Where what it names is declared: empty for this file, `std.NAME`, or the path of a file. With
  /// kind and label it is what `documentation` needs.
  std::string source;
};

struct CompletionList {
  Span replace;  // the word around the cursor, the same for every item
  std::vector<CompletionItem> items;
  bool is_incomplete = false;  // there are more: ask again when more was typed
};

struct CompletionOptions {
  bool snippets = true;
  /// The names in a folder, those of folders with `/` at their end; not set: no paths are offered.
  std::function<std::vector<std::string>(const std::string& folder)> list_folder = {};
};

/// What fits at byte `offset` of the file at `path`; an empty list where nothing does, or where the
/// file cannot be had. Total for every text, however broken. O(statement + declarations of the file
/// and of what it imports), beyond what the snapshot computes for tree() and module().
CompletionList complete(const query::Snapshot& now, const std::string& path, std::uint32_t offset,
                        const CompletionOptions& options = {});

/// What there is to say about an item, as Markdown; empty for nothing. `path`: the file it was
/// offered in. O(declarations of the module it is from).
std::string documentation(const query::Snapshot& now, const std::string& path, CompletionKind kind,
                          const std::string& label, const std::string& source);

}  // namespace hookc::lsp
