// The building blocks of rules.hpp: PEGTL rules that write tokens and nodes to the Parser.
//
// Everywhere between two tokens the input stands on the first byte of the next token: whoever takes
// a token skips the blanks after it. A rule that fails leaves neither tokens nor nodes behind.
#pragma once

#include <tao/pegtl.hpp>

#include "grammar/expected_at.hpp"
#include "grammar/parser.hpp"

namespace hookc::syntax::rules {

namespace pegtl = tao::pegtl;

/// No actions and no bookkeeping by PEGTL: the rules below do what there is to do.
template <typename Rule>
struct control {
  static constexpr bool enable = false;
  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename In>
  static bool match(In& in, Parser& p) {
    return pegtl::match<Rule, A, M, Action, Control>(in, p);
  }
};

/// Byte offsets only: lines and columns are the SourceManager's. Recovery moves the input by hand.
class Input : public pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf, const char*> {
 public:
  /// An input that is watched (expected_at.cpp) is told of every word and token that a rule tries.
  /// This one is not: nothing of it is compiled into parsing.
  static constexpr bool kWatched = false;
  explicit Input(std::string_view text) : memory_input(text.data(), text.size(), "") {}
  void set_offset(std::uint32_t at) { m_current = begin() + at; }
};

template <typename In>
std::uint32_t offset(const In& in) {
  return static_cast<std::uint32_t>(in.current() - in.begin());
}
template <typename In>
void move_to(In& in, std::uint32_t at) {
  in.set_offset(at);
}
/// Takes the token that ends at `end`, and the blanks after it.
template <typename In>
void take(In& in, Parser& p, NodeKind kind, std::uint32_t end) {
  p.token(kind, offset(in), end);
  move_to(in, p.skip(end));
}

/// Matches a rule at the input's position, which is kept where it fails.
template <typename Rule, typename In>
bool match(In& in, Parser& p) {
  return control<Rule>::template match<pegtl::apply_mode::nothing, pegtl::rewind_mode::required,
                                       pegtl::nothing, control>(in, p);
}

// ---- what a watched input is told ----

template <typename In>
void try_words(In& in, Parser& p, std::uint32_t at, std::initializer_list<Word> words,
               Word then = Word::None) {
  if constexpr (In::kWatched) in.words(p, at, words, then);
}
template <typename In>
void try_starts(In& in, Parser& p, std::initializer_list<Word> words) {
  if constexpr (In::kWatched) in.starts(p, offset(in), words);
}
template <typename In>
void try_token(In& in, Parser& p, WantedKind kind) {
  if constexpr (In::kWatched) in.token(p, offset(in), kind);
}
/// True where a watched input ends: a mistake there is the end of watching, not of a clause.
template <typename In>
bool is_watched_end(const In& in, std::uint32_t at) {
  if constexpr (In::kWatched) return in.is_end(at);
  return false;
}

#define HOOKC_MATCH                                                                         \
  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action, \
            template <typename...> class Control, typename In>                              \
  static bool match([[maybe_unused]] In& in, [[maybe_unused]] Parser& p)
/// With M the input may stay moved where the rule fails; HOOKC_TRY puts it back.
#define HOOKC_TRY(Rule) \
  Control<Rule>::template match<A, pegtl::rewind_mode::required, Action, Control>(in, p)
#define HOOKC_SUB(Rule) Control<Rule>::template match<A, M, Action, Control>(in, p)

/// A rule without sub-rules: Self::run does the work.
template <typename Self>
struct token_rule {
  using rule_t = Self;
  using subs_t = pegtl::empty_list;
  HOOKC_MATCH { return Self::run(in, p); }
};

// ---- tokens ----

/// The word W in the middle of a sentence.
template <Word W>
struct kw : token_rule<kw<W>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_words(in, p, offset(in), {W});
    const Peek& found = p.peek(offset(in));
    if (found.word != W || found.starts_statement) return false;
    take(in, p, NodeKind::Keyword, found.end);
    return true;
  }
};

/// The word W where it starts a statement.
template <Word W>
struct start : token_rule<start<W>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_starts(in, p, {W});
    const Peek& found = p.peek(offset(in));
    if (found.word != W) return false;
    take(in, p, NodeKind::Keyword, found.end);
    return true;
  }
};

/// The two words V W, or neither.
template <Word V, Word W>
struct two : token_rule<two<V, W>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_words(in, p, offset(in), {V}, W);
    const Peek first = p.peek(offset(in));
    if (first.word != V || first.starts_statement) return false;
    const std::uint32_t next = p.skip(first.end);
    try_words(in, p, next, {W});
    const Peek& second = p.peek(next);
    if (second.word != W || second.starts_statement) return false;
    p.token(NodeKind::Keyword, first.at, first.end);
    move_to(in, next);
    take(in, p, NodeKind::Keyword, second.end);
    return true;
  }
};

/// One of the words, or a mistake that lists them all.
template <Word... Ws>
struct need : token_rule<need<Ws...>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_words(in, p, offset(in), {Ws...});
    const Peek& found = p.peek(offset(in));
    if (found.starts_statement || !((found.word == Ws) || ...)) p.fail_words(offset(in), {Ws...});
    take(in, p, NodeKind::Keyword, found.end);
    return true;
  }
};

/// One of the words.
template <Word... Ws>
struct any_kw : token_rule<any_kw<Ws...>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_words(in, p, offset(in), {Ws...});
    const Peek& found = p.peek(offset(in));
    if (found.starts_statement || !((found.word == Ws) || ...)) return false;
    take(in, p, NodeKind::Keyword, found.end);
    return true;
  }
};

/// One sign, not followed by Not.
template <char C, char Not = '\0'>
struct sign : token_rule<sign<C, Not>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    const std::uint32_t at = offset(in);
    if (p.at_end(at) || p.char_at(at) != C) return false;
    if constexpr (Not != '\0') {
      if (p.char_at(at + 1) == Not) return false;
    }
    take(in, p, NodeKind::Symbol, at + 1);
    return true;
  }
};
/// Two signs that belong together.
template <char C, char D>
struct sign2 : token_rule<sign2<C, D>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    const std::uint32_t at = offset(in);
    if (p.char_at(at) != C || p.char_at(at + 1) != D) return false;
    take(in, p, NodeKind::Symbol, at + 2);
    return true;
  }
};
/// One sign, or a mistake.
template <char C, char Not = '\0'>
struct need_sign : token_rule<need_sign<C, Not>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    if (sign<C, Not>::run(in, p)) return true;
    static constexpr char text[] = {C};
    p.fail_symbol(offset(in), std::string_view(text, 1));
  }
};

/// Any word as a name, keywords too; but no word that starts a statement.
template <bool StatementWords, bool ExpressionWords>
struct name_token : token_rule<name_token<StatementWords, ExpressionWords>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_token(in, p,
              !StatementWords ? (ExpressionWords ? WantedKind::PlainName : WantedKind::ValueName)
                              : WantedKind::AnyName);
    const Peek& found = p.peek(offset(in));
    if (!found.is_name() || found.starts_statement) return false;
    const WordRole role = info(found.word).role;
    if (!StatementWords && role == WordRole::Statement) return false;
    if (!ExpressionWords && role == WordRole::Expression) return false;
    take(in, p, NodeKind::Name, found.end);
    return true;
  }
};

/// A number whose kind is one of Kinds.
template <NodeKind... Kinds>
struct number_token : token_rule<number_token<Kinds...>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    if constexpr (In::kWatched) (in.token(p, offset(in), wanted_number(Kinds)), ...);
    const Parser::Number found = p.number(offset(in));
    if (found.end == offset(in) || !((found.kind == Kinds) || ...)) return false;
    take(in, p, found.kind, found.end);
    return true;
  }
};

/// Looks ahead: the sign C is next, or a mistake.
template <char C>
struct before : token_rule<before<C>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    static constexpr char text[] = {C};
    if (p.char_at(offset(in)) != C) p.fail_symbol(offset(in), std::string_view(text, 1));
    return true;
  }
};
/// Looks ahead: the word V, and then one of Ws.
template <Word V, Word... Ws>
struct two_ahead : token_rule<two_ahead<V, Ws...>> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_words(in, p, offset(in), {V});
    const Peek first = p.peek(offset(in));
    if (first.word != V) return false;
    const std::uint32_t next = p.skip(first.end);
    try_words(in, p, next, {Ws...});
    const Word second = p.peek(next).word;
    return ((second == Ws) || ...);
  }
};

// ---- structure ----

/// Rs in a row under a node.
template <NodeKind Kind, typename... Rs>
struct node {
  using rule_t = node;
  using subs_t = pegtl::type_list<Rs...>;
  HOOKC_MATCH {
    const std::size_t index = p.open(Kind);
    if (HOOKC_SUB(pegtl::seq<Rs...>)) {
      p.close(index);
      return true;
    }
    p.cut(index);
    return false;
  }
};

/// First, and if Rest follows, both under a node.
template <NodeKind Kind, typename First, typename Rest>
struct infix {
  using rule_t = infix;
  using subs_t = pegtl::type_list<First>;
  HOOKC_MATCH {
    const std::size_t index = p.node_count();
    if (!HOOKC_SUB(First)) return false;
    if (HOOKC_TRY(Rest)) p.wrap(index, Kind);
    return true;
  }
};

/// Rs in a row, or a mistake: Expected.
template <Expected What, typename... Rs>
struct want {
  using rule_t = want;
  using subs_t = pegtl::type_list<Rs...>;
  HOOKC_MATCH {
    if (!HOOKC_SUB(pegtl::seq<Rs...>)) p.fail(offset(in), What);
    return true;
  }
};

/// A case of choose: with the word W next, R is tried and nothing else.
template <Word W, typename R>
struct on {
  static constexpr Word word = W;
  using rule = R;
};
/// The case of the next word, found without trying the others.
template <typename... Cases>
struct choose {
  using rule_t = choose;
  using subs_t = pegtl::type_list<typename Cases::rule...>;
  HOOKC_MATCH {
    try_words(in, p, offset(in), {Cases::word...});
    const Peek& found = p.peek(offset(in));
    if (found.word == Word::None || found.starts_statement) return false;
    const Word word = found.word;
    bool matched = false;
    (void)((word == Cases::word && (matched = HOOKC_SUB(typename Cases::rule), true)) || ...);
    return matched;
  }
};
/// The same where a statement begins.
template <typename... Cases>
struct choose_statement {
  using rule_t = choose_statement;
  using subs_t = pegtl::type_list<typename Cases::rule...>;
  HOOKC_MATCH {
    try_starts(in, p, {Cases::word...});
    const Word word = p.peek(offset(in)).word;
    if (info(word).role != WordRole::Statement) return false;
    bool matched = false;
    (void)((word == Cases::word && (matched = HOOKC_SUB(typename Cases::rule), true)) || ...);
    return matched;
  }
};

/// A case of node_by_word: the node's kind, and what follows the first word.
template <Word W, NodeKind Kind, typename R>
struct kind_on {
  static constexpr Word word = W;
  static constexpr NodeKind kind = Kind;
  using rule = R;
};
/// First under a node whose kind the word after it decides.
template <typename First, Expected What, typename... Cases>
struct node_by_word {
  using rule_t = node_by_word;
  using subs_t = pegtl::type_list<First, typename Cases::rule...>;
  HOOKC_MATCH {
    const std::size_t index = p.open(NodeKind::Error);
    if (!HOOKC_SUB(First)) {
      p.cut(index);
      return false;
    }
    try_words(in, p, offset(in), {Cases::word...});
    const Peek& found = p.peek(offset(in));
    const Word word = found.starts_statement ? Word::None : found.word;
    bool matched = false;
    (void)((word == Cases::word &&
            (p.set_kind(index, Cases::kind), matched = HOOKC_SUB(typename Cases::rule), true)) ||
           ...);
    if (!matched) p.fail(offset(in), What);
    p.close(index);
    return true;
  }
};

/// One level of nesting.
template <typename R>
struct deep {
  using rule_t = deep;
  using subs_t = pegtl::type_list<R>;
  HOOKC_MATCH {
    p.enter(offset(in));
    const bool matched = HOOKC_SUB(R);
    p.leave();
    return matched;
  }
};

/// Open Rs… Close: the closing sign is wanted, and remembered as missing while it is.
template <char Open, char Close, typename... Rs>
struct bracketed {
  using rule_t = bracketed;
  using subs_t = pegtl::type_list<sign<Open>, Rs...>;
  HOOKC_MATCH {
    const std::uint32_t at = offset(in);
    if (!sign<Open>::run(in, p)) return false;
    p.push_bracket(at, 1);
    if (!HOOKC_SUB(pegtl::seq<Rs...>)) return false;
    need_sign<Close>::run(in, p);
    p.pop_bracket();
    return true;
  }
};

/// (R (`,` R)* `,`?)? before a closing sign.
template <typename R, char Close>
struct comma_list {
  using rule_t = comma_list;
  using subs_t = pegtl::type_list<pegtl::opt<R>>;
  HOOKC_MATCH {
    while (p.char_at(offset(in)) != Close) {
      if (!HOOKC_TRY(R)) return true;  // the closing sign is asked for next
      if (!sign<','>::run(in, p)) return true;
    }
    return true;
  }
};

// ---- recovery ----

/// Items in a row until something follows that can only come after them: one of the words Ends, a
/// statement, `}`, the end. Anything else is a mistake; it costs one item, and the next line that
/// starts an item is read again.
template <typename Item, Expected What, Word... Ends>
struct items {
  using rule_t = items;
  using subs_t = pegtl::type_list<pegtl::opt<Item>>;
  HOOKC_MATCH {
    for (;;) {
      const std::uint32_t at = offset(in);
      if (is_watched_end(in, at)) {
        (void)HOOKC_TRY(Item);  // to be told what could come here
        return true;
      }
      if (p.at_end(at) || p.char_at(at) == '}') return true;
      const Peek& found = p.peek(at);
      if (info(found.word).role == WordRole::Statement) return true;
      if (p.first_on_line(at)) p.begin_statement();  // what the line above lost is over
      if (((found.word == Ends) || ...)) return true;
      const Mark mark = p.mark();
      try {
        if (!HOOKC_TRY(Item)) p.fail(at, What);
      } catch (const Mistake& mistake) {
        if (mistake.whole_statement || is_watched_end(in, mistake.at)) throw;
        if (mistake.corrected) {
          p.rewind(mark);
          move_to(in, at);
          continue;
        }
        // A word that starts a line and is itself the mistake must not be found again.
        const std::uint32_t from = mistake.at == at ? p.token_end(at) : mistake.at;
        const std::uint32_t resume = p.next_clause(from, p.open_braces(mark));
        p.unnest(mark);
        p.make_error(mark, mistake.at, resume);
        move_to(in, p.skip(resume));
        p.begin_statement();
      }
    }
  }
};
/// Matches nothing: for statements that have no items.
using no_item = pegtl::failure;

}  // namespace hookc::syntax::rules
