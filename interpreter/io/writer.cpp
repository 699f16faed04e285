#include "interpreter/io/writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <fmt/format.h>

namespace hookc::io {

/// libuv would make the descriptor it polls non-blocking, for everybody who shares it. So it polls
/// an epoll descriptor of ours, which is readable when the other one is writable.
struct Writer::Poll {
  uv_poll_t handle{};
  int epoll = -1;
};

Writer::Writer(Loop& loop, int fd) : loop_(loop), fd_(fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) {
    error_ = errno;
    return;
  }
  if (S_ISSOCK(info.st_mode)) {
    kind_ = Kind::Socket;
  } else if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)) {
    // Opened again, a pipe or a terminal has flags of its own. That fails where another user made
    // it, and where nobody reads any more.
    own_ = ::open(fmt::format("/proc/self/fd/{}", fd).c_str(),
                  O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own_ < 0) kind_ = Kind::Stepwise;
  }
}

Writer::~Writer() {
  stop_waiting();
  if (own_ >= 0) ::close(own_);
}

void Writer::fail(int error) {
  error_ = error;
  queue_.clear();
  written_ = 0;
}

void Writer::write(std::string_view bytes) {
  if (error_ != 0 || bytes.empty()) return;
  queue_.append(bytes);
  if (poll_ != nullptr) return;  // it goes when the rest has gone
  write_what_goes();
  if (waiting() > 0) wait_in_loop();
}

void Writer::write_what_goes() {
  while (waiting() > 0) {
    const char* const data = queue_.data() + written_;
    ssize_t count = 0;
    if (kind_ == Kind::Socket) {
      count = ::send(fd_, data, waiting(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (kind_ == Kind::Stepwise) {
      // A pipe that is writable has room for PIPE_BUF bytes (pipe(7)).
      pollfd room{fd_, POLLOUT, 0};
      if (::poll(&room, 1, 0) == 0) return;
      count = ::write(fd_, data, std::min<std::size_t>(waiting(), PIPE_BUF));
    } else {
      count = ::write(own_ >= 0 ? own_ : fd_, data, waiting());
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count < 0) return fail(errno);
    written_ += static_cast<std::size_t>(count);
  }
  if (waiting() == 0 || written_ > queue_.size() / 2) {
    queue_.erase(0, written_);
    written_ = 0;
  }
}

void Writer::wait_in_loop() {
  auto* const waiting_for = new Poll;
  waiting_for->epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLOUT;
  waiting_for->handle.data = this;
  if (waiting_for->epoll < 0 ||
      ::epoll_ctl(waiting_for->epoll, EPOLL_CTL_ADD, own_ >= 0 ? own_ : fd_, &event) != 0 ||
      uv_poll_init(loop_.get(), &waiting_for->handle, waiting_for->epoll) != 0) {
    const int error = errno;
    if (waiting_for->epoll >= 0) ::close(waiting_for->epoll);
    delete waiting_for;
    return fail(error);
  }
  poll_ = waiting_for;
  uv_poll_start(&waiting_for->handle, UV_READABLE, [](uv_poll_t* handle, int, int) {
    auto* const self = static_cast<Writer*>(handle->data);
    self->write_what_goes();
    if (self->waiting() > 0) return;
    self->stop_waiting();
    if (self->on_empty_) self->on_empty_();
  });
}

void Writer::stop_waiting() {
  if (poll_ == nullptr) return;
  Poll* const closing = std::exchange(poll_, nullptr);
  uv_poll_stop(&closing->handle);
  ::close(closing->epoll);
  closing->handle.data = closing;
  uv_close(reinterpret_cast<uv_handle_t*>(&closing->handle),
           [](uv_handle_t* closed) { delete static_cast<Poll*>(closed->data); });
}

void Writer::flush() {
  while (waiting() > 0) {
    pollfd room{fd_, POLLOUT, 0};
    if (::poll(&room, 1, -1) < 0 && errno != EINTR) return fail(errno);
    write_what_goes();
  }
  stop_waiting();
}

}  // namespace hookc::io
