#include "compiler/sema/facts.hpp"

#include <algorithm>
#include <array>

#include "grammar/keywords.hpp"

namespace hookc::sema {

namespace {

constexpr auto kFacts = std::to_array<FactInfo>({
#define HOOKC_FACT(kind, path, type, when) {Fact::kind, path, TypeKind::type, FactTime::when},
#include "compiler/sema/facts.def"
#undef HOOKC_FACT
});

constexpr auto kBuiltins = std::to_array<std::string_view>({
#define HOOKC_BUILTIN(kind, name) name,
#include "compiler/sema/builtins.def"
#undef HOOKC_BUILTIN
});

/// "hook(…)" and "header(…)" without their argument.
constexpr std::string_view without_argument(std::string_view text) {
  return text.substr(0, text.find('('));
}

}  // namespace

std::span<const FactInfo> all_facts() {
  return kFacts;
}
const FactInfo& info(Fact fact) {
  return kFacts[static_cast<std::size_t>(fact)];
}

std::optional<Fact> find_fact(std::string_view base, std::string_view member) {
  for (const FactInfo& entry : kFacts) {
    const std::size_t dot = entry.path.rfind('.');
    if (dot == std::string_view::npos || entry.path.substr(dot + 1) != member) continue;
    if (without_argument(entry.path.substr(0, dot)) == base) return entry.fact;
  }
  return std::nullopt;
}

std::optional<Fact> find_fact(std::string_view name) {
  for (const FactInfo& entry : kFacts) {
    if (entry.path.find('.') == std::string_view::npos && without_argument(entry.path) == name) {
      return entry.fact;
    }
  }
  return std::nullopt;
}

bool is_fact_base(std::string_view name) {
  return name == "session" || name == "target" || name == "operation";
}

bool is_reserved_value(std::string_view name) {
  if (is_fact_base(name) || name == "hook" || find_fact(name)) return true;
  const auto role = syntax::info(syntax::find_word(name)).role;
  return role == syntax::WordRole::Statement || role == syntax::WordRole::Expression;
}

bool tells(Attempt attempt, Fact fact) {
  switch (info(fact).time) {
    case FactTime::Always:
    case FactTime::Post:
    case FactTime::Later: return true;
    case FactTime::Http: return attempt == Attempt::Http;
    case FactTime::Exec:
      return attempt == Attempt::Exec || (attempt == Attempt::Operation && fact == Fact::Exit);
    case FactTime::Attempt:
      return attempt == Attempt::Http || attempt == Attempt::Exec || attempt == Attempt::Object;
  }
  return false;
}

std::optional<Builtin> find_builtin(std::string_view name) {
  const auto found = std::find(kBuiltins.begin(), kBuiltins.end(), name);
  if (found == kBuiltins.end()) return std::nullopt;
  return static_cast<Builtin>(found - kBuiltins.begin());
}

std::string_view name_of(Builtin builtin) {
  return kBuiltins[static_cast<std::size_t>(builtin)];
}

}  // namespace hookc::sema
