#include "lsp/features/semantic_tokens.hpp"

#include <algorithm>

#include "lsp/features/document.hpp"
#include "lsp/features/embedded_tokens.hpp"
#include "lsp/features/semantic_roles.hpp"

namespace hookc::lsp {

using syntax::Node;
using syntax::NodeKind;
using syntax::Word;

namespace {

/// One pass over the tree's leaves; what other languages give is added beside it and sorted in.
class Collector {
 public:
  Collector(const Document& document, const sema::Program* program, Span range)
      : document_(document),
        range_(range),
        text_(document.text),
        roles_(program != nullptr ? SemanticRoles(*document.module, *program)
                                  : SemanticRoles(*document.module, sema::Program())) {}

  std::vector<SemanticToken> run() && {
    for (const EmbeddedPlace& place : embedded_places(*document_.module)) {
      const Span text = document_.module->texts[place.text.value].span;
      if (!touches(text, range_)) continue;
      embedded_.push_back(text);
      for (const SemanticToken& token : embedded_tokens(*document_.module, place)) add(token);
    }
    leaves();
    comments();
    std::ranges::sort(out_, {}, &SemanticToken::span);
    return std::move(out_);
  }

 private:
  struct Frame {
    std::uint32_t index;
    std::uint32_t names = 0;  // Name tokens met so far
    bool embedded = false;    // a String whose literal characters are another language's
  };

  void add(const SemanticToken& token) {
    if (!touches(token.span, range_)) return;
    // Line by line: a token that goes on over a line end is beyond many clients.
    for (std::uint32_t at = token.span.begin; at < token.span.end;) {
      const std::size_t found = text_.find('\n', at);
      const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(found, token.span.end));
      std::uint32_t first = at;
      std::uint32_t last = end;
      if (at != token.span.begin) {
        while (first < last && is_blank(text_[first])) ++first;  // indentation has no colour
      }
      if (last > first && end < token.span.end && text_[last - 1] == '\r') --last;
      if (first < last && touches({first, last}, range_))
        out_.push_back({{first, last}, token.type, token.modifiers});
      at = end + 1;
    }
  }

  void leaves() {
    std::vector<Frame> parents;
    const auto& nodes = document_.tree->nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      while (!parents.empty() && i >= document_.after(parents.back().index)) parents.pop_back();
      if (!syntax::is_token(nodes[i].kind)) {
        Frame frame{i};
        frame.embedded = nodes[i].kind == NodeKind::String &&
                         std::ranges::binary_search(embedded_, nodes[i].span());
        parents.push_back(frame);
        continue;
      }
      leaf(i, parents);
    }
  }

  static NodeKind kind_of(const Document& document, const std::vector<Frame>& parents,
                          std::size_t up) {
    return parents.size() > up ? document.node(parents[parents.size() - 1 - up].index).kind
                               : NodeKind::File;
  }

  void leaf(std::uint32_t index, std::vector<Frame>& parents) {
    const Node& token = document_.node(index);
    const NodeKind parent = kind_of(document_, parents, 0);
    const auto put = [&](TokenType type, std::uint8_t modifiers = 0) {
      add({token.span(), type, modifiers});
    };
    switch (token.kind) {
      case NodeKind::Keyword: return keyword(index, parents);
      case NodeKind::Name: return name(index, parents);
      case NodeKind::Constant: return put(TokenType::Keyword);
      case NodeKind::Int:
      case NodeKind::Decimal:
      case NodeKind::Duration:
      case NodeKind::Size:
      case NodeKind::Date: return put(TokenType::Number);
      case NodeKind::Regex: return put(TokenType::Regexp);
      case NodeKind::Symbol: return symbol(token, parent);
      case NodeKind::Quote: return put(TokenType::String);
      case NodeKind::StringText:
        if (parents.empty() || !parents.back().embedded) put(TokenType::String);
        return;
      case NodeKind::Escape: return put(TokenType::String, bit(TokenModifier::Escape));
      case NodeKind::BadEscape: return put(TokenType::String);
      case NodeKind::SpliceOpen:
      case NodeKind::SpliceClose: return put(TokenType::Operator);
      default: return;  // Skipped: nobody knows what it is
    }
  }

  void keyword(std::uint32_t index, const std::vector<Frame>& parents) {
    const Node& token = document_.node(index);
    const NodeKind parent = kind_of(document_, parents, 0);
    const Word word = syntax::word_of(*document_.tree, text_, token);
    TokenType type = TokenType::Keyword;
    switch (parent) {
      case NodeKind::Type: type = TokenType::Type; break;
      case NodeKind::Not:
      case NodeKind::And:
      case NodeKind::Or:
      case NodeKind::Binary: type = TokenType::Operator; break;
      case NodeKind::OnErrorClause:
        if (word != Word::On && word != Word::Error) type = TokenType::EnumMember;
        break;
      case NodeKind::Spread:
        // `on all … one by one`: the word after `on` is the choice.
        if (index == parents.back().index + 2) type = TokenType::EnumMember;
        break;
      case NodeKind::Outcome:
        if (word != Word::On) type = TokenType::EnumMember;
        break;
      case NodeKind::WaitAction:
        if (word == Word::Ready || word == Word::Available || word == Word::Gone)
          type = TokenType::EnumMember;
        break;
      default: break;
    }
    add({token.span(), type, 0});
  }

  void name(std::uint32_t index, std::vector<Frame>& parents) {
    const Span span = document_.node(index).span();
    std::uint32_t ordinal = parents.empty() ? 0 : parents.back().names++;
    if (const auto role = roles_.find(span.begin); role && role->span == span) return add(*role);
    const NodeKind parent = kind_of(document_, parents, 0);
    if (parent == NodeKind::QualifiedName) {
      // Counted from the end: `use postgres.freeze` names a module, then the template.
      const bool last = index + 1 == document_.after(parents.back().index);
      ordinal = last ? 0 : 1;
    }
    // `Rollout.argoproj.io/web`: all before the slash is the kind.
    if (parent == NodeKind::Workload)
      ordinal = text_[document_.node(index - 1).begin] == '/' ? 1 : 0;
    SemanticToken token = role_by_place(span, {parent, kind_of(document_, parents, 1), ordinal});
    if (parent == NodeKind::GivenCall) {
      const Node& before = document_.node(index - 1);
      if (before.kind == NodeKind::Keyword &&
          syntax::word_of(*document_.tree, text_, before) == Word::Function)
        token.type = TokenType::Function;
    }
    add(token);
  }

  void symbol(const Node& token, NodeKind parent) {
    switch (text_[token.begin]) {
      case '=':
      case '!':
      case '?': break;
      case '<':
      case '>':
        if (parent == NodeKind::Type) return;  // list<…>
        break;
      case '.':
        if (token.end - token.begin == 1) return;
        break;
      default: return;  // brackets, commas and their like
    }
    add({token.span(), TokenType::Operator, 0});
  }

  void comments() {
    std::vector<Span> docs;
    for (const ast::Hook& each : document_.module->hooks) docs.push_back(each.doc.span);
    for (const ast::Hold& each : document_.module->holds) docs.push_back(each.doc.span);
    for (const ast::Template& each : document_.module->templates) docs.push_back(each.doc.span);
    for (const ast::Param& each : document_.module->params) docs.push_back(each.doc.span);
    for (const ast::Secret& each : document_.module->secrets) docs.push_back(each.doc.span);
    for (const ast::Pod& each : document_.module->pods) docs.push_back(each.doc.span);
    for (const ast::Function& each : document_.module->functions) docs.push_back(each.doc.span);
    for (const ast::Test& each : document_.module->tests) docs.push_back(each.doc.span);
    std::erase_if(docs, [](Span doc) { return doc.empty(); });
    std::ranges::sort(docs);
    for (const syntax::Comment& comment : document_.tree->comments) {
      const auto after = std::ranges::upper_bound(docs, comment.span.begin, {}, &Span::begin);
      const bool doc = after != docs.begin() && std::prev(after)->contains(comment.span.begin);
      add({comment.span, TokenType::Comment,
           doc ? bit(TokenModifier::Documentation) : std::uint8_t{0}});
    }
  }

  const Document& document_;
  Span range_;
  std::string_view text_;
  SemanticRoles roles_;
  std::vector<Span> embedded_;  // in file order
  std::vector<SemanticToken> out_;
};

}  // namespace

std::vector<SemanticToken> semantic_tokens(const query::Snapshot& now, const std::string& path) {
  return semantic_tokens(now, path, {0, UINT32_MAX});
}

std::vector<SemanticToken> semantic_tokens(const query::Snapshot& now, const std::string& path,
                                           Span range) {
  const auto document = open_document(now, path);
  if (!document) return {};
  const auto program = now.program(path);
  return Collector(*document, program.get(), range).run();
}

std::optional<TokenEdit> token_edit(std::span<const std::uint32_t> before,
                                    std::span<const std::uint32_t> after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t prefix = 0;
  while (prefix < shorter && before[prefix] == after[prefix]) ++prefix;
  if (prefix == before.size() && prefix == after.size()) return std::nullopt;
  std::size_t suffix = 0;
  while (suffix < shorter - prefix &&
         before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
    ++suffix;
  const auto added = after.subspan(prefix, after.size() - suffix - prefix);
  return TokenEdit{static_cast<std::uint32_t>(prefix),
                   static_cast<std::uint32_t>(before.size() - suffix - prefix),
                   {added.begin(), added.end()}};
}

}  // namespace hookc::lsp
