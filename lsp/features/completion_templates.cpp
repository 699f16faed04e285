// Templates, their parameters, and the modules they come from.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/sema/imports.hpp"
#include "lsp/features/completion_items.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::lsp::completion {

using syntax::NodeKind;
using K = NodeKind;

namespace {

/// `name(db: ${1:db})`: the parameters that have no default.
std::string use_snippet(const std::string& name, const ast::Template& declared) {
  std::string arguments;
  int count = 0;
  for (const ast::TemplateParam& param : declared.params) {
    if (param.default_value.valid()) continue;
    arguments += fmt::format("{}{}: ${{{}:{}}}", count == 0 ? "" : ", ", param.name.text, count + 1,
                             param.name.text);
    ++count;
  }
  return count == 0 ? name : fmt::format("{}({})", name, arguments);
}

std::string parameters(std::string_view text, const ast::Module& module,
                       const ast::Template& declared) {
  std::string out;
  for (const ast::TemplateParam& param : declared.params) {
    if (!out.empty()) out += ", ";
    out += signature_of(text, module, param);
  }
  return fmt::format("({})", out);
}

/// What the parts of a list of templates have in common.
struct From {
  std::string_view qualifier;  // "postgres"; empty where it is written already, or not needed
  bool needs_import = false;
};

void add_templates_of(Items& items, const ModuleRef& ref, const From& from, bool holds_too) {
  const Cursor& cursor = items.cursor();
  const std::string_view text = cursor.now.sources().text(ref.module->file);
  // A call that is there already keeps its arguments.
  const std::size_t after = cursor.text.find_first_not_of(" \t", cursor.offset);
  const bool called = after != cursor.text.npos && cursor.text[after] == '(';
  const bool snippets = items.options().snippets && !called;
  for (const ast::Template& declared : ref.module->templates) {
    if (!declared.name || (declared.hold && !holds_too)) continue;
    std::string label(declared.name.text);
    if (!from.qualifier.empty()) label = fmt::format("{}.{}", from.qualifier, label);
    const std::string insert = snippets ? use_snippet(label, declared) : label;
    const bool local = ref.source.empty();
    CompletionItem* item =
        items.add(local               ? Rank::Fits
                  : from.needs_import ? Rank::Known
                                      : Rank::Name,
                  CompletionKind::Template, label, parameters(text, *ref.module, declared), insert);
    if (item == nullptr) continue;
    item->snippet = snippets && insert != label;
    item->source = ref.source;
    if (!from.needs_import) continue;
    item->also.push_back({import_place(cursor.text, *cursor.module),
                          import_line(cursor.text, *cursor.module, ref.source)});
  }
}

}  // namespace

void add_templates(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  const Sentence s = sentence_at(cursor, place);
  const bool holds_too = s.in_hold && s.place != sema::Place::Release;
  const auto tokens = cursor.tokens_before(2);
  if (!tokens.empty() && tokens[0] == ".") {
    if (tokens.size() < 2) return;
    const Qualifier from = qualifier(cursor.now, cursor.path, *cursor.module, tokens[1]);
    if (from.ref.module) add_templates_of(items, from.ref, {"", !from.is_imported}, holds_too);
    return;
  }
  if (cursor.module) add_templates_of(items, {cursor.module, ""}, {"", false}, holds_too);
  std::set<std::string_view> taken;
  for (const ast::Import& import : cursor.module->imports) {
    const std::string_view name = sema::name_of(import);
    if (name.empty() || !taken.insert(name).second) continue;
    const ModuleRef ref = imported(cursor.now, cursor.path, import);
    if (ref.module) add_templates_of(items, ref, {name, false}, holds_too);
  }
  for (const StandardModule& standard : standard_modules()) {
    const std::string_view name = standard.name.substr(standard.name.rfind('.') + 1);
    if (taken.contains(name)) continue;
    const ModuleRef ref = module_of(cursor.now, cursor.path, std::string(standard.name));
    if (ref.module) add_templates_of(items, ref, {name, true}, holds_too);
  }
}

void add_arguments(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  const bool colon = cursor.text.substr(cursor.offset).starts_with(":");
  const auto add = [&](Rank rank, std::string_view name, std::string detail) {
    return items.add(rank, CompletionKind::Argument, std::string(name), std::move(detail),
                     colon ? std::string(name) : fmt::format("{}: ", name));
  };
  if (before_last(place) != K::Arguments) return;  // a JSON object: its fields are anyone's
  const syntax::OpenNode* arguments = find(place, K::Arguments);
  std::vector<std::string_view> given;
  for (const std::uint32_t i : cursor.children(arguments->node)) {
    if (cursor.node(i).kind != K::Field) continue;
    if (const auto name = cursor.child(i, K::Name)) given.push_back(cursor.slice(*name));
  }
  const auto is_given = [&](std::string_view name) {
    return std::ranges::find(given, name) != given.end();
  };
  if (holds(place, K::TlsClause)) {
    for (const std::string_view name : {"ca", "cert", "key"}) {
      if (!is_given(name)) add(Rank::Fits, name, "PEM text, or the path of a file");
    }
    return;
  }
  const syntax::OpenNode* use = find(place, K::UseAction);
  if (use == nullptr) return;
  const CalledTemplate called = called_template(cursor, use->node);
  if (called.declared == nullptr) return;
  const ModuleRef& from = called.from.ref;
  const std::string_view text = cursor.now.sources().text(from.module->file);
  for (const ast::TemplateParam& param : called.declared->params) {
    if (!param.name || is_given(param.name.text)) continue;
    CompletionItem* item = add(param.default_value.valid() ? Rank::Name : Rank::Fits,
                               param.name.text, signature_of(text, *from.module, param));
    if (item != nullptr) item->source = from.source;
  }
}

void add_modules(Items& items) {
  const Cursor& cursor = items.cursor();
  const auto tokens = cursor.tokens_before(2);
  const bool after_dot = !tokens.empty() && tokens[0] == ".";
  for (const StandardModule& standard : standard_modules()) {
    const bool imported_already =
        std::ranges::any_of(cursor.module->imports, [&](const ast::Import& import) {
          const bool here = import.span.begin <= cursor.offset && cursor.offset <= import.span.end;
          return !here && import.module == standard.name;
        });
    if (imported_already) continue;
    std::string label(standard.name);
    if (after_dot) {
      if (tokens.size() < 2 || tokens[1] != "std") return;
      label = label.substr(label.rfind('.') + 1);
    }
    CompletionItem* item =
        items.add(Rank::Fits, CompletionKind::Module, label, std::string(standard.path));
    if (item != nullptr) item->source = standard.name;
  }
}

}  // namespace hookc::lsp::completion
