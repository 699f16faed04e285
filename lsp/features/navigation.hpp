// From a name to what it means, and back. Everywhere `roots` are the files whose programs may know
// more than the one rooted at `path`: those of the workspace. A place without a name has no
// answers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lsp/features/names.hpp"

namespace hookc::lsp {

struct Targets {
  Span origin;  // what was asked about; empty where there are no targets
  std::vector<Target> targets;
};

/// Where the thing is declared; of an import's path and of a module's name: the file. A place in
/// the standard library is one in a file of that path ("std/postgres.hook"). O(log names).
Targets definition(const query::Snapshot& snapshot, const std::string& path, std::uint32_t offset,
                   std::span<const std::string> roots = {});

/// The same, but of a module's name: its import.
Targets declaration(const query::Snapshot& snapshot, const std::string& path, std::uint32_t offset,
                    std::span<const std::string> roots = {});

/// Of a capture: the hook that captures it, or the template. Of a parameter that takes a pod or a
/// function: those it is given. Of another value: its type, where that is written. Of a hook or
/// hold that uses a template: the template. O(steps + frames).
Targets type_definition(const query::Snapshot& snapshot, const std::string& path,
                        std::uint32_t offset, std::span<const std::string> roots = {});

/// Of a template: the hooks, holds and templates that use it. Of a hold: its release, which may
/// stand in a template. O(references · steps).
Targets implementation(const query::Snapshot& snapshot, const std::string& path,
                       std::uint32_t offset, std::span<const std::string> roots = {});

/// Sorted by file and place. O(programs · symbols).
std::vector<Location> references(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, bool with_declarations,
                                 std::span<const std::string> roots = {});

struct Highlight {
  Span span;
  bool write = false;  // declares it or gives it a value
};
/// The same name in the file itself, in order. O(occurrences).
std::vector<Highlight> highlights(const query::Snapshot& snapshot, const std::string& path,
                                  std::uint32_t offset, std::span<const std::string> roots = {});

}  // namespace hookc::lsp
