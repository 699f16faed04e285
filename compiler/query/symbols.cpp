#include "compiler/query/symbols.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "compiler/query/symbol_builder.hpp"

namespace hookc::query {

std::string_view to_string(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::Param: return "param";
    case SymbolKind::Secret: return "secret";
    case SymbolKind::Pod: return "pod";
    case SymbolKind::Function: return "function";
    case SymbolKind::Template: return "template";
    case SymbolKind::TemplateParam: return "template parameter";
    case SymbolKind::Capture: return "capture";
    case SymbolKind::Hook: return "hook";
    case SymbolKind::Hold: return "hold";
    case SymbolKind::Environment: return "environment";
    case SymbolKind::Module: return "import";
    case SymbolKind::Test: return "test";
    case SymbolKind::Policy: return "policy";
  }
  return "name";
}

SymbolIndex::SymbolIndex(std::shared_ptr<const sema::Program> program, const SourceManager& sources)
    : program_(std::move(program)) {
  SymbolBuilder builder(*program_, sources);
  builder.run();
  symbols_ = std::move(builder.symbols);
  occurrences_ = std::move(builder.occurrences);
  const auto place = [](const Occurrence& it) { return std::tie(it.where, it.role, it.symbol); };
  std::ranges::sort(occurrences_, {}, place);
  // Of two things that recovery left at one place the first is as good as the other.
  std::vector<Occurrence> apart;
  apart.reserve(occurrences_.size());
  for (const Occurrence& it : occurrences_) {
    const bool overlaps = !apart.empty() && apart.back().where.file == it.where.file &&
                          it.where.span.begin < apart.back().where.span.end;
    if (!overlaps) apart.push_back(it);
  }
  occurrences_ = std::move(apart);
  for (std::uint32_t i = 0; i < program_->steps.size(); ++i) {
    const sema::Step& step = program_->steps[i];
    const ast::Module& file = program_->ast(step.module);
    const Span whole = step.kind == sema::StepKind::Hook ? file.hooks[step.index].span
                                                         : file.holds[step.index].span;
    statements_.emplace_back(file.at(whole), sema::StepId{i});
  }
  std::ranges::sort(statements_);
  by_symbol_.resize(occurrences_.size());
  for (std::uint32_t i = 0; i < by_symbol_.size(); ++i) by_symbol_[i] = i;
  std::ranges::stable_sort(by_symbol_, {}, [&](std::uint32_t i) { return occurrences_[i].symbol; });
}

const Occurrence* SymbolIndex::at(FileId file, std::uint32_t offset) const {
  const auto begin = [](const Occurrence& it) {
    return std::pair(it.where.file, it.where.span.begin);
  };
  const auto after = std::ranges::upper_bound(occurrences_, std::pair(file, offset), {}, begin);
  if (after == occurrences_.begin()) return nullptr;
  const Occurrence& found = *std::prev(after);
  return found.where.file == file && offset <= found.where.span.end ? &found : nullptr;
}

std::span<const Occurrence> SymbolIndex::within(Location place) const {
  const auto begin = [](const Occurrence& it) {
    return std::pair(it.where.file, it.where.span.begin);
  };
  const auto first =
      std::ranges::lower_bound(occurrences_, std::pair(place.file, place.span.begin), {}, begin);
  const auto last =
      std::ranges::lower_bound(occurrences_, std::pair(place.file, place.span.end), {}, begin);
  return {first, last};
}

std::vector<Occurrence> SymbolIndex::of(SymbolId symbol) const {
  std::vector<Occurrence> found;
  const auto all = std::ranges::equal_range(
      by_symbol_, symbol, {}, [&](std::uint32_t i) { return occurrences_[i].symbol; });
  for (const std::uint32_t i : all) found.push_back(occurrences_[i]);
  return found;
}

SymbolId SymbolIndex::declared_at(SymbolKind kind, Location name) const {
  const Occurrence* found = at(name.file, name.span.begin);
  if (found == nullptr || found->where != name || !found->is_declaration()) return {};
  return symbols_[found->symbol.value].kind == kind ? found->symbol : SymbolId{};
}

sema::StepId SymbolIndex::step_around(Location place) const {
  const Location from{place.file, {place.span.begin, UINT32_MAX}};
  const auto after =
      std::ranges::upper_bound(statements_, from, {}, [](const auto& it) { return it.first; });
  if (after == statements_.begin()) return {};
  const auto& [whole, step] = *std::prev(after);
  const bool inside = whole.file == place.file && place.span.end <= whole.span.end;
  return inside ? step : sema::StepId{};
}

std::string comment_text(const SourceManager& sources, Location comment) {
  std::vector<std::string_view> lines;
  std::string_view rest = sources.text(comment);
  std::size_t common = std::string_view::npos;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t hash = line.find('#');
    if (hash != std::string_view::npos) line.remove_prefix(hash + 1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) {
      line.remove_suffix(1);
    }
    const std::size_t blanks = line.find_first_not_of(' ');
    if (blanks != std::string_view::npos) common = std::min(common, blanks);
    lines.push_back(line);
  }
  std::string text;
  for (const std::string_view line : lines) {
    if (!text.empty()) text += '\n';
    text += line.substr(std::min(common, line.size()));
  }
  return text;
}

Span without_quotes(std::string_view text, Span quoted) {
  const std::string_view written = text.substr(quoted.begin, quoted.size());
  for (const std::string_view quote : {"\"\"\"", "\"", "'"}) {
    if (written.size() < 2 * quote.size() || !written.starts_with(quote) ||
        !written.ends_with(quote)) {
      continue;
    }
    const auto width = static_cast<std::uint32_t>(quote.size());
    return {quoted.begin + width, quoted.end - width};
  }
  return quoted;
}

std::vector<KnownAs> known_as(const Snapshot& snapshot, std::span<const std::string> roots,
                              std::shared_ptr<const SymbolIndex> index, SymbolId symbol) {
  const SymbolKind kind = (*index)[symbol].kind;
  std::vector<KnownAs> known;
  std::set<Location> declared;
  const auto add = [&](std::shared_ptr<const SymbolIndex> in, SymbolId id) {
    for (const Declaration& it : (*in)[id].declarations) declared.insert(it.name);
    known.push_back({std::move(in), id});
  };
  std::vector<std::shared_ptr<const SymbolIndex>> others;
  for (const std::string& root : roots) {
    auto other = snapshot.symbols(root);
    if (other != nullptr && other != index && std::ranges::find(others, other) == others.end()) {
      others.push_back(std::move(other));
    }
  }
  add(std::move(index), symbol);
  // A param that two programs share may be one with that of a third only through the second.
  for (bool grown = true; grown;) {
    grown = false;
    for (auto& other : others) {
      if (other == nullptr) continue;
      std::set<SymbolId> same;
      for (const Location& name : declared) {
        if (const SymbolId id = other->declared_at(kind, name); id.valid()) same.insert(id);
      }
      for (const SymbolId id : same) add(other, id);
      if (same.empty()) continue;
      other = nullptr;
      grown = true;
    }
  }
  return known;
}

std::vector<Occurrence> references(std::span<const KnownAs> known) {
  std::vector<Occurrence> all;
  for (const KnownAs& one : known) {
    const auto here = one.index->of(one.symbol);
    all.insert(all.end(), here.begin(), here.end());
  }
  std::ranges::stable_sort(all, {}, &Occurrence::where);
  const auto twice = std::ranges::unique(all, {}, &Occurrence::where);
  all.erase(twice.begin(), twice.end());
  return all;
}

}  // namespace hookc::query
