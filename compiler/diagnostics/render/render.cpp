#include "compiler/diagnostics/render/render.hpp"

namespace hookc::render {

std::string_view to_string(Format format) {
  return format_names[static_cast<std::size_t>(format)];
}

std::optional<Format> find_format(std::string_view name) {
  for (std::size_t i = 0; i < std::size(format_names); ++i) {
    if (format_names[i] == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

void write(Format format, const Report& report, const Options& options, std::string& out) {
  switch (format) {
    case Format::Text: return text(report, options, out);
    case Format::Short: return short_text(report, options, out);
    case Format::Json: return json(report, options, out);
    case Format::Sarif: return sarif(report, options, out);
    case Format::Github: return github(report, options, out);
    case Format::Gitlab: return gitlab(report, options, out);
    case Format::Junit: return junit(report, options, out);
    case Format::Checkstyle: return checkstyle(report, options, out);
    case Format::Rdjsonl: return rdjsonl(report, options, out);
  }
}

}  // namespace hookc::render
