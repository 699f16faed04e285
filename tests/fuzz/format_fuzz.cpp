// Whatever parses is formatted to a text that parses to the same tree and formats to itself.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "compiler/format/format.hpp"
#include "tests/unit/format_testing.hpp"

namespace {

std::optional<std::string> formatted(const std::string& text) {
  hookc::SourceManager sources;
  hookc::Diagnostics diagnostics;
  const auto tree = hookc::syntax::parse(sources, sources.add("fuzz.hook", text), diagnostics);
  return hookc::format(sources, tree);
}

void require(bool holds, const char* what, const std::string& before, const std::string& after) {
  if (holds) return;
  std::fprintf(stderr, "%s\n---- before\n%s\n---- after\n%s\n----\n", what, before.c_str(),
               after.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string before(reinterpret_cast<const char*>(data), size);
  const auto after = formatted(before);
  const auto had = hookc::format_testing::outline(before);
  require(after.has_value() == had.has_value(), "formatted if and only if it parses", before,
          after.value_or(""));
  if (!after) return 0;
  const auto has = hookc::format_testing::outline(*after);
  require(has.has_value(), "the result parses", before, *after);
  require(had->nodes == has->nodes, "the tree is the same", before, *after);
  require(had->comments == has->comments, "the comments are the same", before, *after);
  require(formatted(*after) == *after, "the result formats to itself", before, *after);
  return 0;
}
