// The small core every tool reads: what runs, where, in which order, with every default written
// out.
//
// A Plan stands alone: no names to resolve, no templates, no source text. It is what the journal
// keeps, what `hookc ir --stage plan` prints, and all that the session engine knows. Its JSON form
// (json.hpp) is versioned and reads back to an equal Plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/plan/expr.hpp"

namespace hookc::plan {

inline constexpr int kVersion = 1;
/// Attempts of one task that run at the same time on the pods of `on all`.
inline constexpr std::int64_t kPodsAtOnce = 16;

struct Origin {  // where in the source, for reports
  std::string file;
  std::uint32_t line = 0;    // 1-based
  std::uint32_t column = 0;  // 1-based, code points
  friend bool operator==(const Origin&, const Origin&) = default;
};

// ---- where
// ---------------------------------------------------------------------------------------------------

struct Workload {
  std::string kind, group;
  Expr name;
  friend bool operator==(const Workload&, const Workload&) = default;
};

/// Which pods. `cluster_name` alone: the one pod of that name; otherwise the pods that labels and
/// owner select.
struct PodSelection {
  std::string label;  // how the source calls it
  OptionalExpr cluster_name;
  OptionalExpr namespace_name;
  OptionalExpr labels;
  std::optional<Workload> owner;
  OptionalExpr container;
  bool all = false;
  OptionalExpr exactly, at_least;
  bool one_by_one = false;
  friend bool operator==(const PodSelection&, const PodSelection&) = default;
};

struct SecretSource {
  enum class Kind : std::uint8_t { Env, File, Kubernetes } kind = Kind::Env;
  std::string env;    // Env
  OptionalExpr path;  // File: its path; Kubernetes: "namespace/name"
  OptionalExpr key;   // Kubernetes
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};
struct EnvVar {
  std::string name;
  std::variant<Expr, SecretSource> value;
  friend bool operator==(const EnvVar&, const EnvVar&) = default;
};
struct Volume {
  std::string name;
  std::string source;  // secret, configmap, claim
  Expr object, path;
  bool read_only = false;
  friend bool operator==(const Volume&, const Volume&) = default;
};
struct FunctionSpec {
  std::string name;  // as declared; the name in the cluster where nothing is declared
  OptionalExpr from_cluster, image, namespace_name, account, cpu, memory, user;
  std::vector<Expr> command;
  std::vector<EnvVar> env;
  std::vector<Volume> volumes;
  friend bool operator==(const FunctionSpec&, const FunctionSpec&) = default;
};

// ---- actions
// -------------------------------------------------------------------------------------------------

struct Header {
  Expr name, value;
  friend bool operator==(const Header&, const Header&) = default;
};
struct Tls {
  bool insecure = false;
  OptionalExpr ca, cert, key;  // PEM text, or the path of a file that holds it
  friend bool operator==(const Tls&, const Tls&) = default;
};
/// http and tcp against the address of each selected pod.
struct PodEndpoint {
  PodSelection pod;
  OptionalExpr port;      // a number
  std::string port_name;  // or the name of a container port
  OptionalExpr path;
  std::string scheme;  // http, https; empty for tcp
  friend bool operator==(const PodEndpoint&, const PodEndpoint&) = default;
};
struct HttpRequest {
  bool post = false;
  std::variant<Expr, PodEndpoint> where = Expr{};
  std::vector<Header> headers;
  enum class BodyKind : std::uint8_t { None, Text, Json, Form } body_kind = BodyKind::None;
  OptionalExpr body;
  std::optional<Tls> tls;
  bool follow_redirects = false;
  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};
struct TcpConnect {
  std::variant<Expr, PodEndpoint> where = Expr{};
  friend bool operator==(const TcpConnect&, const TcpConnect&) = default;
};
struct Exec {
  enum class Place : std::uint8_t { Pod, Function, Local } place = Place::Local;
  std::optional<PodSelection> pod;
  std::uint32_t function = UINT32_MAX;  // into Plan::functions
  OptionalExpr shell;                   // run by /bin/sh -c
  std::vector<Expr> argv;  // or this, without a shell; neither: a function's own command
  std::vector<EnvVar> env;
  OptionalExpr stdin_text;
  friend bool operator==(const Exec&, const Exec&) = default;
};
struct Scale {
  Workload workload;
  Expr replicas;
  bool if_exists = false;
  friend bool operator==(const Scale&, const Scale&) = default;
};
struct Wait {
  std::variant<PodSelection, Workload> what = Workload{};
  enum class State : std::uint8_t { Ready, Available, Gone, Where } state = State::Ready;
  OptionalExpr where;
  friend bool operator==(const Wait&, const Wait&) = default;
};
/// Releases only: `scale back`.
struct ScaleBack {
  friend bool operator==(const ScaleBack&, const ScaleBack&) = default;
};
/// Releases of session holds only: `stdin "…"`.
struct SessionStdin {
  Expr text;
  friend bool operator==(const SessionStdin&, const SessionStdin&) = default;
};
using Action = std::variant<HttpRequest, TcpConnect, Exec, Scale, Wait, ScaleBack, SessionStdin>;

// ---- steps
// ---------------------------------------------------------------------------------------------------

struct Retry {
  OptionalExpr count;  // further attempts; absent: none
  Expr every;          // wait before the first of them; default 1s
  Expr factor;         // multiplies the wait each time; default 1
  OptionalExpr up_to;  // caps one wait, not the sum (rule 7)
  friend bool operator==(const Retry&, const Retry&) = default;
};
struct Capture {
  std::uint32_t index = 0;  // into Plan::captures
  Expr from;                // over the facts of the attempt
  friend bool operator==(const Capture&, const Capture&) = default;
};
/// One thing that is attempted until it succeeds or its attempts are spent.
struct Task {
  Origin origin;
  Action action;
  Expr timeout;  // per attempt; default 5m
  Retry retry;
  OptionalExpr expect;  // several were joined with `and`
  bool expect_replaces =
      false;  // it reads `status` or `exit`, so the default test does not apply (rule 8)
  std::vector<Capture> captures;
  friend bool operator==(const Task&, const Task&) = default;
};

enum class Policy : std::uint8_t { Always, OnSuccess, OnFailure };
enum class OnError : std::uint8_t { Fail, Warn, Continue, Skip };

struct Hold {
  bool session = false;
  OptionalExpr ready_once;
  Task release;
  bool only_if_acquired = false;
  OptionalExpr at_most;
  std::optional<std::uint32_t> until_step;
  std::optional<std::string> until_prints;
  friend bool operator==(const Hold&, const Hold&) = default;
};

/// A hook, or a hold with its acquire as the task.
struct Step {
  std::uint32_t id = 0;  // its index in Plan::steps
  std::string name;      // as written, else made from side, operation and number: "pre backup 2"
  bool named = false;
  Policy policy = Policy::Always;
  OnError on_error = OnError::Fail;
  OptionalExpr when;
  Task task;
  std::optional<Hold> hold;
  friend bool operator==(const Step&, const Step&) = default;
};

/// Steps that start at once and are all waited for; mostly one.
using Group = std::vector<std::uint32_t>;

struct OperationPlan {
  std::vector<Group> pre;
  std::vector<Group> post;
  OptionalExpr succeeds_when;  // over the fact "exit"; absent: exit == 0
  friend bool operator==(const OperationPlan&, const OperationPlan&) = default;
};

// ---- the whole
// -----------------------------------------------------------------------------------------------

/// A declared type with its constraint, enough to check a value given on the command line.
struct ParamType {
  std::string name;                       // "int", "string", "list", …
  std::string element;                    // list
  std::optional<std::int64_t> low, high;  // int(low..high)
  std::string pattern;                    // string(/…/)
  std::vector<std::string> choices;       // string("a", "b")
  friend bool operator==(const ParamType&, const ParamType&) = default;
};
struct Param {
  std::string name;
  ParamType type;
  OptionalExpr default_value;
  std::string usage;
  Origin origin;
  friend bool operator==(const Param&, const Param&) = default;
};
struct Secret {
  std::string name;
  std::string type;
  SecretSource source;
  Origin origin;
  friend bool operator==(const Secret&, const Secret&) = default;
};
struct CaptureSlot {
  std::string name;
  bool secret = false;
  bool list = false;  // one entry a pod, in pod name order
  std::uint32_t step = 0;
  friend bool operator==(const CaptureSlot&, const CaptureSlot&) = default;
};
struct Target {
  Workload workload;
  OptionalExpr namespace_name;
  friend bool operator==(const Target&, const Target&) = default;
};
struct Exclusive {
  Expr name;
  OptionalExpr wait;
  friend bool operator==(const Exclusive&, const Exclusive&) = default;
};
struct Setting {
  std::uint32_t param = 0;  // into Plan::params
  Expr value;
  friend bool operator==(const Setting&, const Setting&) = default;
};
struct Environment {
  std::string name;
  std::vector<Setting> settings;
  friend bool operator==(const Environment&, const Environment&) = default;
};

struct Plan {
  std::string file;  // the root file, as it was named
  std::vector<Param> params;
  std::vector<Secret> secrets;
  std::vector<CaptureSlot> captures;
  std::vector<FunctionSpec> functions;
  std::optional<Target> target;
  std::optional<Exclusive> exclusive;
  std::vector<Environment> environments;
  std::vector<Step> steps;
  OperationPlan backup;
  OperationPlan restore;
  friend bool operator==(const Plan&, const Plan&) = default;
};

}  // namespace hookc::plan
