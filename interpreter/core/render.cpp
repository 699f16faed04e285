#include "interpreter/core/render.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"

namespace hookc::engine {
namespace {

using plan::Expr;
using plan::OptionalExpr;
using plan::Scope;
using plan::Value;

class Renderer {
 public:
  Renderer(const Scope& scope, const std::string& namespace_name)
      : scope_(scope), namespace_(namespace_name) {}
  /// `value`, or the first thing that went wrong.
  template <typename T>
  std::expected<T, std::string> result(T value) {
    if (failed()) return std::unexpected(std::move(error_));
    return value;
  }

  bool failed() const { return !error_.empty(); }

  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  std::string text(const Expr& expr) {
    // A list or a number stands in a text as it would in a splice.
    auto value = plan::evaluate(expr, scope_);
    if (!value) {
      fail(std::move(value.error().message));
      return {};
    }
    if (std::string* text = std::get_if<std::string>(&value->data)) return std::move(*text);
    if (value->is_null()) {
      auto needed = plan::evaluate_text(expr, scope_);  // says what is missing
      fail(needed ? "a value is missing" : std::move(needed.error().message));
      return {};
    }
    return plan::to_text(*value);
  }
  std::string text(const OptionalExpr& expr) { return expr ? text(*expr) : std::string{}; }

  std::int64_t number(const Expr& expr) {
    auto value = plan::evaluate_int(expr, scope_);
    if (!value) {
      fail(std::move(value.error().message));
      return 0;
    }
    return *value;
  }

  Value value(const Expr& expr) {
    auto value = plan::evaluate(expr, scope_);
    if (!value) {
      fail(std::move(value.error().message));
      return {};
    }
    return *std::move(value);
  }

  std::string namespace_of(const OptionalExpr& expr) { return expr ? text(*expr) : namespace_; }

  PodQuery query(const plan::PodSelection& selection) {
    PodQuery query;
    query.name = text(selection.cluster_name);
    query.namespace_name = namespace_of(selection.namespace_name);
    query.labels = text(selection.labels);
    if (selection.owner) {
      query.owner_kind = selection.owner->kind;
      query.owner_group = selection.owner->group;
      query.owner_name = text(selection.owner->name);
    }
    // A pod that is asked for by its name need only run, as with kubectl exec.
    query.ready_only = !selection.all && query.name.empty();
    return query;
  }

  int port(const OptionalExpr& expr) {
    if (!expr) return 0;
    const std::int64_t port = number(*expr);
    if (!failed() && (port < 1 || port > 65535))
      fail(fmt::format("{} is no port: ports go from 1 to 65535", port));
    return static_cast<int>(port);
  }

  /// Defence in depth: the compiler escapes splices, but a name or value from elsewhere must not
  /// add a header line.
  std::string header_text(const Expr& expr, std::string_view what) {
    std::string out = text(expr);
    if (out.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      fail(fmt::format("a header {} holds a line end", what));
    }
    return out;
  }

  HttpRequest http(const plan::HttpRequest& from) {
    HttpRequest to;
    to.post = from.post;
    if (const auto* at = std::get_if<plan::PodEndpoint>(&from.where)) {
      to.scheme = at->scheme.empty() ? "http" : at->scheme;
      to.port = port(at->port);
      to.port_name = at->port_name;
      to.path = at->path ? text(*at->path) : "/";
      if (!to.path.starts_with('/')) to.path.insert(0, "/");
    } else {
      to.url = text(std::get<Expr>(from.where));
      if (!failed() && to.url.empty()) fail("the URL is empty");
    }
    bool typed = false;
    for (const plan::Header& header : from.headers) {
      to.headers.emplace_back(header_text(header.name, "name"), header_text(header.value, "value"));
      typed = typed || is_content_type(to.headers.back().first);
    }
    body(from, typed, to);
    if (from.tls) {
      to.tls = {from.tls->insecure, text(from.tls->ca), text(from.tls->cert), text(from.tls->key)};
    }
    to.follow_redirects = from.follow_redirects;
    return to;
  }

  TcpRequest tcp(const plan::TcpConnect& from) {
    if (const auto* at = std::get_if<plan::PodEndpoint>(&from.where)) {
      return {{}, at->port_name, port(at->port)};
    }
    const std::string endpoint = text(std::get<Expr>(from.where));
    if (failed()) return {};
    auto parsed = parse_endpoint(endpoint);
    if (!parsed) {
      fail(std::move(parsed.error()));
      return {};
    }
    return *std::move(parsed);
  }

  ExecRequest exec(const plan::Exec& from, const std::vector<plan::FunctionSpec>& functions) {
    ExecRequest to;
    to.place = from.place;
    to.function = from.function;
    if (from.shell) {
      to.argv = {"/bin/sh", "-c", text(*from.shell)};
    } else {
      for (const Expr& arg : from.argv) to.argv.push_back(text(arg));
    }
    if (from.place == plan::Exec::Place::Function) {
      if (from.function >= functions.size()) {
        fail("the function is not in the plan");
        return to;
      }
      const plan::FunctionSpec& function = functions[from.function];
      if (to.argv.empty()) {
        for (const Expr& arg : function.command) to.argv.push_back(text(arg));
      }
      for (const plan::EnvVar& variable : function.env) env(variable, to);
    }
    for (const std::string& arg : to.argv) {
      if (arg.find('\0') != std::string::npos) fail("a command cannot hold a NUL character");
    }
    for (const plan::EnvVar& variable : from.env) env(variable, to);
    if (from.stdin_text) to.stdin_text = text(*from.stdin_text);
    return to;
  }

  SecretRef secret(const plan::SecretSource& source) {
    return {source.kind, source.env, text(source.path), text(source.key)};
  }

  ScaleRequest scale(const plan::Scale& from) {
    ScaleRequest to{from.workload.kind, from.workload.group,   text(from.workload.name),
                    namespace_,         number(from.replicas), from.if_exists};
    if (to.replicas < 0) fail(fmt::format("a workload cannot have {} replicas", to.replicas));
    return to;
  }

  WaitRequest wait(const plan::Wait& from) {
    WaitRequest to;
    if (const auto* pods = std::get_if<plan::PodSelection>(&from.what)) {
      to.pods = query(*pods);
      to.pods->ready_only = false;  // waiting for Ready is the point
    } else {
      const auto& workload = std::get<plan::Workload>(from.what);
      to.kind = workload.kind;
      to.group = workload.group;
      to.name = text(workload.name);
      to.namespace_name = namespace_;
    }
    to.state = from.state;
    to.where = from.where;
    return to;
  }

 private:
  static bool is_content_type(std::string_view name) {
    constexpr std::string_view kName = "content-type";
    return std::ranges::equal(name, kName,
                              [](char a, char b) { return (a | 0x20) == b || a == b; });
  }

  /// The last variable of a name has it.
  void env(const plan::EnvVar& variable, ExecRequest& to) {
    const auto same_name = [&](const auto& entry) { return entry.first == variable.name; };
    std::erase_if(to.env, same_name);
    std::erase_if(to.env_from, same_name);
    if (const Expr* expr = std::get_if<Expr>(&variable.value)) {
      to.env.emplace_back(variable.name, text(*expr));
      if (to.env.back().second.find('\0') != std::string::npos) {
        fail(fmt::format("the variable `{}` cannot hold a NUL character", variable.name));
      }
    } else {
      to.env_from.emplace_back(variable.name, secret(std::get<plan::SecretSource>(variable.value)));
    }
  }

  void body(const plan::HttpRequest& from, bool typed, HttpRequest& to) {
    switch (from.body_kind) {
      case plan::HttpRequest::BodyKind::None: return;
      case plan::HttpRequest::BodyKind::Text:
        to.body = text(from.body);
        to.content_type = "text/plain; charset=utf-8";
        break;
      case plan::HttpRequest::BodyKind::Json:
        to.body = plan::to_json(from.body ? value(*from.body) : Value{});
        to.content_type = "application/json";
        break;
      case plan::HttpRequest::BodyKind::Form:
        to.body = form(from.body ? value(*from.body) : Value{});
        to.content_type = "application/x-www-form-urlencoded";
        break;
    }
    if (typed) to.content_type.clear();
  }

  /// The serializer of https://url.spec.whatwg.org/#urlencoded-serializing; a list repeats its key.
  std::string form(const Value& value) {
    const auto* object = std::get_if<Value::Object>(&value.data);
    if (object == nullptr) {
      if (!failed()) fail("a form needs keys and values");
      return {};
    }
    std::string out;
    const auto field = [&](std::string_view key, const Value& item) {
      if (!out.empty()) out += '&';
      out += form_encoded(key) + '=' + form_encoded(plan::to_text(item));
    };
    for (const auto& [key, item] : *object) {
      if (const auto* list = std::get_if<Value::List>(&item.data)) {
        for (const Value& one : *list) field(key, one);
      } else {
        field(key, item);
      }
    }
    return out;
  }

  static std::string form_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '*' || c == '-' || c == '.' || c == '_';
      if (plain) {
        out += c;
      } else if (c == ' ') {
        out += '+';
      } else {
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
    return out;
  }

  const Scope& scope_;
  const std::string& namespace_;
  std::string error_;
};

const plan::PodSelection* endpoint_pods(const std::variant<Expr, plan::PodEndpoint>& where) {
  const auto* at = std::get_if<plan::PodEndpoint>(&where);
  return at == nullptr ? nullptr : &at->pod;
}

}  // namespace

const plan::PodSelection* pod_selection(const plan::Action& action) {
  if (const auto* http = std::get_if<plan::HttpRequest>(&action)) return endpoint_pods(http->where);
  if (const auto* tcp = std::get_if<plan::TcpConnect>(&action)) return endpoint_pods(tcp->where);
  const auto* exec = std::get_if<plan::Exec>(&action);
  return exec != nullptr && exec->pod ? &*exec->pod : nullptr;
}

bool same_pods(const plan::PodSelection& a, const plan::PodSelection& b) {
  return a.label == b.label && a.cluster_name == b.cluster_name &&
         a.namespace_name == b.namespace_name && a.labels == b.labels && a.owner == b.owner;
}

std::expected<Request, std::string> render(const plan::Action& action,
                                           const std::vector<plan::FunctionSpec>& functions,
                                           const Scope& scope, const std::string& namespace_name) {
  Renderer renderer(scope, namespace_name);
  Request request;
  if (const auto* http = std::get_if<plan::HttpRequest>(&action)) {
    request = renderer.http(*http);
  } else if (const auto* tcp = std::get_if<plan::TcpConnect>(&action)) {
    request = renderer.tcp(*tcp);
  } else if (const auto* exec = std::get_if<plan::Exec>(&action)) {
    request = renderer.exec(*exec, functions);
  } else if (const auto* scale = std::get_if<plan::Scale>(&action)) {
    request = renderer.scale(*scale);
  } else if (const auto* wait = std::get_if<plan::Wait>(&action)) {
    request = renderer.wait(*wait);
  } else if (const auto* stdin_text = std::get_if<plan::SessionStdin>(&action)) {
    request = SessionInput{0, renderer.text(stdin_text->text)};
  } else {
    renderer.fail("the size to scale back to is not known");  // else the request would be its own
  }
  return renderer.result(std::move(request));
}

std::string pod_url(const HttpRequest& request, std::string_view host, std::string_view port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return fmt::format("{}://{}{}{}:{}{}{}", request.scheme.empty() ? "http" : request.scheme,
                     ipv6 ? "[" : "", host, ipv6 ? "]" : "", port,
                     request.path.starts_with('/') ? "" : "/", request.path);
}

std::expected<SecretRef, std::string> render_secret(const plan::SecretSource& source,
                                                    const Scope& scope) {
  const std::string no_namespace;
  Renderer renderer(scope, no_namespace);
  return renderer.result(renderer.secret(source));
}

std::expected<PodQuery, std::string> render_query(const plan::PodSelection& selection,
                                                  const Scope& scope,
                                                  const std::string& namespace_name) {
  Renderer renderer(scope, namespace_name);
  return renderer.result(renderer.query(selection));
}

std::expected<TcpRequest, std::string> parse_endpoint(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("`{}` is no host and port: {}", text, why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("there is no `:` before a port");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong("an IPv6 address stands in brackets");
  }
  if (host.empty()) return wrong("the host is empty");
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port < 1 || port > 65535) {
    return wrong("ports go from 1 to 65535");
  }
  return TcpRequest{std::string(host), {}, port};
}

}  // namespace hookc::engine
