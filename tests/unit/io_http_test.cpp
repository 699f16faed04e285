#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "interpreter/io/http.hpp"

namespace hookc::io {
namespace {

using engine::AttemptResult;
using engine::DefiniteFailure;
using engine::HttpResponse;
using engine::TimedOut;
using engine::UnknownResult;

/// A server on the same loop: answers each request with what `answer` says of it. An empty answer:
/// silence.
class Server {
 public:
  struct Answer {
    std::string bytes;
    bool close = true;
  };
  Server(Loop& loop, std::function<Answer(const std::string& request)> answer)
      : answer_(std::move(answer)) {
    listener_->server = this;
    uv_tcp_init(loop.get(), &listener_->tcp);
    listener_->tcp.data = listener_;
    sockaddr_in address{};
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_bind(&listener_->tcp, reinterpret_cast<const sockaddr*>(&address), 0);
    uv_listen(reinterpret_cast<uv_stream_t*>(&listener_->tcp), 512, [](uv_stream_t* listener, int) {
      auto* connection = new Connection;
      connection->server = static_cast<Listener*>(listener->data)->server;
      uv_tcp_init(listener->loop, &connection->tcp);
      connection->tcp.data = connection;
      uv_accept(listener, reinterpret_cast<uv_stream_t*>(&connection->tcp));
      ++connection->server->connections;
      uv_read_start(
          reinterpret_cast<uv_stream_t*>(&connection->tcp),
          [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
            auto& storage = static_cast<Connection*>(handle->data)->buffer;
            storage.resize(65536);
            *buffer = uv_buf_init(storage.data(), 65536);
          },
          [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
            auto* c = static_cast<Connection*>(stream->data);
            if (count < 0) {
              c->close();
              return;
            }
            c->request.append(buffer->base, static_cast<std::size_t>(count));
            c->maybe_answer();
          });
    });
    sockaddr_in bound{};
    int size = sizeof bound;
    uv_tcp_getsockname(&listener_->tcp, reinterpret_cast<sockaddr*>(&bound), &size);
    port_ = ntohs(bound.sin_port);
  }
  ~Server() {
    uv_close(reinterpret_cast<uv_handle_t*>(&listener_->tcp),
             [](uv_handle_t* handle) { delete static_cast<Listener*>(handle->data); });
  }
  std::string url(const std::string& path = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  int port() const { return port_; }
  int connections = 0;

 private:
  struct Listener {
    uv_tcp_t tcp{};
    Server* server = nullptr;
  };
  struct Connection {
    uv_tcp_t tcp{};
    Server* server = nullptr;
    std::string request;
    std::vector<char> buffer;
    uv_write_t write{};
    Answer answer;
    bool answered = false;

    void close() {
      if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&tcp))) return;
      uv_close(reinterpret_cast<uv_handle_t*>(&tcp),
               [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
    }
    void maybe_answer() {
      const std::size_t head = request.find("\r\n\r\n");
      if (head == std::string::npos || answered) return;
      const std::size_t length = request.find("Content-Length: ");
      const std::size_t body = length < head ? std::stoul(request.substr(length + 16)) : 0;
      if (request.size() < head + 4 + body) return;
      answered = true;
      answer = server->answer_(request);
      uv_buf_t bytes = uv_buf_init(answer.bytes.data(), static_cast<unsigned>(answer.bytes.size()));
      write.data = this;
      uv_write(&write, reinterpret_cast<uv_stream_t*>(&tcp), &bytes, 1, [](uv_write_t* done, int) {
        auto* c = static_cast<Connection*>(done->data);
        if (c->answer.close) c->close();
      });
    }
  };

  Listener* listener_ = new Listener;
  std::function<Answer(const std::string&)> answer_;
  int port_ = 0;
};

Server::Answer ok(const std::string& body) {
  return {fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)};
}
Server::Answer redirect(int status, const std::string& to) {
  return {
      fmt::format("HTTP/1.1 {} Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", status, to)};
}

AttemptResult send(Loop& loop, HttpCall call, engine::Millis timeout = 20'000) {
  HttpClient client(loop);
  std::optional<AttemptResult> result;
  client.request(std::move(call), timeout, [&](AttemptResult r) { result = std::move(r); });
  loop.run_until([&] { return result.has_value(); });
  REQUIRE(result);
  return *result;
}
AttemptResult get(Loop& loop, const std::string& url, engine::Millis timeout = 20'000) {
  HttpCall call;
  call.url = url;
  return send(loop, std::move(call), timeout);
}

TEST_CASE("GET gives status, headers and body", "[io][http]") {
  Loop loop;
  std::string seen;
  Server server(loop, [&](const std::string& request) {
    seen = request;
    return Server::Answer{"HTTP/1.1 418 Teapot\r\nX-Kind:  pot \r\nContent-Length: 2\r\n\r\nhi"};
  });
  HttpCall call;
  call.url = server.url("/a?b=c");
  call.headers = {{"X-Empty", ""}, {"X-Full", "1"}};
  const auto response = std::get<HttpResponse>(send(loop, std::move(call)));
  CHECK(response.status == 418);
  CHECK(response.body == "hi");
  CHECK(response.headers == std::vector<std::pair<std::string, std::string>>{
                                {"X-Kind", "pot"}, {"Content-Length", "2"}});
  CHECK(seen.starts_with("GET /a?b=c HTTP/1.1\r\n"));
  CHECK(seen.find("X-Empty:\r\n") != std::string::npos);
  CHECK(seen.find("X-Full: 1\r\n") != std::string::npos);
  CHECK(seen.find("User-Agent: hookc/") != std::string::npos);
}

TEST_CASE("POST sends its body once, with its type and no Expect", "[io][http]") {
  Loop loop;
  std::string seen;
  Server server(loop, [&](const std::string& request) {
    seen = request;
    return ok("ok");
  });
  HttpCall call;
  call.url = server.url();
  call.post = true;
  call.body = std::string("{\"a\":1}");
  call.content_type = "application/json";
  CHECK(std::get<HttpResponse>(send(loop, call)).status == 200);
  CHECK(seen.starts_with("POST / HTTP/1.1\r\n"));
  CHECK(seen.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(seen.find("Expect") == std::string::npos);
  CHECK(seen.ends_with("\r\n\r\n{\"a\":1}"));
  call.content_type.clear();
  call.body = std::string();
  CHECK(std::get<HttpResponse>(send(loop, call)).status == 200);
  CHECK(seen.find("Content-Type") == std::string::npos);
}

TEST_CASE("redirects stay with the host, and turn a POST into a GET", "[io][http]") {
  Loop loop;
  Server other(loop, [](const std::string&) { return ok("other"); });
  std::vector<std::string> lines;
  Server server(loop, [&](const std::string& request) {
    lines.push_back(request.substr(0, request.find(" HTTP")));
    if (lines.back().ends_with("/moved")) return redirect(302, "/here");
    if (lines.back().ends_with("/kept")) return redirect(307, "/here");
    if (lines.back().ends_with("/away")) return redirect(302, other.url());
    if (lines.back().ends_with("/loop")) return redirect(301, "/loop");
    return ok("here");
  });
  HttpCall call;
  call.post = true;
  call.body = std::string("x");

  call.url = server.url("/moved");
  CHECK(std::get<HttpResponse>(send(loop, call)).body == "here");
  CHECK(lines == std::vector<std::string>{"POST /moved", "GET /here"});

  lines.clear();
  call.url = server.url("/kept");
  CHECK(std::get<HttpResponse>(send(loop, call)).body == "here");
  CHECK(lines == std::vector<std::string>{"POST /kept", "POST /here"});

  call.url = server.url("/away");
  CHECK(std::get<HttpResponse>(send(loop, call)).status == 302);
  CHECK(other.connections == 0);
  call.follow_redirects = true;
  CHECK(std::get<HttpResponse>(send(loop, call)).body == "other");

  CHECK(std::get<DefiniteFailure>(get(loop, server.url("/loop"))).reason ==
        "redirected more than 10 times");
}

TEST_CASE("every kind of bad server ends in a clear failure", "[io][http]") {
  Loop loop;
  SECTION("silent") {
    Server server(loop, [](const std::string&) { return Server::Answer{"", false}; });
    CHECK(std::holds_alternative<TimedOut>(get(loop, server.url(), 100)));
  }
  SECTION("stalls in the body") {
    Server server(loop, [](const std::string&) {
      return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", false};
    });
    CHECK(std::holds_alternative<TimedOut>(get(loop, server.url(), 100)));
  }
  SECTION("closes without a word") {
    Server server(loop, [](const std::string&) { return Server::Answer{""}; });
    CHECK(std::holds_alternative<UnknownResult>(get(loop, server.url())));
  }
  SECTION("closes in the body") {
    Server server(loop, [](const std::string&) {
      return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"};
    });
    CHECK(std::holds_alternative<UnknownResult>(get(loop, server.url())));
  }
  SECTION("is no HTTP server") {
    Server server(loop,
                  [](const std::string&) { return Server::Answer{"SSH-2.0-OpenSSH\r\n\r\n"}; });
    CHECK(std::get<UnknownResult>(get(loop, server.url())).reason == "the answer is not HTTP");
  }
  SECTION("sends headers without end") {
    Server server(loop, [](const std::string&) {
      std::string bytes = "HTTP/1.1 200 OK\r\n";
      for (int i = 0; i < 20'000; ++i) bytes += fmt::format("X-{}: {}\r\n", i, "abcdefghij");
      return Server::Answer{bytes + "\r\n"};
    });
    CHECK(std::holds_alternative<UnknownResult>(get(loop, server.url())));
  }
  SECTION("sends more than is kept") {
    Server server(loop, [](const std::string&) { return ok(std::string(3 << 20, 'x')); });
    const auto response = std::get<HttpResponse>(get(loop, server.url()));
    CHECK(response.status == 200);
    CHECK(response.body_truncated);
    CHECK(response.body.size() == std::size_t{1} << 20);
  }
  SECTION("refuses") {
    int port = 0;
    {
      Loop gone;
      Server server(gone, [](const std::string&) { return ok(""); });
      port = server.port();
    }
    CHECK(std::holds_alternative<DefiniteFailure>(
        get(loop, fmt::format("http://127.0.0.1:{}/", port))));
  }
}

TEST_CASE("TCP connects and sends nothing", "[io][tcp]") {
  Loop loop;
  Server server(loop, [](const std::string&) { return ok(""); });
  HttpClient client(loop);
  std::optional<AttemptResult> result;
  client.connect("127.0.0.1", server.port(), 5000, [&](AttemptResult r) { result = std::move(r); });
  loop.run_until([&] { return result.has_value(); });
  CHECK(std::holds_alternative<engine::Connected>(*result));
}

TEST_CASE("a thousand requests share one thread", "[io][http][concurrency]") {
  Loop loop;
  Server server(loop, [](const std::string&) { return ok("x"); });
  HttpClient client(loop);
  int good = 0, ended = 0;
  for (int i = 0; i < 1000; ++i) {
    HttpCall call;
    call.url = server.url();
    client.request(std::move(call), 30'000, [&](const AttemptResult& r) {
      ++ended;
      good += std::holds_alternative<HttpResponse>(r) ? 1 : 0;
    });
  }
  loop.run_until([&] { return ended == 1000; });
  CHECK(good == 1000);
}

TEST_CASE("a cancelled request never calls back", "[io][http]") {
  Loop loop;
  Server server(loop, [](const std::string&) { return ok("x"); });
  HttpClient client(loop);
  bool called = false;
  HttpCall call;
  call.url = server.url();
  const auto id = client.request(call, 5000, [&](const AttemptResult&) { called = true; });
  client.cancel(id);
  std::optional<AttemptResult> second;
  client.request(call, 5000, [&](AttemptResult r) { second = std::move(r); });
  loop.run_until([&] { return second.has_value(); });
  CHECK_FALSE(called);
}

}  // namespace
}  // namespace hookc::io
