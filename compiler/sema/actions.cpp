// What each action needs, and the names in it.
#include "compiler/sema/checker.hpp"
#include "compiler/values/kubernetes_name.hpp"
#include "compiler/values/port.hpp"

namespace hookc::sema {

void Checker::check_action(const Scope& scope, const ast::Action& action) {
  if (const auto* http = std::get_if<ast::HttpAction>(&action.what)) {
    check_http(scope, *http);
  } else if (const auto* tcp = std::get_if<ast::TcpAction>(&action.what)) {
    if (tcp->endpoint) {
      check_endpoint(scope, *tcp->endpoint);
    } else {
      check_text(scope.with(Sink::Open), tcp->address, TextUse::Address);
    }
  } else if (const auto* exec = std::get_if<ast::ExecAction>(&action.what)) {
    check_exec(scope, action, *exec);
  } else if (const auto* scale = std::get_if<ast::ScaleAction>(&action.what)) {
    check_workload(scope, scale->workload);
    check_int(scope, scale->replicas, 0, INT32_MAX, "the number of replicas");
  } else if (const auto* wait = std::get_if<ast::WaitAction>(&action.what)) {
    check_wait(scope, *wait);
  } else if (const auto* input = std::get_if<ast::StdinAction>(&action.what)) {
    check_text(scope.with(Sink::Open), input->text, TextUse::Plain);
  }
  // A use is check_use's, `scale back` has nothing in it, a broken action was reported.
}

void Checker::check_http(const Scope& scope, const ast::HttpAction& http) {
  if (http.endpoint) {
    check_endpoint(scope, *http.endpoint);
  } else {
    check_text(scope.with(Sink::Open), http.url, TextUse::Url);
  }
}

void Checker::check_endpoint(const Scope& scope, const ast::PodEndpoint& endpoint) {
  check_pod(scope, endpoint.pod);
  if (endpoint.port_number.valid()) {
    const ast::Expr& e = ast(scope.module)[endpoint.port_number];
    if (e.kind == ast::ExprKind::Int) {
      info(scope.module).types[endpoint.port_number.value] = plain(TypeKind::Port);
      if (const auto checked = values::check_port(e.number); !checked) {
        add(Code::HK3002, scope.module, e.span, "{}", checked.error().message);
      }
    } else {
      check_int(scope, endpoint.port_number, 1, 65535, "a port");
    }
  }
  check_text(scope.with(Sink::Name), endpoint.port_name, TextUse::PortName);
  check_text(scope.with(Sink::Open), endpoint.path, TextUse::UrlPath);
  const std::string_view scheme = endpoint.scheme.text;
  if (scheme.empty() || scheme == "http" || scheme == "https") return;
  add(Code::HK3006, scope.module, endpoint.scheme.span, "no scheme is called `{}`", scheme)
      .label("`http` or `https` expected");
}

void Checker::check_exec(const Scope& scope, const ast::Action& action,
                         const ast::ExecAction& exec) {
  switch (exec.place) {
    case ast::ExecPlace::Missing: {
      // `exec by operator` is refused with its clause.
      if (!exec.place_span.empty()) break;
      add(Code::HK2118, scope.module, action.keyword, "`exec` does not say where")
          .label("in which pod?")
          .help("write `exec in pod NAME \"…\"`, `exec in function NAME` or `exec local \"…\"`");
      break;
    }
    case ast::ExecPlace::Pod: check_pod(scope, exec.pod); break;
    case ast::ExecPlace::Function:
      check_thing_name(scope, exec.function, TypeKind::Function);
      break;
    case ast::ExecPlace::Local: break;
  }
  check_command(scope, exec.command);
  const bool needed = exec.place == ast::ExecPlace::Pod || exec.place == ast::ExecPlace::Local;
  if (needed && !exec.command.given()) {
    add(Code::HK2118, scope.module, action.span, "`exec` lacks a command")
        .label("what should run?")
        .help("write `\"shell text\"`, or `[\"argv\", \"list\"]` to run without a shell");
  }
}

void Checker::check_command(const Scope& scope, const ast::CommandText& command) {
  check_text(scope.with(Sink::Command), command.shell, TextUse::Shell);
  if (!command.argv.valid()) return;
  const ast::Module& file = ast(scope.module);
  const ast::Expr& list = file[command.argv];
  if (list.kind != ast::ExprKind::List) {
    type_of(scope.with(Sink::Argv), command.argv);
    return;
  }
  info(scope.module).types[command.argv.value] = list_of(TypeKind::String);
  if (list.children.empty()) {
    add(Code::HK2118, scope.module, list.span, "the command is empty").label("no program");
  }
  for (const ast::ExprId argument : file.children(list)) {
    const Type type = value_of(scope.with(Sink::Argv), argument);
    if (renders(type.kind)) continue;
    add(Code::HK3009, scope.module, file[argument].span, "{} cannot be an argument of a program",
        describe(type))
        .label("text expected");
  }
}

void Checker::check_wait(const Scope& scope, const ast::WaitAction& wait) {
  if (wait.pod) check_pod(scope, *wait.pod);
  if (wait.workload) check_workload(scope, *wait.workload);
  if (wait.where.valid())
    expect_bool(scope.with(Attempt::Object).with(Sink::Expect), wait.where, "`where`");
}

void Checker::check_pod(const Scope& scope, const ast::PodRef& pod) {
  check_thing_name(scope, pod.name, TypeKind::Pod);
  check_text(scope.with(Sink::Name), pod.container, TextUse::Label);
  if (pod.spread) check_spread(scope, *pod.spread);
}

void Checker::check_spread(const Scope& scope, const ast::SpreadClause& spread) {
  check_int(scope, spread.exactly, 1, INT32_MAX, "the number of pods");
  check_int(scope, spread.at_least, 1, INT32_MAX, "the number of pods");
}

void Checker::check_thing_name(const Scope& scope, ast::TextId id, TypeKind kind) {
  if (!id.valid()) return;
  const ast::Module& file = ast(scope.module);
  const ast::Text& text = file[id];
  if (text.broken) return;
  const bool pod = kind == TypeKind::Pod;
  Ref& ref = info(scope.module).text_refs[id.value];
  const auto parts = file.parts_of(id);
  const TemplateInfo* own = scope.template_index == kNone
                                ? nullptr
                                : &template_info({scope.module, scope.template_index});
  if (parts.size() == 1 && parts[0].is_splice()) {
    const ast::Expr& e = file[parts[0].splice];
    const Type type = value_of(scope.with(Sink::Name), parts[0].splice);
    if (type.kind == kind && own && own->params.contains(e.text)) {
      ref = {RefKind::TemplateParam, own->params.find(e.text)->second, kNone};
      return;
    }
    ref = {RefKind::ClusterName, 0, kNone};
    if (!is_text(type.kind)) mismatch(scope, e.span, type, plain(kind), "this");
    return;
  }
  if (has_splice(scope.module, id)) {
    check_text(scope.with(Sink::Name), id, TextUse::ObjectName);
    ref = {RefKind::ClusterName, 0, kNone};
    return;
  }
  std::string owned;
  std::string_view name;
  if (parts.size() == 1) {
    name = parts[0].literal;
  } else {
    owned = ast::literal_text(file, id).value_or("");
    name = owned;
  }
  if (name.empty() && text.quoting == ast::Quoting::Bare) return;  // missing, already reported
  if (own && text.quoting == ast::Quoting::Bare) {
    if (const auto p = own->params.find(name); p != own->params.end()) {
      const Type type =
          from_ast(ast_of({scope.module, scope.template_index}).params[p->second].type);
      ref = {RefKind::TemplateParam, p->second, kNone};
      if (type.kind == kind || type.kind == TypeKind::Error) return;
      add(Code::HK3009, scope.module, text.span, "parameter `{}` is {}, not {}", name,
          describe(type), describe(plain(kind)))
          .label(fmt::format("a `{}` expected", name_of(kind)));
      return;
    }
  }
  const NameMap<std::uint32_t>& declared =
      pod ? names(scope.module).pods : names(scope.module).functions;
  if (declared.empty()) {
    ref = {RefKind::ClusterName, 0, kNone};
    check_text(scope.with(Sink::Name), id, TextUse::ObjectName);
    return;
  }
  const auto found = declared.find(name);
  if (found != declared.end()) {
    ref = {pod ? RefKind::Pod : RefKind::Function, found->second, kNone};
    return;
  }
  unknown_thing(scope, kind, name, text.span);
}

void Checker::unknown_thing(const Scope& scope, TypeKind kind, std::string_view name, Span where) {
  const bool pod = kind == TypeKind::Pod;
  if (names(scope.module).broken.contains(name)) return;
  Diagnostic& d =
      add(Code::HK1001, scope.module, where, "no {} is called `{}`", name_of(kind), name)
          .label("unknown");
  prepare_candidates(scope.module);
  ModuleNames& known = names(scope.module);
  const auto near = (pod ? known.pod_candidates : known.function_candidates).nearest(name, budget_);
  if (near) {
    d.fix(fmt::format("write `{}`", *near), at(scope.module, where), std::string(*near),
          Applicability::MaybeIncorrect);
  }
  d.help(
      fmt::format("this file declares its {0}s, so each {0} it names must be declared: `{0} {1}`",
                  name_of(kind), name));
}

void Checker::check_workload(const Scope& scope, const ast::Workload& workload) {
  if (workload.kind) {
    if (const auto checked = values::check_kind(workload.kind.text); !checked) {
      Diagnostic& d =
          add(Code::HK3003, scope.module, workload.kind.span, "{}", checked.error().message);
      if (checked.error().suggestion) {
        d.fix(fmt::format("write `{}`", *checked.error().suggestion),
              at(scope.module, workload.kind.span), *checked.error().suggestion);
      }
    }
  }
  if (workload.group) {
    if (const auto checked = values::check_name(values::NameRule::Subdomain, workload.group.text);
        !checked) {
      add(Code::HK3003, scope.module, workload.group.span, "{}", checked.error().message);
    }
  }
  check_text(scope.with(Sink::Name), workload.name, TextUse::ObjectName);
}

void Checker::check_source(const Scope& scope, const ast::SecretSource& source) {
  switch (source.kind) {
    case ast::SourceKind::Error: return;
    case ast::SourceKind::Env:
      if (!source.env) return;
      if (const auto checked = values::check_env_name(source.env.text); !checked) {
        add(Code::HK3003, scope.module, source.env.span, "{}", checked.error().message);
      }
      return;
    case ast::SourceKind::File:
      check_text(scope.with(Sink::Name), source.path, TextUse::Plain);
      return;
    case ast::SourceKind::Kubernetes:
      check_text(scope.with(Sink::Name), source.path, TextUse::NamespacedName);
      check_text(scope.with(Sink::Name), source.key, TextUse::SecretKey);
      return;
  }
}

}  // namespace hookc::sema
