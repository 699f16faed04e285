#include "lsp/features/document_symbols.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "lsp/features/document.hpp"
#include "lsp/features/sentences.hpp"

namespace hookc::lsp {

using syntax::Node;
using syntax::NodeKind;
using syntax::Word;

namespace {

class Outliner {
 public:
  explicit Outliner(const Document& document) : document_(document), m_(*document.module) {}

  std::vector<Symbol> run() const { return statements(m_.statements); }

 private:
  std::vector<Symbol> statements(const std::vector<ast::Statement>& all) const {
    std::vector<Symbol> made;
    for (const ast::Statement& each : all) statement(each, made);
    return made;
  }

  /// The name's place must lie within the statement's, whatever recovery made of the two.
  static Symbol symbol(SymbolKind kind, std::string name, std::string detail, Span name_span,
                       Span span) {
    if (name_span.empty() || name_span.begin < span.begin || name_span.end > span.end)
      name_span = {span.begin, span.begin};
    return {name.empty() ? "?" : std::move(name), std::move(detail), kind, name_span, span, {}};
  }
  static Symbol symbol(SymbolKind kind, const ast::Name& name, std::string detail, Span span) {
    return symbol(kind, std::string(name.text), std::move(detail), name.span, span);
  }
  std::string source(Span span) const { return shortened(document_.slice(span), 60); }
  std::string source(ast::TextId id) const {
    if (!id.valid()) return {};
    std::string text = source(m_[id].span);
    if (text.size() > 2 && text.front() == '"' && text.back() == '"')
      text = text.substr(1, text.size() - 2);
    return text;
  }

  void statement(const ast::Statement& each, std::vector<Symbol>& out) const {
    switch (each.kind) {
      case ast::StatementKind::Import: return;
      case ast::StatementKind::Broken: return broken(each.span, out);
      case ast::StatementKind::Param: return out.push_back(param(m_.params[each.index]));
      case ast::StatementKind::Secret: return out.push_back(secret(m_.secrets[each.index]));
      case ast::StatementKind::Pod: return out.push_back(pod(m_.pods[each.index]));
      case ast::StatementKind::Function: return out.push_back(function(m_.functions[each.index]));
      case ast::StatementKind::Target: {
        const ast::Target& target = m_.targets[each.index];
        return out.push_back(symbol(SymbolKind::Object, source(target.workload.span), "target",
                                    target.workload.span, target.span));
      }
      case ast::StatementKind::Template: return out.push_back(template_(m_.templates[each.index]));
      case ast::StatementKind::Together: {
        const ast::Together& group = m_.groups[each.index];
        Symbol made = symbol(SymbolKind::Array, "together", "at once", group.keyword, group.span);
        made.children = statements(group.members);
        return out.push_back(std::move(made));
      }
      case ast::StatementKind::Hook: return out.push_back(hook(m_.hooks[each.index]));
      case ast::StatementKind::Hold: return out.push_back(hold(m_.holds[each.index]));
      case ast::StatementKind::Policy: {
        const ast::PolicyDecl& policy = m_.policies[each.index];
        return out.push_back(symbol(SymbolKind::Interface, source(policy.name), "policy",
                                    policy.name.valid() ? m_[policy.name].span : Span{},
                                    policy.span));
      }
      case ast::StatementKind::Test: {
        const ast::Test& test = m_.tests[each.index];
        return out.push_back(symbol(SymbolKind::Function, test.name, "test", test.span));
      }
      case ast::StatementKind::Environment: {
        const ast::Environment& environment = m_.environments[each.index];
        Symbol made =
            symbol(SymbolKind::Namespace, environment.name, "environment", environment.span);
        for (const ast::Setting& setting : environment.settings) {
          const Span value = setting.value.valid() ? m_[setting.value].span : setting.name.span;
          made.children.push_back(symbol(SymbolKind::Property, setting.name, source(value),
                                         setting.name.span.to(value)));
        }
        return out.push_back(std::move(made));
      }
      case ast::StatementKind::Operation: {
        const ast::OperationRule& rule = m_.operation_rules[each.index];
        return out.push_back(symbol(SymbolKind::Operator,
                                    fmt::format("operation {}", word_of(rule.operation)),
                                    "succeeds when …", rule.operation_span, rule.span));
      }
      case ast::StatementKind::Exclusive: {
        const ast::Exclusive& exclusive = m_.exclusives[each.index];
        return out.push_back(symbol(SymbolKind::Key, source(exclusive.name), "exclusive",
                                    exclusive.name.valid() ? m_[exclusive.name].span : Span{},
                                    exclusive.span));
      }
    }
  }

  Symbol param(const ast::Param& param) const {
    return symbol(SymbolKind::Constant, param.name,
                  fmt::format("param: {}", source(param.type.span)), param.span);
  }
  Symbol secret(const ast::Secret& secret) const {
    return symbol(SymbolKind::Key, secret.name,
                  secret.type ? fmt::format("secret: {}", source(secret.type->span)) : "secret",
                  secret.span);
  }
  Symbol pod(const ast::Pod& pod) const {
    const std::string labels = source(pod.labels);
    return symbol(SymbolKind::Object, pod.name,
                  labels.empty() ? "pod" : fmt::format("pod · {}", labels), pod.span);
  }
  Symbol function(const ast::Function& function) const {
    std::string of = source(function.image);
    if (of.empty()) of = source(function.from_cluster);
    return symbol(SymbolKind::Class, function.name,
                  of.empty() ? "function" : fmt::format("function · {}", of), function.span);
  }
  Symbol template_(const ast::Template& declared) const {
    std::string parameters;
    for (const ast::TemplateParam& each : declared.params) {
      parameters += fmt::format("{}{}: {}", parameters.empty() ? "" : ", ", each.name.text,
                                source(each.type.span));
    }
    return symbol(
        SymbolKind::TypeParameter, declared.name,
        shortened(fmt::format("{}({})", declared.hold ? "template hold" : "template", parameters),
                  90),
        declared.span);
  }

  Symbol hook(const ast::Hook& hook) const {
    const std::string phase = phase_of(hook);
    if (hook.name) {
      return symbol(SymbolKind::Event, hook.name,
                    fmt::format("{} · {}", phase, summary_of(document_, hook.action)), hook.span);
    }
    return symbol(SymbolKind::Event, sentence_of(document_, hook.action), phase,
                  hook.action.keyword, hook.span);
  }

  Symbol hold(const ast::Hold& hold) const {
    const std::string phase = fmt::format("hold {}", word_of(hold.operation));
    const ast::HoldBody& body = hold.body;
    Symbol made =
        hold.name
            ? symbol(SymbolKind::Struct, hold.name,
                     fmt::format("{} · {}", phase, summary_of(document_, body.acquire)), hold.span)
            : symbol(SymbolKind::Struct, sentence_of(document_, body.acquire), phase,
                     body.acquire.keyword, hold.span);
    if (!body.acquire.span.empty()) {
      Span span = body.acquire.span;
      for (const ast::Clause& clause : body.clauses.in(m_.clauses)) span = span.to(clause.span);
      made.children.push_back(symbol(SymbolKind::Method, "acquire",
                                     sentence_of(document_, body.acquire), body.acquire.keyword,
                                     span));
    }
    for (const ast::Release& release : body.releases) {
      made.children.push_back(symbol(SymbolKind::Method, "release",
                                     sentence_of(document_, release.action), release.keyword,
                                     release.span));
    }
    return made;
  }

  void broken(Span span, std::vector<Symbol>& out) const {
    const auto& nodes = document_.tree->nodes;
    // In pre-order nodes stand by where they begin.
    const auto found = std::ranges::lower_bound(nodes, span.begin, {}, &Node::begin);
    for (auto i = static_cast<std::uint32_t>(found - nodes.begin());
         i + 1 < nodes.size() && nodes[i].begin == span.begin; ++i) {
      if (nodes[i].kind != NodeKind::Error || nodes[i].span() != span) continue;
      const Node& first = nodes[i + 1];
      if (first.kind != NodeKind::Keyword) return;
      const auto kind = kind_of(syntax::word_of(*document_.tree, document_.text, first));
      if (!kind) return;
      for (std::uint32_t t = i + 1; t < i + nodes[i].size; ++t) {
        if (nodes[t].kind != NodeKind::Name && nodes[t].kind != NodeKind::StringText) continue;
        const Span name = nodes[t].span();
        out.push_back(symbol(*kind, source(name), source(first.span()), name, span));
        return;
      }
      return;
    }
  }

  static std::optional<SymbolKind> kind_of(Word word) {
    switch (word) {
      case Word::Param: return SymbolKind::Constant;
      case Word::Secret: return SymbolKind::Key;
      case Word::Pod: return SymbolKind::Object;
      case Word::Function: return SymbolKind::Class;
      case Word::Template: return SymbolKind::TypeParameter;
      case Word::Pre:
      case Word::Post: return SymbolKind::Event;
      case Word::Hold: return SymbolKind::Struct;
      case Word::Policy: return SymbolKind::Interface;
      case Word::Test: return SymbolKind::Function;
      case Word::Environment: return SymbolKind::Namespace;
      default: return std::nullopt;
    }
  }

  const Document& document_;
  const ast::Module& m_;
};

}  // namespace

std::vector<Symbol> document_symbols(const query::Snapshot& now, const std::string& path) {
  const auto document = open_document(now, path);
  if (!document) return {};
  return Outliner(*document).run();
}

}  // namespace hookc::lsp
