// Why not libcurl's URL API: linking libcurl adds about 6 ms to the start of every `hookc check`
// (33 shared libraries against 7), it reports no positions, and it accepts what a server may not
// (blanks, other schemes). RFC 3986's syntax for http and https is small enough to follow here.
#include "compiler/values/url.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "compiler/values/chars.hpp"
#include "compiler/values/host_internal.hpp"

namespace hookc::values {
namespace {

constexpr std::string_view kUnreservedMarks = "-._~";
constexpr std::string_view kSubDelims = "!$&'()*+,;=";

constexpr bool is_unreserved(char c) {
  return is_alnum(c) || kUnreservedMarks.contains(c);
}

constexpr std::string_view part_name(UrlPart part) {
  switch (part) {
    case UrlPart::Head: return "head";
    case UrlPart::UserInfo: return "user";
    case UrlPart::Host: return "host";
    case UrlPart::Port: return "port";
    case UrlPart::Path: return "path";
    case UrlPart::Query: return "query";
    case UrlPart::Fragment: return "fragment";
  }
  return "";
}

/// Characters of userinfo, path, query and fragment (RFC 3986 sections 3.2.1 to 3.5).
constexpr bool allowed_in(UrlPart part, char c) {
  if (is_unreserved(c) || kSubDelims.contains(c) || c == ':') return true;
  if (part == UrlPart::UserInfo) return false;
  if (c == '@' || c == '/') return true;
  return c == '?' && part != UrlPart::Path;
}

class UrlParser {
 public:
  /// `suggest`: false while a suggestion is itself being tried, and for texts with holes, whose
  /// contents are unknown.
  UrlParser(std::string_view text, char hole, bool suggest)
      : text_(text), hole_(hole), suggest_(suggest) {}

  Checked<Url> parse() {
    if (text_.empty()) return fail("a URL is missing", 0, 0);
    if (hole_ != '\0' && text_[0] == hole_) {
      if (text_.substr(1).starts_with("://")) return scheme_in_hole(4);
      url_.head = true;
      if (text_.size() > 1 && !std::string_view("/?#").contains(text_[1])) {
        return fail("after the whole URL at the start only a path, query or fragment can follow", 1,
                    1 + char_length(text_, 1));
      }
      at_ = 1;
    } else {
      if (auto ok = parse_scheme(); !ok) return std::unexpected(std::move(ok.error()));
      if (auto ok = parse_authority(); !ok) return std::unexpected(std::move(ok.error()));
    }
    url_.path = take_until("?#");
    if (auto ok = check_part(UrlPart::Path, url_.path); !ok)
      return std::unexpected(std::move(ok.error()));
    if (at_ < text_.size() && text_[at_] == '?') {
      ++at_;
      url_.query = take_until("#");
      if (auto ok = check_part(UrlPart::Query, url_.query); !ok)
        return std::unexpected(std::move(ok.error()));
    }
    if (at_ < text_.size()) {
      ++at_;
      url_.fragment = take_until("");
      if (auto ok = check_part(UrlPart::Fragment, url_.fragment); !ok) {
        return std::unexpected(std::move(ok.error()));
      }
    }
    return url_;
  }

 private:
  Span take_until(std::string_view ends) {
    const std::size_t end = ends.empty() ? std::string_view::npos : text_.find_first_of(ends, at_);
    const Span span{at_, static_cast<std::uint32_t>(std::min(end, text_.size()))};
    at_ = span.end;
    return span;
  }
  std::string_view text_of(Span span) const { return text_.substr(span.begin, span.size()); }
  bool is_hole(char c) const { return hole_ != '\0' && c == hole_; }

  static std::unexpected<ValueError> scheme_in_hole(std::size_t end) {
    return fail("the scheme of a URL is written out, `http://` or `https://`", 0, end);
  }

  Checked<void> parse_scheme() {
    const std::size_t end = text_.find("://");
    const std::string_view start =
        text_.substr(0, std::min(text_.find_first_of("/?#"), text_.size()));
    if (const std::size_t hole = hole_ == '\0' ? std::string_view::npos : start.find(hole_);
        end != std::string_view::npos && hole < end) {
      return scheme_in_hole(end + 3);
    }
    if (end == std::string_view::npos || end > start.size()) {
      const std::string whole = "https://" + std::string(text_);
      const std::size_t colon = start.find(':');
      const std::string_view word = start.substr(0, colon);
      const bool scheme_like =
          equal_ignoring_case(word, "http") || equal_ignoring_case(word, "https");
      if (scheme_like && colon != std::string_view::npos) {
        const std::size_t rest = std::min(text_.find_first_not_of('/', colon + 1), text_.size());
        return fail("`//` is missing after the scheme of a URL", colon + 1, rest,
                    suggest(std::string(word) + "://" + std::string(text_.substr(rest))));
      }
      return fail("a URL begins with `http://` or `https://`", 0, 0, suggest(whole));
    }
    const std::string_view scheme = text_.substr(0, end);
    url_.scheme = {0, static_cast<std::uint32_t>(end)};
    url_.https = equal_ignoring_case(scheme, "https");
    if (!url_.https && !equal_ignoring_case(scheme, "http")) {
      return fail(fmt::format("the scheme of a URL is `http` or `https`, not `{}`", scheme), 0,
                  end);
    }
    at_ = static_cast<std::uint32_t>(end + 3);
    return {};
  }

  Checked<void> parse_authority() {
    const Span authority = take_until("/?#");
    std::uint32_t begin = authority.begin;
    if (const std::size_t at = text_of(authority).rfind('@'); at != std::string_view::npos) {
      url_.userinfo = {begin, begin + static_cast<std::uint32_t>(at)};
      begin = url_.userinfo.end + 1;
      if (auto ok = check_part(UrlPart::UserInfo, url_.userinfo); !ok) return ok;
    }
    const std::string_view rest = text_.substr(begin, authority.end - begin);
    const std::size_t colon = port_colon(rest);
    url_.host = {begin, begin + static_cast<std::uint32_t>(std::min(colon, rest.size()))};
    if (url_.host.empty()) return fail("the host of this URL is missing", begin, begin);
    if (auto ok = check_authority_host(text_of(url_.host), hole_); !ok) {
      return mended(in_part(std::move(ok.error()), begin, text_, url_.host.size()));
    }
    url_.port_number = url_.https ? 443 : 80;
    if (colon == std::string_view::npos) return {};
    url_.port = {url_.host.end + 1, authority.end};
    if (url_.port.empty()) {
      return fail("the port after `:` is missing", url_.host.end, url_.port.end,
                  suggest(std::string(text_.substr(0, url_.host.end)) +
                          std::string(text_.substr(authority.end))));
    }
    const auto port = check_authority_port(text_of(url_.port), hole_);
    if (!port) return mended(in_part(port.error(), url_.port.begin, text_, url_.port.size()));
    url_.port_number = *port;
    return {};
  }

  Checked<void> check_part(UrlPart part, Span span) const {
    for (std::uint32_t i = span.begin; i < span.end; ++i) {
      const char c = text_[i];
      if (is_hole(c) || allowed_in(part, c)) continue;
      if (c == '%') {
        if (i + 2 < span.end && is_hex(text_[i + 1]) && is_hex(text_[i + 2])) {
          i += 2;
          continue;
        }
        return fail(
            "`%` in a URL is followed by two hexadecimal digits; the character itself is `%25`", i,
            i + 1, encoded(part, span));
      }
      return fail(fmt::format("{} in the {} of a URL has to be percent-encoded",
                              name_character(text_, i), part_name(part)),
                  i, i + char_length(text_, i), encoded(part, span));
    }
    return {};
  }

  /// The whole text with everything illegal in `span` percent-encoded.
  std::optional<std::string> encoded(UrlPart part, Span span) const {
    std::string out(text_.substr(0, span.begin));
    for (std::uint32_t i = span.begin; i < span.end; ++i) {
      const char c = text_[i];
      const bool escape =
          c == '%' && i + 2 < span.end && is_hex(text_[i + 1]) && is_hex(text_[i + 2]);
      if (allowed_in(part, c) || escape) {
        out += c;
      } else {
        out += percent_encode(std::string_view(&c, 1));
      }
    }
    out += text_.substr(span.end);
    return suggest(std::move(out));
  }
  /// Keeps the suggestion for a part only if the whole then passes.
  std::unexpected<ValueError> mended(std::unexpected<ValueError> wrong) const {
    if (auto& mend = wrong.error().suggestion) mend = suggest(std::move(*mend));
    return wrong;
  }
  std::optional<std::string> suggest(std::string whole) const {
    if (!suggest_ || !UrlParser(whole, '\0', false).parse()) return std::nullopt;
    return whole;
  }

  std::string_view text_;
  char hole_;
  bool suggest_;
  std::uint32_t at_ = 0;
  Url url_;
};

void append_percent(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

Checked<Url> parse_url(std::string_view text) {
  return UrlParser(text, '\0', true).parse();
}

Checked<UrlTemplate> parse_url(std::span<const Piece> pieces) {
  if (auto ok = refuse_marks(pieces); !ok) return std::unexpected(std::move(ok.error()));
  const std::string flat = flatten(pieces, kHole);
  auto url = UrlParser(flat, kHole, false).parse();
  if (!url) {
    return std::unexpected(std::move(url.error()));
  }
  UrlTemplate result{*url, {}};
  for (std::uint32_t i = 0; i < flat.size(); ++i) {
    if (flat[i] != kHole) continue;
    UrlHole hole;
    if (i == 0) {
      hole.part = UrlPart::Head;
    } else if (url->userinfo.contains(i)) {
      hole.part = UrlPart::UserInfo;
    } else if (url->host.contains(i)) {
      hole.part = UrlPart::Host;
    } else if (url->port.contains(i)) {
      hole.part = UrlPart::Port;
    } else if (url->path.contains(i)) {
      hole.part = UrlPart::Path;
      hole.whole_segment = flat[i - 1] == '/' && (i + 1 == url->path.end || flat[i + 1] == '/');
    } else if (url->query.contains(i)) {
      hole.part = UrlPart::Query;
    } else {
      hole.part = UrlPart::Fragment;
    }
    result.holes.push_back(hole);
  }
  return result;
}

std::string percent_encode(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (char c : value) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

std::string form_encode(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (char c : value) {
    if (c == ' ') {
      out += '+';
    } else if (is_alnum(c) || c == '*' || c == '-' || c == '.' || c == '_') {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

}  // namespace hookc::values
