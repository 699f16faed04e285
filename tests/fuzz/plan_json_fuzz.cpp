// libFuzzer target: foreign bytes as a plan. What is taken must come back the same, and can be
// shown.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "compiler/plan/json.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/plan/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hookc::plan;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto plan = parse_plan(bytes);
  if (!plan) {
    if (plan.error().empty()) std::abort();
    return 0;
  }
  const std::string json = to_json(*plan);
  const auto back = parse_plan(json);
  if (!back || *back != *plan || to_json(*back) != json) std::abort();
  const auto values = choose_values(*plan, {});
  if (values) to_text(make_overview(*plan, *values, ""));
  to_text(*plan);
  return 0;
}
