// What stands between quotes: names of hooks, headers, labels, files, texts of a closed set.
#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "compiler/base/ascii.hpp"
#include "compiler/values/http_header.hpp"
#include "lsp/features/completion_items.hpp"

namespace hookc::lsp::completion {

using syntax::NodeKind;
using syntax::Word;
using K = NodeKind;

namespace {

/// Response fields that a hook would ask for, of the IANA field name registry
/// (https://www.iana.org/assignments/http-fields).
constexpr std::string_view kResponseHeaders[] = {
    "Age",         "Allow",  "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type",
    "Date",        "ETag",   "Expires",       "Last-Modified",    "Link",           "Location",
    "Retry-After", "Server", "Set-Cookie",    "WWW-Authenticate"};

constexpr std::string_view kContentTypes[] = {
    "application/json",         "application/x-www-form-urlencoded", "application/xml",
    "application/octet-stream", "application/problem+json",          "text/plain; charset=utf-8",
    "text/html; charset=utf-8"};

/// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
constexpr std::string_view kRecommendedLabels[] = {
    "app.kubernetes.io/name",      "app.kubernetes.io/instance", "app.kubernetes.io/version",
    "app.kubernetes.io/component", "app.kubernetes.io/part-of",  "app.kubernetes.io/managed-by"};

enum class Names : std::uint8_t { Hooks, Holds, Both };

/// Names of hooks and holds of the whole program, which share one namespace.
struct StepNames {
  Names which = Names::Both;
  std::optional<ast::Operation> operation;
  std::optional<ast::Side> side;  // a hold stands on the pre side
};

void add_step_names(Items& items, const StepNames& wanted) {
  const Cursor& cursor = items.cursor();
  const auto add = [&](const ast::Name& name, std::string_view what, const ModuleRef& from,
                       Span statement) {
    // Not the sentence that is being written.
    const bool here =
        from.source.empty() && statement.begin < cursor.offset && cursor.offset <= statement.end;
    if (!name || here || !items.matches(name.text)) return;
    CompletionItem* item =
        items.add_text(Rank::Fits, CompletionKind::Hook, name.text, std::string(what));
    if (item != nullptr) item->source = from.source;
  };
  for (const ModuleRef& from : reachable(cursor.now, cursor.path)) {
    for (const ast::Hook& hook : from.module->hooks) {
      if (wanted.which == Names::Holds) break;
      if (wanted.operation && hook.operation != *wanted.operation) continue;
      if (wanted.side && hook.side != *wanted.side) continue;
      add(hook.name, hook.side == ast::Side::Pre ? "pre hook" : "post hook", from, hook.span);
    }
    for (const ast::Hold& hold : from.module->holds) {
      if (wanted.which == Names::Hooks || wanted.side == ast::Side::Post) break;
      if (wanted.operation && hold.operation != *wanted.operation) continue;
      add(hold.name, "hold", from, hold.span);
    }
  }
}

void add_headers(Items& items, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    items.add_text(Rank::Known, CompletionKind::Header, name);
  }
}

void add_header_values(Items& items, std::string_view name) {
  if (equal_ignoring_case(name, "Content-Type") || equal_ignoring_case(name, "Accept")) {
    for (const std::string_view type : kContentTypes) {
      items.add_text(Rank::Known, CompletionKind::Value, type);
    }
  }
  if (equal_ignoring_case(name, "Authorization")) {
    for (const std::string_view scheme : {"Bearer ", "Basic "}) {
      items.add_text(Rank::Known, CompletionKind::Value, scheme);
    }
  }
  if (equal_ignoring_case(name, "Cache-Control")) {
    items.add_text(Rank::Known, CompletionKind::Value, "no-cache");
  }
}

/// The `key=value` requirements of the selectors that are reachable: `take(key, value)`.
template <typename Take>
void each_label(const Cursor& cursor, Take take) {
  for (const ModuleRef& from : reachable(cursor.now, cursor.path)) {
    for (const ast::Pod& pod : from.module->pods) {
      if (!pod.labels.valid()) continue;
      const Span span = (*from.module)[pod.labels].span;
      if (from.source.empty() && span.begin <= cursor.offset && cursor.offset <= span.end) continue;
      const auto selector = ast::literal_text(*from.module, pod.labels);
      if (!selector) continue;
      std::string_view rest = *selector;
      while (!rest.empty()) {
        std::string_view part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        part.remove_prefix(std::min(part.size(), part.find_first_not_of(" !")));
        const std::string_view key = part.substr(0, part.find_first_of(" =!"));
        const std::size_t equal = part.find('=');
        std::string_view value;
        if (equal != part.npos) value = part.substr(part.find_first_not_of("= ", equal));
        if (!key.empty() && key.find_first_of("()") == key.npos) take(key, value);
      }
    }
  }
}

void add_labels(Items& items) {
  const Cursor& cursor = items.cursor();
  if (!items.in_text()) return;
  // The requirement that is being typed, and its value once there is a sign.
  const std::string_view typed = items.typed();
  std::size_t from = typed.find_last_of(',') + 1;
  from +=
      std::min(typed.find_first_not_of(" !", from), typed.size()) - std::min(from, typed.size());
  const std::string_view part = typed.substr(std::min(from, typed.size()));
  const auto begin = cursor.offset - static_cast<std::uint32_t>(part.size());
  const std::size_t sign = part.find('=');
  if (sign == part.npos) {
    if (part.find(' ') != part.npos) return;  // an operator: `in`, `notin`
    items.replace_from(begin);
    each_label(cursor, [&](std::string_view key, std::string_view) {
      items.add(Rank::Name, CompletionKind::Label, std::string(key));
    });
    for (const std::string_view label : kRecommendedLabels) {
      items.add(Rank::Known, CompletionKind::Label, std::string(label), "recommended");
    }
    return;
  }
  const std::string_view key = part.substr(0, part.find_first_of(" =!"));
  items.replace_from(begin + static_cast<std::uint32_t>(part.find_last_of("= ") + 1));
  each_label(cursor, [&](std::string_view other, std::string_view value) {
    if (other == key) items.add(Rank::Name, CompletionKind::Value, std::string(value));
  });
}

/// Files and folders beside the one that imports.
void add_files(Items& items) {
  const Cursor& cursor = items.cursor();
  if (!items.options().list_folder || !items.in_text()) return;
  const std::string_view typed = items.typed();
  const std::size_t slash = typed.rfind('/');
  const std::string folder = slash == typed.npos ? "" : std::string(typed.substr(0, slash + 1));
  const std::size_t own_slash = cursor.path.rfind('/');
  const std::string base =
      own_slash == std::string::npos ? "" : cursor.path.substr(0, own_slash + 1);
  const bool absolute = folder.starts_with('/');
  std::vector<std::string> names =
      items.options().list_folder(query::normal_path((absolute ? "" : base) + folder + "."));
  std::ranges::sort(names);
  items.replace_from(cursor.offset - static_cast<std::uint32_t>(typed.size() - folder.size()));
  const std::string own =
      own_slash == std::string::npos ? cursor.path : cursor.path.substr(own_slash + 1);
  for (const std::string& name : names) {
    const bool is_folder = name.ends_with('/');
    if (name.starts_with('.') || (!is_folder && !name.ends_with(".hook"))) continue;
    if (name == own && query::normal_path(folder + ".") == ".") continue;
    items.add(Rank::Fits, CompletionKind::File, folder.empty() ? fmt::format("./{}", name) : name);
  }
}

/// The last keyword of the node, which says what a name in quotes names.
Word last_word(const Cursor& cursor, std::uint32_t node) {
  Word found = Word::None;
  for (const std::uint32_t i : cursor.children(node)) {
    if (const Word word = cursor.word(i); word != Word::None) found = word;
  }
  return found;
}

void add_tested_names(Items& items, const syntax::OpenNode& node) {
  const Word word = last_word(items.cursor(), node.node);
  if (word == Word::Hook || word == Word::After) add_step_names(items, {Names::Hooks, {}, {}});
  if (word == Word::Hold || word == Word::Release) add_step_names(items, {Names::Holds, {}, {}});
}

void add_header_texts(Items& items, const syntax::OpenNode& clause) {
  const Cursor& cursor = items.cursor();
  for (const std::uint32_t i : cursor.children(clause.node)) {
    // The name, if the cursor is behind it: a text being typed is still open.
    if (cursor.node(i).kind != K::String || cursor.node(i).size == 1) continue;
    const Span quoted = cursor.node(i).span();
    add_header_values(items, quoted.size() < 2
                                 ? std::string_view()
                                 : cursor.slice(Span{quoted.begin + 1, quoted.end - 1}));
    return;
  }
  add_headers(items, values::request_header_names());
}

}  // namespace

void add_texts(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  if (place.empty()) return;
  const syntax::OpenNode& node = place.back();
  const Sentence s = sentence_at(cursor, place);
  switch (node.kind) {
    case K::HeaderClause: return add_header_texts(items, node);
    case K::Captured: return add_headers(items, kResponseHeaders);
    case K::LabelsProperty: return add_labels(items);
    case K::Import: return add_files(items);
    case K::AfterClause:
      return add_step_names(items,
                            {Names::Both, s.operation,
                             s.place == sema::Place::PostHook ? ast::Side::Post : ast::Side::Pre});
    case K::Until: return add_step_names(items, {Names::Hooks, s.operation, {}});
    case K::GivenStep:
    case K::GivenBreak:
    case K::Expectation: return add_tested_names(items, node);
    case K::Call: {
      const auto name = cursor.child(node.node, K::Name);
      if (name && cursor.slice(*name) == "hook") {
        return add_step_names(items, {Names::Both, s.operation, {}});
      }
      if (name && cursor.slice(*name) == "header") return add_headers(items, kResponseHeaders);
      return;
    }
    default: break;
  }
  if (!items.in_text()) return;  // outside, values are offered as such
  for (const std::string& choice : wanted_type(cursor, place).choices) {
    items.add_text(Rank::Fits, CompletionKind::Value, choice);
  }
}

}  // namespace hookc::lsp::completion
