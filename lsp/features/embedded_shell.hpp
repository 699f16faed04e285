// The words of a shell text, for colours and selections. What a splice may stand in is another
// question, which compiler/values/shell.hpp answers; this reads on whatever comes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"

namespace hookc::lsp {

enum class ShellTokenKind : std::uint8_t {
  Command,   // the first word of a simple command
  Keyword,   // if, then, for, …
  Variable,  // $NAME, ${…}, $((…)), and the NAME of NAME=value
  String,    // quotes with what is in them, and the body of a here-document
  Operator,  // | && ; > ( …
  Comment,
};
struct ShellToken {
  ShellTokenKind kind{};
  Span span;
};

struct ShellLexed {
  std::vector<ShellToken> tokens;  // in order, without overlap
  std::vector<Span> words;  // outside quotes, as the shell splits them; in order of their ends
};

/// POSIX.1-2017 XCU chapter 2, and what bash adds in everyday use. Never fails: what is not closed
/// goes on to the end. O(text); deeper than 64 substitutions the rest has no tokens.
ShellLexed lex_shell(std::string_view text);

}  // namespace hookc::lsp
