// Messages between the thread that reads and the one that answers.
#pragma once

#include <condition_variable>
#include <deque>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace hookc::lsp {

struct Incoming {
  std::shared_ptr<const nlohmann::json> message;  // null: `malformed` says what came instead
  std::string malformed;
  bool cancelled = false;  // the client no longer wants the answer
};

/// In the order they came. A cancellation (LSP 3.17, "$/cancelRequest") does not wait its turn: it
/// marks the request where it is, queued or being answered.
class Inbox {
 public:
  void push(Incoming incoming);
  /// Nothing more will come; what is being answered counts as cancelled.
  void close();

  /// The next message at once, or nothing.
  std::optional<Incoming> try_pop();
  /// Waits for the next message; nothing when closed and empty.
  std::optional<Incoming> pop();
  /// Whether the request that was popped last has been cancelled since.
  bool current_cancelled() const;

 private:
  std::optional<Incoming> take();

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Incoming> waiting_;
  std::shared_ptr<const nlohmann::json> current_;
  bool current_cancelled_ = false;
  bool closed_ = false;
};

}  // namespace hookc::lsp
