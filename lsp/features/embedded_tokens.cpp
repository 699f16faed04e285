#include "lsp/features/embedded_tokens.hpp"

#include <algorithm>

#include "compiler/base/ascii.hpp"
#include "lsp/features/embedded_json.hpp"
#include "lsp/features/embedded_shell.hpp"
#include "lsp/features/embedded_text.hpp"

namespace hookc::lsp {
namespace {

class Finder {
 public:
  explicit Finder(const ast::Module& module) : module_(module) {}

  std::vector<EmbeddedPlace> run() {
    for (const ast::Hook& hook : module_.hooks) sentence(hook.action, hook.clauses);
    for (const ast::Hold& hold : module_.holds) body(hold.body);
    for (const ast::Template& each : module_.templates) body(each.body);
    for (const ast::Test& test : module_.tests) {
      for (const ast::Given& given : test.givens) {
        for (const ast::Reply& reply : given.replies) json(reply.text, false);
      }
    }
    std::ranges::sort(found_, {},
                      [&](const EmbeddedPlace& place) { return module_[place.text].span; });
    return std::move(found_);
  }

 private:
  void body(const ast::HoldBody& hold) {
    sentence(hold.acquire, hold.clauses);
    for (const ast::Release& release : hold.releases) sentence(release.action, release.clauses);
  }

  void sentence(const ast::Action& action, Range<ast::Clause> clauses) {
    if (const auto* exec = std::get_if<ast::ExecAction>(&action.what);
        exec != nullptr && quoted(exec->command.shell)) {
      found_.push_back({exec->command.shell, EmbeddedLanguage::Shell});
    }
    bool json_type = false;
    for (const ast::Clause& clause : clauses.in(module_.clauses)) {
      if (clause.kind != ast::ClauseKind::Header || !clause.key.valid() || !clause.text.valid())
        continue;
      const auto key = ast::literal_text(module_, clause.key);
      const auto value = ast::literal_text(module_, clause.text);
      if (key && value && equal_ignoring_case(*key, "content-type"))
        json_type = is_json_media_type(*value);
    }
    for (const ast::Clause& clause : clauses.in(module_.clauses)) {
      if (clause.kind == ast::ClauseKind::Body) json(clause.text, json_type);
      if (clause.kind == ast::ClauseKind::Stdin) json(clause.text, false);
    }
  }

  void json(ast::TextId text, bool declared) {
    if (!quoted(text)) return;
    if (!declared) {
      const auto parts = module_.parts_of(text);
      const auto first = std::ranges::find_if(parts, [](const ast::TextPart& part) {
        return part.is_splice() ||
               part.literal.find_first_not_of(" \t\r\n") != std::string_view::npos;
      });
      if (first == parts.end() || first->is_splice() || !looks_like_json(first->literal)) return;
    }
    found_.push_back({text, EmbeddedLanguage::Json});
  }

  bool quoted(ast::TextId text) const {
    return text.valid() && module_[text].quoting != ast::Quoting::Splice &&
           module_[text].quoting != ast::Quoting::Bare;
  }

  const ast::Module& module_;
  std::vector<EmbeddedPlace> found_;
};

TokenType type_of(ShellTokenKind kind) {
  switch (kind) {
    case ShellTokenKind::Command: return TokenType::Function;
    case ShellTokenKind::Keyword: return TokenType::Keyword;
    case ShellTokenKind::Variable: return TokenType::Variable;
    case ShellTokenKind::String: return TokenType::String;
    case ShellTokenKind::Operator: return TokenType::Operator;
    case ShellTokenKind::Comment: return TokenType::Comment;
  }
  return TokenType::String;
}

TokenType type_of(JsonTokenKind kind) {
  switch (kind) {
    case JsonTokenKind::Key: return TokenType::Property;
    case JsonTokenKind::String: return TokenType::String;
    case JsonTokenKind::Number: return TokenType::Number;
    case JsonTokenKind::Keyword: return TokenType::Keyword;
  }
  return TokenType::String;
}

}  // namespace

std::vector<EmbeddedPlace> embedded_places(const ast::Module& module) {
  return Finder(module).run();
}

std::vector<SemanticToken> embedded_tokens(const ast::Module& module, const EmbeddedPlace& place) {
  const EmbeddedText embedded(module, place.text);
  std::vector<SemanticToken> tokens;
  const auto add = [&](Span range, TokenType type) {
    for (const Span span : embedded.source_of(range)) tokens.push_back({span, type, 0});
  };
  switch (place.language) {
    case EmbeddedLanguage::Shell:
      for (const ShellToken& token : lex_shell(embedded.text()).tokens)
        add(token.span, type_of(token.kind));
      break;
    case EmbeddedLanguage::Json:
      for (const JsonToken& token : lex_json(embedded.text())) add(token.span, type_of(token.kind));
      break;
  }
  return tokens;
}

}  // namespace hookc::lsp
