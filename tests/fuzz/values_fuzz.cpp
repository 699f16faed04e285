// libFuzzer target: every little parser on the same bytes. Beside crashes it looks for broken
// promises: ranges inside the text, suggestions that pass, canonical texts that parse to the same
// again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/values/date.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/glob.hpp"
#include "compiler/values/host.hpp"
#include "compiler/values/http_header.hpp"
#include "compiler/values/image.hpp"
#include "compiler/values/json_text.hpp"
#include "compiler/values/kubernetes_name.hpp"
#include "compiler/values/number.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/quantity.hpp"
#include "compiler/values/regex.hpp"
#include "compiler/values/selector.hpp"
#include "compiler/values/shell.hpp"
#include "compiler/values/url.hpp"

namespace {

using namespace hookc::values;

void require(bool promise) {
  if (!promise) std::abort();
}

/// `parse` on the text, and again on its suggestion.
template <typename Parse>
auto checked(Parse&& parse, std::string_view text, std::size_t size) {
  auto result = parse(text);
  if (!result) {
    const ValueError& error = result.error();
    require(error.begin <= error.end && error.end <= size && !error.message.empty());
    if (error.suggestion) require(parse(std::string_view(*error.suggestion)).has_value());
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [&](auto&& parse) { return checked(parse, text, size); };

  if (const auto ms = check(parse_duration)) require(parse_duration(format_duration(*ms)) == *ms);
  if (const auto bytes = check(parse_size)) require(parse_size(format_size(*bytes)) == *bytes);
  if (const auto selector = check(parse_selector)) {
    const std::string canonical = format_selector(*selector);
    const auto again = parse_selector(canonical);
    require(again && format_selector(*again) == canonical);
    find_contradiction(*selector);
    matches(*selector, Labels{{"a", "b"}, {"c", "5"}});
  }
  check(parse_int);
  check(parse_decimal);
  check(parse_port);
  check(check_port_name);
  check(parse_date);
  for (NameRule rule : {NameRule::Label, NameRule::Subdomain, NameRule::Rfc1035Label}) {
    check([&](std::string_view t) { return check_name(rule, t); });
  }
  check(parse_namespaced_name);
  check(check_label_key);
  check(check_label_value);
  check(check_env_name);
  check(check_env_name_relaxed);
  check(check_secret_key);
  check(check_kind);
  check(parse_image);
  check(parse_quantity);
  check(check_hostname);
  check(check_ipv6);
  check(check_host);
  check([](std::string_view t) { return parse_address(t); });
  check([](std::string_view t) { return parse_url(t); });
  check(check_header_name);
  check(check_header_value);
  check(check_json);
  if (size < 200) check(Regex::compile);  // RE2 has fuzzers of its own; this is for the offsets
  if (check(check_glob) && size < 200) glob_matches(text, text);
  glob_matches(text.substr(0, std::min<std::size_t>(size, 100)), "a/b/c.hook");
  unescape_slashes(text);
  require(parse_url("http://h/" + percent_encode(text) + "?" + form_encode(text)).has_value());

  // `@` is a hole.
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  std::size_t holes = 0;
  for (std::size_t i = 0; i <= size; ++i) {
    if (i < size && text[i] != '@') continue;
    pieces.push_back(Piece::text(text.substr(begin, i - begin)));
    if (i < size) {
      pieces.push_back(Piece::splice());
      ++holes;
    }
    begin = i + 1;
  }
  require(shell_contexts(pieces).holes.size() == holes);
  if (const auto url = parse_url(pieces)) require(url->holes.size() == holes);
  if (const auto parts = parse_address(pieces); parts && pieces.size() > 1)
    require(parts->size() == holes);
  return 0;
}
