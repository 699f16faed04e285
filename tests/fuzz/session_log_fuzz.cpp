// libFuzzer target: foreign bytes as the JSON lines of a session. What is taken can be told as
// every report, and what a metrics file says is read back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/report/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hookc::report;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    lines.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
  const auto log = read_log(lines);
  if (!log) {
    if (log.error().empty() || log.error().find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (to_html(*log).empty() || to_junit(*log).empty()) std::abort();
  const std::string metrics = to_prometheus(*log, 0);
  if (!last_success(metrics, log->program, log->operation)) std::abort();
  return 0;
}
