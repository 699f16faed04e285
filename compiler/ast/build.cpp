// The statements of a file, and the ones that hold hooks.
#include "compiler/ast/build.hpp"

#include <array>

#include "compiler/ast/builder.hpp"

namespace hookc::ast {

namespace {

bool is_clause(NodeKind kind) {
  return kind >= NodeKind::TimeoutClause && kind <= NodeKind::AfterClause;
}
bool is_action(NodeKind kind) {
  return (kind >= NodeKind::HttpAction && kind <= NodeKind::UseAction &&
          kind != NodeKind::Endpoint && kind != NodeKind::PodRef) ||
         kind == NodeKind::ScaleBack || kind == NodeKind::ReleaseStdin;
}

template <typename T>
std::uint32_t push(std::vector<T>& all, T made) {
  all.push_back(std::move(made));
  return static_cast<std::uint32_t>(all.size() - 1);
}

}  // namespace

Module build(const SourceManager& sources, const syntax::SyntaxTree& tree,
             Diagnostics& diagnostics) {
  return Builder(sources.text(tree.file), tree, diagnostics).run();
}

Module Builder::run() {
  out_.file = tree_.file;
  const std::size_t count = nodes_.size();
  reserve();
  for (std::size_t i = 1; i < count; i += nodes_[i].size) {
    if (nodes_[i].kind == NodeKind::Edition) {
      Children at = children(i);
      at.next();
      out_.edition_span = at.node().span();
      std::int64_t edition = 0;
      for (char c : slice(out_.edition_span))
        edition = c >= '0' && c <= '9' && edition < 1'000'000 ? edition * 10 + (c - '0') : edition;
      out_.edition = edition;
      continue;
    }
    out_.statements.push_back(statement(i));
  }
  return std::move(out_);
}

// One pass over the kinds, so that the big vectors are allocated once and no larger than needed.
void Builder::reserve() {
  std::array<std::uint32_t, 256> of{};
  for (const Node& each : nodes_) ++of[static_cast<std::size_t>(each.kind)];
  const auto sum = [&](std::initializer_list<NodeKind> kinds) {
    std::size_t total = 0;
    for (NodeKind kind : kinds) total += of[static_cast<std::size_t>(kind)];
    return total;
  };
  using enum NodeKind;
  out_.exprs.reserve(sum({Int, Decimal, Duration, Size, Constant, String, Splice, List, Object,
                          Call, MemberStep, IndexStep, Not, If, Or, And, Binary, Range, Default}) +
                     sum({Name}) / 4);
  out_.texts.reserve(sum({String, Splice}));
  out_.parts.reserve(sum({StringText, Escape, BadEscape, Splice}));
  std::size_t clauses = 0;
  for (auto kind = static_cast<std::size_t>(TimeoutClause);
       kind <= static_cast<std::size_t>(AfterClause); ++kind) {
    clauses += of[kind];
  }
  out_.clauses.reserve(clauses);
  out_.hooks.reserve(sum({NodeKind::Hook}));
  out_.statements.reserve(sum({NodeKind::Hook}) + 16);
}

// The comments right above `begin`: each alone on its line, no empty line between. Statements come
// in file order.
DocComment Builder::doc(std::uint32_t begin) {
  const auto& comments = tree_.comments;
  while (next_comment_ < comments.size() && comments[next_comment_].span.end <= begin)
    ++next_comment_;
  DocComment made;
  std::uint32_t below = begin;
  for (std::size_t i = next_comment_; i-- > 0;) {
    const Span comment = comments[i].span;
    int line_breaks = 0;
    for (std::uint32_t at = comment.end; at < below; ++at) {
      if (text_[at] == '\n') ++line_breaks;
      if (text_[at] != '\n' && text_[at] != ' ' && text_[at] != '\t' && text_[at] != '\r')
        return made;
      if (line_breaks > 1) return made;
    }
    std::uint32_t line = comment.begin;
    while (line > 0 && (text_[line - 1] == ' ' || text_[line - 1] == '\t')) --line;
    if (line > 0 && text_[line - 1] != '\n') return made;
    made.span = made.span.empty() ? comment : comment.to(made.span);
    below = comment.begin;
  }
  return made;
}

Statement Builder::broken(std::size_t index) {
  Statement made{StatementKind::Broken, UINT32_MAX, node(index).span()};
  if (node(index).kind != NodeKind::Error) return made;
  // The name it would have declared, so that whoever uses it is not told that it does not exist.
  Name declared;
  for (std::size_t i = index + 1; i < index + node(index).size; ++i) {
    const Node& token = nodes_[i];
    if (token.kind != NodeKind::Name && token.kind != NodeKind::StringText) continue;
    if (!declared) declared = {slice(token.span()), token.span()};
  }
  if (declared) out_.broken_names.push_back(declared);
  return made;
}

Statement Builder::statement(std::size_t index) {
  const Span span = node(index).span();
  switch (node(index).kind) {
    case NodeKind::Import: return {StatementKind::Import, push(out_.imports, import(index)), span};
    case NodeKind::Param: return {StatementKind::Param, push(out_.params, param(index)), span};
    case NodeKind::Secret: return {StatementKind::Secret, push(out_.secrets, secret(index)), span};
    case NodeKind::Pod: return {StatementKind::Pod, push(out_.pods, pod(index)), span};
    case NodeKind::Function:
      return {StatementKind::Function, push(out_.functions, function(index)), span};
    case NodeKind::Target: return {StatementKind::Target, push(out_.targets, target(index)), span};
    case NodeKind::Template:
      return {StatementKind::Template, push(out_.templates, template_declaration(index)), span};
    case NodeKind::Together:
      return {StatementKind::Together, push(out_.groups, together(index)), span};
    case NodeKind::Hook: return {StatementKind::Hook, push(out_.hooks, hook(index)), span};
    case NodeKind::Hold: return {StatementKind::Hold, push(out_.holds, hold(index)), span};
    case NodeKind::Policy: return {StatementKind::Policy, push(out_.policies, policy(index)), span};
    case NodeKind::Test: return {StatementKind::Test, push(out_.tests, test(index)), span};
    case NodeKind::Environment:
      return {StatementKind::Environment, push(out_.environments, environment(index)), span};
    case NodeKind::OperationRule:
      return {StatementKind::Operation, push(out_.operation_rules, operation_rule(index)), span};
    case NodeKind::Exclusive:
      return {StatementKind::Exclusive, push(out_.exclusives, exclusive(index)), span};
    default: return broken(index);  // Error
  }
}

std::optional<Policy> Builder::outcome(std::size_t index) const {
  Children at = children(index);
  if (take_word(at, Word::Always)) return Policy::Always;
  at.next();  // on
  return word(at) == Word::Failure ? Policy::OnFailure : Policy::OnSuccess;
}

Hook Builder::hook(std::size_t index) {
  Hook made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  made.side = word(at) == Word::Post ? Side::Post : Side::Pre;
  made.side_span = at.node().span();
  at.next();
  made.operation = operation(word(at));
  made.operation_span = at.node().span();
  at.next();
  const auto first = static_cast<std::uint32_t>(out_.clauses.size());
  for (; !at.done(); at.next()) {
    const NodeKind kind = at.node().kind;
    if (kind == NodeKind::Outcome) {
      made.policy = outcome(at.index());
      made.policy_span = at.node().span();
    } else if (kind == NodeKind::String) {
      made.name = name(at.index());
    } else if (is_action(kind)) {
      made.action = action(at.index());
    } else if (is_clause(kind)) {
      out_.clauses.push_back(clause(at.index()));
    }
  }
  made.clauses = {first, static_cast<std::uint32_t>(out_.clauses.size()) - first};
  return made;
}

Release Builder::release(std::size_t index) {
  Release made;
  made.span = node(index).span();
  Children at = children(index);
  made.keyword = at.node().span();
  at.next();
  const auto first = static_cast<std::uint32_t>(out_.clauses.size());
  for (; !at.done(); at.next()) {
    const NodeKind kind = at.node().kind;
    if (kind == NodeKind::OnlyIfAcquired) {
      made.only_if_acquired = true;
    } else if (is_action(kind)) {
      made.action = action(at.index());
    } else if (is_clause(kind)) {
      out_.clauses.push_back(clause(at.index()));
    }
  }
  made.clauses = {first, static_cast<std::uint32_t>(out_.clauses.size()) - first};
  return made;
}

HoldBody Builder::hold_body(std::size_t index) {
  HoldBody made;
  Children at = children(index);
  if (word(at) == Word::Session) {
    made.session = true;
    made.session_span = at.node().span();
    at.next();
  }
  const auto first = static_cast<std::uint32_t>(out_.clauses.size());
  auto acquired = first;
  for (; !at.done(); at.next()) {
    const NodeKind kind = at.node().kind;
    if (is_action(kind)) {
      made.acquire = action(at.index());
      acquired = static_cast<std::uint32_t>(out_.clauses.size());
    } else if (is_clause(kind)) {
      out_.clauses.push_back(clause(at.index()));
      acquired = static_cast<std::uint32_t>(out_.clauses.size());
    } else if (kind == NodeKind::Release) {
      made.releases.push_back(release(at.index()));
    } else if (kind == NodeKind::Until) {
      if (!made.until_span.empty()) made.repeated.push_back(at.node().span());
      made.until_span = at.node().span();
      Children part = children(at.index());
      part.next();  // until
      if (part.is(NodeKind::String)) {
        made.until_hook = name(part.index());
      } else {
        part.next();  // operation
        part.next();  // prints
        if (part.done()) continue;
        const Expr& pattern = out_[expr(part.index())];
        made.until_prints = pattern.text;
      }
    } else if (kind == NodeKind::AtMost) {
      if (made.at_most.valid()) made.repeated.push_back(at.node().span());
      made.at_most_span = at.node().span();
      Children part = children(at.index());
      part.next();
      part.next();
      if (!part.done()) made.at_most = expr(part.index());
    }
  }
  made.clauses = {first, acquired - first};
  return made;
}

Hold Builder::hold(std::size_t index) {
  Hold made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  made.keyword = at.node().span();
  at.next();
  made.operation = operation(word(at));
  made.operation_span = at.node().span();
  for (at.next(); !at.done(); at.next()) {
    if (at.is(NodeKind::String)) made.name = name(at.index());
    if (at.is(NodeKind::HoldBody)) made.body = hold_body(at.index());
  }
  return made;
}

Together Builder::together(std::size_t index) {
  Together made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  made.keyword = node(index + 1).span();
  for (std::size_t i = index + 1; i < index + node(index).size; i += nodes_[i].size) {
    const NodeKind kind = nodes_[i].kind;
    if (kind != NodeKind::Keyword && kind != NodeKind::Symbol) made.members.push_back(statement(i));
  }
  return made;
}

Template Builder::template_declaration(std::size_t index) {
  Template made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.hold = take_word(at, Word::Hold);
  for (; !at.done(); at.next()) {
    switch (at.node().kind) {
      case NodeKind::Name: made.name = name(at.index()); break;
      case NodeKind::Parameters:
        for (Children each = children(at.index()); !each.done(); each.next()) {
          if (!each.is(NodeKind::TemplateParam)) continue;
          TemplateParam& added = made.params.emplace_back();
          added.span = each.node().span();
          Children part = children(each.index());
          added.name = name(part.take());
          part.next();  // :
          if (!part.done()) added.type = type(part.take());
          part.next_if_any();  // =
          if (!part.done()) added.default_value = expr(part.index());
        }
        break;
      case NodeKind::Usable: {
        Children part = children(at.index());
        part.next();
        part.next();
        const Word which = word(part);
        made.usable = which == Word::All    ? Usable::AllNamespaces
                      : which == Word::This ? Usable::ThisNamespace
                                            : Usable::Matching;
        for (; !part.done(); part.next()) {
          if (is_text(part)) made.usable_selector = text(part.index());
        }
        break;
      }
      case NodeKind::HoldBody: made.body = hold_body(at.index()); break;
      default: break;  // keywords and braces
    }
  }
  return made;
}

}  // namespace hookc::ast
