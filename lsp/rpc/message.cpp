#include "lsp/rpc/message.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "compiler/source/columns.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// The code unit of `\uXXXX` at `at`.
std::optional<std::uint32_t> code_unit(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

/// `text` with U+FFFD for lone surrogate escapes and for bytes that are no UTF-8. One UTF-16 unit
/// stands for one, so that columns stay right.
std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) {
      const CodePoint point = decode_utf8(text, static_cast<std::uint32_t>(i));
      out += point.valid ? text.substr(i, point.length) : std::string_view("\uFFFD");
      i += point.length;
    } else if (const auto unit = code_unit(text, i)) {
      const bool high = *unit >= 0xD800 && *unit < 0xDC00;
      const bool low = *unit >= 0xDC00 && *unit < 0xE000;
      const auto next = high ? code_unit(text, i + 6) : std::nullopt;
      const bool pair = next && *next >= 0xDC00 && *next < 0xE000;
      out += (high && !pair) || low ? std::string_view("\\uFFFD") : text.substr(i, pair ? 12 : 6);
      i += pair ? 12 : 6;
    } else {
      const std::size_t length = text[i] == '\\' ? 2 : 1;
      out += text.substr(i, length);
      i += length;
    }
  }
  return out;
}

/// How many brackets of `text` are open at once at most; those in strings do not count.
std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0;
  std::size_t most = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      most = std::max(most, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return most;
}

/// No message of the protocol is near it; dump() goes down by recursion.
constexpr std::size_t kMaxDepth = 1000;

}  // namespace

std::expected<json, std::string> parse_message(std::string_view body) {
  if (depth_of(body) > kMaxDepth) return std::unexpected("the body is nested too deeply");
  json message = json::parse(body, nullptr, false);
  if (message.is_discarded() && body.size() < UINT32_MAX) {
    message = json::parse(repaired(body), nullptr, false);
  }
  if (message.is_discarded()) return std::unexpected("the body is not JSON");
  return message;
}

std::string to_text(const json& message) {
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

json make_result(const json& id, json result) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

json make_error(const json& id, ErrorCode code, std::string message) {
  return {{"jsonrpc", "2.0"},
          {"id", id},
          {"error", {{"code", static_cast<int>(code)}, {"message", std::move(message)}}}};
}

json make_notification(std::string_view method, json params) {
  return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

json make_request(const json& id, std::string_view method, json params) {
  json request = make_notification(method, std::move(params));
  request["id"] = id;
  return request;
}

}  // namespace hookc::lsp
