// The outline of a file, and the search for a name over many: `textDocument/documentSymbol`,
// `workspace/symbol`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// The protocol's kinds, with its numbers.
enum class SymbolKind : std::uint8_t {
  Namespace = 3,       // environment
  Class = 5,           // function: what a Job is made of
  Method = 6,          // acquire, release
  Property = 7,        // setting
  Interface = 11,      // policy
  Function = 12,       // test, for test explorers
  Constant = 14,       // param
  Array = 18,          // together
  Object = 19,         // pod, target
  Key = 20,            // secret, exclusive
  Struct = 23,         // hold
  Event = 24,          // hook
  Operator = 25,       // operation
  TypeParameter = 26,  // template
};

struct Symbol {
  std::string name;    // never empty; an unnamed hook is called by its sentence
  std::string detail;  // `pre backup · exec in pod app`
  SymbolKind kind{};
  Span name_span;  // within span
  Span span;       // without the comment above it
  std::vector<Symbol> children;
};

/// In file order. A statement that does not parse is there by the name it would declare, so that
/// an outline does not jump while somebody types. O(n).
std::vector<Symbol> document_symbols(const query::Snapshot& now, const std::string& path);

struct FoundSymbol {
  std::string path;
  std::string name;
  std::string container;  // the name of the symbol around it
  std::string detail;
  SymbolKind kind{};
  Span name_span;
  Span span;
};

/// The symbols of `paths` whose name holds the letters of `query` in this order, whatever their
/// case; best first: what begins with it, then what has its letters together or at the starts of
/// words; then by name, path and place. Acquires and releases are no names. At most `limit`; an
/// empty query takes all. O(symbols · name + found · log).
std::vector<FoundSymbol> workspace_symbols(const query::Snapshot& now,
                                           std::span<const std::string> paths,
                                           std::string_view query, std::size_t limit = 256);

/// How well `name` answers `query`: larger is better, negative: not at all. O(name).
int match_score(std::string_view query, std::string_view name);

}  // namespace hookc::lsp
