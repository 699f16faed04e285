#include "compiler/plan/eval/eval.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/operators.hpp"
#include "compiler/plan/eval/value.hpp"

namespace hookc::plan {
namespace {

using Result = std::expected<Value, EvalError>;

std::unexpected<EvalError> error(std::string message) {
  return std::unexpected(EvalError{std::move(message)});
}

/// Whether a message may show what `expr` is worth. Captures count as secret: a plan's expression
/// does not say which of them are.
bool quotable(const Expr& expr) {
  return expr.op != Op::Secret && expr.op != Op::Capture &&
         std::ranges::all_of(expr.args, quotable);
}

/// JSON knows null as a value, so what comes out of JSON may be null where a list, an object or a
/// comparison takes it. A missing leaf may not.
bool may_be_null(const Expr& expr) {
  const Op op = expr.op;
  if (op == Op::Fact) return expr.name == "json";
  if (op == Op::Default) return !expr.args.empty() && may_be_null(expr.args.back());
  if (op == Op::If) return std::ranges::any_of(expr.args, may_be_null);
  return op == Op::Literal || op == Op::Member || op == Op::Index;
}

/// How a message calls what `expr` stands for.
std::string describe(const Expr& expr, const Scope& scope) {
  const Op op = expr.op;
  if (op == Op::Param || op == Op::Secret || op == Op::Capture || op == Op::HookFact) {
    return fmt::format("`{}`", scope.name_of(expr));
  }
  if (op == Op::Fact) return fmt::format("`{}`", expr.name);
  if (op == Op::Header) return fmt::format("the header `{}`", expr.name);
  if (op == Op::Call) return fmt::format("`{}(…)`", expr.name);
  if (op == Op::Literal) return fmt::format("`{}`", to_json(expr.literal));
  if (expr.args.empty()) return "a value";
  if (op == Op::Member) {
    std::string of = describe(expr.args[0], scope);
    if (!of.ends_with('`')) return fmt::format("the member `{}`", expr.name);
    of.pop_back();
    return fmt::format("{}.{}`", of, expr.name);
  }
  if (op == Op::Index) return fmt::format("an element of {}", describe(expr.args[0], scope));
  if (op == Op::Default) return describe(expr.args.back(), scope);
  return "a value";
}

class Evaluator {
 public:
  explicit Evaluator(const Scope& scope) : scope_(scope) {}

  /// May be null.
  Result value(const Expr& expr) const;

  /// Not null.
  Result needed(const Expr& expr) const {
    Result result = value(expr);
    if (result && result->is_null()) return missing(expr);
    return result;
  }

  std::unexpected<EvalError> wrong(const Expr& expr, std::string_view wanted,
                                   const Value& got) const {
    return error(fmt::format("{} is {}, not {}", describe(expr, scope_), kind_of(got), wanted));
  }

  std::expected<bool, EvalError> truth(const Expr& expr) const {
    const Result result = needed(expr);
    if (!result) return std::unexpected(result.error());
    if (const bool* b = std::get_if<bool>(&result->data)) return *b;
    return wrong(expr, "true or false", *result);
  }

 private:
  std::unexpected<EvalError> missing(const Expr& expr) const {
    return error(fmt::format("{} is missing", describe(expr, scope_)));
  }
  /// Null only where JSON may have put it.
  Result nullable(const Expr& expr) const { return may_be_null(expr) ? value(expr) : needed(expr); }

  Result list(const Expr& expr) const;
  Result object(const Expr& expr) const;
  Result member(const Expr& expr) const;
  Result index(const Expr& expr) const;
  Result call(const Expr& expr) const;
  Result negated(const Expr& expr) const;
  Result all_or_any(const Expr& expr) const;
  Result compare(const Expr& expr) const;
  Result in(const Expr& expr) const;
  Result in_range(const Value& value, const Expr& range, const Expr& whole) const;
  Result searched(const Expr& expr) const;
  Result first_present(const Expr& expr) const;
  Result concat(const Expr& expr) const;
  std::expected<std::partial_ordering, EvalError> ordered(const Value& a, const Value& b) const;

  const Scope& scope_;
};

/// Plans come from files too: an operator with too few operands is a finding, not a crash.
std::size_t operands(Op op) {
  switch (op) {
    case Op::Literal:
    case Op::Regex:
    case Op::List:
    case Op::Object:
    case Op::Param:
    case Op::Secret:
    case Op::Capture:
    case Op::Fact:
    case Op::HookFact:
    case Op::Header:
    case Op::Call:
    case Op::And:
    case Op::Or:
    case Op::Default:
    case Op::Concat: return 0;
    case Op::Member:
    case Op::Not:
    case Op::ShellWord:
    case Op::ShellSingle:
    case Op::ShellDouble:
    case Op::UrlWhole:
    case Op::UrlHost:
    case Op::UrlPort:
    case Op::UrlSegment:
    case Op::UrlComponent:
    case Op::HeaderValue: return 1;
    case Op::Index:
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::Contains:
    case Op::StartsWith:
    case Op::EndsWith:
    case Op::Matches:
    case Op::In:
    case Op::Range: return 2;
    case Op::If: return 3;
  }
  return 0;
}

Result Evaluator::value(const Expr& expr) const {
  if (expr.args.size() < operands(expr.op))
    return error("the plan is damaged: an operator lacks an operand");
  switch (expr.op) {
    case Op::Literal: return expr.literal;
    case Op::Regex: return expr.literal;
    case Op::List: return list(expr);
    case Op::Object: return object(expr);
    case Op::Param: return scope_.param(expr.index);
    case Op::Secret: return scope_.secret(expr.index);
    case Op::Capture: return scope_.capture(expr.index);
    case Op::Fact: return scope_.fact(expr.name);
    case Op::HookFact: return scope_.hook_fact(expr.index, expr.name);
    case Op::Header: return scope_.header(expr.name);
    case Op::Member: return member(expr);
    case Op::Index: return index(expr);
    case Op::Call: return call(expr);
    case Op::Not: return negated(expr);
    case Op::And:
    case Op::Or: return all_or_any(expr);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual: return compare(expr);
    case Op::Contains:
    case Op::StartsWith:
    case Op::EndsWith:
    case Op::Matches: return searched(expr);
    case Op::In: return in(expr);
    case Op::Range: return error("a range stands only after `in`");
    case Op::Default: return first_present(expr);
    case Op::If: {
      const auto condition = truth(expr.args[0]);
      if (!condition) return std::unexpected(condition.error());
      return value(expr.args[*condition ? 1 : 2]);
    }
    case Op::Concat: return concat(expr);
    case Op::ShellWord:
    case Op::ShellSingle:
    case Op::ShellDouble:
    case Op::UrlWhole:
    case Op::UrlHost:
    case Op::UrlPort:
    case Op::UrlSegment:
    case Op::UrlComponent:
    case Op::HeaderValue: {
      const Result inner = needed(expr.args[0]);
      if (!inner) return inner;
      auto text = escape(expr.op, *inner, quotable(expr.args[0]));
      if (!text) return std::unexpected(text.error());
      return Value{std::move(*text)};
    }
  }
  return error("the plan is damaged: unknown operator");
}

Result Evaluator::list(const Expr& expr) const {
  Value::List out;
  out.reserve(expr.args.size());
  for (const Expr& arg : expr.args) {
    Result element = nullable(arg);
    if (!element) return element;
    out.push_back(std::move(*element));
  }
  return Value{std::move(out)};
}

Result Evaluator::object(const Expr& expr) const {
  if (expr.keys.size() != expr.args.size())
    return error("the plan is damaged: keys and values differ");
  Value::Object out;
  out.reserve(expr.args.size());
  for (std::size_t i = 0; i < expr.args.size(); ++i) {
    Result member_value = nullable(expr.args[i]);
    if (!member_value) return member_value;
    out.emplace_back(expr.keys[i], std::move(*member_value));
  }
  return Value{std::move(out)};
}

Result Evaluator::member(const Expr& expr) const {
  const Result of = value(expr.args[0]);
  if (!of) return of;
  const auto* object = std::get_if<Value::Object>(&of->data);
  const Value* found = object == nullptr ? nullptr : find(*object, expr.name);
  return found == nullptr ? Value{} : *found;
}

Result Evaluator::index(const Expr& expr) const {
  const Result of = value(expr.args[0]);
  if (!of) return of;
  const Result at = needed(expr.args[1]);
  if (!at) return at;
  if (const auto* list = std::get_if<Value::List>(&of->data)) {
    const auto* n = std::get_if<std::int64_t>(&at->data);
    if (n == nullptr) return wrong(expr.args[1], "the number of an element", *at);
    if (*n < 0 || static_cast<std::uint64_t>(*n) >= list->size()) return Value{};
    return (*list)[static_cast<std::size_t>(*n)];
  }
  if (const auto* object = std::get_if<Value::Object>(&of->data); object && at->text()) {
    if (const Value* found = find(*object, *at->text())) return *found;
  }
  return Value{};
}

Result Evaluator::call(const Expr& expr) const {
  std::vector<Value> args;
  args.reserve(expr.args.size());
  for (const Expr& arg : expr.args) {
    Result result = needed(arg);
    if (!result) return result;
    args.push_back(std::move(*result));
  }
  return plan::call(expr.name, args);
}

Result Evaluator::negated(const Expr& expr) const {
  const auto result = truth(expr.args[0]);
  if (!result) return std::unexpected(result.error());
  return Value{!*result};
}

Result Evaluator::all_or_any(const Expr& expr) const {
  const bool stop_at = expr.op == Op::Or;
  for (const Expr& arg : expr.args) {
    const auto result = truth(arg);
    if (!result) return std::unexpected(result.error());
    if (*result == stop_at) return Value{stop_at};
  }
  return Value{!stop_at};
}

std::expected<std::partial_ordering, EvalError> Evaluator::ordered(const Value& a,
                                                                   const Value& b) const {
  const auto result = order(a, b);
  if (!result) {
    return error(fmt::format("{} cannot be compared with {} by size", kind_of(a), kind_of(b)));
  }
  return *result;
}

Result Evaluator::compare(const Expr& expr) const {
  const bool equality = expr.op == Op::Equal || expr.op == Op::NotEqual;
  const Result a = equality ? nullable(expr.args[0]) : needed(expr.args[0]);
  if (!a) return a;
  const Result b = equality ? nullable(expr.args[1]) : needed(expr.args[1]);
  if (!b) return b;
  if (equality) return Value{equal(*a, *b) == (expr.op == Op::Equal)};
  const auto result = ordered(*a, *b);
  if (!result) return std::unexpected(result.error());
  if (expr.op == Op::Less) return Value{std::is_lt(*result)};
  if (expr.op == Op::LessEqual) return Value{std::is_lteq(*result)};
  if (expr.op == Op::Greater) return Value{std::is_gt(*result)};
  return Value{std::is_gteq(*result)};
}

Result Evaluator::in_range(const Value& value, const Expr& range, const Expr& whole) const {
  const Result low = needed(range.args[0]);
  if (!low) return low;
  const Result high = needed(range.args[1]);
  if (!high) return high;
  if (value.is_null()) return missing(whole.args[0]);
  const auto above = ordered(value, *low);
  if (!above) return std::unexpected(above.error());
  const auto below = ordered(value, *high);
  if (!below) return std::unexpected(below.error());
  return Value{std::is_gteq(*above) && std::is_lteq(*below)};
}

Result Evaluator::in(const Expr& expr) const {
  const Result a = nullable(expr.args[0]);
  if (!a) return a;
  const Expr& right = expr.args[1];
  if (right.op == Op::Range && right.args.size() == 2) return in_range(*a, right, expr);
  const Result b = needed(right);
  if (!b) return b;
  const auto* list = std::get_if<Value::List>(&b->data);
  if (list == nullptr) return wrong(right, "a list", *b);
  return Value{
      std::ranges::any_of(*list, [&](const Value& element) { return equal(*a, element); })};
}

Result Evaluator::searched(const Expr& expr) const {
  const Result a = needed(expr.args[0]);
  if (!a) return a;
  const Result b = needed(expr.args[1]);
  if (!b) return b;
  const auto found = search(expr.op, *a, *b);
  if (!found) return std::unexpected(found.error());
  return Value{*found};
}

Result Evaluator::first_present(const Expr& expr) const {
  for (const Expr& arg : expr.args) {
    Result result = value(arg);
    if (!result || !result->is_null()) return result;
  }
  return Value{};
}

Result Evaluator::concat(const Expr& expr) const {
  std::string out;
  for (const Expr& arg : expr.args) {
    const Result part = needed(arg);
    if (!part) return part;
    out += to_text(*part);
  }
  return Value{std::move(out)};
}

/// The value of one kind, or an error that names both kinds.
template <typename T>
std::expected<T, EvalError> evaluate_as(const Expr& expr, const Scope& scope,
                                        std::string_view wanted) {
  const Evaluator evaluator(scope);
  Result result = evaluator.needed(expr);
  if (!result) return std::unexpected(result.error());
  if (T* found = std::get_if<T>(&result->data)) return std::move(*found);
  return evaluator.wrong(expr, wanted, *result);
}

}  // namespace

Result evaluate(const Expr& expr, const Scope& scope) {
  return Evaluator(scope).value(expr);
}

std::expected<std::string, EvalError> evaluate_text(const Expr& expr, const Scope& scope) {
  const Result result = Evaluator(scope).needed(expr);
  if (!result) return std::unexpected(result.error());
  return to_text(*result);
}

std::expected<bool, EvalError> evaluate_bool(const Expr& expr, const Scope& scope) {
  return Evaluator(scope).truth(expr);
}

std::expected<std::int64_t, EvalError> evaluate_int(const Expr& expr, const Scope& scope) {
  return evaluate_as<std::int64_t>(expr, scope, "a whole number");
}

std::expected<double, EvalError> evaluate_decimal(const Expr& expr, const Scope& scope) {
  const Evaluator evaluator(scope);
  const Result result = evaluator.needed(expr);
  if (!result) return std::unexpected(result.error());
  if (const auto* n = std::get_if<std::int64_t>(&result->data)) return static_cast<double>(*n);
  if (const auto* d = std::get_if<double>(&result->data)) return *d;
  return evaluator.wrong(expr, "a number", *result);
}

std::expected<std::int64_t, EvalError> evaluate_duration(const Expr& expr, const Scope& scope) {
  const auto duration = evaluate_as<Duration>(expr, scope, "a duration");
  if (!duration) return std::unexpected(duration.error());
  return duration->ms;
}

}  // namespace hookc::plan
