#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/eval/operators.hpp"
#include "compiler/plan/eval/value.hpp"
#include "compiler/values/number.hpp"

namespace hookc::plan {
namespace {

using Result = std::expected<Value, EvalError>;

std::unexpected<EvalError> error(std::string message) {
  return std::unexpected(EvalError{std::move(message)});
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string map_ascii(std::string text, char first, char last, int distance) {
  for (char& c : text) {
    if (c >= first && c <= last) c = static_cast<char>(c + distance);
  }
  return text;
}

/// Code points: every byte but UTF-8's continuation bytes.
std::int64_t length(std::string_view text) {
  return std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

std::string_view without_last_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// The first or last `lines` lines, without the line end after the last of them.
std::string_view first_lines(std::string_view text, std::int64_t lines) {
  std::size_t end = 0;
  for (; lines > 0; --lines) {
    const std::size_t line_end = text.find('\n', end);
    if (line_end == text.npos) return text;
    end = line_end + 1;
  }
  return without_last_line_end(text.substr(0, end));
}
std::string_view last_lines(std::string_view text, std::int64_t lines) {
  text = without_last_line_end(text);
  if (lines <= 0) return {};
  for (std::size_t begin = text.size(); begin > 0; --begin) {
    if (text[begin - 1] == '\n' && --lines == 0) return text.substr(begin);
  }
  return text;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t hit = text.find(from, at);
    out += text.substr(at, hit - at);
    if (hit == text.npos) return out;
    out += to;
    at = hit + from.size();
  }
}

struct Arguments {
  std::string_view function;
  const std::vector<Value>& all;

  std::expected<std::string, EvalError> text(std::size_t i) const {
    if (i < all.size() && all[i].text() != nullptr) return *all[i].text();
    return wrong(i, "a text");
  }
  std::expected<std::int64_t, EvalError> count(std::size_t i) const {
    if (i < all.size()) {
      if (const auto* n = std::get_if<std::int64_t>(&all[i].data)) return *n;
    }
    return wrong(i, "a whole number");
  }
  std::unexpected<EvalError> wrong(std::size_t i, std::string_view wanted) const {
    return error(fmt::format("`{}` wants {} as argument {}, not {}", function, wanted, i + 1,
                             i < all.size() ? kind_of(all[i]) : "nothing"));
  }
};

Result join(const Arguments& args) {
  const auto* list = args.all.empty() ? nullptr : std::get_if<Value::List>(&args.all[0].data);
  if (list == nullptr) return args.wrong(0, "a list");
  const auto separator = args.text(1);
  if (!separator) return std::unexpected(separator.error());
  std::string out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (i > 0) out += *separator;
    out += to_text((*list)[i]);
  }
  return Value{std::move(out)};
}

Result replace(const Arguments& args) {
  const auto text = args.text(0), from = args.text(1), to = args.text(2);
  if (!text) return std::unexpected(text.error());
  if (!from) return std::unexpected(from.error());
  if (!to) return std::unexpected(to.error());
  return Value{replace_all(*text, *from, *to)};
}

Result lines(const Arguments& args, std::string_view (*take)(std::string_view, std::int64_t)) {
  const auto text = args.text(0);
  if (!text) return std::unexpected(text.error());
  const auto count = args.count(1);
  if (!count) return std::unexpected(count.error());
  return Value{std::string(take(*text, *count))};
}

Result to_int(const Value& value) {
  if (std::holds_alternative<std::int64_t>(value.data)) return value;
  if (const std::string* text = value.text()) {
    if (const auto number = values::parse_int(trim(*text))) return Value{*number};
  }
  return Value{};
}

}  // namespace

Result call(std::string_view name, const std::vector<Value>& all) {
  const Arguments args{name, all};
  if (name == "join") return join(args);
  if (name == "replace") return replace(args);
  if (name == "first") return lines(args, first_lines);
  if (name == "last") return lines(args, last_lines);
  if (all.size() != 1) return error(fmt::format("`{}` wants one argument", name));
  if (name == "raw") return all[0];
  if (name == "string") return Value{to_text(all[0])};
  if (name == "int") return to_int(all[0]);
  if (name == "length") {
    if (const auto* list = std::get_if<Value::List>(&all[0].data)) {
      return Value{static_cast<std::int64_t>(list->size())};
    }
  }
  auto text = args.text(0);
  if (!text) return std::unexpected(text.error());
  if (name == "length") return Value{length(*text)};
  if (name == "lower") return Value{map_ascii(std::move(*text), 'A', 'Z', 'a' - 'A')};
  if (name == "upper") return Value{map_ascii(std::move(*text), 'a', 'z', 'A' - 'a')};
  if (name == "trim") return Value{std::string(trim(*text))};
  return error(fmt::format("there is no function `{}`", name));
}

}  // namespace hookc::plan
