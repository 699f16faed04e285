// What a process printed, bounded: its beginning and its end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "interpreter/core/request.hpp"

namespace hookc::io {

/// Keeps the first and the last `limit` bytes of a stream; O(1) amortised a byte, never more than 3
/// × limit bytes.
class BoundedOutput {
 public:
  explicit BoundedOutput(std::size_t limit = std::size_t{64} * 1024) : limit_(limit) {}

  void append(std::string_view bytes) {
    total_ += bytes.size();
    const std::size_t room = limit_ - head_.size();
    head_.append(bytes.substr(0, room));
    if (bytes.size() <= room) return;
    tail_.append(bytes.substr(room));
    if (tail_.size() > 2 * limit_) tail_.erase(0, tail_.size() - limit_);
  }

  bool truncated() const { return total_ > 2 * limit_; }
  /// last() is not all.
  bool shortened() const { return total_ > limit_; }
  std::size_t total() const { return total_; }

  /// The whole of it, or both ends with a line between them that says how much is left out.
  std::string text() const {
    if (!truncated()) return head_ + tail_;
    return head_ + "\n… " + std::to_string(total_ - 2 * limit_) + std::string(engine::kLeftOut) +
           last();
  }
  /// The last `limit` bytes, or all if there are fewer.
  std::string last() const {
    if (tail_.size() >= limit_) return tail_.substr(tail_.size() - limit_);
    const std::size_t from_head =
        limit_ - tail_.size() < head_.size() ? limit_ - tail_.size() : head_.size();
    return head_.substr(head_.size() - from_head) + tail_;
  }

 private:
  std::size_t limit_;
  std::size_t total_ = 0;
  std::string head_, tail_;
};

}  // namespace hookc::io
