// What each piece of a file is, for colours: `textDocument/semanticTokens`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

enum class TokenType : std::uint8_t {
  Namespace,   // a module, an environment
  Type,        // a type, a pod, a kind of workload
  EnumMember,  // a word of a closed set: `on error WORD`, `on all`, `ready`
  Parameter,   // a param, a template's parameter, the name of an argument
  Variable,    // a secret, a capture, a variable of the environment
  Property,    // a fact, a field
  Function,    // a `function`, a call
  Macro,       // a template
  Keyword,
  Comment,
  String,
  Number,
  Regexp,
  Operator,
};
/// The protocol's names, by TokenType: the legend.
inline constexpr auto kTokenTypes = std::to_array<std::string_view>(
    {"namespace", "type", "enumMember", "parameter", "variable", "property", "function", "macro",
     "keyword", "comment", "string", "number", "regexp", "operator"});

/// Bits of SemanticToken::modifiers.
enum class TokenModifier : std::uint8_t {
  Declaration,
  Readonly,
  DefaultLibrary,  // the language's own, or the standard library's
  Documentation,   // a comment that describes the statement below it
  Escape,          // `\n` in a string; ours
  Secret,          // a value that may not become visible; ours
};
inline constexpr auto kTokenModifiers = std::to_array<std::string_view>(
    {"declaration", "readonly", "defaultLibrary", "documentation", "escape", "secret"});
constexpr std::uint8_t bit(TokenModifier modifier) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(modifier));
}

struct SemanticToken {
  Span span;  // on one line
  TokenType type{};
  std::uint8_t modifiers = 0;
  friend bool operator==(const SemanticToken&, const SemanticToken&) = default;
};

/// Every token of the file in file order; no two overlap and none holds a line end, for clients
/// that know neither. Shell text in commands and JSON in bodies has tokens of its own. Nothing
/// where the file cannot be had. O(n log n).
std::vector<SemanticToken> semantic_tokens(const query::Snapshot& now, const std::string& path);
/// Those of them that touch `range`.
std::vector<SemanticToken> semantic_tokens(const query::Snapshot& now, const std::string& path,
                                           Span range);

/// Replaces `removed` numbers from `start` on by `added`.
struct TokenEdit {
  std::uint32_t start = 0;
  std::uint32_t removed = 0;
  std::vector<std::uint32_t> added;
};
/// The smallest single edit that makes `after` of `before`, two encoded lists; nothing where they
/// are the same. O(n).
std::optional<TokenEdit> token_edit(std::span<const std::uint32_t> before,
                                    std::span<const std::uint32_t> after);

}  // namespace hookc::lsp
