// Expressions, types and argument lists.
#include <charconv>

#include "compiler/ast/builder.hpp"

namespace hookc::ast {

namespace {

/// `digits` times `unit` added to `total`; false where int64 does not hold it.
bool accumulate(std::string_view digits, std::int64_t unit, std::int64_t& total) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  std::int64_t scaled = 0;
  return error == std::errc() && !__builtin_mul_overflow(number, unit, &scaled) &&
         !__builtin_add_overflow(total, scaled, &total);
}

struct Unit {
  std::string_view text;
  std::int64_t factor;
};
constexpr Unit kTimeUnits[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Unit kSizeUnits[] = {
    {"B", 1},         {"kB", 1000},     {"MB", 1'000'000},  {"GB", 1'000'000'000},
    {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1LL << 30}, {"TiB", 1LL << 40}};

enum class Measured : std::uint8_t { Fine, Malformed, Overflow };

/// Sum of `<digits><unit>` pairs. Malformed texts are told by the values library, with the mend;
/// here only what does not fit matters.
Measured measure(std::string_view text, std::span<const Unit> units, std::int64_t& total) {
  total = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    std::size_t letters = digits;
    while (letters < text.size() && (text[letters] < '0' || text[letters] > '9')) ++letters;
    const std::string_view name = text.substr(digits, letters - digits);
    const Unit* unit = nullptr;
    for (const Unit& candidate : units) {
      if (candidate.text == name) unit = &candidate;
    }
    if (digits == 0 || unit == nullptr) return Measured::Malformed;
    if (!accumulate(text.substr(0, digits), unit->factor, total)) return Measured::Overflow;
    text.remove_prefix(letters);
  }
  return Measured::Fine;
}

}  // namespace

ExprId Builder::add(Expr made) {
  out_.exprs.push_back(made);
  return ExprId{static_cast<std::uint32_t>(out_.exprs.size() - 1)};
}

ExprId Builder::error_expr(Span span) {
  Expr made;
  made.span = span;
  return add(made);
}

Range<ExprId> Builder::expr_list(const std::vector<ExprId>& ids) {
  const Range<ExprId> range{static_cast<std::uint32_t>(out_.expr_lists.size()),
                            static_cast<std::uint32_t>(ids.size())};
  out_.expr_lists.insert(out_.expr_lists.end(), ids.begin(), ids.end());
  return range;
}

ExprId Builder::number_expr(std::size_t index) {
  Expr made;
  made.span = node(index).span();
  made.text = slice(made.span);
  const char* const begin = made.text.data();
  const char* const end = begin + made.text.size();
  if (node(index).kind == NodeKind::Int) {
    made.kind = ExprKind::Int;
    if (std::from_chars(begin, end, made.number).ec == std::errc()) return add(made);
    diagnostics_.add(Code::HK3010, here(made.span), "`{}` does not fit 64 bits", made.text)
        .label("too large")
        .help("whole numbers reach from -9223372036854775808 to 9223372036854775807");
    return error_expr(made.span);
  }
  if (node(index).kind == NodeKind::Decimal) {
    made.kind = ExprKind::Decimal;
    if (std::from_chars(begin, end, made.decimal).ec == std::errc()) return add(made);
    diagnostics_.add(Code::HK3010, here(made.span), "`{}` is out of range", made.text)
        .label("too large or too small");
    return error_expr(made.span);
  }
  const bool duration = node(index).kind == NodeKind::Duration;
  made.kind = duration ? ExprKind::Duration : ExprKind::Size;
  const Measured measured = duration ? measure(made.text, kTimeUnits, made.number)
                                     : measure(made.text, kSizeUnits, made.number);
  if (measured != Measured::Overflow) return add(made);
  diagnostics_
      .add(duration ? Code::HK3001 : Code::HK3005, here(made.span), "`{}` is too {}", made.text,
           duration ? "long for a duration" : "large for a size")
      .label("does not fit 64 bits");
  return error_expr(made.span);
}

ExprId Builder::string_expr(std::size_t index) {
  Expr made;
  made.kind = ExprKind::String;
  made.span = node(index).span();
  made.text_id = text(index);
  return add(made);
}

ExprId Builder::list_expr(std::size_t index, ExprKind kind) {
  std::vector<ExprId> ids;
  for (Children at = children(index); !at.done(); at.next()) {
    if (at.is(NodeKind::Symbol) || at.is(NodeKind::Keyword)) continue;
    ids.push_back(expr(at.index()));
  }
  Expr made;
  made.kind = kind;
  made.span = node(index).span();
  made.children = expr_list(ids);
  return add(made);
}

ExprId Builder::object_expr(std::size_t index) {
  std::vector<ExprId> ids;
  std::vector<Name> keys;
  for (Children at = children(index); !at.done(); at.next()) {
    if (!at.is(NodeKind::Field)) continue;
    Children field = children(at.index());
    // A quoted key may be empty, and may not hold a splice.
    keys.push_back(name(field.take()));
    field.next();
    ids.push_back(field.done() ? error_expr(at.node().span()) : expr(field.index()));
  }
  Expr made;
  made.kind = ExprKind::Object;
  made.span = node(index).span();
  made.children = expr_list(ids);
  made.keys = {static_cast<std::uint32_t>(out_.names.size()),
               static_cast<std::uint32_t>(keys.size())};
  out_.names.insert(out_.names.end(), keys.begin(), keys.end());
  return add(made);
}

ExprId Builder::postfix_expr(std::size_t index) {
  Children at = children(index);
  ExprId base = expr(at.take());
  for (; !at.done(); at.next()) {
    Children step = children(at.index());
    step.next();  // . or [
    Expr made;
    made.span = out_[base].span.to(at.node().span());
    if (at.is(NodeKind::MemberStep)) {
      made.kind = ExprKind::Member;
      made.op_span = step.node().span();
      made.text = slice(made.op_span);
      made.children = expr_list({base});
    } else {
      made.kind = ExprKind::Index;
      made.op_span = at.node().span();
      made.children = expr_list({base, expr(step.index())});
    }
    base = add(made);
  }
  return base;
}

ExprId Builder::binary_expr(std::size_t index) {
  Children at = children(index);
  Expr made;
  made.kind = ExprKind::Binary;
  made.span = node(index).span();
  const ExprId left = expr(at.take());
  made.op_span = at.node().span();
  if (at.is(NodeKind::Symbol)) {
    const std::string_view sign = slice(made.op_span);
    made.op = sign == "=="   ? BinaryOp::Equal
              : sign == "!=" ? BinaryOp::NotEqual
              : sign == "<"  ? BinaryOp::Less
              : sign == "<=" ? BinaryOp::LessEqual
              : sign == ">"  ? BinaryOp::Greater
                             : BinaryOp::GreaterEqual;
  } else {
    const Word op = word(at);
    if (op == Word::Not) {
      made.op = BinaryOp::NotIn;
      at.next();
      made.op_span = made.op_span.to(at.node().span());
    } else {
      made.op = op == Word::Contains     ? BinaryOp::Contains
                : op == Word::StartsWith ? BinaryOp::StartsWith
                : op == Word::EndsWith   ? BinaryOp::EndsWith
                : op == Word::Matches    ? BinaryOp::Matches
                                         : BinaryOp::In;
    }
  }
  at.next();
  const ExprId right = expr(at.index());
  made.children = expr_list({left, right});
  return add(made);
}

ExprId Builder::expr(std::size_t index) {
  const Node& from = node(index);
  Expr made;
  made.span = from.span();
  switch (from.kind) {
    case NodeKind::Int:
    case NodeKind::Decimal:
    case NodeKind::Duration:
    case NodeKind::Size: return number_expr(index);
    case NodeKind::String:
    case NodeKind::Splice: return string_expr(index);
    case NodeKind::Constant: {
      const std::string_view word = slice(made.span);
      made.kind = word == "null" ? ExprKind::Null : ExprKind::Bool;
      made.number = word == "true" ? 1 : 0;
      return add(made);
    }
    case NodeKind::Name:
      made.kind = ExprKind::Name;
      made.text = slice(made.span);
      return add(made);
    case NodeKind::Regex: {
      made.kind = ExprKind::Regex;
      const bool closed = made.span.size() >= 2 && text_[made.span.end - 1] == '/';
      if (!closed) return error_expr(made.span);
      made.text = slice({made.span.begin + 1, made.span.end - 1});
      return add(made);
    }
    case NodeKind::Workload:
      made.kind = ExprKind::Workload;
      made.workload = static_cast<std::uint32_t>(out_.workloads.size());
      out_.workloads.emplace_back();
      out_.workloads[made.workload] = workload(index);
      return add(made);
    case NodeKind::Paren: {
      Children at = children(index);
      at.next();
      const ExprId inner = expr(at.index());
      out_.exprs[inner.value].parenthesized = true;
      return inner;
    }
    case NodeKind::Call: {
      Children at = children(index);
      made.kind = ExprKind::Call;
      made.op_span = at.node().span();
      made.text = slice(made.op_span);
      at.next();
      std::vector<ExprId> ids;
      for (; !at.done(); at.next()) {
        if (!at.is(NodeKind::Symbol)) ids.push_back(expr(at.index()));
      }
      made.children = expr_list(ids);
      return add(made);
    }
    case NodeKind::List: return list_expr(index, ExprKind::List);
    case NodeKind::Object: return object_expr(index);
    case NodeKind::Postfix: return postfix_expr(index);
    case NodeKind::Binary: return binary_expr(index);
    case NodeKind::Not: return list_expr(index, ExprKind::Not);
    case NodeKind::If: return list_expr(index, ExprKind::If);
    case NodeKind::Or: return list_expr(index, ExprKind::Or);
    case NodeKind::And: return list_expr(index, ExprKind::And);
    case NodeKind::Range: return list_expr(index, ExprKind::Range);
    case NodeKind::Default: return list_expr(index, ExprKind::Default);
    default:
      return error_expr(made.span);  // an Error node; no other kind stands where a value is wanted
  }
}

Range<Argument> Builder::arguments(std::size_t index) {
  std::vector<Argument> made;
  for (Children at = children(index); !at.done(); at.next()) {
    if (!at.is(NodeKind::Field)) continue;
    Children field = children(at.index());
    Argument argument;
    argument.name = name(field.take());
    field.next();
    argument.value = field.done() ? error_expr(at.node().span()) : expr(field.index());
    made.push_back(argument);
  }
  const Range<Argument> range{static_cast<std::uint32_t>(out_.arguments.size()),
                              static_cast<std::uint32_t>(made.size())};
  out_.arguments.insert(out_.arguments.end(), made.begin(), made.end());
  return range;
}

namespace {
TypeKind type_kind(Word word) {
  switch (word) {
    case Word::StringType: return TypeKind::String;
    case Word::IntType: return TypeKind::Int;
    case Word::BoolType: return TypeKind::Bool;
    case Word::DurationType: return TypeKind::Duration;
    case Word::SizeType: return TypeKind::Size;
    case Word::UrlType: return TypeKind::Url;
    case Word::HostnameType: return TypeKind::Hostname;
    case Word::RegexType: return TypeKind::Regex;
    case Word::Port: return TypeKind::Port;
    case Word::SelectorType: return TypeKind::Selector;
    case Word::Json: return TypeKind::Json;
    case Word::Pod: return TypeKind::Pod;
    case Word::Function: return TypeKind::Function;
    case Word::WorkloadType: return TypeKind::Workload;
    case Word::ListType: return TypeKind::List;
    default: return TypeKind::Error;  // every other word of the language
  }
}
}  // namespace

TypeExpr Builder::type(std::size_t index) {
  TypeExpr made;
  made.span = node(index).span();
  Children at = children(index);
  made.kind = type_kind(word(at));
  std::vector<ExprId> choices;
  for (at.next(); !at.done(); at.next()) {
    switch (at.node().kind) {
      case NodeKind::Int:
      case NodeKind::Splice: (made.low.valid() ? made.high : made.low) = expr(at.index()); break;
      case NodeKind::Regex:
        made.pattern_span = at.node().span();
        if (const Expr& pattern = out_[expr(at.index())]; pattern.kind == ExprKind::Regex)
          made.pattern = pattern.text;
        break;
      case NodeKind::String: choices.push_back(expr(at.index())); break;
      case NodeKind::Type: made.element.push_back(type(at.index())); break;
      default: break;  // signs
    }
  }
  made.choices = expr_list(choices);
  return made;
}

}  // namespace hookc::ast
