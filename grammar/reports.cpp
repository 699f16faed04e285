// The mistakes that parsing survives on the spot, and how they are told.
#include <fmt/format.h>

#include "compiler/source/columns.hpp"
#include "grammar/lookalikes.hpp"
#include "grammar/parser.hpp"

namespace hookc::syntax {

void Parser::report_lookalike(std::uint32_t at, const CodePoint& point) {
  const Lookalike& entry = *find_lookalike(point.value);
  const Location where = here({at, at + point.length});
  const bool nothing = entry.replacement.empty();
  Diagnostic& d = diagnostics_.add(Code::HK0003, where, "{} ({}) outside a text", entry.name,
                                   code_point_name(point.value));
  if (nothing) {
    d.label("cannot be seen").fix("remove it", where, "");
    if (is_name_char(text_, at + point.length) && at > 0 && is_alnum_(text_[at - 1])) quiet_ = true;
  } else if (entry.replacement == " ") {
    d.label("looks like a space").fix("write a space", where, " ");
  } else {
    d.label(fmt::format("looks like `{}`", entry.replacement))
        .fix(fmt::format("write `{}`", entry.replacement), where, std::string(entry.replacement));
  }
}

void Parser::report_smart_quotes(std::uint32_t open, std::uint32_t open_length, std::uint32_t close,
                                 std::uint32_t close_length, char replacement) {
  if (!first_report(open)) return;
  const CodePoint point = decode_utf8(text_, open);
  const Lookalike& entry = *find_lookalike(point.value);
  const std::string plain(1, replacement);
  Diagnostic& d =
      diagnostics_.add(Code::HK0003, here({open, open + open_length}), "{} ({}) instead of `{}`",
                       entry.name, code_point_name(point.value), plain);
  d.label("text is quoted with `" + plain + "`");
  FixIt fix{fmt::format("write `{0}…{0}`", plain), Applicability::MachineApplicable, {}};
  fix.edits.push_back({here({open, open + open_length}), plain});
  fix.edits.push_back({here({close, close + close_length}), plain});
  d.fixes.push_back(std::move(fix));
}

void Parser::report_unterminated(Span opener, std::string_view what, std::string help) {
  tree_.has_errors = true;
  if (quiet_) return;
  quiet_ = true;
  if (!first_report(opener.begin)) return;
  diagnostics_.add(Code::HK0002, here(opener), "{} is never closed", what)
      .label(what == "block of text" ? "starts here, and the file ends before it does"
                                     : "starts here, and the line ends before it does")
      .help(std::move(help));
}

void Parser::report_bad_escape(Span escape) {
  if (!first_report(escape.begin)) return;
  const std::string_view found = text_.substr(escape.begin, escape.size());
  Diagnostic& d = diagnostics_.add(Code::HK0004, here(escape), "`{}` is not an escape", found);
  d.label("unknown escape");
  if (found.starts_with("\\u")) {
    d.help("a character is written `\\u{1F600}`: up to 10FFFF, neither 0 nor a surrogate");
    return;
  }
  d.help(
      "escapes are `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\$`, `\\/` and `\\u{…}`; in `'…'` a "
      "backslash is plain text");
  d.fix("write `\\\\` for a backslash", here({escape.begin, escape.begin + 1}), "\\\\",
        Applicability::MaybeIncorrect);
}

void Parser::report_bad_byte(std::uint32_t at, std::uint32_t length) {
  if (!first_report(at)) return;
  reported_until_ = at + length;
  diagnostics_
      .add(Code::HK0004, here({at, at + length}), "byte 0x{:02X} is not UTF-8",
           static_cast<unsigned>(static_cast<unsigned char>(text_[at])))
      .label("not a character")
      .help("save the file as UTF-8");
}

void Parser::report_nul(std::uint32_t at) {
  if (!first_report(at)) return;
  diagnostics_.add(Code::HK0004, here({at, at + 1}), "NUL byte in a text")
      .label("no text can hold it");
}

void Parser::report_bidi(std::uint32_t at, char32_t c, bool in_string) {
  if (!first_report(at)) return;
  const std::uint32_t length = decode_utf8(text_, at).length;
  const Location where = here({at, at + length});
  Diagnostic& d = diagnostics_.add(Code::HK0003, where, "{} ({}) in a {}", find_lookalike(c)->name,
                                   code_point_name(c), in_string ? "text" : "comment");
  d.label("cannot be seen, and changes the order in which the line is shown");
  if (in_string) {
    d.fix("write it as an escape", where, fmt::format("\\u{{{:X}}}", static_cast<std::uint32_t>(c)),
          Applicability::MaybeIncorrect);
  } else {
    d.fix("remove it", where, "");
  }
}

void Parser::report_edition(Span edition) {
  tree_.has_errors = true;
  diagnostics_
      .add(Code::HK0008, here(edition), "unknown edition `{}` of the language",
           text_.substr(edition.begin, edition.size()))
      .label("this hookc knows edition 1")
      .help("use a newer hookc, or write the file for edition 1");
}

void Parser::report_late_edition(std::uint32_t at) {
  if (!first_report(at)) return;
  diagnostics_
      .add(Code::HK0001, here(token_at(at)), "`language` stands in the first line of a file")
      .label("other statements stand before it");
}

void Parser::report_stray_closers(Span run) {
  if (!first_report(run.begin)) return;
  diagnostics_
      .add(Code::HK0001, here({run.begin, run.begin + 1}), "`{}` closes nothing", text_[run.begin])
      .label("no bracket is open here");
}

void Parser::report_unclosed_group(std::uint32_t opener) {
  if (!first_report(opener)) return;
  diagnostics_.add(Code::HK0002, here({opener, opener + 1}), "`{{` is never closed")
      .label("opened here")
      .help("close it with `}` after its last hook");
}

}  // namespace hookc::syntax
