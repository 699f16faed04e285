#include "compiler/diagnostics/render/escape.hpp"

#include <array>

#include "compiler/source/columns.hpp"

namespace hookc::render {

namespace {

/// Calls plain(run) for runs of characters that need no care and special(code point) for the
/// others. `careful[b]` says which ASCII bytes are special; every other code point is.
template <typename Plain, typename Special>
void split(std::string_view text, const std::array<bool, 128>& careful, Plain plain,
           Special special) {
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 128 && !careful[byte]) {
      ++at;
      continue;
    }
    if (at > begin) plain(text.substr(begin, at - begin));
    const CodePoint c = decode_utf8(text, static_cast<std::uint32_t>(at));
    special(c.value);
    at += c.length;
    begin = at;
  }
  if (at > begin) plain(text.substr(begin, at - begin));
}

constexpr std::array<bool, 128> careful_bytes(std::string_view also) {
  std::array<bool, 128> careful{};
  for (std::size_t i = 0; i < 0x20; ++i) careful[i] = true;
  careful[0x7F] = true;
  for (const char c : also) careful[static_cast<unsigned char>(c)] = true;
  return careful;
}

void append_hex(std::string& out, unsigned value, int digits) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += hex[(value >> shift) & 0xFU];
}

}  // namespace

char32_t visible(char32_t c) {
  if (c < 0x20) return 0x2400 + c;
  if (c == 0x7F) return 0x2421;
  if (c < 0xA0) return c < 0x7F ? c : 0xFFFD;
  const bool hidden = c == 0xAD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
                      (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
                      (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
  return hidden ? 0xFFFD : c;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

void append_terminal(std::string& out, std::string_view text) {
  static constexpr auto careful = careful_bytes("");
  split(
      text, careful, [&](std::string_view run) { out += run; },
      [&](char32_t c) { append_utf8(out, c == '\t' || c == '\n' ? U' ' : visible(c)); });
}

void append_json(std::string& out, std::string_view text) {
  static constexpr auto careful = careful_bytes("\"\\");
  out += '"';
  split(
      text, careful, [&](std::string_view run) { out += run; },
      [&](char32_t c) {
        switch (c) {
          case '"': out += "\\\""; return;
          case '\\': out += "\\\\"; return;
          case '\n': out += "\\n"; return;
          case '\r': out += "\\r"; return;
          case '\t': out += "\\t"; return;
          default: break;
        }
        // DEL and C1 are legal in JSON, but the report may be looked at on a terminal.
        if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
          out += "\\u";
          append_hex(out, c, 4);
        } else {
          append_utf8(out, c);
        }
      });
  out += '"';
}

void append_xml(std::string& out, std::string_view text) {
  static constexpr auto careful = careful_bytes("<>&\"'");
  split(
      text, careful, [&](std::string_view run) { out += run; },
      [&](char32_t c) {
        switch (c) {
          case '<': out += "&lt;"; return;
          case '>': out += "&gt;"; return;
          case '&': out += "&amp;"; return;
          case '"': out += "&quot;"; return;
          case '\'': out += "&apos;"; return;
          case '\t': out += "&#9;"; return;
          case '\n': out += "&#10;"; return;
          case '\r': out += "&#13;"; return;
          default: break;
        }
        // XML 1.0, section 2.2: Char.
        const bool forbidden = c < 0x20 || c == 0xFFFE || c == 0xFFFF;
        const bool control = c >= 0x7F && c < 0xA0;
        append_utf8(out, forbidden || control ? U'\uFFFD' : c);
      });
}

void append_uri_path(std::string& out, std::string_view path) {
  for (const char c : plain_path(path)) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved || c == '/') {
      out += c;
    } else {
      out += '%';
      append_hex(out, static_cast<unsigned char>(c), 2);
    }
  }
}

namespace {

void append_github(std::string& out, std::string_view text, bool property) {
  static constexpr auto careful = careful_bytes("%:,");
  split(
      text, careful, [&](std::string_view run) { out += run; },
      [&](char32_t c) {
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
          out += '%';
          append_hex(out, c, 2);
        } else {
          append_utf8(out, c == '\t' ? U' ' : visible(c));
        }
      });
}

}  // namespace

void append_github_data(std::string& out, std::string_view text) {
  append_github(out, text, false);
}
void append_github_property(std::string& out, std::string_view text) {
  append_github(out, text, true);
}

void append_markdown_cell(std::string& out, std::string_view text) {
  static constexpr auto careful = careful_bytes("|<>&\\*_[]~`");
  bool in_code = false;  // between backticks nothing but the cell's own `|` is special
  split(
      text, careful, [&](std::string_view run) { out += run; },
      [&](char32_t c) {
        if (c == '`') {
          in_code = !in_code;
          out += '`';
        } else if (c == '<' && !in_code) {
          out += "&lt;";
        } else if (c == '>' && !in_code) {
          out += "&gt;";
        } else if (c == '&' && !in_code) {
          out += "&amp;";
        } else if (c == '\n' || c == '\t') {
          out += ' ';
        } else {
          const bool markup = c < 0x80 && careful[c] && c > 0x20 && c < 0x7F;
          if (c == '|' || (markup && !in_code)) out += '\\';
          append_utf8(out, visible(c));
        }
      });
}

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return seed;
}

std::string_view plain_path(std::string_view path) {
  while (path.starts_with("./") && path.size() > 2) path.remove_prefix(2);
  return path;
}

}  // namespace hookc::render
