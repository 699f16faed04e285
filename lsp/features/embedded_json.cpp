#include "lsp/features/embedded_json.hpp"

#include <algorithm>

namespace hookc::lsp {
namespace {

bool is_json_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

}  // namespace

std::vector<JsonToken> lex_json(std::string_view text) {
  std::vector<JsonToken> tokens;
  const auto size = static_cast<std::uint32_t>(text.size());
  for (std::uint32_t at = 0; at < size;) {
    const std::uint32_t begin = at;
    const char c = text[at];
    if (c == '"') {
      ++at;
      // No JSON string holds a line end: a quote that is not closed colours one line only.
      while (at < size && text[at] != '"' && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
      at = std::min(at, size);
      if (at < size && text[at] == '"') ++at;
      std::uint32_t next = at;
      while (next < size && is_json_blank(text[next])) ++next;
      const bool key = next < size && text[next] == ':';
      tokens.push_back({key ? JsonTokenKind::Key : JsonTokenKind::String, {begin, at}});
    } else if (is_number(c)) {
      while (at < size && (is_number(text[at]) || text[at] == 'e' || text[at] == 'E')) ++at;
      tokens.push_back({JsonTokenKind::Number, {begin, at}});
    } else if (is_word(c)) {
      while (at < size && is_word(text[at])) ++at;
      const std::string_view word = text.substr(begin, at - begin);
      if (word == "true" || word == "false" || word == "null")
        tokens.push_back({JsonTokenKind::Keyword, {begin, at}});
    } else {
      ++at;
    }
  }
  return tokens;
}

bool looks_like_json(std::string_view text) {
  const auto* first = std::ranges::find_if_not(text, is_json_blank);
  return first != text.end() && (*first == '{' || *first == '[');
}

bool is_json_media_type(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.contains("/json") || type.contains("+json");
}

}  // namespace hookc::lsp
