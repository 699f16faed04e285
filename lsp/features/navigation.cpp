#include "lsp/features/navigation.hpp"

#include <algorithm>
#include <variant>

namespace hookc::lsp {

using query::Occurrence;
using query::Symbol;
using query::SymbolIndex;
using query::SymbolKind;

namespace {

Targets declarations_of(const NameAt& name) {
  Targets found{name.occurrence.where.span, {}};
  for (const query::Declaration& it : name.symbol().declarations) {
    found.targets.push_back(target_of(it));
  }
  return found;
}

/// The start of the file that an import names.
std::optional<Target> file_of(const sema::Program& program, sema::ModuleId module,
                              std::size_t import) {
  const sema::ModuleId target = program.modules[module.value].imports[import];
  if (!target.valid()) return std::nullopt;
  const Location start{program.ast(target).file, {0, 0}};
  return Target{start, start};
}

std::optional<Targets> imported_file(const query::Snapshot& snapshot, const std::string& path,
                                     std::uint32_t offset) {
  const auto program = snapshot.program(path);
  if (program == nullptr) return std::nullopt;
  const ast::Module& module = *program->modules.front().ast;
  const ast::Import* import = import_at(module, offset);
  if (import == nullptr) return std::nullopt;
  const auto target = file_of(*program, sema::ModuleId{0},
                              static_cast<std::size_t>(import - module.imports.data()));
  if (!target) return Targets{};
  return Targets{import->target_span, {*target}};
}

void sort_once(std::vector<Target>& targets) {
  std::ranges::sort(targets);
  const auto twice = std::ranges::unique(targets);
  targets.erase(twice.begin(), twice.end());
}

/// The pods or functions that uses of a template give for one of its parameters.
std::vector<Target> given_things(const SymbolIndex& index, const Symbol& parameter) {
  std::vector<Target> found;
  if (!parameter.owner.valid()) return found;
  const sema::Program& program = index.program();
  const query::Declaration& declared = parameter.declarations.front();
  const std::uint32_t owner = index[parameter.owner].declarations.front().index;
  for (const sema::Frame& frame : program.frames) {
    if (frame.module != declared.module || frame.template_index != owner) continue;
    const ast::ExprId argument = frame.arguments[declared.index];
    if (!argument.valid()) continue;
    const ast::Module& caller = program.ast(frame.caller);
    for (const Occurrence& it : index.within(caller.at(caller[argument].span))) {
      const Symbol& thing = index[it.symbol];
      if (thing.kind != SymbolKind::Pod && thing.kind != SymbolKind::Function) continue;
      found.push_back(target_of(thing.declarations.front()));
    }
  }
  sort_once(found);
  return found;
}

/// Where the type of a value is written.
std::optional<Target> written_type(const SymbolIndex& index, const Symbol& value) {
  const query::Declaration& declared = value.declarations.front();
  const ast::Module& file = index.program().ast(declared.module);
  std::optional<Span> type;
  if (value.kind == SymbolKind::Param) type = file.params[declared.index].type.span;
  if (value.kind == SymbolKind::Secret && file.secrets[declared.index].type) {
    type = file.secrets[declared.index].type->span;
  }
  if (value.kind == SymbolKind::TemplateParam && value.owner.valid()) {
    const auto owner = index[value.owner].declarations.front().index;
    type = file.templates[owner].params[declared.index].type.span;
  }
  if (!type || type->empty()) return std::nullopt;
  return Target{file.at(*type), file.at(*type)};
}

/// Templates that are used inside `place`.
std::vector<Target> templates_in(const SymbolIndex& index, Location place) {
  std::vector<Target> found;
  for (const Occurrence& it : index.within(place)) {
    const Symbol& used = index[it.symbol];
    if (used.kind == SymbolKind::Template && !it.is_declaration()) {
      found.push_back(target_of(used.declarations.front()));
    }
  }
  sort_once(found);
  return found;
}

/// The release of a hold, in it or in the template that it uses.
std::optional<Target> release_of(const SymbolIndex& index, const sema::Step& step) {
  const sema::Program& program = index.program();
  sema::ModuleId module = step.module;
  const ast::HoldBody* body = &program.ast(module).holds[step.index].body;
  for (int depth = 0; depth < 64; ++depth) {  // no deeper than sema opens templates
    const ast::Module& file = program.ast(module);
    if (!body->releases.empty()) {
      const ast::Release& release = body->releases.front();
      return Target{file.at(release.span), file.at(release.keyword)};
    }
    const Symbol* used = nullptr;
    for (const Occurrence& it : index.within(file.at(body->acquire.span))) {
      if (index[it.symbol].kind == SymbolKind::Template) used = &index[it.symbol];
    }
    if (used == nullptr) return std::nullopt;
    module = used->declarations.front().module;
    body = &program.ast(module).templates[used->declarations.front().index].body;
  }
  return std::nullopt;
}

/// The hook, hold or template that `place` stands in.
std::optional<Target> user_around(const SymbolIndex& index, Location place) {
  if (const sema::StepId step = index.step_around(place); step.valid()) {
    return target_of(index.program(), step);
  }
  const Symbol* it = template_around(index, place);
  if (it == nullptr) return std::nullopt;
  return target_of(it->declarations.front());
}

}  // namespace

Targets definition(const query::Snapshot& snapshot, const std::string& path, std::uint32_t offset,
                   std::span<const std::string> roots) {
  if (auto file = imported_file(snapshot, path, offset)) return *std::move(file);
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name) return {};
  if (name->symbol().kind == SymbolKind::Module) {
    const query::Declaration& import = name->symbol().declarations.front();
    if (const auto file = file_of(name->index->program(), import.module, import.index)) {
      return {name->occurrence.where.span, {*file}};
    }
  }
  return declarations_of(*name);
}

Targets declaration(const query::Snapshot& snapshot, const std::string& path, std::uint32_t offset,
                    std::span<const std::string> roots) {
  if (const auto name = name_at(snapshot, path, offset, roots)) return declarations_of(*name);
  return imported_file(snapshot, path, offset).value_or(Targets{});
}

Targets type_definition(const query::Snapshot& snapshot, const std::string& path,
                        std::uint32_t offset, std::span<const std::string> roots) {
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name) return {};
  const SymbolIndex& index = *name->index;
  const Symbol& symbol = name->symbol();
  Targets found{name->occurrence.where.span, {}};
  switch (symbol.kind) {
    case SymbolKind::Capture:
      if (symbol.step.valid()) {
        found.targets.push_back(target_of(index.program(), symbol.step));
      } else if (symbol.owner.valid()) {
        found.targets.push_back(target_of(index[symbol.owner].declarations.front()));
      }
      break;
    case SymbolKind::TemplateParam: found.targets = given_things(index, symbol); [[fallthrough]];
    case SymbolKind::Param:
    case SymbolKind::Secret:
      if (!found.targets.empty()) break;
      if (const auto type = written_type(index, symbol)) found.targets.push_back(*type);
      break;
    case SymbolKind::Hook:
    case SymbolKind::Hold:
      found.targets = templates_in(index, symbol.declarations.front().statement);
      break;
    case SymbolKind::Pod:
    case SymbolKind::Function:
    case SymbolKind::Template:
    case SymbolKind::Environment:
    case SymbolKind::Module:
    case SymbolKind::Test:
    case SymbolKind::Policy: break;
  }
  return found;
}

Targets implementation(const query::Snapshot& snapshot, const std::string& path,
                       std::uint32_t offset, std::span<const std::string> roots) {
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name) return {};
  Targets found{name->occurrence.where.span, {}};
  const Symbol& symbol = name->symbol();
  if (symbol.kind == SymbolKind::Hold) {
    const auto release = release_of(*name->index, name->index->program()[symbol.step]);
    if (release) found.targets.push_back(*release);
  } else if (symbol.kind == SymbolKind::Template) {
    for (const query::KnownAs& known :
         query::known_as(snapshot, roots, name->index, name->occurrence.symbol)) {
      for (const Occurrence& it : known.index->of(known.symbol)) {
        if (it.is_declaration()) continue;
        if (const auto user = user_around(*known.index, it.where)) found.targets.push_back(*user);
      }
    }
    sort_once(found.targets);
  }
  return found;
}

std::vector<Location> references(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, bool with_declarations,
                                 std::span<const std::string> roots) {
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name) return {};
  std::vector<Location> found;
  for (const Occurrence& it :
       query::references(query::known_as(snapshot, roots, name->index, name->occurrence.symbol))) {
    if (with_declarations || !it.is_declaration()) found.push_back(it.where);
  }
  return found;
}

std::vector<Highlight> highlights(const query::Snapshot& snapshot, const std::string& path,
                                  std::uint32_t offset, std::span<const std::string> roots) {
  const auto name = name_at(snapshot, path, offset, roots);
  if (!name) return {};
  std::vector<Highlight> found;
  for (const Occurrence& it : name->index->of(name->occurrence.symbol)) {
    if (it.where.file != name->occurrence.where.file) continue;
    found.push_back({it.where.span, it.role != query::Role::Read});
  }
  return found;
}

}  // namespace hookc::lsp
