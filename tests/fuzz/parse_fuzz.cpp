// Any bytes: the tree stays whole and says so of itself, and the AST builder copes with whatever it
// is.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#define HOOKC_SOURCE_DIR ""
#include "tests/unit/syntax_testing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hookc::testing::Parsed parsed(std::string(reinterpret_cast<const char*>(data), size));
  const std::string defect = hookc::testing::tree_defect(parsed.text(), parsed.tree);
  if (!defect.empty() || parsed.tree.has_errors != parsed.diagnostics.has_errors()) {
    std::fprintf(stderr, "%s\n",
                 defect.empty() ? "has_errors and the findings differ" : defect.c_str());
    std::abort();
  }
  (void)parsed.build();
  return 0;
}
