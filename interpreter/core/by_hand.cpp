#include "interpreter/core/by_hand.hpp"

#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/operators.hpp"
#include "compiler/plan/eval/value.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::engine {
namespace {

bool plain(std::string_view text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
  return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos;
}

std::string quoted(const std::string& text) {
  if (plain(text)) return text;
  auto word = plan::escape(plan::Op::ShellWord, plan::Value{text}, false);
  return word ? *std::move(word) : std::string{"…"};  // a NUL fits into no command
}

std::string command_line(const std::vector<std::string>& argv) {
  std::string out;
  for (const std::string& word : argv) out += (out.empty() ? "" : " ") + quoted(word);
  return out;
}

/// NAME="…" with a shell word that reads the secret where it stands, so that none is written down.
std::string assignment(const std::string& name, const SecretRef& from) {
  using Kind = plan::SecretSource::Kind;
  switch (from.kind) {
    case Kind::Env: return fmt::format("{}=\"${}\"", name, from.env);
    case Kind::File: return fmt::format("{}=\"$(cat {})\"", name, quoted(from.path));
    case Kind::Kubernetes: break;
  }
  const std::size_t slash = from.path.find('/');
  const std::string where =
      slash == std::string::npos ? "" : "-n " + quoted(from.path.substr(0, slash)) + " ";
  const std::string object = slash == std::string::npos ? from.path : from.path.substr(slash + 1);
  const std::string data = plan::to_json(plan::Value{from.key});
  return fmt::format("{}=\"$(kubectl get secret {}{} -o {} | base64 -d)\"", name, where,
                     quoted(object), quoted("go-template={{index .data " + data + "}}"));
}

std::string of(const ExecRequest& exec, const Pod* pod) {
  if (exec.place == plan::Exec::Place::Function || exec.argv.empty()) return {};
  std::string command;
  if (exec.place == plan::Exec::Place::Local) {
    for (const auto& [name, value] : exec.env)
      command += fmt::format("{}={} ", name, quoted(value));
    for (const auto& [name, from] : exec.env_from) command += assignment(name, from) + " ";
    command += command_line(exec.argv);
  } else {
    if (pod == nullptr) return {};
    command = "kubectl exec";
    if (exec.stdin_text) command += " -i";
    if (!pod->namespace_name.empty()) command += " -n " + quoted(pod->namespace_name);
    command += " " + quoted(pod->name);
    if (!pod->container.empty()) command += " -c " + quoted(pod->container);
    command += " -- ";
    if (!exec.env.empty() || !exec.env_from.empty()) {
      command += "env ";
      for (const auto& [name, from] : exec.env_from) command += assignment(name, from) + " ";
      for (const auto& [name, value] : exec.env) {
        command += quoted(fmt::format("{}={}", name, value));
        command += ' ';
      }
    }
    command += command_line(exec.argv);
  }
  if (exec.stdin_text)
    command = fmt::format("printf %s {} | {}", quoted(*exec.stdin_text), command);
  return command;
}

std::string of(const HttpRequest& http, const Pod* pod) {
  std::string url = http.url;
  if (url.empty()) {
    if (pod == nullptr || http.port == 0) return {};
    url = pod_url(http, pod->address, fmt::to_string(http.port));
  }
  std::string command = "curl -fsS";
  if (http.tls.insecure) command += " -k";
  if (http.post) command += " -X POST";
  for (const auto& [name, value] : http.headers) {
    command += " -H ";
    command += quoted(fmt::format("{}: {}", name, value));
  }
  if (!http.content_type.empty()) {
    command += " -H " + quoted("Content-Type: " + http.content_type);
  }
  if (http.body) command += " --data-binary " + quoted(*http.body);
  return command + " " + quoted(url);
}

std::string of(const ScaleRequest& scale, const Pod*) {
  const std::string where =
      scale.namespace_name.empty() ? "" : " -n " + quoted(scale.namespace_name);
  return fmt::format("kubectl scale{} {} --replicas={}", where,
                     quoted(scale.kind + "/" + scale.name), scale.replicas);
}

std::string of(const TcpRequest&, const Pod*) {
  return {};
}
std::string of(const ReadScale&, const Pod*) {
  return {};
}
std::string of(const SessionInput&, const Pod*) {
  return {};
}
std::string of(const EndSession&, const Pod*) {
  return {};
}
std::string of(const WaitRequest&, const Pod*) {
  return {};
}

}  // namespace

std::string by_hand(const Request& request, const Pod* pod) {
  return std::visit([&](const auto& it) { return of(it, pod); }, request);
}

}  // namespace hookc::engine
