# cmake -DPAGES="/…/HK0001.md;…" -DOUTPUT=pages.cpp -P embed.cmake
# Writes one table in the order of the codes, made while compiling. A code without a page gets an empty view.
set(rows "")
foreach(page IN LISTS PAGES)
  get_filename_component(code ${page} NAME_WE)
  file(READ ${page} text)
  string(FIND "${text}" ")hookc_page\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${page} holds the delimiter of the literal it is embedded in")
  endif()
  string(APPEND rows "  if (id == \"${code}\") return R\"hookc_page(${text})hookc_page\";\n")
endforeach()

file(WRITE ${OUTPUT} "// Written by compiler/diagnostics/explain/embed.cmake from docs/codes/HK*.md.
#include \"compiler/diagnostics/explain/explain.hpp\"

namespace hookc {
namespace {

/// Evaluated by the compiler alone.
consteval std::string_view page(std::string_view id) {
${rows}  return {};
}

constexpr std::string_view pages[] = {
#define HOOKC_CODE(code, severity, name, title) page(#code),
#include \"compiler/diagnostics/codes.def\"
#undef HOOKC_CODE
};

}  // namespace

std::string_view explain_page(Code code) { return pages[static_cast<std::size_t>(code)]; }

}  // namespace hookc
")
