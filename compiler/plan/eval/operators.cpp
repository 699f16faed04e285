#include "compiler/plan/eval/operators.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/values/host.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/regex.hpp"
#include "compiler/values/shell.hpp"
#include "compiler/values/url.hpp"

namespace hookc::plan {
namespace {

std::optional<double> number(const Value& value) {
  if (const auto* n = std::get_if<std::int64_t>(&value.data)) return static_cast<double>(*n);
  if (const auto* d = std::get_if<double>(&value.data)) return *d;
  return std::nullopt;
}

std::unexpected<EvalError> error(std::string message) {
  return std::unexpected(EvalError{std::move(message)});
}

/// `what` says what the place wants: "a host name".
std::unexpected<EvalError> refused(std::string_view text, bool quotable, std::string_view what,
                                   const values::ValueError& problem) {
  if (!quotable) return error(fmt::format("a secret or captured value is not {}", what));
  return error(fmt::format("`{}` is not {}: {}", text, what, problem.message));
}

/// What no field value may hold (RFC 9110 section 5.5); blanks at its ends are the whole value's.
bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t') || c == 0x7f;
}

values::ShellContext shell_context(Op op) {
  if (op == Op::ShellSingle) return values::ShellContext::SingleQuoted;
  if (op == Op::ShellDouble) return values::ShellContext::DoubleQuoted;
  return values::ShellContext::Unquoted;
}

std::expected<std::string, EvalError> host(std::string text, bool quotable) {
  if (const auto ok = values::check_host(text); !ok) {
    return refused(text, quotable, "a host name or address", ok.error());
  }
  const bool bare_ipv6 = text.find(':') != text.npos && text.front() != '[';
  return bare_ipv6 ? fmt::format("[{}]", text) : text;  // RFC 3986 section 3.2.2
}

}  // namespace

bool equal(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) {
    const auto x = number(a), y = number(b);
    return x && y && *x == *y;
  }
  if (const auto* x = std::get_if<Value::List>(&a.data)) {
    return std::ranges::equal(*x, std::get<Value::List>(b.data), equal);
  }
  if (const auto* x = std::get_if<Value::Object>(&a.data)) {  // the order of keys means nothing
    const auto& y = std::get<Value::Object>(b.data);
    return x->size() == y.size() && std::ranges::all_of(*x, [&](const auto& member) {
             const Value* other = find(y, member.first);
             return other != nullptr && equal(member.second, *other);
           });
  }
  return a.data == b.data;
}

std::optional<std::partial_ordering> order(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) {
    const auto x = number(a), y = number(b);
    if (!x || !y) return std::nullopt;
    return *x <=> *y;
  }
  if (const auto* x = std::get_if<std::int64_t>(&a.data))
    return *x <=> std::get<std::int64_t>(b.data);
  if (const auto* x = std::get_if<double>(&a.data)) return *x <=> std::get<double>(b.data);
  if (const auto* x = std::get_if<Duration>(&a.data)) return *x <=> std::get<Duration>(b.data);
  if (const auto* x = std::get_if<Size>(&a.data)) return *x <=> std::get<Size>(b.data);
  if (const auto* x = std::get_if<std::string>(&a.data))
    return *x <=> std::get<std::string>(b.data);
  return std::nullopt;
}

std::expected<bool, EvalError> search(Op op, const Value& a, const Value& b) {
  if (op == Op::Contains) {
    if (const auto* list = std::get_if<Value::List>(&a.data)) {
      return std::ranges::any_of(*list, [&](const Value& element) { return equal(element, b); });
    }
    if (const auto* object = std::get_if<Value::Object>(&a.data); object && b.text()) {
      return find(*object, *b.text()) != nullptr;
    }
  }
  const std::string* text = a.text();
  const std::string* part = b.text();
  if (!text || !part) {
    return error(fmt::format("{} cannot be searched for {}", kind_of(a), kind_of(b)));
  }
  if (op == Op::StartsWith) return text->starts_with(*part);
  if (op == Op::EndsWith) return text->ends_with(*part);
  if (op == Op::Contains) return text->find(*part) != text->npos;
  const auto regex = values::Regex::compile(*part);
  if (!regex) return error(fmt::format("not a regular expression: {}", regex.error().message));
  return regex->matches(*text);
}

std::expected<std::string, EvalError> escape(Op op, const Value& value, bool quotable) {
  std::string text = to_text(value);
  if (op == Op::ShellWord || op == Op::ShellSingle || op == Op::ShellDouble) {
    auto quoted = values::shell_escape(text, shell_context(op));
    // The only text that cannot be quoted holds a NUL, which a message had better not show.
    if (!quoted) return error("a value for a command holds a NUL byte");
    return std::move(*quoted);
  }
  if (op == Op::UrlWhole) {
    const auto url = values::parse_url(std::string_view(text));
    if (!url) return refused(text, quotable, "a URL", url.error());
  }
  if (op == Op::UrlHost) return host(std::move(text), quotable);
  if (op == Op::UrlPort) {
    const auto port = values::parse_port(text);
    if (!port) return refused(text, quotable, "a port", port.error());
  }
  if (op == Op::UrlSegment && (text == "." || text == "..")) {
    // RFC 3986 section 5.2.4: encoding would not change what these mean.
    return error("a value for a path is `.` or `..`, which would point elsewhere");
  }
  if (op == Op::UrlSegment || op == Op::UrlComponent) return values::percent_encode(text);
  if (op == Op::HeaderValue && std::ranges::any_of(text, is_control)) {
    return error("a value for a header holds a line end or another control character");
  }
  return text;
}

}  // namespace hookc::plan
