#include "compiler/sema/clause_rules.hpp"

namespace hookc::sema {

namespace {

constexpr std::uint16_t bits(std::initializer_list<ActionKind> kinds) {
  std::uint16_t result = 0;
  for (const ActionKind kind : kinds)
    result |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
  return result;
}
constexpr std::uint8_t at(std::initializer_list<Place> places) {
  std::uint8_t result = 0;
  for (const Place place : places)
    result |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(place));
  return result;
}

using enum ActionKind;
using enum Place;

struct Row {
  std::uint16_t actions;
  std::uint8_t places;
  std::string_view takers;
  Merging merging = Merging::Replace;
};

constexpr Row row(ast::ClauseKind kind) {
  using enum Merging;
  constexpr std::uint16_t any = bits({Http, Tcp, Exec, Scale, Wait, ScaleBack, Stdin});
  constexpr std::uint16_t http = bits({Http});
  constexpr std::uint16_t exec = bits({Exec});
  constexpr std::uint16_t telling = bits({Http, Exec, Stdin});
  constexpr std::uint8_t everywhere = at({PreHook, PostHook, Acquire, SessionAcquire, Release});
  constexpr std::uint8_t no_release = at({PreHook, PostHook, Acquire, SessionAcquire});
  constexpr std::uint8_t no_session = at({PreHook, PostHook, Acquire, Release});
  switch (kind) {
    case ast::ClauseKind::Timeout: return {any, everywhere, "every action"};
    case ast::ClauseKind::Retry: return {any, everywhere, "every action"};
    case ast::ClauseKind::OnError: return {any, no_release, "every action"};
    case ast::ClauseKind::Expect: return {telling, no_session, "`http` and `exec`", Add};
    case ast::ClauseKind::When: return {any, no_release, "every action"};
    case ast::ClauseKind::ReadyOnce:
      return {exec, at({SessionAcquire}), "the `exec` of a session hold"};
    case ast::ClauseKind::Capture: return {telling, everywhere, "`http` and `exec`", Add};
    case ast::ClauseKind::Header: return {http, everywhere, "`http`", ReplaceSameKey};
    case ast::ClauseKind::Body: return {http, everywhere, "`http`"};
    case ast::ClauseKind::Json: return {http, everywhere, "`http`"};
    case ast::ClauseKind::Form: return {http, everywhere, "`http`"};
    case ast::ClauseKind::Env: return {exec, everywhere, "`exec`", ReplaceSameKey};
    case ast::ClauseKind::Stdin: return {exec, everywhere, "`exec`"};
    case ast::ClauseKind::Tls: return {http, everywhere, "`http`"};
    case ast::ClauseKind::FollowRedirects: return {http, no_release, "`http`"};
    case ast::ClauseKind::ByOperator: return {bits({Http, Tcp}), no_release, "`http` and `tcp`"};
    case ast::ClauseKind::After: return {any, no_release, "every action"};
  }
  return {};
}

constexpr ClauseRule rule(ast::ClauseKind kind, std::string_view keyword, bool repeatable) {
  const Row found = row(kind);
  return {kind, keyword, repeatable, found.actions, found.places, found.takers, found.merging};
}

constexpr auto kRules = std::to_array<ClauseRule>({
#define HOOKC_CLAUSE(kind, keyword, repeatable) rule(ast::ClauseKind::kind, keyword, repeatable),
#include "grammar/clauses.def"
#undef HOOKC_CLAUSE
});

}  // namespace

const ClauseRule& rule_of(ast::ClauseKind kind) {
  return kRules[static_cast<std::size_t>(kind)];
}

std::string_view name_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::Error: return "a broken action";
    case ActionKind::Http: return "an `http` request";
    case ActionKind::Tcp: return "a `tcp` connection";
    case ActionKind::Exec: return "an `exec`";
    case ActionKind::Scale: return "a `scale`";
    case ActionKind::Wait: return "a `wait`";
    case ActionKind::Use: return "a `use`";
    case ActionKind::ScaleBack: return "a `scale back`";
    case ActionKind::Stdin: return "a `release stdin`";
  }
  return "an action";
}

}  // namespace hookc::sema
