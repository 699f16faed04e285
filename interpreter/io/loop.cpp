#include "interpreter/io/loop.hpp"

#include <chrono>
#include <csignal>
#include <utility>

#include "interpreter/io/process_tree.hpp"

namespace hookc::io {

Loop::Loop() {
  // A pipe or socket whose reader went away is an error of that write, never the end of a session
  // that still has releases to run.
  std::signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop_);
  epoch_ = std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count() -
           static_cast<engine::Millis>(uv_now(&loop_));
  uv_prepare_init(&loop_, &before_waiting_);
  before_waiting_.data = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&before_waiting_));
}

Loop::~Loop() {
  children_.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&before_waiting_), nullptr);
  // Whoever used the loop is gone by now; what is left are closing callbacks, and those that they
  // cause in turn.
  constexpr int kRounds = 64;
  for (int i = 0; i < kRounds && uv_run(&loop_, UV_RUN_NOWAIT) != 0; ++i) continue;
  uv_loop_close(&loop_);
}

Children& Loop::children() {
  if (!children_) children_ = std::make_unique<Children>(*this);
  return *children_;
}

engine::Millis Loop::now() {
  uv_update_time(&loop_);
  return epoch_ + static_cast<engine::Millis>(uv_now(&loop_));
}

void Loop::run_until(const std::function<bool()>& done) {
  // A round of libuv's loop begins with the timers and then waits for the next event: what a timer
  // brought about must not wait with it.
  done_ = &done;
  uv_prepare_start(&before_waiting_, [](uv_prepare_t* prepare) {
    auto* self = static_cast<Loop*>(prepare->data);
    if ((*self->done_)()) uv_stop(&self->loop_);
  });
  while (!done()) {
    if (uv_run(&loop_, UV_RUN_ONCE) == 0) break;
  }
  uv_prepare_stop(&before_waiting_);
}

// A libuv handle must stay in memory until its close callback, which may come after its owner is
// gone: so each lives in a small heap object that the close callback deletes.

struct Timer::Handle {
  uv_timer_t timer;
  std::function<void()> callback;
};

Timer::Timer(Loop& loop) : handle_(new Handle) {
  uv_timer_init(loop.get(), &handle_->timer);
  handle_->timer.data = handle_;
}

Timer::~Timer() {
  uv_timer_stop(&handle_->timer);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->timer),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

void Timer::start(engine::Millis delay, std::function<void()> callback) {
  handle_->callback = std::move(callback);
  uv_update_time(handle_->timer.loop);
  uv_timer_start(
      &handle_->timer,
      [](uv_timer_t* timer) {
        // The callback may destroy this timer or set it anew: it runs from a copy of its own.
        auto run = std::move(static_cast<Handle*>(timer->data)->callback);
        run();
      },
      static_cast<std::uint64_t>(delay < 0 ? 0 : delay), 0);
}

void Timer::stop() {
  uv_timer_stop(&handle_->timer);
}

struct SignalWatcher::Handle {
  uv_signal_t signal;
  std::function<void()> callback;
};

SignalWatcher::SignalWatcher(Loop& loop, int signal, std::function<void()> callback)
    : handle_(new Handle{{}, std::move(callback)}) {
  uv_signal_init(loop.get(), &handle_->signal);
  handle_->signal.data = handle_;
  uv_signal_start(
      &handle_->signal,
      [](uv_signal_t* watched, int) { static_cast<Handle*>(watched->data)->callback(); }, signal);
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->signal));
}

SignalWatcher::~SignalWatcher() {
  uv_signal_stop(&handle_->signal);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->signal),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

}  // namespace hookc::io
