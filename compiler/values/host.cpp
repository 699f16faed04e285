#include "compiler/values/host.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/values/chars.hpp"
#include "compiler/values/host_internal.hpp"
#include "compiler/values/port.hpp"

namespace hookc::values {
namespace {

Checked<void> check_ipv4(std::string_view text) {
  std::size_t begin = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? text.find('.', begin) : text.size();
    const std::string_view number =
        text.substr(begin, end == std::string_view::npos ? end : end - begin);
    const std::size_t stop = begin + number.size();
    if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos ||
        (part < 3 && end == std::string_view::npos)) {
      return fail("an IPv4 address is four numbers joined by dots", 0, text.size());
    }
    if (number.size() > 1 && number[0] == '0') {
      return fail("a number of an IPv4 address has no leading zero", begin, stop);
    }
    if (number.size() > 3 || (number.size() == 3 && number > "255")) {
      return fail("a number of an IPv4 address is at most 255", begin, stop);
    }
    begin = stop + 1;
  }
  return {};
}

std::optional<std::string> mended_host(std::string_view text) {
  std::string mended(text);
  std::ranges::replace(mended, '_', '-');
  if (mended == text || !check_hostname(mended)) return std::nullopt;
  return mended;
}

}  // namespace

Checked<void> check_hostname(std::string_view text) {
  return check_hostname_around(text, '\0');
}

Checked<void> check_hostname_around(std::string_view text, char hole) {
  const bool holes = hole != '\0' && text.find(hole) != std::string_view::npos;
  if (text.empty() || text == ".") return fail("a host name is missing", 0, text.size());
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      const bool last_dot = i == text.size() && label == i && i > 0;  // the root's: `db.example.`
      if (i == label && !last_dot)
        return fail("a host name has an empty part between dots", i, std::min(i + 1, text.size()));
      if (!holes && i - label > 63) {
        return fail(fmt::format("a part of a host name has at most 63 characters, and this one {}",
                                i - label),
                    label, i);
      }
      if (!last_dot && text[i - 1] == '-')
        return fail("a part of a host name does not end with `-`", i - 1, i);
      label = i + 1;
      continue;
    }
    if (holes && text[i] == hole) continue;
    if (text[i] == '-' && i == label)
      return fail("a part of a host name does not begin with `-`", i, i + 1);
    if (!is_alnum(text[i]) && text[i] != '-') {
      return fail(fmt::format("{} in a host name; it may hold letters, digits, `-` and `.`",
                              name_character(text, i)),
                  i, i + char_length(text, i), mended_host(text));
    }
  }
  if (holes) return {};
  if (text.size() - (text.ends_with('.') ? 1 : 0) > 253) {
    return fail(fmt::format("a host name has at most 253 characters, and this one {}", text.size()),
                253, text.size());
  }
  // RFC 1123 section 2.1: the last label of a name is never all digits, so such a text is meant as
  // an address.
  const std::string_view rooted = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  const std::string_view last = rooted.substr(rooted.rfind('.') + 1);
  if (last.find_first_not_of("0123456789") == std::string_view::npos) return check_ipv4(text);
  return {};
}

Checked<void> check_ipv6(std::string_view text) {
  std::string_view address = text;
  if (const std::size_t zone = text.find('%'); zone != std::string_view::npos) {
    address = text.substr(0, zone);
    if (zone + 1 == text.size()) return fail("the zone after `%` is missing", zone, zone + 1);
    for (std::size_t i = zone + 1; i < text.size(); ++i) {
      if (is_alnum(text[i]) || text[i] == '-' || text[i] == '_' || text[i] == '.') continue;
      return fail(fmt::format("{} in the zone of an IPv6 address", name_character(text, i)), i,
                  i + char_length(text, i));
    }
  }
  if (address.empty()) return fail("an IPv6 address is missing", 0, 0);
  int groups = 0;
  bool compressed = false;
  std::size_t i = 0;
  if (address.starts_with("::")) {
    compressed = true;
    i = 2;
  } else if (address[0] == ':') {
    return fail("an IPv6 address does not begin with a single `:`", 0, 1);
  }
  while (i < address.size()) {
    const std::size_t begin = i;
    while (i < address.size() && is_hex(address[i])) ++i;
    if (i < address.size() && address[i] == '.') {
      if (auto ok = check_ipv4(address.substr(begin)); !ok) {
        return in_part(std::move(ok.error()), begin, text, address.size() - begin);
      }
      groups += 2;
      break;
    }
    if (i < address.size() && address[i] != ':') {
      return fail(fmt::format("{} in an IPv6 address", name_character(address, i)), i,
                  i + char_length(address, i));
    }
    if (i == begin) return fail("an IPv6 address has `::` at most once", i - 1, i + 1);
    if (i - begin > 4) return fail("a group of an IPv6 address has at most 4 digits", begin, i);
    ++groups;
    if (i == address.size()) break;
    ++i;  // the colon
    if (i < address.size() && address[i] == ':') {
      if (compressed) return fail("an IPv6 address has `::` at most once", i - 1, i + 1);
      compressed = true;
      ++i;
    } else if (i == address.size()) {
      return fail("an IPv6 address does not end with a single `:`", i - 1, i);
    }
  }
  if (compressed ? groups > 7 : groups != 8) {
    return fail(fmt::format("an IPv6 address has 8 groups, and this one {}", groups), 0,
                address.size());
  }
  return {};
}

Checked<void> check_host(std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return fail("`[` is never closed by `]`", 0, 1);
    if (auto ok = check_ipv6(text.substr(1, text.size() - 2)); !ok) {
      return in_part(std::move(ok.error()), 1, text, text.size() - 2);
    }
    return {};
  }
  if (text.find(':') == std::string_view::npos) return check_hostname(text);
  // One colon is far more likely a port than an address.
  if (const std::size_t colon = text.find(':'); colon == text.rfind(':')) {
    std::optional<std::string> mend(text.substr(0, colon));
    if (!check_hostname(*mend)) mend.reset();
    return fail("a host has no port here", colon, text.size(), mend);
  }
  return check_ipv6(text);
}

Checked<void> refuse_marks(std::span<const Piece> pieces) {
  std::size_t at = 0;
  for (const Piece& piece : pieces) {
    if (const std::size_t mark = piece.literal.find(kHole); mark != std::string_view::npos) {
      return fail("the invisible character U+0001 has no place here", at + mark, at + mark + 1);
    }
    at += piece.hole ? 1 : piece.literal.size();
  }
  return {};
}

std::size_t port_colon(std::string_view authority) {
  const std::size_t bracket =
      authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return colon;
  return bracket != std::string_view::npos && colon < bracket ? std::string_view::npos : colon;
}

Checked<void> check_authority_host(std::string_view text, char hole) {
  if (!text.starts_with('[')) {
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
      return fail("an IPv6 address stands in brackets, as in `[::1]`", 0, text.size());
    }
    return check_hostname_around(text, hole);
  }
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return fail("`[` is never closed by `]`", 0, 1);
  if (close + 1 != text.size()) {
    return fail(fmt::format("{} between the address and its port", name_character(text, close + 1)),
                close + 1, close + 1 + char_length(text, close + 1));
  }
  const std::string_view inside = text.substr(1, close - 1);
  if (hole != '\0' && inside.find(hole) != std::string_view::npos) return {};
  if (auto ok = check_ipv6(inside); !ok)
    return in_part(std::move(ok.error()), 1, text, inside.size());
  return {};
}

Checked<std::uint16_t> check_authority_port(std::string_view text, char hole) {
  if (hole == '\0' || text.find(hole) == std::string_view::npos) return parse_port(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != hole && !is_digit(text[i])) {
      return fail(fmt::format("{} in a port number", name_character(text, i)), i,
                  i + char_length(text, i));
    }
  }
  return 0;
}

namespace {

struct SplitAddress {
  Address address;
  std::size_t colon = 0;
};

Checked<SplitAddress> split_address(std::string_view text, char hole) {
  if (text.empty()) return fail("an address is missing; the form is `host:port`", 0, 0);
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    std::optional<std::string> mend(text.substr(scheme + 3));
    while (mend->ends_with('/')) mend->pop_back();
    if (mend->contains("://") || !parse_address(*mend)) mend.reset();
    return fail("an address is `host:port`, without a scheme", 0, scheme + 3, mend);
  }
  const std::size_t colon = port_colon(text);
  if (colon == std::string_view::npos) {
    if (auto ok = check_authority_host(text, hole); !ok)
      return std::unexpected(std::move(ok.error()));
    return fail("a port is missing; the form is `host:port`", text.size(), text.size());
  }
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.empty()) return fail("the host before `:` is missing", 0, 0);
  if (!host.starts_with('[') && host.find(':') != std::string_view::npos) {
    std::optional<std::string> mend(fmt::format("[{}]:{}", host, port));
    if (!check_ipv6(host) || !parse_port(port)) mend.reset();
    return fail("an IPv6 address stands in brackets, as in `[::1]:5432`", 0, colon, mend);
  }
  if (auto ok = check_authority_host(host, hole); !ok) {
    return in_part(std::move(ok.error()), 0, text, host.size());
  }
  const auto number = check_authority_port(port, hole);
  if (!number) return in_part(number.error(), colon + 1, text, port.size());
  const bool brackets = host.starts_with('[');
  return SplitAddress{{brackets ? host.substr(1, host.size() - 2) : host, *number}, colon};
}

}  // namespace

Checked<Address> parse_address(std::string_view text) {
  auto split = split_address(text, '\0');
  if (!split) {
    // A mended host helps only if the rest is right; a mended host has no further mend, so this
    // does not nest.
    auto& mend = split.error().suggestion;
    if (mend && !split_address(*mend, '\0')) mend.reset();
    return std::unexpected(std::move(split.error()));
  }
  return split->address;
}

Checked<std::vector<AddressPart>> parse_address(std::span<const Piece> pieces) {
  if (auto ok = refuse_marks(pieces); !ok) return std::unexpected(std::move(ok.error()));
  const std::string flat = flatten(pieces, kHole);
  std::vector<AddressPart> parts;
  if (flat.size() == 1 && flat[0] == kHole) return std::vector{AddressPart::Whole};
  auto split = split_address(flat, kHole);
  if (!split) {
    split.error().suggestion.reset();  // it would not know what stands in the holes
    return std::unexpected(std::move(split.error()));
  }
  std::size_t at = 0;
  for (const Piece& piece : pieces) {
    if (piece.hole) parts.push_back(at < split->colon ? AddressPart::Host : AddressPart::Port);
    at += piece.hole ? 1 : piece.literal.size();
  }
  return parts;
}

}  // namespace hookc::values
