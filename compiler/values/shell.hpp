// Where in a shell text a value can be quoted, and the quoting itself (rule 37).
//
// Shell grammar: POSIX.1-2017 XCU chapter 2, which sh, dash, bash and busybox share: 2.2
// quoting, 2.3 tokens and comments, 2.6.2-2.6.4 expansions, 2.7.4 here-documents; and $'…' of
// POSIX.1-2024.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/values/pieces.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

enum class ShellContext : std::uint8_t {
  // A value can stand here:
  Unquoted,               // becomes one word, or a fragment of the word it is glued to
  SingleQuoted,           // inside '…'
  DoubleQuoted,           // inside "…"
  DoubleQuotedAfterName,  // inside "…", directly after $NAME, which the value must not lengthen
  // No quoting is right here:
  HereDocument,        // body of << EOF
  Delimiter,           // the word after <<
  Backquote,           // inside `…`
  DollarSingle,        // inside $'…'
  Comment,             // after #
  ParameterExpansion,  // inside ${…}
  Arithmetic,          // inside $((…))
  AfterBackslash,      // directly after \, which would eat the quote
  AfterDollar,         // directly after $, which would make a variable's name of the value
  Unclear,             // past a construct that shells read differently, such as $((…) …)
};

/// True for the first four.
constexpr bool quotable(ShellContext context) {
  return context <= ShellContext::DoubleQuotedAfterName;
}

/// One hole, in the order of the pieces. `opened`: where the quote, here-document, … that the hole
/// stands in begins (its first character); for Unquoted the hole itself.
struct ShellHole {
  ShellContext context{};
  PieceOffset opened;
};

/// A quote or expansion that never ends; the shell would refuse the text. `context` is
/// SingleQuoted, DoubleQuoted, Backquote, DollarSingle, ParameterExpansion, Arithmetic, or Unquoted
/// for `$(` and `(`.
struct ShellUnclosed {
  ShellContext context{};
  PieceOffset opened;
};

struct ShellText {
  std::vector<ShellHole> holes;
  std::optional<ShellUnclosed> unclosed;
};

/// One pass, linear; nesting deeper than 64 makes the rest Unclear.
ShellText shell_contexts(std::span<const Piece> pieces);

/// `value` so that a POSIX shell reads exactly it at a hole in `context` (a quotable one; the
/// others are an error). Unquoted: one single-quoted word, also for the empty value. A
/// NUL is an error: no argument of a program can hold one.
Checked<std::string> shell_escape(std::string_view value, ShellContext context);

/// Where a hole stands, for messages: "inside a here-document", "inside backquotes", "directly
/// after `$`", …
std::string_view describe(ShellContext context);

}  // namespace hookc::values
