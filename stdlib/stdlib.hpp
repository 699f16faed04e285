// The standard modules (`import std.postgres`), embedded in the program as text.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace hookc {

/// One module of the standard library. All three views have static storage duration.
struct StandardModule {
  std::string_view name;  // "std.postgres", as `import` names it
  std::string_view path;  // "std/postgres.hook", as diagnostics name it
  std::string_view text;  // the file, UTF-8, LF line ends
};

/// Every standard module, sorted by name.
std::span<const StandardModule> standard_modules();

/// The module `import DOTTED` means; nothing for a name that is not one. O(log modules), no
/// allocation.
std::optional<StandardModule> find_standard_module(std::string_view dotted);

}  // namespace hookc
