// Actions and places as an overview shows them.
#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/overview_builder.hpp"
#include "compiler/plan/text.hpp"

namespace hookc::plan::overview {

std::string Builder::condition(const Expr& e) const {
  return to_source(e, plan_);
}

std::string Builder::structured(const Expr& body) const {
  return to_source(scope_.filled(body), plan_);
}

std::string Builder::workload(const Workload& w) const {
  return fmt::format("{}{}{}/{}", w.kind, w.group.empty() ? "" : ".", w.group, shown(w.name));
}

std::string Builder::where(const PodSelection& pod) const {
  std::vector<std::string> details;
  if (pod.labels) details.push_back(fmt::format("labels {}", shown(*pod.labels)));
  if (pod.owner) details.push_back(fmt::format("owner {}", workload(*pod.owner)));
  if (pod.namespace_name)
    details.push_back(fmt::format("namespace {}", shown(*pod.namespace_name)));
  if (pod.container) details.push_back(fmt::format("container {}", shown(*pod.container)));
  std::string out = pod.all ? "all pods " : "pod ";
  out += pod.cluster_name ? shown(*pod.cluster_name) : pod.label;
  if (!details.empty()) out += fmt::format(" ({})", fmt::join(details, "; "));
  if (pod.exactly) out += fmt::format(", exactly {}", shown(*pod.exactly));
  if (pod.at_least) out += fmt::format(", at least {}", shown(*pod.at_least));
  if (pod.one_by_one) out += ", one by one";
  return out;
}

std::string Builder::endpoint(const PodEndpoint& at) const {
  std::string out =
      fmt::format("at {} port {}", where(at.pod), at.port ? shown(*at.port) : at.port_name);
  if (at.path) out += fmt::format(" path {}", shown(*at.path));
  if (!at.scheme.empty() && at.scheme != "http") out += " over " + at.scheme;
  return out;
}

void Builder::lines(std::string_view text, std::vector<std::string>& out) const {
  while (text.ends_with('\n')) text.remove_suffix(1);
  while (true) {
    const std::size_t end = text.find('\n');
    out.emplace_back("  " + std::string(text.substr(0, end)));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

void Builder::variables(const std::vector<EnvVar>& env, std::vector<std::string>& out) const {
  for (const EnvVar& variable : env) {
    if (const auto* value = std::get_if<Expr>(&variable.value)) {
      out.push_back(fmt::format("env {} = {}", variable.name, shown(*value)));
      continue;
    }
    const auto& source = std::get<SecretSource>(variable.value);
    switch (source.kind) {
      case SecretSource::Kind::Env:
        out.push_back(fmt::format("env {} from env {}", variable.name, source.env));
        break;
      case SecretSource::Kind::File:
        out.push_back(fmt::format("env {} from file {}", variable.name, shown(source.path)));
        break;
      case SecretSource::Kind::Kubernetes:
        out.push_back(fmt::format("env {} from kubernetes {} key {}", variable.name,
                                  shown(source.path), shown(source.key)));
        break;
    }
  }
}

std::vector<std::string> Builder::http(const HttpRequest& request) const {
  std::vector<std::string> out;
  const auto* url = std::get_if<Expr>(&request.where);
  out.push_back(fmt::format("http {} {}", request.post ? "post" : "get",
                            url ? shown(*url) : endpoint(std::get<PodEndpoint>(request.where))));
  for (const Header& header : request.headers) {
    out.push_back(fmt::format("header {}: {}", shown(header.name), shown(header.value)));
  }
  switch (request.body_kind) {
    case HttpRequest::BodyKind::None: break;
    case HttpRequest::BodyKind::Text:
      out.emplace_back("body");
      lines(shown(request.body), out);
      break;
    case HttpRequest::BodyKind::Json: out.emplace_back("json " + structured(*request.body)); break;
    case HttpRequest::BodyKind::Form: out.emplace_back("form " + structured(*request.body)); break;
  }
  if (request.tls && request.tls->insecure)
    out.emplace_back("tls insecure: anybody on the way can read and change it");
  if (request.follow_redirects) out.emplace_back("follows redirects");
  return out;
}

std::vector<std::string> Builder::exec(const Exec& exec) const {
  std::string head = "exec ";
  switch (exec.place) {
    case Exec::Place::Pod: head += "in " + where(*exec.pod); break;
    case Exec::Place::Function: {
      const FunctionSpec& function = plan_.functions[exec.function];
      head += "in function " + function.name;
      if (function.image) head += fmt::format(" (image {})", shown(*function.image));
      if (function.from_cluster) head += " (of the cluster)";
      break;
    }
    case Exec::Place::Local: head += "on this machine"; break;
  }
  std::vector<std::string> out;
  const std::string shell = shown(exec.shell);
  if (exec.shell && shell.find('\n') == shell.npos) head += ": " + shell;
  if (!exec.argv.empty()) {
    Value::List words;
    for (const Expr& word : exec.argv) words.push_back(Value{shown(word)});
    head += ": " + to_json(Value{std::move(words)});
  }
  out.push_back(std::move(head));
  if (shell.find('\n') != shell.npos) lines(shell, out);
  variables(exec.env, out);
  if (exec.stdin_text) {
    out.emplace_back("stdin");
    lines(shown(*exec.stdin_text), out);
  }
  return out;
}

std::vector<std::string> Builder::action(const Action& action) const {
  if (const auto* a = std::get_if<HttpRequest>(&action)) return http(*a);
  if (const auto* a = std::get_if<Exec>(&action)) return exec(*a);
  if (const auto* a = std::get_if<TcpConnect>(&action)) {
    const auto* address = std::get_if<Expr>(&a->where);
    return {"tcp connect " +
            (address ? shown(*address) : endpoint(std::get<PodEndpoint>(a->where)))};
  }
  if (const auto* a = std::get_if<Scale>(&action)) {
    return {fmt::format("scale {} to {}{}", workload(a->workload), shown(a->replicas),
                        a->if_exists ? " if it exists" : "")};
  }
  if (const auto* a = std::get_if<Wait>(&action)) {
    const auto* pod = std::get_if<PodSelection>(&a->what);
    const std::string what = pod ? where(*pod) : workload(std::get<Workload>(a->what));
    switch (a->state) {
      case Wait::State::Ready: return {fmt::format("wait until {} is ready", what)};
      case Wait::State::Available: return {fmt::format("wait until {} is available", what)};
      case Wait::State::Gone: return {fmt::format("wait until {} is gone", what)};
      case Wait::State::Where:
        return {fmt::format("wait until of {}: {}", what, a->where ? condition(*a->where) : "")};
    }
  }
  if (const auto* a = std::get_if<SessionStdin>(&action)) {
    std::vector<std::string> out{"write to the open session, and close it"};
    lines(shown(a->text), out);
    return out;
  }
  return {"scale back to the size it had"};
}

}  // namespace hookc::plan::overview
