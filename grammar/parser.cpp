#include "grammar/parser.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/source/columns.hpp"
#include "grammar/lookalikes.hpp"

namespace hookc::syntax {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter_(char c) {
  return is_alnum_(c) && !is_digit(c);
}

constexpr std::string_view kSizeUnits[] = {"B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"};

}  // namespace

void Parser::look(std::uint32_t at) {
  peek_ = {at, at, Word::None, false};
  if (!is_letter_(char_at(at))) return;
  std::uint32_t end = at + 1;
  while (is_name_char(text_, end)) ++end;
  peek_.end = end;
  constexpr std::uint32_t longest = 11;  // environment
  if (end - at <= longest) peek_.word = find_word(text_.substr(at, end - at));
  if (peek_.word == Word::None) {
    if (!corrections_.empty()) peek_.word = word_of(tree_, text_, {at, end, 1, NodeKind::Keyword});
  }
  if (info(peek_.word).role == WordRole::Statement) {
    const char next = char_at(end);
    peek_.starts_statement = next != ':' && next != '.' && first_on_line(at);
  }
}

bool Parser::first_on_line(std::uint32_t at) const {
  while (at > 0) {
    const char c = text_[at - 1];
    if (c == '\n') return true;
    if (c == ' ' || c == '\t' || c == '\r') {
      --at;
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x80) return false;
    std::uint32_t start = at - 1;
    while (start > 0 && at - start < 4 && (text_[start] & 0xC0) == 0x80) --start;
    const CodePoint point = decode_utf8(text_, start);
    if (!point.valid || start + point.length != at || !is_blank_lookalike(point.value))
      return false;
    at = start;
  }
  return true;
}

std::uint32_t Parser::comment(std::uint32_t at) {
  const void* found = std::memchr(text_.data() + at, '\n', text_.size() - at);
  const std::uint32_t line_end =
      found == nullptr ? size()
                       : static_cast<std::uint32_t>(static_cast<const char*>(found) - text_.data());
  for (std::uint32_t i = at; i < line_end; ++i) {
    if (static_cast<unsigned char>(text_[i]) < 0x80) continue;
    const CodePoint point = decode_utf8(text_, i);
    if (!point.valid) {
      report_bad_byte(i, point.length);
    } else if (is_bidi_control(point.value)) {
      report_bidi(i, point.value, false);
    }
    i += point.length - 1;
  }
  return line_end;
}

void Parser::collect_comments() {
  std::uint32_t gap = 0;
  const auto collect = [&](std::uint32_t gap_end) {
    while (gap < gap_end) {
      const std::size_t found = text_.substr(0, gap_end).find('#', gap);
      if (found == text_.npos) return;
      const auto begin = static_cast<std::uint32_t>(found);
      const auto end =
          static_cast<std::uint32_t>(std::min<std::size_t>(text_.find('\n', begin), gap_end));
      tree_.comments.push_back({{begin, end > begin && text_[end - 1] == '\r' ? end - 1 : end}});
      gap = end;
    }
  };
  for (const Node& node : nodes_) {
    if (!is_token(node.kind)) continue;
    collect(node.begin);
    gap = node.end;
  }
  collect(size());
}

std::uint32_t Parser::odd_blank(std::uint32_t at) {
  const CodePoint point = decode_utf8(text_, at);
  if (!point.valid || !is_blank_lookalike(point.value)) return 0;
  if (first_report(at)) report_lookalike(at, point);
  return point.length;
}

Parser::Number Parser::number(std::uint32_t at) const {
  std::uint32_t end = at;
  if (char_at(end) == '-') ++end;
  if (!is_digit(char_at(end))) return {NodeKind::Int, at};
  while (is_digit(char_at(end))) ++end;
  NodeKind kind = NodeKind::Int;
  if (char_at(end) == '.' && is_digit(char_at(end + 1))) {
    kind = NodeKind::Decimal;
    ++end;
    while (is_digit(char_at(end))) ++end;
  }
  if (!is_name_char(text_, end)) return {kind, end};
  const std::uint32_t unit = end;
  while (is_name_char(text_, end)) ++end;
  const std::string_view suffix = text_.substr(unit, end - unit);
  const bool size_unit =
      std::find(std::begin(kSizeUnits), std::end(kSizeUnits), suffix) != std::end(kSizeUnits);
  const bool size_like = std::string_view("kKMGTPEB").find(suffix[0]) != std::string_view::npos;
  return {size_unit || size_like ? NodeKind::Size : NodeKind::Duration, end};
}

bool Parser::workload_at(std::uint32_t at) const {
  for (;;) {
    if (!is_letter_(char_at(at))) return false;
    while (is_name_char(text_, at)) ++at;
    const char c = char_at(at);
    if (c == '/') {
      const char next = char_at(at + 1);
      return (is_alnum_(next) && next != '_') || (next == '$' && char_at(at + 2) == '{');
    }
    if (c != '.') return false;
    ++at;
  }
}

std::uint32_t Parser::last_end() const {
  for (std::size_t i = nodes_.size(); i-- > 1;) {
    if (is_token(nodes_[i].kind)) return nodes_[i].end;
  }
  return 0;
}

void Parser::make_error(const Mark& mark, std::uint32_t at, std::uint32_t resume) {
  tree_.has_errors = true;
  ++errors_made_;
  std::size_t kept = mark.nodes;
  const std::size_t count = nodes_.size();
  nodes_.push_back({});  // room for the Error
  Node previous{};
  for (std::size_t i = mark.nodes; i < count; ++i) {
    const Node node = nodes_[i];
    if (!is_token(node.kind) || node.end > at || node.end <= previous.end) continue;
    previous = node;
    nodes_[kept++] = node;
  }
  nodes_.resize(kept);
  std::uint32_t end = resume;
  while (end > at && (text_[end - 1] == ' ' || text_[end - 1] == '\n' || text_[end - 1] == '\t' ||
                      text_[end - 1] == '\r'))
    --end;
  if (end > at) token(NodeKind::Skipped, at, end);
  if (nodes_.size() > mark.nodes) wrap(mark.nodes, NodeKind::Error);
}

namespace {

/// Where a scan for the next line that starts something stops at a line's first word.
enum class Stop : std::uint8_t { Statements, Clauses };

bool stops_at(Stop stop, Word word) {
  switch (info(word).role) {
    case WordRole::Statement: return true;
    case WordRole::Clause:
    case WordRole::Property:
    case WordRole::Rule: return stop == Stop::Clauses;
    case WordRole::None:
    case WordRole::Expression:
    case WordRole::Action:
    case WordRole::Type:
    case WordRole::Word: return false;
  }
  return false;
}

struct Scan {
  std::string_view text;
  Stop stop;
  bool braces;          // stop before a `}` that closes more than `depth`
  std::uint32_t depth;  // braces open
  std::uint32_t* no_block_end_after;

  std::uint32_t line_end(std::uint32_t at) const {
    const std::size_t found = text.find('\n', at);
    return static_cast<std::uint32_t>(found == text.npos ? text.size() : found);
  }
  /// Past the string that starts at `at`, if it ends where such a string must.
  std::uint32_t past_string(std::uint32_t at) const {
    if (text.substr(at).starts_with(R"(""")")) {
      if (at >= *no_block_end_after) return at + 3;
      const std::size_t found = text.find(R"(""")", at + 3);
      if (found != text.npos) return static_cast<std::uint32_t>(found + 3);
      *no_block_end_after = at;
      return at + 3;
    }
    for (std::uint32_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
      if (text[i] == text[at]) return i + 1;
      if (text[i] == '\\' && text[at] == '"') ++i;
    }
    return at + 1;
  }
  std::uint32_t run(std::uint32_t at, bool line_start) {
    while (at < text.size()) {
      const char c = text[at];
      if (c == ' ' || c == '\t' || c == '\r') {
        ++at;
      } else if (c == '\n') {
        line_start = true;
        ++at;
      } else if (c == '#') {
        at = line_end(at);
      } else if (is_letter_(c)) {
        std::uint32_t end = at + 1;
        while (is_name_char(text, end)) ++end;
        const char next = end < text.size() ? text[end] : '\0';
        if (line_start && next != ':' && next != '.' &&
            stops_at(stop, find_word(text.substr(at, end - at)))) {
          return at;
        }
        line_start = false;
        at = end;
      } else {
        line_start = false;
        if (c == '"' || c == '\'') {
          at = past_string(at);
          continue;
        }
        if (braces && c == '{') ++depth;
        if (braces && c == '}') {
          if (depth == 0) return at;
          --depth;
        }
        ++at;
      }
    }
    return static_cast<std::uint32_t>(text.size());
  }
};

}  // namespace

std::uint32_t Parser::next_statement(std::uint32_t at, bool in_group, std::uint32_t depth) {
  return Scan{text_, Stop::Statements, in_group, depth, &no_block_end_after_}.run(
      at, first_on_line(at));
}

std::uint32_t Parser::next_clause(std::uint32_t at, std::uint32_t depth) {
  return Scan{text_, Stop::Clauses, true, depth, &no_block_end_after_}.run(at, first_on_line(at));
}

std::uint32_t Parser::open_braces(const Mark& mark) const {
  std::uint32_t count = 0;
  for (std::size_t i = mark.brackets; i < brackets_.size(); ++i) {
    count += text_[brackets_[i].at] == '{' || brackets_[i].length == 2 ? 1 : 0;
  }
  return count;
}

}  // namespace hookc::syntax
