// Private to this folder: host rules for texts with holes, shared by addresses and URLs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/values/pieces.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// Stands for a hole in a flattened text; refuse_marks keeps a literal one from passing for a hole.
inline constexpr char kHole = '\x01';
Checked<void> refuse_marks(std::span<const Piece> pieces);

/// check_hostname where every `hole` stands for at least one unknown character; '\0': there are
/// none.
Checked<void> check_hostname_around(std::string_view text, char hole);

/// A host as it stands in an authority: a name, an IPv4 address, or an IPv6 address in brackets;
/// `hole` as above.
Checked<void> check_authority_host(std::string_view text, char hole);

/// A port that may be one hole, or digits; 0 for a hole, or digits glued to holes.
Checked<std::uint16_t> check_authority_port(std::string_view text, char hole);

/// Where the colon before the port stands in `host[:port]`, or npos.
std::size_t port_colon(std::string_view authority);

}  // namespace hookc::values
