// The typed declarations of one file, still names: what somebody wrote, without its layout.
//
// Everything of one kind lives in one vector of its Module and is referred to by a typed index, so
// a Module is a handful of allocations whatever the size of the file. Views point into the
// SourceManager's text or into the Module's own `decoded` strings; a Module is immutable once built
// and must not outlive the SourceManager.
//
// Broken input: a statement that did not parse is a Statement of kind Broken; a piece inside a
// statement is an Expr of kind Error, a Text with `broken`, or an ErrorAction. Whoever meets one
// says nothing more about it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/base/ids.hpp"
#include "compiler/base/span.hpp"

namespace hookc::ast {

struct ExprTag;
struct TextTag;
using ExprId = Id<ExprTag>;
using TextId = Id<TextTag>;

/// A bare or quoted name and where it stands. Empty text: missing or broken.
struct Name {
  std::string_view text;
  Span span;
  explicit operator bool() const { return !text.empty(); }
};

// ---- text
// ----------------------------------------------------------------------------------------------------

/// One piece of a text. Either a splice `${expr}`, or literal characters: a slice of the source
/// (verbatim, so that offset i of the literal is offset span.begin + i of the file), or what one
/// escape stands for.
struct TextPart {
  Span span;                 // the source of this part; for a splice from `$` to `}`
  std::string_view literal;  // empty for a splice
  ExprId splice;
  bool verbatim = true;  // false: `literal` is a decoded escape and span its source
  bool is_splice() const { return splice.valid(); }
};

enum class Quoting : std::uint8_t {
  Double,  // "…"   escapes and splices
  Raw,     // '…'   neither
  Block,   // """…""" dedented; splices; backslashes are plain but for \${
  Splice,  // a bare ${…}
  Bare,    // an unquoted name or workload name
};

struct Text {
  Span span;  // with its quotes
  Range<TextPart> parts;
  Quoting quoting = Quoting::Double;
  bool broken = false;
};

// ---- expressions
// ---------------------------------------------------------------------------------------------

enum class ExprKind : std::uint8_t {
  Error,
  Duration,  // number: milliseconds; `text` as written. Out of range or malformed ones are found by
             // sema.
  Size,      // number: bytes
  Int,       // number
  Decimal,   // decimal
  Bool,      // number: 0 or 1
  Null,
  String,  // text_id
  Regex,   // text: the pattern between the slashes, with `\/` still escaped
  List,    // children: elements
  Object,  // children: values; keys: same length
  Name,    // text
  Member,  // children[0] . text
  Index,   // children[0] [ children[1] ]
  Call,    // text ( children )
  Not,     // children[0]
  And,
  Or,        // children: two or more, flat
  Binary,    // children[0] op children[1]
  Range,     // children[0] .. children[1]
  Default,   // children[0] ?? children[1] ?? …
  If,        // if children[0] then children[1] else children[2]
  Workload,  // a KIND/NAME given as an argument: workload
};

enum class BinaryOp : std::uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Contains,
  StartsWith,
  EndsWith,
  Matches,
  In,
  NotIn,
};

struct Expr {
  ExprKind kind = ExprKind::Error;
  BinaryOp op{};
  bool parenthesized = false;
  Span span;     // without enclosing parentheses
  Span op_span;  // Binary: the operator; Member: the name after the dot; Call: the function's name
  Range<ExprId> children;               // into Module::expr_lists
  Range<Name> keys;                     // Object: into Module::names
  TextId text_id;                       // String
  std::uint32_t workload = UINT32_MAX;  // Workload: into Module::workloads
  std::string_view text;
  union {
    std::int64_t number = 0;
    double decimal;
  };
};

// ---- names of things in a cluster
// ----------------------------------------------------------------------------

/// StatefulSet/orders, Rollout.argoproj.io/web, Deployment/${name}.
struct Workload {
  Span span;
  Name kind;   // "StatefulSet"
  Name group;  // "argoproj.io"; empty where none is written
  TextId name;
};

enum class Spread : std::uint8_t { One, All };
/// `on all exactly 3 one by one`
struct SpreadClause {
  Span span;
  Spread spread = Spread::One;
  ExprId exactly;
  ExprId at_least;
  bool one_by_one = false;
  Span order_span;  // `at once` / `one by one`, empty where not written
};

/// `pod NAME [container C] [on …]` inside an action.
struct PodRef {
  Span span;
  TextId name;  // a declared pod, a template's pod parameter (Splice or Bare), or a cluster name
  TextId container;
  std::optional<SpreadClause> spread;
};

// ---- actions
// -------------------------------------------------------------------------------------------------

enum class HttpMethod : std::uint8_t { Get, Post };
/// `at pod P port N path "…" [scheme https]`, also without path and scheme for tcp.
struct PodEndpoint {
  PodRef pod;
  ExprId port_number;  // exactly one of the two
  TextId port_name;
  TextId path;
  Name scheme;
};
struct HttpAction {
  HttpMethod method = HttpMethod::Get;
  Span method_span;
  TextId url;  // exactly one of the two
  std::optional<PodEndpoint> endpoint;
};
struct TcpAction {
  TextId address;  // "host:port"
  std::optional<PodEndpoint> endpoint;
};
/// Shell text, or an argv list (an Expr of kind List), or neither (in function without a command).
struct CommandText {
  TextId shell;
  ExprId argv;
  bool given() const { return shell.valid() || argv.valid(); }
};
enum class ExecPlace : std::uint8_t { Pod, Function, Local, Missing };
struct ExecAction {
  ExecPlace place = ExecPlace::Missing;
  Span place_span;
  PodRef pod;       // Pod
  TextId function;  // Function
  CommandText command;
};
struct ScaleAction {
  Workload workload;
  ExprId replicas;
  bool if_exists = false;
};
enum class WaitState : std::uint8_t { Ready, Available, Gone, Where };
struct WaitAction {
  std::optional<PodRef> pod;  // exactly one of the two
  std::optional<Workload> workload;
  WaitState state = WaitState::Ready;
  Span state_span;
  ExprId where;
};
struct Argument {
  Name name;
  ExprId value;
};
struct UseAction {
  Name module;  // `postgres` of postgres.freeze; empty for a template of this file
  Name name;
  Range<Argument> arguments;  // into Module::arguments
  Span arguments_span;
};
/// `release scale back`
struct ScaleBackAction {};
/// `release stdin "…"` of a session hold
struct StdinAction {
  TextId text;
};
struct ErrorAction {};

struct Action {
  Span span;
  Span keyword;  // `http get`, `exec`, …
  std::variant<ErrorAction, HttpAction, TcpAction, ExecAction, ScaleAction, WaitAction, UseAction,
               ScaleBackAction, StdinAction>
      what;
};

// ---- clauses
// -------------------------------------------------------------------------------------------------

enum class ClauseKind : std::uint8_t {
#define HOOKC_CLAUSE(kind, keyword, repeatable) kind,
#include "grammar/clauses.def"
#undef HOOKC_CLAUSE
};

enum class OnError : std::uint8_t { Fail, Warn, Continue, Skip };
enum class Captured : std::uint8_t { Stdout, Stderr, Status, Header, Json, Body };

/// One clause. Which fields mean something is said by `kind`.
struct Clause {
  ClauseKind kind{};
  Span span;
  Span keyword;
  ExprId expr;   // Timeout: duration; Retry: count; Expect, When, ReadyOnce: condition; Json, Form:
                 // value; Env: value
  ExprId every;  // Retry
  ExprId backoff;  // Retry
  ExprId up_to;    // Retry
  TextId key;      // Header: name; After: unused
  TextId text;     // Header: value; Body, Stdin: text
  Name name;       // Env: variable; Capture: the value's name; OnError: the word
  OnError on_error{};
  Captured captured{};
  bool secret = false;    // Capture … as secret
  bool insecure = false;  // Tls insecure
  Range<ExprId>
      path;  // Capture json .a[0]: steps as String or index Exprs, into Module::expr_lists
  Range<Argument> fields;             // Tls (ca: …)
  Range<Name> names;                  // After
  std::uint32_t source = UINT32_MAX;  // Env … from SOURCE: into Module::secret_sources
};

// ---- statements
// ----------------------------------------------------------------------------------------------

enum class Operation : std::uint8_t { Backup, Restore };
enum class Side : std::uint8_t { Pre, Post };
enum class Policy : std::uint8_t { Always, OnSuccess, OnFailure };

/// The comment lines directly above a statement, without `#`; empty span where there are none.
struct DocComment {
  Span span;
};

struct Hook {
  Span span;
  DocComment doc;
  Side side = Side::Pre;
  Span side_span;
  Operation operation = Operation::Backup;
  Span operation_span;
  std::optional<Policy> policy;
  Span policy_span;
  Name name;
  Action action;
  Range<Clause> clauses;  // into Module::clauses
};

struct Release {
  Span span;
  Span keyword;
  bool only_if_acquired = false;
  Action action;
  Range<Clause> clauses;
};

/// What a hold does: shared by `hold` statements and hold templates.
struct HoldBody {
  bool session = false;
  Span session_span;
  Action acquire;
  Range<Clause> clauses;
  std::vector<Release>
      releases;     // one in a right program; every one written is kept for the message
  Name until_hook;  // until "dump"
  std::string_view until_prints;  // until operation prints /…/: the pattern
  Span until_span;
  ExprId at_most;
  Span at_most_span;
  std::vector<Span> repeated;  // a second `until` or `at most`
};

struct Hold {
  Span span;
  DocComment doc;
  Span keyword;
  Operation operation = Operation::Backup;
  Span operation_span;
  Name name;
  HoldBody body;
};

enum class StatementKind : std::uint8_t {
  Broken,
  Import,
  Param,
  Secret,
  Pod,
  Function,
  Target,
  Template,
  Together,
  Hook,
  Hold,
  Policy,
  Test,
  Environment,
  Operation,
  Exclusive,
};
/// A statement of the file: its kind and its index in the Module's vector of that kind.
struct Statement {
  StatementKind kind = StatementKind::Broken;
  std::uint32_t index = UINT32_MAX;
  Span span;
};

struct Together {
  Span span;
  DocComment doc;
  Span keyword;
  std::vector<Statement> members;  // Hook, Hold, Broken (and, wrongly, Together)
};

struct Import {
  Span span;
  Span target_span;
  std::string_view path;    // "./shared/notify.hook"; empty for a dotted name
  std::string_view module;  // std.postgres
  Name alias;
};

enum class TypeKind : std::uint8_t {
  Error,
  String,
  Int,
  Bool,
  Duration,
  Size,
  Url,
  Hostname,
  Regex,
  Port,
  Selector,
  Json,
  Pod,
  Function,
  Workload,
  List,
};
struct TypeExpr {
  Span span;
  TypeKind kind = TypeKind::Error;
  ExprId low, high;          // int(low..high); literals
  std::string_view pattern;  // string(/…/)
  Span pattern_span;
  Range<ExprId> choices;          // string("a", "b"), into Module::expr_lists
  std::vector<TypeExpr> element;  // list<T>: one
};

struct Param {
  Span span;
  DocComment doc;
  Name name;
  TypeExpr type;
  ExprId default_value;
  TextId usage;
};

enum class SourceKind : std::uint8_t { Error, Env, File, Kubernetes };
struct SecretSource {
  SourceKind kind = SourceKind::Error;
  Span span;
  Name env;
  TextId path;  // file, or "namespace/name"
  TextId key;
};
struct Secret {
  Span span;
  DocComment doc;
  Name name;
  std::optional<TypeExpr> type;
  std::uint32_t source = UINT32_MAX;  // into Module::secret_sources
};

struct Pod {
  Span span;
  DocComment doc;
  Name name;
  TextId namespace_name;
  TextId labels;
  std::optional<Workload> owner;
  TextId container;
  std::optional<SpreadClause> spread;
  std::vector<Span> repeated;  // keywords of properties given twice
};

enum class VolumeSource : std::uint8_t { Secret, ConfigMap, Claim };
struct Volume {
  Span span;
  Name name;
  VolumeSource source = VolumeSource::Secret;
  TextId object;
  TextId path;
  bool read_only = false;
};
struct EnvVar {
  Span span;
  Name name;
  ExprId value;                       // exactly one of the two
  std::uint32_t source = UINT32_MAX;  // into Module::secret_sources
};
struct Function {
  Span span;
  DocComment doc;
  Name name;
  TextId from_cluster;
  TextId image;
  ExprId command;
  TextId namespace_name;
  TextId account;
  TextId cpu;
  TextId memory;
  ExprId user;
  std::vector<EnvVar> env;
  std::vector<Volume> volumes;
  std::vector<Span> repeated;
};

struct Target {
  Span span;
  DocComment doc;
  Workload workload;
  TextId namespace_name;
};

struct TemplateParam {
  Name name;
  TypeExpr type;
  ExprId default_value;
  Span span;
};
enum class Usable : std::uint8_t { Unstated, AllNamespaces, ThisNamespace, Matching };
struct Template {
  Span span;
  DocComment doc;
  bool hold = false;
  Name name;
  std::vector<TemplateParam> params;
  Usable usable = Usable::Unstated;
  TextId usable_selector;
  HoldBody body;  // of a hook template: acquire and clauses only
};

struct Setting {
  Name name;
  ExprId value;
};
struct Environment {
  Span span;
  DocComment doc;
  Name name;
  std::vector<Setting> settings;
};

/// operation backup succeeds when exit in [0, 3]
struct OperationRule {
  Span span;
  Operation operation = Operation::Backup;
  Span operation_span;
  ExprId succeeds_when;
};

/// exclusive "orders" wait 10m
struct Exclusive {
  Span span;
  TextId name;
  ExprId wait;
};

enum class RuleKind : std::uint8_t { Forbid, Warn, Require, Except };
enum class Subject : std::uint8_t { Http, Tcp, Exec, Scale, Wait, Function, Pod, Hold, Secret };
enum class ScopeSide : std::uint8_t { Pre, Post, All };
struct PolicyRule {
  RuleKind kind = RuleKind::Forbid;
  Span span;
  std::optional<Subject> subject;  // forbid/warn SUBJECT, or require … for SUBJECT
  Span subject_span;
  ExprId condition;  // where …, or require …
  // require … for (pre|post|all) [operation] hooks | holds | releases
  std::optional<ScopeSide> scope_side;
  std::optional<Operation> scope_operation;
  Span scope_span;
  bool for_holds = false;
  bool for_releases = false;
  // require a post backup on failure hook
  bool requires_hook = false;
  std::optional<Policy> required_policy;
  // except "glob" because "…" until DATE
  TextId except;
  TextId because;
  std::string_view until_date;  // 2027-03-31
  Span until_span;
};
struct PolicyDecl {
  Span span;
  DocComment doc;
  TextId name;
  Range<TextId> applies_to;  // into Module::text_lists
  std::vector<PolicyRule> rules;
};

enum class GivenKind : std::uint8_t {
  Operation,
  Param,
  Hook,
  Hold,
  Release,
  Http,
  Tcp,
  ExecPod,
  ExecFunction,
  Fact,
  Crash,
  Interrupt
};
enum class ScriptKind : std::uint8_t { None, Answers, Succeeds, Fails, Takes, Hangs };
struct Reply {
  ExprId status;
  TextId text;
};
struct Given {
  Span span;
  GivenKind kind = GivenKind::Operation;
  Operation operation = Operation::Backup;
  Name name;               // Param, Hook, Hold, Release, ExecPod, ExecFunction; Fact: after the dot
  bool of_target = false;  // Fact: target.…, else session.…
  GivenKind during = GivenKind::Operation;  // Crash, Interrupt: or Hook, Hold, Release
  HttpMethod method{};
  TextId call;   // Http, Tcp
  ExprId value;  // Param, Fact; Takes
  ScriptKind script = ScriptKind::None;
  TextId text;  // Fails "…"
  std::vector<Reply> replies;
};
enum class ExpectKind : std::uint8_t {
  HookSucceeded,
  HookFailed,
  HookRan,
  HookRanAfter,
  HookAttempts,
  HookDidNotRun,
  HoldReleased,
  HoldStillHeld,
  SessionFailed,
  SessionSucceeded,
  SessionSkipped,
};
struct Expectation {
  Span span;
  ExpectKind kind{};
  Name name;
  Name other;  // HookRanAfter
  std::int64_t attempts = 0;
};
struct Test {
  Span span;
  DocComment doc;
  Name name;
  bool every_single_failure = false;  // for every single failure
  std::vector<Given> givens;
  std::vector<Expectation> expectations;
};

/// One file. Built by build.hpp.
struct Module {
  FileId file;
  std::optional<std::int64_t> edition;
  Span edition_span;

  std::vector<Statement> statements;  // in file order
  std::vector<Import> imports;
  std::vector<Param> params;
  std::vector<Secret> secrets;
  std::vector<Pod> pods;
  std::vector<Function> functions;
  std::vector<Target> targets;
  std::vector<Template> templates;
  std::vector<Together> groups;
  std::vector<Hook> hooks;
  std::vector<Hold> holds;
  std::vector<PolicyDecl> policies;
  std::vector<Test> tests;
  std::vector<Environment> environments;
  std::vector<OperationRule> operation_rules;
  std::vector<Exclusive> exclusives;

  std::vector<Expr> exprs;
  std::vector<ExprId> expr_lists;
  std::vector<Text> texts;
  std::vector<TextId> text_lists;
  std::vector<TextPart> parts;
  std::vector<Name> names;
  std::vector<Argument> arguments;
  std::vector<Clause> clauses;
  std::vector<Workload> workloads;
  std::vector<SecretSource> secret_sources;
  std::vector<Name> broken_names;  // what Broken statements would have declared: to be silent about
  std::deque<std::string> decoded;  // what escapes stand for, and quoted names that hold escapes

  const Expr& operator[](ExprId id) const { return exprs[id.value]; }
  const Text& operator[](TextId id) const { return texts[id.value]; }
  std::span<const ExprId> children(const Expr& e) const { return e.children.in(expr_lists); }
  std::span<const TextPart> parts_of(TextId id) const { return texts[id.value].parts.in(parts); }
  Location at(Span span) const { return {file, span}; }
};

/// The text with escapes decoded where it has no splice; nothing where it has one.
std::optional<std::string> literal_text(const Module& module, TextId id);

}  // namespace hookc::ast
