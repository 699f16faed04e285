// Whole files.
#pragma once

#include <optional>
#include <string>

namespace hookc::io {

/// All bytes of a file; nothing where it cannot be opened or is a directory.
std::optional<std::string> read_file(const std::string& path);

}  // namespace hookc::io
