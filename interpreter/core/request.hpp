// What the world is asked to do, and what it answers. Plain data: every text is rendered, every
// default applied.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/plan/plan.hpp"

namespace hookc::engine {

/// Milliseconds on a clock that never goes back and whose zero is the world's to choose. Worlds
/// whose sessions are journaled count from 1970 (UTC), so that another process can carry on.
using Millis = std::int64_t;

enum class Operation : std::uint8_t { Backup, Restore };
using AttemptId = std::uint32_t;

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
/// The size of a workload before it is scaled as a hold (rule 30). Answer with Size.
struct ReadScale {
  std::string kind, group, name, namespace_name;
  bool if_exists = false;
  friend bool operator==(const ReadScale&, const ReadScale&) = default;
};
/// The release of a held session: write `text` to the process of the attempt `session` and close
/// its stdin. From then on that attempt is over, and the end of the process answers this one, with
/// ExecOutput: its exit code, and what it printed from the write on. Whatever the answer, the
/// process has ended; only NotStarted leaves the attempt `session` as it was.
struct SessionInput {
  AttemptId session = 0;
  std::string text;
  friend bool operator==(const SessionInput&, const SessionInput&) = default;
};
/// Recovery: end what may be left of a session that another process held. Answer with Done, also
/// where nothing was left.
struct EndSession {
  /// As SessionOutput gave it. Empty: hookc was killed before it had one; a world that cannot tell
  /// whether something is left then answers DefiniteFailure.
  std::string handle;
  friend bool operator==(const EndSession&, const EndSession&) = default;
};
struct WaitRequest {
  std::optional<PodQuery> pods;
  std::string kind, group, name, namespace_name;
  plan::Wait::State state = plan::Wait::State::Ready;
  plan::OptionalExpr where;
  friend bool operator==(const WaitRequest&, const WaitRequest&) = default;
};
using Request = std::variant<HttpRequest, TcpRequest, ExecRequest, ScaleRequest, ReadScale,
                             SessionInput, EndSession, WaitRequest>;

// ---- results: what the world answers
// -------------------------------------------------------------------------

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as received, in order
  std::string body;                                          // bounded by the world
  bool body_truncated = false;
};
/// Where the middle of a text of ExecOutput was left out stands a line of its own: "… 4096", this.
inline constexpr std::string_view kLeftOut = " bytes left out \u2026\n";
struct ExecOutput {
  int exit_code = 0;                     // 128 + signal where one ended it
  std::string stdout_text, stderr_text;  // bounded by the world
  bool truncated = false;
};
struct Connected {};  // tcp
struct Done {};       // scale, wait
struct Size {         // ReadScale
  std::int64_t replicas = 0;
};
/// It succeeded, whatever `expect` and captures would read from it: simulations, which know no
/// output. Captures become placeholders.
struct Assumed {};
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
/// The world did not start it (the journal cannot be written, another session holds the same
/// thing): nothing happened, there is nothing to undo and no use in another attempt.
struct NotStarted {
  std::string reason;
};
struct TimedOut {};
struct Cancelled {};
using AttemptResult = std::variant<HttpResponse, ExecOutput, Connected, Done, Size, Assumed,
                                   DefiniteFailure, UnknownResult, NotStarted, TimedOut, Cancelled>;

}  // namespace hookc::engine
