// Writing to a standard stream without ever waiting for its reader.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "interpreter/io/loop.hpp"

namespace hookc::io {

/// Writes to a descriptor that it does not own. What cannot be written at once is queued and goes
/// out from the loop, in order. The descriptor's own flags are left alone: other processes share
/// them.
class Writer {
 public:
  Writer(Loop& loop, int fd);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Takes all of it. After an error everything is dropped.
  void write(std::string_view bytes);
  /// Bytes in the queue.
  std::size_t waiting() const { return queue_.size() - written_; }
  /// errno of the first write that failed; 0: none did.
  int error() const { return error_; }
  /// Called from the loop when the queue has become empty, or on the first error there.
  void on_empty(std::function<void()> callback) { on_empty_ = std::move(callback); }
  /// Waits until all is written, or cannot be.
  void flush();

 private:
  void write_what_goes();
  void fail(int error);
  void wait_in_loop();
  void stop_waiting();

  Loop& loop_;
  int fd_;
  int own_ = -1;  // the same file opened again, where that can be: it does not block
  enum class Kind { NeverBlocks, Socket, Stepwise } kind_ = Kind::NeverBlocks;
  std::string queue_;
  std::size_t written_ = 0;  // of queue_
  int error_ = 0;
  std::function<void()> on_empty_;
  struct Poll;
  Poll* poll_ = nullptr;  // freed by libuv's close callback
};

}  // namespace hookc::io
