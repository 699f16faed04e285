// Who is called what, and where it is said: the names of one program, for whoever goes from one to
// the other. Names of files that have errors are there as far as they are known.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/ids.hpp"
#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::query {

enum class SymbolKind : std::uint8_t {
  Param,
  Secret,
  Pod,
  Function,
  Template,
  TemplateParam,
  Capture,
  Hook,  // named ones; so are holds
  Hold,
  Environment,
  Module,  // what one import is called in its file
  Test,
  Policy,
};
/// "param", "template parameter", "import".
std::string_view to_string(SymbolKind kind);

struct SymbolTag;
using SymbolId = Id<SymbolTag>;

/// How a name is written: what may stand there, and what an edit replaces.
enum class Form : std::uint8_t {
  Bare,
  Quoted,  // the span is what stands between the quotes
};

struct Declaration {
  Location name;       // without quotes
  Location statement;  // all of it; of a template's parameter and of a capture: that alone
  Location doc;        // the comment above; empty where there is none
  sema::ModuleId module;
  /// Into the module's vector of that kind; Capture: its clauses; TemplateParam: the params of the
  /// owner.
  std::uint32_t index = UINT32_MAX;
};

/// A thing that has a name. Params, secrets and environments of one name are one thing, wherever
/// they are declared.
struct Symbol {
  SymbolKind kind{};
  std::string_view name;
  std::vector<Declaration> declarations;  // in the order the files are read; never empty
  SymbolId owner;                         // the template of a parameter, or of a capture in it
  sema::StepId step;      // of a hook or hold; of a capture outside templates: who captures
  bool standard = false;  // declared in the standard library
};

enum class Role : std::uint8_t {
  Declaration,
  Read,
  Write,  // gives it a value: an argument, a setting of an environment, `given param`
};

struct Occurrence {
  Location where;
  SymbolId symbol;
  Form form{};
  Role role{};
  bool is_declaration() const { return role == Role::Declaration; }
};

/// The names of one program. Immutable; keeps the program, and must not outlive the sources.
class SymbolIndex {
 public:
  /// O(program · log program).
  SymbolIndex(std::shared_ptr<const sema::Program> program, const SourceManager& sources);

  const sema::Program& program() const { return *program_; }
  /// In the order they are read: root file first, kind by kind.
  const std::vector<Symbol>& symbols() const { return symbols_; }
  const Symbol& operator[](SymbolId id) const { return symbols_[id.value]; }

  /// Sorted by file and place; no two overlap.
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }
  /// The name at `offset`, or the one that ends there; null where there is none. O(log names).
  const Occurrence* at(FileId file, std::uint32_t offset) const;
  /// Those that lie in `place`. O(log names).
  std::span<const Occurrence> within(Location place) const;
  /// Every occurrence of `symbol`, sorted. O(log names + occurrences).
  std::vector<Occurrence> of(SymbolId symbol) const;
  /// The symbol of that kind that is declared at `name`; invalid where there is none. O(log names).
  SymbolId declared_at(SymbolKind kind, Location name) const;
  /// The named or unnamed step whose statement holds `place`; invalid where none does. O(log
  /// steps).
  sema::StepId step_around(Location place) const;

 private:
  std::shared_ptr<const sema::Program> program_;
  std::vector<Symbol> symbols_;
  std::vector<Occurrence> occurrences_;
  std::vector<std::pair<Location, sema::StepId>> statements_;  // of the steps, sorted
  std::vector<std::uint32_t> by_symbol_;  // into occurrences_, by symbol, then by place
};

/// The lines of a comment without `#`, and without the blanks all of them begin with.
std::string comment_text(const SourceManager& sources, Location comment);

/// The span of what stands between the quotes of the string at `quoted`. Where there are none it is
/// `quoted`.
Span without_quotes(std::string_view text, Span quoted);

/// One thing as one of the programs that know it calls it.
struct KnownAs {
  std::shared_ptr<const SymbolIndex> index;
  SymbolId symbol;
};

/// `symbol` in `index`, and the same thing in the programs rooted at `roots`: the same kind, and
/// declared at a place where one of the others is. Roots that cannot be had are left out. Each
/// program is made once and kept, as everywhere. O(programs · symbols).
std::vector<KnownAs> known_as(const Snapshot& snapshot, std::span<const std::string> roots,
                              std::shared_ptr<const SymbolIndex> index, SymbolId symbol);

/// All occurrences in all those programs, each place once, sorted; `symbol` is that of the first
/// program that has it there.
std::vector<Occurrence> references(std::span<const KnownAs> known);

}  // namespace hookc::query
