#include "lsp/features/call_hierarchy.hpp"

#include <algorithm>
#include <optional>

namespace hookc::lsp {

using query::Occurrence;
using query::Symbol;
using query::SymbolIndex;
using query::SymbolKind;

namespace {

std::optional<CallItem::Kind> kind_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::Hook: return CallItem::Kind::Hook;
    case SymbolKind::Hold: return CallItem::Kind::Hold;
    case SymbolKind::Template: return CallItem::Kind::Template;
    case SymbolKind::Function: return CallItem::Kind::Function;
    case SymbolKind::Pod: return CallItem::Kind::Pod;
    case SymbolKind::Param:
    case SymbolKind::Secret:
    case SymbolKind::TemplateParam:
    case SymbolKind::Capture:
    case SymbolKind::Environment:
    case SymbolKind::Module:
    case SymbolKind::Test:
    case SymbolKind::Policy: break;
  }
  return std::nullopt;
}

bool is_called(SymbolKind kind) {
  return kind == SymbolKind::Template || kind == SymbolKind::Function || kind == SymbolKind::Pod;
}

CallItem item_of(const sema::Program& program, sema::StepId id) {
  const sema::Step& step = program[id];
  const std::string phase = phase_of(program, step);
  return {step.kind == sema::StepKind::Hook ? CallItem::Kind::Hook : CallItem::Kind::Hold,
          step.name.empty() ? phase : std::string(step.name), phase, target_of(program, id)};
}

std::optional<CallItem> item_of(const SymbolIndex& index, const Symbol& symbol) {
  if (symbol.step.valid() && symbol.kind != SymbolKind::Capture) {
    return item_of(index.program(), symbol.step);
  }
  const auto kind = kind_of(symbol.kind);
  if (!kind) return std::nullopt;
  const query::Declaration& declared = symbol.declarations.front();
  std::string detail(query::to_string(symbol.kind));
  if (symbol.kind == SymbolKind::Template &&
      index.program().ast(declared.module).templates[declared.index].hold) {
    detail = "hold template";
  }
  return CallItem{*kind, std::string(symbol.name), detail, target_of(declared)};
}

/// The hook, hold or template that `place` stands in.
std::optional<CallItem> caller_around(const SymbolIndex& index, Location place) {
  if (const sema::StepId step = index.step_around(place); step.valid()) {
    return item_of(index.program(), step);
  }
  const Symbol* it = template_around(index, place);
  if (it == nullptr) return std::nullopt;
  return item_of(index, *it);
}

/// The item at a place that is no name: the first words of a step.
std::optional<CallItem> unnamed_at(const query::Snapshot& snapshot, const std::string& path,
                                   std::uint32_t offset) {
  const auto index = snapshot.symbols(path);
  const auto file = snapshot.file(path);
  if (index == nullptr || !file) return std::nullopt;
  const sema::StepId step = index->step_around({*file, {offset, offset}});
  if (!step.valid()) return std::nullopt;
  const ast::Module& module = index->program().ast(index->program()[step].module);
  const Target place = target_of(index->program(), step);
  std::uint32_t words_end = place.name.span.end;
  const sema::Step& it = index->program()[step];
  if (it.kind == sema::StepKind::Hook) {
    words_end = std::max(words_end, module.hooks[it.index].operation_span.end);
  }
  if (offset > words_end) return std::nullopt;
  return item_of(index->program(), step);
}

void add(std::vector<Call>& calls, const CallItem& item, Location from) {
  auto known =
      std::ranges::find_if(calls, [&](const Call& it) { return it.item.place == item.place; });
  if (known == calls.end()) known = calls.insert(known, {item, {}});
  if (std::ranges::find(known->from, from) == known->from.end()) known->from.push_back(from);
}

}  // namespace

std::vector<CallItem> prepare_calls(const query::Snapshot& snapshot, const std::string& path,
                                    std::uint32_t offset, std::span<const std::string> roots) {
  std::optional<CallItem> found;
  if (const auto name = name_at(snapshot, path, offset, roots)) {
    found = item_of(*name->index, name->symbol());
  } else {
    found = unnamed_at(snapshot, path, offset);
  }
  if (!found) return {};
  return {*found};
}

std::vector<Call> incoming_calls(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, std::span<const std::string> roots) {
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name || !is_called(name->symbol().kind)) return {};
  std::vector<Call> calls;
  for (const query::KnownAs& known :
       query::known_as(snapshot, roots, name->index, name->occurrence.symbol)) {
    for (const Occurrence& it : known.index->of(known.symbol)) {
      if (it.is_declaration()) continue;
      if (const auto caller = caller_around(*known.index, it.where)) add(calls, *caller, it.where);
    }
  }
  std::ranges::stable_sort(calls, {}, [](const Call& it) { return it.item.place; });
  return calls;
}

std::vector<Call> outgoing_calls(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, std::span<const std::string> roots) {
  const auto items = prepare_calls(snapshot, path, offset, roots);
  if (items.empty()) return {};
  const Location whole = items.front().place.whole;
  const auto name = name_at(snapshot, path, offset, roots);
  const auto index = name ? name->index : snapshot.symbols(path);
  std::vector<Call> calls;
  for (const Occurrence& it : index->within(whole)) {
    const Symbol& symbol = (*index)[it.symbol];
    if (it.is_declaration() || !is_called(symbol.kind)) continue;
    if (const auto item = item_of(*index, symbol)) add(calls, *item, it.where);
  }
  return calls;
}

}  // namespace hookc::lsp
