// The arithmetic of types: what goes where, what can be compared with what.
#pragma once

#include <string_view>

#include "compiler/ast/ast.hpp"
#include "compiler/sema/program.hpp"

namespace hookc::sema {

/// "string", "duration", …: the word a user writes, or the plain name of a type only expressions
/// have.
std::string_view name_of(TypeKind kind);

/// With its article, for messages: "a string", "an int".
std::string describe(Type type);

/// The type a declaration states. A list of lists has element type Error.
Type from_ast(const ast::TypeExpr& type);

constexpr Type plain(TypeKind kind) {
  return Type{kind, TypeKind::Error, false, false};
}
constexpr Type list_of(TypeKind element) {
  return Type{TypeKind::List, element, false, false};
}

/// `type` as secret as `by`, too.
constexpr Type tainted(Type type, Type by) {
  type.secret = type.secret || by.secret;
  return type;
}
constexpr Type present(Type type) {
  type.optional = false;
  return type;
}

/// Has one text: may stand in `${…}`.
bool renders(TypeKind kind);
/// Is read as a string by contains, matches, startswith and endswith.
bool is_text(TypeKind kind);
/// A value of type `from` may stand where `to` is expected. Secrets and optionals are judged
/// elsewhere.
bool assignable(Type from, Type to);
/// `==` and `!=` make sense between the two.
bool comparable(Type a, Type b);
/// `<` and its like, too.
bool ordered(Type a, Type b);
/// The type both branches of an `if` or both sides of a `??` can be read as; Error kind where there
/// is none and neither is Error itself (then `ok` is false).
Type unified(Type a, Type b, bool& ok);

}  // namespace hookc::sema
