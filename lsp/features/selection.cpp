#include "lsp/features/selection.hpp"

#include <algorithm>

#include "lsp/features/document.hpp"
#include "lsp/features/embedded_shell.hpp"
#include "lsp/features/embedded_text.hpp"
#include "lsp/features/embedded_tokens.hpp"

namespace hookc::lsp {

using syntax::Node;
using syntax::NodeKind;

namespace {

bool is_word(char c) {
  return syntax::is_alnum_(c) || static_cast<unsigned char>(c) >= 0x80;
}

class Selector {
 public:
  Selector(const Document& document, std::uint32_t offset)
      : document_(document),
        text_(document.text),
        at_(std::min(offset, static_cast<std::uint32_t>(text_.size()))) {}

  std::vector<Span> run() && {
    if (const auto comment = comment_at(document_, at_)) {
      word({comment->begin, comment->end});
      offer(*comment);
      offer(comment_run(*comment));
    }
    const std::vector<std::uint32_t> path = path_to(document_, at_);
    for (std::size_t i = path.size(); i-- > 0;) node(path[i]);
    offer({0, static_cast<std::uint32_t>(text_.size())});
    // What does not grow is no step.
    std::ranges::sort(offered_, [](Span a, Span b) { return a.size() < b.size(); });
    std::vector<Span> chain;
    for (const Span span : offered_) {
      if (chain.empty() || (span != chain.back() && span.begin <= chain.back().begin &&
                            chain.back().end <= span.end))
        chain.push_back(span);
    }
    return chain;
  }

 private:
  void offer(Span span) {
    if (span.begin <= at_ && at_ <= span.end && span.begin <= span.end) offered_.push_back(span);
  }

  /// The letters and digits around the cursor, within `bounds`.
  void word(Span bounds) {
    std::uint32_t begin = at_;
    std::uint32_t end = at_;
    while (begin > bounds.begin && is_word(text_[begin - 1])) --begin;
    while (end < bounds.end && is_word(text_[end])) ++end;
    if (begin < end) offer({begin, end});
  }

  Span comment_run(Span comment) const {
    const auto& comments = document_.tree->comments;
    const auto here = std::ranges::lower_bound(
        comments, comment, {}, [](const syntax::Comment& each) { return each.span; });
    const auto adjacent = [&](Span above, Span below) {
      const std::string_view gap = text_.substr(above.end, below.begin - above.end);
      return std::ranges::count(gap, '\n') == 1 &&
             gap.find_first_not_of(" \t\r\n") == std::string_view::npos &&
             first_on_line(text_, above.begin);
    };
    Span run = comment;
    for (auto each = here; each != comments.begin() && adjacent(std::prev(each)->span, run); --each)
      run.begin = std::prev(each)->span.begin;
    for (auto each = here + 1; each < comments.end() && adjacent({run.begin, run.end}, each->span);
         ++each)
      run.end = each->span.end;
    return run;
  }

  void node(std::uint32_t index) {
    const Node& here = document_.node(index);
    switch (here.kind) {
      case NodeKind::StringText: word(here.span()); return;  // a run between escapes is no unit
      case NodeKind::String: string(index); break;
      case NodeKind::List:
      case NodeKind::Object:
      case NodeKind::Arguments:
      case NodeKind::Parameters:
      case NodeKind::Paren:
      case NodeKind::Together:
      case NodeKind::Template:
      case NodeKind::Environment:
      case NodeKind::Splice: between(index); break;
      default: break;
    }
    offer(here.span());
    if (const Span doc = doc_of(here.span()); !doc.empty()) offer(doc.to(here.span()));
  }

  void string(std::uint32_t index) {
    const std::uint32_t last = document_.after(index) - 1;
    const Node& opener = document_.node(index + 1);
    if (opener.kind != NodeKind::Quote) return;
    const bool closed = last > index + 1 && document_.node(last).kind == NodeKind::Quote;
    const Span inner{opener.end, closed ? document_.node(last).begin : document_.node(index).end};
    shell_word(document_.node(index).span());
    offer(inner);
  }

  void shell_word(Span string) {
    for (const EmbeddedPlace& place : embedded_places(*document_.module)) {
      if (place.language != EmbeddedLanguage::Shell ||
          document_.module->texts[place.text.value].span != string)
        continue;
      const EmbeddedText embedded(*document_.module, place.text);
      std::uint32_t at = embedded.find(at_);
      // At the end of a word the byte before it is what is touched.
      if (at_ > string.begin && (at >= embedded.text().size() || is_blank(embedded.text()[at]) ||
                                 embedded.text()[at] == '\n'))
        at = embedded.find(at_ - 1);
      if (at >= embedded.text().size()) return;
      for (const Span each : lex_shell(embedded.text()).words) {
        if (!each.contains(at)) continue;
        const std::vector<Span> source = embedded.source_of(each);
        if (!source.empty()) offer({source.front().begin, source.back().end});
      }
      return;
    }
  }

  /// From after the first opening bracket among the children to before the closing one.
  void between(std::uint32_t index) {
    const auto opens = [&](const Node& node) {
      return node.kind == NodeKind::SpliceOpen ||
             (node.kind == NodeKind::Symbol && std::string_view("([{").contains(text_[node.begin]));
    };
    for (std::uint32_t c = index + 1; c < document_.after(index); c = document_.after(c)) {
      if (!opens(document_.node(c))) continue;
      const std::uint32_t first = c + 1;
      const std::uint32_t closer = document_.after(index) - 1;
      if (first < closer) offer({document_.node(first).begin, document_.node(closer - 1).end});
      return;
    }
  }

  Span doc_of(Span statement) const {
    const auto search = [&](const auto& all) {
      for (const auto& each : all) {
        if (each.span == statement) return each.doc.span;
      }
      return Span{};
    };
    const ast::Module& m = *document_.module;
    for (const Span found :
         {search(m.hooks), search(m.holds), search(m.templates), search(m.params),
          search(m.secrets), search(m.pods), search(m.functions), search(m.groups), search(m.tests),
          search(m.environments), search(m.policies), search(m.targets)}) {
      if (!found.empty()) return found;
    }
    return {};
  }

  const Document& document_;
  std::string_view text_;
  std::uint32_t at_;
  std::vector<Span> offered_;
};

}  // namespace

std::vector<Span> selection_chain(const query::Snapshot& now, const std::string& path,
                                  std::uint32_t offset) {
  const auto document = open_document(now, path);
  if (!document) return {};
  return Selector(*document, offset).run();
}

}  // namespace hookc::lsp
