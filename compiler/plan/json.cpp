#include "compiler/plan/json.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/fields.hpp"
#include "compiler/plan/json_expr.hpp"
#include "compiler/plan/verify.hpp"

namespace hookc::plan {
namespace {

/// Deepest nesting of a plan's JSON: an expression level takes two, and lowering bounds those.
constexpr std::size_t kPlanDepth = 1024;

// ---- writing
// -------------------------------------------------------------------------------------------------

template <typename T>
Value write(const T& x);

class ObjectWriter {
 public:
  template <typename T>
  void need(std::string_view name, const T& field) {
    object_.emplace_back(std::string(name), write(field));
  }
  template <typename T>
  void maybe(std::string_view name, const T& field) {
    if (field != absent(field)) need(name, field);
  }
  template <typename... Ts, std::convertible_to<std::string_view>... Names>
  void one_of(const std::variant<Ts...>& variant, Names... names) {
    const std::array<std::string_view, sizeof...(Ts)> all{names...};
    std::visit([&](const auto& alternative) { need(all[variant.index()], alternative); }, variant);
  }
  /// What `field` is when it is left out.
  template <typename T>
  static T absent(const T&) {
    if constexpr (std::same_as<T, std::uint32_t>) return UINT32_MAX;
    return T{};
  }
  Value take() && { return Value{std::move(object_)}; }
  Value::Object& object() { return object_; }

 private:
  Value::Object object_;
};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <typename T>
Value write(const T& x) {
  if constexpr (std::same_as<T, Expr>) {
    return expr_to_value(x);
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, std::string>) {
    return Value{x};
  } else if constexpr (std::integral<T>) {
    return Value{static_cast<std::int64_t>(x)};
  } else if constexpr (std::is_enum_v<T>) {
    return Value{std::string(kNames<T>[static_cast<std::size_t>(x)])};
  } else if constexpr (std::same_as<T, Origin>) {
    return Value{fmt::format("{}:{}:{}", x.file, x.line, x.column)};
  } else if constexpr (kIsOptional<T>) {
    return write(*x);
  } else if constexpr (kIsVector<T>) {
    Value::List list;
    list.reserve(x.size());
    for (const auto& element : x) list.push_back(write(element));
    return Value{std::move(list)};
  } else {
    ObjectWriter writer;
    fields(writer, x);
    return std::move(writer).take();
  }
}

// ---- reading
// -------------------------------------------------------------------------------------------------

/// The first thing that was wrong. `path` is filled on the way out, from the inside.
struct Failure {
  std::string problem;
  std::string path;
  bool in(std::string_view step) {
    path.insert(0, step);
    return false;
  }
  bool because(std::string text) {
    problem = std::move(text);
    return false;
  }
};

template <typename T>
bool read(const Value& value, T& out, Failure& failure);

class ObjectReader {
 public:
  ObjectReader(const Value::Object& object, Failure& failure)
      : object_(object), used_(object.size()), failure_(failure) {}

  template <typename T>
  void need(std::string_view name, T& field) {
    if (const Value* value = take(name)) {
      inside(name, *value, field);
    } else if (ok_) {
      ok_ = failure_.because(fmt::format("`{}` is missing", name));
    }
  }
  template <typename T>
  void maybe(std::string_view name, T& field) {
    field = ObjectWriter::absent(field);
    if (const Value* value = take(name)) inside(name, *value, field);
  }
  template <typename... Ts, std::convertible_to<std::string_view>... Names>
  void one_of(std::variant<Ts...>& variant, Names... names) {
    const std::size_t found = (std::size_t{0} + ... + (alternative<Ts>(variant, names) ? 1 : 0));
    if (found != 1 && ok_) {
      std::string list;
      ((list += fmt::format("{}`{}`", list.empty() ? "" : ", ", names)), ...);
      ok_ = failure_.because(fmt::format("exactly one of {} is wanted", list));
    }
  }
  /// After all fields: whether everything was read, and nothing else was there.
  bool done() {
    if (!ok_) return false;
    const auto unknown = std::ranges::find(used_, false);
    if (unknown == used_.end()) return true;
    const auto i = static_cast<std::size_t>(unknown - used_.begin());
    return failure_.because(fmt::format("unknown field `{}`", object_[i].first));
  }

 private:
  const Value* take(std::string_view name) {
    if (!ok_) return nullptr;
    for (std::size_t i = 0; i < object_.size(); ++i) {
      if (object_[i].first != name) continue;
      used_[i] = true;
      return &object_[i].second;
    }
    return nullptr;
  }
  template <typename T>
  void inside(std::string_view name, const Value& value, T& field) {
    ok_ = read(value, field, failure_) || failure_.in(fmt::format(".{}", name));
  }
  template <typename T, typename... Ts>
  bool alternative(std::variant<Ts...>& variant, std::string_view name) {
    const Value* value = take(name);
    if (value == nullptr) return false;
    inside(name, *value, variant.template emplace<T>());
    return true;
  }

  const Value::Object& object_;
  std::vector<bool> used_;
  Failure& failure_;
  bool ok_ = true;
};

bool read_origin(std::string_view text, Origin& out, Failure& failure) {
  const auto cut = [&](std::uint32_t& number) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return false;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data() + colon + 1, end, number);
    text = text.substr(0, colon);
    return problem == std::errc() && stop == end;
  };
  if (!cut(out.column) || !cut(out.line))
    return failure.because("a place `file:line:column` is wanted");
  out.file = text;
  return true;
}

template <typename T>
bool read(const Value& value, T& out, Failure& failure) {
  if constexpr (std::same_as<T, Expr>) {
    return expr_from_value(value, out, failure.problem, failure.path);
  } else if constexpr (std::same_as<T, bool>) {
    const bool* b = std::get_if<bool>(&value.data);
    if (b == nullptr) return failure.because("true or false is wanted");
    out = *b;
    return true;
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Origin> ||
                       std::is_enum_v<T>) {
    const std::string* text = value.text();
    if (text == nullptr) return failure.because("a text is wanted");
    if constexpr (std::same_as<T, std::string>) {
      out = *text;
      return true;
    } else if constexpr (std::same_as<T, Origin>) {
      return read_origin(*text, out, failure);
    } else {
      const auto found = std::ranges::find(kNames<T>, *text);
      if (found == kNames<T>.end()) return failure.because(fmt::format("unknown word `{}`", *text));
      out = static_cast<T>(found - kNames<T>.begin());
      return true;
    }
  } else if constexpr (std::integral<T>) {
    const auto* n = std::get_if<std::int64_t>(&value.data);
    if (n == nullptr || !std::in_range<T>(*n)) return failure.because("a whole number is wanted");
    out = static_cast<T>(*n);
    return true;
  } else if constexpr (kIsOptional<T>) {
    return read(value, out.emplace(), failure);
  } else if constexpr (kIsVector<T>) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr) return failure.because("a list is wanted");
    out.resize(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!read((*list)[i], out[i], failure)) return failure.in(fmt::format("[{}]", i));
    }
    return true;
  } else {
    const auto* object = std::get_if<Value::Object>(&value.data);
    if (object == nullptr) return failure.because("an object is wanted");
    ObjectReader reader(*object, failure);
    fields(reader, out);
    return reader.done();
  }
}

std::string to_message(const Failure& failure) {
  std::string_view path = failure.path;
  if (path.starts_with('.')) path.remove_prefix(1);
  return path.empty() ? failure.problem : fmt::format("{}: {}", path, failure.problem);
}

/// Takes the version off `value`; says why it cannot be read, or nothing.
std::optional<std::string> wrong_version(Value& value) {
  auto* object = std::get_if<Value::Object>(&value.data);
  if (object == nullptr || object->empty() || object->front().first != "hookc_plan") {
    return "not a plan: its first field is not `hookc_plan`";
  }
  const auto* version = std::get_if<std::int64_t>(&object->front().second.data);
  if (version == nullptr || *version != kVersion) {
    return fmt::format("a plan of version {}, and this hookc reads version {}",
                       to_json(object->front().second), kVersion);
  }
  object->erase(object->begin());
  return std::nullopt;
}

}  // namespace

std::string to_json(const Plan& plan, bool pretty) {
  ObjectWriter writer;
  writer.need("hookc_plan", std::int64_t{kVersion});
  fields(writer, plan);
  const Value value = std::move(writer).take();
  return pretty ? to_pretty_json(value) : to_json(value);
}

std::string to_json(const Expr& expr) {
  return to_json(expr_to_value(expr));
}

std::expected<Plan, std::string> parse_plan(std::string_view json) {
  auto value = parse_json(json, kPlanDepth);
  if (!value) return std::unexpected(value.error());
  if (auto problem = wrong_version(*value)) return std::unexpected(std::move(*problem));
  Failure failure;
  Plan plan;
  if (!read(*value, plan, failure)) return std::unexpected(to_message(failure));
  if (auto problem = find_damage(plan)) return std::unexpected(std::move(*problem));
  return plan;
}

std::expected<Expr, std::string> parse_expr(std::string_view json) {
  const auto value = parse_json(json, kPlanDepth);
  if (!value) return std::unexpected(value.error());
  Failure failure;
  Expr expr;
  if (!read(*value, expr, failure)) return std::unexpected(to_message(failure));
  return expr;
}

}  // namespace hookc::plan
