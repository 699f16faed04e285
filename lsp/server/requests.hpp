// The requests that are answered from a snapshot of the workspace: which there are, and what is
// said of them in ServerCapabilities.
#pragma once

#include <functional>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "lsp/server/session.hpp"

namespace hookc::lsp {

/// What an answer may use beside the session.
struct Request {
  Session& session;
  const nlohmann::json& params;
  std::function<bool()> cancelled;
  /// Sends the client a request or notification of ours.
  std::function<void(std::string_view method, nlohmann::json params)> ask;
};

/// A request that is understood and cannot be done; `what()` is a line for the user. The protocol
/// has an error for it (LSP 3.17, "RequestFailed"), which editors show.
class Refused : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Answers one request with its result. May throw Refused, and nlohmann::json::exception where the
/// params are not what the protocol says.
using Answer = nlohmann::json (*)(const Request& request);

/// Null for a method that is not known. O(methods).
Answer find_answer(std::string_view method);
/// The part of ServerCapabilities that names them.
nlohmann::json request_capabilities();

}  // namespace hookc::lsp
