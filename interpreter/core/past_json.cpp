#include "interpreter/core/past_json.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::engine {
namespace {

using plan::Value;

/// A level of a value takes at most three here.
constexpr std::size_t kDepth = 3 * plan::kJsonDepth + 16;

// ---- the fields, said once for the writer and the reader
// -------------------------------------------------------------------------------------------------

template <typename E>
inline constexpr std::array<std::string_view, 0> kNames{};
template <>
inline constexpr std::array<std::string_view, 2> kNames<Operation>{"backup", "restore"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<StepPhase>{
    "pending", "running", "succeeded", "failed", "skipped"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<SessionStatus>{
    "running", "waiting", "succeeded", "failed", "skipped"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<Outcome>{"open", "success", "failure",
                                                                 "skipped"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<Effect>{"idle", "definite", "unknown",
                                                                "acquired"};

template <typename T>
concept Record =
    std::same_as<T, StepResult> || std::same_as<T, Pod> || std::same_as<T, HeldTarget> ||
    std::same_as<T, HoldPast> || std::same_as<T, StepPast> || std::same_as<T, OperationPast> ||
    std::same_as<T, SessionPast> || std::same_as<T, Inputs>;
template <typename T, typename U>
concept MaybeConst = std::same_as<std::remove_const_t<T>, U>;

template <typename F, MaybeConst<StepResult> T>
void fields(F& f, T& x) {
  f("phase", x.phase);
  f("attempts", x.attempts);
  f("started", x.started);
  f("ended", x.ended);
  f("reason", x.reason);
  f("output", x.output);
  f("by_hand", x.by_hand);
}
template <typename F, MaybeConst<Pod> T>
void fields(F& f, T& x) {
  f("namespace", x.namespace_name);
  f("name", x.name);
  f("uid", x.uid);
  f("container", x.container);
  f("address", x.address);
}
template <typename F, MaybeConst<HeldTarget> T>
void fields(F& f, T& x) {
  f("pod", x.pod);
  f("effect", x.effect);
  f("handle", x.handle);
}
template <typename F, MaybeConst<HoldPast> T>
void fields(F& f, T& x) {
  f("order", x.order);
  f("targets", x.targets);
  f("since", x.since);
  f("limit", x.limit);
  f("size", x.size);
  f("settled", x.settled);
}
template <typename F, MaybeConst<StepPast> T>
void fields(F& f, T& x) {
  f("task", x.task);
  f("release", x.release);
  f("hold", x.hold);
  f("captures", x.captures);
}
template <typename F, MaybeConst<OperationPast> T>
void fields(F& f, T& x) {
  f("exit_code", x.exit_code);
  f("output", x.output);
  f("started", x.started);
  f("ended", x.ended);
}
template <typename F, MaybeConst<SessionPast> T>
void fields(F& f, T& x) {
  f("status", x.status);
  f("outcome", x.outcome);
  f("started", x.started);
  f("ended", x.ended);
  f("bound_to_fail", x.bound_to_fail);
  f("reason", x.reason);
  f("skip_reason", x.skip_reason);
  f("operation", x.operation);
}
template <typename F, MaybeConst<Inputs> T>
void fields(F& f, T& x) {
  f("operation", x.operation);
  f("session_id", x.session_id);
  f("started", x.started);
  f("params", x.params);
  f("target_kind", x.target_kind);
  f("target_name", x.target_name);
  f("target_namespace", x.target_namespace);
  f("default_namespace", x.default_namespace);
  f("has_operation", x.has_operation);
}

// ---- writing
// -------------------------------------------------------------------------------------------------

template <Record T>
Value write(const T& x);

Value write(const std::string& text) {
  if (find_invalid_utf8(text) == std::string::npos) return Value{text};
  std::string hex;
  for (const char c : text)
    hex += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return Value{Value::Object{{"hex", Value{std::move(hex)}}}};
}

/// Null, booleans, numbers, texts and lists are JSON's own; everything else is an object with one
/// key that says what it is. Objects are lists of pairs: so their keys can be any bytes.
Value write(const Value& value) {
  if (const auto* text = value.text()) return write(*text);
  if (const auto* duration = std::get_if<plan::Duration>(&value.data))
    return Value{Value::Object{{"duration", Value{duration->ms}}}};
  if (const auto* size = std::get_if<plan::Size>(&value.data))
    return Value{Value::Object{{"size", Value{size->bytes}}}};
  Value::List list;
  if (const auto* elements = std::get_if<Value::List>(&value.data)) {
    for (const Value& element : *elements) list.push_back(write(element));
    return Value{std::move(list)};
  }
  if (const auto* object = std::get_if<Value::Object>(&value.data)) {
    for (const auto& [key, field] : *object)
      list.push_back(Value{Value::List{write(key), write(field)}});
    return Value{Value::Object{{"object", Value{std::move(list)}}}};
  }
  return value;
}

template <std::integral T>
Value write(T number) {
  if constexpr (std::same_as<T, bool>) return Value{number};
  return Value{static_cast<std::int64_t>(number)};
}
template <typename E>
  requires std::is_enum_v<E>
Value write(E value) {
  return Value{std::string(kNames<E>[static_cast<std::size_t>(value)])};
}
template <typename A, typename B>
Value write(const std::pair<A, B>& pair) {
  return Value{Value::List{write(pair.first), write(pair.second)}};
}
template <typename T>
Value write(const std::optional<T>& value) {
  return write(*value);  // absent ones are left out
}
template <typename T>
Value write(const std::vector<T>& elements) {
  Value::List list;
  list.reserve(elements.size());
  for (const T& element : elements) list.push_back(write(element));
  return Value{std::move(list)};
}

struct Writer {
  Value::Object object;
  template <typename T>
  void operator()(std::string_view name, const T& field) {
    if (field != T{}) object.emplace_back(std::string(name), write(field));
  }
  // The one that is true unless said otherwise.
  void operator()(std::string_view name, const bool& field) {
    if (field != (name == "has_operation")) object.emplace_back(std::string(name), Value{field});
  }
};
template <Record T>
Value write(const T& x) {
  Writer writer;
  fields(writer, x);
  return Value{std::move(writer.object)};
}

template <typename T>
std::string document(const T& x) {
  Writer writer{{{"version", Value{std::int64_t{kPastVersion}}}}};
  fields(writer, x);
  return plan::to_json(Value{std::move(writer.object)});
}

// ---- reading
// -------------------------------------------------------------------------------------------------

/// The first thing that was wrong; `path` is filled on the way out, from the inside.
struct Failure {
  std::string problem, path;
  bool in(std::string_view step) {
    path.insert(0, step);
    return false;
  }
  bool because(std::string text) {
    problem = std::move(text);
    return false;
  }
  bool wanted(std::string_view what, const Value& value) {
    return because(fmt::format("{} is wanted, not {}", what, plan::kind_of(value)));
  }
};

/// The value of an object with this one key.
const Value* tagged(const Value& value, std::string_view key) {
  const auto* object = std::get_if<Value::Object>(&value.data);
  return object != nullptr && object->size() == 1 && object->front().first == key
             ? &object->front().second
             : nullptr;
}

template <Record T>
bool read(const Value& value, T& out, Failure& failure);
bool read(const Value& value, Value& out, Failure& failure);

bool unhex(const std::string& hex, std::string& out) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  out.clear();
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
  }
  return hex.size() % 2 == 0;
}

bool read(const Value& value, std::string& out, Failure& failure) {
  if (const auto* text = value.text()) {
    out = *text;
    return true;
  }
  const Value* const hex = tagged(value, "hex");
  if (hex == nullptr || hex->text() == nullptr) return failure.wanted("a text", value);
  return unhex(*hex->text(), out) || failure.because("`hex` is not pairs of hexadecimal digits");
}

template <std::integral T>
bool read(const Value& value, T& out, Failure& failure) {
  if constexpr (std::same_as<T, bool>) {
    const auto* const flag = std::get_if<bool>(&value.data);
    if (flag == nullptr) return failure.wanted("true or false", value);
    out = *flag;
  } else {
    const auto* const number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr || !std::in_range<T>(*number))
      return failure.because("a whole number in range is wanted");
    out = static_cast<T>(*number);
  }
  return true;
}

template <typename E>
  requires std::is_enum_v<E>
bool read(const Value& value, E& out, Failure& failure) {
  const auto* const name = value.text();
  const auto& names = kNames<E>;
  const auto found = name == nullptr ? names.end() : std::ranges::find(names, *name);
  if (found == names.end())
    return failure.because(fmt::format("one of {} is wanted", fmt::join(names, ", ")));
  out = static_cast<E>(found - names.begin());
  return true;
}

template <typename A, typename B>
bool read(const Value& value, std::pair<A, B>& out, Failure& failure) {
  const auto* const list = std::get_if<Value::List>(&value.data);
  if (list == nullptr || list->size() != 2) return failure.because("a list of two is wanted");
  return (read((*list)[0], out.first, failure) || failure.in("[0]")) &&
         (read((*list)[1], out.second, failure) || failure.in("[1]"));
}

template <typename T>
bool read(const Value& value, std::optional<T>& out, Failure& failure) {
  return read(value, out.emplace(), failure);
}

template <typename T>
bool read(const Value& value, std::vector<T>& out, Failure& failure) {
  const auto* const list = std::get_if<Value::List>(&value.data);
  if (list == nullptr) return failure.wanted("a list", value);
  out.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!read((*list)[i], out.emplace_back(), failure)) return failure.in(fmt::format("[{}]", i));
  }
  return true;
}

bool read(const Value& value, Value& out, Failure& failure) {
  if (const Value* const ms = tagged(value, "duration")) {
    plan::Duration duration;
    if (!read(*ms, duration.ms, failure)) return failure.in(".duration");
    out.data = duration;
  } else if (const Value* const bytes = tagged(value, "size")) {
    plan::Size size;
    if (!read(*bytes, size.bytes, failure)) return failure.in(".size");
    out.data = size;
  } else if (const Value* const members = tagged(value, "object")) {
    std::vector<std::pair<std::string, Value>> pairs;
    if (!read(*members, pairs, failure)) return failure.in(".object");
    Value::Object object;
    for (auto& [key, field] : pairs) object.emplace_back(std::move(key), std::move(field));
    out.data = std::move(object);
  } else if (std::holds_alternative<Value::List>(value.data)) {
    Value::List list;
    if (!read(value, list, failure)) return false;
    out.data = std::move(list);
  } else if (value.text() != nullptr || std::holds_alternative<Value::Object>(value.data)) {
    std::string text;
    if (!read(value, text, failure)) return false;
    out.data = std::move(text);
  } else {
    out = value;
  }
  return true;
}

class Reader {
 public:
  Reader(const Value::Object& object, Failure& failure) : object_(object), failure_(failure) {}

  template <typename T>
  void operator()(std::string_view name, T& field) {
    const Value* const value = ok_ ? plan::find(object_, name) : nullptr;
    if (value == nullptr) return;
    ++used_;
    ok_ = read(*value, field, failure_) || failure_.in(fmt::format(".{}", name));
    names_.push_back(name);
  }
  /// After all fields: whether all was read and nothing else was there.
  bool done() {
    if (!ok_ || used_ == object_.size()) return ok_;
    const auto unknown = std::ranges::find_if(object_, [&](const Value::Field& field) {
      return std::ranges::find(names_, field.first) == names_.end();
    });
    // A foreign key may have line ends in it: as JSON has it, without the quotes.
    const std::string key = plan::to_json(Value{unknown->first});
    return failure_.because(fmt::format("unknown field `{}`", key.substr(1, key.size() - 2)));
  }

 private:
  const Value::Object& object_;
  Failure& failure_;
  std::vector<std::string_view> names_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

template <Record T>
bool read(const Value& value, T& out, Failure& failure) {
  const auto* const object = std::get_if<Value::Object>(&value.data);
  if (object == nullptr) return failure.wanted("an object", value);
  Reader reader(*object, failure);
  fields(reader, out);
  return reader.done();
}

template <typename T>
std::expected<T, std::string> parse(std::string_view json) {
  auto value = plan::parse_json(json, kDepth);
  if (!value) return std::unexpected(std::move(value.error()));
  auto* const object = std::get_if<Value::Object>(&value->data);
  const Value* const version = object != nullptr ? plan::find(*object, "version") : nullptr;
  if (version == nullptr) return std::unexpected("`version` is missing");
  if (*version != Value{std::int64_t{kPastVersion}}) {
    return std::unexpected(fmt::format("version {} is wanted, not {}", kPastVersion,
                                       plan::to_json(*version).substr(0, 40)));
  }
  std::erase_if(*object, [](const Value::Field& field) { return field.first == "version"; });
  T out;
  Failure failure;
  if (read(*value, out, failure)) return out;
  if (failure.path.starts_with('.')) failure.path.erase(0, 1);
  return std::unexpected(failure.path.empty()
                             ? std::move(failure.problem)
                             : fmt::format("{}: {}", failure.path, failure.problem));
}

}  // namespace

std::string to_json(const SessionPast& past) {
  return document(past);
}
std::string to_json(const StepPast& past) {
  return document(past);
}
std::string to_json(const Inputs& inputs) {
  return document(inputs);
}

std::expected<SessionPast, std::string> parse_session_past(std::string_view json) {
  return parse<SessionPast>(json);
}
std::expected<StepPast, std::string> parse_step_past(std::string_view json) {
  return parse<StepPast>(json);
}
std::expected<Inputs, std::string> parse_inputs(std::string_view json) {
  return parse<Inputs>(json);
}

}  // namespace hookc::engine
