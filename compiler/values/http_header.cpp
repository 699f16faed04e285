#include "compiler/values/http_header.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

/// tchar (RFC 9110 section 5.6.2).
constexpr bool is_token_char(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

// The IANA registry's permanent request fields that somebody writes by hand, sorted.
constexpr std::array<std::string_view, 34> kRequestHeaders{
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Type",
    "Cookie",
    "Date",
    "Digest",
    "Expect",
    "Forwarded",
    "From",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Prefer",
    "Range",
    "Referer",
    "User-Agent",
    "Via",
    "Warning",
    "X-Forwarded-For",
    "X-Request-Id",
};

// Framing and connection fields: libcurl writes the first two itself, and the others belong to one
// connection.
constexpr std::array<std::string_view, 9> kReserved{
    "Content-Length",     "Transfer-Encoding",   "Connection", "Keep-Alive", "Proxy-Connection",
    "Proxy-Authenticate", "Proxy-Authorization", "TE",         "Upgrade"};

// List-based request fields (RFC 9110 section 5.3): several lines mean the same as one with commas.
constexpr std::array<std::string_view, 16> kRepeatable{
    "Accept",        "Accept-Charset",   "Accept-Encoding",  "Accept-Language",
    "Cache-Control", "Content-Encoding", "Content-Language", "Forwarded",
    "If-Match",      "If-None-Match",    "Pragma",           "Prefer",
    "Via",           "Warning",          "X-Forwarded-For",  "Digest"};

template <std::size_t n>
bool holds(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::ranges::any_of(
      names, [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

}  // namespace

Checked<void> check_header_name(std::string_view text) {
  if (text.empty()) return fail("the name of a header is missing", 0, 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_token_char(text[i])) continue;
    if (text[i] == ':') {
      return fail("the name of a header is written without `:`", i, text.size(),
                  i > 0 ? std::optional(std::string(text.substr(0, i))) : std::nullopt);
    }
    return fail(fmt::format("{} in the name of a header", name_character(text, i)), i,
                i + char_length(text, i));
  }
  return {};
}

Checked<void> check_header_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\r') return fail("a carriage return in the value of a header", i, i + 1);
    if ((c < 0x20 && c != '\t') || c == 0x7f) {
      return fail(fmt::format("{} in the value of a header", name_character(text, i)), i, i + 1);
    }
  }
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (blank(text.front()) || blank(text.back()))) {
    const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    const std::size_t last = text.find_last_not_of(" \t");
    const std::string trimmed =
        first == text.size() ? "" : std::string(text.substr(first, last + 1 - first));
    const bool leads = first > 0;
    return fail("a blank at the edge of a header's value would be cut off", leads ? 0 : last + 1,
                leads ? first : text.size(), trimmed);
  }
  return {};
}

HeaderUse header_use(std::string_view name) {
  if (holds(kReserved, name)) return HeaderUse::Reserved;
  return holds(kRepeatable, name) ? HeaderUse::Repeatable : HeaderUse::Single;
}

std::span<const std::string_view> request_header_names() {
  return kRequestHeaders;
}

}  // namespace hookc::values
