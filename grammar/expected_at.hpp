// What could be written at one place of a file: the grammar itself, asked while a text is typed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "grammar/keywords.hpp"
#include "grammar/tree.hpp"

namespace hookc::syntax {

/// What the asked place is inside of.
enum class Inside : std::uint8_t { Code, Comment, String, RawString, Regex };

/// A node that has begun before the asked place and would go on there.
struct OpenNode {
  NodeKind kind{};
  std::uint32_t node = 0;  // index into ExpectedAt::nodes; beyond it where it would begin there
  friend bool operator==(const OpenNode&, const OpenNode&) = default;
};

/// What the grammar can try.
enum class WantedKind : std::uint8_t {
  Keyword,    // `word`, and after it `then`, if that is one
  Statement,  // the same, where it starts a statement: in the file or in a group
  AnyName,
  PlainName,  // but for statement words
  ValueName,  // but for statement and expression words
  String,
  Splice,  // ${…}
  Int,
  Decimal,
  Duration,
  Size,
  Date,
  Regex,
  Workload,
  Value,  // whatever an expression may begin with
};
constexpr WantedKind wanted_number(NodeKind kind) {
  return kind == NodeKind::Int        ? WantedKind::Int
         : kind == NodeKind::Decimal  ? WantedKind::Decimal
         : kind == NodeKind::Duration ? WantedKind::Duration
                                      : WantedKind::Size;
}

/// One thing that the grammar tried.
struct Wanted {
  WantedKind kind{};
  Word word = Word::None;
  Word then = Word::None;
  std::uint32_t place = 0;  // index into ExpectedAt::places
  friend bool operator==(const Wanted&, const Wanted&) = default;
};

struct ExpectedAt {
  Inside inside = Inside::Code;
  std::uint32_t open = 0;  // inside a string or pattern: where it begins
  /// What is being typed: a word, number or KIND/NAME up to the asked offset. Inside a text it
  /// means nothing.
  Span prefix;
  /// In the order the grammar tries them, each once.
  std::vector<Wanted> wanted;
  /// The nodes open where something was tried, from the File down.
  std::vector<std::vector<OpenNode>> places;
  /// The statement's tree as it was when the prefix was reached: a File whose last branch is still
  /// open. Offsets are the file's.
  std::vector<Node> nodes;

  const std::vector<OpenNode>& place_of(const Wanted& w) const { return places[w.place]; }
};

/// Asks the grammar what it would take at `offset`, which it reads up to the word that is being
/// typed there and no further. `tree` is the text's own; it says where the statement begins.
/// Keywords that cannot be meant (a statement word first on its line that is none) are left out.
/// Total for every text and offset; one past the end counts as the end. O(statement + statements
/// of the file).
ExpectedAt expected_at(std::string_view text, const SyntaxTree& tree, std::uint32_t offset);

}  // namespace hookc::syntax
