#include "lsp/features/folding.hpp"

#include <algorithm>

#include "lsp/features/document.hpp"

namespace hookc::lsp {

using syntax::NodeKind;

namespace {

class Folder {
 public:
  explicit Folder(const Document& document) : document_(document), text_(document.text) {}

  std::vector<Fold> run() && {
    nodes();
    imports();
    comments();
    std::ranges::sort(out_, [](const Fold& a, const Fold& b) {
      return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end > b.span.end;
    });
    one_a_line();
    return std::move(out_);
  }

 private:
  void add(Span span, FoldKind kind = FoldKind::Code) {
    if (several_lines(text_, span)) out_.push_back({span, kind});
  }

  /// Up to the line before the closer's, where the closer begins that line.
  Span without_closer(Span span) const {
    std::uint32_t closer = span.end;
    while (closer > span.begin && text_[closer - 1] != '\n' && !is_blank(text_[closer - 1]))
      --closer;
    if (closer == span.begin || !first_on_line(text_, closer)) return span;
    std::uint32_t end = line_begin(text_, closer);
    if (end > span.begin) --end;
    if (end > span.begin && text_[end - 1] == '\r') --end;
    return {span.begin, std::max(end, span.begin)};
  }

  void nodes() {
    const auto& all = document_.tree->nodes;
    for (std::uint32_t i = 1; i < all.size(); ++i) {
      const Span span = all[i].span();
      switch (all[i].kind) {
        case NodeKind::Template:
        case NodeKind::Together:
        case NodeKind::Environment:
        case NodeKind::List:
        case NodeKind::Object:
        case NodeKind::Arguments:
        case NodeKind::Parameters: add(without_closer(span)); break;
        case NodeKind::String:
          if (text_.substr(span.begin, 3) == R"(""")") add(without_closer(span));
          break;
        case NodeKind::Hook:
        case NodeKind::Hold:
        case NodeKind::Release:
        case NodeKind::Pod:
        case NodeKind::Function:
        case NodeKind::Policy:
        case NodeKind::Test:
        case NodeKind::Param:
        case NodeKind::Secret:
        case NodeKind::Target:
        case NodeKind::OperationRule: add(span); break;
        default: break;
      }
    }
  }

  void imports() {
    const auto& statements = document_.module->statements;
    for (std::size_t i = 0; i < statements.size();) {
      std::size_t last = i;
      while (last + 1 < statements.size() &&
             statements[last + 1].kind == ast::StatementKind::Import)
        ++last;
      if (statements[i].kind == ast::StatementKind::Import && last > i)
        add(statements[i].span.to(statements[last].span), FoldKind::Imports);
      i = last + 1;
    }
  }

  /// What a comment says, without `#` and blanks.
  std::string_view said(Span comment) const {
    std::string_view text = document_.slice(comment);
    while (!text.empty() && (text.front() == '#' || is_blank(text.front()))) text.remove_prefix(1);
    return text;
  }

  void comments() {
    std::vector<std::uint32_t> regions;
    Span run;
    const auto end_run = [&] {
      if (!run.empty()) add(run, FoldKind::Comment);
      run = {};
    };
    for (const syntax::Comment& comment : document_.tree->comments) {
      const Span span = comment.span;
      if (!first_on_line(text_, span.begin)) {
        end_run();
        continue;
      }
      const std::string_view words = said(span);
      const bool opens = words.starts_with("region");
      if (opens || words.starts_with("endregion")) {
        end_run();
        if (opens) {
          regions.push_back(span.begin);
        } else if (!regions.empty()) {
          add({regions.back(), span.end}, FoldKind::Region);
          regions.pop_back();
        }
        continue;
      }
      const bool next = !run.empty() && adjacent(run.end, span.begin);
      if (!next) end_run();
      run = next ? Span{run.begin, span.end} : span;
    }
    end_run();
  }

  /// Nothing but one line end and blanks between the two.
  bool adjacent(std::uint32_t end, std::uint32_t begin) const {
    const std::string_view gap = text_.substr(end, begin - end);
    return std::ranges::count(gap, '\n') == 1 &&
           gap.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  void one_a_line() {
    std::vector<Fold> kept;
    for (const Fold& fold : out_) {
      if (!kept.empty() && !several_lines(text_, {kept.back().span.begin, fold.span.begin}) &&
          kept.back().span.begin <= fold.span.begin) {
        if (fold.span.end > kept.back().span.end) kept.back() = fold;
        continue;
      }
      kept.push_back(fold);
    }
    out_ = std::move(kept);
  }

  const Document& document_;
  std::string_view text_;
  std::vector<Fold> out_;
};

}  // namespace

std::vector<Fold> folds(const query::Snapshot& now, const std::string& path) {
  const auto document = open_document(now, path);
  if (!document) return {};
  return Folder(*document).run();
}

}  // namespace hookc::lsp
