#include "lsp/features/semantic_roles.hpp"

#include <algorithm>

namespace hookc::lsp {

using syntax::NodeKind;

namespace {

constexpr unsigned kDeclaration = bit(TokenModifier::Declaration);
constexpr unsigned kReadonly = bit(TokenModifier::Readonly);
constexpr unsigned kLibrary = bit(TokenModifier::DefaultLibrary);
constexpr unsigned kSecret = bit(TokenModifier::Secret);

}  // namespace

SemanticRoles::SemanticRoles(const ast::Module& module, const sema::Program& program) {
  const sema::ModuleInfo* info = nullptr;
  for (const sema::ModuleInfo& each : program.modules) {
    if (each.ast->file == module.file) info = &each;
  }
  if (info == nullptr) return;
  for (std::uint32_t i = 0; i < module.exprs.size() && i < info->refs.size(); ++i)
    expression(module, *info, i);
  for (std::uint32_t i = 0; i < module.texts.size() && i < info->text_refs.size(); ++i) {
    if (module.texts[i].quoting == ast::Quoting::Bare)
      reference(module.texts[i].span, info->text_refs[i], false);
  }
  std::ranges::sort(roles_, {}, &SemanticToken::span);
}

void SemanticRoles::expression(const ast::Module& module, const sema::ModuleInfo& info,
                               std::uint32_t index) {
  const ast::Expr& e = module.exprs[index];
  const sema::Ref& ref = info.refs[index];
  if (ref.kind == sema::RefKind::None) return;
  switch (e.kind) {
    case ast::ExprKind::Name: return reference(e.span, ref, info.types[index].secret);
    case ast::ExprKind::Call: return add(e.op_span, TokenType::Function, kLibrary);
    case ast::ExprKind::Member: {
      add(e.op_span, TokenType::Property, kReadonly | kLibrary);
      // `session`, `target`, `operation`: they have a meaning in front of a dot only.
      const ast::Expr& owner = module[module.children(e)[0]];
      if (owner.kind == ast::ExprKind::Name)
        add(owner.span, TokenType::Variable, kReadonly | kLibrary);
      return;
    }
    default: return;
  }
}

void SemanticRoles::reference(Span span, const sema::Ref& ref, bool secret) {
  const unsigned modifiers = kReadonly | (secret ? kSecret : 0U);
  switch (ref.kind) {
    case sema::RefKind::None: return;
    case sema::RefKind::Param:
    case sema::RefKind::TemplateParam: return add(span, TokenType::Parameter, modifiers);
    case sema::RefKind::Secret:
    case sema::RefKind::Capture:
    case sema::RefKind::LocalCapture: return add(span, TokenType::Variable, modifiers);
    case sema::RefKind::Pod: return add(span, TokenType::Type, 0);
    case sema::RefKind::Function: return add(span, TokenType::Function, 0);
    case sema::RefKind::ClusterName: return;  // the sentence says what it names
    case sema::RefKind::Fact: return add(span, TokenType::Property, modifiers | kLibrary);
    case sema::RefKind::Builtin: return add(span, TokenType::Function, kLibrary);
  }
}

std::optional<SemanticToken> SemanticRoles::find(std::uint32_t begin) const {
  const auto found = std::ranges::lower_bound(
      roles_, begin, {}, [](const SemanticToken& role) { return role.span.begin; });
  if (found == roles_.end() || found->span.begin != begin) return std::nullopt;
  return *found;
}

SemanticToken role_by_place(Span span, NamePlace place) {
  const auto made = [&](TokenType type, unsigned modifiers = 0) {
    return SemanticToken{span, type, static_cast<std::uint8_t>(modifiers)};
  };
  const bool first = place.ordinal == 0;
  switch (place.parent) {
    case NodeKind::Import: return made(TokenType::Namespace, kDeclaration);  // `as NAME`
    case NodeKind::QualifiedName:
      // `use NAME` or `use MODULE.NAME`; role_by_place cannot know how many follow, so the caller
      // counts from the end there.
      return made(place.grandparent == NodeKind::UseAction && first ? TokenType::Macro
                                                                    : TokenType::Namespace);
    case NodeKind::Param:
    case NodeKind::TemplateParam: return made(TokenType::Parameter, kDeclaration | kReadonly);
    case NodeKind::Secret: return made(TokenType::Variable, kDeclaration | kReadonly | kSecret);
    case NodeKind::Pod: return made(TokenType::Type, kDeclaration);
    case NodeKind::Function: return made(TokenType::Function, kDeclaration);
    case NodeKind::Template: return made(TokenType::Macro, kDeclaration);
    case NodeKind::Environment: return made(TokenType::Namespace, kDeclaration);
    case NodeKind::CaptureClause: return made(TokenType::Variable, kDeclaration | kReadonly);
    case NodeKind::EnvClause:
    case NodeKind::Source: return made(TokenType::Variable);
    case NodeKind::Setting:
    case NodeKind::GivenParam: return made(TokenType::Parameter);
    case NodeKind::Field:
      return made(place.grandparent == NodeKind::Arguments && first ? TokenType::Parameter
                  : first                                           ? TokenType::Property
                                                                    : TokenType::Variable);
    case NodeKind::MemberStep:
    case NodeKind::GivenFact: return made(TokenType::Property);
    case NodeKind::Call: return made(first ? TokenType::Function : TokenType::Variable);
    case NodeKind::Workload: return made(first ? TokenType::Type : TokenType::String);
    case NodeKind::PodRef: return made(TokenType::Type);
    case NodeKind::ExecAction: return made(TokenType::Function);
    case NodeKind::GivenCall: return made(TokenType::Type);
    case NodeKind::NamespaceProperty:
    case NodeKind::ContainerProperty:
    case NodeKind::AccountProperty:
    case NodeKind::VolumeProperty:
    case NodeKind::Endpoint: return made(TokenType::String);
    default: return made(TokenType::Variable);
  }
}

}  // namespace hookc::lsp
