// The outline of a plan: one more visitor of fields.hpp.
#include "compiler/plan/text.hpp"

#include <concepts>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "compiler/plan/fields.hpp"

namespace hookc::plan {
namespace {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;

class Outline {
 public:
  Outline(const Plan& plan, std::string& out) : plan_(plan), out_(out) {}

  template <typename T>
  void need(std::string_view name, const T& field) {
    entry(name, field);
  }
  template <typename T>
  void maybe(std::string_view name, const T& field) {
    if constexpr (std::same_as<T, std::uint32_t>) {
      if (field != UINT32_MAX) entry(name, field);
    } else {
      if (field != T{}) entry(name, field);
    }
  }
  template <typename... Ts, std::convertible_to<std::string_view>... Names>
  void one_of(const std::variant<Ts...>& variant, Names... names) {
    const std::array<std::string_view, sizeof...(Ts)> all{names...};
    std::visit([&](const auto& alternative) { entry(all[variant.index()], alternative); }, variant);
  }

 private:
  /// The text of a field that has no fields of its own.
  template <typename T>
  std::string line(const T& x) const {
    if constexpr (std::same_as<T, Expr>) {
      return to_source(x, plan_);
    } else if constexpr (std::same_as<T, bool>) {
      return x ? "yes" : "no";
    } else if constexpr (std::same_as<T, std::string>) {
      Expr literal;
      literal.literal = Value{x};
      return to_source(literal, plan_);
    } else if constexpr (std::is_enum_v<T>) {
      return std::string(kNames<T>[static_cast<std::size_t>(x)]);
    } else if constexpr (std::same_as<T, Origin>) {
      return fmt::format("{}:{}:{}", x.file, x.line, x.column);
    } else if constexpr (std::same_as<T, Group>) {
      return fmt::format("{}", fmt::join(x, " + "));
    } else {
      return fmt::to_string(x);
    }
  }

  template <typename T>
  void entry(std::string_view name, const T& field) {
    if constexpr (kIsOptional<T>) {
      entry(name, *field);
    } else if constexpr (kIsVector<T> && !std::same_as<T, Group>) {
      for (const auto& element : field) entry(name, element);
    } else if constexpr (requires { fields(*this, field); }) {
      add(name);
      ++depth_;
      fields(*this, field);
      --depth_;
    } else {
      add(fmt::format("{} {}", name, line(field)));
    }
  }

  void add(std::string_view text) {
    out_.append(2 * depth_, ' ');
    out_ += text;
    out_ += '\n';
  }

  const Plan& plan_;
  std::string& out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string to_text(const Plan& plan) {
  std::string out = fmt::format("plan {}\n", kVersion);
  Outline outline(plan, out);
  fields(outline, plan);
  return out;
}

}  // namespace hookc::plan
