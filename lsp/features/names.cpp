#include "lsp/features/names.hpp"

#include <fmt/format.h>

#include "lsp/features/sentences.hpp"

namespace hookc::lsp {

std::optional<NameAt> name_at(const query::Snapshot& snapshot, const std::string& path,
                              std::uint32_t offset, std::span<const std::string> roots) {
  const auto file = snapshot.file(path);
  if (!file) return std::nullopt;
  const auto in = [&](const std::string& root) -> std::optional<NameAt> {
    auto index = snapshot.symbols(root);
    if (index == nullptr) return std::nullopt;
    const query::Occurrence* found = index->at(*file, offset);
    if (found == nullptr) return std::nullopt;
    return NameAt{std::move(index), *found};
  };
  if (auto own = in(path)) return own;
  for (const std::string& root : roots) {
    if (auto other = in(root)) return other;
  }
  return std::nullopt;
}

Target target_of(const query::Declaration& declaration) {
  return {declaration.statement, declaration.name};
}

Target target_of(const sema::Program& program, sema::StepId id) {
  const sema::Step& step = program[id];
  const ast::Module& file = program.ast(step.module);
  if (step.kind == sema::StepKind::Hook) {
    const ast::Hook& hook = file.hooks[step.index];
    const Span name = hook.name ? hook.name.span : hook.side_span.to(hook.operation_span);
    return {file.at(hook.span), file.at(name)};
  }
  const ast::Hold& hold = file.holds[step.index];
  const Span name = hold.name ? hold.name.span : hold.keyword.to(hold.operation_span);
  return {file.at(hold.span), file.at(name)};
}

const query::Symbol* template_around(const query::SymbolIndex& index, Location place) {
  for (const query::Symbol& it : index.symbols()) {
    if (it.kind != query::SymbolKind::Template) continue;
    const Location whole = it.declarations.front().statement;
    if (whole.file == place.file && whole.span.contains(place.span.begin)) return &it;
  }
  return nullptr;
}

const ast::Import* import_at(const ast::Module& module, std::uint32_t offset) {
  for (const ast::Import& import : module.imports) {
    if (import.target_span.begin <= offset && offset <= import.target_span.end) return &import;
  }
  return nullptr;
}

std::string phase_of(const sema::Program& program, const sema::Step& step) {
  const ast::Module& file = program.ast(step.module);
  if (step.kind == sema::StepKind::Hook) return phase_of(file.hooks[step.index]);
  return fmt::format("hold {}", word_of(step.operation));
}

std::string line_of(const SourceManager& sources, Location place) {
  return fmt::format("{}:{}", sources.path(place.file),
                     sources.lines(place.file).line_of(place.span.begin) + 1);
}

}  // namespace hookc::lsp
