// Every expression of a plan.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/plan/fields.hpp"

namespace hookc::plan {

/// A visitor of fields.hpp that hands each expression, and each operand of it, to `visit`,
/// outermost first.
template <typename Visit>
class ExprWalk {
 public:
  explicit ExprWalk(Visit& visit) : visit_(visit) {}

  template <typename T>
  void need(std::string_view, const T& field) {
    walk(field);
  }
  template <typename T>
  void maybe(std::string_view, const T& field) {
    walk(field);
  }
  template <typename... Ts, typename... Names>
  void one_of(const std::variant<Ts...>& variant, Names...) {
    std::visit([&](const auto& alternative) { walk(alternative); }, variant);
  }

 private:
  void walk(const Expr& expr) {
    visit_(expr);
    for (const Expr& arg : expr.args) walk(arg);
  }
  template <typename T>
  void walk(const std::optional<T>& field) {
    if (field) walk(*field);
  }
  template <typename T>
  void walk(const std::vector<T>& field) {
    for (const T& element : field) walk(element);
  }
  template <typename T>
  void walk(const T& field) {
    if constexpr (requires { fields(*this, field); }) fields(*this, field);
  }

  Visit& visit_;
};

/// Calls `visit(const Expr&)` for every expression of `root`: a Plan, or any struct of one.
/// Pre-order, O(size).
template <typename T, typename Visit>
void for_each_expr(const T& root, Visit visit) {
  ExprWalk<Visit> walk(visit);
  fields(walk, root);
}

}  // namespace hookc::plan
