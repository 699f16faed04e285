// What the session engine and the world say to each other. Plain data: every text is rendered,
// every default applied.
//
// The engine is a pure state machine: events go in, commands come out. It has no clock, no I/O and
// no threads; the time of an event travels in it. Whoever drives it (the event loop, a simulator, a
// scripted test, recovery) is "the world".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/plan/plan.hpp"

namespace hookc::engine {

/// Milliseconds on a monotonic clock whose zero is the world's to choose.
using Millis = std::int64_t;

enum class Operation : std::uint8_t { Backup, Restore };

// ---- requests: what the world is asked to do
// -----------------------------------------------------------------

/// Which pods. Exactly one of `name` and (`labels`, `owner`) says it; an empty namespace is the
/// world's default.
struct PodQuery {
  std::string name;
  std::string namespace_name;
  std::string labels;  // a label selector
  std::string owner_kind, owner_group, owner_name;
  bool ready_only =
      false;  // `on one`: the first Ready pod by name; else all Running ones (rule 11)
  friend bool operator==(const PodQuery&, const PodQuery&) = default;
};
/// A pod as it was when it was chosen; releases go to exactly this one (rule 21).
struct Pod {
  std::string namespace_name, name, uid;
  std::string
      container;  // resolved: as asked, else the default-container annotation, else the first
  std::string address;
  friend bool operator==(const Pod&, const Pod&) = default;
};

struct TlsRequest {
  bool insecure = false;
  std::string ca, cert, key;
  friend bool operator==(const TlsRequest&, const TlsRequest&) = default;
};
struct HttpRequest {
  bool post = false;
  std::string url;  // whole; empty: at the pod
  std::string scheme, port_name, path;
  int port = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::string content_type;  // for the body, where no header says it
  TlsRequest tls;
  bool follow_redirects = false;  // to other hosts too; those to the same host are always followed
  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};
struct TcpRequest {
  std::string host;  // empty: the pod
  std::string port_name;
  int port = 0;
  friend bool operator==(const TcpRequest&, const TcpRequest&) = default;
};
/// Where a secret stands that a variable is filled from. The text itself never enters the engine:
/// the world has fetched it before the session.
struct SecretRef {
  plan::SecretSource::Kind kind = plan::SecretSource::Kind::Env;
  std::string env;   // Env
  std::string path;  // File: its path; Kubernetes: "namespace/name"
  std::string key;   // Kubernetes
  friend auto operator<=>(const SecretRef&, const SecretRef&) = default;
};
struct ExecRequest {
  plan::Exec::Place place = plan::Exec::Place::Local;
  std::uint32_t function = UINT32_MAX;  // into Plan::functions
  std::vector<std::string>
      argv;  // {"/bin/sh", "-c", text} for shell text; empty: what the function's image runs
  // A name stands once in the two of them: a hook's variable has taken the place of its function's.
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::pair<std::string, SecretRef>> env_from;
  std::optional<std::string> stdin_text;
  friend bool operator==(const ExecRequest&, const ExecRequest&) = default;
};
struct ScaleRequest {
  std::string kind, group, name, namespace_name;
  std::int64_t replicas = 0;
  bool if_exists = false;
  friend bool operator==(const ScaleRequest&, const ScaleRequest&) = default;
};
struct WaitRequest {
  std::optional<PodQuery> pods;
  std::string kind, group, name, namespace_name;
  plan::Wait::State state = plan::Wait::State::Ready;
  plan::OptionalExpr where;
  friend bool operator==(const WaitRequest&, const WaitRequest&) = default;
};
using Request = std::variant<HttpRequest, TcpRequest, ExecRequest, ScaleRequest, WaitRequest>;

// ---- results: what the world answers
// -------------------------------------------------------------------------

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as received, in order
  std::string body;                                          // bounded by the world
  bool body_truncated = false;
};
struct ExecOutput {
  int exit_code = 0;                     // 128 + signal where one ended it
  std::string stdout_text, stderr_text;  // bounded by the world
  bool truncated = false;
};
struct Connected {};  // tcp
struct Done {};       // scale, wait
/// The action definitely did not happen or did not succeed: refused, not found, no such container …
struct DefiniteFailure {
  std::string reason;  // one line, no secrets
  bool pod_gone =
      false;  // the pod with that uid exists no more: for a release that counts as freed (rule 21)
};
/// Nobody can say whether it happened: connection lost, stream cut.
struct UnknownResult {
  std::string reason;
};
struct TimedOut {};
struct Cancelled {};
using AttemptResult = std::variant<HttpResponse, ExecOutput, Connected, Done, DefiniteFailure,
                                   UnknownResult, TimedOut, Cancelled>;

// ---- commands: engine to world
// -------------------------------------------------------------------------------

using AttemptId = std::uint32_t;
using TimerId = std::uint32_t;

/// Answer with PodsSelected.
struct SelectPods {
  std::uint32_t selection = 0;
  PodQuery query;
  std::string container;  // asked for; empty: default
};
/// Answer with AttemptEnded within `timeout` milliseconds; then nothing of the attempt may be left
/// running here.
struct StartAttempt {
  AttemptId attempt = 0;
  std::uint32_t step = 0;
  bool release = false;
  std::uint32_t number = 1;  // 1 for the first attempt
  std::optional<Pod> pod;    // where the request concerns a pod
  Request request;
  Millis timeout = 0;
};
/// Stop it (TERM, after 10 s KILL) and answer with AttemptEnded{Cancelled}, or with its result if
/// that came first.
struct CancelAttempt {
  AttemptId attempt = 0;
};
struct StartOperation {};
/// TERM to the operation's process group, KILL after 10 s; answer with OperationEnded.
struct StopOperation {};
struct SetTimer {
  TimerId timer = 0;
  Millis at = 0;
};
struct CancelTimer {
  TimerId timer = 0;
};

enum class StepPhase : std::uint8_t { Pending, Running, Succeeded, Failed, Skipped };
enum class SessionStatus : std::uint8_t { Running, Succeeded, Failed, Skipped };
/// Fixed once, after the releases and before the first post hook (rule 16). Skipped: `on error
/// skip` ended the session.
enum class Outcome : std::uint8_t { Open, Success, Failure, Skipped };

/// For reporters; never needs an answer. `text` is one line, secrets already replaced by ***.
struct Report {
  enum class Kind : std::uint8_t {
    SessionStarted,
    StepStarted,
    AttemptStarted,
    AttemptEnded,
    RetryScheduled,
    StepEnded,
    ReleaseStarted,
    ReleaseEnded,
    OperationStarted,
    OperationEnded,
    OutcomeFixed,
    SessionEnded,
    Note,
  } kind{};
  Millis at = 0;
  std::optional<std::uint32_t> step;
  std::uint32_t attempt_number = 0;
  bool release = false;  // an attempt or retry of the release of the hold `step`
  std::string pod;
  StepPhase phase = StepPhase::Pending;
  std::string text;
  std::string output;  // captured output of the attempt or the operation, redacted
  Millis took = 0;     // of what ended
};
/// The last command of a session.
struct Finish {};
using Command = std::variant<SelectPods, StartAttempt, CancelAttempt, StartOperation, StopOperation,
                             SetTimer, CancelTimer, Report, Finish>;

// ---- events: world to engine
// ---------------------------------------------------------------------------------

struct Begin {};
struct PodsSelected {
  std::uint32_t selection = 0;
  std::vector<Pod> pods;  // in name order
  std::string error;  // not empty: the query failed; an empty list without an error is "no match"
};
struct AttemptEnded {
  AttemptId attempt = 0;
  AttemptResult result;
};
struct OperationEnded {
  int exit_code = 0;   // 128 + signal
  std::string output;  // the tail of it, bounded by the world
  std::string error;  // it could not be started, in a line that stands alone: "cannot start `x`: …"
  std::string lost =
      {};  // what it printed could not be passed on, and why: it failed, whatever it says
  std::optional<bool> succeeded =
      std::nullopt;  // said by whoever ran it; else `succeeds when` judges the exit code
};
struct TimerFired {
  TimerId timer = 0;
};
/// SIGINT or SIGTERM arrived (rule 19).
struct Interrupted {};
struct Event {
  Millis now = 0;
  std::variant<Begin, PodsSelected, AttemptEnded, OperationEnded, TimerFired, Interrupted> what;
};

}  // namespace hookc::engine
