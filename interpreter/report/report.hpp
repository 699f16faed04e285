// Sessions as reports for people and machines. Pure functions: the same log gives the same bytes.
// Names and output are foreign bytes; each format escapes and bounds them.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "interpreter/report/log.hpp"

namespace hookc::report {

/// The last bytes of an attempt's output that a report shows; the JSON lines have up to 64 KiB.
inline constexpr std::size_t kShownOutput = std::size_t{16} * 1024;

/// One test suite: a test case for each hook, for each release and for the operation, and one for
/// the session where nothing else says that it failed. O(log).
std::string to_junit(const SessionLog& log);

/// Prometheus' text exposition format 0.0.4, for the textfile collector of node_exporter.
/// `last_success`: when the last session before this one that succeeded ended (Unix time, ms), so
/// that a failure does not wipe it out; 0: none is known.
std::string to_prometheus(const SessionLog& log, Millis last_success);
/// `last_success` out of what to_prometheus gave for another session of the same program and
/// operation. The error says why `text` is no such thing; it must not be replaced then.
std::expected<Millis, std::string> last_success(std::string_view text, std::string_view program,
                                                std::string_view operation);

/// One page that needs no network and no script.
std::string to_html(const SessionLog& log);

}  // namespace hookc::report
