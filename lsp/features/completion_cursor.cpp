#include "lsp/features/completion_cursor.hpp"

#include <algorithm>

namespace hookc::lsp::completion {

using syntax::Node;
using syntax::NodeKind;
using syntax::Word;
using K = NodeKind;

namespace {

std::optional<ast::ClauseKind> clause_of(NodeKind kind) {
  switch (kind) {
#define HOOKC_CLAUSE(name, keyword, repeatable) \
  case NodeKind::name##Clause: return ast::ClauseKind::name;
#include "grammar/clauses.def"
#undef HOOKC_CLAUSE
    default: return std::nullopt;
  }
}

std::optional<sema::ActionKind> action_of(NodeKind kind) {
  using enum sema::ActionKind;
  switch (kind) {
    case K::HttpAction: return Http;
    case K::TcpAction: return Tcp;
    case K::ExecAction: return Exec;
    case K::ScaleAction: return Scale;
    case K::WaitAction: return Wait;
    case K::UseAction: return Use;
    case K::ScaleBack: return ScaleBack;
    case K::ReleaseStdin: return Stdin;
    default: return std::nullopt;
  }
}

void add_clause(Sentence& sentence, ast::ClauseKind kind) {
  const bool known = std::ranges::find(sentence.clauses, kind) != sentence.clauses.end();
  if (!known) sentence.clauses.push_back(kind);
}

/// The node of the whole file's tree that is of `kind` and begins at `begin`: what the cursor's
/// statement is up to its end.
std::uint32_t find_in_tree(const syntax::SyntaxTree& tree, NodeKind kind, std::uint32_t begin) {
  for (std::uint32_t i = 1; i < tree.nodes.size();) {
    const Node& node = tree.nodes[i];
    if (node.begin == begin && node.kind == kind) return i;
    i += node.begin <= begin && begin < node.end && !is_token(node.kind) ? 1 : node.size;
    if (node.begin > begin) break;
  }
  return 0;
}

/// What a body has from the cursor on, as the file stands.
void add_clauses_after(const Cursor& cursor, const syntax::OpenNode& body, Sentence& sentence) {
  if (body.node >= cursor.expected.nodes.size()) return;
  const auto first = body.node + 1;
  if (first >= cursor.expected.nodes.size()) return;
  const syntax::SyntaxTree& tree = *cursor.tree;
  const std::uint32_t whole = find_in_tree(tree, body.kind, cursor.node(first).begin);
  if (whole == 0) return;
  const std::uint32_t end = whole + tree.nodes[whole].size;
  for (std::uint32_t i = whole + 1; i < end; i += tree.nodes[i].size) {
    if (tree.nodes[i].begin < cursor.offset) continue;
    if (const auto clause = clause_of(tree.nodes[i].kind)) add_clause(sentence, *clause);
    sentence.has_release |= tree.nodes[i].kind == K::Release;
    sentence.has_until |= tree.nodes[i].kind == K::Until;
    sentence.has_at_most |= tree.nodes[i].kind == K::AtMost;
  }
}

/// The action of the template that a `use` names, which also brings its release.
sema::ActionKind opened(const Cursor& cursor, std::uint32_t use, Sentence& sentence) {
  const CalledTemplate called = called_template(cursor, use);
  if (called.declared == nullptr) return sema::ActionKind::Error;
  sentence.has_release |= called.declared->hold;
  sentence.has_at_most |= called.declared->hold && called.declared->body.at_most.valid();
  const ModuleRef& from = called.from.ref;
  return acts(cursor.now, from.source.empty() ? cursor.path : from.source, *from.module,
              called.declared->body.acquire);
}

/// What the children of a Hook, HoldBody or Release say.
void read_body(const Cursor& cursor, std::uint32_t body, Sentence& sentence) {
  sentence.clauses.clear();
  for (const std::uint32_t i : cursor.children(body)) {
    const NodeKind kind = cursor.node(i).kind;
    if (const auto action = action_of(kind)) {
      sentence.action = *action;
      if (kind == K::UseAction) sentence.action = opened(cursor, i, sentence);
      for (const std::uint32_t part : cursor.children(i)) {
        sentence.post_request |= kind == K::HttpAction && cursor.word(part) == Word::Post;
      }
    } else if (const auto clause = clause_of(kind)) {
      add_clause(sentence, *clause);
    } else if (cursor.word(i) == Word::Session) {
      sentence.session = true;
    }
    sentence.has_release |= kind == K::Release;
    sentence.has_until |= kind == K::Until;
    sentence.has_at_most |= kind == K::AtMost;
  }
}

void read_head(const Cursor& cursor, std::uint32_t statement, Sentence& sentence) {
  for (const std::uint32_t i : cursor.children(statement)) {
    switch (cursor.word(i)) {
      case Word::Restore: sentence.operation = ast::Operation::Restore; break;
      case Word::Post: sentence.place = sema::Place::PostHook; break;
      case Word::Hold: sentence.releases = true; break;
      default: break;
    }
    if (cursor.node(i).kind == K::Outcome) {
      sentence.policy = ast::Policy::Always;
      for (const std::uint32_t part : cursor.children(i)) {
        if (cursor.word(part) == Word::Success) sentence.policy = ast::Policy::OnSuccess;
        if (cursor.word(part) == Word::Failure) sentence.policy = ast::Policy::OnFailure;
      }
    }
    if (cursor.node(i).kind != K::Parameters) continue;
    for (const std::uint32_t param : cursor.children(i)) {
      if (cursor.node(param).kind != K::TemplateParam) continue;
      const auto name = cursor.child(param, K::Name);
      const auto type = cursor.child(param, K::Type);
      if (name && type) sentence.params.push_back({cursor.slice(*name), cursor.slice(*type)});
    }
  }
}

}  // namespace

std::vector<std::uint32_t> Cursor::children(std::uint32_t index) const {
  std::vector<std::uint32_t> found;
  const auto& nodes = expected.nodes;
  if (index >= nodes.size() || is_token(nodes[index].kind)) return found;
  const bool open = nodes[index].size == 1;
  const std::size_t end = open ? nodes.size() : index + nodes[index].size;
  for (std::uint32_t i = index + 1; i < end; i += nodes[i].size) {
    found.push_back(i);
    if (nodes[i].size == 1 && !is_token(nodes[i].kind)) break;  // open: all that follows is its own
  }
  return found;
}

std::optional<std::uint32_t> Cursor::child(std::uint32_t index, NodeKind kind) const {
  for (const std::uint32_t i : children(index)) {
    if (node(i).kind == kind) return i;
  }
  return std::nullopt;
}

Word Cursor::word(std::uint32_t index) const {
  if (node(index).kind != K::Keyword) return Word::None;
  return syntax::find_word(slice(index));
}

std::vector<std::string_view> Cursor::tokens_before(std::size_t count) const {
  std::vector<std::string_view> found;
  for (std::size_t i = expected.nodes.size(); i-- > 0 && found.size() < count;) {
    if (is_token(expected.nodes[i].kind)) found.push_back(slice(expected.nodes[i].span()));
  }
  return found;
}

std::optional<Cursor> cursor_at(const query::Snapshot& now, const std::string& path,
                                std::uint32_t offset) {
  const auto file = now.file(path);
  if (!file) return std::nullopt;
  Cursor cursor{
      now, query::normal_path(path), now.sources().text(*file), now.tree(path), now.module(path), 0,
      {}};
  cursor.offset = std::min(offset, static_cast<std::uint32_t>(cursor.text.size()));
  cursor.expected = syntax::expected_at(cursor.text, *cursor.tree, cursor.offset);
  return cursor;
}

const syntax::OpenNode* find(const Place& place, NodeKind kind) {
  const auto found = std::find_if(place.rbegin(), place.rend(),
                                  [&](const syntax::OpenNode& open) { return open.kind == kind; });
  return found == place.rend() ? nullptr : &*found;
}
bool holds(const Place& place, NodeKind kind) {
  return find(place, kind) != nullptr;
}
NodeKind last(const Place& place) {
  return place.empty() ? K::File : place.back().kind;
}
NodeKind before_last(const Place& place) {
  return place.size() < 2 ? K::File : place[place.size() - 2].kind;
}

CalledTemplate called_template(const Cursor& cursor, std::uint32_t use) {
  const auto path = cursor.child(use, K::QualifiedName);
  if (!path) return {};
  std::string_view name = cursor.slice(*path);
  CalledTemplate called{{{cursor.module, ""}, true}, nullptr};
  if (const std::size_t dot = name.find('.'); dot != name.npos) {
    called.from = qualifier(cursor.now, cursor.path, *cursor.module, name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  if (called.from.ref.module) called.declared = find_template(*called.from.ref.module, name);
  return called;
}

Sentence sentence_at(const Cursor& cursor, const Place& place) {
  Sentence sentence;
  for (const syntax::OpenNode& open : place) {
    switch (open.kind) {
      case K::Hook:
        sentence.is_step = true;
        sentence.place = sema::Place::PreHook;
        read_head(cursor, open.node, sentence);
        read_body(cursor, open.node, sentence);
        sentence.acquire = sentence.action;
        break;
      case K::Hold:
      case K::Template:
        sentence.is_step = true;
        sentence.in_hold = open.kind == K::Hold;
        sentence.in_template = open.kind == K::Template;
        sentence.any_operation = open.kind == K::Template;
        read_head(cursor, open.node, sentence);
        break;
      case K::HoldBody:
        read_body(cursor, open.node, sentence);
        sentence.acquire = sentence.action;
        sentence.place = sentence.session ? sema::Place::SessionAcquire : sema::Place::Acquire;
        break;
      case K::Release:
        sentence.action = sema::ActionKind::Error;
        sentence.post_request = false;
        read_body(cursor, open.node, sentence);
        sentence.place = sema::Place::Release;
        break;
      default: continue;
    }
    if (open.kind == K::Hook || open.kind == K::HoldBody || open.kind == K::Release) {
      add_clauses_after(cursor, open, sentence);
    }
  }
  return sentence;
}

}  // namespace hookc::lsp::completion
