#include "compiler/sema/types.hpp"

#include <fmt/format.h>

namespace hookc::sema {

std::string_view name_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::Error: return "unknown";
    case TypeKind::String: return "string";
    case TypeKind::Int: return "int";
    case TypeKind::Decimal: return "decimal";
    case TypeKind::Bool: return "bool";
    case TypeKind::Duration: return "duration";
    case TypeKind::Size: return "size";
    case TypeKind::Url: return "url";
    case TypeKind::Hostname: return "hostname";
    case TypeKind::Regex: return "regex";
    case TypeKind::Port: return "port";
    case TypeKind::Selector: return "selector";
    case TypeKind::Json: return "json";
    case TypeKind::Pod: return "pod";
    case TypeKind::Function: return "function";
    case TypeKind::Workload: return "workload";
    case TypeKind::List: return "list";
    case TypeKind::Object: return "object";
    case TypeKind::Null: return "null";
    case TypeKind::Status: return "status";
  }
  return "unknown";
}

std::string to_string(Type type) {
  std::string text = type.secret ? "secret " : "";
  text += name_of(type.kind);
  if (type.kind == TypeKind::List) text += fmt::format("<{}>", name_of(type.element));
  if (type.optional) text += '?';
  return text;
}

std::string describe(Type type) {
  const std::string text = to_string(type);
  const bool vowel = std::string_view("aeiou").find(text.front()) != std::string_view::npos;
  return fmt::format("{} `{}`", vowel && type.kind != TypeKind::Url ? "an" : "a", text);
}

namespace {

TypeKind kind_of(ast::TypeKind kind) {
  switch (kind) {
    case ast::TypeKind::Error: return TypeKind::Error;
    case ast::TypeKind::String: return TypeKind::String;
    case ast::TypeKind::Int: return TypeKind::Int;
    case ast::TypeKind::Bool: return TypeKind::Bool;
    case ast::TypeKind::Duration: return TypeKind::Duration;
    case ast::TypeKind::Size: return TypeKind::Size;
    case ast::TypeKind::Url: return TypeKind::Url;
    case ast::TypeKind::Hostname: return TypeKind::Hostname;
    case ast::TypeKind::Regex: return TypeKind::Regex;
    case ast::TypeKind::Port: return TypeKind::Port;
    case ast::TypeKind::Selector: return TypeKind::Selector;
    case ast::TypeKind::Json: return TypeKind::Json;
    case ast::TypeKind::Pod: return TypeKind::Pod;
    case ast::TypeKind::Function: return TypeKind::Function;
    case ast::TypeKind::Workload: return TypeKind::Workload;
    case ast::TypeKind::List: return TypeKind::List;
  }
  return TypeKind::Error;
}

bool is_number(TypeKind kind) {
  return kind == TypeKind::Int || kind == TypeKind::Decimal || kind == TypeKind::Port;
}

}  // namespace

Type from_ast(const ast::TypeExpr& type) {
  Type result = plain(kind_of(type.kind));
  if (result.kind == TypeKind::List && !type.element.empty()) {
    result.element = kind_of(type.element.front().kind);
    if (result.element == TypeKind::List) result.element = TypeKind::Error;
  }
  return result;
}

bool is_text(TypeKind kind) {
  switch (kind) {
    case TypeKind::String:
    case TypeKind::Url:
    case TypeKind::Hostname:
    case TypeKind::Selector:
    case TypeKind::Status:
    case TypeKind::Json:
    case TypeKind::Error: return true;
    case TypeKind::Int:
    case TypeKind::Decimal:
    case TypeKind::Bool:
    case TypeKind::Duration:
    case TypeKind::Size:
    case TypeKind::Regex:
    case TypeKind::Port:
    case TypeKind::Pod:
    case TypeKind::Function:
    case TypeKind::Workload:
    case TypeKind::List:
    case TypeKind::Object:
    case TypeKind::Null: return false;
  }
  return false;
}

bool renders(TypeKind kind) {
  switch (kind) {
    case TypeKind::Error:
    case TypeKind::String:
    case TypeKind::Int:
    case TypeKind::Decimal:
    case TypeKind::Bool:
    case TypeKind::Duration:
    case TypeKind::Size:
    case TypeKind::Url:
    case TypeKind::Hostname:
    case TypeKind::Regex:
    case TypeKind::Port:
    case TypeKind::Selector:
    case TypeKind::Json:
    case TypeKind::Status: return true;
    case TypeKind::Pod:
    case TypeKind::Function:
    case TypeKind::Workload:
    case TypeKind::List:
    case TypeKind::Object:
    case TypeKind::Null: return false;
  }
  return false;
}

bool assignable(Type from, Type to) {
  if (from.kind == TypeKind::Error || to.kind == TypeKind::Error) return true;
  if (from.kind == TypeKind::List && to.kind == TypeKind::List) {
    return assignable(plain(from.element), plain(to.element));
  }
  if (from.kind == to.kind) return true;
  switch (to.kind) {
    case TypeKind::Json:
      return from.kind == TypeKind::List || from.kind == TypeKind::Object ||
             from.kind == TypeKind::Null || renders(from.kind);
    case TypeKind::String: return is_text(from.kind);
    case TypeKind::Int: return from.kind == TypeKind::Port || from.kind == TypeKind::Json;
    case TypeKind::Decimal: return is_number(from.kind) || from.kind == TypeKind::Json;
    case TypeKind::Bool:
    case TypeKind::Object:
    case TypeKind::List: return from.kind == TypeKind::Json;
    case TypeKind::Error:
    case TypeKind::Duration:
    case TypeKind::Size:
    case TypeKind::Url:
    case TypeKind::Hostname:
    case TypeKind::Regex:
    case TypeKind::Port:
    case TypeKind::Selector:
    case TypeKind::Pod:
    case TypeKind::Function:
    case TypeKind::Workload:
    case TypeKind::Null:
    case TypeKind::Status: return false;
  }
  return false;
}

bool comparable(Type a, Type b) {
  const auto open = [](Type t) { return t.kind == TypeKind::Error || t.kind == TypeKind::Json; };
  if (open(a) || open(b)) return true;
  if (a.kind == TypeKind::Null) return b.optional || b.kind == TypeKind::Null;
  if (b.kind == TypeKind::Null) return a.optional;
  if (a.kind == TypeKind::List && b.kind == TypeKind::List) {
    return comparable(plain(a.element), plain(b.element));
  }
  if (is_number(a.kind) && is_number(b.kind)) return true;
  if (is_text(a.kind) && is_text(b.kind)) return true;
  return a.kind == b.kind && renders(a.kind) && a.kind != TypeKind::Regex;
}

bool ordered(Type a, Type b) {
  const auto has_order = [](Type t) {
    return t.kind == TypeKind::Error || t.kind == TypeKind::Json || is_number(t.kind) ||
           t.kind == TypeKind::Duration || t.kind == TypeKind::Size || t.kind == TypeKind::String;
  };
  return comparable(a, b) && has_order(a) && has_order(b);
}

Type unified(Type a, Type b, bool& ok) {
  ok = true;
  Type result = a;
  if (a.kind == TypeKind::Error || b.kind == TypeKind::Error) {
    result = plain(TypeKind::Error);
  } else if (a == b) {
    result = a;
  } else if (a.kind == TypeKind::Null) {
    result = b;
    result.optional = true;
  } else if (b.kind == TypeKind::Null) {
    result.optional = true;
  } else if (assignable(b, a)) {
    result = a;
  } else if (assignable(a, b)) {
    result = b;
  } else {
    ok = false;
    result = plain(TypeKind::Error);
  }
  result.secret = a.secret || b.secret;
  return result;
}

}  // namespace hookc::sema
