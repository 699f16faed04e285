// The tokens of a JSON text that may be broken or have holes. Whether it is right is said by
// compiler/values/json_text.hpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"

namespace hookc::lsp {

enum class JsonTokenKind : std::uint8_t { Key, String, Number, Keyword };
struct JsonToken {
  JsonTokenKind kind{};
  Span span;
};

/// In order, without overlap; punctuation has no token. O(text).
std::vector<JsonToken> lex_json(std::string_view text);

/// Whether `text` is meant as JSON, as far as its first character tells.
bool looks_like_json(std::string_view text);
/// "application/json; charset=utf-8", "application/vnd.x+json".
bool is_json_media_type(std::string_view content_type);

}  // namespace hookc::lsp
