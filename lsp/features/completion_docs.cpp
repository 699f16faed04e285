// What there is to say about an item, looked up when somebody looks at it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lsp/features/completion.hpp"
#include "lsp/features/completion_modules.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::lsp {

using completion::doc_text;
using completion::find_template;
using completion::module_of;
using completion::ModuleRef;
using completion::signature_of;

namespace {

struct Help {
  std::string_view name;
  std::string_view text;
};
constexpr auto kWords = std::to_array<Help>({
#define HOOKC_WORD_HELP(name, help) {name, help},
#include "lsp/features/word_help.def"
#undef HOOKC_WORD_HELP
});
constexpr auto kFacts = std::to_array<Help>({
#define HOOKC_CALL_HELP(name, parameters, result, help)
#define HOOKC_FACT_HELP(path, help) {path, help},
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
});
constexpr auto kCalls = std::to_array<Help>({
#define HOOKC_CALL_HELP(name, parameters, result, help) {name, help},
#define HOOKC_FACT_HELP(path, help)
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
});

template <typename Table>
std::string_view find(const Table& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Help::name);
  return found == table.end() ? std::string_view() : found->text;
}

/// The row of the longest beginning of `label` that has one: "hold scaled" is helped by "hold".
std::string_view help_of_words(std::string_view label) {
  for (;;) {
    if (const auto text = find(kWords, label); !text.empty()) return text;
    const std::size_t space = label.rfind(' ');
    if (space == label.npos) return {};
    label = label.substr(0, space);
  }
}

std::string code(std::string_view text) {
  return fmt::format("```hook\n{}\n```", text);
}

/// A declaration as it is written, and the comment above it.
template <typename Declaration>
std::string declared(std::string_view text, const Declaration& declaration) {
  const Span span = declaration.span;
  std::string out = code(text.substr(span.begin, span.size()));
  const std::string doc = doc_text(text, declaration.doc);
  return doc.empty() ? out : fmt::format("{}\n\n{}", out, doc);
}

template <typename Declaration>
std::string declared_in(std::string_view text, const std::vector<Declaration>& all,
                        std::string_view name) {
  const auto found =
      std::ranges::find_if(all, [&](const Declaration& d) { return d.name.text == name; });
  return found == all.end() ? std::string() : declared(text, *found);
}

std::string template_help(std::string_view text, const ast::Module& module, std::string_view name) {
  const ast::Template* found = find_template(module, name);
  if (found == nullptr) return {};
  std::string head = fmt::format("template {}{}(", found->hold ? "hold " : "", name);
  for (const ast::TemplateParam& param : found->params) {
    head += fmt::format("\n  {},", signature_of(text, module, param));
  }
  head += found->params.empty() ? ")" : "\n)";
  const std::string doc = doc_text(text, found->doc);
  // The comment lines up its columns: Markdown must not run them together.
  return doc.empty() ? code(head) : fmt::format("{}\n\n```text\n{}\n```", code(head), doc);
}

std::string hook_help(std::string_view text, const ast::Module& module, std::string_view name) {
  const std::string hook = declared_in(text, module.hooks, name);
  return hook.empty() ? declared_in(text, module.holds, name) : hook;
}

}  // namespace

std::string documentation(const query::Snapshot& now, const std::string& path, CompletionKind kind,
                          const std::string& label, const std::string& source) {
  using enum CompletionKind;
  std::string_view name = label;
  if (name.starts_with('"') && name.ends_with('"') && name.size() > 1) {
    name = name.substr(1, name.size() - 2);
  }
  if (name.starts_with("${") && name.ends_with('}')) name = name.substr(2, name.size() - 3);
  switch (kind) {
    case Keyword:
    case Snippet:
    case Type: return std::string(help_of_words(label));
    case Builtin: return std::string(find(kCalls, name));
    case Fact: {
      if (!source.empty()) return std::string(find(kFacts, fmt::format("{}.{}", source, name)));
      const auto fact = find(kFacts, name);
      return std::string(fact.empty() ? find(kCalls, name) : fact);
    }
    case Module: {
      const auto standard = find_standard_module(source);
      if (!standard) return {};
      // The comment that the file begins with.
      const std::string_view text = standard->text;
      const auto end = static_cast<std::uint32_t>(std::min(text.find("\n\n"), text.size()));
      return doc_text(text, {Span{0, end}});
    }
    case Param:
    case Secret:
    case Pod:
    case Function:
    case Template:
    case Hook: break;
    case Capture:
    case Argument:
    case File:
    case Header:
    case Label:
    case Unit:
    case Value: return {};
  }
  const ModuleRef from = module_of(now, path, source);
  if (!from.module) return {};
  const std::string_view text = now.sources().text(from.module->file);
  switch (kind) {
    case Param: return declared_in(text, from.module->params, name);
    case Secret: return declared_in(text, from.module->secrets, name);
    case Pod: return declared_in(text, from.module->pods, name);
    case Function: return declared_in(text, from.module->functions, name);
    case Template: return template_help(text, *from.module, name.substr(name.rfind('.') + 1));
    default: return hook_help(text, *from.module, name);
  }
}

}  // namespace hookc::lsp
