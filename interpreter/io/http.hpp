// HTTP requests and TCP connects on the event loop, by libcurl.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/core/protocol.hpp"
#include "interpreter/io/loop.hpp"

namespace hookc::io {

/// One request, addresses resolved.
struct HttpCall {
  bool post = false;
  std::string url;
  bool direct = false;  // past any proxy of the environment: requests to pods
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::string content_type;
  engine::TlsRequest tls;
  bool follow_redirects = false;
};

/// Any number of requests at once on one loop and one thread. Its first use initialises libcurl.
///
/// Rules kept here: only http and https; TLS is verified unless the request says `tls insecure`;
/// redirects within the same scheme, host and port are followed up to ten times, to another host
/// only when asked (otherwise the 3xx is the answer), and a POST becomes a GET on 301, 302 and 303
/// (RFC 9110, 15.4); of a body 1 MiB is kept, and an answer longer than 64 MiB is given up.
/// Environment proxies are honoured as curl does, but not for pods.
class HttpClient {
 public:
  using Done = std::function<void(engine::AttemptResult)>;

  explicit HttpClient(Loop& loop);
  /// Drops what is under way without calling back.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  using CallId = std::uint64_t;
  /// Calls `done` once, never from inside this call: HttpResponse, DefiniteFailure (nothing was
  /// sent, or TLS refused it), UnknownResult (sent, and no whole answer) or TimedOut after
  /// `timeout` milliseconds in all.
  CallId request(HttpCall call, engine::Millis timeout, Done done);
  /// Connected, DefiniteFailure or TimedOut. Nothing is sent.
  CallId connect(const std::string& host, int port, engine::Millis timeout, Done done);
  /// Drops a call without calling back; unknown ones are ignored.
  void cancel(CallId call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hookc::io
