// JSON-RPC 2.0 messages: what is in a frame.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace hookc::lsp {

/// JSON-RPC 2.0 section 5.1, and LSP 3.17 "Base Protocol".
enum class ErrorCode : int {
  ParseError = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
  ServerNotInitialized = -32002,
  RequestFailed = -32803,
  RequestCancelled = -32800,
};

/// The object in a body. Lone surrogates and bytes that are no UTF-8, which editors do send, are
/// read as U+FFFD: refusing the message would leave a document wrong for ever. The error is a line.
std::expected<nlohmann::json, std::string> parse_message(std::string_view body);
/// As it goes on the wire; bytes that are not UTF-8 become U+FFFD.
std::string to_text(const nlohmann::json& message);

nlohmann::json make_result(const nlohmann::json& id, nlohmann::json result);
nlohmann::json make_error(const nlohmann::json& id, ErrorCode code, std::string message);
nlohmann::json make_notification(std::string_view method, nlohmann::json params);
nlohmann::json make_request(const nlohmann::json& id, std::string_view method,
                            nlohmann::json params);

}  // namespace hookc::lsp
