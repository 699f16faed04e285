// The one event loop of a session: libuv's, with owners.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "interpreter/core/protocol.hpp"

namespace hookc::io {

class Children;

/// Owns a libuv loop; the process ignores SIGPIPE from the first one on. Single-threaded:
/// everything that takes a Loop& is used on the thread that runs it.
class Loop {
 public:
  Loop();
  /// Everything that was given this loop must be destroyed before it; runs the closing callbacks of
  /// those.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  uv_loop_t* get() { return &loop_; }
  /// Milliseconds since 1970 (UTC) by a clock that never goes back: the wall clock as it stood when
  /// the loop was made, and what has passed since. Read afresh.
  engine::Millis now();
  /// The processes started on this loop; made at the first use.
  Children& children();
  /// Handles events until `done` says so, or until nothing is left that could ever happen.
  void run_until(const std::function<bool()>& done);

 private:
  uv_loop_t loop_;
  engine::Millis epoch_ = 0;  // of libuv's clock
  uv_prepare_t before_waiting_;
  const std::function<bool()>* done_ = nullptr;  // of run_until(), while it runs
  std::unique_ptr<Children> children_;
};

/// Calls back once, at or after a moment. Destruction cancels.
class Timer {
 public:
  explicit Timer(Loop& loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// `delay` in milliseconds, 0 or more; a running timer is set anew.
  void start(engine::Millis delay, std::function<void()> callback);
  void stop();

 private:
  struct Handle;
  Handle* handle_;  // freed by libuv's close callback
};

/// Calls back at each arrival of a signal. Destruction gives the signal its default again.
class SignalWatcher {
 public:
  SignalWatcher(Loop& loop, int signal, std::function<void()> callback);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace hookc::io
