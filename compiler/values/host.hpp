// Hosts, and the `host:port` addresses of tcp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/values/pieces.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// A DNS name (RFC 1123 section 2.1: letters, digits, hyphens, labels to 63, 253 in all, one
/// trailing dot allowed) or an IPv4 address. `_` has the suggestion `-`. A name whose last label is
/// all digits must be an IPv4 address.
Checked<void> check_hostname(std::string_view text);
/// An IPv6 address without brackets (RFC 4291 section 2.2), with an optional zone (`fe80::1%eth0`).
Checked<void> check_ipv6(std::string_view text);
/// Either; an IPv6 address with or without brackets. The type `hostname` of the language.
Checked<void> check_host(std::string_view text);

struct Address {
  std::string_view host;  // an IPv6 address without its brackets
  std::uint16_t port = 0;
};
/// `host:port`, IPv6 in brackets. Both parts are needed.
Checked<Address> parse_address(std::string_view text);

enum class AddressPart : std::uint8_t { Whole, Host, Port };
/// The same for a text with holes: which part each hole (in order) stands in. `Whole`: the text is
/// one hole and nothing else. Host and port are checked as far as their literal characters go; what
/// goes into a hole is for check_host and parse_port at run time (on the whole rendered part where
/// a hole is glued to literal text).
Checked<std::vector<AddressPart>> parse_address(std::span<const Piece> pieces);

}  // namespace hookc::values
