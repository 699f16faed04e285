// What can be done about the place under the cursor: `textDocument/codeAction`.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// The protocol's kinds that there are.
inline constexpr std::string_view kQuickFix = "quickfix";
inline constexpr std::string_view kExtract = "refactor.extract";
inline constexpr std::string_view kInline = "refactor.inline";
inline constexpr std::string_view kRewrite = "refactor.rewrite";
inline constexpr std::string_view kOrganizeImports = "source.organizeImports";
inline constexpr std::string_view kFixAll = "source.fixAll";

struct CodeAction {
  std::string title;  // imperative, lower case
  std::string_view kind;
  std::vector<Edit> edits;          // not overlapping; of any file
  std::vector<std::size_t> solves;  // indices into now.diagnostics(path)
  bool preferred = false;           // the one to take without looking
};

/// Everything that can be done about `range`, best first: what mends a finding, what silences it,
/// what rewrites a sentence, and what concerns the whole file. `only`: kinds as the protocol has
/// them (`refactor` asks for all its kinds); empty asks for all. O(file); with `source.fixAll`
/// where something can be mended as often as there are rounds of mending.
std::vector<CodeAction> code_actions(const query::Snapshot& now, const std::string& path,
                                     Span range, std::span<const std::string> only = {});

}  // namespace hookc::lsp
