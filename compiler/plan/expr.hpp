// Values and expressions of plans.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hookc::plan {

struct Duration {
  std::int64_t ms = 0;
  friend auto operator<=>(const Duration&, const Duration&) = default;
};
struct Size {
  std::int64_t bytes = 0;
  friend auto operator<=>(const Size&, const Size&) = default;
};

/// A value of the language at run time. Objects keep the order of their keys. Missing: null.
struct Value {
  struct Field;
  using List = std::vector<Value>;
  using Object = std::vector<Field>;
  std::variant<std::monostate, bool, std::int64_t, double, Duration, Size, std::string, List,
               Object>
      data;

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  const std::string* text() const { return std::get_if<std::string>(&data); }
  friend bool operator==(const Value& a, const Value& b);
};
/// One field of an object. A type of its own and not a std::pair, which clang cannot take of an
/// incomplete type.
struct Value::Field {
  std::string first;
  Value second;
  friend bool operator==(const Field&, const Field&) = default;
};
inline bool operator==(const Value& a, const Value& b) {
  return a.data == b.data;
}

enum class Op : std::uint8_t {
#define HOOKC_OP(kind, name) kind,
#include "compiler/plan/ops.def"
#undef HOOKC_OP
};

/// An expression tree; its depth is bounded by the parser's nesting limit times the depth of
/// templates.
struct Expr {
  Op op = Op::Literal;
  std::uint32_t index = 0;        // Param, Secret, Capture: into the Plan; HookFact: step id
  Value literal;                  // Literal; Regex: the pattern
  std::string name;               // Fact: "session.id"; HookFact, Header, Member, Call: see ops.def
  std::vector<std::string> keys;  // Object
  std::vector<Expr> args;
  friend bool operator==(const Expr&, const Expr&) = default;
};
using OptionalExpr = std::optional<Expr>;

}  // namespace hookc::plan
