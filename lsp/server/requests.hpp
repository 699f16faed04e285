// The requests that are answered from a snapshot of the workspace: which there are, and what is
// said of them in ServerCapabilities.
#pragma once

#include <functional>
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

/// Answers one request with its result. May throw nlohmann::json::exception where the params are
/// not what the protocol says.
using Answer = nlohmann::json (*)(const Request& request);

/// Null for a method that is not known. O(methods).
Answer find_answer(std::string_view method);
/// The part of ServerCapabilities that names them.
nlohmann::json request_capabilities();

}  // namespace hookc::lsp
