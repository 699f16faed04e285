#include "compiler/plan/json_expr.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/number.hpp"

namespace hookc::plan {
namespace {

constexpr std::array kOpNames{
#define HOOKC_OP(kind, name) std::string_view(name),
#include "compiler/plan/ops.def"
#undef HOOKC_OP
};

std::string op_name(Op op) {
  return std::string(kOpNames[static_cast<std::size_t>(op)]);
}

std::optional<Op> find_op(std::string_view name) {
  for (std::size_t i = 0; i < kOpNames.size(); ++i) {
    if (kOpNames[i] == name) return static_cast<Op>(i);
  }
  return std::nullopt;
}

Value text(std::string value) {
  return Value{std::move(value)};
}
Value number(std::uint32_t value) {
  return Value{std::int64_t{value}};
}
Value tagged(std::string tag, Value value) {
  Value::Object object;
  object.emplace_back(std::move(tag), std::move(value));
  return Value{std::move(object)};
}
Value tagged(std::string tag, Value value, std::string second, Value other) {
  Value::Object object;
  object.emplace_back(std::move(tag), std::move(value));
  object.emplace_back(std::move(second), std::move(other));
  return Value{std::move(object)};
}

/// A literal: as JSON where JSON says what it is, else tagged. `inner`: inside {"literal": …},
/// where lists stand for themselves.
Value literal_to_value(const Value& value, bool inner) {
  if (const auto* d = std::get_if<Duration>(&value.data)) {
    return tagged("duration", text(values::format_duration(d->ms)));
  }
  if (const auto* s = std::get_if<Size>(&value.data)) {
    return tagged("size", text(values::format_size(s->bytes)));
  }
  Value out;
  if (const auto* list = std::get_if<Value::List>(&value.data)) {
    Value::List elements;
    for (const Value& element : *list) elements.push_back(literal_to_value(element, true));
    out = Value{std::move(elements)};
  } else if (const auto* object = std::get_if<Value::Object>(&value.data)) {
    Value::Object members;
    for (const auto& [key, member] : *object)
      members.emplace_back(key, literal_to_value(member, true));
    out = tagged("object", Value{std::move(members)});
  } else {
    return value;
  }
  return inner ? out : tagged("literal", std::move(out));
}

/// Reads expressions; a member returns false after it has said why.
class Reader {
 public:
  Reader(std::string& problem, std::string& path) : problem_(problem), path_(path) {}

  bool expr(const Value& value, Expr& out) {
    if (const auto* object = std::get_if<Value::Object>(&value.data))
      return tagged_expr(*object, out);
    if (std::holds_alternative<Value::List>(value.data)) return fail("a list is no expression");
    out.op = Op::Literal;
    out.literal = value;
    return true;
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool in(std::string_view step, bool ok) {
    if (!ok) path_.insert(0, step);
    return ok;
  }

  bool args(const Value& value, std::vector<Expr>& out) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr) return fail("a list of expressions is wanted");
    out.resize(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!expr((*list)[i], out[i])) return in(fmt::format("[{}]", i), false);
    }
    return true;
  }
  bool text(const Value& value, std::string& out) {
    if (value.text() == nullptr) return fail("a text is wanted");
    out = *value.text();
    return true;
  }
  bool index(const Value& value, std::uint32_t& out) {
    const auto* n = std::get_if<std::int64_t>(&value.data);
    if (n == nullptr || *n < 0 || *n >= UINT32_MAX) return fail("an index is wanted");
    out = static_cast<std::uint32_t>(*n);
    return true;
  }
  template <typename Parse, typename Make>
  bool scalar(const Value& value, Value& out, const Parse& parse, const Make& make) {
    std::string written;
    if (!text(value, written)) return false;
    const auto parsed = parse(written);
    if (!parsed) return fail(parsed.error().message);
    out = make(*parsed);
    return true;
  }
  bool duration(const Value& value, Value& out) {
    return scalar(value, out, values::parse_duration,
                  [](std::int64_t ms) { return Value{Duration{ms}}; });
  }
  bool size(const Value& value, Value& out) {
    return scalar(value, out, values::parse_size, [](std::int64_t n) { return Value{Size{n}}; });
  }

  /// What stands inside {"literal": …}.
  bool literal(const Value& value, Value& out) {
    if (const auto* list = std::get_if<Value::List>(&value.data)) {
      Value::List elements(list->size());
      for (std::size_t i = 0; i < list->size(); ++i) {
        if (!literal((*list)[i], elements[i])) return in(fmt::format("[{}]", i), false);
      }
      out = Value{std::move(elements)};
      return true;
    }
    const auto* object = std::get_if<Value::Object>(&value.data);
    if (object == nullptr) {
      out = value;
      return true;
    }
    if (object->size() != 1) return fail("one of `duration`, `size` and `object` is wanted");
    const auto& [tag, content] = object->front();
    if (tag == "duration") return in(".duration", duration(content, out));
    if (tag == "size") return in(".size", size(content, out));
    const auto* members = std::get_if<Value::Object>(&content.data);
    if (tag != "object" || members == nullptr)
      return fail("one of `duration`, `size` and `object` is wanted");
    Value::Object read;
    for (const auto& [key, member] : *members) {
      Value member_value;
      if (!literal(member, member_value)) return in(fmt::format(".{}", key), false);
      read.emplace_back(key, std::move(member_value));
    }
    out = Value{std::move(read)};
    return true;
  }

  bool members(const Value& value, Expr& out) {
    const auto* object = std::get_if<Value::Object>(&value.data);
    if (object == nullptr) return fail("an object of expressions is wanted");
    for (const auto& [key, member] : *object) {
      out.keys.push_back(key);
      if (!expr(member, out.args.emplace_back())) return in(fmt::format(".{}", key), false);
    }
    return true;
  }

  /// The operators that are written with two fields.
  bool pair(const Value::Object& object, Expr& out) {
    if (const Value* step = find(object, "hook")) {
      const Value* fact = find(object, "fact");
      out.op = Op::HookFact;
      if (fact == nullptr) return fail("`hook` needs `fact`");
      return in(".hook", index(*step, out.index)) && in(".fact", text(*fact, out.name));
    }
    if (const Value* of = find(object, "member")) {
      const Value* name = find(object, "name");
      out.op = Op::Member;
      if (name == nullptr) return fail("`member` needs `name`");
      return in(".member", args(*of, out.args)) && in(".name", text(*name, out.name));
    }
    if (const Value* name = find(object, "call")) {
      const Value* arguments = find(object, "args");
      out.op = Op::Call;
      if (arguments == nullptr) return fail("`call` needs `args`");
      return in(".call", text(*name, out.name)) && in(".args", args(*arguments, out.args));
    }
    return fail(fmt::format("unknown expression `{}`", object.front().first));
  }

  bool tagged_expr(const Value::Object& object, Expr& out) {
    if (object.size() == 2) return pair(object, out);
    if (object.size() != 1) return fail("an expression has one operator");
    const auto& [tag, content] = object.front();
    if (tag == "duration") return in(".duration", duration(content, out.literal));
    if (tag == "size") return in(".size", size(content, out.literal));
    const auto op = find_op(tag);
    if (!op) return fail(fmt::format("unknown operator `{}`", tag));
    out.op = *op;
    return in(fmt::format(".{}", tag), operand(content, out));
  }

  bool operand(const Value& content, Expr& out) {
    switch (out.op) {
      case Op::Literal: return literal(content, out.literal);
      case Op::Regex: {
        std::string pattern;
        if (!text(content, pattern)) return false;
        out.literal = Value{std::move(pattern)};
        return true;
      }
      case Op::Param:
      case Op::Secret:
      case Op::Capture: return index(content, out.index);
      case Op::Fact:
      case Op::Header: return text(content, out.name);
      case Op::Object: return members(content, out);
      case Op::HookFact:
      case Op::Member:
      case Op::Call: return fail("a second field is missing");
      case Op::List:
      case Op::Index:
      case Op::Not:
      case Op::And:
      case Op::Or:
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
      case Op::Range:
      case Op::Default:
      case Op::If:
      case Op::Concat:
      case Op::ShellWord:
      case Op::ShellSingle:
      case Op::ShellDouble:
      case Op::UrlWhole:
      case Op::UrlHost:
      case Op::UrlPort:
      case Op::UrlSegment:
      case Op::UrlComponent:
      case Op::HeaderValue: return args(content, out.args);
    }
    return false;
  }

  std::string& problem_;
  std::string& path_;
};

Value args_to_value(const Expr& expr) {
  Value::List list;
  list.reserve(expr.args.size());
  for (const Expr& arg : expr.args) list.push_back(expr_to_value(arg));
  return Value{std::move(list)};
}

}  // namespace

Value expr_to_value(const Expr& expr) {
  switch (expr.op) {
    case Op::Literal: return literal_to_value(expr.literal, false);
    case Op::Regex: return tagged("regex", expr.literal);
    case Op::Param:
    case Op::Secret:
    case Op::Capture: return tagged(op_name(expr.op), number(expr.index));
    case Op::Fact:
    case Op::Header: return tagged(op_name(expr.op), text(expr.name));
    case Op::HookFact: return tagged("hook", number(expr.index), "fact", text(expr.name));
    case Op::Member: return tagged("member", args_to_value(expr), "name", text(expr.name));
    case Op::Call: return tagged("call", text(expr.name), "args", args_to_value(expr));
    case Op::Object: {
      Value::Object members;
      for (std::size_t i = 0; i < expr.args.size(); ++i) {
        members.emplace_back(expr.keys[i], expr_to_value(expr.args[i]));
      }
      return tagged("object", Value{std::move(members)});
    }
    case Op::List:
    case Op::Index:
    case Op::Not:
    case Op::And:
    case Op::Or:
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
    case Op::Range:
    case Op::Default:
    case Op::If:
    case Op::Concat:
    case Op::ShellWord:
    case Op::ShellSingle:
    case Op::ShellDouble:
    case Op::UrlWhole:
    case Op::UrlHost:
    case Op::UrlPort:
    case Op::UrlSegment:
    case Op::UrlComponent:
    case Op::HeaderValue: break;
  }
  return tagged(op_name(expr.op), args_to_value(expr));
}

bool expr_from_value(const Value& value, Expr& out, std::string& problem, std::string& path) {
  return Reader(problem, path).expr(value, out);
}

}  // namespace hookc::plan
