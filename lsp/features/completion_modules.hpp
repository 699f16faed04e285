// The files whose names a file can use. Private to completion and signature help.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/query/workspace.hpp"
#include "compiler/sema/clause_rules.hpp"

namespace hookc::lsp::completion {

/// A module, and how `source` of an item names it.
struct ModuleRef {
  std::shared_ptr<const ast::Module> module;  // null: cannot be had
  std::string source;                         // empty: the file itself
};

/// The module of an item's `source`, seen from the file at `path`.
ModuleRef module_of(const query::Snapshot& now, const std::string& path, const std::string& source);
/// What an import of that file imports.
ModuleRef imported(const query::Snapshot& now, const std::string& path, const ast::Import& import);
/// What the name before the dot of `name.template` means there: an import, else the standard module
/// of that name, which may still have to be imported.
struct Qualifier {
  ModuleRef ref;
  bool is_imported = true;
};
Qualifier qualifier(const query::Snapshot& now, const std::string& path, const ast::Module& module,
                    std::string_view name);

/// The file, and the files that it imports, directly or not, each once; no standard modules, which
/// hold no hooks. O(imports).
std::vector<ModuleRef> reachable(const query::Snapshot& now, const std::string& path);

/// The template called `name`, or null. O(templates).
const ast::Template* find_template(const ast::Module& module, std::string_view name);
/// The action that a template acts with in the end, templates it uses opened; Error where that
/// cannot be known.
sema::ActionKind acts(const query::Snapshot& now, const std::string& path,
                      const ast::Module& module, const ast::Action& action);

/// The lines of a doc comment, without `#`.
std::string doc_text(std::string_view text, const ast::DocComment& doc);
/// "db: pod", "limit: duration = 5m".
std::string signature_of(std::string_view text, const ast::Module& module,
                         const ast::TemplateParam& param);

/// Where an `import` of another module belongs: after the last one, else after the edition, else
/// after the comment that the file begins with. O(imports + that comment).
std::uint32_t import_place(std::string_view text, const ast::Module& module);
/// The text that imports `std.NAME` there.
std::string import_line(std::string_view text, const ast::Module& module, std::string_view dotted);

}  // namespace hookc::lsp::completion
