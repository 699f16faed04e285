#include "cli/param_values.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "cli/terminal.hpp"

namespace hookc::cli {

std::optional<std::string> process_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

std::expected<plan::ValueSources, std::string> value_sources(const Arguments& given) {
  plan::ValueSources sources;
  sources.variable = process_variable;
  for (const std::string_view param : given.values("--param")) {
    const std::size_t equals = param.find('=');
    if (equals == param.npos || equals == 0)
      return std::unexpected(fmt::format("`-p` needs NAME=VALUE, not `{}`", shown(param)));
    sources.given.emplace_back(param.substr(0, equals), param.substr(equals + 1));
  }
  return sources;
}

std::string in_one_line(const std::vector<std::string>& problems) {
  std::string out;
  for (const std::string& problem : problems) {
    if (!out.empty()) out += "; ";
    out += shown(problem);
  }
  return out;
}

}  // namespace hookc::cli
