// Names, arguments and expressions: the part of the grammar that everything else is made of.
// Private to parse.cpp.
#pragma once

#include "grammar/text_rules.hpp"

namespace hookc::syntax::rules {

using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;
using K = NodeKind;
using W = Word;
using E = Expected;

// ---- names and arguments ----
using any_name = name_token<true, true>;     // NAME: any word
using plain_name = name_token<false, true>;  // name: but for statement words
using value_name = name_token<false, false>;

struct binder : want<E::Binder, value_name> {};  // a name that is declared and read as a value
struct name_arg : sor<plain_name, string, splice> {};
struct text : sor<string, splice> {};
struct any_number : number_token<K::Int, K::Decimal, K::Duration, K::Size> {};
struct duration_arg
    : want<E::Duration, sor<number_token<K::Duration, K::Int, K::Decimal, K::Size>, splice>> {};
struct int_arg : want<E::Int, sor<number_token<K::Int>, splice>> {};
struct number_arg : want<E::Number, sor<number_token<K::Decimal, K::Int>, splice>> {};
struct literal_arg : want<E::Literal, sor<any_number, string, splice>> {};
struct qualified_name
    : node<K::QualifiedName, any_name, star<sign<'.', '.'>, want<E::Name, any_name>>> {};

/// An environment variable's name: a word without hyphens.
struct env_name : token_rule<env_name> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    const Peek& found = p.peek(offset(in));
    const auto word = p.text().substr(found.at, found.end - found.at);
    if (word.find('-') != word.npos || !any_name::run(in, p)) p.fail(offset(in), E::EnvName);
    return true;
  }
};
/// 2027-03-31
struct date : token_rule<date> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_token(in, p, WantedKind::Date);
    const std::uint32_t at = offset(in);
    static constexpr std::string_view form = "0000-00-00";
    for (std::uint32_t i = 0; i < form.size(); ++i) {
      const char c = p.char_at(at + i);
      if (form[i] == '-' ? c != '-' : c < '0' || c > '9') return false;
    }
    if (is_name_char(p.text(), at + form.size())) return false;
    take(in, p, K::Date, at + form.size());
    return true;
  }
};
/// KIND/NAME: no blanks inside, so that `Deployment/web` is one thing.
struct workload_body {
  using rule_t = workload_body;
  using subs_t = pegtl::empty_list;
  HOOKC_MATCH {
    std::uint32_t at = offset(in);
    const std::size_t index = p.open(K::Workload);
    for (;;) {
      const std::uint32_t end = p.peek(at).end;
      p.token(K::Name, at, end);
      p.token(K::Symbol, end, end + 1);
      at = end + 1;
      if (p.char_at(end) == '/') break;
    }
    move_to(in, at);
    if (p.char_at(at) == '$') {
      if (!HOOKC_SUB(splice)) return false;
    } else {
      std::uint32_t end = at;
      while (is_alnum_(p.char_at(end)) || p.char_at(end) == '-' ||
             (p.char_at(end) == '.' && is_alnum_(p.char_at(end + 1))))
        ++end;
      take(in, p, K::Name, end);
    }
    p.close(index);
    return true;
  }
};
struct workload {
  using rule_t = workload;
  using subs_t = pegtl::type_list<workload_body>;
  HOOKC_MATCH {
    try_token(in, p, WantedKind::Workload);
    return p.workload_at(offset(in)) && HOOKC_SUB(workload_body);
  }
};

// ---- expressions: bare names here, ${…} only outside ----
struct field : node<K::Field, sor<any_name, string>, need_sign<':'>, want<E::Expression, expr>> {};
struct list : bracketed<'[', ']', comma_list<expr, ']'>> {};
struct list_node : node<K::List, list> {};
struct object_node : node<K::Object, bracketed<'{', '}', comma_list<field, '}'>>> {};
struct arguments : node<K::Arguments, bracketed<'(', ')', comma_list<field, ')'>>> {};
struct paren : node<K::Paren, bracketed<'(', ')', want<E::Expression, expr>>> {};
struct call : node<K::Call, any_name, bracketed<'(', ')', comma_list<expr, ')'>>> {};
struct if_then_else : node<K::If, kw<W::If>, want<E::Expression, expr>, need<W::Then>,
                           want<E::Expression, expr>, need<W::Else>, want<E::Expression, expr>> {};

struct constant : token_rule<constant> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    take(in, p, K::Constant, p.peek(offset(in)).end);
    return true;
  }
};

struct primary {
  using rule_t = primary;
  using subs_t = pegtl::type_list<string, list_node, object_node, paren, any_number, workload, call,
                                  any_name, if_then_else, constant>;
  HOOKC_MATCH {
    const std::uint32_t at = offset(in);
    if (is_watched_end(in, at)) {
      try_token(in, p, WantedKind::Value);
      try_words(in, p, at, {W::True, W::False, W::Null, W::If});
      return false;
    }
    switch (p.char_at(at)) {
      case '"':
      case '\'': return HOOKC_SUB(string);
      case '[': return HOOKC_SUB(list_node);
      case '{': return HOOKC_SUB(object_node);
      case '(': return HOOKC_SUB(paren);
      default: break;
    }
    const Peek found = p.peek(at);
    if (!found.is_name()) return HOOKC_TRY(any_number) || HOOKC_SUB(string);
    if (found.starts_statement) return false;
    if (p.workload_at(at)) return HOOKC_SUB(workload_body);
    if (found.word != Word::None) {
      if (found.word == W::True || found.word == W::False || found.word == W::Null)
        return HOOKC_SUB(constant);
      if (found.word == W::If) return HOOKC_SUB(if_then_else);
      const WordRole role = info(found.word).role;
      if (role == WordRole::Expression) return false;
      // `target.name`, `operation.exit`: roots of facts; other statement words name no value.
      const std::uint32_t next = p.skip(found.end);
      const bool call_follows = p.char_at(next) == '(';
      const bool step_follows = p.char_at(next) == '.' && p.char_at(next + 1) != '.';
      if (role == WordRole::Statement && !call_follows && !step_follows) return false;
    }
    if (p.char_at(p.skip(found.end)) == '(') return HOOKC_SUB(call);
    return HOOKC_SUB(any_name);
  }
};

struct step : sor<node<K::MemberStep, sign<'.', '.'>, want<E::Member, any_name>>,
                  node<K::IndexStep, bracketed<'[', ']', want<E::Expression, expr>>>> {};
/// A chain of steps becomes a tree as deep as it is long, so its steps count as nesting.
struct steps {
  using rule_t = steps;
  using subs_t = pegtl::type_list<step>;
  HOOKC_MATCH {
    std::uint32_t count = 0;
    for (;;) {
      const char c = p.char_at(offset(in));
      if (c != '.' && c != '[') break;
      p.enter(offset(in));
      ++count;
      if (!HOOKC_TRY(step)) break;
    }
    p.leave(count);
    return count > 0;
  }
};
/// As steps, but false where `.` starts a range and nothing was taken.
struct postfix {
  using rule_t = postfix;
  using subs_t = pegtl::type_list<primary>;
  HOOKC_MATCH {
    const std::size_t index = p.node_count();
    if (!HOOKC_SUB(primary)) return false;
    const std::size_t before = p.node_count();
    (void)HOOKC_TRY(steps);
    if (p.node_count() != before) p.wrap(index, K::Postfix);
    return true;
  }
};

struct or_else_value
    : infix<K::Default, postfix, plus<sign2<'?', '?'>, want<E::Expression, postfix>>> {};
struct range_or_value
    : infix<K::Range, or_else_value, seq<sign2<'.', '.'>, want<E::Expression, or_else_value>>> {};
struct comparison_sign : sor<sign2<'=', '='>, sign2<'!', '='>, sign2<'<', '='>, sign2<'>', '='>,
                             sign<'<'>, sign<'>'>> {};
struct comparison_word
    : choose<on<W::Contains, seq<kw<W::Contains>, want<E::Expression, or_else_value>>>,
             on<W::StartsWith, seq<kw<W::StartsWith>, want<E::Expression, or_else_value>>>,
             on<W::EndsWith, seq<kw<W::EndsWith>, want<E::Expression, or_else_value>>>,
             on<W::Matches, seq<kw<W::Matches>, want<E::Pattern, sor<regex, or_else_value>>>>,
             on<W::In, seq<kw<W::In>, want<E::Expression, range_or_value>>>,
             on<W::Not, seq<two<W::Not, W::In>, want<E::Expression, range_or_value>>>> {};
struct comparison
    : infix<K::Binary, or_else_value,
            sor<comparison_word, seq<comparison_sign, want<E::Expression, or_else_value>>>> {};
struct negation;
struct negation_body : node<K::Not, kw<W::Not>, want<E::Expression, negation>> {};
struct negation : sor<deep<negation_body>, comparison> {};
struct conjunction : infix<K::And, negation, plus<kw<W::And>, want<E::Expression, negation>>> {};
struct disjunction : infix<K::Or, conjunction, plus<kw<W::Or>, want<E::Expression, conjunction>>> {
};
struct expr : deep<disjunction> {};

struct wanted_expr : want<E::Expression, expr> {};
struct wanted_text : want<E::Text, text> {};
struct wanted_string : want<E::String, string> {};
struct wanted_name : want<E::Name, name_arg> {};

}  // namespace hookc::syntax::rules
