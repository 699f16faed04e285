// The one layout, as edits: `textDocument/formatting`, `rangeFormatting`, `onTypeFormatting`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"
#include "lsp/features/document.hpp"

namespace hookc::lsp {

/// The edits that make the file what `hookc fmt` makes of it, but for its own line ends (CR LF
/// where its first line ends so) and its BOM; each as small as can be, sorted. None where the
/// syntax has errors. O(text).
std::vector<TextEdit> format_document(const query::Snapshot& now, const std::string& path);

/// Those of them within the statements that touch `range`, the comment above each included.
std::vector<TextEdit> format_range(const query::Snapshot& now, const std::string& path, Span range);

/// What follows from a line end or `}` just typed before `offset`: the indentation of the line that
/// `offset` is on, and of no other; at most one edit. Also for files with errors. O(text).
std::vector<TextEdit> format_on_type(const query::Snapshot& now, const std::string& path,
                                     std::uint32_t offset, char typed);

/// The smallest edits that make `after` of `before`, of which one is the other laid out anew: but
/// for blanks and the commas before closing brackets the same. Line ends of `after` are LF; those
/// of the edits are `line_end`. O(text). For the tests.
std::vector<TextEdit> layout_edits(std::string_view before, std::string_view after,
                                   std::string_view line_end);

}  // namespace hookc::lsp
