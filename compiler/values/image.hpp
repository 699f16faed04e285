// References to container images.
#pragma once

#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// The parts of `[registry[:port]/]path[:tag][@digest]`; views into the text, empty where absent.
struct ImageReference {
  std::string_view registry;    // "ghcr.io", "localhost:5000"; empty: the engine's default
  std::string_view repository;  // "library/postgres"
  std::string_view tag;
  std::string_view digest;  // "sha256:…"

  /// Pulls whatever is newest: neither a digest nor a tag other than `latest`.
  bool floating() const { return digest.empty() && (tag.empty() || tag == "latest"); }
};

/// The grammar of the distribution project's reference package (which container engines use):
/// repository of lower-case components joined by one of `.` `_` `__` `-…`, tag
/// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`, digest `algorithm:hex` with at least 32 digits (exactly 64
/// for sha256), name at most 255.
Checked<ImageReference> parse_image(std::string_view text);

}  // namespace hookc::values
