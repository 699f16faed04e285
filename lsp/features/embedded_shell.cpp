#include "lsp/features/embedded_shell.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hookc::lsp {
namespace {

constexpr std::size_t kMaxDepth = 64;

constexpr auto kReserved =
    std::to_array<std::string_view>({"!", "case", "do", "done", "elif", "else", "esac", "fi", "for",
                                     "if", "in", "then", "until", "while", "{", "}"});

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_name(char c) {
  return is_letter(c) || is_digit(c);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { stack_.push_back({}); }

  ShellLexed run() {
    while (at_ < size()) {
      if (stack_.size() > kMaxDepth) break;
      if (stack_.back().closer == '"') {
        double_quote();
      } else {
        command();
      }
    }
    if (stack_.size() <= kMaxDepth) {
      if (stack_.back().closer == '"') add(ShellTokenKind::String, segment_, size());
      end_word();
    }
    // A command's word is known when it ends, after the expansions in it.
    std::ranges::sort(out_.tokens, {}, [](const ShellToken& token) { return token.span; });
    return std::move(out_);
  }

 private:
  /// Command text up to `closer` (0: the end of the text), or the inside of "…".
  struct Frame {
    char closer = 0;
    bool command_position = true;
    bool after_redirect = false;
    bool in_word = false;
    bool plain = true;
    std::uint32_t word = 0;
    std::uint32_t outer_segment = 0;
  };
  struct HereDocument {
    std::string delimiter;
    bool strip_tabs;
  };

  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }
  char peek(std::uint32_t ahead = 0) const {
    return at_ + ahead < size() ? text_[at_ + ahead] : '\0';
  }
  Frame& top() { return stack_.back(); }
  void add(ShellTokenKind kind, std::uint32_t begin, std::uint32_t end) {
    if (begin < end) out_.tokens.push_back({kind, {begin, end}});
  }

  void in_word(bool plain) {
    Frame& frame = top();
    if (!frame.in_word) {
      frame.in_word = true;
      frame.plain = true;
      frame.word = at_;
    }
    frame.plain = frame.plain && plain;
  }

  void end_word() {
    Frame& frame = top();
    if (!frame.in_word) return;
    frame.in_word = false;
    const Span span{frame.word, at_};
    out_.words.push_back(span);
    const std::string_view word = text_.substr(span.begin, span.size());
    if (frame.after_redirect) {
      frame.after_redirect = false;
      return;
    }
    if (!frame.command_position) {
      // `for x in`, `case x in`: the one reserved word that stands elsewhere.
      if (word == "in" && frame.plain && waits_for_in_) {
        add(ShellTokenKind::Keyword, span.begin, span.end);
        waits_for_in_ = false;
      }
      return;
    }
    std::size_t name = 0;
    while (name < word.size() && is_name(word[name])) ++name;
    if (name > 0 && name < word.size() && word[name] == '=' && is_letter(word[0])) {
      add(ShellTokenKind::Variable, span.begin, span.begin + static_cast<std::uint32_t>(name));
      add(ShellTokenKind::Operator, span.begin + static_cast<std::uint32_t>(name),
          span.begin + static_cast<std::uint32_t>(name) + 1);
      return;
    }
    if (frame.plain && std::ranges::find(kReserved, word) != kReserved.end()) {
      add(ShellTokenKind::Keyword, span.begin, span.end);
      waits_for_in_ = word == "for" || word == "case";
      frame.command_position = !waits_for_in_;
      return;
    }
    if (frame.plain) add(ShellTokenKind::Command, span.begin, span.end);
    frame.command_position = false;
  }

  void operator_token(std::uint32_t length) {
    add(ShellTokenKind::Operator, at_, at_ + length);
    at_ += length;
  }
  void push(char closer) {
    Frame frame;
    frame.closer = closer;
    frame.outer_segment = segment_;
    stack_.push_back(frame);
  }

  void command() {
    const char c = peek();
    Frame& frame = top();
    if (frame.closer != 0 && c == frame.closer) {
      end_word();
      segment_ = frame.outer_segment;
      stack_.pop_back();
      operator_token(1);
      if (top().closer == '"') segment_ = at_;
      return;
    }
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
        end_word();
        ++at_;
        return;
      case '\n':
        end_word();
        ++at_;
        frame.command_position = true;
        frame.after_redirect = false;
        return here_documents();
      case '#':
        if (frame.in_word) break;
        return comment();
      case '\\':
        in_word(false);
        at_ = std::min(at_ + 2, size());
        return;
      case '\'': in_word(false); return single_quote();
      case '"':
        in_word(false);
        push('"');
        segment_ = at_++;
        return;
      case '`':
        in_word(false);
        operator_token(1);
        return push('`');
      case '$': in_word(false); return dollar();
      case '(':
        end_word();
        operator_token(1);
        frame.command_position = true;
        return push(')');
      case ')':
        // The end of a pattern of `case`.
        end_word();
        frame.command_position = true;
        return operator_token(1);
      case ';':
      case '&':
      case '|':
        end_word();
        frame.command_position = true;
        return operator_token(peek(1) == c || (c == '&' && peek(1) == '>') ? 2 : 1);
      case '<':
      case '>': return redirect(c);
      default: break;
    }
    in_word(true);
    ++at_;
  }

  void comment() {
    // Inside a substitution on one line the closer still closes for nobody: a comment ends with its
    // line.
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    add(ShellTokenKind::Comment, at_, static_cast<std::uint32_t>(end));
    at_ = static_cast<std::uint32_t>(end);
  }

  void single_quote() {
    const std::size_t close = text_.find('\'', at_ + 1);
    const auto end =
        static_cast<std::uint32_t>(close == std::string_view::npos ? size() : close + 1);
    add(ShellTokenKind::String, at_, end);
    at_ = end;
  }

  void double_quote() {
    const char c = peek();
    if (c == '"') {
      add(ShellTokenKind::String, segment_, at_ + 1);
      ++at_;
      segment_ = top().outer_segment;
      stack_.pop_back();
    } else if (c == '\\') {
      at_ = std::min(at_ + 2, size());
    } else if (c == '`') {
      add(ShellTokenKind::String, segment_, at_);
      operator_token(1);
      push('`');
    } else if (c == '$' && (is_name(peek(1)) || peek(1) == '{' || peek(1) == '(' ||
                            std::string_view("?#@*!-$").find(peek(1)) != std::string_view::npos)) {
      add(ShellTokenKind::String, segment_, at_);
      const std::size_t depth = stack_.size();
      dollar();
      if (stack_.size() == depth) segment_ = at_;
    } else {
      ++at_;
    }
  }

  /// `$` and what it expands; a lone `$` is a character.
  void dollar() {
    const std::uint32_t begin = at_;
    const char c = peek(1);
    if (c == '{') {
      at_ = closed('{', '}', begin + 1);
      return add(ShellTokenKind::Variable, begin, at_);
    }
    if (c == '(' && peek(2) == '(') {
      at_ = closed('(', ')', begin + 1);
      return add(ShellTokenKind::Variable, begin, at_);
    }
    if (c == '(') {
      operator_token(2);
      return push(')');
    }
    ++at_;
    if (is_letter(c)) {
      while (is_name(peek())) ++at_;
    } else if (is_digit(c) || (c != '\0' && std::string_view("?#@*!-$").contains(c))) {
      ++at_;
    } else {
      return;
    }
    add(ShellTokenKind::Variable, begin, at_);
  }

  /// The offset after the bracket that closes the one at `at`; quotes in between do not count.
  std::uint32_t closed(char open, char close, std::uint32_t at) const {
    int depth = 0;
    char quote = 0;
    for (; at < size(); ++at) {
      const char c = text_[at];
      if (c == '\\') {
        ++at;
      } else if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        // An apostrophe in `${x:-it's}` inside "…" is a character; there no second one follows.
        if (text_.find(c, at + 1) != std::string_view::npos) quote = c;
      } else if (c == open) {
        ++depth;
      } else if (c == close && --depth == 0) {
        return at + 1;
      }
    }
    return size();
  }

  void redirect(char c) {
    Frame& frame = top();
    // `2>`: the number belongs to the operator.
    if (frame.in_word && frame.plain) {
      const std::string_view word = text_.substr(frame.word, at_ - frame.word);
      if (std::ranges::all_of(word, is_digit)) {
        frame.in_word = false;
        add(ShellTokenKind::Operator, frame.word, at_);
      }
    }
    end_word();
    if (c == '<' && peek(1) == '<' && peek(2) != '<') return here_operator();
    std::uint32_t length = 1;
    if (c == '<') length = peek(1) == '<' ? 3 : peek(1) == '&' || peek(1) == '>' ? 2 : 1;
    if (c == '>') length = peek(1) == '>' || peek(1) == '&' || peek(1) == '|' ? 2 : 1;
    frame.after_redirect = true;
    operator_token(length);
  }

  void here_operator() {
    HereDocument document{{}, peek(2) == '-'};
    operator_token(document.strip_tabs ? 3 : 2);
    while (peek() == ' ' || peek() == '\t') ++at_;
    const std::uint32_t begin = at_;
    char quote = 0;
    for (; at_ < size(); ++at_) {
      const char c = peek();
      if (c == '\n') break;
      if (quote != 0 ? c == quote : c == '\'' || c == '"') {
        quote = quote != 0 ? '\0' : c;
      } else if (quote == 0 && std::string_view(" \t\r;&|<>()").contains(c)) {
        break;
      } else if (c != '\\') {
        document.delimiter += c;
      }
    }
    add(ShellTokenKind::String, begin, at_);
    if (begin < at_) pending_.push_back(std::move(document));
  }

  void here_documents() {
    for (const HereDocument& document : pending_) {
      const std::uint32_t begin = at_;
      while (at_ < size()) {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        if (document.strip_tabs)
          line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        at_ = static_cast<std::uint32_t>(std::min(end + 1, text_.size()));
        if (line == document.delimiter) break;
      }
      add(ShellTokenKind::String, begin, at_);
    }
    pending_.clear();
  }

  std::string_view text_;
  std::uint32_t at_ = 0;
  std::uint32_t segment_ = 0;  // where the piece of "…" that is being read began
  bool waits_for_in_ = false;
  std::vector<Frame> stack_;
  std::vector<HereDocument> pending_;
  ShellLexed out_;
};

}  // namespace

ShellLexed lex_shell(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace hookc::lsp
