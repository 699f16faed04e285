// What an `import` means, without loading it.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ast/ast.hpp"

namespace hookc::sema {

/// The name under which what is imported is used: the alias, else the last part of
/// "./shared/notify.hook" or std.postgres; empty where that is no name (rule 2).
std::string_view name_of(const ast::Import& import);

/// The last part alone, whatever the alias.
std::string_view last_part(const ast::Import& import);

/// `path` as written in the file `importer`, relative to what `importer` is relative to.
std::string imported_path(std::string_view importer, std::string_view path);

}  // namespace hookc::sema
