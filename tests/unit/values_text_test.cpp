// Hosts, addresses, URLs, headers, JSON, regular expressions, file patterns, pieces.
#include <catch2/catch.hpp>
#include <vector>

#include "compiler/values/glob.hpp"
#include "compiler/values/host.hpp"
#include "compiler/values/http_header.hpp"
#include "compiler/values/json_text.hpp"
#include "compiler/values/pieces.hpp"
#include "compiler/values/regex.hpp"
#include "compiler/values/url.hpp"
#include "tests/unit/values_check.hpp"

using namespace hookc::values;

namespace {

/// `@` marks a hole.
std::vector<Piece> holes_at(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '@') continue;
    if (i > begin) pieces.push_back(Piece::text(text.substr(begin, i - begin)));
    if (i < text.size()) pieces.push_back(Piece::splice());
    begin = i + 1;
  }
  return pieces;
}

void check_rows(std::span<const ValueRow> rows, auto&& check) {
  for (const ValueRow& row : rows) {
    INFO(row.text << "   " << row.rule);
    CHECK(shown(check(row.text)) == row.expected);
  }
}

}  // namespace

TEST_CASE("pieces", "[values]") {
  const auto pieces = holes_at("ab@cd@");
  CHECK(flatten(pieces, '#') == "ab#cd#");
  CHECK(locate(pieces, 1).piece == 0);
  CHECK(locate(pieces, 2).piece == 1);
  CHECK(locate(pieces, 2, true).piece == 0);
  CHECK(locate(pieces, 4).piece == 2);
  CHECK(locate(pieces, 4).offset == 1);
  CHECK(locate(pieces, 6).piece == 3);
  CHECK(locate({}, 0).piece == 0);
}

TEST_CASE("hosts", "[values]") {
  const std::string long_label(64, 'a');
  const ValueRow rows[] = {
      {"orders-db.demo.svc", "ok", "RFC 1123 2.1"},
      {"db.example.", "ok", "RFC 1034 3.1, the root"},
      {"3com.com", "ok", "RFC 1123 2.1, a digit first"},
      {"10.0.0.1", "ok", "IPv4"},
      {"::1", "ok", "RFC 4291 2.2"},
      {"[fe80::1%eth0]", "ok", "RFC 4007 zone"},
      {"2001:db8::8:800:200c:417a", "ok", "RFC 4291 2.2"},
      {"::ffff:10.0.0.1", "ok", "RFC 4291 2.2"},
      {"", "0-0: a host name is missing", ""},
      {"a..b", "2-3: a host name has an empty part between dots", "RFC 1123 2.1"},
      {"-a.b", "0-1: a part of a host name does not begin with `-`", "RFC 952"},
      {"a-.b", "1-2: a part of a host name does not end with `-`", "RFC 952"},
      {"my_db", "2-3: `_` in a host name; it may hold letters, digits, `-` and `.` => my-db",
       "RFC 952"},
      {"10.0.0.256", "7-10: a number of an IPv4 address is at most 255", "IPv4"},
      {"10.0.0.01", "7-9: a number of an IPv4 address has no leading zero",
       "read as octal by some"},
      {"10.0.1", "0-6: an IPv4 address is four numbers joined by dots", "RFC 1123 2.1"},
      {"db:5432", "2-7: a host has no port here => db", ""},
      {"1:2:3", "0-5: an IPv6 address has 8 groups, and this one 3", "RFC 4291 2.2"},
      {"1::2::3", "4-6: an IPv6 address has `::` at most once", "RFC 4291 2.2"},
      {"::12345", "2-7: a group of an IPv6 address has at most 4 digits", "RFC 4291 2.2"},
      {"[::1", "0-1: `[` is never closed by `]`", "RFC 3986 3.2.2"},
  };
  check_rows(rows, check_host);
  CHECK(shown(check_hostname(long_label)) ==
        "0-64: a part of a host name has at most 63 characters, and this one 64");
}

TEST_CASE("addresses", "[values]") {
  const ValueRow rows[] = {
      {"db:5432", "ok", ""},
      {"[::1]:5432", "ok", ""},
      {"db", "2-2: a port is missing; the form is `host:port`", ""},
      {"db:", "3-3: a port is missing", ""},
      {":5432", "0-0: the host before `:` is missing", ""},
      {"db:70000", "3-8: port `70000` is out of range; ports are 1 to 65535", ""},
      {"my_db:1", "2-3: `_` in a host name; it may hold letters, digits, `-` and `.` => my-db:1",
       ""},
      {"::1:5432", "0-3: an IPv6 address stands in brackets, as in `[::1]:5432` => [::1]:5432", ""},
      {"tcp://db:1/", "0-6: an address is `host:port`, without a scheme => db:1", ""},
      {"[::1]x:1", "5-6: `x` between the address and its port", ""},
  };
  check_rows(rows, [](std::string_view text) { return parse_address(text); });
  const auto address = parse_address("[::1]:5432");
  CHECK(address->host == "::1");
  CHECK(address->port == 5432);

  const auto parts = [](std::string_view text) -> std::string {
    const auto pieces = holes_at(text);
    const auto result = parse_address(pieces);
    if (!result) return shown(result);
    std::string out;
    for (AddressPart part : *result) {
      switch (part) {
        case AddressPart::Whole: out += 'w'; break;
        case AddressPart::Host: out += 'h'; break;
        case AddressPart::Port: out += 'p'; break;
      }
    }
    return out;
  };
  CHECK(parts("@") == "w");
  CHECK(parts("@:@") == "hp");
  CHECK(parts("orders-db.@.svc:5432") == "h");
  CHECK(parts("[@]:1") == "h");
  CHECK(parts("db:54@") == "p");
  CHECK(parts("@.svc") == "5-5: a port is missing; the form is `host:port`");
  CHECK(parts("a_@:1") == "1-2: `_` in a host name; it may hold letters, digits, `-` and `.`");
}

TEST_CASE("URLs", "[values][url]") {
  const std::string_view text = "https://me:pw@[::1]:8443/a/b?c=d&e#f";
  const auto url = parse_url(text);
  REQUIRE(url);
  const auto part = [&](hookc::Span span) { return text.substr(span.begin, span.size()); };
  CHECK(part(url->scheme) == "https");
  CHECK(part(url->userinfo) == "me:pw");
  CHECK(part(url->host) == "[::1]");
  CHECK(part(url->port) == "8443");
  CHECK(part(url->path) == "/a/b");
  CHECK(part(url->query) == "c=d&e");
  CHECK(part(url->fragment) == "f");
  CHECK(url->port_number == 8443);
  CHECK(url->https);
  CHECK(parse_url("HTTP://h")->port_number == 80);
  CHECK(parse_url("https://h?q")->path.empty());

  const ValueRow rows[] = {
      {"", "0-0: a URL is missing", ""},
      {"hc-ping.com/x", "0-0: a URL begins with `http://` or `https://` => https://hc-ping.com/x",
       "RFC 9110 4.2"},
      {"/x", "0-0: a URL begins with `http://` or `https://`", "absolute only"},
      {"ftp://h/", "0-3: the scheme of a URL is `http` or `https`, not `ftp`", "RFC 9110 4.2"},
      {"https:/h/x", "6-7: `//` is missing after the scheme of a URL => https://h/x", "RFC 3986 3"},
      {"https:///x", "8-8: the host of this URL is missing", "RFC 9110 4.2.2"},
      {"https://my_db/",
       "10-11: `_` in a host name; it may hold letters, digits, `-` and `.` => https://my-db/", ""},
      {"https://h:0/", "10-11: port `0` is out of range; ports are 1 to 65535", ""},
      {"https://h:/x", "9-10: the port after `:` is missing => https://h/x", "3.2.3"},
      {"https://h/a b",
       "11-12: a blank in the path of a URL has to be percent-encoded => https://h/a%20b", "3.3"},
      {"https://h/?q={x}",
       "13-14: `{` in the query of a URL has to be percent-encoded => https://h/?q=%7Bx%7D", "3.4"},
      {"https://h/50%",
       "12-13: `%` in a URL is followed by two hexadecimal digits; the character itself is `%25` "
       "=> "
       "https://h/50%25",
       "2.1"},
      {"https://h/%2G",
       "10-11: `%` in a URL is followed by two hexadecimal digits; the character itself is `%25` "
       "=> "
       "https://h/%252G",
       "2.1"},
      {"https://h/\xc3\xa9",
       "10-12: `\xc3\xa9` in the path of a URL has to be percent-encoded => https://h/%C3%A9", "2"},
      {"https://a@b@c/",
       "9-10: `@` in the user of a URL has to be percent-encoded => https://a%40b@c/", "3.2.1"},
      {"https://h/x#a#b",
       "13-14: `#` in the fragment of a URL has to be percent-encoded => https://h/x#a%23b", "3.5"},
      {"https://::1/", "8-9: an IPv6 address stands in brackets, as in `[::1]`", "3.2.2"},
      {"https://h/a%2Fb;c=1,2!$&'()*+@:~", "ok", "pchar"},
      {"http://h?a/b?c", "ok", "a query may hold / and ?"},
  };
  check_rows(rows, [](std::string_view t) { return parse_url(t); });
}

TEST_CASE("holes in URLs", "[values][url]") {
  const auto parts = [](std::string_view text) -> std::string {
    const auto pieces = holes_at(text);
    const auto result = parse_url(pieces);
    if (!result) return shown(result);
    std::string out;
    for (const UrlHole& hole : result->holes) {
      switch (hole.part) {
        case UrlPart::Head: out += 'w'; break;
        case UrlPart::UserInfo: out += 'u'; break;
        case UrlPart::Host: out += 'h'; break;
        case UrlPart::Port: out += 'p'; break;
        case UrlPart::Path: out += hole.whole_segment ? '/' : 'a'; break;
        case UrlPart::Query: out += 'q'; break;
        case UrlPart::Fragment: out += 'f'; break;
      }
    }
    return out;
  };
  CHECK(parts("@") == "w");
  CHECK(parts("@/a/@?x=@") == "w/q");
  CHECK(parts("https://hc-ping.com/@") == "/");
  CHECK(parts("https://@.@:@/x-@/@/y?a=@#@") == "hhpa/qf");
  CHECK(parts("https://h") == "");
  CHECK(parts("@://h/") == "0-4: the scheme of a URL is written out, `http://` or `https://`");
  CHECK(parts("http@://h/") == "0-8: the scheme of a URL is written out, `http://` or `https://`");
  CHECK(parts("@x") ==
        "1-2: after the whole URL at the start only a path, query or fragment can follow");
  CHECK(parts("https://a b/@") ==
        "9-10: a blank in a host name; it may hold letters, digits, `-` and `.`");
  const Piece forged[] = {Piece::text("https://h/\x01")};
  CHECK_FALSE(parse_url(forged));
}

TEST_CASE("percent and form encoding", "[values][url]") {
  CHECK(percent_encode("a/b c&d=e?\xc3\xa9~-._") ==
        "a%2Fb%20c%26d%3De%3F%C3%A9~-._");                         // RFC 3986 2.3
  CHECK(form_encode("a b*c~d\xc3\xa9&") == "a+b*c%7Ed%C3%A9%26");  // WHATWG URL 5.2
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(shown(parse_url("https://h/" + percent_encode(all) + "?" + form_encode(all))) == "ok");
}

TEST_CASE("headers", "[values]") {
  const ValueRow names[] = {
      {"X-Trace_Id.1", "ok", "RFC 9110 5.6.2"},
      {"", "0-0: the name of a header is missing", "5.1"},
      {"Accept:", "6-7: the name of a header is written without `:` => Accept", "5.1"},
      {"X Trace", "1-2: a blank in the name of a header", "5.6.2"},
      {"X-\xc3\xa9", "2-4: `\xc3\xa9` in the name of a header", "5.6.2"},
  };
  check_rows(names, check_header_name);
  const ValueRow values[] = {
      {"Bearer x\ty", "ok", "5.5"},
      {"", "ok", "5.5"},
      {"caf\xc3\xa9", "ok", "5.5 obs-text"},
      {"a\r\nX: y", "1-2: a carriage return in the value of a header", "5.5"},
      {"a\nb", "1-2: a line break in the value of a header", "5.5"},
      {std::string_view("a\0b", 3), "1-2: a NUL in the value of a header", "5.5"},
      {" a", "0-1: a blank at the edge of a header's value would be cut off => a", "5.5"},
      {"a \t", "1-3: a blank at the edge of a header's value would be cut off => a", "5.5"},
  };
  check_rows(values, check_header_value);
  CHECK(header_use("content-length") == HeaderUse::Reserved);
  CHECK(header_use("Transfer-Encoding") == HeaderUse::Reserved);
  CHECK(header_use("ACCEPT") == HeaderUse::Repeatable);
  CHECK(header_use("Authorization") == HeaderUse::Single);
  CHECK(header_use("X-Mine") == HeaderUse::Single);
  const auto all = request_header_names();
  CHECK(std::is_sorted(all.begin(), all.end()));
  for (std::string_view name : all) CHECK(header_use(name) != HeaderUse::Reserved);
}

TEST_CASE("JSON", "[values]") {
  const ValueRow rows[] = {
      {" {\"a\": [1, -2.5e3, true, null, \"\\u00e9\"]} ", "ok", "RFC 8259"},
      {"3", "ok", "section 2, any value"},
      {"", "0-0: JSON is missing", "2"},
      {"{\"a\": 1", "7-7: the JSON ends too early", "4"},
      {"nul", "3-3: the JSON ends too early", "3"},
      {"{a: 1}", "1-2: the key `a` in the JSON has to stand in double quotes", "4"},
      {"{\"a\": 1,}", "7-8: JSON has no comma after the last element => {\"a\": 1}", "4"},
      {"[1 2]", "3-4: `2` is not expected here in the JSON", "5"},
      {"{\"a\" 1}", "5-6: `1` is not expected here in the JSON", "4"},
      {"{\"a\": tru}", "6-9: `tru` is not expected here in the JSON", "3"},
      {"{\"a\": True}", "6-10: JSON has `true`, `false` and `null`, in lower case", "3"},
      {"{\"a\": 'x'}", "6-7: JSON has strings in double quotes only", "7"},
      {"\"x\ny\"", "2-3: a line break inside a JSON string; write `\\n`", "7"},
      {"\"\\q\"", "2-3: `q` is not allowed here in a JSON string", "7"},
      {"[01]", "1-3: `01` is not expected here in the JSON", "6"},
      {"[1e999]", "1-6: this number in the JSON is too large", "6, beyond double"},
      {"// x\n{}", "0-1: JSON has no comments", "2"},
      {"{} {}", "3-4: `{` is not expected here in the JSON", "2, one value"},
      {"[\"\xff\"]", "2-3: a byte that is not UTF-8 is not allowed here in a JSON string", "8.1"},
      {"\xef\xbb\xbf{}", "0-3: JSON does not begin with a byte order mark", "8.1"},
  };
  check_rows(rows, check_json);
  // Iterative: a million brackets take memory, not stack.
  const std::string deep(1'000'000, '[');
  CHECK(shown(check_json(deep)) == "1000000-1000000: the JSON ends too early");
  CHECK(shown(check_json(deep + std::string(1'000'000, ']'))) == "ok");
}

TEST_CASE("regular expressions", "[values]") {
  const ValueRow rows[] = {
      {"rm -rf \\/", "ok", "an escaped slash"},
      {"a(b", "1-2: `(` is never closed by `)`", "RE2"},
      {"[(]x(", "4-5: `(` is never closed by `)`", "not the one in the class"},
      {"a)b", "1-2: `)` closes nothing", "RE2"},
      {"x[a", "1-2: `[` is never closed by `]`", "RE2"},
      {"a**", "1-3: `**` repeats a repetition", "RE2"},
      {"*a", "0-1: `*` repeats nothing", "RE2"},
      {"a(?=x)", "1-4: look-around such as `(?=` does not exist here", "no back-tracking"},
      {"(?<n>x)", "0-3: a named group is written `(?P<name>\xe2\x80\xa6)` here", "RE2 of 2022"},
      {"(a)\\1", "3-5: back-references such as `\\1` do not exist here", "no back-tracking"},
      {"\\q", "0-2: `\\q` is not an escape in regular expressions", "RE2"},
      {"x{1001}", "1-7: `{1001}` repeats too often; at most 1000 times", "RE2"},
      {"[z-a]", "1-4: `z-a` is not a range or class of characters", "RE2"},
      {"a\\", "1-2: `\\` at the end of a regular expression escapes nothing", "RE2"},
      {"ab\xff", "2-3: a byte in this regular expression is not UTF-8", "RE2"},
  };
  check_rows(rows, Regex::compile);
  const auto regex = Regex::compile("^a+\\/b");
  REQUIRE(regex);
  CHECK(regex->matches("aa/bc"));
  CHECK_FALSE(regex->matches_whole("aa/bc"));
  CHECK(regex->matches_whole("a/b"));
  CHECK(regex->pattern() == "^a+\\/b");
  CHECK(unescape_slashes("a\\/b\\\\\\/c\\d") == "a/b\\\\/c\\d");
}

TEST_CASE("file patterns", "[values]") {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  for (const Row& row : {Row{"prod/**.hook", "prod/a.hook", true},
                         Row{"prod/**.hook", "prod/x/y/a.hook", true},
                         Row{"prod/**.hook", "dev/a.hook", false},
                         Row{"*.hook", "a.hook", true},
                         Row{"*.hook", "x/a.hook", false},
                         Row{"**/a.hook", "a.hook", true},
                         Row{"**/a.hook", "x/y/a.hook", true},
                         Row{"**/a.hook", "x/ba.hook", false},
                         Row{"a/**/b", "a/b", true},
                         Row{"a/**/b", "a/x/y/b", true},
                         Row{"a/**/b", "a/xb", false},
                         Row{"**", "x/y", true},
                         Row{"*", "", true},
                         Row{"?.hook", "\xc3\xa9.hook", true},
                         Row{"?", "/", false},
                         Row{"[a-c]x", "bx", true},
                         Row{"[!a-c]x", "bx", false},
                         Row{"[!a]", "/", false},
                         Row{"[]a]", "]", true},
                         Row{"\\*", "*", true},
                         Row{"\\*", "a", false},
                         Row{"a*b*c", "axbyc", true},
                         Row{"a*b*c", "axbyd", false},
                         Row{"**x**/y", "axb/c/y", true},
                         Row{"*/x/**/z", "a/x/b/x/z", true},
                         Row{"a.hook", "./a.hook", true},
                         Row{"", "a", false}}) {
    INFO(row.pattern << " on " << row.path);
    CHECK(glob_matches(row.pattern, row.path) == row.matches);
  }
  const ValueRow rows[] = {
      {"prod/**.hook", "ok", ""},
      {"", "0-0: a file pattern is missing", ""},
      {"/etc/*", "0-1: a file pattern is relative to the checked folder", ""},
      {"a/../b", "2-4: a file pattern does not leave the checked folder", ""},
      {"a//b", "2-3: an empty folder name in a file pattern", ""},
      {"[ab", "0-1: `[` is never closed by `]`", ""},
      {"[z-a]", "0-5: a range in this `[\xe2\x80\xa6]` runs from high to low", ""},
      {"a\\", "1-2: `\\` at the end of a file pattern escapes nothing", ""},
  };
  check_rows(rows, check_glob);
  CHECK_FALSE(glob_matches(std::string(200, '*') + "b",
                           std::string(2000, 'a')));  // bounded, not exponential
}
