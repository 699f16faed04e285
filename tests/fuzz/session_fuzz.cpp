// Any plan under any sequence of events: the session ends, and every property of
// session_properties.hpp holds.
#include <cstdio>
#include <cstdlib>

#include "tests/unit/session_properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const hookc::test::Played played = hookc::test::play({data, size});
  if (played.broken.empty()) return 0;
  for (const std::string& line : played.events) std::fprintf(stderr, "%s\n", line.c_str());
  std::fprintf(stderr, "broken: %s\n", played.broken.c_str());
  std::abort();
}
