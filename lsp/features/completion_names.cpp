// Names of what is declared or mentioned in the file: pods, functions, containers, namespaces,
// workloads, params.
#include <fmt/format.h>

#include "compiler/sema/facts.hpp"
#include "lsp/features/completion_items.hpp"

namespace hookc::lsp::completion {

using syntax::NodeKind;
using K = NodeKind;

namespace {

constexpr std::string_view kWorkloadKinds[] = {"Deployment", "StatefulSet", "DaemonSet",
                                               "ReplicaSet"};

bool is_plain_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9') || text[0] == '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!syntax::is_name_char(text, i)) return false;
  }
  return syntax::info(syntax::find_word(text)).role != syntax::WordRole::Statement;
}

/// A name, in quotes where it cannot stand without.
void add_name(Items& items, Rank rank, CompletionKind kind, std::string_view name,
              std::string detail = {}) {
  if (is_plain_name(name)) {
    items.add(rank, kind, std::string(name), std::move(detail));
  } else {
    items.add_text(rank, kind, name, std::move(detail));
  }
}

/// Template parameters of that type: they stand for the thing they name.
void add_local_params(Items& items, const Place& place, std::string_view type) {
  for (const LocalParam& param : sentence_at(items.cursor(), place).params) {
    if (param.type == type) {
      items.add(Rank::Fits, CompletionKind::Param, std::string(param.name), std::string(type));
    }
  }
}

/// What is mentioned in the file, where nothing declares it.
void add_mentioned(Items& items, CompletionKind kind, ast::TextId id) {
  if (!id.valid()) return;
  const auto text = ast::literal_text(*items.cursor().module, id);
  // Not what is being typed here.
  const Span span = (*items.cursor().module)[id].span;
  if (text && !text->empty() &&
      !(span.begin <= items.cursor().offset && items.cursor().offset <= span.end)) {
    add_name(items, Rank::Name, kind, *text);
  }
}

const ast::PodRef* pod_of(const ast::Action& action) {
  if (const auto* exec = std::get_if<ast::ExecAction>(&action.what)) {
    return exec->place == ast::ExecPlace::Pod ? &exec->pod : nullptr;
  }
  if (const auto* http = std::get_if<ast::HttpAction>(&action.what)) {
    return http->endpoint ? &http->endpoint->pod : nullptr;
  }
  if (const auto* tcp = std::get_if<ast::TcpAction>(&action.what)) {
    return tcp->endpoint ? &tcp->endpoint->pod : nullptr;
  }
  const auto* wait = std::get_if<ast::WaitAction>(&action.what);
  return wait != nullptr && wait->pod ? &*wait->pod : nullptr;
}

/// The actions of hooks and holds, releases included.
template <typename Take>
void each_action(const ast::Module& module, Take take) {
  for (const ast::Hook& hook : module.hooks) take(hook.action);
  for (const ast::Hold& hold : module.holds) {
    take(hold.body.acquire);
    for (const ast::Release& release : hold.body.releases) take(release.action);
  }
}

void add_containers(Items& items) {
  const ast::Module& module = *items.cursor().module;
  for (const ast::Pod& pod : module.pods) {
    add_mentioned(items, CompletionKind::Value, pod.container);
  }
  each_action(module, [&](const ast::Action& action) {
    if (const ast::PodRef* pod = pod_of(action)) {
      add_mentioned(items, CompletionKind::Value, pod->container);
    }
  });
}

void add_namespaces(Items& items) {
  const ast::Module& module = *items.cursor().module;
  for (const auto& pod : module.pods) {
    add_mentioned(items, CompletionKind::Value, pod.namespace_name);
  }
  for (const auto& function : module.functions) {
    add_mentioned(items, CompletionKind::Value, function.namespace_name);
  }
  for (const auto& target : module.targets) {
    add_mentioned(items, CompletionKind::Value, target.namespace_name);
  }
}

void add_params(Items& items) {
  const Cursor& cursor = items.cursor();
  for (const ast::Param& param : cursor.module->params) {
    items.add(Rank::Name, CompletionKind::Param, std::string(param.name.text),
              std::string(cursor.slice(param.type.span)));
  }
}

/// The facts a test can set (`given session.id = …`).
void add_given_facts(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  const auto tokens = cursor.tokens_before(2);
  if (tokens.size() < 2 || last(place) == K::GivenParam) return;
  for (const sema::FactInfo& fact : sema::all_facts()) {
    using enum sema::Fact;
    const bool settable = fact.fact == SessionId || fact.fact == SessionStarted ||
                          fact.fact == TargetKind || fact.fact == TargetName ||
                          fact.fact == TargetNamespace;
    const std::size_t dot = fact.path.find('.');
    if (settable && fact.path.substr(0, dot) == tokens[1]) {
      items.add(Rank::Fits, CompletionKind::Fact, std::string(fact.path.substr(dot + 1)));
    }
  }
}

}  // namespace

void add_pods(Items& items) {
  const ast::Module& module = *items.cursor().module;
  for (const ast::Pod& pod : module.pods) {
    const auto labels = pod.labels.valid() ? ast::literal_text(module, pod.labels) : std::nullopt;
    add_name(items, Rank::Fits, CompletionKind::Pod, pod.name.text, labels.value_or("pod"));
  }
  if (!module.pods.empty()) return;  // then every name must be declared (rule 4)
  each_action(module, [&](const ast::Action& action) {
    if (const ast::PodRef* pod = pod_of(action)) {
      add_mentioned(items, CompletionKind::Pod, pod->name);
    }
  });
}

void add_functions(Items& items) {
  const ast::Module& module = *items.cursor().module;
  for (const ast::Function& function : module.functions) {
    const auto image =
        function.image.valid() ? ast::literal_text(module, function.image) : std::nullopt;
    add_name(items, Rank::Fits, CompletionKind::Function, function.name.text,
             image.value_or("function"));
  }
  if (!module.functions.empty()) return;
  each_action(module, [&](const ast::Action& action) {
    const auto* exec = std::get_if<ast::ExecAction>(&action.what);
    if (exec != nullptr) add_mentioned(items, CompletionKind::Function, exec->function);
  });
}

void add_workloads(Items& items) {
  const Cursor& cursor = items.cursor();
  const ast::Module& module = *cursor.module;
  const auto add = [&](const ast::Workload& workload) {
    const Span span = workload.span;
    const bool typed_here = span.begin <= cursor.offset && cursor.offset <= span.end;
    if (typed_here || !workload.name.valid()) return;
    const auto name = ast::literal_text(module, workload.name);
    if (!name || name->empty()) return;
    items.add(Rank::Fits, CompletionKind::Value, std::string(cursor.slice(span)));
  };
  for (const ast::Target& target : module.targets) add(target.workload);
  for (const ast::Pod& pod : module.pods) {
    if (pod.owner) add(*pod.owner);
  }
  each_action(module, [&](const ast::Action& action) {
    if (const auto* scale = std::get_if<ast::ScaleAction>(&action.what)) add(scale->workload);
    const auto* wait = std::get_if<ast::WaitAction>(&action.what);
    if (wait != nullptr && wait->workload) add(*wait->workload);
  });
  for (const ast::Workload& workload : module.workloads) add(workload);
  if (items.typed().find('/') != std::string_view::npos) return;
  for (const std::string_view kind : kWorkloadKinds) {
    items.add(Rank::Known, CompletionKind::Value, fmt::format("{}/", kind));
  }
}

void add_names(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  switch (last(place)) {
    case K::PodRef:
      add_local_params(items, place, "pod");
      add_pods(items);
      break;
    case K::ExecAction:
      add_local_params(items, place, "function");
      add_functions(items);
      break;
    case K::GivenCall:
      if (const auto tokens = cursor.tokens_before(1); !tokens.empty()) {
        tokens[0] == "function" ? add_functions(items) : add_pods(items);
      }
      break;
    case K::ContainerProperty: add_containers(items); break;
    case K::NamespaceProperty: add_namespaces(items); break;
    case K::GivenParam:
    case K::Setting: add_params(items); break;
    case K::GivenFact: add_given_facts(items, place); break;
    case K::MemberStep: add_members(items, place); break;
    case K::QualifiedName:
      before_last(place) == K::Import ? add_modules(items) : add_templates(items, place);
      break;
    case K::Field: add_arguments(items, place); break;
    default: break;  // a new name, or one that nothing here knows
  }
}

}  // namespace hookc::lsp::completion
