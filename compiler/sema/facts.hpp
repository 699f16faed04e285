// The facts of facts.def as a table, and which attempt can tell which.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "compiler/sema/program.hpp"

namespace hookc::sema {

/// The earliest moment a fact exists; see facts.def.
enum class FactTime : std::uint8_t { Always, Post, Later, Http, Exec, Attempt };

struct FactInfo {
  Fact fact;
  std::string_view path;  // "session.id", "hook(…).status", "stdout"
  TypeKind type;
  FactTime time;
};
std::span<const FactInfo> all_facts();
const FactInfo& info(Fact fact);

/// "session" + "id". O(facts).
std::optional<Fact> find_fact(std::string_view base, std::string_view member);
/// The facts of an attempt: "status", "stdout".
std::optional<Fact> find_fact(std::string_view name);

/// `session`, `target`, `operation`: names that only mean something with a member.
bool is_fact_base(std::string_view name);
/// Rule 5: no value may have this name.
bool is_reserved_value(std::string_view name);

/// What an attempt can tell to `expect`, `capture` and `ready once`.
enum class Attempt : std::uint8_t {
  None,
  Http,
  Exec,
  Object,     // `wait … where`: the object as `json`
  Operation,  // `operation … succeeds when`: `exit`
};
bool tells(Attempt attempt, Fact fact);

std::optional<Builtin> find_builtin(std::string_view name);
std::string_view name_of(Builtin builtin);

}  // namespace hookc::sema
