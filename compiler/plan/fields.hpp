// The fields of every struct of a Plan, said once: the JSON writer, the JSON reader and the walk
// over all expressions are three visitors of this list, so that they cannot disagree.
//
// A visitor has need(name, field), maybe(name, field) (left out of the JSON when it is the default)
// and one_of(variant, names…) (exactly one of the names is there, and says which alternative).
#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "compiler/plan/plan.hpp"

namespace hookc::plan {

// ---- closed sets as JSON texts, in the order of their enumerators
// --------------------------------------------

template <typename E>
inline constexpr std::array<std::string_view, 0> kNames{};
template <>
inline constexpr std::array<std::string_view, 3> kNames<SecretSource::Kind>{"env", "file",
                                                                            "kubernetes"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<HttpRequest::BodyKind>{"none", "text",
                                                                               "json", "form"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<Exec::Place>{"pod", "function", "local"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<Wait::State>{"ready", "available", "gone",
                                                                     "where"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<Policy>{"always", "on success",
                                                                "on failure"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<OnError>{"fail", "warn", "continue",
                                                                 "skip"};

// ---- fields
// --------------------------------------------------------------------------------------------------

/// T is U or const U.
template <typename T, typename U>
concept MaybeConst = std::same_as<std::remove_const_t<T>, U>;

template <typename F, MaybeConst<Workload> T>
void fields(F& f, T& x) {
  f.need("kind", x.kind);
  f.maybe("group", x.group);
  f.need("name", x.name);
}

template <typename F, MaybeConst<PodSelection> T>
void fields(F& f, T& x) {
  f.need("label", x.label);
  f.maybe("cluster_name", x.cluster_name);
  f.maybe("namespace", x.namespace_name);
  f.maybe("labels", x.labels);
  f.maybe("owner", x.owner);
  f.maybe("container", x.container);
  f.maybe("all", x.all);
  f.maybe("exactly", x.exactly);
  f.maybe("at_least", x.at_least);
  f.maybe("one_by_one", x.one_by_one);
}

template <typename F, MaybeConst<SecretSource> T>
void fields(F& f, T& x) {
  f.need("kind", x.kind);
  f.maybe("env", x.env);
  f.maybe("path", x.path);
  f.maybe("key", x.key);
}

template <typename F, MaybeConst<EnvVar> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.one_of(x.value, "value", "from");
}

template <typename F, MaybeConst<Volume> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.need("source", x.source);
  f.need("object", x.object);
  f.need("path", x.path);
  f.maybe("read_only", x.read_only);
}

template <typename F, MaybeConst<FunctionSpec> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.maybe("from_cluster", x.from_cluster);
  f.maybe("image", x.image);
  f.maybe("namespace", x.namespace_name);
  f.maybe("account", x.account);
  f.maybe("cpu", x.cpu);
  f.maybe("memory", x.memory);
  f.maybe("user", x.user);
  f.maybe("command", x.command);
  f.maybe("env", x.env);
  f.maybe("volumes", x.volumes);
}

template <typename F, MaybeConst<Header> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.need("value", x.value);
}

template <typename F, MaybeConst<Tls> T>
void fields(F& f, T& x) {
  f.maybe("insecure", x.insecure);
  f.maybe("ca", x.ca);
  f.maybe("cert", x.cert);
  f.maybe("key", x.key);
}

template <typename F, MaybeConst<PodEndpoint> T>
void fields(F& f, T& x) {
  f.need("pod", x.pod);
  f.maybe("port", x.port);
  f.maybe("port_name", x.port_name);
  f.maybe("path", x.path);
  f.maybe("scheme", x.scheme);
}

template <typename F, MaybeConst<HttpRequest> T>
void fields(F& f, T& x) {
  f.maybe("post", x.post);
  f.one_of(x.where, "url", "at");
  f.maybe("headers", x.headers);
  f.maybe("body_kind", x.body_kind);
  f.maybe("body", x.body);
  f.maybe("tls", x.tls);
  f.maybe("follow_redirects", x.follow_redirects);
}

template <typename F, MaybeConst<TcpConnect> T>
void fields(F& f, T& x) {
  f.one_of(x.where, "address", "at");
}

template <typename F, MaybeConst<Exec> T>
void fields(F& f, T& x) {
  f.need("in", x.place);
  f.maybe("pod", x.pod);
  f.maybe("function", x.function);
  f.maybe("shell", x.shell);
  f.maybe("argv", x.argv);
  f.maybe("env", x.env);
  f.maybe("stdin", x.stdin_text);
}

template <typename F, MaybeConst<Scale> T>
void fields(F& f, T& x) {
  f.need("workload", x.workload);
  f.need("replicas", x.replicas);
  f.maybe("if_exists", x.if_exists);
}

template <typename F, MaybeConst<Wait> T>
void fields(F& f, T& x) {
  f.one_of(x.what, "pod", "workload");
  f.need("state", x.state);
  f.maybe("where", x.where);
}

template <typename F, MaybeConst<ScaleBack> T>
void fields(F&, T&) {}

template <typename F, MaybeConst<SessionStdin> T>
void fields(F& f, T& x) {
  f.need("text", x.text);
}

template <typename F, MaybeConst<Retry> T>
void fields(F& f, T& x) {
  f.maybe("count", x.count);
  f.need("every", x.every);
  f.need("factor", x.factor);
  f.maybe("up_to", x.up_to);
}

template <typename F, MaybeConst<Capture> T>
void fields(F& f, T& x) {
  f.need("capture", x.index);
  f.need("from", x.from);
}

template <typename F, MaybeConst<Task> T>
void fields(F& f, T& x) {
  f.need("origin", x.origin);
  f.one_of(x.action, "http", "tcp", "exec", "scale", "wait", "scale_back", "stdin");
  f.need("timeout", x.timeout);
  f.need("retry", x.retry);
  f.maybe("expect", x.expect);
  f.maybe("expect_replaces", x.expect_replaces);
  f.maybe("captures", x.captures);
}

template <typename F, MaybeConst<Hold> T>
void fields(F& f, T& x) {
  f.maybe("session", x.session);
  f.maybe("ready_once", x.ready_once);
  f.need("release", x.release);
  f.maybe("only_if_acquired", x.only_if_acquired);
  f.maybe("at_most", x.at_most);
  f.maybe("until_step", x.until_step);
  f.maybe("until_prints", x.until_prints);
}

template <typename F, MaybeConst<Step> T>
void fields(F& f, T& x) {
  f.need("id", x.id);
  f.need("name", x.name);
  f.maybe("named", x.named);
  f.maybe("policy", x.policy);
  f.maybe("on_error", x.on_error);
  f.maybe("when", x.when);
  f.need("task", x.task);
  f.maybe("hold", x.hold);
}

template <typename F, MaybeConst<OperationPlan> T>
void fields(F& f, T& x) {
  f.maybe("pre", x.pre);
  f.maybe("post", x.post);
  f.maybe("succeeds_when", x.succeeds_when);
}

template <typename F, MaybeConst<ParamType> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.maybe("element", x.element);
  f.maybe("low", x.low);
  f.maybe("high", x.high);
  f.maybe("pattern", x.pattern);
  f.maybe("choices", x.choices);
}

template <typename F, MaybeConst<Param> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.need("type", x.type);
  f.maybe("default", x.default_value);
  f.maybe("usage", x.usage);
  f.need("origin", x.origin);
}

template <typename F, MaybeConst<Secret> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.need("type", x.type);
  f.need("source", x.source);
  f.need("origin", x.origin);
}

template <typename F, MaybeConst<CaptureSlot> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.maybe("secret", x.secret);
  f.maybe("list", x.list);
  f.need("step", x.step);
}

template <typename F, MaybeConst<Target> T>
void fields(F& f, T& x) {
  f.need("workload", x.workload);
  f.maybe("namespace", x.namespace_name);
}

template <typename F, MaybeConst<Exclusive> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.maybe("wait", x.wait);
}

template <typename F, MaybeConst<Setting> T>
void fields(F& f, T& x) {
  f.need("param", x.param);
  f.need("value", x.value);
}

template <typename F, MaybeConst<Environment> T>
void fields(F& f, T& x) {
  f.need("name", x.name);
  f.maybe("settings", x.settings);
}

template <typename F, MaybeConst<Plan> T>
void fields(F& f, T& x) {
  f.need("file", x.file);
  f.maybe("params", x.params);
  f.maybe("secrets", x.secrets);
  f.maybe("captures", x.captures);
  f.maybe("functions", x.functions);
  f.maybe("target", x.target);
  f.maybe("exclusive", x.exclusive);
  f.maybe("environments", x.environments);
  f.maybe("steps", x.steps);
  f.maybe("backup", x.backup);
  f.maybe("restore", x.restore);
}

}  // namespace hookc::plan
