// What the terminal, if there is one, wants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hookc::cli {

/// `when` is auto, always or never. auto: standard output is a terminal, TERM is not dumb, NO_COLOR
/// is not set (no-color.org: any text but none).
bool use_color(std::string_view when);
/// The same for standard error, always with auto.
bool use_color_on_stderr();
bool stdout_is_terminal();
/// Whether standard output goes somewhere of its own, a file or a pipe: neither a terminal nor
/// where standard error goes, which is a log.
bool stdout_is_data();
/// Whether lines on standard error can be written over: a terminal that is not dumb.
bool stderr_is_live();
/// Whether the locale of the environment (LC_ALL, LC_CTYPE, LANG) is one of UTF-8.
bool takes_utf8();
/// `text` as the terminal may have it: control characters are shown, not obeyed. `shown` is for one
/// line; in `safe` line ends stay.
std::string shown(std::string_view text);
std::string safe(std::string_view text);
/// Cells of a line of standard output; 140 where it is no terminal.
std::uint32_t terminal_width();

}  // namespace hookc::cli
