#include "compiler/values/shell.hpp"

#include <array>

#include "compiler/values/chars.hpp"
#include "compiler/values/shell_cursor.hpp"
#include "compiler/values/shell_here_document.hpp"

namespace hookc::values {
namespace {

constexpr std::size_t kMaxDepth = 64;

enum class FrameKind : std::uint8_t {
  // Command text; commands, words and comments are recognised in these:
  Top,
  CommandSubstitution,  // $( … )
  Subshell,             // ( … )
  Case,                 // case W in … esac: its patterns end in an unbalanced `)`
  // Inside one word:
  DoubleQuote,
  Parameter,   // ${ … }
  Arithmetic,  // $(( … )) and bash's (( … ))
};
enum class CaseState : std::uint8_t { AwaitWord, AwaitIn, Pattern, Body };

struct Frame {
  FrameKind kind{};
  PieceOffset opened;
  // Command frames: the word being read, if any, and whether a reserved word would be one here
  // (XCU 2.4).
  bool in_word = false;
  bool plain = false;  // the word so far is `text`, unquoted
  bool command_position = true;
  CaseState case_state{};
  std::uint8_t length = 0;
  std::array<char, 6> text{};
  // Parameter: whether '…' quotes in it. Arithmetic: how many `(` are open.
  bool single_quotes = false;
  std::uint32_t parentheses = 0;

  bool command() const { return kind <= FrameKind::Case; }
  bool pattern() const { return kind == FrameKind::Case && case_state == CaseState::Pattern; }
  std::string_view word() const { return {text.data(), length}; }
};

constexpr bool is_name_char(int c) {
  return c < 256 && c >= 0 && (is_alnum(static_cast<char>(c)) || c == '_');
}

class Scanner {
 public:
  explicit Scanner(std::span<const Piece> pieces) : in_(pieces) {
    stack_.push_back({FrameKind::Top, {}});
  }

  ShellText run() {
    while (!lost_ && in_.peek() != kEnd) {
      switch (top().kind) {
        case FrameKind::Top:
        case FrameKind::CommandSubstitution:
        case FrameKind::Subshell:
        case FrameKind::Case: command(); break;
        case FrameKind::DoubleQuote: double_quote(); break;
        case FrameKind::Parameter: parameter(); break;
        case FrameKind::Arithmetic: arithmetic(); break;
      }
    }
    if (lost_) {
      for (; in_.peek() != kEnd; in_.advance()) {
        if (in_.peek() == kHoleHere) result_.holes.push_back({ShellContext::Unclear, *lost_});
      }
      result_.unclosed.reset();
    } else if (!result_.unclosed) {
      report_open_frame();
    }
    return std::move(result_);
  }

 private:
  Frame& top() { return stack_.back(); }

  void push(FrameKind kind, PieceOffset opened) {
    if (stack_.size() == kMaxDepth) {
      lose(opened);
      return;
    }
    stack_.push_back({kind, opened});
  }
  void lose(PieceOffset at) {
    if (!lost_) lost_ = at;
  }
  void part_of_word() {
    if (!top().command()) return;
    top().in_word = true;
    top().plain = false;
  }

  void hole(ShellContext context, PieceOffset opened) {
    result_.holes.push_back({context, opened});
    in_.advance();
  }

  /// A hole in the middle of nothing special. A parameter or arithmetic expansion makes everything
  /// in it unquotable, up to the next `$(`, which begins afresh.
  void hole_here(ShellContext inside_double_quotes = ShellContext::DoubleQuoted) {
    for (std::size_t i = stack_.size(); i-- > 0 && !stack_[i].command();) {
      if (stack_[i].kind == FrameKind::Parameter)
        return hole(ShellContext::ParameterExpansion, stack_[i].opened);
      if (stack_[i].kind == FrameKind::Arithmetic)
        return hole(ShellContext::Arithmetic, stack_[i].opened);
    }
    if (top().command()) return hole(ShellContext::Unquoted, in_.at());
    hole(inside_double_quotes, top().opened);
  }

  /// A hole after `\` or `$` in a frame where that matters; in an expansion the expansion is the
  /// better reason.
  void hole_after(ShellContext reason, PieceOffset opened) {
    const std::size_t before = result_.holes.size();
    hole_here();
    ShellHole& made = result_.holes[before];
    if (quotable(made.context)) made = {reason, opened};
  }

  // ---- command text ----

  void command() {
    const int c = in_.peek();
    switch (c) {
      case kHoleHere: part_of_word(); return hole_here();
      case '\\': return backslash(true);
      case '\'': part_of_word(); return single_quote();
      case '"': {
        part_of_word();
        const PieceOffset opened = in_.at();
        in_.advance();
        return push(FrameKind::DoubleQuote, opened);
      }
      case '`': part_of_word(); return backquote();
      case '$': return dollar();
      case '#':
        if (!top().in_word) return comment();
        break;
      case '\n':
        end_word();
        in_.advance();
        top().command_position = true;
        return here_documents();
      case ' ':
      case '\t':
        end_word();
        in_.advance();
        return;
      case '<':
        end_word();
        if (in_.peek(1) == '\\' && in_.peek(2) == '\n') return lose(in_.at());
        if (in_.peek(1) == '<' && in_.peek(2) == '<') return in_.advance(3);  // bash's here-string
        if (in_.peek(1) == '<') return here_document_operator();
        in_.advance(in_.peek(1) == '&' || in_.peek(1) == '>' ? 2 : 1);
        return;
      case '>':
        end_word();
        in_.advance(in_.peek(1) == '&' || in_.peek(1) == '|' || in_.peek(1) == '>' ? 2 : 1);
        return;
      case ';':
      case '&':
      case '|': return separator(c);
      case '(': return open_parenthesis();
      case ')': return close_parenthesis();
      default: break;
    }
    Frame& frame = top();
    if (!frame.in_word) {
      frame.in_word = frame.plain = true;
      frame.length = 0;
    }
    if (frame.length < frame.text.size()) {
      frame.text[frame.length++] = static_cast<char>(c);
    } else {
      frame.plain = false;  // longer than any reserved word that matters here
    }
    in_.advance();
  }

  void end_word() {
    Frame& frame = top();
    if (!frame.in_word) return;
    frame.in_word = false;
    const std::string_view word = frame.plain ? frame.word() : std::string_view{};
    const bool reserved = frame.plain && frame.command_position;
    if (frame.kind == FrameKind::Case && frame.case_state == CaseState::AwaitWord) {
      frame.case_state = CaseState::AwaitIn;
      return;
    }
    if (frame.kind == FrameKind::Case && frame.case_state == CaseState::AwaitIn) {
      if (word == "in") {
        frame.case_state = CaseState::Pattern;
        frame.command_position = true;
      } else {
        stack_.pop_back();
      }
      return;
    }
    if (frame.kind == FrameKind::Case && reserved && word == "esac") {
      stack_.pop_back();
      top().command_position = false;
      return;
    }
    if (frame.pattern()) {
      frame.command_position = false;
      return;
    }
    if (reserved && word == "case") {
      frame.command_position = false;
      push(FrameKind::Case, in_.at());
      return;
    }
    frame.command_position =
        reserved &&
        (word == "if" || word == "then" || word == "else" || word == "elif" || word == "do" ||
         word == "while" || word == "until" || word == "!" || word == "{" || word == "time");
  }

  void separator(int c) {
    end_word();
    const bool ends_item = c == ';' && (in_.peek(1) == ';' || in_.peek(1) == '&');
    in_.advance(ends_item ? 2 : 1);
    if (ends_item && in_.peek() == '&') in_.advance();  // bash's ;;&
    Frame& frame = top();
    if (frame.kind == FrameKind::Case && frame.case_state == CaseState::Body && ends_item) {
      frame.case_state = CaseState::Pattern;
    }
    if (!frame.pattern() || ends_item) frame.command_position = true;
  }

  void open_parenthesis() {
    end_word();
    const PieceOffset opened = in_.at();
    Frame& frame = top();
    if (frame.pattern()) return in_.advance();
    const bool doubled = frame.command_position && in_.peek(1) == '(';
    in_.advance(doubled ? 2 : 1);
    frame.command_position = true;
    push(doubled ? FrameKind::Arithmetic : FrameKind::Subshell, opened);
  }

  void close_parenthesis() {
    end_word();
    in_.advance();
    if (top().pattern()) {
      top().case_state = CaseState::Body;
      top().command_position = true;
      return;
    }
    // A `case` that misses its `esac` ends with the parenthesis around it.
    std::size_t depth = stack_.size();
    while (depth > 1 && stack_[depth - 1].kind == FrameKind::Case) --depth;
    if (depth == 1 || !stack_[depth - 1].command())
      return;  // closes nothing: the shell will say so
    stack_.resize(depth - 1);
  }

  void comment() {
    const PieceOffset opened = in_.at();
    while (in_.peek() != kEnd && in_.peek() != '\n') {
      if (in_.peek() == kHoleHere) {
        hole(ShellContext::Comment, opened);
      } else {
        in_.advance();
      }
    }
  }

  // ---- quotes ----

  /// `\` outside single quotes. In double quotes it escapes only $ ` " \ and newline (XCU 2.2.3).
  void backslash(bool escapes_all) {
    const PieceOffset opened = in_.at();
    const int next = in_.peek(1);
    if (next == '\n') {  // a continued line: neither character is there for the shell
      return in_.advance(2);
    }
    part_of_word();
    in_.advance();
    if (next == kHoleHere) return hole_after(ShellContext::AfterBackslash, opened);
    if (next != kEnd && (escapes_all || next == '$' || next == '`' || next == '"' || next == '\\'))
      in_.advance();
  }

  void single_quote() {
    const PieceOffset opened = in_.at();
    bool in_expansion = !top().command();
    for (in_.advance(); in_.peek() != '\'';) {
      if (in_.peek() == kEnd) return unclosed(ShellContext::SingleQuoted, opened);
      if (in_.peek() == kHoleHere) {
        if (in_expansion) {
          hole_here();
        } else {
          hole(ShellContext::SingleQuoted, opened);
        }
      } else {
        in_.advance();
      }
    }
    in_.advance();
  }

  /// $'…' (POSIX.1-2024, bash, busybox). Older shells read `$` and '…', where `\'` ends the quote:
  /// past such a one nothing is certain.
  void dollar_single() {
    const PieceOffset opened = in_.at();
    in_.advance(2);
    while (in_.peek() != '\'') {
      if (in_.peek() == kEnd) return unclosed(ShellContext::DollarSingle, opened);
      if (in_.peek() == kHoleHere) {
        hole(ShellContext::DollarSingle, opened);
        continue;
      }
      if (in_.peek() == '\\') {
        if (in_.peek(1) == '\'') return lose(opened);
        in_.advance();
        if (in_.peek() == kHoleHere || in_.peek() == kEnd) continue;
      }
      in_.advance();
    }
    in_.advance();
  }

  /// `…`: ends at the first backquote without a backslash, whatever quotes stand between
  /// (XCU 2.6.3).
  void backquote() {
    const PieceOffset opened = in_.at();
    for (in_.advance(); in_.peek() != '`';) {
      if (in_.peek() == kEnd) return unclosed(ShellContext::Backquote, opened);
      if (in_.peek() == kHoleHere) {
        hole(ShellContext::Backquote, opened);
        continue;
      }
      const bool escape = in_.peek() == '\\' && in_.peek(1) != kHoleHere;
      in_.advance(escape ? 2 : 1);
    }
    in_.advance();
  }

  void double_quote() {
    switch (in_.peek()) {
      case kHoleHere: return hole_here();
      case '\\': return backslash(false);
      case '`': return backquote();
      case '$': return dollar();
      case '"':
        in_.advance();
        stack_.pop_back();
        return;
      default: in_.advance();
    }
  }

  // ---- expansions ----

  bool in_double_quotes() const {
    for (std::size_t i = stack_.size(); i-- > 0 && !stack_[i].command();) {
      if (stack_[i].kind == FrameKind::DoubleQuote) return true;
    }
    return false;
  }

  void dollar() {
    part_of_word();
    const PieceOffset opened = in_.at();
    const int next = in_.peek(1);
    if (next == kHoleHere) {
      in_.advance();
      return hole_after(ShellContext::AfterDollar, opened);
    }
    if (next == '\\' && in_.peek(2) == '\n') return lose(opened);
    if (next == '(' && in_.peek(2) == '(') {
      in_.advance(3);
      return push(FrameKind::Arithmetic, opened);
    }
    if (next == '(') {
      in_.advance(2);
      return push(FrameKind::CommandSubstitution, opened);
    }
    if (next == '[') return lose(opened);  // bash's old arithmetic, plain text elsewhere
    if (next == '{') return open_parameter(opened);
    const bool quotes =
        top().command() || (top().kind == FrameKind::Parameter && top().single_quotes);
    if (next == '\'' && quotes) return dollar_single();
    in_.advance();
    if (next >= 0 && next < 256 &&
        std::string_view("@*#?-$!0123456789").contains(static_cast<char>(next))) {
      return in_.advance();
    }
    if (!is_name_char(next)) return;
    while (true) {
      if (is_name_char(in_.peek())) {
        in_.advance();
      } else if (in_.peek() == '\\' && in_.peek(1) == '\n') {
        in_.advance(2);  // a continued line does not end the name
      } else {
        break;
      }
    }
    if (in_.peek() == kHoleHere && top().kind == FrameKind::DoubleQuote)
      hole_here(ShellContext::DoubleQuotedAfterName);
  }

  /// `${`: in double quotes, '…' quotes only in the pattern of # ## % %% (XCU 2.6.2).
  void open_parameter(PieceOffset opened) {
    const bool quoted = in_double_quotes();
    in_.advance(2);
    push(FrameKind::Parameter, opened);
    if (lost_) return;
    if (is_name_char(in_.peek())) {
      while (is_name_char(in_.peek())) in_.advance();
    } else if (in_.peek() == '#' && in_.peek(1) != '}') {
      in_.advance();  // ${#name}
      while (is_name_char(in_.peek())) in_.advance();
    } else if (const int c = in_.peek();
               c >= 0 && c < 256 && std::string_view("@*#?-$!").contains(static_cast<char>(c))) {
      in_.advance();
    }
    const int op = in_.peek();
    top().single_quotes = !quoted || op == '#' || op == '%' || op == '/';
  }

  void parameter() {
    switch (in_.peek()) {
      case kHoleHere: return hole_here();
      case '\\': return backslash(true);
      case '`': return backquote();
      case '$': return dollar();
      case '\'':
        if (top().single_quotes) return single_quote();
        return in_.advance();
      case '"': {
        const PieceOffset opened = in_.at();
        in_.advance();
        return push(FrameKind::DoubleQuote, opened);
      }
      case '}':
        in_.advance();
        stack_.pop_back();
        return;
      default: in_.advance();
    }
  }

  /// Ends at `))`. A single `)` shows that it was `$(` and a subshell after all (XCU 2.6.3 asks for
  /// a blank there), and a quote that something unusual goes on: either way the text so far was
  /// read with the wrong eyes.
  void arithmetic() {
    switch (in_.peek()) {
      case kHoleHere: return hole_here();
      case '\\': return backslash(true);
      case '`': return backquote();
      case '$': return dollar();
      case '\'':
      case '"':
      case '#': return lose(top().opened);
      case '(': ++top().parentheses; return in_.advance();
      case ')':
        if (top().parentheses > 0) {
          --top().parentheses;
          return in_.advance();
        }
        if (in_.peek(1) != ')') return lose(top().opened);
        in_.advance(2);
        stack_.pop_back();
        return;
      default: in_.advance();
    }
  }

  // ---- here-documents (XCU 2.7.4) ----

  void here_document_operator() {
    const PieceOffset opened = in_.at();
    bool unclear = false;
    if (auto document = read_here_operator(in_, result_.holes, unclear))
      pending_.push_back(std::move(*document));
    if (unclear) lose(opened);
  }

  void here_documents() {
    for (const HereDocument& document : pending_) read_here_body(in_, document, result_.holes);
    pending_.clear();
  }

  // ---- ends ----

  void unclosed(ShellContext context, PieceOffset opened) {
    if (!result_.unclosed) result_.unclosed = ShellUnclosed{context, opened};
  }

  void report_open_frame() {
    for (std::size_t i = stack_.size(); i-- > 1;) {
      const Frame& frame = stack_[i];
      switch (frame.kind) {
        case FrameKind::Top:
        case FrameKind::Case: continue;
        case FrameKind::CommandSubstitution:
        case FrameKind::Subshell: return unclosed(ShellContext::Unquoted, frame.opened);
        case FrameKind::DoubleQuote: return unclosed(ShellContext::DoubleQuoted, frame.opened);
        case FrameKind::Parameter: return unclosed(ShellContext::ParameterExpansion, frame.opened);
        case FrameKind::Arithmetic: return unclosed(ShellContext::Arithmetic, frame.opened);
      }
    }
  }

  Cursor in_;
  std::vector<Frame> stack_;
  std::vector<HereDocument> pending_;
  std::optional<PieceOffset> lost_;
  ShellText result_;
};

}  // namespace

ShellText shell_contexts(std::span<const Piece> pieces) {
  return Scanner(pieces).run();
}

}  // namespace hookc::values
