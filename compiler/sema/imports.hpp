// What an import means by what it writes.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ast/ast.hpp"

namespace hookc::sema {

/// `path` as written in the file `importer`, relative to what `importer` is relative to.
std::string imported_path(std::string_view importer, std::string_view path);

/// The last part of "./shared/notify.hook" or std.postgres: what the import is called without an
/// `as`. Empty where that is no name.
std::string_view last_part(const ast::Import& import);

}  // namespace hookc::sema
