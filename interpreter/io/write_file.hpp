// Whole files that others read at any time.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace hookc::io {

/// Puts `text` in the place of the file: whoever reads it sees the old bytes or the new ones, also
/// after a power cut. A link stays a link; the mode of a file that is there stays, a new one has
/// that of the umask. What is no regular file (a pipe, a terminal) is written to instead. The error
/// is a line that names the file.
std::expected<void, std::string> write_file(const std::string& path, std::string_view text);

/// Whether write_file would succeed, as far as one can know without the bytes. Leaves nothing
/// behind.
std::expected<void, std::string> can_write_file(const std::string& path);

}  // namespace hookc::io
