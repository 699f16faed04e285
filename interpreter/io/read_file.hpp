// Whole files.
#pragma once

#include <expected>
#include <string>

namespace hookc::io {

/// All bytes of a file, of at most 256 MiB; also of a pipe (`<(…)` of a shell) or a device, which
/// is waited for no longer than five seconds at a time. The error is one line that begins with the
/// path.
std::expected<std::string, std::string> read_file(const std::string& path);

}  // namespace hookc::io
