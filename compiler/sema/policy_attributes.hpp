// What a rule of a policy can ask of a subject.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/ast/ast.hpp"
#include "compiler/sema/program.hpp"

namespace hookc::sema {

/// A set of subjects: bits by ast::Subject.
using Subjects = std::uint16_t;
constexpr Subjects bit(ast::Subject subject) {
  return static_cast<Subjects>(1U << static_cast<unsigned>(subject));
}
/// Whatever is a hook or hold: the subjects of a rule that names none.
inline constexpr Subjects kSteps = bit(ast::Subject::Http) | bit(ast::Subject::Tcp) |
                                   bit(ast::Subject::Exec) | bit(ast::Subject::Scale) |
                                   bit(ast::Subject::Wait) | bit(ast::Subject::Hold);

struct PolicyAttribute {
  std::string_view name;  // "url.scheme"
  TypeKind type;
  Subjects subjects;
};
std::span<const PolicyAttribute> policy_attributes();

}  // namespace hookc::sema
