// The loop over a file's statements, and what a mistake costs there. Private: for parse.cpp and
// expected_at.cpp.
#pragma once

#include "grammar/rules.hpp"

namespace hookc::syntax::rules {

/// False for an edition this compiler does not know: the rest of the file is not read.
template <typename In>
bool read_edition(In& in, Parser& parser) {
  (void)match<edition>(in, parser);
  const Span number = parser.node(parser.node_count() - 1).span();
  if (parser.text().substr(number.begin, number.size()) == "1") {
    (void)match<statement_end>(in, parser);
    return true;
  }
  parser.report_edition(number);
  const std::uint32_t at = offset(in);
  if (at < parser.size()) parser.make_error({parser.node_count(), 0, 0}, at, parser.size());
  return false;
}

template <typename In>
void read_statement(In& in, Parser& parser, std::uint32_t at) {
  if (parser.char_at(at) == '}' || parser.char_at(at) == ']' || parser.char_at(at) == ')') {
    std::uint32_t end = at + 1;
    while (parser.char_at(end) == '}' || parser.char_at(end) == ']' || parser.char_at(end) == ')')
      ++end;
    parser.report_stray_closers({at, end});
    parser.make_error(parser.mark(), at, end);
    move_to(in, parser.skip(end));
    return;
  }
  if (parser.peek(at).word == Word::Language) {
    parser.report_late_edition(at);
    if (match<edition>(in, parser)) {
      (void)match<statement_end>(in, parser);
      return;
    }
  }
  if (!match<statement>(in, parser)) parser.fail(at, Expected::Statement);
}

/// Statements up to the end of the text; `first`: an edition may stand before them.
template <typename In>
void read_statements(In& in, Parser& parser, bool first) {
  while (!parser.at_end(offset(in))) {
    const std::uint32_t at = offset(in);
    const Mark mark = parser.mark();
    parser.begin_statement();
    try {
      if (first && parser.peek(at).word == Word::Language) {
        if (!read_edition(in, parser)) return;
      } else {
        read_statement(in, parser, at);
      }
      first = false;
    } catch (const Mistake& mistake) {
      if (is_watched_end(in, mistake.at)) return;
      if (mistake.corrected) {
        parser.rewind(mark);
        move_to(in, at);
        continue;
      }
      first = false;
      const std::uint32_t from = mistake.at == at ? parser.token_end(at) : mistake.at;
      const std::uint32_t resume = parser.next_statement(from);
      parser.unnest(mark);
      parser.make_error(mark, mistake.at, resume);
      move_to(in, parser.skip(resume));
    }
  }
  if constexpr (In::kWatched) {
    if (!parser.first_on_line(offset(in))) return;
    if (first) (void)match<edition>(in, parser);
    (void)match<statement>(in, parser);
  }
}

/// Where a file's first token may stand: past a byte order mark.
inline std::uint32_t file_begin(Parser& parser) {
  return parser.skip(parser.looking_at(0, "\xEF\xBB\xBF") ? 3 : 0);
}

}  // namespace hookc::syntax::rules
