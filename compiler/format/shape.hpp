// What each kind of node may do when it does not fit on its line: one table for measuring and for
// printing.
#pragma once

#include <cstdint>

#include "grammar/tree.hpp"

namespace hookc::layout {

enum class Shape : std::uint8_t {
  Token,        // printed as it stands; a String with all that is in it
  Run,          // stays on one line, its children break for themselves
  Bracket,      // one entry a line, each with a comma
  Parts,        // a line each for the children that starts_line() names
  Hook,         // header, action, one clause a line
  Hold,         // the same for an acquire and its release
  Template,     // a body in braces
  Together,     // statements in braces
  Environment,  // settings in braces
  Declaration,  // one property or rule a line, values in one column
  Test,         // one line each
};
Shape shape_of(syntax::NodeKind kind);

bool is_clause(syntax::NodeKind kind);
bool is_action(syntax::NodeKind kind);

/// True if child number `ordinal` (from 0) of a `parent` may stand first on a line of its own.
/// Where somebody broke the line there, the break stays. Entries of brackets are not meant: they
/// break all or none.
bool starts_line(syntax::NodeKind parent, syntax::NodeKind child, std::uint32_t ordinal);

}  // namespace hookc::layout
