// URLs: absolute http and https, with the place of every component; and percent-encoding.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/values/pieces.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

enum class UrlPart : std::uint8_t {
  Head,  // the hole is the start of the URL: a whole `url` value goes in as it is
  UserInfo,
  Host,
  Port,
  Path,
  Query,
  Fragment,
};

/// Spans into the (flattened) text. Absent components are empty.
struct Url {
  Span scheme;    // "https"
  Span userinfo;  // without `@`
  Span host;      // an IPv6 literal with its brackets
  Span port;      // digits only
  Span path;      // with its leading `/`
  Span query;     // without `?`
  Span fragment;  // without `#`
  bool https = false;
  /// The written port or the scheme's; 0 where a hole fills it, or where `head` brings the
  /// authority.
  std::uint16_t port_number = 0;
  /// The text begins with a hole that brings scheme and authority; only path, query and fragment
  /// are set.
  bool head = false;
};

/// An absolute http or https URL (RFC 3986, RFC 9110 section 4.2): scheme, host, and as written
/// userinfo, port, path, query, fragment. Blanks, control characters, non-ASCII characters and `%`
/// without two hex digits are errors.
Checked<Url> parse_url(std::string_view text);

struct UrlHole {
  UrlPart part{};
  /// Path: literal `/` or the ends of the path on both sides. A value `.` or `..` must then be
  /// refused at run time, as percent-encoding does not change it (RFC 3986 section 5.2.4).
  bool whole_segment = false;
};
struct UrlTemplate {
  Url url;  // spans into the flattened text
  std::vector<UrlHole> holes;
};
/// The same for a text with holes. A hole in the scheme is an error; a hole at the very start is
/// Head, and may be followed only by `/`, `?`, `#` or the end.
Checked<UrlTemplate> parse_url(std::span<const Piece> pieces);

/// Percent-encodes everything but the unreserved characters of RFC 3986 section 2.3, byte by byte;
/// `/` too. Right for a hole in a path, a query, a fragment and a userinfo alike.
std::string percent_encode(std::string_view value);

/// One name or value in application/x-www-form-urlencoded (WHATWG URL, section 5.2): as
/// percent_encode, but a blank is `+`, and `*` stays while `~` does not.
std::string form_encode(std::string_view value);

}  // namespace hookc::values
