// The state of one run of sema::check, shared by the files of this folder; no other layer includes
// it.
//
// The passes, each over the whole program, in this order:
//   modules.cpp    loads what is imported
//   declare.cpp    names of every file; the steps in file order
//   templates.cpp  finds templates that use themselves; opens every step's uses into frames;
//   captures order.cpp      the two sequences of every operation then           types and rules:
//   declarations, template bodies, steps, policies, tests
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/sema/check.hpp"
#include "compiler/sema/facts.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/sema/suggest.hpp"
#include "compiler/sema/types.hpp"
#include "compiler/source/source_manager.hpp"
#include "compiler/values/pieces.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::sema {

template <typename T>
using NameMap = std::unordered_map<std::string_view, T>;

inline constexpr std::uint32_t kNone = UINT32_MAX;
/// Templates inside templates, files importing files: deeper is a finding, not a deeper stack.
inline constexpr std::uint32_t kMaxNesting = 64;

/// What a value becomes; secrets may flow into `Open` ones only (rule 39).
enum class Sink : std::uint8_t {
  Open,  // URL, header, body, json, form, stdin, tls, env
  Command,
  Argv,
  Name,
  Label,
  When,
  Expect,
  Capture,
  Setting,
  Number,
  Policy,
};

enum class Moment : std::uint8_t {
  Declaration,  // no session yet: params only, and the facts that always exist
  Turn,         // a hook's or acquire's turn
  Release,
};

/// Where an expression is read.
struct Scope {
  ModuleId module;
  std::uint32_t template_index = kNone;  // into the module's templates: its body or defaults
  StepId step;                           // the reader; invalid in declarations and template bodies
  Moment moment = Moment::Declaration;
  Attempt attempt = Attempt::None;
  Sink sink = Sink::Open;
  bool only_if_acquired = false;  // of the release
  bool guarded = false;           // directly before a `??`: may be missing
  std::uint16_t subjects =
      0;  // in a policy's rule: bits by ast::Subject; names are attributes there
  std::uint32_t declared_before =
      kNone;  // in a param's default: only params declared before this offset

  Scope with(Sink s) const {
    Scope copy = *this;
    copy.sink = s;
    return copy;
  }
  Scope with(Attempt a) const {
    Scope copy = *this;
    copy.attempt = a;
    return copy;
  }
};

/// What a text is for; decides how it is checked and how its splices are escaped.
enum class TextUse : std::uint8_t {
  Plain,
  Shell,
  Url,
  Address,
  UrlPath,
  HeaderValue,
  Host,
  Label,       // RFC 1123 label: namespaces, containers, volumes
  ObjectName,  // RFC 1123 subdomain: pods, workloads, Secrets, …
  NamespacedName,
  SecretKey,
  PortName,
  Selector,
  Image,
  Quantity,
};

struct Symbol {
  RefKind kind = RefKind::None;
  std::uint32_t index = 0;
  Span declared;
};

struct ImportTarget {
  ModuleId module;     // invalid: could not be had, already reported
  bool first = false;  // the module's statements stand here (rule 2)
};

struct ModuleNames {
  NameMap<Symbol> values;                  // params, secrets, captures
  NameMap<std::uint32_t> pods, functions;  // into Program::pods, ::functions
  NameMap<std::uint32_t> templates;        // into the module's templates
  NameMap<ModuleId> imports;
  std::vector<ImportTarget> targets;  // by import of the module
  Candidates value_candidates, pod_candidates, function_candidates, template_candidates;
  bool candidates_ready = false;
  NameMap<bool> broken;  // names of statements that did not parse: unknown, but not a word more
};

struct TemplateRef {
  ModuleId module;
  std::uint32_t index = kNone;
  bool valid() const { return index != kNone; }
};

/// A fact that only the place of a use can allow or forbid (rule 36).
struct FactRead {
  Location where;
  Fact fact{};
  std::uint32_t step = kNone;  // hook(…) facts
  bool guarded = false;
  bool in_release = false;
};

/// What checking a template's body found out for its uses.
struct TemplateInfo {
  bool broken = false;  // uses itself, or is nested too deeply: uses of it are silent
  enum class State : std::uint8_t { New, Open, Done } state = State::New;
  std::size_t action = 0;  // alternative of ast::Action::what, uses opened
  NameMap<std::uint32_t> params;
  struct Local {
    Symbol symbol;
    Type type;
    bool in_release = false;
  };
  NameMap<std::uint32_t> locals;
  std::vector<Local> captures;
  std::vector<FactRead> facts;
  /// By parameter: where its value would become visible if it were a secret.
  std::vector<std::optional<std::pair<Location, Sink>>> leaks;
};

struct StepState {
  Location name_at;  // the name, or the statement's keywords
  Span span;
  std::uint32_t group = kNone;  // of a `together`
  std::uint32_t position = 0;   // index of its group in its side, post after pre
  bool has_when = false;
  ast::OnError on_error = ast::OnError::Fail;
};

/// A declared type with what it allows, for checking a value against it.
struct Expected {
  Type type;
  const ast::TypeExpr* declared = nullptr;  // its constraints, when it has any
  ModuleId module;                          // `declared` is of this module
};

class Checker {
 public:
  Checker(const SourceManager& sources, Loader& loader, Diagnostics& out)
      : sources_(sources), loader_(loader), out_(out) {}
  Program run(std::shared_ptr<const ast::Module> root);

 private:
  // ---- modules.cpp
  void load_modules(std::shared_ptr<const ast::Module> root);
  ModuleId add_module(std::shared_ptr<const ast::Module> module, std::string path, bool standard);
  void load_imports(ModuleId module, std::vector<ModuleId>& stack);
  ModuleId load_import(ModuleId from, const ast::Import& import, std::vector<ModuleId>& stack,
                       bool& first);

  // ---- declare.cpp
  void declare_all();
  void declare_module(ModuleId module);
  void declare_values(ModuleId module);
  void declare_things(ModuleId module);
  void declare_templates(ModuleId module);
  void add_value(ModuleId module, const ast::Name& name, Symbol symbol);
  bool refuse_reserved(ModuleId module, const ast::Name& name, std::string_view what);
  void walk_statements(ModuleId module);
  void add_step(ModuleId module, const ast::Statement& statement, std::uint32_t group);
  void add_group(ModuleId module, const ast::Together& together);

  // ---- templates.cpp
  void find_template_cycles();
  TemplateInfo& template_info(TemplateRef t) { return templates_[t.module.value][t.index]; }
  const ast::Template& ast_of(TemplateRef t) const { return ast(t.module).templates[t.index]; }
  /// The template a use names; invalid without a word when it names none or a broken one.
  TemplateRef find_template(ModuleId module, const ast::UseAction& use) const;
  std::size_t opened_action(ModuleId module, const ast::Action& action) const;
  /// The action after opening uses, and the module it stands in; null when a use cannot be opened.
  std::pair<const ast::Action*, ModuleId> opened(ModuleId module, const ast::Action& action) const;
  void open_steps();
  Body open_body(FrameId frame, const ast::Action& action, Range<ast::Clause> clauses);
  void open_hold(Step& step, FrameId frame, const ast::HoldBody& body, bool outermost);
  FrameId open_frame(FrameId caller, TemplateRef t, const ast::UseAction& use);
  /// The declared pod a name in `frame` means, through template parameters; invalid for a cluster
  /// name.
  In<ast::Pod> resolve_pod(FrameId frame, ast::TextId name) const;
  In<ast::Pod> resolve_pod_argument(FrameId frame, std::uint32_t param) const;
  void register_captures(StepId step, const Body& body, bool in_release);
  void check_template(TemplateRef t);
  void check_use(const Scope& scope, const ast::Action& action, bool hold_wanted);
  void check_arguments(const Scope& scope, const ast::UseAction& use, TemplateRef t, Span at);
  void check_facts_at_use(const Scope& scope, TemplateRef t, Span at);

  // ---- order.cpp
  void order_all();
  void order_side(ast::Operation operation, ast::Side side, std::vector<Group>& groups);
  const ast::Clause* after_clause(const Step& step) const;

  // ---- exprs.cpp, members.cpp
  Type type_of(const Scope& scope, ast::ExprId id);
  Type type_expr(const Scope& scope, ast::ExprId id, const ast::Expr& e);
  /// As type_of, for a value that must be there: says so when it may be missing (rule 12).
  Type value_of(const Scope& scope, ast::ExprId id);
  void expect_bool(const Scope& scope, ast::ExprId id, std::string_view what);
  Type type_binary(const Scope& scope, const ast::Expr& e);
  Type type_in(const Scope& scope, const ast::Expr& e);
  void check_comparison(const Scope& scope, const ast::Expr& e, Type a, Type b);
  void check_status(const Scope& scope, Type other, ast::ExprId literal);
  Type type_name(const Scope& scope, ast::ExprId id, const ast::Expr& e);
  Type read_symbol(const Scope& scope, ast::ExprId id, Span at, const Symbol& symbol);
  Type read_capture(const Scope& scope, Span at, std::uint32_t capture);
  Type unknown_value(const Scope& scope, const ast::Expr& e);
  Type type_path(const Scope& scope, ast::ExprId id);
  Type type_call(const Scope& scope, ast::ExprId id, const ast::Expr& e);
  Type type_builtin(const Scope& scope, Builtin builtin, const ast::Expr& e);
  Type read_fact(const Scope& scope, ast::ExprId id, Span at, Fact fact);
  Type read_hook_fact(const Scope& scope, ast::ExprId id, const ast::Expr& call,
                      const ast::Expr& member);
  /// Whether `fact` can be read by `scope.step` at all, and whether it is certainly there.
  struct Availability {
    bool readable = true;
    bool certain = true;
    std::string_view why{};  // label, when not readable
  };
  Availability availability(const Scope& scope, Fact fact, std::uint32_t step) const;
  bool certainly_ended(const Scope& scope, StepId step) const;
  bool is_before(StepId a, StepId b) const;
  bool are_siblings(StepId a, StepId b) const;
  std::uint32_t find_step(const Scope& scope, const ast::Name& name, std::string_view what);
  /// True, with a finding, where a secret may not go.
  bool refuse_secret(const Scope& scope, Span at, std::string_view name, Location declared);
  void check_regex(ModuleId module, std::string_view pattern, Span at);

  // ---- values.cpp
  Type check_value(const Scope& scope, ast::ExprId id, const Expected& expected,
                   std::string_view what);
  Type check_literal_text(const Scope& scope, ast::ExprId id, const Expected& expected);
  Type check_thing(const Scope& scope, ast::ExprId id, TypeKind kind, std::string_view what);
  void check_constraints(const Scope& scope, ast::ExprId id, const Expected& expected);
  void check_type(ModuleId module, const ast::TypeExpr& type, bool in_template);
  void check_duration(const Scope& scope, ast::ExprId id, std::string_view what);
  void check_int(const Scope& scope, ast::ExprId id, std::int64_t low, std::int64_t high,
                 std::string_view what);
  void check_number(const Scope& scope, ast::ExprId id, double low, std::string_view what);
  void mismatch(const Scope& scope, Span at, Type found, Type wanted, std::string_view what);

  // ---- texts.cpp
  void check_text(const Scope& scope, ast::TextId id, TextUse use);
  void check_splice(const Scope& scope, const ast::TextPart& part, TextUse use);
  void check_shell(ModuleId module, ast::TextId id);
  void check_url(ModuleId module, ast::TextId id);
  void check_address(ModuleId module, ast::TextId id);
  void check_flat(ModuleId module, ast::TextId id, TextUse use);
  void set_escape(ModuleId module, ast::TextId id, std::size_t part, Escape escape);
  bool is_raw(ModuleId module, const ast::TextPart& part) const;
  void gather(ModuleId module, ast::TextId id);
  bool has_splice(ModuleId module, ast::TextId id) const;
  Span span_in(ModuleId module, ast::TextId id, std::uint32_t begin, std::uint32_t end,
               std::uint32_t prefix = 0) const;
  void bad_value(Code code, ModuleId module, ast::TextId id, const values::ValueError& error,
                 std::uint32_t prefix = 0);

  // ---- actions.cpp
  void check_action(const Scope& scope, const ast::Action& action);
  void check_http(const Scope& scope, const ast::HttpAction& http);
  void check_endpoint(const Scope& scope, const ast::PodEndpoint& endpoint);
  void check_exec(const Scope& scope, const ast::Action& action, const ast::ExecAction& exec);
  void check_command(const Scope& scope, const ast::CommandText& command);
  void check_wait(const Scope& scope, const ast::WaitAction& wait);
  void check_pod(const Scope& scope, const ast::PodRef& pod);
  void check_thing_name(const Scope& scope, ast::TextId id, TypeKind kind);
  void check_spread(const Scope& scope, const ast::SpreadClause& spread);
  void check_workload(const Scope& scope, const ast::Workload& workload);
  void check_source(const Scope& scope, const ast::SecretSource& source);
  void unknown_thing(const Scope& scope, TypeKind kind, std::string_view name, Span at);

  // ---- clauses.cpp, requests.cpp
  /// `action`: the alternative of the opened action.
  void check_clause_set(const Scope& scope, Range<ast::Clause> clauses);
  bool check_clause_for_action(const Scope& scope, const ast::Clause& clause,
                               const ast::Action* action, ModuleId action_module);
  /// `use`: where a template brought the clause in; empty when it stands at the step itself.
  void check_clause_for_place(const Scope& scope, const Step& step, const ScopedClause& clause,
                              bool in_release, std::optional<Location> use);
  void check_clause_values(const Scope& scope, const ast::Clause& clause, std::size_t action);
  void check_capture(const Scope& scope, const ast::Clause& clause);
  void check_tls(const Scope& scope, const ast::Clause& clause);
  void check_request(const Scope& scope, Range<ast::Clause> clauses);
  void check_structured_body(const Scope& scope, const ast::Clause& body,
                             std::string_view content_type);
  void check_body(const Scope& scope, const ast::Action& action, Range<ast::Clause> clauses);

  // ---- holds.cpp
  void check_steps();
  void check_hook(StepId id, const ast::Hook& hook);
  void check_hold(StepId id, const ast::Hold& hold);
  void check_hold_parts(const Scope& scope, const ast::HoldBody& body, Span keyword);
  void check_release(const Scope& scope, const ast::HoldBody& body, const ast::Release& release);
  void check_hold_shape(StepId id, const ast::Hold& hold);
  void check_until(StepId id, const ast::Hold& hold);
  void check_placement(const Scope& scope, const Step& step, const Body& body, bool in_release);

  // ---- declarations.cpp
  void check_declarations(ModuleId module);
  void check_params(ModuleId module);
  void check_pods(ModuleId module);
  void check_functions(ModuleId module);
  void check_environments(ModuleId module);

  // ---- policies_tests.cpp
  void check_policies(ModuleId module);
  /// The type of `url.scheme` in a rule; says so when the subject has none.
  std::optional<Type> policy_attribute(const Scope& scope, std::string_view path, Span where);
  void check_tests(ModuleId module);
  void check_test(ModuleId module, const ast::Test& test);
  void check_given(ModuleId module, const ast::Given& given);
  void check_given_fact(const Scope& scope, const ast::Given& given);
  void check_step_kind(ModuleId module, const ast::Name& name, StepId id, StepKind wanted);
  void check_expectation(ModuleId module, const ast::Expectation& expectation);

  // ---- check.cpp
  const ast::Module& ast(ModuleId m) const { return *program_.modules[m.value].ast; }
  ModuleInfo& info(ModuleId m) { return program_.modules[m.value]; }
  ModuleNames& names(ModuleId m) { return names_[m.value]; }
  Location at(ModuleId m, Span span) const { return {ast(m).file, span}; }
  template <typename... Args>
  Diagnostic& add(Code code, ModuleId module, Span span, fmt::format_string<Args...> text,
                  Args&&... args) {
    return out_.add(code, at(module, span), text, std::forward<Args>(args)...);
  }
  std::string_view text_of(ModuleId m, Span span) const { return sources_.text(at(m, span)); }
  void prepare_candidates(ModuleId module);
  FrameId file_frame(ModuleId module) const { return FrameId{module.value}; }
  bool is_broken(const ast::Module& module) const;

  const SourceManager& sources_;
  Loader& loader_;
  Diagnostics& out_;
  Program program_;
  std::vector<ModuleNames> names_;
  std::unordered_map<std::string, ModuleId> loaded_;  // by path or dotted name
  std::vector<std::vector<TemplateInfo>> templates_;
  NameMap<std::uint32_t> params_, secrets_;  // program-wide
  NameMap<StepId> step_names_;
  Candidates step_candidates_;
  NameMap<bool> broken_;  // of all files
  std::vector<StepState> states_;
  struct Sides {
    std::vector<Group> pre, post;
  };
  Sides backup_, restore_;
  std::uint32_t groups_ = 0;
  SuggestBudget budget_;
  std::vector<values::Piece> pieces_;                   // of the text being checked
  std::unordered_map<std::string_view, bool> regexes_;  // patterns known to be right
  std::vector<std::uint32_t>* params_read_ = nullptr;   // template params met in an argument
};

}  // namespace hookc::sema
