// What a whole program means: every file, every name resolved, every expression typed, templates
// opened.
//
// A Program points into the ast::Modules it was made from and adds tables beside them (one row an
// expression, text or text part), so that nothing is copied. It is immutable; the SourceManager
// must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/base/ids.hpp"

namespace hookc::sema {

// ---- types
// ---------------------------------------------------------------------------------------------------

/// The language's types, and those that only expressions have.
enum class TypeKind : std::uint8_t {
  Error,  // silences whatever depends on it
  String,
  Int,
  Decimal,
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
  List,  // of `element`
  Object,
  Null,
  Status,  // "Pending" "Running" "Succeeded" "Failed" "Skipped"
};

struct Type {
  TypeKind kind = TypeKind::Error;
  TypeKind element = TypeKind::Error;  // List
  bool secret = false;                 // tainted: may only flow where rule 39 lets it
  bool optional = false;               // may be missing: needs `??` (rule 12)
  friend bool operator==(const Type&, const Type&) = default;
};
/// "list<string>", "secret url", "int?" …
std::string to_string(Type type);

// ---- references
// ----------------------------------------------------------------------------------------------

enum class Fact : std::uint8_t {
#define HOOKC_FACT(kind, path, type, when) kind,
#include "compiler/sema/facts.def"
#undef HOOKC_FACT
};

enum class Builtin : std::uint8_t {
#define HOOKC_BUILTIN(kind, name) kind,
#include "compiler/sema/builtins.def"
#undef HOOKC_BUILTIN
};

enum class RefKind : std::uint8_t {
  None,
  Param,          // index: Program::params
  Secret,         // index: Program::secrets
  Capture,        // index: Program::captures
  LocalCapture,   // a template body's own capture: index into Frame::captures of the frame it is
                  // read in
  TemplateParam,  // index: the template's params; the value is in the Frame
  Pod,            // index: Program::pods
  Function,       // index: Program::functions
  ClusterName,  // the text itself names a thing in the cluster (the file declares none of its kind,
                // rule 4)
  Fact,         // index: Fact; a hook(…) fact keeps its StepId in `other`
  Builtin,      // index: Builtin
};
struct Ref {
  RefKind kind = RefKind::None;
  std::uint32_t index = 0;
  std::uint32_t other = UINT32_MAX;
};

/// What happens to the value of a splice on its way into the text around it (rules 37, 38).
enum class Escape : std::uint8_t {
  None,          // names, stdin, plain text: verbatim
  ShellWord,     // becomes one quoted word
  ShellSingle,   // inside '…'
  ShellDouble,   // inside "…"
  UrlWhole,      // a url value at the head of the text, whole
  UrlHost,       // validated as a host name or address when rendered
  UrlPort,       // validated 1..65535
  UrlComponent,  // percent-encoded but for RFC 3986's unreserved characters, `/` included
  HeaderValue,   // refused when it holds CR, LF or NUL
  Raw,           // raw(x): asked for by name
};

// ---- modules
// -------------------------------------------------------------------------------------------------

struct ModuleTag;
using ModuleId = Id<ModuleTag>;

struct ModuleInfo {
  std::shared_ptr<const ast::Module> ast;
  std::string path;               // as shown
  bool standard = false;          // from the embedded library
  std::vector<ModuleId> imports;  // by import; invalid: could not be had
  std::vector<Type> types;        // by ExprId
  std::vector<Ref> refs;          // by ExprId: names, calls, and members that are facts
  std::vector<Ref> text_refs;     // by TextId: names of pods and functions
  std::vector<Escape> escapes;    // by part (index in ast::Module::parts)
};

/// An index into one of a module's vectors.
template <typename T>
struct In {
  ModuleId module;
  std::uint32_t index = UINT32_MAX;
  bool valid() const { return index != UINT32_MAX; }
};

// ---- declarations, program-wide
// ------------------------------------------------------------------------------

struct Param {
  std::string_view name;
  Type type;
  std::vector<In<ast::Param>>
      declarations;  // the first one's default wins: the root file's, where it declares it (rule 3)
};
struct Secret {
  std::string_view name;
  Type type;
  std::vector<In<ast::Secret>> declarations;
};

struct StepTag;
using StepId = Id<StepTag>;

struct Capture {
  std::string_view name;
  Type type;  // a list where the hook runs on all pods
  StepId step;
  bool in_release = false;
  Location declared;
};

// ---- steps
// ---------------------------------------------------------------------------------------------------

/// Where an opened body is read: the file level of a module, or one use of a template.
struct FrameTag;
using FrameId = Id<FrameTag>;
struct Frame {
  ModuleId module;
  std::uint32_t template_index = UINT32_MAX;  // into ast::Module::templates; UINT32_MAX: file level
  FrameId caller;                             // the frame the `use` stands in
  std::vector<ast::ExprId>
      arguments;  // by parameter, in the caller's module; invalid: the default, in this one
  std::vector<std::uint32_t> captures;  // LocalCapture index -> Program::captures
  Location use;                         // the `use`
};

struct ScopedClause {
  FrameId frame;
  std::uint32_t clause = 0;  // into ast::Module::clauses of the frame's module
};

/// A body with every template opened: the action that acts, and the clauses that apply (rule 36),
/// those at the use having replaced inner ones already; `expect` and `capture` from the inside out.
struct Body {
  FrameId frame;
  const ast::Action* action = nullptr;  // never a UseAction; an ErrorAction in a broken program
  std::vector<ScopedClause> clauses;
};

struct ReleaseBody {
  Body body;
  bool only_if_acquired = false;
};

enum class StepKind : std::uint8_t { Hook, Hold };

struct Step {
  StepKind kind = StepKind::Hook;
  ModuleId module;
  std::uint32_t index = UINT32_MAX;  // into the module's hooks or holds
  std::string_view name;             // empty: unnamed
  ast::Operation operation{};
  ast::Side side{};  // a hold stands on the pre side
  ast::Policy policy = ast::Policy::Always;
  Body body;  // of a hold: the acquire
  // Holds only:
  bool session = false;
  std::optional<ReleaseBody> release;
  FrameId at_most_frame;  // the frame `at_most` is read in
  ast::ExprId at_most;
  StepId until_hook;
  std::string_view until_prints;
};

/// Steps that start together; mostly one.
struct Group {
  std::vector<StepId> members;
};

/// What runs in one operation, in the order it runs (rules 2, 6).
struct Sequence {
  std::vector<Group> pre;
  std::vector<Group> post;
  In<ast::OperationRule> rule;
  bool used() const { return !pre.empty() || !post.empty(); }
};

struct Program {
  std::vector<ModuleInfo> modules;  // root file first, then imports depth first
  std::vector<Frame> frames;        // frames[m] is the file level of module m
  std::vector<Param> params;
  std::vector<Secret> secrets;
  std::vector<Capture> captures;
  std::vector<In<ast::Pod>> pods;
  std::vector<In<ast::Function>> functions;
  std::optional<In<ast::Target>> target;
  std::optional<In<ast::Exclusive>> exclusive;
  std::vector<In<ast::Environment>> environments;
  std::vector<Step> steps;  // in file order, imports where they stand
  Sequence backup;
  Sequence restore;
  bool has_errors = false;  // some file has an error: no Plan may be made

  const ast::Module& ast(ModuleId m) const { return *modules[m.value].ast; }
  const ast::Module& ast(FrameId f) const { return ast(frames[f.value].module); }
  const ModuleInfo& info(FrameId f) const { return modules[frames[f.value].module.value]; }
  const Step& operator[](StepId id) const { return steps[id.value]; }
  const Sequence& sequence(ast::Operation op) const {
    return op == ast::Operation::Backup ? backup : restore;
  }
  const ast::Clause& clause(const ScopedClause& c) const { return ast(c.frame).clauses[c.clause]; }
};

}  // namespace hookc::sema
