// Expressions and texts: names become indices, template parameters what was given for them, splices
// their escapes.
#include <array>

#include "compiler/plan/lowering.hpp"

namespace hookc::plan {
namespace {

constexpr std::uint32_t kMaxDepth = 400;  // the JSON form takes two levels for each
constexpr std::uint32_t kMaxExprs = 4'000'000;

constexpr std::array kFactPaths{
#define HOOKC_FACT(kind, path, type, when) std::string_view(path),
#include "compiler/sema/facts.def"
#undef HOOKC_FACT
};
constexpr std::array kBuiltinNames{
#define HOOKC_BUILTIN(kind, name) std::string_view(name),
#include "compiler/sema/builtins.def"
#undef HOOKC_BUILTIN
};

Expr literal(Value value) {
  Expr out;
  out.literal = std::move(value);
  return out;
}
Expr literal_text(std::string_view text) {
  return literal(Value{std::string(text)});
}

Expr leaf(Op op, std::uint32_t index) {
  Expr out;
  out.op = op;
  out.index = index;
  return out;
}
Expr named(Op op, std::string name) {
  Expr out;
  out.op = op;
  out.name = std::move(name);
  return out;
}
Expr with(Op op, std::vector<Expr> args) {
  Expr out;
  out.op = op;
  out.args = std::move(args);
  return out;
}
Expr with(Op op, Expr arg) {
  Expr out;
  out.op = op;
  out.args.push_back(std::move(arg));
  return out;
}

std::optional<Op> op_of(sema::Escape escape) {
  switch (escape) {
    case sema::Escape::None:
    case sema::Escape::Raw: return std::nullopt;
    case sema::Escape::ShellWord: return Op::ShellWord;
    case sema::Escape::ShellSingle: return Op::ShellSingle;
    case sema::Escape::ShellDouble: return Op::ShellDouble;
    case sema::Escape::UrlWhole: return Op::UrlWhole;
    case sema::Escape::UrlHost: return Op::UrlHost;
    case sema::Escape::UrlPort: return Op::UrlPort;
    case sema::Escape::UrlComponent: return Op::UrlComponent;
    case sema::Escape::HeaderValue: return Op::HeaderValue;
  }
  return std::nullopt;
}

Op op_of(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Equal: return Op::Equal;
    case ast::BinaryOp::NotEqual: return Op::NotEqual;
    case ast::BinaryOp::Less: return Op::Less;
    case ast::BinaryOp::LessEqual: return Op::LessEqual;
    case ast::BinaryOp::Greater: return Op::Greater;
    case ast::BinaryOp::GreaterEqual: return Op::GreaterEqual;
    case ast::BinaryOp::Contains: return Op::Contains;
    case ast::BinaryOp::StartsWith: return Op::StartsWith;
    case ast::BinaryOp::EndsWith: return Op::EndsWith;
    case ast::BinaryOp::Matches: return Op::Matches;
    case ast::BinaryOp::In:
    case ast::BinaryOp::NotIn: return Op::In;
  }
  return Op::Equal;
}

}  // namespace

/// Counts one more expression; false when there are too many, which is said once.
bool Lowering::enter(FrameId frame, ast::ExprId id) {
  if (too_large_) return false;
  if (depth_ < kMaxDepth && ++made_ <= kMaxExprs) return true;
  too_large_ = true;
  const ast::Module& file = program_.ast(frame);
  diagnostics_
      .add(Code::HK0007, file.at(file[id].span),
           "templates that hand their arguments on make too large an expression here")
      .label("grows with every `use` around it")
      .help("give the template the finished value, or write the hook without one of the templates");
  return false;
}

Expr Lowering::expr(FrameId frame, ast::ExprId id) {
  if (!id.valid() || !enter(frame, id)) return {};
  ++depth_;
  Expr out = open_expr(frame, id, program_.ast(frame)[id]);
  --depth_;
  return out;
}

OptionalExpr Lowering::optional(FrameId frame, ast::ExprId id) {
  if (!id.valid()) return std::nullopt;
  return expr(frame, id);
}
OptionalExpr Lowering::optional(FrameId frame, ast::TextId id) {
  if (!id.valid()) return std::nullopt;
  return text(frame, id);
}

std::vector<Expr> Lowering::operands(FrameId frame, const ast::Expr& e) {
  std::vector<Expr> out;
  out.reserve(e.children.count);
  for (const ast::ExprId child : program_.ast(frame).children(e)) out.push_back(expr(frame, child));
  return out;
}

std::vector<Expr> Lowering::list(FrameId frame, ast::ExprId id) {
  if (!id.valid()) return {};
  return operands(frame, program_.ast(frame)[id]);
}

Expr Lowering::open_expr(FrameId frame, ast::ExprId id, const ast::Expr& e) {
  switch (e.kind) {
    case ast::ExprKind::Error:
    case ast::ExprKind::Null: return {};
    case ast::ExprKind::Duration: return literal(Value{Duration{e.number}});
    case ast::ExprKind::Size: return literal(Value{Size{e.number}});
    case ast::ExprKind::Int: return literal(Value{e.number});
    case ast::ExprKind::Decimal: return literal(Value{e.decimal});
    case ast::ExprKind::Bool: return literal(Value{e.number != 0});
    case ast::ExprKind::String: return text(frame, e.text_id);
    case ast::ExprKind::Regex: {
      Expr out = literal_text(e.text);
      out.op = Op::Regex;
      return out;
    }
    case ast::ExprKind::List: return with(Op::List, operands(frame, e));
    case ast::ExprKind::Object: return object(frame, e);
    case ast::ExprKind::Name: return reference(frame, id, e);
    case ast::ExprKind::Member:
    case ast::ExprKind::Index: return path_or_fact(frame, id, e);
    case ast::ExprKind::Call: return call(frame, id, e);
    case ast::ExprKind::Not: return with(Op::Not, operands(frame, e));
    case ast::ExprKind::And: return with(Op::And, operands(frame, e));
    case ast::ExprKind::Or: return with(Op::Or, operands(frame, e));
    case ast::ExprKind::Binary: return binary(frame, e);
    case ast::ExprKind::Range: return with(Op::Range, operands(frame, e));
    case ast::ExprKind::Default: return with(Op::Default, operands(frame, e));
    case ast::ExprKind::If: return with(Op::If, operands(frame, e));
    case ast::ExprKind::Workload: {
      const ast::Workload& w = program_.ast(frame).workloads[e.workload];
      std::string head(w.kind.text);
      if (w.group) head.append(".").append(w.group.text);
      std::vector<Expr> parts;
      parts.push_back(literal_text(head + "/"));
      parts.push_back(text(frame, w.name));
      return with(Op::Concat, std::move(parts));
    }
  }
  return {};
}

Expr Lowering::binary(FrameId frame, const ast::Expr& e) {
  Expr out = with(op_of(e.op), operands(frame, e));
  return e.op == ast::BinaryOp::NotIn ? with(Op::Not, std::move(out)) : out;
}

Expr Lowering::object(FrameId frame, const ast::Expr& e) {
  const ast::Module& file = program_.ast(frame);
  Expr out = with(Op::Object, operands(frame, e));
  for (const ast::Name& key : e.keys.in(file.names)) out.keys.emplace_back(key.text);
  return out;
}

Expr Lowering::fact(sema::Ref ref) const {
  const std::string_view path = kFactPaths[ref.index];
  if (!path.starts_with("hook(")) return named(Op::Fact, std::string(path));
  Expr out = leaf(Op::HookFact, ref.other);
  out.name = path.substr(path.rfind('.') + 1);
  return out;
}

/// What was given for a template's parameter, read where it was written; its default otherwise.
Expr Lowering::argument(FrameId frame, std::uint32_t param) {
  const sema::Frame& here = program_.frames[frame.value];
  if (here.arguments[param].valid()) return expr(here.caller, here.arguments[param]);
  const ast::Template& declared = program_.ast(frame).templates[here.template_index];
  return expr(frame, declared.params[param].default_value);
}

Expr Lowering::reference(FrameId frame, ast::ExprId id, const ast::Expr& e) {
  const sema::Ref ref = program_.info(frame).refs[id.value];
  switch (ref.kind) {
    case sema::RefKind::Param: return leaf(Op::Param, ref.index);
    case sema::RefKind::Secret: return leaf(Op::Secret, ref.index);
    case sema::RefKind::Capture: return leaf(Op::Capture, ref.index);
    case sema::RefKind::LocalCapture:
      return leaf(Op::Capture, program_.frames[frame.value].captures[ref.index]);
    case sema::RefKind::TemplateParam: return argument(frame, ref.index);
    case sema::RefKind::Fact: return fact(ref);
    case sema::RefKind::None:
    case sema::RefKind::Pod:
    case sema::RefKind::Function:
    case sema::RefKind::ClusterName:
    case sema::RefKind::Builtin: return literal_text(e.text);  // a thing's value is its name
  }
  return {};
}

Expr Lowering::path_or_fact(FrameId frame, ast::ExprId id, const ast::Expr& e) {
  const sema::Ref ref = program_.info(frame).refs[id.value];
  if (ref.kind == sema::RefKind::Fact) return fact(ref);
  if (e.kind == ast::ExprKind::Index) return with(Op::Index, operands(frame, e));
  Expr out = with(Op::Member, operands(frame, e));
  out.name = e.text;
  return out;
}

std::string Lowering::header_name(FrameId frame, const ast::Expr& e) const {
  const ast::Module& file = program_.ast(frame);
  const auto arguments = file.children(e);
  if (arguments.empty() || file[arguments[0]].kind != ast::ExprKind::String) return {};
  return ast::literal_text(file, file[arguments[0]].text_id).value_or("");
}

Expr Lowering::call(FrameId frame, ast::ExprId id, const ast::Expr& e) {
  const sema::Ref ref = program_.info(frame).refs[id.value];
  if (ref.kind == sema::RefKind::Fact) return named(Op::Header, header_name(frame, e));
  std::vector<Expr> args = operands(frame, e);
  const bool raw = ref.kind == sema::RefKind::Builtin &&
                   static_cast<sema::Builtin>(ref.index) == sema::Builtin::Raw;
  // Not being escaped is decided by the text around it.
  if (raw && args.size() == 1) return with(Op::Concat, std::move(args));
  Expr out = with(Op::Call, std::move(args));
  out.name = kBuiltinNames[ref.index];
  return out;
}

/// Whether the splice stands alone between two `/` of a URL's path (or at its end): there `.` and
/// `..` would change which path it is (RFC 3986 section 5.2.4).
bool Lowering::whole_segment(const ast::Module& file, ast::TextId id, std::uint32_t part) const {
  const auto parts = file.parts_of(id);
  if (part == 0 || parts[part - 1].is_splice() || !parts[part - 1].literal.ends_with('/'))
    return false;
  for (std::uint32_t i = 0; i < part; ++i) {
    if (parts[i].literal.find_first_of("?#") != std::string_view::npos) return false;
  }
  if (part + 1 == parts.size()) return true;
  if (parts[part + 1].is_splice()) return false;
  const std::string_view after = parts[part + 1].literal;
  return after.empty() || std::string_view("/?#").find(after.front()) != std::string_view::npos;
}

Expr Lowering::splice(FrameId frame, ast::TextId id, std::uint32_t part) {
  const ast::Module& file = program_.ast(frame);
  Expr value = expr(frame, file.parts_of(id)[part].splice);
  const auto op = op_of(program_.info(frame).escapes[file[id].parts.first + part]);
  if (!op) return value;
  const bool segment = *op == Op::UrlComponent && whole_segment(file, id, part);
  return with(segment ? Op::UrlSegment : *op, std::move(value));
}

Expr Lowering::text(FrameId frame, ast::TextId id) {
  if (!id.valid()) return {};
  const ast::Module& file = program_.ast(frame);
  const auto parts = file.parts_of(id);
  // A bare ${x} is the value itself, with its type: in `json {…}`, `timeout ${x}`, …
  const bool bare = file[id].quoting == ast::Quoting::Splice && parts.size() == 1;
  if (bare && parts[0].is_splice()) return splice(frame, id, 0);
  std::vector<Expr> out;
  std::string literal_run;
  const auto flush = [&] {
    if (literal_run.empty()) return;
    out.push_back(literal_text(literal_run));
    literal_run.clear();
  };
  bool any_splice = false;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_splice()) {
      literal_run += parts[i].literal;
      continue;
    }
    any_splice = true;
    flush();
    out.push_back(splice(frame, id, i));
  }
  if (!any_splice) return literal_text(literal_run);
  flush();
  return with(Op::Concat, std::move(out));
}

}  // namespace hookc::plan
