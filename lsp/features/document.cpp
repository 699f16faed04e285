#include "lsp/features/document.hpp"

#include <algorithm>

#include "compiler/sema/imports.hpp"

namespace hookc::lsp {

using syntax::Node;
using syntax::NodeKind;

std::optional<Document> open_document(const query::Snapshot& now, const std::string& path) {
  const auto file = now.file(path);
  if (!file) return std::nullopt;
  Document made{*file, now.sources().text(*file), now.tree(path), now.module(path)};
  if (!made.tree || !made.module) return std::nullopt;
  return made;
}

std::string with_edits(std::string_view text, const std::vector<TextEdit>& edits) {
  std::string out;
  out.reserve(text.size());
  std::uint32_t done = 0;
  for (const TextEdit& edit : edits) {
    out += text.substr(done, edit.span.begin - done);
    out += edit.text;
    done = edit.span.end;
  }
  out += text.substr(done);
  return out;
}

std::uint32_t line_begin(std::string_view text, std::uint32_t at) {
  at = std::min(at, static_cast<std::uint32_t>(text.size()));
  while (at > 0 && text[at - 1] != '\n') --at;
  return at;
}

std::uint32_t line_end(std::string_view text, std::uint32_t at) {
  at = std::min(at, static_cast<std::uint32_t>(text.size()));
  const std::size_t found = text.find('\n', at);
  auto end = static_cast<std::uint32_t>(std::min(found, text.size()));
  if (end > at && end < text.size() && text[end - 1] == '\r') --end;
  return end;
}

std::string_view indent_of(std::string_view text, std::uint32_t at) {
  const std::uint32_t begin = line_begin(text, at);
  std::uint32_t end = begin;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
  return text.substr(begin, end - begin);
}

bool first_on_line(std::string_view text, std::uint32_t at) {
  while (at > 0 && is_blank(text[at - 1])) --at;
  return at == 0 || text[at - 1] == '\n';
}

bool several_lines(std::string_view text, Span span) {
  return text.substr(span.begin, span.size()).find('\n') != std::string_view::npos;
}

std::vector<std::uint32_t> path_to(const Document& document, std::uint32_t at) {
  std::vector<std::uint32_t> path = {0};
  const auto takes = [&](const Node& node) { return node.begin <= at && at <= node.end; };
  for (std::uint32_t parent = 0; !syntax::is_token(document.node(parent).kind);) {
    std::optional<std::uint32_t> best;
    for (std::uint32_t c = parent + 1; c < document.after(parent); c = document.after(c)) {
      const Node& child = document.node(c);
      if (child.begin > at) break;
      if (!takes(child)) continue;
      // `child` begins where `best` ends: a word under the cursor is meant, whichever side it is.
      const bool word_before = best && at == document.node(*best).end &&
                               (document.node(*best).kind == NodeKind::Name ||
                                document.node(*best).kind == NodeKind::Keyword) &&
                               child.kind != NodeKind::Name && child.kind != NodeKind::Keyword;
      if (!word_before) best = c;
    }
    if (!best) break;
    path.push_back(*best);
    parent = *best;
  }
  return path;
}

std::optional<Span> comment_at(const Document& document, std::uint32_t at) {
  const auto& comments = document.tree->comments;
  const auto after = std::ranges::upper_bound(
      comments, at, {}, [](const syntax::Comment& comment) { return comment.span.begin; });
  if (after == comments.begin()) return std::nullopt;
  const Span span = std::prev(after)->span;
  return at <= span.end ? std::optional(span) : std::nullopt;
}

std::string shortened(std::string_view text, std::size_t limit) {
  std::string made;
  bool blank = false;
  bool cut = false;
  for (const char c : text) {
    if (c == '\n') {
      cut = !made.empty();
      if (cut) break;
      continue;
    }
    if (is_blank(c)) {
      blank = !made.empty();
      continue;
    }
    if (blank) made += ' ';
    blank = false;
    made += c;
  }
  if (made.size() > limit) {
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(made[end]) & 0xC0U) == 0x80U) --end;
    made.resize(end);
    cut = true;
  }
  if (cut) made += "…";
  return made;
}

std::string imported_path(const std::string& importer, std::string_view written) {
  return sema::imported_path(importer, written);
}

}  // namespace hookc::lsp
