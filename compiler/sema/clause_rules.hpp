// One row a clause: which actions and which places take it (rules 9, 14, 22, 25, 29).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "compiler/ast/ast.hpp"

namespace hookc::sema {

/// The alternatives of ast::Action::what, in their order.
enum class ActionKind : std::uint8_t { Error, Http, Tcp, Exec, Scale, Wait, Use, ScaleBack, Stdin };
static_assert(std::variant_size_v<decltype(ast::Action::what)> == 9);

inline ActionKind kind_of(const ast::Action& action) {
  return static_cast<ActionKind>(action.what.index());
}
std::string_view name_of(ActionKind kind);  // "an exec"

enum class Place : std::uint8_t { PreHook, PostHook, Acquire, SessionAcquire, Release };

/// What a clause at the use of a template does to one of its kind in the template's body (rule 36).
enum class Merging : std::uint8_t { Replace, Add, ReplaceSameKey };

struct ClauseRule {
  ast::ClauseKind kind;
  std::string_view keyword;
  bool repeatable;
  std::uint16_t actions;    // bits by ActionKind
  std::uint8_t places;      // bits by Place
  std::string_view takers;  // the actions in words: "`http` and `exec`"
  Merging merging;
};

/// The three ways to give a request its body; one takes the place of another.
constexpr bool is_body(ast::ClauseKind kind) {
  return kind == ast::ClauseKind::Body || kind == ast::ClauseKind::Json ||
         kind == ast::ClauseKind::Form;
}

/// The rule of a clause. O(1).
const ClauseRule& rule_of(ast::ClauseKind kind);

constexpr bool allows(std::uint16_t bits, ActionKind kind) {
  return (bits >> static_cast<unsigned>(kind) & 1U) != 0;
}
constexpr bool allows(std::uint8_t bits, Place place) {
  return (bits >> static_cast<unsigned>(place) & 1U) != 0;
}

}  // namespace hookc::sema
