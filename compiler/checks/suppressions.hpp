// Comments that silence findings:
//
//   # hookc: ignore HK7005, HK7004 -- the volume is small     on the line above a finding, or at
//   the end of its line # hookc: ignore-file HK7005 -- holds end with their command anywhere: the
//   whole file
//
// Only what is milder than an error can be silenced, and only code by code.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"
#include "grammar/tree.hpp"

namespace hookc::checks {

/// One such comment. Views into the SourceManager's text.
struct Suppression {
  struct Named {
    Span span;
    std::optional<Code> code;  // nothing: there is no such code
  };
  FileId file;
  Span word;               // `ignore`, or what was written in its place
  bool understood = true;  // false: the word is near `ignore` or `ignore-file` and is neither
  Span removal;  // the comment with the blanks before it, or with its line where it stands alone
  Span reach;    // the findings it silences begin here (`end` included)
  bool whole_file = false;
  std::vector<Named> codes;
};

/// In file order. O(comments), and no allocation for a file without such a comment.
std::vector<Suppression> find_suppressions(const SourceManager& sources, FileId file,
                                           std::span<const syntax::Comment> comments);

struct Judged {
  std::vector<Diagnostic> findings;  // sorted
  std::size_t suppressed = 0;
};
/// Takes out what is silenced, adds HK9001 for what silences nothing, and tells with every other
/// lint how it is silenced. `findings` are those of all programs the files are part of; `complete`
/// are the files whose own program was judged in whole: in another, a finding may be absent because
/// its check did not run. O(n log n).
Judged apply_suppressions(const SourceManager& sources, std::vector<Diagnostic> findings,
                          std::span<const Suppression> suppressions,
                          std::span<const FileId> complete);

}  // namespace hookc::checks
