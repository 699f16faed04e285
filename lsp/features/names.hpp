// The name under the cursor, and places that a client can be sent to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/base/span.hpp"
#include "compiler/query/symbols.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

/// A name as one program understands it.
struct NameAt {
  std::shared_ptr<const query::SymbolIndex> index;
  query::Occurrence occurrence;
  const query::Symbol& symbol() const { return (*index)[occurrence.symbol]; }
};

/// The name at `offset` of the file at `path`, or the one that ends there. The program rooted at
/// `path` is asked first; a file that others import may use names only they know, so then the
/// programs rooted at `roots`. O(log names) a program that is known.
std::optional<NameAt> name_at(const query::Snapshot& snapshot, const std::string& path,
                              std::uint32_t offset, std::span<const std::string> roots = {});

/// Something to show, and the part of it to put the cursor on.
struct Target {
  Location whole, name;
  friend auto operator<=>(const Target&, const Target&) = default;
};

/// The statement and the name of one declaration.
Target target_of(const query::Declaration& declaration);
/// The statement of a hook or hold, and its name; its first words where it has none.
Target target_of(const sema::Program& program, sema::StepId step);

/// The template whose statement holds `place`; null where none does. O(symbols).
const query::Symbol* template_around(const query::SymbolIndex& index, Location place);

/// The import whose path or module name holds `offset`; null where there is none. O(imports).
const ast::Import* import_at(const ast::Module& module, std::uint32_t offset);

/// `post backup on failure`, `hold restore`.
std::string phase_of(const sema::Program& program, const sema::Step& step);

/// "orders.hook:12".
std::string line_of(const SourceManager& sources, Location place);

}  // namespace hookc::lsp
