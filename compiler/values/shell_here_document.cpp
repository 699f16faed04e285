#include "compiler/values/shell_here_document.hpp"

#include <string_view>

namespace hookc::values {

// The delimiter is the word after quote removal; nothing in it is expanded.
std::optional<HereDocument> read_here_operator(Cursor& in, std::vector<ShellHole>& holes,
                                               bool& unclear) {
  HereDocument document;
  document.opened = in.at();
  in.advance(2);
  if (in.peek() == '-') {
    document.strip_tabs = true;
    in.advance();
  }
  while (in.peek() == ' ' || in.peek() == '\t') in.advance();
  int quote = 0;
  bool any = false;
  for (int c = in.peek(); c != kEnd; c = in.peek()) {
    if (c == kHoleHere) {
      holes.push_back({ShellContext::Delimiter, document.opened});
      in.advance();
      unclear = true;
      return std::nullopt;
    }
    const bool ends = std::string_view(" \t\n;&|<>()").contains(static_cast<char>(c));
    if (quote == 0 && ends) break;
    if (c == '`' || (c == '\n' && quote != 0) ||
        (c == '\\' && quote != '\'' && in.peek(1) == '\n')) {
      unclear = true;
      return std::nullopt;
    }
    any = true;
    in.advance();
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      document.quoted = true;
    } else if (c == '\\' && quote != '\'') {
      document.quoted = true;
      if (in.peek() == kHoleHere || in.peek() == kEnd) continue;
      document.delimiter += static_cast<char>(in.peek());
      in.advance();
    } else {
      document.delimiter += static_cast<char>(c);
    }
  }
  if (!any || quote != 0) return std::nullopt;
  return document;
}

void read_here_body(Cursor& in, const HereDocument& document, std::vector<ShellHole>& holes) {
  while (in.peek() != kEnd) {
    if (document.strip_tabs) {
      while (in.peek() == '\t') in.advance();
    }
    // Compared as it is read, so that a long line costs no memory.
    std::size_t matched = 0;
    bool differs = false;
    bool escaped = false;
    for (int c = in.peek(); c != kEnd; c = in.peek()) {
      in.advance();
      if (c == kHoleHere) {
        holes.push_back({ShellContext::HereDocument, document.opened});
        differs = true;
        escaped = false;
        continue;
      }
      if (c == '\n') {
        if (!escaped || document.quoted) break;
        differs = true;  // the next line continues this one, and cannot be the delimiter
      } else if (matched < document.delimiter.size() &&
                 static_cast<unsigned char>(document.delimiter[matched]) == c) {
        ++matched;
      } else {
        differs = true;
      }
      escaped = c == '\\' && !escaped;
    }
    if (!differs && matched == document.delimiter.size()) return;
  }
}

}  // namespace hookc::values
