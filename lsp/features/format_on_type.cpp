// Indentation of one line from what stands above it, whether it parses or not.
#include <algorithm>
#include <optional>

#include "grammar/keywords.hpp"
#include "lsp/features/formatting.hpp"

namespace hookc::lsp {

using syntax::Word;
using syntax::WordRole;

namespace {

/// Reads the lines before one, roughly: brackets, strings, comments and the words that begin lines
/// are enough to know how deep the next line is, and are there in a broken text, too.
class Indenter {
 public:
  Indenter(std::string_view text, std::uint32_t line) : text_(text), line_(line) {}

  /// Nothing where the line begins inside a text of several lines.
  std::optional<std::uint32_t> indent_for(std::string_view rest) && {
    while (at_ < line_) token();
    if (in_block_) return std::nullopt;
    const Word word = first_word(rest);
    const bool statement = info(word).role == WordRole::Statement && starts_statement(rest);
    if (statement) drop_values();
    const std::uint32_t base = brackets_.empty() ? 0 : brackets_.back().indent + 2;
    if (statement) return base;
    if (!brackets_.empty() && !rest.empty() && rest[0] == brackets_.back().closer)
      return brackets_.back().indent;
    if (!brackets_.empty() && !brackets_.back().holds_sentences) return base;
    const bool blank_above = last_line_ + 1 < line_of(line_);
    if (word != Word::None || (!rest.empty() && rest[0] != '#')) return continued(word, base);
    return blank_above ? base : after_line(base);
  }

 private:
  struct Bracket {
    char closer;
    std::uint32_t indent;  // of the line it stands on
    bool holds_sentences;  // of together and template: statements or clauses, not values
    Word outer_statement;
    std::uint32_t outer_indent;
    bool outer_release;
  };

  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }
  std::uint32_t column(std::uint32_t at) const {
    return static_cast<std::uint32_t>(indent_of(text_, at).size());
  }
  std::uint32_t line_of(std::uint32_t at) {
    for (; counted_ < at; ++counted_) lines_ += text_[counted_] == '\n' ? 1 : 0;
    return lines_;
  }

  static Word first_word(std::string_view text) {
    std::size_t end = 0;
    while (syntax::is_name_char(text, end)) ++end;
    return syntax::find_word(text.substr(0, end));
  }
  static bool starts_statement(std::string_view text) {
    std::size_t end = 0;
    while (syntax::is_name_char(text, end)) ++end;
    while (end < text.size() && is_blank(text[end])) ++end;
    return end == text.size() || (text[end] != ':' && text[end] != '.');
  }
  /// Sentences whose later lines are clauses, properties or rules.
  static bool has_lines(Word statement) {
    switch (statement) {
      case Word::Pre:
      case Word::Post:
      case Word::Hold:
      case Word::Pod:
      case Word::Function:
      case Word::Policy:
      case Word::Test: return true;
      default: return false;
    }
  }

  /// A line that begins with `word`, which starts no statement.
  std::uint32_t continued(Word word, std::uint32_t base) const {
    const bool in_template = !brackets_.empty() && statement_ == Word::None;
    if (!in_template && !has_lines(statement_)) {
      // `usage` below a param, `from` below a secret.
      return statement_ == Word::None ? base : statement_indent_ + 2;
    }
    const std::uint32_t first = in_template ? base : statement_indent_ + 2;
    if (word == Word::Because && statement_ == Word::Policy) return first + 2;
    const bool of_hold = word == Word::Release || word == Word::Until || word == Word::At;
    return release_ && !of_hold && info(word).role == WordRole::Clause ? first + 2 : first;
  }

  /// An empty line below the last one.
  std::uint32_t after_line(std::uint32_t base) const {
    const bool in_template = !brackets_.empty() && statement_ == Word::None;
    if (in_template && last_indent_ < base) return base;  // below the opener
    if (!in_template && !has_lines(statement_)) return base;
    if (last_word_ == Word::Release) return last_indent_ + 2;
    if (statement_ == Word::Pre || statement_ == Word::Post || statement_ == Word::Hold ||
        in_template) {
      return in_template || last_indent_ > statement_indent_ ? last_indent_ : statement_indent_ + 2;
    }
    return statement_indent_ + 2;
  }

  /// The parser begins anew at a statement's word: brackets of values that nobody closed are over.
  void drop_values() {
    while (!brackets_.empty() && !brackets_.back().holds_sentences) brackets_.pop_back();
  }

  void begin_line(std::uint32_t at) {
    last_line_ = line_of(at);
    last_indent_ = column(at);
    const std::string_view rest = text_.substr(at, line_end(text_, at) - at);
    last_word_ = first_word(rest);
    if (last_word_ == Word::Release) release_ = true;
    // A comment that stands no deeper than a statement is about the next one.
    if (text_[at] == '#' && last_indent_ <= statement_indent_) statement_ = Word::None;
    if (info(last_word_).role != WordRole::Statement || !starts_statement(rest)) return;
    drop_values();
    statement_ = last_word_;
    statement_indent_ = last_indent_;
    release_ = false;
  }

  void token() {
    const char c = text_[at_];
    if (is_blank(c) || c == '\n') {
      fresh_ = fresh_ || c == '\n';
      ++at_;
      return;
    }
    if (fresh_) begin_line(at_);
    fresh_ = false;
    if (c == '#') {
      at_ = line_end(text_, at_);
    } else if (text_.substr(at_, 3) == R"(""")") {
      block();
    } else if (c == '"') {
      string();
    } else if (c == '\'') {
      raw('\'');
    } else if (c == '/' && at_ > 0 && (is_blank(text_[at_ - 1]) || text_[at_ - 1] == '(')) {
      raw('/');
    } else if (c == '{' || c == '[' || c == '(') {
      open(c);
    } else if (c == '}' || c == ']' || c == ')') {
      close(c);
    } else if (syntax::is_name_char(text_, at_)) {
      while (syntax::is_name_char(text_, at_)) ++at_;
    } else {
      ++at_;
    }
  }

  void block() {
    const std::size_t close = text_.find(R"(""")", at_ + 3);
    const std::size_t end = close == std::string_view::npos ? text_.size() : close + 3;
    at_ = static_cast<std::uint32_t>(end);
    in_block_ = at_ > line_ || (at_ == line_ && close == std::string_view::npos);
    last_line_ = line_of(at_);  // the line that the text ends on; its indentation is the text's
  }

  void raw(char quote) {
    const std::uint32_t end = line_end(text_, at_);
    for (++at_; at_ < end && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && quote == '/') ++at_;
    }
    at_ = std::min(at_ + 1, end);
  }

  /// "…" with its splices, in which strings may stand; an unclosed one ends with its line.
  void string() {
    const std::uint32_t end = line_end(text_, at_);
    std::vector<char> inside = {'"'};
    for (++at_; at_ < end && !inside.empty(); ++at_) {
      const char c = text_[at_];
      if (inside.back() == '"') {
        if (c == '\\') {
          ++at_;
        } else if (c == '$' && at_ + 1 < end && text_[at_ + 1] == '{') {
          inside.push_back('}');
          ++at_;
        } else if (c == '"') {
          inside.pop_back();
        }
      } else if (c == '"' || c == '{') {
        inside.push_back(c == '"' ? '"' : '}');
      } else if (c == inside.back()) {
        inside.pop_back();
      }
    }
    at_ = std::min(at_, end);
  }

  void open(char c) {
    const bool sentences = c == '{' && (brackets_.empty() || brackets_.back().holds_sentences) &&
                           (statement_ == Word::Together || statement_ == Word::Template);
    brackets_.push_back({c == '{'   ? '}'
                         : c == '[' ? ']'
                                    : ')',
                         column(at_), sentences, statement_, statement_indent_, release_});
    if (sentences) {
      statement_ = Word::None;
      release_ = false;
    }
    ++at_;
  }

  void close(char c) {
    ++at_;
    // A closer without an opener closes nothing.
    const auto opener = std::find_if(brackets_.rbegin(), brackets_.rend(),
                                     [&](const Bracket& each) { return each.closer == c; });
    if (opener == brackets_.rend()) return;
    statement_ = opener->outer_statement;
    statement_indent_ = opener->outer_indent;
    release_ = opener->outer_release;
    const bool ends_sentence = opener->holds_sentences;
    brackets_.erase(opener.base() - 1, brackets_.end());
    if (ends_sentence) statement_ = Word::None;
  }

  std::string_view text_;
  std::uint32_t line_;
  std::uint32_t at_ = 0;
  std::uint32_t counted_ = 0;
  std::uint32_t lines_ = 0;
  bool fresh_ = true;
  bool in_block_ = false;
  std::vector<Bracket> brackets_;
  Word statement_ = Word::None;  // of the level that brackets of sentences make
  std::uint32_t statement_indent_ = 0;
  bool release_ = false;           // a line of the statement began with it
  std::uint32_t last_line_ = 0;    // the last line with something on it
  std::uint32_t last_indent_ = 0;  // of the last line that begins outside a text
  Word last_word_ = Word::None;
};

}  // namespace

std::vector<TextEdit> format_on_type(const query::Snapshot& now, const std::string& path,
                                     std::uint32_t offset, char typed) {
  const auto file = now.file(path);
  if (!file) return {};
  const std::string_view text = now.sources().text(*file);
  const std::uint32_t line = line_begin(text, offset);
  const std::uint32_t end = line_end(text, line);
  std::uint32_t first = line;
  while (first < end && is_blank(text[first])) ++first;
  if (typed != '\n' && (first >= end || text[first] != typed)) return {};
  const auto indent = Indenter(text, line).indent_for(text.substr(first, end - first));
  if (!indent || text.substr(line, first - line) == std::string(*indent, ' ')) return {};
  return {{{line, first}, std::string(*indent, ' ')}};
}

}  // namespace hookc::lsp
