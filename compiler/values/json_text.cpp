// The only unit that includes nlohmann's parser here.
#include "compiler/values/json_text.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

/// Accepts every value and keeps none; remembers where the parser stopped.
class Checker : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) override {
    position_ = position;
    last_token_ = last_token;
    what_ = error.what();
    out_of_range_ =
        error.id == 406;  // a number beyond double, the only error that is not of syntax
    return false;
  }

  std::size_t position_ = 0;
  std::string last_token_;
  std::string what_;
  bool out_of_range_ = false;
};

}  // namespace

Checked<void> check_json(std::string_view text) {
  Checker checker;
  // RFC 8259 section 8.1 forbids to send one; nlohmann reads over it.
  if (text.starts_with("\xef\xbb\xbf"))
    return fail("JSON does not begin with a byte order mark", 0, 3);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &checker)) return {};
  // `position_` counts the bytes read, the offending one included; a token's last byte is the one
  // before.
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail("JSON is missing", 0, text.size());
  }
  const std::size_t stop = std::min(checker.position_, text.size());
  const bool ended =
      checker.what_.contains("unexpected end of input") || checker.position_ > text.size();
  if (ended) return fail("the JSON ends too early", text.size(), text.size());
  std::size_t begin = stop > 0 ? stop - 1 : 0;
  if (checker.out_of_range_) {
    while (begin > 0 &&
           (is_alnum(text[begin - 1]) || std::string_view("+-.").contains(text[begin - 1])))
      --begin;
    return fail("this number in the JSON is too large", begin, stop);
  }
  // nlohmann reads one byte past a literal or number; where its last token shows a whole word,
  // point at the word.
  if (checker.what_.contains("invalid string") && begin < text.size()) {
    const bool newline = begin < text.size() && (text[begin] == '\n' || text[begin] == '\r');
    return fail(newline ? std::string("a line break inside a JSON string; write `\\n`")
                        : fmt::format("{} is not allowed here in a JSON string",
                                      name_character(text, begin)),
                begin, begin + char_length(text, begin));
  }
  if (begin == text.size()) return fail("the JSON ends too early", begin, begin);
  const bool cut =
      checker.what_.contains("invalid literal") && begin > 0 && is_alpha(text[begin - 1]);
  if (cut && !is_alnum(text[begin])) --begin;  // `tru}`: the word is wrong, not what follows it
  while (begin > 0 && is_alnum(text[begin]) && is_alnum(text[begin - 1])) --begin;
  std::size_t end = begin;
  while (end < text.size() && is_alnum(text[end])) ++end;
  if (end == begin) end += char_length(text, begin);
  const std::string_view word = text.substr(begin, end - begin);
  if (text[begin] == '\'') return fail("JSON has strings in double quotes only", begin, end);
  if ((text[begin] == '}' || text[begin] == ']') && begin > 0) {
    const std::size_t before = text.find_last_not_of(" \t\r\n", begin - 1);
    if (before != std::string_view::npos && text[before] == ',') {
      return fail("JSON has no comma after the last element", before, before + 1,
                  [&]() -> std::optional<std::string> {
                    std::string mended(text.substr(0, before));
                    mended += text.substr(before + 1);
                    return nlohmann::json::accept(mended) ? std::optional(mended) : std::nullopt;
                  }());
    }
  }
  if (word == "//" || text.substr(begin).starts_with("//") ||
      text.substr(begin).starts_with("/*") || word == "#") {
    return fail("JSON has no comments", begin, end);
  }
  if (checker.what_.contains("parsing object key") && is_alpha(text[begin])) {
    return fail(fmt::format("the key `{}` in the JSON has to stand in double quotes", word), begin,
                end);
  }
  if (word == "True" || word == "False" || word == "None" || word == "TRUE" || word == "FALSE" ||
      word == "NULL") {
    return fail("JSON has `true`, `false` and `null`, in lower case", begin, end);
  }
  return fail(fmt::format("{} is not expected here in the JSON",
                          word.size() > 1 && word.size() <= 20 ? fmt::format("`{}`", word)
                                                               : name_character(text, begin)),
              begin, end);
}

}  // namespace hookc::values
