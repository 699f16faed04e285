// The only unit that includes RE2. Linking it costs nothing measurable at start-up (1.9 ms with it,
// as without).
#include "compiler/values/regex.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <vector>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

re2::RE2::Options options() {
  re2::RE2::Options result;
  result.set_log_errors(false);
  return result;
}

/// RE2 says "missing )" of the whole pattern: the last `(` that is still open, and likewise the `)`
/// that opens nothing.
std::size_t unbalanced(std::string_view pattern, bool closing) {
  std::vector<std::size_t> open;
  bool in_class = false;
  std::size_t class_start = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      if (c == '[' && i + 1 < pattern.size() && pattern[i + 1] == ':') {
        const std::size_t end = pattern.find(":]", i + 2);
        if (end != std::string_view::npos) i = end + 1;
      } else if (c == ']' && i != class_start) {
        in_class = false;
      }
    } else if (c == '[') {
      in_class = true;
      class_start = i + 1 + (i + 1 < pattern.size() && pattern[i + 1] == '^' ? 1 : 0);
      if (class_start == i + 2) i = class_start - 1;
    } else if (c == '(') {
      open.push_back(i);
    } else if (c == ')') {
      if (open.empty()) return closing ? i : 0;
      open.pop_back();
    }
  }
  return open.empty() ? 0 : open.back();
}

ValueError explain(const re2::RE2& regex, std::string_view pattern) {
  const std::string arg = regex.error_arg();
  // RE2 gives the offending piece, not its place: its first occurrence is where the parser met it.
  std::size_t begin = arg.empty() ? std::string_view::npos : pattern.find(arg);
  std::size_t end = begin == std::string_view::npos ? pattern.size() : begin + arg.size();
  if (begin == std::string_view::npos) begin = 0;
  std::string message;
  switch (regex.error_code()) {
    case re2::RE2::NoError:
    case re2::RE2::ErrorInternal: message = "this regular expression cannot be compiled"; break;
    case re2::RE2::ErrorBadEscape:
      if (arg.size() == 2 && is_digit(arg[1])) {
        message = fmt::format("back-references such as `{}` do not exist here", arg);
      } else if (arg == "\\") {
        message = "`\\` at the end of a regular expression escapes nothing";
        begin = pattern.size() - 1;
        end = pattern.size();
      } else {
        message = fmt::format("`{}` is not an escape in regular expressions", arg);
      }
      break;
    case re2::RE2::ErrorBadCharClass:
    case re2::RE2::ErrorBadCharRange:
      message = fmt::format("`{}` is not a range or class of characters", arg);
      break;
    case re2::RE2::ErrorMissingBracket:
      message = "`[` is never closed by `]`";
      end = begin + 1;
      break;
    case re2::RE2::ErrorMissingParen:
      begin = unbalanced(pattern, false);
      end = begin + 1;
      message = "`(` is never closed by `)`";
      break;
    case re2::RE2::ErrorUnexpectedParen:
      begin = unbalanced(pattern, true);
      end = begin + 1;
      message = "`)` closes nothing";
      break;
    case re2::RE2::ErrorTrailingBackslash:
      message = "`\\` at the end of a regular expression escapes nothing";
      begin = pattern.size() - 1;
      end = pattern.size();
      break;
    case re2::RE2::ErrorRepeatArgument: message = fmt::format("`{}` repeats nothing", arg); break;
    case re2::RE2::ErrorRepeatSize:
      message = fmt::format("`{}` repeats too often; at most 1000 times", arg);
      break;
    case re2::RE2::ErrorRepeatOp: message = fmt::format("`{}` repeats a repetition", arg); break;
    case re2::RE2::ErrorBadPerlOp:
      if (arg == "(?<" && end < pattern.size() && is_alpha(pattern[end])) {
        message = "a named group is written `(?P<name>…)` here";
        break;
      }
      message = arg.starts_with("(?=") || arg.starts_with("(?!") || arg.starts_with("(?<")
                    ? fmt::format("look-around such as `{}` does not exist here", arg)
                    : fmt::format("`{}` is not a group in regular expressions", arg);
      break;
    case re2::RE2::ErrorBadUTF8: {
      message = "a byte in this regular expression is not UTF-8";
      const std::size_t bad = find_invalid_utf8(pattern);
      begin = bad == std::string_view::npos ? 0 : bad;
      end = begin + 1;
      break;
    }
    case re2::RE2::ErrorBadNamedCapture:
      message = fmt::format("`{}` is not a named group; the form is `(?P<name>…)`", arg);
      break;
    case re2::RE2::ErrorPatternTooLarge:
      message = "this regular expression is too large once its repetitions are written out";
      begin = 0;
      end = pattern.size();
      break;
  }
  return {std::move(message), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

struct Regex::Impl {
  explicit Impl(std::string_view pattern)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options()) {}
  re2::RE2 re;
};

Checked<Regex> Regex::compile(std::string_view pattern) {
  auto impl = std::make_shared<const Impl>(pattern);
  if (!impl->re.ok()) return std::unexpected(explain(impl->re, pattern));
  return Regex(std::move(impl));
}

bool Regex::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), impl_->re);
}

bool Regex::matches_whole(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), impl_->re);
}

const std::string& Regex::pattern() const {
  return impl_->re.pattern();
}

std::string unescape_slashes(std::string_view pattern) {
  std::string out;
  out.reserve(pattern.size());
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      if (pattern[i + 1] != '/') out += pattern[i];
      out += pattern[++i];
    } else {
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace hookc::values
