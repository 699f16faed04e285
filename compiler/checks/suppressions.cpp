#include "compiler/checks/suppressions.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace hookc::checks {

namespace {

constexpr std::string_view kIgnore = "ignore";
constexpr std::string_view kIgnoreFile = "ignore-file";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
bool ends_word(char c) {
  return is_blank(c) || c == ',';
}

/// Reads a comment's words; offsets are those of the file.
class Words {
 public:
  Words(std::string_view text, Span comment)
      : text_(text.substr(0, comment.end)), at_(comment.begin + 1) {}
  bool take(std::string_view expected) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += static_cast<std::uint32_t>(expected.size());
    return true;
  }
  bool at_end() {
    skip_blanks();
    return at_ >= text_.size();
  }
  Span word() {
    skip_blanks();
    const std::uint32_t begin = at_;
    while (at_ < text_.size() && !ends_word(text_[at_]) && !text_.substr(at_).starts_with("--"))
      ++at_;
    return {begin, at_};
  }
  std::string_view operator[](Span span) const { return text_.substr(span.begin, span.size()); }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  std::string_view text_;
  std::uint32_t at_;
};

std::uint32_t line_begin(std::string_view text, std::uint32_t at) {
  while (at > 0 && text[at - 1] != '\n') --at;
  return at;
}
std::uint32_t line_end(std::string_view text, std::uint32_t at) {
  return static_cast<std::uint32_t>(std::min(text.find('\n', at), text.size()));
}

/// The first line from `at` on that is not a comment: several comments may stand above one finding.
Span next_line(std::string_view text, std::uint32_t at) {
  while (at < text.size()) {
    const Span line{at, line_end(text, at)};
    std::uint32_t first = line.begin;
    while (first < line.end && is_blank(text[first])) ++first;
    if (first == line.end || text[first] != '#') return line;
    at = line.end + 1;
  }
  const auto size = static_cast<std::uint32_t>(text.size());
  return {size, size};
}

std::optional<Suppression> read(std::string_view text, FileId file, Span comment) {
  Words words(text, comment);
  if (!words.take("hookc:")) return std::nullopt;
  Suppression made;
  made.file = file;
  made.word = words.word();
  made.whole_file = words[made.word] == kIgnoreFile;
  made.understood = made.whole_file || words[made.word] == kIgnore;
  // Another word is prose that begins with our name, unless it is all but the right one.
  if (!made.understood && !did_you_mean(words[made.word], {kIgnore, kIgnoreFile}))
    return std::nullopt;
  while (!words.at_end() && !words.take("--")) {
    if (words.take(",")) continue;
    const Span name = words.word();
    made.codes.push_back({name, find_code(words[name])});
  }

  const std::uint32_t begin = line_begin(text, comment.begin);
  std::uint32_t blanks = comment.begin;
  while (blanks > begin && is_blank(text[blanks - 1])) --blanks;
  const bool alone = blanks == begin;
  const std::uint32_t end = line_end(text, comment.end);
  const std::uint32_t after = std::min(end + 1, static_cast<std::uint32_t>(text.size()));
  made.removal = alone ? Span{begin, after} : Span{blanks, comment.end};
  if (made.whole_file) {
    made.reach = {0, static_cast<std::uint32_t>(text.size())};
  } else {
    made.reach = alone ? next_line(text, after) : Span{begin, comment.begin};
  }
  return made;
}

/// Which suppression silences a finding, and which codes of it ever did.
class Silence {
 public:
  explicit Silence(std::span<const Suppression> suppressions) {
    for (const Suppression& suppression : suppressions) {
      entries_.push_back({&suppression, std::vector<bool>(suppression.codes.size())});
    }
    // The lines of one file are disjoint or the same, so that of two reaches with one begin neither
    // hides the other.
    std::ranges::stable_sort(entries_, {}, [](const Entry& e) { return key(*e.suppression); });
  }

  bool takes(const Diagnostic& d) {
    const Location& at = d.primary.where;
    if (d.severity == Severity::Error || !at.file.valid()) return false;
    bool taken = false;
    const auto by_key = [](const Entry& e) { return key(*e.suppression); };
    const auto files = std::ranges::equal_range(
        entries_, std::pair(at.file, true), {},
        [](const Entry& e) { return std::pair(e.suppression->file, e.suppression->whole_file); });
    for (Entry& entry : files) taken = silences(entry, d) || taken;
    // The last line that begins at or before the finding.
    auto last =
        std::ranges::upper_bound(entries_, std::tuple(at.file, false, at.span.begin), {}, by_key);
    if (last == entries_.begin()) return taken;
    const auto line = key(*std::prev(last)->suppression);
    while (last != entries_.begin() && key(*std::prev(last)->suppression) == line) {
      --last;
      taken = silences(*last, d) || taken;
    }
    return taken;
  }

  template <typename Report>
  void each_code(Report report) const {
    for (const Entry& entry : entries_) {
      for (std::size_t i = 0; i < entry.used.size(); ++i)
        report(*entry.suppression, i, entry.used[i]);
    }
  }

 private:
  struct Entry {
    const Suppression* suppression;
    std::vector<bool> used;  // by code
  };
  static std::tuple<FileId, bool, std::uint32_t> key(const Suppression& s) {
    return {s.file, s.whole_file, s.reach.begin};
  }
  static bool silences(Entry& entry, const Diagnostic& d) {
    const Suppression& s = *entry.suppression;
    const Location& at = d.primary.where;
    if (!s.understood || s.file != at.file || at.span.begin < s.reach.begin ||
        at.span.begin > s.reach.end)
      return false;
    bool taken = false;
    for (std::size_t i = 0; i < s.codes.size(); ++i) {
      if (s.codes[i].code != d.code) continue;
      entry.used[i] = true;
      taken = true;
    }
    return taken;
  }

  std::vector<Entry> entries_;
};

/// Takes one code out of a comment, or the comment where it names no other.
FixIt without(const Suppression& s, std::size_t code) {
  const auto removal = [&]() -> Span {
    if (s.codes.size() == 1) return s.removal;
    if (code == 0) return {s.codes[0].span.begin, s.codes[1].span.begin};
    return {s.codes[code - 1].span.end, s.codes[code].span.end};
  }();
  return {s.codes.size() == 1 ? "remove the comment" : "remove the code",
          Applicability::MachineApplicable,
          {{{s.file, removal}, ""}}};
}

void report_unknown(const SourceManager& sources, const Suppression& s, std::size_t index,
                    Diagnostics& diagnostics) {
  const Location at{s.file, s.codes[index].span};
  const std::string_view written = sources.text(s.file).substr(at.span.begin, at.span.size());
  if (written == "all") {
    diagnostics.add(Code::HK9001, at, "`all` is not a code; nothing silences everything")
        .label("silences nothing")
        .help("name the codes, separated by commas: what was not foreseen is still told")
        .fixes.push_back(without(s, index));
    return;
  }
  std::vector<std::string_view> known;
  for (const CodeInfo& code : all_codes()) {
    known.push_back(code.id);
    known.push_back(code.name);
  }
  const auto near = did_you_mean(written, known);
  Diagnostic& d = near
                      ? diagnostics.add(Code::HK9001, at,
                                        "there is no code `{}`, did you mean `{}`?", written, *near)
                      : diagnostics.add(Code::HK9001, at, "there is no code `{}`", written);
  d.label("silences nothing")
      .help("a comment names the codes that hookc prints: `# hookc: ignore HK7005 -- why`");
  // Which code was meant is a guess, and to remove the comment would throw away what was meant.
  if (near) {
    d.fix(fmt::format("write `{}`", *near), at, std::string(*near), Applicability::MaybeIncorrect);
  } else {
    d.fixes.push_back(without(s, index));
  }
}

void report_malformed(const SourceManager& sources, const Suppression& s,
                      Diagnostics& diagnostics) {
  const Location at{s.file, s.word};
  const std::string_view written = sources.text(s.file).substr(at.span.begin, at.span.size());
  if (!s.understood) {
    const auto near = did_you_mean(written, {kIgnore, kIgnoreFile});
    diagnostics.add(Code::HK9001, at, "unknown word `{}`, did you mean `{}`?", written, *near)
        .label("silences nothing")
        .fix(fmt::format("write `{}`", *near), at, std::string(*near));
  } else if (s.codes.empty()) {
    diagnostics.add(Code::HK9001, at, "this comment names no code")
        .label("silences nothing")
        .help(fmt::format("say what is not to be told: `# hookc: {} HK7005 -- why`", written))
        .fix("remove the comment", {s.file, s.removal}, "");
  }
}

void report_idle(const Suppression& s, std::size_t index, bool complete, Diagnostics& diagnostics) {
  const Location at{s.file, s.codes[index].span};
  const CodeInfo& code = info(*s.codes[index].code);
  if (code.severity == Severity::Error) {
    diagnostics.add(Code::HK9001, at, "`{}` is an error, and no comment silences an error", code.id)
        .label("silences nothing")
        .help("mend the error; only warnings and what is milder can be silenced")
        .fixes.push_back(without(s, index));
  } else if (complete) {
    diagnostics
        .add(Code::HK9001, at, "there is no `{}` {} to silence", code.id,
             s.whole_file ? "in this file" : "here")
        .label("silences nothing")
        .help(
            s.whole_file
                ? "remove it: it would hide the next one"
                : "remove it, or write it on the line above the finding or at the end of its line")
        .fixes.push_back(without(s, index));
  }
}

}  // namespace

std::vector<Suppression> find_suppressions(const SourceManager& sources, FileId file,
                                           std::span<const syntax::Comment> comments) {
  std::vector<Suppression> found;
  const std::string_view text = sources.text(file);
  for (const syntax::Comment& comment : comments) {
    if (auto made = read(text, file, comment.span)) found.push_back(*std::move(made));
  }
  return found;
}

Judged apply_suppressions(const SourceManager& sources, std::vector<Diagnostic> findings,
                          std::span<const Suppression> suppressions,
                          std::span<const FileId> complete) {
  Silence silence(suppressions);
  Judged judged;
  Diagnostics told;
  for (Diagnostic& d : findings) {
    if (silence.takes(d)) {
      ++judged.suppressed;
      continue;
    }
    if (d.severity != Severity::Error) {
      d.help(
          fmt::format("if it is meant so, say why on the line above: `# hookc: ignore {} -- why`",
                      info(d.code).id));
    }
    told.add_text(d.code, d.primary.where, "") = std::move(d);
  }
  for (const Suppression& s : suppressions) report_malformed(sources, s, told);
  silence.each_code([&](const Suppression& s, std::size_t index, bool used) {
    if (used || !s.understood) return;
    if (!s.codes[index].code) {
      report_unknown(sources, s, index, told);
    } else {
      report_idle(s, index, std::ranges::find(complete, s.file) != complete.end(), told);
    }
  });
  told.sort();
  judged.findings = std::move(told).take();
  return judged;
}

}  // namespace hookc::checks
