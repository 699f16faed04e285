#include "lsp/features/rename.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "compiler/sema/facts.hpp"
#include "compiler/sema/imports.hpp"
#include "grammar/keywords.hpp"
#include "lsp/features/document.hpp"

namespace hookc::lsp {

using query::Declaration;
using query::KnownAs;
using query::Occurrence;
using query::Symbol;
using query::SymbolId;
using query::SymbolIndex;
using query::SymbolKind;

namespace {

/// "param `limit`", "hold \"writes paused\"".
std::string called(const Symbol& symbol) {
  switch (symbol.kind) {
    case SymbolKind::Hook:
    case SymbolKind::Hold:
    case SymbolKind::Test:
    case SymbolKind::Policy: return fmt::format("{} \"{}\"", to_string(symbol.kind), symbol.name);
    case SymbolKind::Param:
    case SymbolKind::Secret:
    case SymbolKind::Pod:
    case SymbolKind::Function:
    case SymbolKind::Template:
    case SymbolKind::TemplateParam:
    case SymbolKind::Capture:
    case SymbolKind::Environment:
    case SymbolKind::Module: break;
  }
  return fmt::format("{} `{}`", to_string(symbol.kind), symbol.name);
}

/// Why there is no name to rename at `offset`.
std::string no_name(const query::Snapshot& snapshot, const std::string& path,
                    std::uint32_t offset) {
  const auto document = open_document(snapshot, path);
  if (!document) return "the file cannot be read";
  if (import_at(*document->module, offset) != nullptr) {
    return "a path is renamed by moving the file";
  }
  const auto nodes = path_to(*document, offset);
  if (nodes.empty()) return "there is no name here";
  const syntax::Node& token = document->node(nodes.back());
  const std::string_view word = document->slice(token.span());
  if (token.kind == syntax::NodeKind::Keyword || token.kind == syntax::NodeKind::Constant) {
    return fmt::format("`{}` is a word of the language", word);
  }
  if (token.kind != syntax::NodeKind::Name) return "there is no name here";
  if (sema::find_builtin(word)) return fmt::format("`{}` is a function of the language", word);
  const bool member = token.begin > 0 && document->text[token.begin - 1] == '.';
  if (!member && (sema::is_fact_base(word) || word == "hook" || sema::find_fact(word))) {
    return fmt::format("`{}` is a fact, which hookc names", word);
  }
  for (const std::string_view base : {"session", "target", "operation", "hook"}) {
    const auto fact = member ? sema::find_fact(base, word) : std::nullopt;
    if (fact) return fmt::format("`{}` is a fact, which hookc names", sema::info(*fact).path);
  }
  return fmt::format("nothing is known by the name `{}`", word);
}

// ---- may the thing be called so

bool is_name(std::string_view text) {
  if (text.empty() || !syntax::is_alnum_(text.front())) return false;
  if (text.front() >= '0' && text.front() <= '9') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!syntax::is_name_char(text, i)) return false;
  }
  return true;
}

bool is_value(SymbolKind kind) {
  return kind == SymbolKind::Param || kind == SymbolKind::Secret || kind == SymbolKind::Capture ||
         kind == SymbolKind::TemplateParam;
}

std::optional<std::string> not_allowed(std::string_view name, SymbolKind kind, bool bare) {
  if (name.empty()) return "a name has at least one character";
  if (!bare) {
    const bool control = std::ranges::any_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (control) return "a name stands on one line";
    return std::nullopt;
  }
  if (!is_name(name)) {
    return fmt::format(
        "`{}` is no name: letters, digits, `_` and inner `-`, and a letter or `_` first", name);
  }
  const auto role = syntax::info(syntax::find_word(name)).role;
  if (role == syntax::WordRole::Statement || role == syntax::WordRole::Expression) {
    return fmt::format("`{}` is a word of the language", name);
  }
  if (is_value(kind) && sema::is_reserved_value(name)) {
    return fmt::format("`{}` is the name of a fact", name);
  }
  return std::nullopt;
}

// ---- does something else have the name

bool share_module(const Symbol& a, const Symbol& b) {
  return std::ranges::any_of(a.declarations, [&](const Declaration& one) {
    return std::ranges::any_of(
        b.declarations, [&](const Declaration& other) { return one.module == other.module; });
  });
}

/// Whether both cannot have one name.
bool compete(const Symbol& renamed, const Symbol& other) {
  const auto either = [&](SymbolKind a, SymbolKind b) {
    return other.kind == a || other.kind == b;
  };
  switch (renamed.kind) {
    case SymbolKind::Param:
    case SymbolKind::Secret:
      // Those of other files would become one with it.
      if (other.kind == renamed.kind) return true;
      [[fallthrough]];
    case SymbolKind::Capture:
      if (!renamed.owner.valid()) {
        return is_value(other.kind) && !other.owner.valid() && share_module(renamed, other);
      }
      [[fallthrough]];
    case SymbolKind::TemplateParam:
      return either(SymbolKind::TemplateParam, SymbolKind::Capture) && other.owner == renamed.owner;
    case SymbolKind::Hook:
    case SymbolKind::Hold: return either(SymbolKind::Hook, SymbolKind::Hold);
    case SymbolKind::Environment: return other.kind == SymbolKind::Environment;
    case SymbolKind::Pod:
    case SymbolKind::Function:
    case SymbolKind::Template:
    case SymbolKind::Module:
    case SymbolKind::Test:
    case SymbolKind::Policy: return other.kind == renamed.kind && share_module(renamed, other);
  }
  return false;
}

/// In a template a bare word is first of all a parameter: where a pod or function `name` is meant
/// inside the template that `parameter` belongs to.
std::optional<Location> thing_inside(const SymbolIndex& index, const Symbol& parameter,
                                     std::string_view name) {
  if (!parameter.owner.valid()) return std::nullopt;
  const Declaration& owner = index[parameter.owner].declarations.front();
  for (const Occurrence& it : index.within(owner.statement)) {
    const Symbol& thing = index[it.symbol];
    if (thing.name != name || it.form != query::Form::Bare) continue;
    if (thing.kind == SymbolKind::Pod || thing.kind == SymbolKind::Function) return it.where;
  }
  const ast::Module& file = index.program().ast(owner.module);
  for (const ast::Text& text : file.texts) {
    const auto parts = text.parts.in(file.parts);
    if (text.quoting != ast::Quoting::Bare || parts.size() != 1 || parts[0].literal != name) {
      continue;
    }
    if (owner.statement.span.contains(text.span.begin)) return file.at(text.span);
  }
  return std::nullopt;
}

/// The parameter `name` of a template that names `thing`, a pod or function, with a bare word.
std::optional<Location> parameter_around(const SymbolIndex& index, SymbolId thing,
                                         std::string_view name) {
  for (const Symbol& it : index.symbols()) {
    if (it.kind != SymbolKind::TemplateParam || it.name != name || !it.owner.valid()) continue;
    const auto inside = index.within(index[it.owner].declarations.front().statement);
    if (std::ranges::any_of(inside, [&](const Occurrence& o) {
          return o.symbol == thing && o.form == query::Form::Bare;
        })) {
      return it.declarations.front().name;
    }
  }
  return std::nullopt;
}

std::optional<std::string> taken(const SourceManager& sources, const KnownAs& known,
                                 std::string_view name) {
  const SymbolIndex& index = *known.index;
  const Symbol& renamed = index[known.symbol];
  for (const Symbol& other : index.symbols()) {
    if (&other == &renamed || other.name != name || !compete(renamed, other)) continue;
    return fmt::format("{} is already there, at {}", called(other),
                       line_of(sources, other.declarations.front().name));
  }
  const bool local =
      renamed.kind == SymbolKind::TemplateParam || renamed.kind == SymbolKind::Capture;
  if (const auto thing = local ? thing_inside(index, renamed, name) : std::nullopt) {
    return fmt::format("`{}` means something else in this template, at {}", name,
                       line_of(sources, *thing));
  }
  const bool thing = renamed.kind == SymbolKind::Pod || renamed.kind == SymbolKind::Function;
  if (const auto it = thing ? parameter_around(index, known.symbol, name) : std::nullopt) {
    return fmt::format("a template that names it has a parameter `{}`, at {}", name,
                       line_of(sources, *it));
  }
  return std::nullopt;
}

// ---- the edits

/// An import without `as` is called by what it imports: the name goes behind it.
Edit import_edit(const ast::Module& file, const ast::Import& import, std::string_view name) {
  const std::uint32_t end = import.target_span.end;
  const Location tail = file.at({end, import.alias ? import.alias.span.end : end});
  if (name == sema::last_part(import)) return {tail, ""};
  if (import.alias) return {file.at(import.alias.span), std::string(name)};
  return {tail, fmt::format(" as {}", name)};
}

Edit edit_for(const SourceManager& sources, const KnownAs& known, const Occurrence& it,
              std::string_view name) {
  const Symbol& symbol = (*known.index)[known.symbol];
  if (symbol.kind == SymbolKind::Module && it.is_declaration()) {
    const Declaration& declared = symbol.declarations.front();
    const ast::Module& file = known.index->program().ast(declared.module);
    return import_edit(file, file.imports[declared.index], name);
  }
  if (it.form == query::Form::Bare) return {it.where, std::string(name)};
  return quoted_edit(sources.text(it.where.file), it.where, name);
}

std::string escaped(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool splice = name.substr(i).starts_with("${");
    if (name[i] == '"' || name[i] == '\\' || splice) out += '\\';
    out += name[i];
  }
  return out;
}

/// The name and the programs that know it, or why it cannot be renamed.
std::expected<std::pair<NameAt, std::vector<KnownAs>>, std::string> renamable(
    const query::Snapshot& snapshot, const std::string& path, std::uint32_t offset,
    std::span<const std::string> roots) {
  auto name = name_at(snapshot, path, offset, roots);
  if (!name) return std::unexpected(no_name(snapshot, path, offset));
  auto known = query::known_as(snapshot, roots, name->index, name->occurrence.symbol);
  for (const KnownAs& it : known) {
    const Symbol& symbol = (*it.index)[it.symbol];
    if (!symbol.standard) continue;
    return std::unexpected(
        fmt::format("{} belongs to the standard library: {}", called(symbol),
                    snapshot.sources().path(symbol.declarations.front().name.file)));
  }
  return std::pair(*std::move(name), std::move(known));
}

}  // namespace

Edit quoted_edit(std::string_view text, Location quoted, std::string_view name) {
  const Span inner = quoted.span;
  const char quote = inner.begin == 0 ? '"' : text[inner.begin - 1];
  const bool block = quote == '"' && text.substr(0, inner.begin).ends_with("\"\"\"");
  if (quote == '"' && !block) return {quoted, escaped(name)};
  if (name.find_first_of("'\"\\$") == std::string_view::npos) return {quoted, std::string(name)};
  const std::uint32_t width = block ? 3 : 1;
  return {{quoted.file, {inner.begin - width, inner.end + width}},
          fmt::format("\"{}\"", escaped(name))};
}

std::expected<Renamable, std::string> prepare_rename(const query::Snapshot& snapshot,
                                                     const std::string& path, std::uint32_t offset,
                                                     std::span<const std::string> roots) {
  const auto found = renamable(snapshot, path, offset, roots);
  if (!found) return std::unexpected(found.error());
  return Renamable{found->first.occurrence.where.span, std::string(found->first.symbol().name)};
}

std::expected<std::vector<Edit>, std::string> rename(const query::Snapshot& snapshot,
                                                     const std::string& path, std::uint32_t offset,
                                                     std::string_view new_name,
                                                     std::span<const std::string> roots) {
  const auto found = renamable(snapshot, path, offset, roots);
  if (!found) return std::unexpected(found.error());
  const auto& [name, known] = *found;
  if (new_name == name.symbol().name) return std::vector<Edit>();
  const SourceManager& sources = snapshot.sources();
  const std::vector<Occurrence> all = query::references(known);
  const bool bare =
      std::ranges::any_of(all, [](const Occurrence& it) { return it.form == query::Form::Bare; });
  if (auto why = not_allowed(new_name, name.symbol().kind, bare)) return std::unexpected(*why);
  for (const KnownAs& it : known) {
    if (auto why = taken(sources, it, new_name)) return std::unexpected(*why);
  }
  std::vector<Edit> edits;
  for (const KnownAs& it : known) {
    for (const Occurrence& occurrence : it.index->of(it.symbol)) {
      edits.push_back(edit_for(sources, it, occurrence, new_name));
    }
  }
  std::ranges::stable_sort(edits, {}, &Edit::where);
  const auto twice = std::ranges::unique(edits, {}, &Edit::where);
  edits.erase(twice.begin(), twice.end());
  return edits;
}

}  // namespace hookc::lsp
