// How mistakes are told. What the grammar wanted is a row of expected.def; what stands there
// instead is looked at here.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/source/columns.hpp"
#include "grammar/lookalikes.hpp"
#include "grammar/parser.hpp"

namespace hookc::syntax {

namespace {

struct ExpectedInfo {
  std::string_view what;
  std::string_view words;
  std::string_view examples;
};
constexpr auto kExpected = std::to_array<ExpectedInfo>({
#define HOOKC_EXPECTED(name, what, words, examples) {what, words, examples},
#include "grammar/expected.def"
#undef HOOKC_EXPECTED
});

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at == text.npos ? text.size() : at + 1);
  }
  return parts;
}

std::vector<std::string_view> expand(std::string_view words) {
  std::vector<std::string_view> result;
  const auto add = [&](WordRole role) {
    for (const WordInfo& word : kWords) {
      if (word.role == role) result.push_back(word.text);
    }
  };
  for (std::string_view word : split(words, ' ')) {
    if (word == "@statement") {
      add(WordRole::Statement);
    } else if (word == "@clause") {
      add(WordRole::Clause);
    } else if (word == "@action") {
      add(WordRole::Action);
    } else if (word == "@operator") {
      for (std::string_view op :
           {"and", "or", "in", "contains", "matches", "startswith", "endswith"}) {
        result.push_back(op);
      }
    } else {
      result.push_back(word);
    }
  }
  return result;
}

std::string alternatives(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += fmt::format("`{}`", words[i]);
  }
  return text;
}

/// Words that belong inside one construct and are often written beside it.
struct Stray {
  std::string_view found;
  std::string_view help;
};
constexpr auto kStrays = std::to_array<Stray>({
    {"=", "two values are compared with `==`"},
    {"&&", "write `and`"},
    {"||", "write `or`"},
    {"!", "write `not`"},
    {";", "statements need no `;`: a new one starts on its own line"},
    {"//", "a comment starts with `#`"},
    {"/*", "a comment starts with `#`, on every line of it"},
    {"backoff", "`backoff` follows `every`: `retry 3 every 2s backoff 2`"},
    {"every", "`every` follows a number: `retry 3 every 2s`"},
    {"up", "`up to` follows `backoff`: `retry 3 every 2s backoff 2 up to 30s`"},
    {"release",
     "`release` belongs to `hold`, before `until` and `at most`: `hold backup ACTION release "
     "ACTION at most 5m`"},
    {"on",
     "the policy stands before the name: `post backup on failure \"page\" http get "
     "\"https://example.com\"`"},
    {"always",
     "the policy stands before the name: `post backup always \"ping\" http get "
     "\"https://example.com\"`"},
    {"retries", "write `retry 3`"},
});

bool before(const WordCorrection& c, std::uint32_t at) {
  return c.at < at;
}

bool is_one_of(Expected expected, std::initializer_list<Expected> set) {
  return std::find(set.begin(), set.end(), expected) != set.end();
}

}  // namespace

void Parser::stop(std::uint32_t at, bool whole_statement) {
  throw Mistake{at, false, whole_statement};
}

bool Parser::already_corrected(std::uint32_t at) const {
  const auto found = std::lower_bound(corrections_.begin(), corrections_.end(), at, before);
  return found != corrections_.end() && found->at == at;
}

bool Parser::first_report(std::uint32_t at) {
  tree_.has_errors = true;
  if (at < reported_until_) return false;
  reported_until_ = at + 1;
  return true;
}

Span Parser::token_at(std::uint32_t at) const {
  if (at_end(at)) return {size(), size()};
  std::uint32_t end = at;
  if (is_name_char(text_, at) || (char_at(at) == '-' && number(at).end != at)) {
    end = number(at).end;
    if (end == at) {
      while (is_name_char(text_, end)) ++end;
    }
    return {at, end};
  }
  const char c = char_at(at);
  if (c == '"' || c == '\'') {
    for (end = at + 1; !at_end(end) && char_at(end) != '\n'; ++end) {
      if (char_at(end) == c) return {at, end + 1};
      if (char_at(end) == '\\' && c == '"') ++end;
    }
    return {at, at + 1};
  }
  for (std::string_view sign : {"${", "==", "!=", "<=", ">=", "??", "..", "&&", "||", "//", "/*"}) {
    if (looking_at(at, sign)) return {at, at + 2};
  }
  return {at, at + decode_utf8(text_, at).length};
}

std::string Parser::describe(std::uint32_t at) const {
  if (at_end(at)) return "the end of the file";
  const Span span = token_at(at);
  std::string_view found = text_.substr(span.begin, span.size());
  if (found.size() <= 40) return fmt::format("`{}`", found);
  std::uint32_t cut = 0;
  while (cut < 36) cut += decode_utf8(found, cut).length;
  return fmt::format("`{}…`", found.substr(0, cut));
}

bool Parser::report_found(std::uint32_t at) {
  // A word that runs into something that is no letter here: that is the mistake, not the word.
  if (const std::uint32_t end = peek(at).end;
      end != at && static_cast<unsigned char>(char_at(end)) >= 0x80)
    at = end;
  const char c = char_at(at);
  const bool end = at_end(at);
  if (!end && static_cast<unsigned char>(c) >= 0x80) {
    const CodePoint point = decode_utf8(text_, at);
    if (!point.valid) {
      report_bad_byte(at, point.length);
    } else if (find_lookalike(point.value) != nullptr) {
      if (first_report(at)) report_lookalike(at, point);
    } else {
      diagnostics_
          .add(Code::HK0001, here({at, at + point.length}), "`{}` outside a text",
               text_.substr(at, point.length))
          .label("names and words of the language are ASCII")
          .help("text stands in quotes: `\"…\"`");
    }
    return true;
  }
  if (!end && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)) {
    diagnostics_
        .add(Code::HK0001, here({at, at + 1}), "{} cannot stand outside a text",
             c == '\0' ? std::string("NUL byte")
                       : "control character " + code_point_name(static_cast<char32_t>(c)))
        .label("cannot be seen");
    return true;
  }
  if (brackets_.empty()) return false;
  const Opener opener = brackets_.back();
  const char sign = opener.length == 2 ? '$' : text_[opener.at];
  const char closer = sign == '(' ? ')' : sign == '[' ? ']' : sign == '<' ? '>' : '}';
  const bool other_closer = !end && (c == ')' || c == ']' || c == '}') && c != closer;
  const bool line_over = opener.one_line && text_.substr(opener.at, at - opener.at).find('\n') !=
                                                std::string_view::npos;
  const bool quote_in_splice = opener.one_line && c == '"' && last_end() <= at;
  if (!end && !peek(at).starts_statement && !other_closer && !line_over && !quote_in_splice)
    return false;
  if (errors_made_ != opener.errors)
    return true;  // what recovery left out may have been the closing sign
  Diagnostic& d = diagnostics_.add(Code::HK0002, here({opener.at, opener.at + opener.length}),
                                   "`{}` is never closed", text_.substr(opener.at, opener.length));
  d.label("opened here");
  if (end) {
    d.help(fmt::format("close it with `{}`", closer));
  } else {
    d.also(here(token_at(at)), fmt::format("`{}` was still missing here", closer));
  }
  if (opener.length == 2) d.help("for the shell's own `${…}` write `\\${…}`");
  return true;
}

bool Parser::try_correct(std::uint32_t at, const std::vector<std::string_view>& candidates) {
  const Peek found = peek(at);
  if (!found.is_name() || found.word != Word::None || found.end - at > 24) return false;
  const std::string_view written = text_.substr(at, found.end - at);
  const auto meant = did_you_mean(written, candidates);
  if (!meant) return false;
  const Location where = here({at, found.end});
  Diagnostic& d = diagnostics_.add(Code::HK0005, where, "unknown word `{}`, did you mean `{}`?",
                                   written, *meant);
  d.label("misspelt");
  if (candidates.size() <= 6 && candidates.size() > 1)
    d.help("expected " + alternatives(candidates));
  d.fix(fmt::format("write `{}`", *meant), where, std::string(*meant));
  tree_.has_errors = true;
  corrections_.insert(std::lower_bound(corrections_.begin(), corrections_.end(), at, before),
                      {at, find_word(*meant)});
  peek_ = {};
  return true;
}

namespace {
void add_examples(Diagnostic& d, std::string_view examples) {
  for (std::string_view example : split(examples, '|'))
    d.help(fmt::format("for example `{}`", example));
}
}  // namespace

void Parser::report_expected(std::uint32_t at, std::string_view what, std::string_view examples,
                             bool item) {
  // What is missing at the end of a line is told where it belongs, not at whatever follows later.
  const std::uint32_t before = last_end();
  const bool later_line = before > 0 && before <= at &&
                          text_.substr(before, at - before).find('\n') != std::string_view::npos;
  const bool over = at_end(at) || peek(at).starts_statement;
  if (before > 0 && !item && (over || later_line)) {
    Span last = nodes_.back().span();
    if (nodes_.back().kind == NodeKind::Quote && nodes_.size() >= 2) {
      // The whole text, not its closing quote.
      for (std::size_t i = nodes_.size() - 1; i-- > 0 && nodes_.size() - i < 64;) {
        if (nodes_[i].kind == NodeKind::String && i + nodes_[i].size == nodes_.size()) {
          last = nodes_[i].span();
          break;
        }
      }
    }
    std::string_view after = text_.substr(last.begin, last.size());
    const bool short_enough = after.size() <= 40 && after.find('\n') == after.npos;
    Diagnostic& d =
        short_enough
            ? diagnostics_.add(Code::HK0001, here(last), "expected {} after `{}`", what, after)
            : diagnostics_.add(Code::HK0001, here(last), "expected {} after this", what);
    d.label(at_end(at) ? "the file ends here"
            : over     ? "the statement ends here"
                       : "something is missing after this");
    add_examples(d, examples);
    return;
  }
  Diagnostic& d = diagnostics_.add(Code::HK0001, here(token_at(at)), "expected {}, found {}", what,
                                   describe(at));
  d.label("unexpected");
  const Span found_span = token_at(at);
  const std::string_view found = text_.substr(found_span.begin, found_span.size());
  if (what == "`:`") {
    d.help("`:` stands between a name and its type or value");
    return;
  }
  if (looking_at(found_span.end, "://")) {
    d.help("a URL stands in quotes: `\"https://example.com/ping\"`");
    return;
  }
  for (const Stray& stray : kStrays) {
    if (stray.found == found) {
      d.help(std::string(stray.help));
      return;
    }
  }
  if (!brackets_.empty() && brackets_.back().length == 2) {
    d.help("for the shell's own `${…}` write `\\${…}`");
    return;
  }
  add_examples(d, examples);
}

void Parser::fail(std::uint32_t at, Expected expected) {
  tree_.has_errors = true;
  if (quiet_ || already_corrected(at)) stop(at);
  const ExpectedInfo& row = kExpected[static_cast<std::size_t>(expected)];
  const std::vector<std::string_view> words = expand(row.words);
  if (report_found(at)) stop(at);
  if (!words.empty() && try_correct(at, words)) throw Mistake{at, true, false};
  const Peek found = peek(at);
  const std::string_view written = text_.substr(at, found.end - at);
  using enum Expected;
  if (is_one_of(expected, {Binder, NewName, Name, PodName, FunctionName})) {
    if (found.is_name() && !found.starts_statement) {
      const Location where = here({at, found.end});
      Diagnostic& d = diagnostics_.add(Code::HK0001, where,
                                       "`{}` is a word of the language, not {}", written, row.what);
      d.label("reserved");
      if (is_one_of(expected, {Binder, NewName})) {
        d.help("choose another name");
      } else {
        d.fix("put it in quotes", where, fmt::format("\"{}\"", written));
      }
      stop(at);
    }
  } else if (is_one_of(expected,
                       {Text, String, Literal, Url, Address, Duration, Int, Number, Quantity})) {
    if (found.is_name() && found.word == Word::None) {
      Diagnostic& d = diagnostics_.add(Code::HK0001, here({at, found.end}),
                                       "expected {}, found the bare word `{}`", row.what, written);
      d.label("unexpected");
      if (expected == String) {
        d.help(fmt::format("write `\"{}\"`", written));
      } else if (is_one_of(expected, {Duration, Int, Number})) {
        d.help(fmt::format("a declared value is written `${{{}}}` here", written));
      } else {
        d.help(fmt::format("write `\"{0}\"` for a text, `${{{0}}}` for a declared value", written));
      }
      stop(at);
    }
  } else if (is_one_of(expected, {Expression, SpliceValue})) {
    if (looking_at(at, "${")) {
      diagnostics_.add(Code::HK0001, here(token_at(at)), "`${{…}}` inside an expression")
          .label("values are named without it here")
          .help("`${…}` stands in texts and in the arguments of clauses; here write the bare name");
      stop(at);
    }
    if (info(found.word).role == WordRole::Statement && !found.starts_statement) {
      diagnostics_
          .add(Code::HK0001, here({at, found.end}),
               "`{}` is a word of the language and names no value", written)
          .label("reserved");
      stop(at);
    }
  }
  std::string what(row.what);
  if (what.empty()) what = alternatives(words);
  const bool item =
      is_one_of(expected, {Statement, StatementEnd, GroupMember, Clause, HoldClause, ReleaseClause,
                           HoldEnd, PodProperty, FunctionProperty, Setting, Rule, TestLine});
  report_expected(at, what, row.examples, item);
  stop(at);
}

void Parser::fail_words(std::uint32_t at, std::initializer_list<Word> words) {
  tree_.has_errors = true;
  if (quiet_ || already_corrected(at) || report_found(at)) stop(at);
  std::vector<std::string_view> candidates;
  for (Word word : words) candidates.push_back(info(word).text);
  if (try_correct(at, candidates)) throw Mistake{at, true, false};
  report_expected(at, alternatives(candidates), "");
  stop(at);
}

void Parser::fail_symbol(std::uint32_t at, std::string_view symbol) {
  tree_.has_errors = true;
  if (quiet_ || already_corrected(at) || report_found(at)) stop(at);
  const bool list = symbol == "]" || symbol == ")" || symbol == "}";
  report_expected(at, list ? fmt::format("`,` or `{}`", symbol) : fmt::format("`{}`", symbol), "");
  stop(at);
}

void Parser::too_deep(std::uint32_t at) {
  tree_.has_errors = true;
  if (!quiet_) {
    diagnostics_.add(Code::HK0007, here(token_at(at)), "nested deeper than {} levels", kDepthLimit)
        .label("level 201 starts here");
  }
  quiet_ = true;
  stop(at, true);
}

}  // namespace hookc::syntax
