#include "compiler/plan/eval/param_value.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/host.hpp"
#include "compiler/values/number.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/regex.hpp"
#include "compiler/values/selector.hpp"
#include "compiler/values/url.hpp"

namespace hookc::plan {
namespace {

using Result = std::expected<Value, std::string>;

std::unexpected<std::string> wrong(std::string_view text, std::string_view type,
                                   std::string_view why) {
  return std::unexpected(
      fmt::format("`{}` is not {} {}: {}", text, type.starts_with('i') ? "an" : "a", type, why));
}

template <typename T, typename Make>
Result parsed(const values::Checked<T>& result, std::string_view text, std::string_view type,
              Make make) {
  if (result) return make(*result);
  std::string why = result.error().message;
  if (result.error().suggestion) why += fmt::format("; write `{}`", *result.error().suggestion);
  return wrong(text, type, why);
}

/// For the types whose values stay texts.
template <typename T>
Result checked(const values::Checked<T>& result, std::string_view text, std::string_view type) {
  if (result) return Value{std::string(text)};
  return parsed(values::Checked<int>(std::unexpected(result.error())), text, type,
                [](int) { return Value{}; });
}

Result parse_int(const ParamType& type, std::string_view text) {
  const auto number = values::parse_int(text);
  if (!number) return wrong(text, "int", number.error().message);
  if ((type.low && *number < *type.low) || (type.high && *number > *type.high)) {
    return std::unexpected(fmt::format("{} is outside {}", *number, to_string(type)));
  }
  return Value{*number};
}

Result parse_string(const ParamType& type, std::string_view text) {
  if (!type.choices.empty() && std::ranges::find(type.choices, text) == type.choices.end()) {
    return std::unexpected(fmt::format("`{}` is not one of {}", text, to_string(type)));
  }
  if (!type.pattern.empty()) {
    const auto regex = values::Regex::compile(type.pattern);
    if (!regex)
      return std::unexpected(fmt::format("not a regular expression: {}", regex.error().message));
    if (!regex->matches_whole(text)) {
      return std::unexpected(fmt::format("`{}` does not match {}", text, to_string(type)));
    }
  }
  return Value{std::string(text)};
}

Result parse_scalar(const ParamType& type, std::string_view text) {
  const std::string_view name = type.name;
  if (name == "int") return parse_int(type, text);
  if (name == "string") return parse_string(type, text);
  if (name == "bool") {
    if (text == "true") return Value{true};
    if (text == "false") return Value{false};
    return wrong(text, name, "write `true` or `false`");
  }
  if (name == "duration") {
    return parsed(values::parse_duration(text), text, name,
                  [](std::int64_t ms) { return Value{Duration{ms}}; });
  }
  if (name == "size") {
    return parsed(values::parse_size(text), text, name,
                  [](std::int64_t bytes) { return Value{Size{bytes}}; });
  }
  if (name == "port") {
    return parsed(values::parse_port(text), text, name,
                  [](std::uint16_t port) { return Value{std::int64_t{port}}; });
  }
  if (name == "url") return checked(values::parse_url(text), text, name);
  if (name == "hostname") return checked(values::check_host(text), text, name);
  if (name == "regex") return checked(values::Regex::compile(text), text, name);
  if (name == "selector") return checked(values::parse_selector(text), text, name);
  if (name == "json") {
    auto value = parse_json(text);
    if (!value) return wrong(text, name, value.error());
    return std::move(*value);
  }
  return Value{std::string(text)};  // pod, function, workload: names, resolved where they are used
}

Result parse_list(const ParamType& type, std::string_view text) {
  ParamType element = type;
  element.name = type.element;
  element.element.clear();
  Value::List out;
  const auto add = [&](std::string_view item) -> std::expected<void, std::string> {
    auto value = parse_scalar(element, item);
    if (!value)
      return std::unexpected(fmt::format("element {}: {}", out.size() + 1, value.error()));
    out.push_back(std::move(*value));
    return {};
  };
  if (text.starts_with('[')) {
    const auto json = parse_json(text);
    if (!json) return wrong(text, to_string(type), json.error());
    for (const Value& item : std::get<Value::List>(json->data)) {
      if (const auto ok = add(to_text(item)); !ok) return std::unexpected(ok.error());
    }
    return Value{std::move(out)};
  }
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto ok = add(text.substr(0, comma)); !ok) return std::unexpected(ok.error());
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return Value{std::move(out)};
}

}  // namespace

Result parse_param(const ParamType& type, std::string_view text) {
  return type.name == "list" ? parse_list(type, text) : parse_scalar(type, text);
}

std::string to_string(const ParamType& type) {
  const std::string constraint = [&] {
    if (type.low || type.high) {
      return fmt::format("({}..{})", type.low ? fmt::to_string(*type.low) : "",
                         type.high ? fmt::to_string(*type.high) : "");
    }
    if (!type.pattern.empty()) return fmt::format("(/{}/)", type.pattern);
    if (type.choices.empty()) return std::string();
    std::string out;
    for (const std::string& choice : type.choices) {
      out += out.empty() ? '(' : ',';
      if (out.size() > 1) out += ' ';
      out += to_json(Value{choice});
    }
    return out + ")";
  }();
  if (type.name == "list") return fmt::format("list<{}{}>", type.element, constraint);
  return type.name + constraint;
}

}  // namespace hookc::plan
