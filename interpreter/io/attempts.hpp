// The attempts of a session that are under way, and its held sessions.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/core/protocol.hpp"
#include "interpreter/io/cluster.hpp"
#include "interpreter/io/http.hpp"
#include "interpreter/io/inputs.hpp"
#include "interpreter/io/loop.hpp"

namespace hookc::io {

/// Starts what the engine asks for, with real processes and sockets, and says how it went. Nothing
/// of an attempt is left running when its end is said.
class Attempts {
 public:
  struct Says {
    std::function<void(engine::AttemptEnded)> ended;
    std::function<void(engine::SessionOutput)> printed;
  };
  /// All of these must outlive it; `cluster` may be null: what needs one fails.
  Attempts(Loop& loop, const plan::Plan& plan, Cluster* cluster, const SecretTexts& secrets,
           Says says);
  ~Attempts();

  /// The end may be said at once.
  void start(const engine::StartAttempt& start);
  void cancel(engine::AttemptId id);
  /// The held session of that attempt has no timeout from now on.
  void session_ready(engine::AttemptId id);

 private:
  /// One attempt: what runs it, and why it is being stopped, if it is.
  struct Attempt {
    explicit Attempt(Loop& loop) : timeout(loop) {}
    Timer timeout;
    std::unique_ptr<Running> running;
    std::unique_ptr<Held> held;  // instead of `running`
    std::optional<HttpClient::CallId> call;
    bool timed_out = false;
    bool cancelled = false;
  };
  using Done = std::function<void(engine::AttemptResult)>;

  HttpClient& http();
  void halt(engine::AttemptId id);
  void end(engine::AttemptId id, engine::AttemptResult result);
  void discard(std::unique_ptr<Attempt> attempt);

  void begin(Attempt& attempt, const engine::StartAttempt& start,
             const engine::HttpRequest& request, const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt& start, const engine::TcpRequest& request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt& start, engine::ExecRequest request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt&, const engine::ScaleRequest& request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt&, const engine::ReadScale& request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt&, const engine::SessionInput& request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt&, const engine::EndSession& request,
             const Done& done);
  void begin(Attempt& attempt, const engine::StartAttempt&, const engine::WaitRequest& request,
             const Done& done);
  void hold(Attempt& attempt, const engine::StartAttempt& start, const engine::ExecRequest& request,
            const Done& done);
  bool need_cluster(const Done& done) const;
  std::optional<int> port_of(const engine::Pod& pod, int number, const std::string& name,
                             const Done& done) const;

  Loop& loop_;
  const plan::Plan& plan_;
  Cluster* cluster_;
  const SecretTexts& secrets_;
  Says says_;
  std::unique_ptr<HttpClient> http_;
  std::map<engine::AttemptId, std::unique_ptr<Attempt>> attempts_;
  std::vector<std::unique_ptr<Attempt>> finished_;
  Timer sweep_;
};

}  // namespace hookc::io
