#include <algorithm>

#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/positions.hpp"
#include "compiler/diagnostics/render/render.hpp"
#include "compiler/diagnostics/render/snippet.hpp"

namespace hookc::render {

namespace {

/// A fix that touches more lines than this is named, not shown.
constexpr std::size_t max_fix_lines = 8;

Span clamp(const SourceManager& sources, Location where) {
  const auto size = static_cast<std::uint32_t>(sources.text(where.file).size());
  const std::uint32_t begin = std::min(where.span.begin, size);
  return {begin, std::clamp(where.span.end, begin, size)};
}

bool known(const SourceManager& sources, Location where) {
  return where.file.valid() && where.file.value < sources.count();
}

class TextWriter {
 public:
  TextWriter(const Report& report, const Options& options, std::string& out)
      : sources_(report.sources),
        options_(options),
        out_(out),
        paint_(out, options.color),
        snippets_(report.sources, paint_),
        positions_(report.sources, Unit::CodePoints) {}

  void finding(const Diagnostic& d) {
    const Style style = style_of(d.severity);
    paint_.open(style);
    paint_.raw(to_string(d.severity));
    paint_.raw("[");
    paint_.raw(info(d.code).id);
    paint_.raw("]");
    paint_.close(style);
    paint_.open(Style::Bold);
    paint_.raw(": ");
    paint_.text(d.message);
    paint_.close(Style::Bold);
    paint_.line_end();

    SnippetOptions snippet{1, options_.width, std::max(1U, options_.tab), style};
    snippet.gutter = digits(last_line(d));
    snippets(d, snippet);
    notes(d, snippet);
    paint_.line_end();
  }

  void short_finding(const Diagnostic& d) {
    if (known(sources_, d.primary.where)) {
      place(d.primary.where);
      paint_.raw(": ");
    }
    const Style style = style_of(d.severity);
    paint_.open(style);
    paint_.raw(to_string(d.severity));
    paint_.raw("[");
    paint_.raw(info(d.code).id);
    paint_.raw("]");
    paint_.close(style);
    paint_.raw(": ");
    paint_.text(d.message);
    paint_.line_end();
  }

 private:
  static std::uint32_t digits(std::uint32_t number) {
    std::uint32_t count = 1;
    for (; number >= 10; number /= 10) ++count;
    return count;
  }

  /// 1-based number of the last line that a picture of `d` shows.
  std::uint32_t last_line(const Diagnostic& d) {
    std::uint32_t last = 1;
    const auto see = [&](Location where) {
      if (!known(sources_, where)) return;
      const Span span = clamp(sources_, where);
      const std::uint32_t at = span.empty() ? span.end : span.end - 1;
      last = std::max(last, sources_.lines(where.file).line_of(at) + 1);
    };
    see(d.primary.where);
    for (const Label& label : d.secondary) see(label.where);
    for (const FixIt& fix : d.fixes) {
      for (const Edit& edit : fix.edits) {
        see(edit.where);
        if (!known(sources_, edit.where)) continue;
        const auto added = std::count(edit.replacement.begin(), edit.replacement.end(), '\n');
        const Span span = clamp(sources_, edit.where);
        last = std::max(last, sources_.lines(edit.where.file).line_of(span.begin) + 1 +
                                  static_cast<std::uint32_t>(added));
      }
    }
    return last;
  }

  void place(Location where) {
    const Position at = positions_.at(where.file, where.span.begin);
    paint_.text(sources_.path(where.file));
    fmt::format_to(std::back_inserter(out_), ":{}:{}", at.line, at.column);
  }

  void snippets(const Diagnostic& d, const SnippetOptions& snippet) {
    if (!known(sources_, d.primary.where)) return;
    files_.assign(1, d.primary.where.file);
    for (const Label& label : d.secondary) {
      if (known(sources_, label.where) &&
          std::find(files_.begin(), files_.end(), label.where.file) == files_.end()) {
        files_.push_back(label.where.file);
      }
    }
    for (const FileId file : files_) {
      marks_.clear();
      Location first;
      const auto add = [&](const Label& label, bool primary) {
        if (label.where.file != file) return;
        if (marks_.empty()) first = label.where;
        marks_.push_back({clamp(sources_, label.where), label.text, primary});
      };
      add(d.primary, true);
      for (const Label& label : d.secondary) add(label, false);
      paint_.spaces(snippet.gutter);
      paint_.raw(file == files_.front() ? "--> " : "::: ", Style::Frame);
      place(first);
      paint_.line_end();
      snippets_.draw(file, marks_, snippet);
    }
  }

  /// `   = help: text`, further lines of the text below its first.
  void note(std::string_view kind, std::string_view text, const SnippetOptions& snippet) {
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      paint_.spaces(snippet.gutter + 1);
      if (begin == 0) {
        paint_.raw("= ", Style::Frame);
        paint_.raw(kind, Style::Bold);
        paint_.raw(": ");
      } else {
        paint_.spaces(kind.size() + 4);
      }
      paint_.text(text.substr(begin, end - begin));
      paint_.line_end();
      begin = end + 1;
    }
  }

  void notes(const Diagnostic& d, const SnippetOptions& snippet) {
    const bool drawn = known(sources_, d.primary.where);
    bool separated = !drawn;
    const auto separate = [&] {
      if (!separated) snippets_.empty_row(snippet);
      separated = true;
    };
    for (const std::string& text : d.notes) {
      separate();
      note("note", text, snippet);
    }
    for (const std::string& text : d.helps) {
      separate();
      note("help", text, snippet);
    }
    for (const FixIt& fix : d.fixes) {
      if (shows_itself(d, fix)) {
        if (std::find(d.helps.begin(), d.helps.end(), fix.title) != d.helps.end()) continue;
        separate();
        note("help", fix.title, snippet);
      } else {
        if (!separated) snippets_.empty_row(snippet);
        separated = false;
        show_fix(fix, snippet);
      }
    }
  }

  /// One short replacement that the title names already needs no picture.
  bool shows_itself(const Diagnostic& d, const FixIt& fix) const {
    if (fix.edits.size() != 1) return fix.edits.empty();
    const Edit& edit = fix.edits.front();
    if (!known(sources_, edit.where)) return true;
    return edit.where.file == d.primary.where.file && !edit.replacement.empty() &&
           fix.title.find('`' + edit.replacement + '`') != std::string::npos;
  }

  /// The lines as they are and as they would be.
  void show_fix(const FixIt& fix, const SnippetOptions& snippet) {
    paint_.raw("help", Style::Bold);
    paint_.raw(": ");
    paint_.text(fix.title);
    paint_.line_end();
    edits_.clear();
    for (const Edit& edit : fix.edits) {
      if (known(sources_, edit.where)) edits_.push_back(&edit);
    }
    std::stable_sort(edits_.begin(), edits_.end(),
                     [](const Edit* a, const Edit* b) { return a->where < b->where; });
    for (std::size_t at = 0; at < edits_.size();) {
      std::size_t end = at + 1;
      const FileId file = edits_[at]->where.file;
      const LineIndex& lines = sources_.lines(file);
      const std::uint32_t first = lines.line_of(clamp(sources_, edits_[at]->where).begin);
      std::uint32_t last = lines.line_of(clamp(sources_, edits_[at]->where).end);
      while (end < edits_.size() && edits_[end]->where.file == file &&
             lines.line_of(clamp(sources_, edits_[end]->where).begin) <= last) {
        last = std::max(last, lines.line_of(clamp(sources_, edits_[end]->where).end));
        ++end;
      }
      show_lines(file, first, last, at, end, snippet);
      at = end;
    }
  }

  /// Lines [first, last] before and after edits_[at, end).
  void show_lines(FileId file, std::uint32_t first, std::uint32_t last, std::size_t at,
                  std::size_t end, const SnippetOptions& snippet) {
    const LineIndex& lines = sources_.lines(file);
    const std::string_view text = sources_.text(file);
    const std::uint32_t begin = lines.start(first);
    const std::uint32_t stop = lines.span(last).end;
    const std::size_t longest = std::size_t{max_fix_lines} * snippet.width * 4;
    after_.clear();
    std::uint32_t done = begin;
    bool shown = last - first < max_fix_lines && stop - begin <= longest;
    for (std::size_t i = at; i < end && shown; ++i) {
      const Span span = clamp(sources_, edits_[i]->where);
      if (span.begin < done) shown = false;  // overlapping edits: nothing sensible to show
      if (!shown) break;
      after_ += text.substr(done, span.begin - done);
      after_ += edits_[i]->replacement;
      done = std::min(span.end, stop);
    }
    if (shown) after_ += text.substr(done, stop - done);
    shown =
        shown && after_.size() <= longest &&
        static_cast<std::size_t>(std::count(after_.begin(), after_.end(), '\n')) < max_fix_lines;
    if (!shown) {
      note("note",
           fmt::format("at {}:{}; `hookc check --fix --diff` shows the change", sources_.path(file),
                       first + 1),
           snippet);
      return;
    }
    // Leave out what is the same at both ends, so that an inserted line does not repeat its
    // neighbour.
    rows(text.substr(begin, stop - begin), before_rows_);
    rows(after_, after_rows_);
    std::size_t same_head = 0;
    while (same_head < before_rows_.size() && same_head < after_rows_.size() &&
           before_rows_[same_head] == after_rows_[same_head]) {
      ++same_head;
    }
    std::size_t same_tail = 0;
    while (same_tail + same_head < before_rows_.size() &&
           same_tail + same_head < after_rows_.size() &&
           before_rows_[before_rows_.size() - 1 - same_tail] ==
               after_rows_[after_rows_.size() - 1 - same_tail]) {
      ++same_tail;
    }
    snippets_.empty_row(snippet);
    for (std::size_t i = same_head; i + same_tail < before_rows_.size(); ++i) {
      snippets_.changed_line(first + static_cast<std::uint32_t>(i), '-', before_rows_[i], snippet);
    }
    for (std::size_t i = same_head; i + same_tail < after_rows_.size(); ++i) {
      snippets_.changed_line(first + static_cast<std::uint32_t>(i), '+', after_rows_[i], snippet);
    }
  }

  static void rows(std::string_view text, std::vector<std::string_view>& out) {
    out.clear();
    while (true) {
      const std::size_t end = text.find('\n');
      std::string_view row = text.substr(0, end);
      if (row.ends_with('\r')) row.remove_suffix(1);
      out.push_back(row);
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  const SourceManager& sources_;
  const Options& options_;
  std::string& out_;
  Painter paint_;
  SnippetPainter snippets_;
  Positions positions_;
  std::vector<FileId> files_;
  std::vector<Mark> marks_;
  std::vector<const Edit*> edits_;
  std::string after_;
  std::vector<std::string_view> before_rows_;
  std::vector<std::string_view> after_rows_;
};

}  // namespace

void text(const Report& report, const Options& options, std::string& out) {
  TextWriter writer(report, options, out);
  for (const Diagnostic& d : report.findings) writer.finding(d);
}

void short_text(const Report& report, const Options& options, std::string& out) {
  TextWriter writer(report, options, out);
  for (const Diagnostic& d : report.findings) writer.short_finding(d);
}

}  // namespace hookc::render
