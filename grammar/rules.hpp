// The grammar of the hook language as PEGTL rules; hook.ebnf says the same for readers. Private:
// parse.cpp and expected_at.cpp alone include this.
//
// Every alternative is chosen by the next word or character, and what follows the choice is wanted:
// there is no backtracking over more than two words, so parsing is linear.
#pragma once

#include "grammar/expression_rules.hpp"

namespace hookc::syntax::rules {

// ---- the cluster ----
struct spread
    : node<K::Spread, kw<W::On>,
           sor<kw<W::One>,
               seq<need<W::One, W::All>,
                   opt<sor<seq<kw<W::Exactly>, int_arg>, seq<two<W::At, W::Least>, int_arg>>>,
                   opt<sor<two<W::At, W::Once>, seq<kw<W::One>, need<W::By>, need<W::One>>>>>>> {};
struct namespace_property : node<K::NamespaceProperty, kw<W::Namespace>, wanted_name> {};
struct container_property : node<K::ContainerProperty, kw<W::Container>, wanted_name> {};
struct source : node<K::Source, choose<on<W::Env, seq<kw<W::Env>, env_name>>,
                                       on<W::File, seq<kw<W::File>, wanted_string>>,
                                       on<W::Kubernetes, seq<kw<W::Kubernetes>, wanted_string,
                                                             need<W::Key>, wanted_string>>>> {};
struct wanted_source : want<E::Source, source> {};
struct env : node<K::EnvClause, kw<W::Env>, env_name,
                  want<E::EnvValue,
                       sor<seq<kw<W::From>, wanted_source>, seq<sign<'=', '='>, literal_arg>>>> {};
struct quantity : want<E::Quantity, sor<any_number, string, splice>> {};

struct pod_property
    : choose<on<W::Namespace, namespace_property>,
             on<W::Labels, node<K::LabelsProperty, kw<W::Labels>, wanted_text>>,
             on<W::Owner, node<K::OwnerProperty, kw<W::Owner>, want<E::Workload, workload>>>,
             on<W::Container, container_property>, on<W::On, spread>> {};
struct function_property
    : choose<on<W::Image, node<K::ImageProperty, kw<W::Image>, wanted_text>>,
             on<W::Command, node<K::CommandProperty, kw<W::Command>, want<E::Argv, list_node>>>,
             on<W::Namespace, namespace_property>,
             on<W::Account, node<K::AccountProperty, kw<W::Account>, wanted_name>>, on<W::Env, env>,
             on<W::Volume, node<K::VolumeProperty, kw<W::Volume>, wanted_name, need<W::From>,
                                need<W::Secret, W::ConfigMap, W::Claim>, wanted_text, need<W::At>,
                                wanted_text, opt<two<W::Read, W::Only>>>>,
             on<W::Cpu, node<K::CpuProperty, kw<W::Cpu>, quantity>>,
             on<W::Memory, node<K::MemoryProperty, kw<W::Memory>, quantity>>,
             on<W::User, node<K::UserProperty, kw<W::User>, int_arg>>> {};

// ---- actions ----
struct pod_ref : node<K::PodRef, kw<W::Pod>, want<E::PodName, name_arg>, opt<container_property>,
                      opt<spread>> {};
struct wanted_pod_ref : want<E::PodRef, pod_ref> {};
struct port_arg : want<E::Port, sor<number_token<K::Int>, name_arg>> {};
struct http_endpoint
    : node<K::Endpoint, kw<W::At>, wanted_pod_ref, need<W::Port>, port_arg, need<W::Path>,
           wanted_text, opt<seq<kw<W::Scheme>, need<W::Https, W::Http>>>> {};
struct tcp_endpoint : node<K::Endpoint, kw<W::At>, wanted_pod_ref, need<W::Port>, port_arg> {};
struct http : node<K::HttpAction, kw<W::Http>, need<W::Get, W::Post>,
                   sor<http_endpoint, want<E::Url, text>>> {};
struct tcp
    : node<K::TcpAction, kw<W::Tcp>, need<W::Connect>, sor<tcp_endpoint, want<E::Address, text>>> {
};
struct command : sor<text, list_node> {};
struct wanted_command : want<E::Command, command> {};
struct by_operator : node<K::ByOperatorClause, kw<W::By>, need<W::Operator>> {};
struct exec_rest
    : sor<seq<kw<W::In>, want<E::ExecIn, sor<seq<pod_ref, wanted_command>,
                                             seq<kw<W::Function>, want<E::FunctionName, name_arg>,
                                                 opt<command>>>>>,
          seq<kw<W::Local>, wanted_command>, seq<by_operator, wanted_command>,
          want<E::ExecPlace, command>> {};
struct exec : node<K::ExecAction, kw<W::Exec>, exec_rest> {};
struct scale : node<K::ScaleAction, kw<W::Scale>, want<E::Workload, workload>, need<W::To>, int_arg,
                    opt<seq<kw<W::If>, need<W::Exists>>>> {};
struct wait_state : sor<any_kw<W::Ready, W::Available, W::Gone>, seq<kw<W::Where>, wanted_expr>,
                        need<W::Ready, W::Available, W::Gone, W::Where>> {};
struct wait
    : node<K::WaitAction, kw<W::Wait>, want<E::PodOrWorkload, sor<pod_ref, workload>>, wait_state> {
};
struct use : node<K::UseAction, kw<W::Use>, want<E::TemplateName, qualified_name>, opt<arguments>> {
};

struct action : choose<on<W::Http, http>, on<W::Tcp, tcp>, on<W::Exec, exec>, on<W::Scale, scale>,
                       on<W::Wait, wait>, on<W::Use, use>> {};
struct wanted_action : want<E::Action, action> {};

// ---- clauses ----
struct captured
    : node<K::Captured, choose<on<W::Stdout, kw<W::Stdout>>, on<W::Stderr, kw<W::Stderr>>,
                               on<W::Status, kw<W::Status>>, on<W::Body, kw<W::Body>>,
                               on<W::Header, seq<kw<W::Header>, wanted_string>>,
                               on<W::Json, seq<kw<W::Json>, opt<steps>>>>> {};
struct clause
    : choose<
          on<W::Timeout, node<K::TimeoutClause, kw<W::Timeout>, duration_arg>>,
          on<W::Retry, node<K::RetryClause, kw<W::Retry>, int_arg,
                            opt<seq<kw<W::Every>, duration_arg,
                                    opt<seq<kw<W::Backoff>, number_arg,
                                            opt<seq<kw<W::Up>, need<W::To>, duration_arg>>>>>>>>,
          on<W::On, node<K::OnErrorClause, kw<W::On>, need<W::Error>,
                         need<W::Fail, W::Warn, W::Continue, W::Skip>>>,
          on<W::Expect, node<K::ExpectClause, kw<W::Expect>, wanted_expr>>,
          on<W::When, node<K::WhenClause, kw<W::When>, wanted_expr>>,
          on<W::Ready, node<K::ReadyOnceClause, kw<W::Ready>, need<W::Once>, wanted_expr>>,
          on<W::Capture, node<K::CaptureClause, kw<W::Capture>, want<E::Captured, captured>,
                              need<W::As>, opt<kw<W::Secret>>, binder>>,
          on<W::Header, node<K::HeaderClause, kw<W::Header>, wanted_string, wanted_text>>,
          on<W::Body, node<K::BodyClause, kw<W::Body>, wanted_text>>,
          on<W::Json,
             node<K::JsonClause, kw<W::Json>, want<E::JsonValue, sor<object_node, list_node>>>>,
          on<W::Form, node<K::FormClause, kw<W::Form>, want<E::FormValue, object_node>>>,
          on<W::Env, env>, on<W::Stdin, node<K::StdinClause, kw<W::Stdin>, wanted_text>>,
          on<W::Tls, node<K::TlsClause, kw<W::Tls>, want<E::Tls, sor<kw<W::Insecure>, arguments>>>>,
          on<W::Follow, node<K::FollowRedirectsClause, kw<W::Follow>, need<W::Redirects>>>,
          on<W::By, by_operator>,
          on<W::After,
             node<K::AfterClause, kw<W::After>, wanted_string, star<sign<','>, wanted_string>>>> {};
struct clauses : items<clause, E::Clause> {};
struct hold_clauses : items<clause, E::HoldClause, W::Release, W::Until, W::At> {};
struct release_clauses : items<clause, E::ReleaseClause, W::Release, W::Until, W::At> {};
struct statement_end : items<no_item, E::StatementEnd> {};

// ---- hooks, holds, groups, templates ----
struct operation : need<W::Backup, W::Restore> {};
struct outcome
    : node<K::Outcome, sor<kw<W::Always>, seq<kw<W::On>, need<W::Success, W::Failure>>>> {};
struct hook : node<K::Hook, sor<start<W::Pre>, start<W::Post>>, operation, opt<outcome>,
                   opt<string>, wanted_action, clauses> {};
struct release
    : node<K::Release, kw<W::Release>,
           opt<node<K::OnlyIfAcquired, kw<W::Only>, need<W::If>, need<W::Acquired>>>,
           want<E::ReleaseAction, sor<node<K::ScaleBack, two<W::Scale, W::Back>>,
                                      node<K::ReleaseStdin, kw<W::Stdin>, wanted_text>, action>>,
           release_clauses> {};
struct until
    : node<K::Until, kw<W::Until>,
           want<E::Until,
                sor<string, seq<kw<W::Operation>, need<W::Prints>, want<E::Pattern, regex>>>>> {};
struct at_most : node<K::AtMost, kw<W::At>, need<W::Most>, duration_arg> {};
struct hold_body : node<K::HoldBody, opt<kw<W::Session>>, wanted_action, hold_clauses,
                        star<release>, items<sor<until, at_most>, E::HoldEnd>> {};
struct hold : node<K::Hold, start<W::Hold>, operation, opt<string>, hold_body> {};
struct member;

/// The hooks of a group; a mistake in one leaves the others, and the group, as they are.
struct members {
  using rule_t = members;
  using subs_t = pegtl::type_list<pegtl::opt<member>>;
  HOOKC_MATCH {
    const std::uint32_t opener = p.brackets().back().at;
    const std::uint32_t errors = p.errors_made();
    for (;;) {
      const std::uint32_t at = offset(in);
      if (p.char_at(at) == '}') return true;
      if (is_watched_end(in, at)) {
        (void)HOOKC_TRY(member);
        throw Mistake{at};  // the group is open
      }
      const Peek found = p.peek(at);
      const bool member_starts = found.word == W::Pre || found.word == W::Post ||
                                 found.word == W::Hold || found.word == W::Together;
      if (p.at_end(at) || (found.starts_statement && !member_starts)) {
        // What recovery left out may have been the brace.
        if (p.errors_made() == errors) p.report_unclosed_group(opener);
        return true;
      }
      const Mark mark = p.mark();
      p.begin_statement();
      try {
        if (!HOOKC_TRY(member)) p.fail(at, E::GroupMember);
      } catch (const Mistake& mistake) {
        if (is_watched_end(in, mistake.at)) throw;
        if (mistake.corrected) {
          p.rewind(mark);
          move_to(in, at);
          continue;
        }
        const std::uint32_t from = mistake.at == at ? p.token_end(at) : mistake.at;
        const std::uint32_t resume = p.next_statement(from, true, p.open_braces(mark));
        p.unnest(mark);
        p.make_error(mark, mistake.at, resume);
        move_to(in, p.skip(resume));
      }
    }
  }
};
struct group_body {
  using rule_t = group_body;
  using subs_t = pegtl::type_list<sign<'{'>, members>;
  HOOKC_MATCH {
    const std::uint32_t at = offset(in);
    if (!sign<'{'>::run(in, p)) p.fail_symbol(at, "{");
    p.push_bracket(at, 1);
    (void)HOOKC_SUB(members);
    p.pop_bracket();
    (void)sign<'}'>::run(in, p);  // missing: reported by members
    return true;
  }
};
struct together : deep<node<K::Together, start<W::Together>, group_body>> {};

struct string_type
    : seq<kw<W::StringType>,
          opt<bracketed<
              '(', ')',
              want<E::StringChoices, sor<regex, seq<string, star<sign<','>, wanted_string>>>>>>> {};
struct int_type
    : seq<kw<W::IntType>,
          opt<bracketed<'(', ')', int_arg, want<E::RangeDots, sign2<'.', '.'>>, int_arg>>> {};
struct type;
struct list_type : seq<kw<W::ListType>, before<'<'>, bracketed<'<', '>', deep<type>>> {};
struct simple_type : need<W::StringType, W::IntType, W::BoolType, W::DurationType, W::SizeType,
                          W::UrlType, W::HostnameType, W::RegexType, W::Port, W::SelectorType,
                          W::Json, W::Pod, W::Function, W::WorkloadType, W::ListType> {};
struct type : node<K::Type, sor<string_type, int_type, list_type, simple_type>> {};

struct default_value : seq<sign<'=', '='>, wanted_expr> {};
struct template_param : node<K::TemplateParam, binder, need_sign<':'>, type, opt<default_value>> {};
struct parameters : node<K::Parameters, bracketed<'(', ')', comma_list<template_param, ')'>>> {};
struct usable : node<K::Usable, kw<W::Usable>, need<W::In>,
                     sor<seq<kw<W::All>, need<W::Namespaces>>, seq<kw<W::This>, need<W::Namespace>>,
                         seq<kw<W::Namespaces>, need<W::Matching>, wanted_string>,
                         need<W::All, W::This, W::Namespaces>>> {};
struct template_statement : node<K::Template, start<W::Template>, opt<kw<W::Hold>>,
                                 want<E::NewName, plain_name>, opt<parameters>, opt<usable>,
                                 before<'{'>, bracketed<'{', '}', hold_body>, statement_end> {};

// ---- other declarations ----
struct edition
    : node<K::Edition, start<W::Language>, want<E::Edition, number_token<K::Int, K::Decimal>>> {};
struct import : node<K::Import, start<W::Import>, want<E::Import, sor<string, qualified_name>>,
                     opt<seq<kw<W::As>, want<E::NewName, plain_name>>>, statement_end> {};
struct param : node<K::Param, start<W::Param>, binder, need_sign<':'>, type, opt<default_value>,
                    opt<node<K::Usage, kw<W::Usage>, wanted_string>>, statement_end> {};
struct secret : node<K::Secret, start<W::Secret>, binder, opt<seq<sign<':'>, type>>, need<W::From>,
                     wanted_source, statement_end> {};
struct pod
    : node<K::Pod, start<W::Pod>, want<E::PodName, name_arg>, items<pod_property, E::PodProperty>> {
};
struct function : node<K::Function, start<W::Function>, want<E::FunctionName, name_arg>,
                       opt<node<K::FromCluster, kw<W::From>, need<W::Cluster>, wanted_string>>,
                       items<function_property, E::FunctionProperty>> {};
struct target : node<K::Target, start<W::Target>, want<E::Workload, workload>,
                     opt<namespace_property>, statement_end> {};
struct setting : node<K::Setting, value_name, need_sign<'=', '='>, wanted_expr> {};
struct environment
    : node<K::Environment, start<W::Environment>, want<E::NewName, name_arg>, before<'{'>,
           bracketed<'{', '}', items<seq<setting, opt<sign<','>>>, E::Setting>>, statement_end> {};
struct operation_rule : node<K::OperationRule, start<W::Operation>, operation, need<W::Succeeds>,
                             need<W::When>, wanted_expr, statement_end> {};
struct exclusive : node<K::Exclusive, start<W::Exclusive>, wanted_string,
                        opt<seq<kw<W::Wait>, duration_arg>>, statement_end> {};

// ---- policies ----
struct because : node<K::Because, kw<W::Because>, wanted_string> {};
struct where : node<K::Where, kw<W::Where>, wanted_expr> {};
struct subject
    : any_kw<W::Http, W::Tcp, W::Exec, W::Scale, W::Wait, W::Function, W::Pod, W::Hold, W::Secret> {
};
struct wanted_subject
    : need<W::Http, W::Tcp, W::Exec, W::Scale, W::Wait, W::Function, W::Pod, W::Hold, W::Secret> {};
struct scope : node<K::Scope, sor<seq<any_kw<W::Pre, W::Post, W::All>,
                                      opt<any_kw<W::Backup, W::Restore>>, need<W::Hooks>>,
                                  any_kw<W::Holds, W::Releases>, want<E::Scope, subject>>> {};
struct require_hook
    : seq<two_ahead<W::A, W::Pre, W::Post>, kw<W::A>, need<W::Pre, W::Post>,
          opt<any_kw<W::Backup, W::Restore>>, opt<outcome>, need<W::Hook>, opt<because>> {};
struct require_rest : seq<wanted_expr, opt<seq<kw<W::For>, scope>>, opt<because>> {};
struct require_rule {
  using rule_t = require_rule;
  using subs_t = pegtl::type_list<require_hook, require_rest>;
  HOOKC_MATCH {
    const std::size_t index = p.open(K::RequireRule);
    if (!kw<W::Require>::run(in, p)) return false;
    if (HOOKC_TRY(require_hook)) {
      p.set_kind(index, K::RequireHookRule);
    } else if (!HOOKC_SUB(require_rest)) {
      return false;
    }
    p.close(index);
    return true;
  }
};
struct rule
    : choose<
          on<W::Forbid,
             node<K::ForbidRule, kw<W::Forbid>, wanted_subject, opt<where>, opt<because>>>,
          on<W::Warn, node<K::ForbidRule, kw<W::Warn>, wanted_subject, opt<where>, opt<because>>>,
          on<W::Require, require_rule>,
          on<W::Except, node<K::ExceptRule, kw<W::Except>, wanted_string, want<E::Because, because>,
                             opt<seq<kw<W::Until>, want<E::Date, date>>>>>> {};
struct policy : node<K::Policy, start<W::Policy>, wanted_string,
                     opt<node<K::AppliesTo, kw<W::Applies>, need<W::To>, wanted_string,
                              star<sign<','>, wanted_string>>>,
                     items<rule, E::Rule>> {};

// ---- tests ----
struct reply
    : node<K::Reply, want<E::Status, number_token<K::Int>>, opt<seq<kw<W::With>, wanted_text>>> {};
struct script
    : node<K::Script,
           sor<seq<kw<W::Answers>, reply, star<kw<W::Then>, reply>>, kw<W::Succeeds>,
               seq<kw<W::Fails>, opt<string>>, seq<kw<W::Takes>, duration_arg>, kw<W::Hangs>,
               need<W::Answers, W::Succeeds, W::Fails, W::Takes, W::Hangs>>> {};
struct step_script : seq<any_kw<W::Hook, W::Hold, W::Release>, wanted_string, script> {};
struct given_fact : seq<any_kw<W::Session, W::Target>, need_sign<'.', '.'>,
                        want<E::Member, any_name>, need_sign<'=', '='>, wanted_expr> {};
struct given_break
    : seq<any_kw<W::Crash, W::Interrupt>, need<W::During>,
          sor<any_kw<W::Backup, W::Restore>,
              seq<need<W::Hook, W::Hold, W::Release, W::Backup, W::Restore>, wanted_string>>> {};
struct given
    : node_by_word<
          kw<W::Given>, E::Given, kind_on<W::Backup, K::GivenOperation, seq<kw<W::Backup>, script>>,
          kind_on<W::Restore, K::GivenOperation, seq<kw<W::Restore>, script>>,
          kind_on<W::Param, K::GivenParam,
                  seq<kw<W::Param>, want<E::Name, any_name>, need_sign<'=', '='>, wanted_expr>>,
          kind_on<W::Session, K::GivenFact, given_fact>,
          kind_on<W::Target, K::GivenFact, given_fact>,
          kind_on<W::Crash, K::GivenBreak, given_break>,
          kind_on<W::Interrupt, K::GivenBreak, given_break>,
          kind_on<W::Hook, K::GivenStep, step_script>, kind_on<W::Hold, K::GivenStep, step_script>,
          kind_on<W::Release, K::GivenStep, step_script>,
          kind_on<W::Http, K::GivenCall,
                  seq<kw<W::Http>, need<W::Get, W::Post>, want<E::Url, text>, script>>,
          kind_on<W::Tcp, K::GivenCall,
                  seq<kw<W::Tcp>, need<W::Connect>, want<E::Address, text>, script>>,
          kind_on<W::Exec, K::GivenCall,
                  seq<kw<W::Exec>, need<W::In>, need<W::Pod, W::Function>, wanted_name, script>>> {
};
struct expectation
    : node<
          K::Expectation, kw<W::Expect>,
          want<E::Expectation,
               choose<on<W::Hook, seq<kw<W::Hook>, wanted_string,
                                      sor<any_kw<W::Succeeded, W::Failed>,
                                          seq<kw<W::Ran>, opt<seq<kw<W::After>, wanted_string>>>,
                                          seq<kw<W::Made>, want<E::Int, number_token<K::Int>>,
                                              need<W::Attempts>>,
                                          seq<kw<W::Did>, need<W::Not>, need<W::Run>>,
                                          need<W::Succeeded, W::Failed, W::Ran, W::Made, W::Did>>>>,
                      on<W::Hold, seq<kw<W::Hold>, wanted_string,
                                      sor<seq<kw<W::Was>, need<W::Released>>,
                                          seq<kw<W::Is>, need<W::Still>, need<W::Held>>,
                                          need<W::Was, W::Is>>>>,
                      on<W::Session,
                         seq<kw<W::Session>, need<W::Failed, W::Succeeded, W::Skipped>>>>>> {};
struct test : node<K::Test, start<W::Test>, wanted_string,
                   opt<node<K::EverySingleFailure, kw<W::For>, need<W::Every>, need<W::Single>,
                            need<W::Failure>>>,
                   items<sor<given, expectation>, E::TestLine>> {};

// ---- statements ----
struct member : choose_statement<on<W::Pre, hook>, on<W::Post, hook>, on<W::Hold, hold>,
                                 on<W::Together, together>> {};
struct statement
    : choose_statement<on<W::Import, import>, on<W::Param, param>, on<W::Secret, secret>,
                       on<W::Pod, pod>, on<W::Function, function>, on<W::Target, target>,
                       on<W::Template, template_statement>, on<W::Together, together>,
                       on<W::Hold, hold>, on<W::Pre, hook>, on<W::Post, hook>,
                       on<W::Policy, policy>, on<W::Test, test>, on<W::Environment, environment>,
                       on<W::Operation, operation_rule>, on<W::Exclusive, exclusive>> {};

}  // namespace hookc::syntax::rules
