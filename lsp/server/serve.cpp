#include "lsp/server/serve.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

// glibc 2.36's header has no C++ guards.
extern "C" {
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "lsp/rpc/framing.hpp"
#include "lsp/rpc/message.hpp"
#include "lsp/server/inbox.hpp"
#include "lsp/server/recorder.hpp"
#include "lsp/server/server.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// A file descriptor of ours.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Readable when that process has ended. One that is not there now is of another PID namespace, an
/// editor outside our container: the end of the input will have to do.
Descriptor watch_process(int pid) {
  return Descriptor(pid > 0 ? ::pidfd_open(pid, 0) : -1);
}

/// The reading side: bytes become messages in the inbox.
class Reader {
 public:
  Reader(const ServeOptions& options, Inbox& inbox, Recorder& recorder, int stop)
      : in_(options.in), inbox_(inbox), recorder_(recorder), stop_(stop) {
    if (options.client_process) client_ = watch_process(*options.client_process);
  }

  void run() {
    while (wait() && read_some()) {
    }
    inbox_.close();
  }

 private:
  /// False when it is time to end.
  bool wait() {
    std::array<pollfd, 3> watched{
        {{in_, POLLIN, 0}, {stop_, POLLIN, 0}, {client_.get(), POLLIN, 0}}};
    while (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno != EINTR) return false;
    }
    return watched[1].revents == 0 && watched[2].revents == 0;
  }

  bool read_some() {
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(in_, bytes.data(), bytes.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (count == 0) return false;
    frames_.feed({bytes.data(), static_cast<std::size_t>(count)});
    while (auto body = frames_.next()) take(*body);
    if (frames_.take_skipped() > 0) {
      inbox_.push(
          {.message = nullptr, .malformed = "bytes that are in no message were passed over"});
    }
    return true;
  }

  void take(const std::string& body) {
    auto message = parse_message(body);
    if (!message) {
      inbox_.push({.message = nullptr, .malformed = message.error()});
      return;
    }
    if (recorder_.recording()) recorder_.record("in", to_text(*message));
    if (message->is_object() && message->value("method", json()) == "initialize") {
      const json params = message->value("params", json());
      const json pid = params.is_object() ? params.value("processId", json()) : json();
      if (pid.is_number_integer() && client_.get() < 0) client_ = watch_process(pid.get<int>());
    }
    inbox_.push({.message = std::make_shared<const json>(*std::move(message)), .malformed = {}});
  }

  int in_;
  Inbox& inbox_;
  Recorder& recorder_;
  int stop_;
  Descriptor client_;
  FrameReader frames_;
};

/// All of it; false when nobody reads any more.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void deliver(Server& server, const Incoming& incoming) {
  if (incoming.message) {
    server.receive(*incoming.message, incoming.cancelled);
  } else {
    server.receive_malformed(incoming.malformed);
  }
}

}  // namespace

int serve(Host host, const ServeOptions& options) {
  Recorder recorder(options.record);
  if (recorder.failed()) return 3;
  Inbox inbox;
  bool connected = true;
  Server server(
      std::move(host),
      [&](const json& message) {
        const std::string body = to_text(message);
        recorder.record("out", body);
        connected = connected && write_all(options.out, frame(body));
      },
      [&] { return inbox.current_cancelled(); });

  const Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  Reader reader(options, inbox, recorder, stop.get());
  std::thread reading([&] { reader.run(); });
  while (connected && !server.exit_code()) {
    auto next = inbox.try_pop();
    if (!next) {
      server.idle();
      next = inbox.pop();
    }
    if (!next) break;
    deliver(server, *next);
  }
  const std::uint64_t one = 1;
  (void)!::write(stop.get(), &one, sizeof one);
  reading.join();
  return server.exit_code().value_or(1);
}

std::optional<int> replay(Host host, const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  Server server(
      std::move(host),
      [](const json& message) {
        std::cout << R"({"direction":"out","message":)" << to_text(message) << "}\n";
      },
      [] { return false; });
  for (std::string line; !server.exit_code() && std::getline(file, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object() || entry.value("direction", json()) != "in") continue;
    server.receive(entry.value("message", json()));
    server.idle();
  }
  std::cout.flush();
  return server.exit_code().value_or(0);
}

}  // namespace hookc::lsp
