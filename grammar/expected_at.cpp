// The grammar once more, over an input that is told what the rules try where it ends. The second
// unit that includes PEGTL: so ordinary parsing pays nothing for being asked.
#include "grammar/expected_at.hpp"

#include <algorithm>

#include "grammar/file_rules.hpp"

namespace hookc::syntax {

namespace {

using Place = std::vector<OpenNode>;

class WatchedInput : public rules::Input {
 public:
  static constexpr bool kWatched = true;
  WatchedInput(std::string_view text, const std::vector<Node>& nodes, ExpectedAt& out)
      : Input(text), end_(static_cast<std::uint32_t>(text.size())), out_(out), nodes_(nodes) {}

  bool is_end(std::uint32_t at) const { return at >= end_; }

  void words(const Parser& p, std::uint32_t at, std::initializer_list<Word> words, Word then) {
    if (!is_end(at)) return;
    const bool first = p.first_on_line(at);
    for (const Word word : words) {
      // There it would start a statement instead.
      if (first && info(word).role == WordRole::Statement) continue;
      add(p, {WantedKind::Keyword, word, then});
    }
  }
  void starts(const Parser& p, std::uint32_t at, std::initializer_list<Word> words) {
    if (!is_end(at)) return;
    for (const Word word : words) add(p, {WantedKind::Statement, word});
  }
  void token(const Parser& p, std::uint32_t at, WantedKind what) {
    if (is_end(at)) add(p, {what});
  }
  /// Ends the parse.
  [[noreturn]] void inside(const Parser& p, Inside what, std::uint32_t open) {
    out_.inside = what;
    out_.open = open;
    (void)place(p);
    throw Mistake{end_};
  }

 private:
  void add(const Parser& p, Wanted wanted) {
    wanted.place = place(p);
    if (std::ranges::find(out_.wanted, wanted) == out_.wanted.end()) out_.wanted.push_back(wanted);
  }
  /// The nodes open now, as one of the result's places. O(nodes on the path); the first time, and
  /// where a token was written since, O(children on the path).
  std::uint32_t place(const Parser& p) {
    const std::size_t told = up_to_last_token(p);
    if (told != told_) {
      told_ = told;
      begun_.clear();
      for (std::size_t i = 0; i < told; i += p.node(i).size) {
        if (is_open(p.node(i))) begun_.push_back({p.node(i).kind, static_cast<std::uint32_t>(i)});
      }
      const bool later = out_.nodes.empty() || out_.nodes.back().end < p.node(told - 1).end;
      if (later) out_.nodes.assign(nodes_.begin(), nodes_.begin() + std::ptrdiff_t(told));
    }
    // Of the nodes with a token some may be over; those without one stand at the end.
    Place now;
    for (const OpenNode& open : begun_) {
      const Node& node = p.node(open.node);
      if (is_open(node)) now.push_back({node.kind, open.node});
    }
    for (std::size_t i = told; i < p.node_count(); ++i) {
      now.push_back({p.node(i).kind, static_cast<std::uint32_t>(i)});
    }
    if (out_.places.empty() || out_.places.back() != now) out_.places.push_back(std::move(now));
    return static_cast<std::uint32_t>(out_.places.size() - 1);
  }
  static bool is_open(const Node& node) { return node.size == 1 && !is_token(node.kind); }
  /// The number of nodes without those that were only begun after the last token.
  static std::size_t up_to_last_token(const Parser& p) {
    std::size_t count = p.node_count();
    while (count > 1 && is_open(p.node(count - 1))) --count;
    return count;
  }

  std::uint32_t end_;
  ExpectedAt& out_;
  const std::vector<Node>& nodes_;  // the parser's
  Place begun_;                     // nodes that had a token when `told_` nodes stood
  std::size_t told_ = 0;
};

/// Where the word, number or KIND/NAME begins that is typed up to `at`.
std::uint32_t prefix_begin(std::string_view text, std::uint32_t at) {
  const auto name = [&](std::uint32_t from) {
    while (from > 0 && (is_alnum_(text[from - 1]) ||
                        (text[from - 1] == '-' && from > 1 && is_alnum_(text[from - 2]))))
      --from;
    return from;
  };
  const auto digit = [&](std::uint32_t i) { return text[i] >= '0' && text[i] <= '9'; };
  std::uint32_t begin = name(at);
  if (begin < at && digit(begin) && begin >= 2 && text[begin - 1] == '.' && digit(begin - 2)) {
    begin = name(begin - 1);
  }
  if (begin > 1 && text[begin - 1] == '/' && is_alnum_(text[begin - 2])) {
    begin = name(begin - 1);
    while (begin > 1 && text[begin - 1] == '.' && is_alnum_(text[begin - 2])) {
      begin = name(begin - 1);
    }
  }
  return begin;
}

/// The statement that holds the byte before `end`: its node, or 0 where none begins earlier.
std::size_t statement_before(const SyntaxTree& tree, std::uint32_t end) {
  std::size_t found = 0;
  for (std::size_t i = 1; i < tree.nodes.size() && tree.nodes[i].begin < end;) {
    found = i;
    i += tree.nodes[i].size;
  }
  return found;
}

}  // namespace

ExpectedAt expected_at(std::string_view text, const SyntaxTree& tree, std::uint32_t offset) {
  ExpectedAt result;
  offset = std::min(offset, static_cast<std::uint32_t>(text.size()));
  result.prefix = {prefix_begin(text, offset), offset};
  const auto comment = std::ranges::lower_bound(tree.comments, offset, {},
                                                [](const Comment& c) { return c.span.end; });
  if (comment != tree.comments.end() && comment->span.begin < offset) {
    result.inside = Inside::Comment;
    return result;
  }
  const std::string_view before = text.substr(0, result.prefix.begin);
  const std::size_t statement = statement_before(tree, result.prefix.begin);
  const std::uint32_t begin = statement == 0 ? 0 : tree.nodes[statement].begin;
  SyntaxTree partial;
  partial.nodes.reserve((before.size() - begin) / 2 + 16);
  Diagnostics unsaid;
  Parser parser(before, partial, unsaid);
  (void)parser.open(NodeKind::File);
  WatchedInput in(before, partial.nodes, result);
  rules::move_to(in, statement == 0 ? rules::file_begin(parser) : begin);
  rules::read_statements(in, parser, statement <= 1);
  return result;
}

}  // namespace hookc::syntax
