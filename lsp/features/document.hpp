// What the features read of one file, and the small questions they all ask of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/query/workspace.hpp"
#include "grammar/tree.hpp"

namespace hookc::lsp {

/// One file of a snapshot. The text lives as long as the snapshot.
struct Document {
  FileId file;
  std::string_view text;
  std::shared_ptr<const syntax::SyntaxTree> tree;
  std::shared_ptr<const ast::Module> module;

  std::string_view slice(Span span) const { return text.substr(span.begin, span.size()); }
  const syntax::Node& node(std::uint32_t index) const { return tree->nodes[index]; }
  std::uint32_t after(std::uint32_t index) const { return index + tree->nodes[index].size; }
  Location at(Span span) const { return {file, span}; }
};

/// Nothing where the file cannot be had.
std::optional<Document> open_document(const query::Snapshot& now, const std::string& path);

/// Replaces `span` by `text`; an empty span inserts.
struct TextEdit {
  Span span;
  std::string text;
  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};
/// `text` with `edits` applied, which are sorted and do not overlap. O(text).
std::string with_edits(std::string_view text, const std::vector<TextEdit>& edits);

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
/// The first byte of the line that holds `at`, and the end of its last one, before LF or CR LF.
/// O(line).
std::uint32_t line_begin(std::string_view text, std::uint32_t at);
std::uint32_t line_end(std::string_view text, std::uint32_t at);
/// The blanks a line begins with.
std::string_view indent_of(std::string_view text, std::uint32_t at);
/// Whether nothing but blanks stands between the start of the line and `at`.
bool first_on_line(std::string_view text, std::uint32_t at);
/// Whether [span.begin, span.end) holds a line end.
bool several_lines(std::string_view text, Span span);
/// Bounds are inside: a cursor directly after a word touches it.
constexpr bool touches(Span a, Span b) {
  return a.begin <= b.end && b.begin <= a.end;
}

/// The nodes around `at` from the file down to a token, as indices into the tree: of two that meet
/// at `at`, the one that begins there, but for a name or keyword that ends there. Without the
/// token where `at` stands in a comment or between blanks. O(depth · children).
std::vector<std::uint32_t> path_to(const Document& document, std::uint32_t at);

/// The comment that holds `at` (its end included), or nothing. O(log comments).
std::optional<Span> comment_at(const Document& document, std::uint32_t at);

/// A blank-separated text cut to at most `limit` bytes and to its first line, on a UTF-8 boundary,
/// with `…` where something is left out.
std::string shortened(std::string_view text, std::size_t limit);

/// `written` in the file `importer`, as the workspace knows it.
std::string imported_path(const std::string& importer, std::string_view written);

}  // namespace hookc::lsp
