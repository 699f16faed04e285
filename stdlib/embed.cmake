# cmake -DMODULES="a;b" -DFOLDER=stdlib -DOUTPUT=modules.cpp -P embed.cmake
# Writes std/<name>.hook of every module into one table of string literals, sorted by name.
list(SORT MODULES)
set(rows "")
foreach(name IN LISTS MODULES)
  file(READ ${FOLDER}/std/${name}.hook text)
  string(FIND "${text}" ")hook_text\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "std/${name}.hook holds the delimiter of the literal it is embedded in")
  endif()
  string(APPEND rows "    {\"std.${name}\", \"std/${name}.hook\", R\"hook_text(${text})hook_text\"},\n")
endforeach()
list(LENGTH MODULES count)

file(WRITE ${OUTPUT} "// Written by stdlib/embed.cmake from stdlib/std/*.hook.
#include \"stdlib/stdlib.hpp\"

#include <algorithm>
#include <array>

namespace hookc {
namespace {

constexpr std::array<StandardModule, ${count}> kModules{{
${rows}}};

}  // namespace

std::span<const StandardModule> standard_modules() { return kModules; }

std::optional<StandardModule> find_standard_module(std::string_view dotted) {
  const auto found = std::ranges::lower_bound(kModules, dotted, {}, &StandardModule::name);
  if (found == kModules.end() || found->name != dotted) return std::nullopt;
  return *found;
}

}  // namespace hookc
")
