// Another name for a thing, and another place for a file. `roots` are the files whose programs may
// use it: those of the workspace.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/names.hpp"

namespace hookc::lsp {

struct Renamable {
  Span span;                // without quotes
  std::string placeholder;  // the name now
};
/// The error is a line that says why nothing can be renamed here: a word or fact of the language, a
/// thing of the standard library, or no name at all. O(text) where there is no name.
std::expected<Renamable, std::string> prepare_rename(const query::Snapshot& snapshot,
                                                     const std::string& path, std::uint32_t offset,
                                                     std::span<const std::string> roots = {});

/// The edits of all files, sorted and apart. They leave every program what it is but for the name:
/// one that something else has already, or that would mean something else at one of the places, is
/// refused with a line that says what and where. O(programs · names).
std::expected<std::vector<Edit>, std::string> rename(const query::Snapshot& snapshot,
                                                     const std::string& path, std::uint32_t offset,
                                                     std::string_view new_name,
                                                     std::span<const std::string> roots = {});

/// A file or folder that will be somewhere else.
struct FileMove {
  std::string from, to;
};
/// Imports that have to change for it, in files that move and in those that import them; a module
/// that is used by its file's name keeps that name. The locations are those before the move. Sorted
/// and apart. O(imports of all programs · moves).
std::vector<Edit> edits_for_moves(const query::Snapshot& snapshot,
                                  std::span<const std::string> roots,
                                  std::span<const FileMove> moves);

/// What to write for `name` between quotes as they stand around `quoted` in `text`; where such
/// quotes cannot hold it, the edit covers them, too.
Edit quoted_edit(std::string_view text, Location quoted, std::string_view name);

}  // namespace hookc::lsp
