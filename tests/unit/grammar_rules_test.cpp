// PEGTL's own analysis of the grammar: no rule can loop without consuming. Its own unit, for the
// cost of PEGTL.
#include <catch2/catch.hpp>

#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar/rules.hpp"

// What our building blocks are to the analysis; a sequence consumes if a part does, a choice if
// every part does.
namespace tao::pegtl {
namespace r = hookc::syntax::rules;
using hookc::syntax::Expected;
using hookc::syntax::NodeKind;
using hookc::syntax::Word;

#define HOOKC_CONSUMES(...) \
  struct analyze_traits<Name, __VA_ARGS__> : analyze_any_traits<> {}
template <typename Name, Word W>
HOOKC_CONSUMES(r::kw<W>);
template <typename Name, Word W>
HOOKC_CONSUMES(r::start<W>);
template <typename Name, Word V, Word W>
HOOKC_CONSUMES(r::two<V, W>);
template <typename Name, Word... Ws>
HOOKC_CONSUMES(r::need<Ws...>);
template <typename Name, Word... Ws>
HOOKC_CONSUMES(r::any_kw<Ws...>);
template <typename Name, char C, char D>
HOOKC_CONSUMES(r::sign<C, D>);
template <typename Name, char C, char D>
HOOKC_CONSUMES(r::sign2<C, D>);
template <typename Name, char C, char D>
HOOKC_CONSUMES(r::need_sign<C, D>);
template <typename Name, bool S, bool E>
HOOKC_CONSUMES(r::name_token<S, E>);
template <typename Name, NodeKind... Ks>
HOOKC_CONSUMES(r::number_token<Ks...>);
template <typename Name>
HOOKC_CONSUMES(r::env_name);
template <typename Name>
HOOKC_CONSUMES(r::date);
template <typename Name>
HOOKC_CONSUMES(r::regex);
template <typename Name>
HOOKC_CONSUMES(r::constant);
#undef HOOKC_CONSUMES
template <typename Name, char C>
struct analyze_traits<Name, r::before<C>> : analyze_opt_traits<> {};
template <typename Name, Word V, Word... Ws>
struct analyze_traits<Name, r::two_ahead<V, Ws...>> : analyze_opt_traits<> {};
// These take a sign or word of their own before their parts.
template <typename Name>
struct analyze_traits<Name, r::string> : analyze_seq_traits<any, r::splice> {};
template <typename Name, bool L, bool I>
struct analyze_traits<Name, r::splice_body<L, I>> : analyze_seq_traits<any, r::expr> {};
template <typename Name>
struct analyze_traits<Name, r::splice> : analyze_seq_traits<any, r::expr> {};
template <typename Name>
struct analyze_traits<Name, r::workload_body> : analyze_seq_traits<any, r::splice> {};
template <typename Name>
struct analyze_traits<Name, r::workload> : analyze_seq_traits<any, r::splice> {};
template <typename Name, char O, char C, typename... Rs>
struct analyze_traits<Name, r::bracketed<O, C, Rs...>> : analyze_seq_traits<any, Rs...> {};
template <typename Name>
struct analyze_traits<Name, r::group_body> : analyze_seq_traits<any, r::members> {};
// These may match nothing; each of their rounds consumes, or ends them.
template <typename Name, typename R, char C>
struct analyze_traits<Name, r::comma_list<R, C>> : analyze_opt_traits<R> {};
template <typename Name, typename I, Expected W, Word... Es>
struct analyze_traits<Name, r::items<I, W, Es...>> : analyze_opt_traits<I> {};
template <typename Name>
struct analyze_traits<Name, r::members> : analyze_opt_traits<r::member> {};
template <typename Name>
struct analyze_traits<Name, r::steps> : analyze_opt_traits<r::step> {};
// Structure.
template <typename Name, NodeKind K, typename... Rs>
struct analyze_traits<Name, r::node<K, Rs...>> : analyze_seq_traits<Rs...> {};
template <typename Name, NodeKind K, typename First, typename Rest>
struct analyze_traits<Name, r::infix<K, First, Rest>> : analyze_seq_traits<First, opt<Rest>> {};
template <typename Name, Expected W, typename... Rs>
struct analyze_traits<Name, r::want<W, Rs...>> : analyze_seq_traits<Rs...> {};
template <typename Name, typename... Cs>
struct analyze_traits<Name, r::choose<Cs...>> : analyze_sor_traits<typename Cs::rule...> {};
template <typename Name, typename... Cs>
struct analyze_traits<Name, r::choose_statement<Cs...>> : analyze_sor_traits<typename Cs::rule...> {
};
template <typename Name, typename First, Expected W, typename... Cs>
struct analyze_traits<Name, r::node_by_word<First, W, Cs...>>
    : analyze_seq_traits<First, sor<typename Cs::rule...>> {};
template <typename Name, typename R>
struct analyze_traits<Name, r::deep<R>> : analyze_seq_traits<R> {};
template <typename Name>
struct analyze_traits<Name, r::primary>
    : analyze_sor_traits<r::string, r::list_node, r::object_node, r::paren, r::any_number,
                         r::workload_body, r::call, r::any_name, r::if_then_else, r::constant> {};
template <typename Name>
struct analyze_traits<Name, r::postfix> : analyze_seq_traits<r::primary, opt<r::steps>> {};
template <typename Name>
struct analyze_traits<Name, r::require_rule>
    : analyze_seq_traits<r::kw<Word::Require>, sor<r::require_hook, r::require_rest>> {};

}  // namespace tao::pegtl

TEST_CASE("no rule of the grammar can loop", "[grammar]") {
  CHECK(tao::pegtl::analyze<hookc::syntax::rules::statement>() == 0);
  CHECK(tao::pegtl::analyze<hookc::syntax::rules::edition>() == 0);
}
