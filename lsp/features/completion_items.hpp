// The list under construction, and the parts of completion that fill it. Private to it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "lsp/features/completion.hpp"
#include "lsp/features/completion_cursor.hpp"

namespace hookc::lsp::completion {

/// How far up in the list: what surely fits, names of the file, what the language knows, words.
enum class Rank : std::uint8_t { Fits, Name, Known, Word };

class Items {
 public:
  /// More than this nobody reads; the list is then incomplete.
  static constexpr std::size_t kMost = 500;

  Items(const Cursor& cursor, const CompletionOptions& options);

  const Cursor& cursor() const { return cursor_; }
  const CompletionOptions& options() const { return options_; }
  /// What was typed of the item.
  std::string_view typed() const { return typed_; }
  bool in_text() const { return in_text_; }
  /// Whether nothing but blanks follows on the line: a snippet would not write what is there again.
  bool line_ends() const;

  /// From now on items replace what begins at `begin`: a part of a text.
  void replace_from(std::uint32_t begin);

  /// Adds an item unless there is one of the label; returns it, or null. `insert` is the label
  /// where it is empty.
  CompletionItem* add(Rank rank, CompletionKind kind, std::string label, std::string detail = {},
                      std::string insert = {});
  /// Adds the content of a text: as it is inside a text, in quotes outside.
  CompletionItem* add_text(Rank rank, CompletionKind kind, std::string_view content,
                           std::string detail = {});
  /// Whether the typed characters occur in `label` in their order: what is worth an item where
  /// there are thousands.
  bool matches(std::string_view label) const;

  CompletionList take() &&;

 private:
  const Cursor& cursor_;
  const CompletionOptions& options_;
  bool in_text_ = false;
  std::string_view typed_;
  CompletionList list_;
  std::unordered_set<std::string> labels_;
};

/// The type that a value at the cursor should have, as far as it is known.
struct WantedType {
  std::string_view word;             // "string", "pod", …; empty: not known
  std::vector<std::string> choices;  // of string("a", "b")
};
WantedType wanted_type(const Cursor& cursor, const Place& place);

// ---- completion_words.cpp: keywords, and what usually follows them
void add_words(Items& items);
// ---- completion_values.cpp
void add_values(Items& items, const Place& place);
/// `${name}` for the values whose type is `word`, or any where it is empty.
void add_splices(Items& items, const Place& place, std::string_view word);
void add_members(Items& items, const Place& place);
void add_units(Items& items, std::string_view type_word);
// ---- completion_names.cpp
void add_names(Items& items, const Place& place);
void add_workloads(Items& items);
void add_pods(Items& items);
void add_functions(Items& items);
// ---- completion_templates.cpp
void add_templates(Items& items, const Place& place);
void add_arguments(Items& items, const Place& place);
void add_modules(Items& items);
// ---- completion_texts.cpp: what stands in a text at that place
void add_texts(Items& items, const Place& place);

}  // namespace hookc::lsp::completion
