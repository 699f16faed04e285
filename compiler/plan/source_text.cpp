// Expressions as the language writes them.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/text.hpp"

namespace hookc::plan {
namespace {

/// How tightly an operator binds; operands that bind less are put in parentheses.
enum Binding { kLoosest, kIf, kOr, kAnd, kNot, kCompare, kDefault, kPrimary };

bool is_name(std::string_view text) {
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, part) &&
         !(text.front() >= '0' && text.front() <= '9') && text.front() != '-';
}

/// Inside "…".
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '$' && text.substr(i + 1, 1) == "{") {
      out += "\\$";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string key_text(std::string_view key) {
  return is_name(key) ? std::string(key) : '"' + escaped(key) + '"';
}

std::string value_source(const Value& value) {
  if (const std::string* text = value.text()) return '"' + escaped(*text) + '"';
  if (const auto* list = std::get_if<Value::List>(&value.data)) {
    std::string out = "[";
    for (const Value& element : *list) {
      if (out.size() > 1) out += ", ";
      out += value_source(element);
    }
    return out + "]";
  }
  if (const auto* object = std::get_if<Value::Object>(&value.data)) {
    std::string out;
    for (const auto& [key, member] : *object) {
      out += fmt::format("{} {}: {}", out.empty() ? "{" : ",", key_text(key), value_source(member));
    }
    return out.empty() ? "{}" : out + " }";
  }
  return to_text(value);
}

class Source {
 public:
  explicit Source(const Plan& plan) : plan_(plan) {}

  std::string expr(const Expr& e, Binding around = kLoosest) const {
    const Binding own = binding(e.op);
    std::string out = bare(e);
    return own < around ? "(" + out + ")" : out;
  }

  std::string inside_text(const Expr& e, bool quoted) const {
    const std::string* literal = e.op == Op::Literal ? e.literal.text() : nullptr;
    if (literal != nullptr) return quoted ? escaped(*literal) : *literal;
    if (e.op == Op::Concat) {
      std::string out;
      for (const Expr& part : e.args) out += inside_text(part, quoted);
      return out;
    }
    if (is_escape(e.op) && e.args.size() == 1) return "${" + expr(e.args[0]) + "}";
    return "${" + expr(e) + "}";
  }

 private:
  static bool is_escape(Op op) { return op >= Op::ShellWord && op <= Op::HeaderValue; }

  static Binding binding(Op op) {
    switch (op) {
      case Op::If: return kIf;
      case Op::Or: return kOr;
      case Op::And: return kAnd;
      case Op::Not: return kNot;
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
      case Op::Range: return kCompare;
      case Op::Default: return kDefault;
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
      case Op::Member:
      case Op::Index:
      case Op::Call:
      case Op::Concat:
      case Op::ShellWord:
      case Op::ShellSingle:
      case Op::ShellDouble:
      case Op::UrlWhole:
      case Op::UrlHost:
      case Op::UrlPort:
      case Op::UrlSegment:
      case Op::UrlComponent:
      case Op::HeaderValue: return kPrimary;
    }
    return kPrimary;
  }

  std::string joined(const Expr& e, std::string_view separator, Binding around) const {
    std::string out;
    bool first = true;
    for (const Expr& arg : e.args) {
      if (!first) out += separator;
      first = false;
      out += expr(arg, around);
    }
    return out;
  }
  std::string between(const Expr& e, std::string_view symbol) const {
    return joined(e, fmt::format(" {} ", symbol), kDefault);
  }

  template <typename Table>
  static std::string name_in(const Table& table, std::uint32_t index) {
    return index < table.size() ? table[index].name : fmt::format("?{}", index);
  }

  std::string object(const Expr& e) const {
    std::string out;
    for (std::size_t i = 0; i < std::min(e.args.size(), e.keys.size()); ++i) {
      out +=
          fmt::format("{} {}: {}", out.empty() ? "{" : ",", key_text(e.keys[i]), expr(e.args[i]));
    }
    return out.empty() ? "{}" : out + " }";
  }

  std::string negated(const Expr& e) const {
    // `not (x in y)` was written `x not in y`.
    if (e.args.size() == 1 && e.args[0].op == Op::In) return between(e.args[0], "not in");
    return "not " + joined(e, "", kNot);
  }

  std::string conditional(const Expr& e) const {
    if (e.args.size() != 3) return "if";
    return fmt::format("if {} then {} else {}", expr(e.args[0]), expr(e.args[1]),
                       expr(e.args[2], kIf));
  }

  std::string member(const Expr& e) const {
    const std::string of = joined(e, "", kPrimary);
    return is_name(e.name) ? fmt::format("{}.{}", of, e.name)
                           : fmt::format("{}[\"{}\"]", of, escaped(e.name));
  }

  std::string index(const Expr& e) const {
    if (e.args.size() != 2) return "[]";
    return fmt::format("{}[{}]", expr(e.args[0], kPrimary), expr(e.args[1]));
  }

  std::string bare(const Expr& e) const {
    switch (e.op) {
      case Op::Literal: return value_source(e.literal);
      case Op::Regex: return "/" + to_text(e.literal) + "/";
      case Op::List: return "[" + joined(e, ", ", kLoosest) + "]";
      case Op::Object: return object(e);
      case Op::Param: return name_in(plan_.params, e.index);
      case Op::Secret: return name_in(plan_.secrets, e.index);
      case Op::Capture: return name_in(plan_.captures, e.index);
      case Op::Fact: return e.name;
      case Op::HookFact:
        return fmt::format("hook(\"{}\").{}", escaped(name_in(plan_.steps, e.index)), e.name);
      case Op::Header: return fmt::format("header(\"{}\")", escaped(e.name));
      case Op::Member: return member(e);
      case Op::Index: return index(e);
      case Op::Call: return fmt::format("{}({})", e.name, joined(e, ", ", kLoosest));
      case Op::Not: return negated(e);
      case Op::And: return joined(e, " and ", kNot);
      case Op::Or: return joined(e, " or ", kAnd);
      case Op::Equal: return between(e, "==");
      case Op::NotEqual: return between(e, "!=");
      case Op::Less: return between(e, "<");
      case Op::LessEqual: return between(e, "<=");
      case Op::Greater: return between(e, ">");
      case Op::GreaterEqual: return between(e, ">=");
      case Op::Contains: return between(e, "contains");
      case Op::StartsWith: return between(e, "startswith");
      case Op::EndsWith: return between(e, "endswith");
      case Op::Matches: return between(e, "matches");
      case Op::In:
        if (e.args.size() == 2 && e.args[1].op == Op::Range) {
          return fmt::format("{} in {}", expr(e.args[0], kDefault), bare(e.args[1]));
        }
        return between(e, "in");
      case Op::Range: return joined(e, "..", kDefault);
      case Op::Default: return joined(e, " ?? ", kPrimary);
      case Op::If: return conditional(e);
      case Op::Concat: return '"' + inside_text(e, true) + '"';
      case Op::ShellWord:
      case Op::ShellSingle:
      case Op::ShellDouble:
      case Op::UrlWhole:
      case Op::UrlHost:
      case Op::UrlPort:
      case Op::UrlSegment:
      case Op::UrlComponent:
      case Op::HeaderValue: return joined(e, "", kLoosest);
    }
    return {};
  }

  const Plan& plan_;
};

}  // namespace

std::string to_source(const Expr& expr, const Plan& plan) {
  return Source(plan).expr(expr);
}

std::string to_source_text(const Expr& expr, const Plan& plan) {
  return Source(plan).inside_text(expr, false);
}

}  // namespace hookc::plan
