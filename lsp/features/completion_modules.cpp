#include "lsp/features/completion_modules.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/sema/imports.hpp"

namespace hookc::lsp::completion {

namespace {

constexpr std::string_view kStandard = "std.";
/// Deeper chains of templates are not worth following while somebody types.
constexpr int kMaxChain = 8;

std::size_t line_after(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == text.npos ? text.size() : end + 1;
}
bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == line.npos;
}

sema::ActionKind acts(const query::Snapshot& now, const std::string& path,
                      const ast::Module& module, const ast::Action& action, int depth) {
  const auto* use = std::get_if<ast::UseAction>(&action.what);
  if (use == nullptr) return sema::kind_of(action);
  if (depth == 0) return sema::ActionKind::Error;
  ModuleRef other{nullptr, ""};
  if (use->module) other = qualifier(now, path, module, use->module.text).ref;
  const ast::Module* from = use->module ? other.module.get() : &module;
  if (from == nullptr) return sema::ActionKind::Error;
  const ast::Template* found = find_template(*from, use->name.text);
  if (found == nullptr) return sema::ActionKind::Error;
  const std::string& at = use->module ? other.source : path;
  return acts(now, at, *from, found->body.acquire, depth - 1);
}

}  // namespace

ModuleRef module_of(const query::Snapshot& now, const std::string& path,
                    const std::string& source) {
  if (source.empty()) return {now.module(path), source};
  if (source.starts_with(kStandard)) return {now.standard_module(source), source};
  return {now.module(source), source};
}

ModuleRef imported(const query::Snapshot& now, const std::string& path, const ast::Import& import) {
  if (!import.path.empty()) {
    return module_of(now, path, sema::imported_path(path, import.path));
  }
  if (import.module.empty()) return {nullptr, ""};
  std::string dotted(import.module);
  return {now.standard_module(dotted), dotted};
}

Qualifier qualifier(const query::Snapshot& now, const std::string& path, const ast::Module& module,
                    std::string_view name) {
  for (const ast::Import& import : module.imports) {
    if (sema::name_of(import) == name) return {imported(now, path, import), true};
  }
  std::string dotted = fmt::format("{}{}", kStandard, name);
  return {{now.standard_module(dotted), dotted}, false};
}

std::vector<ModuleRef> reachable(const query::Snapshot& now, const std::string& path) {
  std::vector<ModuleRef> all;
  std::set<std::string> seen = {path};
  if (auto root = now.module(path)) all.push_back({std::move(root), ""});
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto module = all[i].module;
    const std::string from = all[i].source.empty() ? path : all[i].source;
    for (const ast::Import& import : module->imports) {
      if (import.path.empty()) continue;
      ModuleRef next = imported(now, from, import);
      if (next.module && seen.insert(next.source).second) all.push_back(std::move(next));
    }
  }
  return all;
}

const ast::Template* find_template(const ast::Module& module, std::string_view name) {
  const auto found = std::ranges::find_if(
      module.templates, [&](const ast::Template& t) { return t.name.text == name; });
  return found == module.templates.end() ? nullptr : &*found;
}

sema::ActionKind acts(const query::Snapshot& now, const std::string& path,
                      const ast::Module& module, const ast::Action& action) {
  return acts(now, path, module, action, kMaxChain);
}

std::string doc_text(std::string_view text, const ast::DocComment& doc) {
  std::string out;
  std::string_view rest = text.substr(doc.span.begin, doc.span.size());
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    out += line;
    out += '\n';
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string signature_of(std::string_view text, const ast::Module& module,
                         const ast::TemplateParam& param) {
  std::string out = fmt::format("{}: {}", param.name.text,
                                text.substr(param.type.span.begin, param.type.span.size()));
  if (param.default_value.valid()) {
    const Span span = module[param.default_value].span;
    out += fmt::format(" = {}", text.substr(span.begin, span.size()));
  }
  return out;
}

std::uint32_t import_place(std::string_view text, const ast::Module& module) {
  if (!module.imports.empty()) {
    return static_cast<std::uint32_t>(line_after(text, module.imports.back().span.end));
  }
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (module.edition) return static_cast<std::uint32_t>(line_after(text, module.edition_span.end));
  // A comment that stands directly above a statement is that statement's.
  for (std::size_t next = at; next < text.size();) {
    const std::size_t end = line_after(text, next);
    const std::string_view line = text.substr(next, end - next);
    if (blank(line)) return static_cast<std::uint32_t>(end);
    const std::size_t first = line.find_first_not_of(" \t");
    if (line[first] != '#') break;
    next = end;
  }
  return static_cast<std::uint32_t>(at);
}

std::string import_line(std::string_view text, const ast::Module& module, std::string_view dotted) {
  const std::uint32_t at = import_place(text, module);
  std::string line = fmt::format("import {}\n", dotted);
  if (at > 0 && at == text.size() && text[at - 1] != '\n') line.insert(0, "\n");
  if (module.edition && module.imports.empty()) line.insert(0, "\n");
  const std::string_view next = text.substr(at, line_after(text, at) - at);
  if (module.imports.empty() && !blank(next)) line += '\n';
  return line;
}

}  // namespace hookc::lsp::completion
