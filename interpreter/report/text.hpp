// Texts as reports have them. Private to the layer.
#pragma once

#include <string>
#include <string_view>

#include "interpreter/report/log.hpp"

namespace hookc::report {

/// What a program printed, as text: without the sequences that drive a terminal and without
/// carriage returns; what would be invisible or reorder the text is shown as U+FFFD or as the
/// picture of the control character. Line ends and tabs stay.
std::string plain(std::string_view printed);
/// The end of `plain(printed)`, at most `limit` bytes after a first line that says how much is left
/// out.
std::string plain_tail(std::string_view printed, std::size_t limit);

/// Element content or attribute value of XML and HTML.
std::string escaped(std::string_view text);
/// Element content whose line ends stay line ends.
void append_lines(std::string& out, std::string_view text);

/// "12.345": milliseconds as seconds, exactly.
std::string seconds(Millis ms);
/// For people, with units and no more digits than one can use: "850 ms", "12.4 s", "3 min 5 s",
/// "2 h 14 min", "3 d 2 h".
std::string spoken(Millis ms);
/// "2026-01-02T03:04:05" of a Unix time in milliseconds, in UTC.
std::string utc(Millis unix_ms);

/// Why a run that did not succeed did not, for people; "" of one that did.
std::string why(const Run& run);

}  // namespace hookc::report
