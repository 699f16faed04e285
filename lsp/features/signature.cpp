#include "lsp/features/signature.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lsp/features/completion.hpp"
#include "lsp/features/completion_cursor.hpp"

namespace hookc::lsp {

using namespace completion;

using syntax::NodeKind;
using K = NodeKind;

namespace {

struct CallHelp {
  std::string_view name, parameters, result, help;
};
constexpr auto kCalls = std::to_array<CallHelp>({
#define HOOKC_CALL_HELP(name, parameters, result, help) {name, parameters, result, help},
#define HOOKC_FACT_HELP(path, help)
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
});

void add_parameter(Signature& signature, std::string_view text) {
  if (!signature.parameters.empty()) signature.label += ", ";
  const auto begin = static_cast<std::uint32_t>(signature.label.size());
  signature.label += text;
  signature.parameters.push_back({{begin, static_cast<std::uint32_t>(signature.label.size())}});
}

/// How many commas stand before the cursor among the children of `node`.
std::uint32_t commas(const Cursor& cursor, std::uint32_t node) {
  std::uint32_t count = 0;
  for (const std::uint32_t i : cursor.children(node)) {
    if (cursor.node(i).kind == K::Symbol && cursor.slice(i) == ",") ++count;
  }
  return count;
}

std::optional<Signature> of_call(const Cursor& cursor, const syntax::OpenNode& call) {
  const auto name = cursor.child(call.node, K::Name);
  if (!name) return std::nullopt;
  const auto found = std::ranges::find(kCalls, cursor.slice(*name), &CallHelp::name);
  if (found == kCalls.end()) return std::nullopt;
  Signature signature;
  signature.label = fmt::format("{}(", found->name);
  std::string_view rest = found->parameters;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(", "));
    rest.remove_prefix(std::min(rest.size(), one.size() + 2));
    add_parameter(signature, one);
  }
  signature.label += fmt::format("): {}", found->result);
  signature.documentation = found->help;
  const std::uint32_t active = commas(cursor, call.node);
  if (active < signature.parameters.size()) signature.active = active;
  return signature;
}

/// The name of the argument at the cursor: written before `:`, or being typed.
std::string_view argument_name(const Cursor& cursor, const Place& place) {
  const syntax::OpenNode* field = find(place, K::Field);
  if (field == nullptr || field->node >= cursor.expected.nodes.size()) return cursor.prefix();
  const auto name = cursor.child(field->node, K::Name);
  return name ? cursor.slice(*name) : cursor.prefix();
}

std::optional<Signature> of_template(const Cursor& cursor, const Place& place,
                                     const syntax::OpenNode& use,
                                     const syntax::OpenNode& arguments) {
  const CalledTemplate called = called_template(cursor, use.node);
  if (called.declared == nullptr) return std::nullopt;
  const ast::Module& module = *called.from.ref.module;
  const std::string_view text = cursor.now.sources().text(module.file);
  Signature signature;
  signature.label = fmt::format("{}(", called.declared->name.text);
  std::vector<std::string_view> given;
  for (const std::uint32_t i : cursor.children(arguments.node)) {
    if (cursor.node(i).kind != K::Field) continue;
    if (const auto name = cursor.child(i, K::Name)) given.push_back(cursor.slice(*name));
  }
  const std::string_view writing = argument_name(cursor, place);
  std::optional<std::uint32_t> next;  // the first one that is not given yet
  for (const ast::TemplateParam& param : called.declared->params) {
    const auto index = static_cast<std::uint32_t>(signature.parameters.size());
    if (param.name.text == writing) signature.active = index;
    const bool is_given = std::ranges::find(given, param.name.text) != given.end();
    if (!next && !is_given && param.name.text.starts_with(writing)) next = index;
    add_parameter(signature, signature_of(text, module, param));
  }
  signature.label += ")";
  if (!signature.active) signature.active = next;
  signature.documentation = fmt::format("```text\n{}\n```", doc_text(text, called.declared->doc));
  if (called.declared->doc.span.empty()) signature.documentation.clear();
  return signature;
}

}  // namespace

std::optional<Signature> signature_at(const query::Snapshot& now, const std::string& path,
                                      std::uint32_t offset) {
  const auto cursor = cursor_at(now, path, offset);
  if (!cursor || cursor->expected.inside == syntax::Inside::Comment) return std::nullopt;
  // Whatever was tried at the cursor was tried inside the call: any place will do.
  for (const Place& place : cursor->expected.places) {
    for (auto open = place.rbegin(); open != place.rend(); ++open) {
      if (open->node >= cursor->expected.nodes.size()) continue;
      if (open->kind == K::Call) {
        if (auto found = of_call(*cursor, *open)) return found;
      }
      const bool in_use = open->kind == K::Arguments && std::next(open) != place.rend() &&
                          std::next(open)->kind == K::UseAction;
      if (in_use) return of_template(*cursor, place, *std::next(open), *open);
    }
  }
  return std::nullopt;
}

}  // namespace hookc::lsp
