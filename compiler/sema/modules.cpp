// Imports: each file once, depth first, where its first import stands (rule 2).
#include <algorithm>
#include <filesystem>

#include "compiler/sema/checker.hpp"
#include "compiler/sema/imports.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::sema {

namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !letter(text.front()) || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || digit(c) || c == '-'; });
}

}  // namespace

std::string_view name_of(const ast::Import& import) {
  return import.alias ? import.alias.text : last_part(import);
}

std::string_view last_part(const ast::Import& import) {
  std::string_view text = import.path.empty() ? import.module : import.path;
  text = text.substr(text.find_last_of(import.path.empty() ? "." : "/") + 1);
  if (text.ends_with(".hook")) text.remove_suffix(5);
  return is_name(text) ? text : std::string_view();
}

std::string imported_path(std::string_view importer, std::string_view path) {
  const std::filesystem::path folder = std::filesystem::path(importer).parent_path();
  return (folder / std::filesystem::path(path)).lexically_normal().generic_string();
}

void Checker::load_modules(std::shared_ptr<const ast::Module> root) {
  const std::string path = sources_.path(root->file);
  const ModuleId id = add_module(std::move(root), path, false);
  loaded_.emplace(imported_path("", path), id);
  std::vector<ModuleId> stack = {id};
  load_imports(id, stack);
}

ModuleId Checker::add_module(std::shared_ptr<const ast::Module> module, std::string path,
                             bool standard) {
  const ModuleId id{static_cast<std::uint32_t>(program_.modules.size())};
  ModuleInfo& added = program_.modules.emplace_back();
  added.ast = std::move(module);
  added.path = std::move(path);
  added.standard = standard;
  added.types.resize(added.ast->exprs.size());
  added.refs.resize(added.ast->exprs.size());
  added.text_refs.resize(added.ast->texts.size());
  added.escapes.resize(added.ast->parts.size(), Escape::None);
  names_.emplace_back();
  return id;
}

void Checker::load_imports(ModuleId module, std::vector<ModuleId>& stack) {
  const std::shared_ptr<const ast::Module> file = program_.modules[module.value].ast;
  names_[module.value].targets.resize(file->imports.size());
  for (std::size_t i = 0; i < file->imports.size(); ++i) {
    const ast::Import& import = file->imports[i];
    bool first = false;
    const ModuleId target = load_import(module, import, stack, first);
    names_[module.value].targets[i] = {target, first};
    program_.modules[module.value].imports.push_back(target);
    const std::string_view name = name_of(import);
    if (name.empty()) continue;
    const Span where = import.alias ? import.alias.span : import.target_span;
    const auto [known, added] = names_[module.value].imports.try_emplace(name, target);
    if (added) continue;
    const auto earlier =
        std::find_if(file->imports.begin(), file->imports.end(),
                     [&](const ast::Import& other) { return name_of(other) == name; });
    add(Code::HK1004, module, where, "two imports are called `{}`", name)
        .label("this one")
        .also(at(module, earlier->target_span), "and this one")
        .help(known->second == target ? "drop one of the two imports"
                                      : "name one of them yourself: `import … as NAME`");
  }
}

ModuleId Checker::load_import(ModuleId from, const ast::Import& import,
                              std::vector<ModuleId>& stack, bool& first) {
  const bool dotted = import.path.empty();
  if (dotted && import.module.empty()) return {};  // broken
  const std::string key = dotted ? std::string(import.module)
                                 : imported_path(program_.modules[from.value].path, import.path);
  if (const auto known = loaded_.find(key); known != loaded_.end()) {
    const auto open = std::find(stack.begin(), stack.end(), known->second);
    if (open == stack.end()) return known->second;
    std::string chain;
    for (auto it = open; it != stack.end(); ++it) chain += program_.modules[it->value].path + " → ";
    chain += program_.modules[open->value].path;
    add(Code::HK1009, from, import.target_span, "import cycle: {}", chain)
        .label(open + 1 == stack.end() ? "this file imports itself"
                                       : "this import closes the circle")
        .help("move what both files need into a third one, which both import");
    return {};
  }
  if (stack.size() >= kMaxNesting) {
    add(Code::HK0007, from, import.target_span, "imports are nested more than {} deep",
        kMaxNesting);
    return {};
  }
  std::shared_ptr<const ast::Module> module;
  if (dotted) {
    module = loader_.load_standard(import.module);
    if (!module) {
      Diagnostic& d =
          add(Code::HK1007, from, import.target_span, "there is no module `{}`", import.module);
      std::vector<std::string_view> known;
      for (const StandardModule& m : standard_modules()) known.push_back(m.name);
      if (const auto near = did_you_mean(import.module, known)) {
        d.label("not in the standard library")
            .fix(fmt::format("write `{}`", *near), at(from, import.target_span), std::string(*near),
                 Applicability::MaybeIncorrect);
      } else {
        d.label("not in the standard library")
            .help(fmt::format("the standard library has {}; a file is imported as \"./name.hook\"",
                              fmt::join(known, ", ")));
      }
      return {};
    }
  } else {
    auto loaded = loader_.load(key);
    if (!loaded) {
      add(Code::HK1007, from, import.target_span, "cannot import `{}`: {}", import.path,
          loaded.error())
          .label(fmt::format("looked for `{}`", key))
          .help("a path is relative to the file that imports it");
      return {};
    }
    module = *std::move(loaded);
  }
  const std::string path = dotted ? sources_.path(module->file) : key;
  const ModuleId id = add_module(std::move(module), path, dotted);
  loaded_.emplace(key, id);
  first = true;
  stack.push_back(id);
  load_imports(id, stack);
  stack.pop_back();
  return id;
}

}  // namespace hookc::sema
