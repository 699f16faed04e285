#include "interpreter/io/attempts.hpp"

#include <utility>

#include <fmt/format.h>

#include "interpreter/core/render.hpp"
#include "interpreter/io/held_process.hpp"
#include "interpreter/io/running_process.hpp"

namespace hookc::io {

namespace {

ProcessSpec process_for(const engine::ExecRequest& request) {
  ProcessSpec spec;
  spec.argv = request.argv;
  spec.env = request.env;
  spec.stdin_text = request.stdin_text;
  return spec;
}

}  // namespace

Attempts::Attempts(Loop& loop, const plan::Plan& plan, Cluster* cluster, const SecretTexts& secrets,
                   Says says)
    : loop_(loop),
      plan_(plan),
      cluster_(cluster),
      secrets_(secrets),
      says_(std::move(says)),
      sweep_(loop) {}

Attempts::~Attempts() = default;

HttpClient& Attempts::http() {
  if (!http_) http_ = std::make_unique<HttpClient>(loop_);
  return *http_;
}

void Attempts::start(const engine::StartAttempt& start) {
  const engine::AttemptId id = start.attempt;
  Attempt& added = *(attempts_[id] = std::make_unique<Attempt>(loop_));
  added.timeout.start(start.timeout, [this, id] {
    if (auto found = attempts_.find(id); found != attempts_.end()) {
      found->second->timed_out = true;
      halt(id);
    }
  });
  auto done = [this, id](engine::AttemptResult result) { end(id, std::move(result)); };
  std::visit([&](const auto& request) { begin(added, start, request, done); }, start.request);
}

void Attempts::cancel(engine::AttemptId id) {
  if (auto found = attempts_.find(id); found != attempts_.end()) {
    found->second->cancelled = true;
    halt(id);
  }
}

void Attempts::session_ready(engine::AttemptId id) {
  if (auto found = attempts_.find(id); found != attempts_.end()) found->second->timeout.stop();
}

void Attempts::halt(engine::AttemptId id) {
  Attempt& attempt = *attempts_.at(id);
  if (attempt.call) {
    http().cancel(*attempt.call);
    end(id, engine::Cancelled{});
  } else if (attempt.running) {
    attempt.running->stop();
  } else if (attempt.held) {
    attempt.held->stop();
  } else {
    end(id, engine::Cancelled{});
  }
}

void Attempts::end(engine::AttemptId id, engine::AttemptResult result) {
  auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  if (found->second->timed_out) {
    result = engine::TimedOut{};
  } else if (found->second->cancelled) {
    result = engine::Cancelled{};
  }
  std::unique_ptr<Attempt> attempt = std::move(found->second);
  attempts_.erase(found);
  discard(std::move(attempt));
  says_.ended({id, std::move(result)});
}

/// What just ended may be what calls: it is destroyed once the loop is out of it.
void Attempts::discard(std::unique_ptr<Attempt> attempt) {
  attempt->timeout.stop();
  finished_.push_back(std::move(attempt));
  sweep_.start(0, [this] { finished_.clear(); });
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt& start,
                     const engine::HttpRequest& request, const Done& done) {
  HttpCall call;
  call.post = request.post;
  call.headers = request.headers;
  call.body = request.body;
  call.content_type = request.content_type;
  call.tls = request.tls;
  call.follow_redirects = request.follow_redirects;
  call.url = request.url;
  if (start.pod && call.url.empty()) {
    const std::optional<int> port = port_of(*start.pod, request.port, request.port_name, done);
    if (!port) return;
    call.url = engine::pod_url(request, start.pod->address, fmt::to_string(*port));
    call.direct = true;
  }
  attempt.call = http().request(std::move(call), start.timeout, done);
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt& start,
                     const engine::TcpRequest& request, const Done& done) {
  std::string host = request.host;
  int port = request.port;
  if (start.pod && host.empty()) {
    const std::optional<int> resolved = port_of(*start.pod, request.port, request.port_name, done);
    if (!resolved) return;
    host = start.pod->address;
    port = *resolved;
  }
  attempt.call = http().connect(host, port, start.timeout, done);
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt& start,
                     engine::ExecRequest request, const Done& done) {
  for (auto& [name, from] : request.env_from) {
    const auto text = secrets_.find(from);
    if (text == secrets_.end()) {
      done(engine::DefiniteFailure{
          fmt::format("the secret for the variable `{}` was not fetched", name)});
      return;
    }
    request.env.emplace_back(std::move(name), text->second);
  }
  request.env_from.clear();
  if (start.session) {
    hold(attempt, start, request, done);
    return;
  }
  using Place = plan::Exec::Place;
  if (request.place != Place::Local && !need_cluster(done)) return;
  switch (request.place) {
    case Place::Local:
      attempt.running = std::make_unique<RunningProcess>(loop_, process_for(request), done);
      return;
    case Place::Pod:
      attempt.running = cluster_->exec(start.pod.value_or(engine::Pod{}), request, done);
      return;
    case Place::Function:
      attempt.running = cluster_->run_function(plan_.functions[request.function], request, done);
      return;
  }
}

void Attempts::hold(Attempt& attempt, const engine::StartAttempt& start,
                    const engine::ExecRequest& request, const Done& done) {
  auto printed = [this, id = start.attempt](std::string handle, engine::ExecOutput so_far) {
    says_.printed({id, std::move(handle), std::move(so_far)});
  };
  using Place = plan::Exec::Place;
  switch (request.place) {
    case Place::Local:
      attempt.held =
          std::make_unique<HeldProcess>(loop_, process_for(request), std::move(printed), done);
      return;
    case Place::Pod:
      if (!need_cluster(done)) return;
      attempt.held =
          cluster_->hold(start.pod.value_or(engine::Pod{}), request, std::move(printed), done);
      return;
    case Place::Function:
      done(engine::DefiniteFailure{"a session is held open in a pod, not in a function"});
      return;
  }
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt&,
                     const engine::SessionInput& request, const Done& done) {
  const auto session = attempts_.find(request.session);
  if (session == attempts_.end() || !session->second->held) {
    done(engine::DefiniteFailure{"the session has ended already"});
    return;
  }
  // From here on its end answers the release, and the attempt that began it is over.
  attempt.held = std::move(session->second->held);
  discard(std::move(session->second));
  attempts_.erase(session);
  attempt.held->release(request.text, done);
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt&,
                     const engine::EndSession& request, const Done& done) {
  if (is_process_handle(request.handle)) {
    attempt.running = end_held(loop_, request.handle, done);
  } else if (need_cluster(done)) {
    attempt.running = cluster_->end_session(request.handle, done);
  }
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt&,
                     const engine::ScaleRequest& request, const Done& done) {
  if (need_cluster(done)) attempt.running = cluster_->scale(request, done);
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt&,
                     const engine::ReadScale& request, const Done& done) {
  if (need_cluster(done)) attempt.running = cluster_->read_scale(request, done);
}

void Attempts::begin(Attempt& attempt, const engine::StartAttempt&,
                     const engine::WaitRequest& request, const Done& done) {
  if (need_cluster(done)) attempt.running = cluster_->wait(request, done);
}

bool Attempts::need_cluster(const Done& done) const {
  if (cluster_ == nullptr) done(engine::DefiniteFailure{"there is no cluster to run this in"});
  return cluster_ != nullptr;
}

std::optional<int> Attempts::port_of(const engine::Pod& pod, int number, const std::string& name,
                                     const Done& done) const {
  if (name.empty()) return number;
  std::optional<int> port = cluster_ != nullptr ? cluster_->port(pod, name) : std::nullopt;
  if (!port)
    done(engine::DefiniteFailure{fmt::format("pod {} has no port called `{}`", pod.name, name)});
  return port;
}

}  // namespace hookc::io
