// A text of another language inside a string: its characters in one row, and where each stands in
// the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ast/ast.hpp"

namespace hookc::lsp {

/// What a splice is in EmbeddedText::text: one byte that no other language gives a meaning.
inline constexpr char kHole = '\x01';

class EmbeddedText {
 public:
  /// `module` must outlive it. O(text).
  EmbeddedText(const ast::Module& module, ast::TextId id);

  /// Escapes decoded, the indentation of a block taken out, every splice one kHole.
  const std::string& text() const { return text_; }
  /// Where [range.begin, range.end) of text() stands in the file as it is, in file order: without
  /// splices and escapes, which are none of the other language's.
  std::vector<Span> source_of(Span range) const;
  /// The byte of text() that stands at `offset` of the file; text().size() where none does.
  std::uint32_t find(std::uint32_t offset) const;

 private:
  struct Run {
    std::uint32_t begin;  // in text_
    std::uint32_t size;
    std::uint32_t source;
    bool verbatim;  // byte for byte as in the file
  };
  std::string text_;
  std::vector<Run> runs_;
};

}  // namespace hookc::lsp
