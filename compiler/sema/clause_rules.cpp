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
constexpr std::uint16_t kAny = bits({Http, Tcp, Exec, Scale, Wait, ScaleBack, Stdin});
constexpr std::uint16_t kHttp = bits({Http});
constexpr std::uint16_t kTold = bits({Http, Exec, Stdin});  // actions that tell something
constexpr std::uint8_t kEverywhere = at({PreHook, PostHook, Acquire, SessionAcquire, Release});
constexpr std::uint8_t kNotInRelease = at({PreHook, PostHook, Acquire, SessionAcquire});

struct Row {
  std::uint16_t actions;
  std::uint8_t places;
};

constexpr Row row(ast::ClauseKind kind) {
  switch (kind) {
    case ast::ClauseKind::Timeout: return {kAny, kEverywhere};
    case ast::ClauseKind::Retry: return {kAny, kEverywhere};
    case ast::ClauseKind::OnError: return {kAny, kNotInRelease};
    case ast::ClauseKind::Expect: return {kTold, at({PreHook, PostHook, Acquire, Release})};
    case ast::ClauseKind::When: return {kAny, kNotInRelease};
    case ast::ClauseKind::ReadyOnce: return {bits({Exec}), at({SessionAcquire})};
    case ast::ClauseKind::Capture: return {kTold, kEverywhere};
    case ast::ClauseKind::Header: return {kHttp, kEverywhere};
    case ast::ClauseKind::Body: return {kHttp, kEverywhere};
    case ast::ClauseKind::Json: return {kHttp, kEverywhere};
    case ast::ClauseKind::Form: return {kHttp, kEverywhere};
    case ast::ClauseKind::Env: return {bits({Exec}), kEverywhere};
    case ast::ClauseKind::Stdin: return {bits({Exec}), kEverywhere};
    case ast::ClauseKind::Tls: return {kHttp, kEverywhere};
    case ast::ClauseKind::FollowRedirects: return {kHttp, kNotInRelease};
    case ast::ClauseKind::ByOperator: return {bits({Http, Tcp}), kNotInRelease};
    case ast::ClauseKind::After: return {kAny, kNotInRelease};
  }
  return {};
}

constexpr auto kRules = std::to_array<ClauseRule>({
#define HOOKC_CLAUSE(kind, keyword, repeatable)                                    \
  {ast::ClauseKind::kind, keyword, repeatable, row(ast::ClauseKind::kind).actions, \
   row(ast::ClauseKind::kind).places},
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
