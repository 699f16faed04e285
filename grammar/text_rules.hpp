// Strings and patterns: the only rules inside which blanks mean something. Written by hand, byte by
// byte, since they are most of a file's bytes; a splice goes back to the grammar.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "compiler/source/columns.hpp"
#include "grammar/machine.hpp"

namespace hookc::syntax::rules {

/// Bytes at which a run of plain characters of a string may end.
inline constexpr auto kStops = [] {
  std::array<bool, 256> stops{};
  for (unsigned char c : {'"', '\'', '\\', '$', '\n', '\0'}) stops[c] = true;
  for (std::size_t c = 0x80; c < 256; ++c) stops[c] = true;
  return stops;
}();

/// Length of the smart quote at `at` that stands where `"` (or, if `single`, `'`) was meant; 0:
/// none.
inline std::uint32_t smart_quote(const Parser& p, std::uint32_t at, bool single) {
  static constexpr std::string_view kSingle[] = {"‘", "’", "‚", "‛"};
  static constexpr std::string_view kDouble[] = {"“", "”", "„", "‟", "″", "«", "»", "＂"};
  for (std::string_view quote : single ? std::span<const std::string_view>(kSingle) : kDouble) {
    if (p.looking_at(at, quote)) return static_cast<std::uint32_t>(quote.size());
  }
  return 0;
}

/// End of the escape that starts with the backslash at `at`; 0: not an escape of the language.
inline std::uint32_t escape_end(const Parser& p, std::uint32_t at) {
  switch (p.char_at(at + 1)) {
    case '"':
    case '\\':
    case 'n':
    case 'r':
    case 't':
    case '$':
    case '/': return at + 2;
    case 'u': break;
    default: return 0;
  }
  if (p.char_at(at + 2) != '{') return 0;
  std::uint32_t value = 0, end = at + 3;
  for (;; ++end) {
    const char c = p.char_at(end);
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) break;
    value = value * 16 + static_cast<std::uint32_t>(digit);
    if (value > 0x10FFFF) return 0;
  }
  const bool scalar = value != 0 && (value < 0xD800 || value > 0xDFFF);
  return p.char_at(end) == '}' && end > at + 3 && scalar ? end + 1 : 0;
}

/// How many bytes a refused escape takes: up to a brace that closes it, else the backslash and one
/// character.
inline std::uint32_t bad_escape_end(const Parser& p, std::uint32_t at) {
  if (p.char_at(at + 1) == 'u' && p.char_at(at + 2) == '{') {
    std::uint32_t end = at + 3;
    while (is_alnum_(p.char_at(end))) ++end;
    if (p.char_at(end) == '}') return end + 1;
  }
  const char next = p.char_at(at + 1);
  if (p.at_end(at + 1) || next == '\n' || next == '\r') return at + 1;
  return at + 1 + decode_utf8(p.text(), at + 1).length;
}

/// A byte from 0x80 on, inside a string: one whole character, reported if it is none or turns the
/// text around.
inline std::uint32_t high_character(Parser& p, std::uint32_t at) {
  const CodePoint c = decode_utf8(p.text(), at);
  if (!c.valid) {
    p.report_bad_byte(at, c.length);
  } else if ((c.value >= 0x202A && c.value <= 0x202E) || (c.value >= 0x2066 && c.value <= 0x2069)) {
    p.report_bidi(at, c.value, true);
  }
  return at + c.length;
}

struct expr;

/// `${` expr `}`. `OneLine`: the brace is looked for on this line only. Takes no blanks after the
/// brace.
template <bool OneLine, bool Inside>
struct splice_body {
  using rule_t = splice_body;
  using subs_t = pegtl::type_list<expr>;
  HOOKC_MATCH {
    const std::uint32_t at = offset(in);
    if constexpr (!Inside) try_token(in, p, WantedKind::Splice);
    if (!p.looking_at(at, "${")) return false;
    const std::size_t index = p.open(NodeKind::Splice);
    p.token(NodeKind::SpliceOpen, at, at + 2);
    move_to(in, p.skip(at + 2));
    p.push_bracket(at, 2, OneLine);
    if (!HOOKC_SUB(expr)) p.fail(offset(in), Expected::SpliceValue);
    const std::uint32_t end = offset(in);
    if (p.char_at(end) != '}') p.fail(end, Expected::SpliceEnd);
    p.pop_bracket();
    p.token(NodeKind::SpliceClose, end, end + 1);
    move_to(in, Inside ? end + 1 : p.skip(end + 1));
    p.close(index);
    return true;
  }
};

/// A `${…}` that stands alone as an argument.
struct splice : splice_body<false, false> {
  using rule_t = splice;
};

/// "…", '…' or """…""".
struct string {
  using rule_t = string;
  using subs_t = pegtl::type_list<splice>;

  HOOKC_MATCH {
    try_token(in, p, WantedKind::String);
    const std::uint32_t at = offset(in);
    const char c = p.char_at(at);
    if (c == '"') {
      if (p.looking_at(at, R"(""")")) return body<A, M, Action, Control, Block>(in, p, at, 3, 0);
      return body<A, M, Action, Control, Line>(in, p, at, 1, 0);
    }
    if (c == '\'') return body<A, M, Action, Control, Raw>(in, p, at, 1, 0);
    if (static_cast<unsigned char>(c) < 0x80 || p.at_end(at)) return false;
    if (const auto length = smart_quote(p, at, false)) {
      return body<A, M, Action, Control, Line>(in, p, at, length, '"');
    }
    if (const auto length = smart_quote(p, at, true)) {
      return body<A, M, Action, Control, Raw>(in, p, at, length, '\'');
    }
    return false;
  }

 private:
  enum Form { Line, Raw, Block };

  /// `smart`: the quote that was meant, where the opening one is a look-alike; then a look-alike
  /// also closes.
  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, Form F, typename In>
  static bool body(In& in, Parser& p, std::uint32_t open, std::uint32_t open_length, char smart) {
    const std::size_t index = p.open(NodeKind::String);
    p.token(NodeKind::Quote, open, open + open_length);
    std::uint32_t from = open + open_length;  // where the run of plain characters started
    std::uint32_t at = from;
    const auto flush = [&] {
      if (at > from) p.token(NodeKind::StringText, from, at);
    };
    const auto finish = [&](std::uint32_t close_length) {
      flush();
      if (close_length != 0) p.token(NodeKind::Quote, at, at + close_length);
      p.close(index);
      if (smart != 0) p.report_smart_quotes(open, open_length, at, close_length, smart);
      move_to(in, p.skip(at + close_length));
      return true;
    };
    for (;;) {
      while (!p.at_end(at) && !kStops[static_cast<unsigned char>(p.char_at(at))]) ++at;
      if constexpr (In::kWatched) {
        if (in.is_end(at)) in.inside(p, F == Raw ? Inside::RawString : Inside::String, open);
      }
      if (p.at_end(at) || (F != Block && p.char_at(at) == '\n')) {
        if (F != Block && at > from && p.char_at(at - 1) == '\r') --at;
        return unterminated<F>(in, p, index, open, open_length, from, at);
      }
      const char c = p.char_at(at);
      if (F == Block && c == '"' && p.looking_at(at, R"(""")")) return finish(3);
      if (F == Line && c == '"') return finish(1);
      if (F == Raw && c == '\'') return finish(1);
      if (c == '\0') {
        p.report_nul(at);
        ++at;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        if (smart != 0) {
          if (const auto length = smart_quote(p, at, F == Raw)) return finish(length);
        }
        at = high_character(p, at);
      } else if (F == Line && c == '\\') {
        flush();
        if (const std::uint32_t end = escape_end(p, at)) {
          p.token(NodeKind::Escape, at, end);
          at = end;
        } else {
          const std::uint32_t bad_end = bad_escape_end(p, at);
          p.report_bad_escape({at, bad_end});
          p.token(NodeKind::BadEscape, at, bad_end);
          at = bad_end;
        }
        from = at;
      } else if (F == Block && c == '\\' && p.looking_at(at, "\\${")) {
        flush();
        p.token(NodeKind::Escape, at, at + 2);
        at += 2;
        from = at;
      } else if (F != Raw && c == '$' && p.char_at(at + 1) == '{') {
        flush();
        move_to(in, at);
        splice_inside<A, M, Action, Control, F>(in, p, at);
        at = offset(in);
        from = at;
      } else {
        ++at;
      }
    }
  }

  /// A mistake inside `${…}` costs only that splice, if its brace can be found.
  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, Form F, typename In>
  static void splice_inside(In& in, Parser& p, std::uint32_t at) {
    const Mark mark = p.mark();
    try {
      (void)Control<splice_body<F == Line, true>>::template match<A, M, Action, Control>(in, p);
    } catch (const Mistake& mistake) {
      if (mistake.corrected || is_watched_end(in, mistake.at)) throw;
      std::uint32_t end = std::max(mistake.at, at + 2);
      while (!p.at_end(end) && p.char_at(end) != '}' && p.char_at(end) != '\n' &&
             p.char_at(end) != '"')
        ++end;
      p.rewind(mark);
      const std::size_t index = p.open(NodeKind::Splice);
      p.token(NodeKind::SpliceOpen, at, at + 2);
      const std::uint32_t first = p.skip(at + 2);
      if (first < end) {
        const std::size_t error = p.open(NodeKind::Error);
        p.token(NodeKind::Skipped, first, end);
        p.close(error);
      }
      if (p.char_at(end) == '}') {
        p.token(NodeKind::SpliceClose, end, end + 1);
        ++end;
      } else {
        p.silence();  // the text around it may have lost its end as well
      }
      p.close(index);
      p.set_has_errors();
      move_to(in, end);
    }
  }

  template <Form F, typename In>
  static bool unterminated(In& in, Parser& p, std::size_t index, std::uint32_t open,
                           std::uint32_t open_length, std::uint32_t from, std::uint32_t at) {
    if (at > from) p.token(NodeKind::StringText, from, at);
    p.close(index);
    if constexpr (F == Block) {
      p.report_unterminated({open, open + open_length}, "block of text",
                            "close it with `\"\"\"` on a line of its own");
      p.cut(index + 2);
      throw Mistake{open + open_length, false, true};
    } else {
      p.report_unterminated({open, open + open_length}, "string",
                            F == Line
                                ? "close it with `\"` on the same line, or write a text of several "
                                  "lines between `\"\"\"` and `\"\"\"`"
                                : "close it with `'` on the same line");
      move_to(in, p.skip(at));
      return true;
    }
  }
};

/// /…/
struct regex : token_rule<regex> {
  template <typename In>
  static bool run(In& in, Parser& p) {
    try_token(in, p, WantedKind::Regex);
    const std::uint32_t open = offset(in);
    if (p.char_at(open) != '/') return false;
    std::uint32_t at = open + 1;
    while (!p.at_end(at) && p.char_at(at) != '/' && p.char_at(at) != '\n') {
      if (static_cast<unsigned char>(p.char_at(at)) >= 0x80) {
        at = high_character(p, at);
      } else {
        at += p.char_at(at) == '\\' && !p.at_end(at + 1) && p.char_at(at + 1) != '\n' ? 2 : 1;
      }
    }
    if constexpr (In::kWatched) {
      if (in.is_end(std::min(at, p.size()))) in.inside(p, Inside::Regex, open);
    }
    if (p.char_at(at) != '/') {
      p.report_unterminated({open, open + 1}, "pattern",
                            "close it with `/` on the same line; a slash inside is written `\\/`");
      at = std::min(at, p.size());
      if (p.char_at(at - 1) == '\r') --at;
      take(in, p, NodeKind::Regex, at);
      return true;
    }
    if (at == open + 1) p.fail(open, Expected::Pattern);
    take(in, p, NodeKind::Regex, at + 1);
    return true;
  }
};

}  // namespace hookc::syntax::rules
