#include "compiler/ast/ast.hpp"

namespace hookc::ast {

std::optional<std::string> literal_text(const Module& module, TextId id) {
  std::string text;
  for (const TextPart& part : module.parts_of(id)) {
    if (part.is_splice()) return std::nullopt;
    text += part.literal;
  }
  return text;
}

}  // namespace hookc::ast
