// Keywords: those the grammar takes, less those that sema would refuse in this sentence.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "lsp/features/completion_items.hpp"

namespace hookc::lsp::completion {

using syntax::NodeKind;
using syntax::Wanted;
using syntax::WantedKind;
using syntax::Word;
using syntax::WordRole;
using K = NodeKind;

namespace {

enum class Where : std::uint8_t { Statement, Action, Clause, Property, Rule, Test };
struct Snippet {
  Where where;
  std::string_view label;
  std::string_view text;
};
constexpr auto kSnippets = std::to_array<Snippet>({
#define HOOKC_SNIPPET(where, label, text) {Where::where, label, text},
#include "lsp/features/snippets.def"
#undef HOOKC_SNIPPET
});

std::string_view first_word(std::string_view label) {
  return label.substr(0, label.find(' '));
}

bool is_body_place(NodeKind kind) {
  return kind == K::Hook || kind == K::HoldBody || kind == K::Release;
}

/// The clause that `word` starts, where a clause can stand.
const sema::ClauseRule* clause_rule(Word word) {
  for (std::size_t i = 0;; ++i) {
    const auto kind = static_cast<ast::ClauseKind>(i);
    const sema::ClauseRule& rule = sema::rule_of(kind);
    if (first_word(rule.keyword) == syntax::info(word).text) return &rule;
    if (kind == ast::ClauseKind::After) return nullptr;
  }
}

bool clause_fits(const sema::ClauseRule& rule, const Sentence& s, const Place& place) {
  if (s.place && !sema::allows(rule.places, *s.place)) return false;
  const bool known = s.action != sema::ActionKind::Error && s.action != sema::ActionKind::Use;
  if (known && !sema::allows(rule.actions, s.action)) return false;
  const auto written = [&](ast::ClauseKind kind) {
    return kind == rule.kind || (sema::is_body(kind) && sema::is_body(rule.kind));
  };
  if (!rule.repeatable && std::ranges::any_of(s.clauses, written)) return false;
  if (sema::is_body(rule.kind) && s.action == sema::ActionKind::Http && !s.post_request) {
    return false;
  }
  return rule.kind != ast::ClauseKind::After || !holds(place, K::Together);
}

bool captured_fits(Word word, sema::ActionKind action) {
  switch (word) {
    case Word::Stdout:
    case Word::Stderr: return action != sema::ActionKind::Http;
    case Word::Status:
    case Word::Body:
    case Word::Header: return action != sema::ActionKind::Exec && action != sema::ActionKind::Stdin;
    default: return true;
  }
}

bool on_error_fits(Word word, const Sentence& s) {
  const bool stops = word == Word::Continue || word == Word::Skip;
  if (stops && s.place == sema::Place::PostHook) return false;  // rule 9
  const bool unprotected = word == Word::Continue || word == Word::Warn;
  return !unprotected || s.place != sema::Place::SessionAcquire;  // rule 25
}

/// Whether the pod or function says so already; `env` and `volume` may be said again.
bool repeats_property(const Cursor& cursor, const Place& place, Word word) {
  if (word == Word::Env || word == Word::Volume) return false;
  // A property's node begins with its word; before the cursor each one is whole.
  const auto properties = cursor.children(place.back().node);
  return std::ranges::any_of(properties, [&](std::uint32_t property) {
    const auto parts = cursor.children(property);
    return !parts.empty() && cursor.word(parts[0]) == word;
  });
}

bool fits(const Cursor& cursor, const Wanted& wanted, const Place& place, const Sentence& s) {
  const Word word = wanted.word;
  const NodeKind kind = last(place);
  if (wanted.kind == WantedKind::Statement) {
    return word != Word::Together || !holds(place, K::Together);
  }
  switch (kind) {
    case K::Outcome: return s.place != sema::Place::PreHook;
    case K::OnErrorClause: return on_error_fits(word, s);
    case K::Captured: return captured_fits(word, s.action);
    case K::ScaleBack:
      return s.acquire == sema::ActionKind::Scale || s.acquire == sema::ActionKind::Error;
    case K::ReleaseStdin: return s.session;
    case K::Until: return word != Word::Until || (s.releases && !s.has_until);
    case K::AtMost: return word != Word::At || (s.releases && !s.has_at_most);
    case K::Pod:
    case K::Function: return !repeats_property(cursor, place, word);
    case K::Type:
      return holds(place, K::TemplateParam) ||
             (word != Word::Pod && word != Word::Function && word != Word::WorkloadType);
    default: break;
  }
  if (kind == K::Release && word == Word::Release) return s.releases && !s.has_release;
  if (!is_body_place(kind)) return true;
  const WordRole role = syntax::info(word).role;
  if (role == WordRole::Action && s.session && kind == K::HoldBody) return word == Word::Exec;
  if (word == Word::Session) return s.releases;
  if (role != WordRole::Clause || word == Word::Session) return true;
  const sema::ClauseRule* rule = clause_rule(word);
  return rule == nullptr || clause_fits(*rule, s, place);
}

std::optional<Where> where_of(const Wanted& wanted, const Place& place) {
  if (wanted.kind == WantedKind::Statement) return Where::Statement;
  const NodeKind kind = last(place);
  const WordRole role = syntax::info(wanted.word).role;
  // Actions begin with their node open; a wrong guess finds no snippet of that name.
  if (role == WordRole::Action && is_body_place(kind)) return Where::Action;
  if (role == WordRole::Clause && is_body_place(kind)) return Where::Clause;
  if (kind == K::Pod || kind == K::Function) return Where::Property;
  if (kind == K::Policy) return Where::Rule;
  const bool line = wanted.word == Word::Given || wanted.word == Word::Expect;
  if (line && holds(place, K::Test)) return Where::Test;
  return std::nullopt;
}

std::string label_of(const Wanted& wanted, const Place& place) {
  const std::string_view word = syntax::info(wanted.word).text;
  if (wanted.then != Word::None) return fmt::format("{} {}", word, syntax::info(wanted.then).text);
  if (wanted.word == Word::At && last(place) == K::AtMost) return "at most";
  if (is_body_place(last(place)) && syntax::info(wanted.word).role == WordRole::Clause) {
    if (const sema::ClauseRule* rule = clause_rule(wanted.word)) return std::string(rule->keyword);
  }
  return std::string(word);
}

/// A snippet's text as it reads before anything is filled in, on one line.
std::string shown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (text[i] == '$' && text.substr(i).starts_with("${")) {
      const std::size_t end = text.find('}', i);
      const std::size_t from = text.find_first_of(":|", i);
      const std::string_view inner = text.substr(from + 1, end - from - 1);
      out += text[from] == ':' ? inner : inner.substr(0, inner.find_first_of(",|"));
      i = end;
    } else if (text[i] == '$') {
      ++i;
      out += "…";
    } else if (text[i] == '\n') {
      while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
      out += ' ';
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

void add_words(Items& items) {
  const Cursor& cursor = items.cursor();
  const bool snippets = items.options().snippets && items.line_ends();
  std::map<std::uint32_t, Sentence> sentences;  // by place
  for (const Wanted& wanted : cursor.expected.wanted) {
    if (wanted.word == Word::None) continue;
    const Place& place = cursor.expected.place_of(wanted);
    auto known = sentences.find(wanted.place);
    if (known == sentences.end()) {
      known = sentences.emplace(wanted.place, sentence_at(cursor, place)).first;
    }
    if (!fits(cursor, wanted, place, known->second)) continue;
    const std::string label = label_of(wanted, place);
    const auto where = where_of(wanted, place);
    const auto kind = last(place) == K::Type ? CompletionKind::Type : CompletionKind::Keyword;
    const auto whole = std::ranges::find_if(
        kSnippets, [&](const Snippet& s) { return where == s.where && s.label == label; });
    if (!snippets || whole == kSnippets.end()) items.add(Rank::Word, kind, label);
    if (!snippets || !where) continue;
    for (const Snippet& snippet : kSnippets) {
      if (snippet.where != *where || first_word(snippet.label) != first_word(label)) continue;
      if (snippet.where == Where::Clause && snippet.label != label) continue;
      CompletionItem* item =
          items.add(Rank::Word, CompletionKind::Snippet, std::string(snippet.label),
                    shown(snippet.text), std::string(snippet.text));
      if (item != nullptr) item->snippet = true;
    }
  }
}

}  // namespace hookc::lsp::completion
