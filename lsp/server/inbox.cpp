#include "lsp/server/inbox.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace hookc::lsp {

using nlohmann::json;

namespace {

bool is_request(const json& message, const json& id) {
  return message.is_object() && message.contains("method") && message.contains("id") &&
         message["id"] == id;
}

/// The id that a cancellation names; null for any other message.
json cancelled_id(const json& message) {
  if (!message.is_object() || message.value("method", json()) != "$/cancelRequest") return {};
  const auto params = message.find("params");
  return params == message.end() || !params->is_object() ? json() : params->value("id", json());
}

}  // namespace

void Inbox::push(Incoming incoming) {
  const std::lock_guard lock(mutex_);
  if (incoming.message) {
    if (const json id = cancelled_id(*incoming.message); !id.is_null()) {
      if (current_ && is_request(*current_, id)) current_cancelled_ = true;
      for (Incoming& other : waiting_) {
        if (other.message && is_request(*other.message, id)) other.cancelled = true;
      }
      return;
    }
  }
  waiting_.push_back(std::move(incoming));
  arrived_.notify_one();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  current_cancelled_ = true;
  arrived_.notify_one();
}

std::optional<Incoming> Inbox::take() {
  if (waiting_.empty()) return std::nullopt;
  Incoming next = std::move(waiting_.front());
  waiting_.pop_front();
  current_ = next.message;
  current_cancelled_ = next.cancelled || closed_;
  return next;
}

std::optional<Incoming> Inbox::try_pop() {
  const std::lock_guard lock(mutex_);
  return take();
}

std::optional<Incoming> Inbox::pop() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !waiting_.empty() || closed_; });
  return take();
}

bool Inbox::current_cancelled() const {
  const std::lock_guard lock(mutex_);
  return current_cancelled_;
}

}  // namespace hookc::lsp
