#include "compiler/plan/param_scope.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/text.hpp"

namespace hookc::plan {
namespace {

bool is_escape(Op op) {
  return op >= Op::ShellWord && op <= Op::HeaderValue;
}

}  // namespace

std::string ParamScope::name_of(const Expr& leaf) const {
  return to_source(leaf, plan_);
}

bool ParamScope::known(const Expr& e) const {
  if (e.op == Op::Secret || e.op == Op::Capture || e.op == Op::Fact || e.op == Op::HookFact ||
      e.op == Op::Header) {
    return false;
  }
  if (e.op == Op::Param) return !param(e.index).is_null();
  return std::ranges::all_of(e.args, [&](const Expr& arg) { return known(arg); });
}

std::string ParamScope::shown(const Expr& e) const {
  if (known(e)) {
    if (const auto value = evaluate(e, *this)) return to_text(*value);
  }
  if (e.op == Op::Concat) {
    std::string out;
    for (const Expr& part : e.args) out += shown(part);
    return out;
  }
  if (is_escape(e.op) && e.args.size() == 1)
    return fmt::format("${{{}}}", to_source(e.args[0], plan_));
  return to_source_text(e, plan_);
}

Expr ParamScope::filled(const Expr& e) const {
  const bool stays = e.op == Op::Object || e.op == Op::List || e.op == Op::Regex;
  if (!stays && known(e)) {
    if (auto value = evaluate(e, *this)) {
      Expr literal;
      literal.literal = *std::move(value);
      return literal;
    }
  }
  Expr out = e;
  for (Expr& arg : out.args) arg = filled(arg);
  return out;
}

std::optional<std::int64_t> ParamScope::milliseconds(const Expr& e) const {
  if (!known(e)) return std::nullopt;
  const auto ms = evaluate_duration(e, *this);
  return ms ? std::optional(*ms) : std::nullopt;
}

std::optional<std::int64_t> ParamScope::integer(const Expr& e) const {
  if (!known(e)) return std::nullopt;
  const auto value = evaluate_int(e, *this);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace hookc::plan
