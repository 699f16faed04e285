// libFuzzer target: foreign bytes as what a journal keeps. What is taken must come back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "interpreter/core/past_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hookc::engine;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto same = [bytes](auto parse) {
    const auto read = parse(bytes);
    if (!read) {
      if (read.error().empty() || read.error().contains('\n')) std::abort();
      return;
    }
    const std::string json = to_json(*read);
    const auto again = parse(json);
    if (!again || to_json(*again) != json) std::abort();
  };
  same(parse_session_past);
  same(parse_step_past);
  same(parse_inputs);
  return 0;
}
