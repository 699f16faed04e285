#include "interpreter/io/http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "compiler/base/ascii.hpp"

namespace hookc::io {

namespace {

constexpr std::size_t kBodyKept = std::size_t{1} << 20;
constexpr std::size_t kBodyLimit = std::size_t{64} << 20;
constexpr std::size_t kHeaderLimit = std::size_t{256} << 10;
constexpr int kMaxRedirects = 10;

struct UrlParts {
  std::string scheme, host, port;
  friend bool operator==(const UrlParts&, const UrlParts&) = default;
};

std::string url_part(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

/// Scheme, host and effective port; empty for what is no URL.
UrlParts split(const std::string& url) {
  std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  return {url_part(parsed.get(), CURLUPART_SCHEME, 0), url_part(parsed.get(), CURLUPART_HOST, 0),
          url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

/// PEM text, or the path of a file that holds it.
void set_pem(CURL* easy, const std::string& value, CURLoption path, CURLoption blob_option) {
  if (value.empty()) return;
  if (value.find("-----BEGIN") == std::string::npos) {
    curl_easy_setopt(easy, path, value.c_str());
    return;
  }
  curl_blob blob = {const_cast<char*>(value.data()), value.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, blob_option, &blob);
}

enum class Certainty { Definite, Unknown, TimedOut };

/// Whether anything can have reached the other side. After a request may have been sent, no error
/// is certain.
Certainty certainty_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Certainty::TimedOut;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // "Received HTTP/0.9": something answered
    case CURLE_WRITE_ERROR:           // our own limit on the answer
    case CURLE_OUT_OF_MEMORY:         // also a line of the answer that it finds too long
    case CURLE_UNRECOVERABLE_POLL:
    case CURLE_BAD_CONTENT_ENCODING: return Certainty::Unknown;
    default:
      return Certainty::Definite;  // libcurl's list is open: names, addresses, TLS, our own options
  }
}

struct Call {
  HttpClient::CallId id = 0;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  HttpCall request;
  bool connect_only = false;
  bool as_get = false;  // a redirect turned the POST into a GET
  int redirects = 0;
  engine::Millis deadline = 0;
  HttpClient::Done done;
  engine::HttpResponse response;
  std::size_t body_bytes = 0;
  std::size_t header_bytes = 0;
  const char* limit = nullptr;  // which of our limits the answer broke
  char error[CURL_ERROR_SIZE] = {};

  ~Call() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
};

std::size_t on_body(char* data, std::size_t, std::size_t count, void* user) {
  auto* call = static_cast<Call*>(user);
  call->body_bytes += count;
  if (call->body_bytes > kBodyLimit) {
    call->limit = "the answer is longer than 64 MiB";
    return 0;
  }
  std::string& kept = call->response.body;
  kept.append(data, std::min(count, kBodyKept - kept.size()));
  call->response.body_truncated = call->body_bytes > kBodyKept;
  return count;
}

std::size_t on_header(char* data, std::size_t, std::size_t count, void* user) {
  auto* call = static_cast<Call*>(user);
  call->header_bytes += count;
  if (call->header_bytes > kHeaderLimit) {
    call->limit = "the answer's headers are longer than 256 KiB";
    return 0;
  }
  std::string_view line(data, count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    call->response.headers.clear();  // 1xx answers come first
    return count;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  call->response.headers.emplace_back(line.substr(0, colon), value);
  return count;
}

}  // namespace

struct HttpClient::State {
  explicit State(Loop& l) : loop(l), timer(l) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  }

  ~State() {
    for (auto& [id, call] : calls) curl_multi_remove_handle(multi, call->easy);
    calls.clear();
    curl_multi_cleanup(multi);
    curl_global_cleanup();
  }

  /// A socket that libcurl watches: a libuv poll handle, deleted when it is closed.
  struct Poll {
    uv_poll_t handle;
    State* state;
    curl_socket_t socket;
  };

  Loop& loop;
  CURLM* multi = nullptr;
  Timer timer;
  std::map<CallId, std::unique_ptr<Call>> calls;
  CallId next_id = 1;

  void start(Call& call);
  void configure(Call& call);
  void add(Call& call) { curl_multi_add_handle(multi, call.easy); }
  void collect();
  void finish(CallId id, engine::AttemptResult result);
  bool redirect(Call& call, long status);

  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* per_socket);
  static int on_timer(CURLM*, long timeout_ms, void* user);
};

int HttpClient::State::on_socket(CURL*, curl_socket_t socket, int what, void* user,
                                 void* per_socket) {
  auto* state = static_cast<State*>(user);
  auto* poll = static_cast<Poll*>(per_socket);
  if (what == CURL_POLL_REMOVE) {
    if (poll != nullptr) {
      uv_poll_stop(&poll->handle);
      uv_close(reinterpret_cast<uv_handle_t*>(&poll->handle),
               [](uv_handle_t* closed) { delete static_cast<Poll*>(closed->data); });
      curl_multi_assign(state->multi, socket, nullptr);
    }
    return 0;
  }
  if (poll == nullptr) {
    poll = new Poll{{}, state, socket};
    uv_poll_init_socket(state->loop.get(), &poll->handle, socket);
    poll->handle.data = poll;
    curl_multi_assign(state->multi, socket, poll);
  }
  const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                     ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  uv_poll_start(&poll->handle, events, [](uv_poll_t* handle, int status, int ready) {
    auto* p = static_cast<Poll*>(handle->data);
    State* s = p->state;
    // What is wrong with the socket, libcurl learns by using it.
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
    if ((ready & UV_READABLE) != 0) flags |= CURL_CSELECT_IN;
    if ((ready & UV_WRITABLE) != 0) flags |= CURL_CSELECT_OUT;
    int running = 0;
    curl_multi_socket_action(s->multi, p->socket, flags, &running);
    s->collect();
  });
  return 0;
}

int HttpClient::State::on_timer(CURLM*, long timeout_ms, void* user) {
  auto* state = static_cast<State*>(user);
  if (timeout_ms < 0) {
    state->timer.stop();
    return 0;
  }
  // libcurl forbids calling back into it from here, so even a zero goes through the loop.
  state->timer.start(timeout_ms, [state] {
    int running = 0;
    curl_multi_socket_action(state->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    state->collect();
  });
  return 0;
}

void HttpClient::State::configure(Call& call) {
  CURL* easy = call.easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &call);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call.error);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_URL, call.request.url.c_str());
  if (call.request.direct || call.connect_only) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (call.connect_only) {
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "hookc/" HOOKC_VERSION);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
  const engine::TlsRequest& tls = call.request.tls;
  if (tls.insecure) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set_pem(easy, tls.ca, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB);
  set_pem(easy, tls.cert, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB);
  set_pem(easy, tls.key, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB);
}

void HttpClient::State::start(Call& call) {
  // Every hop of a redirect chain shares one deadline; 0 would mean "none" to libcurl.
  const engine::Millis left = std::max<engine::Millis>(1, call.deadline - loop.now());
  curl_easy_setopt(call.easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left));
  curl_easy_setopt(call.easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(left));
  if (!call.connect_only) {
    call.response = {};
    call.body_bytes = call.header_bytes = 0;
    const bool post = call.request.post && !call.as_get;
    curl_slist_free_all(call.headers);
    call.headers = curl_slist_append(nullptr, "Expect:");  // no 100-continue round trip
    bool typed = false;
    for (const auto& [name, value] : call.request.headers) {
      const bool about_body =
          equal_ignoring_case(name, "Content-Type") || equal_ignoring_case(name, "Content-Length");
      if (call.as_get && about_body) continue;
      typed = typed || equal_ignoring_case(name, "Content-Type");
      // `Name;` is libcurl's way to send a header without a value.
      const std::string line = value.empty() ? name + ";" : name + ": " + value;
      call.headers = curl_slist_append(call.headers, line.c_str());
    }
    if (post && !typed) {
      // Without a type of its own libcurl would claim a form.
      const std::string line = call.request.content_type.empty()
                                   ? "Content-Type:"
                                   : "Content-Type: " + call.request.content_type;
      call.headers = curl_slist_append(call.headers, line.c_str());
    }
    curl_easy_setopt(call.easy, CURLOPT_HTTPHEADER, call.headers);
    if (post) {
      const std::string& body = call.request.body ? *call.request.body : std::string();
      curl_easy_setopt(call.easy, CURLOPT_POST, 1L);
      curl_easy_setopt(call.easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(body.size()));
      curl_easy_setopt(call.easy, CURLOPT_COPYPOSTFIELDS, body.c_str());
    } else {
      curl_easy_setopt(call.easy, CURLOPT_HTTPGET, 1L);
    }
  }
  add(call);
}

bool HttpClient::State::redirect(Call& call, long status) {
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
    return false;
  char* target = nullptr;
  curl_easy_getinfo(call.easy, CURLINFO_REDIRECT_URL, &target);
  if (target == nullptr) return false;
  const std::string next = target;
  const UrlParts to = split(next);
  if (to.scheme != "http" && to.scheme != "https") return false;
  const bool same_host = to == split(call.request.url);
  if (!same_host && !call.request.follow_redirects) return false;
  if (++call.redirects > kMaxRedirects) {
    finish(call.id,
           engine::DefiniteFailure{fmt::format("redirected more than {} times", kMaxRedirects)});
    return true;
  }
  if (!same_host) {
    // Credentials were meant for the first host (RFC 9110, 15.4).
    std::erase_if(call.request.headers, [](const auto& header) {
      return equal_ignoring_case(header.first, "Authorization") ||
             equal_ignoring_case(header.first, "Cookie");
    });
  }
  call.request.url = next;
  call.as_get = call.as_get || status == 303 || status == 301 || status == 302;
  curl_multi_remove_handle(multi, call.easy);
  curl_easy_setopt(call.easy, CURLOPT_URL, next.c_str());
  start(call);
  return true;
}

void HttpClient::State::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Call* call = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
    const CURLcode code = message->data.result;
    if (code == CURLE_OK && call->connect_only) {
      finish(call->id, engine::Connected{});
      continue;
    }
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
      if (redirect(*call, status)) continue;
      call->response.status = static_cast<int>(status);
      finish(call->id, std::move(call->response));
      continue;
    }
    std::string reason = call->limit != nullptr   ? call->limit
                         : call->error[0] != '\0' ? call->error
                                                  : curl_easy_strerror(code);
    if (code == CURLE_UNSUPPORTED_PROTOCOL && call->response.status == 0)
      reason = "the answer is not HTTP";
    if (code == CURLE_OUT_OF_MEMORY) reason = "a line of the answer is longer than libcurl takes";
    switch (certainty_of(code)) {
      case Certainty::TimedOut: finish(call->id, engine::TimedOut{}); break;
      case Certainty::Unknown: finish(call->id, engine::UnknownResult{std::move(reason)}); break;
      case Certainty::Definite: finish(call->id, engine::DefiniteFailure{std::move(reason)}); break;
    }
  }
}

void HttpClient::State::finish(CallId id, engine::AttemptResult result) {
  auto found = calls.find(id);
  if (found == calls.end()) return;
  std::unique_ptr<Call> call = std::move(found->second);
  calls.erase(found);
  curl_multi_remove_handle(multi, call->easy);
  call->done(std::move(result));
}

HttpClient::HttpClient(Loop& loop) : state_(std::make_unique<State>(loop)) {}
HttpClient::~HttpClient() = default;

HttpClient::CallId HttpClient::request(HttpCall request, engine::Millis timeout, Done done) {
  auto call = std::make_unique<Call>();
  Call& added = *call;
  added.id = state_->next_id++;
  added.easy = curl_easy_init();
  added.request = std::move(request);
  added.deadline = state_->loop.now() + timeout;
  added.done = std::move(done);
  state_->calls.emplace(added.id, std::move(call));
  state_->configure(added);
  state_->start(added);
  return added.id;
}

HttpClient::CallId HttpClient::connect(const std::string& host, int port, engine::Millis timeout,
                                       Done done) {
  auto call = std::make_unique<Call>();
  Call& added = *call;
  added.id = state_->next_id++;
  added.easy = curl_easy_init();
  added.connect_only = true;
  const bool ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  added.request.url = fmt::format("http://{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
  added.deadline = state_->loop.now() + timeout;
  added.done = std::move(done);
  state_->calls.emplace(added.id, std::move(call));
  state_->configure(added);
  state_->start(added);
  return added.id;
}

void HttpClient::cancel(CallId id) {
  auto found = state_->calls.find(id);
  if (found == state_->calls.end()) return;
  curl_multi_remove_handle(state_->multi, found->second->easy);
  state_->calls.erase(found);
}

}  // namespace hookc::io
