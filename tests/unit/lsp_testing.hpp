// What the tests of the language server's features share.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/query/workspace.hpp"
#include "lsp/features/document.hpp"

namespace hookc::lsp::testing {

/// Files in memory, `a.hook` among them, as an editor's workspace holds them.
struct Files {
  query::MemoryFiles others;
  query::Workspace workspace;

  explicit Files(std::string text, std::map<std::string, std::string> rest = {})
      : others(std::move(rest)), workspace(others, {.keep_trees = true}) {
    workspace.set("a.hook", std::move(text));
  }
  query::Snapshot now() const { return workspace.snapshot(); }
  std::string_view text() const {
    const query::Snapshot snapshot = now();
    return snapshot.sources().text(*snapshot.file("a.hook"));
  }
  std::string_view text(Span span) const { return text().substr(span.begin, span.size()); }
  /// `text` with `edits`, which may stand in any order.
  std::string with(std::vector<Edit> edits) const {
    std::vector<TextEdit> sorted;
    for (Edit& edit : edits) sorted.push_back({edit.where.span, std::move(edit.replacement)});
    std::ranges::stable_sort(sorted, {}, &TextEdit::span);
    return with_edits(text(), sorted);
  }
  /// `HK2103 …` a line: what is an error in `text`.
  static std::string errors_in(std::string text, std::map<std::string, std::string> rest = {}) {
    const Files files(std::move(text), std::move(rest));
    const query::Snapshot snapshot = files.now();
    std::string out;
    for (const Diagnostic& d : snapshot.diagnostics("a.hook")) {
      if (d.severity == Severity::Error)
        out += std::string(info(d.code).id) + " " + d.message + "\n";
    }
    return out;
  }
};

/// A text with one `‸` in it, which marks the cursor.
struct Marked {
  std::string text;
  std::uint32_t offset = 0;
  explicit Marked(std::string_view marked) : text(marked) {
    constexpr std::string_view kMark = "‸";
    const std::size_t at = text.find(kMark);
    if (at == std::string::npos) return;
    offset = static_cast<std::uint32_t>(at);
    text.erase(at, kMark.size());
  }
};

}  // namespace hookc::lsp::testing
