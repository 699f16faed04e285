// What the grammar's rules write to while they match: the growing tree, and the mistakes found on
// the way. Private to the grammar library. Knows nothing of PEGTL.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/columns.hpp"
#include "grammar/keywords.hpp"
#include "grammar/tree.hpp"

namespace hookc::syntax {

/// What the grammar can ask for where a mistake is found; the texts stand in expected.def.
enum class Expected : std::uint8_t {
#define HOOKC_EXPECTED(name, what, words, examples) name,
#include "grammar/expected.def"
#undef HOOKC_EXPECTED
};

/// Thrown when a mistake ends a statement or clause, after its diagnostic has been recorded. Never
/// leaves parse().
struct Mistake {
  std::uint32_t at;  // where parsing stopped
  bool corrected =
      false;  // a misspelt word is now read as what was meant: parse the statement again
  bool whole_statement =
      false;  // the rest of the statement cannot be trusted, resume at the next one
};

/// The word that stands somewhere, as far as the grammar cares.
struct Peek {
  std::uint32_t at = UINT32_MAX;
  std::uint32_t end = 0;  // == at where no name starts
  Word word = Word::None;
  bool starts_statement =
      false;  // the LINE RULE: a statement word first on its line, without `:` or `.` after it
  bool is_name() const { return end != at; }
};

/// A bracket that has been opened: where, and how long its sign is.
struct Opener {
  std::uint32_t at;
  std::uint8_t length;
  bool one_line;         // a `${` in a string that ends with its line
  std::uint32_t errors;  // errors_made() when it was opened
};

struct Mark {
  std::size_t nodes;
  std::size_t brackets;
  std::uint32_t depth;
};

class Parser {
 public:
  static constexpr std::uint32_t kDepthLimit = 200;

  Parser(std::string_view text, SyntaxTree& tree, Diagnostics& diagnostics)
      : text_(text),
        tree_(tree),
        nodes_(tree.nodes),
        diagnostics_(diagnostics),
        corrections_(tree.corrections) {}

  std::string_view text() const { return text_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }
  char char_at(std::uint32_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  bool at_end(std::uint32_t at) const { return at >= text_.size(); }
  bool looking_at(std::uint32_t at, std::string_view what) const {
    return text_.substr(at).starts_with(what);
  }

  // ---- the tree ----
  std::size_t node_count() const { return nodes_.size(); }
  const Node& node(std::size_t index) const { return nodes_[index]; }
  void token(NodeKind kind, std::uint32_t begin, std::uint32_t end) {
    nodes_.push_back({begin, end, 1, kind});
  }
  std::size_t open(NodeKind kind) {
    nodes_.push_back({0, 0, 1, kind});
    return nodes_.size() - 1;
  }
  void close(std::size_t index) {
    Node& node = nodes_[index];
    node.begin = nodes_[index + 1].begin;
    node.end = nodes_.back().end;  // the last node in pre-order is the last token
    node.size = static_cast<std::uint32_t>(nodes_.size() - index);
  }
  void set_kind(std::size_t index, NodeKind kind) { nodes_[index].kind = kind; }
  void cut(std::size_t count) { nodes_.resize(count); }
  /// Puts a node around what was written since `index`. O(nodes since).
  void wrap(std::size_t index, NodeKind kind) {
    nodes_.insert(nodes_.begin() + static_cast<std::ptrdiff_t>(index), Node{0, 0, 1, kind});
    close(index);
  }
  /// End of the last token written, 0 before the first. O(nodes open).
  std::uint32_t last_end() const;

  /// Fills in the tree's comments: what stands between its tokens and is no blank. Done once the
  /// tokens are final, because recovery reads some places twice. O(text).
  void collect_comments();

  // ---- reading ----
  /// First byte of the next token at or after `at`. Reports blanks that only look like one, and
  /// what cannot stand in a comment.
  std::uint32_t skip(std::uint32_t at) {
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++at;
      } else if (c == '#') {
        at = comment(at);
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        const std::uint32_t length = odd_blank(at);
        if (length == 0) break;
        at += length;
      } else {
        break;
      }
    }
    return at;
  }
  const Peek& peek(std::uint32_t at) {
    if (peek_.at != at) look(at);
    return peek_;
  }
  /// The number token that starts at `at`; `end == at` where none does. Lenient: `5x` is a
  /// Duration, `5MX` a Size.
  struct Number {
    NodeKind kind;
    std::uint32_t end;
  };
  Number number(std::uint32_t at) const;
  /// True if a workload's `KIND/` starts at `at` (and then a name or `${`).
  bool workload_at(std::uint32_t at) const;
  bool first_on_line(std::uint32_t at) const;

  // ---- nesting ----
  void enter(std::uint32_t at) {
    if (++depth_ > kDepthLimit) too_deep(at);
  }
  void leave(std::uint32_t levels = 1) { depth_ -= levels; }
  void push_bracket(std::uint32_t at, std::uint8_t length, bool one_line = false) {
    brackets_.push_back({at, length, one_line, errors_made_});
  }
  void pop_bracket() { brackets_.pop_back(); }
  const std::vector<Opener>& brackets() const { return brackets_; }
  Mark mark() const { return {nodes_.size(), brackets_.size(), depth_}; }
  /// Forgets nesting, and the nodes as well, back to the mark.
  void rewind(const Mark& mark) {
    cut(mark.nodes);
    unnest(mark);
  }
  void unnest(const Mark& mark) {
    brackets_.resize(mark.brackets);
    depth_ = mark.depth;
  }

  // ---- mistakes: each records at most one diagnostic and throws ----
  [[noreturn]] void fail(std::uint32_t at, Expected expected);
  /// One of a closed set of words was wanted.
  [[noreturn]] void fail_words(std::uint32_t at, std::initializer_list<Word> words);
  /// A sign was wanted; `opener` says which bracket it would close, if it would.
  [[noreturn]] void fail_symbol(std::uint32_t at, std::string_view symbol);
  [[noreturn]] void too_deep(std::uint32_t at);

  // ---- mistakes that parsing survives on the spot; each place is reported once ----
  /// `opener` has no end; where its text was still looked for is told by `until`.
  void report_unterminated(Span opener, std::string_view what, std::string help);
  void report_bad_escape(Span escape);
  void report_bad_byte(std::uint32_t at, std::uint32_t length);
  void report_nul(std::uint32_t at);
  void report_bidi(std::uint32_t at, char32_t c, bool in_string);
  void report_smart_quotes(std::uint32_t open, std::uint32_t open_length, std::uint32_t close,
                           std::uint32_t close_length, char replacement);
  void report_edition(Span edition);
  void report_late_edition(std::uint32_t at);
  void report_stray_closers(Span run);
  void report_unclosed_group(std::uint32_t opener);

  // ---- recovery ----
  /// A new statement begins: what silenced the last one is over.
  void begin_statement() { quiet_ = false; }
  /// What follows from the mistake just reported is not told until then.
  void silence() { quiet_ = true; }
  /// How often recovery has left something out so far.
  std::uint32_t errors_made() const { return errors_made_; }
  /// Turns what was written since `mark` into an Error node of flat tokens that ends before
  /// `resume`.
  void make_error(const Mark& mark, std::uint32_t at, std::uint32_t resume);
  /// First statement at or after `at` (a statement word first on its line), else the end of the
  /// text. `in_group`: also stops before the `}` that closes the group; `depth`: braces open at
  /// `at` inside it.
  std::uint32_t next_statement(std::uint32_t at, bool in_group = false, std::uint32_t depth = 0);
  /// First line at or after `at` that starts with a statement or clause word, or a brace that
  /// closes what is around.
  std::uint32_t next_clause(std::uint32_t at, std::uint32_t depth = 0);
  /// Braces opened since the mark and not closed.
  std::uint32_t open_braces(const Mark& mark) const;
  /// End of the token at `at`; beyond `at` unless the text ends there.
  std::uint32_t token_end(std::uint32_t at) const { return token_at(at).end; }
  void set_has_errors() { tree_.has_errors = true; }

 private:
  void look(std::uint32_t at);
  std::uint32_t comment(std::uint32_t at);
  std::uint32_t odd_blank(std::uint32_t at);
  void report_lookalike(std::uint32_t at, const CodePoint& point);
  /// True the first time something at `at` or later is reported without a throw.
  bool first_report(std::uint32_t at);
  Location here(Span span) const { return {tree_.file, span}; }
  /// Reports what stands at `at`, if that alone is the mistake: a look-alike, a bad byte, an open
  /// bracket.
  bool report_found(std::uint32_t at);
  /// The token at `at`, as far as a message quotes it.
  Span token_at(std::uint32_t at) const;
  std::string describe(std::uint32_t at) const;
  /// Reports a misspelt word and remembers what it stands for.
  bool try_correct(std::uint32_t at, const std::vector<std::string_view>& candidates);
  /// `item`: something new may start here, so that what is found, and not what is before it, is the
  /// mistake.
  void report_expected(std::uint32_t at, std::string_view what, std::string_view examples,
                       bool item = false);
  bool already_corrected(std::uint32_t at) const;
  [[noreturn]] void stop(std::uint32_t at, bool whole_statement = false);

  std::string_view text_;
  SyntaxTree& tree_;
  std::vector<Node>& nodes_;
  Diagnostics& diagnostics_;
  Peek peek_;
  std::vector<Opener> brackets_;
  std::vector<WordCorrection>& corrections_;
  std::uint32_t depth_ = 0;
  std::uint32_t reported_until_ = 0;
  std::uint32_t errors_made_ = 0;
  std::uint32_t no_block_end_after_ = UINT32_MAX;  // no `""""` from here on: do not look again
  bool quiet_ = false;  // this statement has a mistake that explains the next one
};

}  // namespace hookc::syntax
