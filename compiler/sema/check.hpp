// From files to a Program.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "compiler/ast/ast.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::sema {

/// Where imported modules come from. Whoever implements it reads, parses and caches; the syntax
/// findings of a file are its business.
struct Loader {
  virtual ~Loader() = default;
  /// The parsed file at `path`: normalised, and relative to whatever the root file's own path is
  /// relative to. The error is one line that says why it cannot be had ("no such file").
  virtual std::expected<std::shared_ptr<const ast::Module>, std::string> load(
      const std::string& path) = 0;
  /// The module called `std.NAME`; null where there is none.
  virtual std::shared_ptr<const ast::Module> load_standard(std::string_view dotted) = 0;
};

/// Loads what `root` imports (each file once, depth first), resolves and types everything, and
/// checks the rules of phases, policies, executors, values, escaping and secrets. A finding in an
/// imported file stands at that file. O(program).
Program check(std::shared_ptr<const ast::Module> root, const SourceManager& sources, Loader& loader,
              Diagnostics& diagnostics);

}  // namespace hookc::sema
