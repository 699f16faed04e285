// Statements, the outer half of AstJson.
#include <array>
#include <nlohmann/json.hpp>

#include "compiler/query/ir/ast_json.hpp"

namespace hookc::ir {

using namespace ast;  // NOLINT(google-build-using-namespace): every second word here is one of its
                      // names

namespace {

constexpr auto kSubjects = std::to_array<std::string_view>(
    {"http", "tcp", "exec", "scale", "wait", "function", "pod", "hold", "secret"});
static_assert(kSubjects.size() == static_cast<std::size_t>(Subject::Secret) + 1);

constexpr auto kExpectations = std::to_array<std::string_view>(
    {"hook succeeded", "hook failed", "hook ran", "hook ran after", "hook made attempts",
     "hook did not run", "hold was released", "hold is still held", "session failed",
     "session succeeded", "session skipped"});
static_assert(kExpectations.size() == static_cast<std::size_t>(ExpectKind::SessionSkipped) + 1);

constexpr auto kGivens = std::to_array<std::string_view>(
    {"operation", "param", "hook", "hold", "release", "http", "tcp connect", "exec in pod",
     "exec in function", "fact", "crash", "interrupt"});
static_assert(kGivens.size() == static_cast<std::size_t>(GivenKind::Interrupt) + 1);

constexpr auto kScripts =
    std::to_array<std::string_view>({"", "answers", "succeeds", "fails", "takes", "hangs"});
constexpr auto kRules = std::to_array<std::string_view>({"forbid", "warn", "require", "except"});
constexpr auto kScopeSides = std::to_array<std::string_view>({"pre", "post", "all"});
constexpr auto kVolumes = std::to_array<std::string_view>({"secret", "configmap", "claim"});
constexpr auto kUsables =
    std::to_array<std::string_view>({"", "all namespaces", "this namespace", "matching"});

template <typename Names, typename Enum>
std::string_view name_of(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

Json node(std::string_view kind, Span span, const DocComment& doc = {}) {
  Json out{{"kind", kind}, {"span", span_json(span)}};
  if (!doc.span.empty()) out["doc"] = span_json(doc.span);
  return out;
}

}  // namespace

Json AstJson::pod(const Pod& p) const {
  Json out = node("pod", p.span, p.doc);
  put(out, "name", p.name);
  put(out, "namespace", p.namespace_name);
  put(out, "labels", p.labels);
  if (p.owner) out["owner"] = workload(*p.owner);
  put(out, "container", p.container);
  if (p.spread) out["on"] = spread(*p.spread);
  return out;
}

Json AstJson::function(const Function& f) const {
  Json out = node("function", f.span, f.doc);
  put(out, "name", f.name);
  put(out, "from_cluster", f.from_cluster);
  put(out, "image", f.image);
  put(out, "command", f.command);
  put(out, "namespace", f.namespace_name);
  put(out, "account", f.account);
  put(out, "cpu", f.cpu);
  put(out, "memory", f.memory);
  put(out, "user", f.user);
  Json env = Json::array();
  for (const EnvVar& e : f.env) {
    Json variable = node("env", e.span);
    put(variable, "name", e.name);
    put(variable, "value", e.value);
    if (e.source != UINT32_MAX) variable["source"] = source(e.source);
    env.push_back(std::move(variable));
  }
  if (!env.empty()) out["env"] = std::move(env);
  Json volumes = Json::array();
  for (const Volume& v : f.volumes) {
    Json volume = node(name_of(kVolumes, v.source), v.span);
    put(volume, "name", v.name);
    put(volume, "object", v.object);
    put(volume, "path", v.path);
    if (v.read_only) volume["read_only"] = true;
    volumes.push_back(std::move(volume));
  }
  if (!volumes.empty()) out["volumes"] = std::move(volumes);
  return out;
}

Json AstJson::template_(const Template& t) const {
  Json out = node(t.hold ? "template hold" : "template", t.span, t.doc);
  put(out, "name", t.name);
  Json params = Json::array();
  for (const TemplateParam& p : t.params) {
    Json param = node("param", p.span);
    put(param, "name", p.name);
    param["type"] = type(p.type);
    put(param, "default", p.default_value);
    params.push_back(std::move(param));
  }
  if (!params.empty()) out["params"] = std::move(params);
  put(out, "usable", name_of(kUsables, t.usable));
  put(out, "selector", t.usable_selector);
  hold_body(out, t.body);
  return out;
}

Json AstJson::policy(const PolicyDecl& p) const {
  Json out = node("policy", p.span, p.doc);
  put(out, "name", p.name);
  Json applies_to = Json::array();
  for (TextId id : p.applies_to.in(m_.text_lists)) applies_to.push_back(text(id));
  if (!applies_to.empty()) out["applies_to"] = std::move(applies_to);
  Json rules = Json::array();
  for (const PolicyRule& r : p.rules) {
    Json rule = node(name_of(kRules, r.kind), r.span);
    if (r.subject) rule["subject"] = name_of(kSubjects, *r.subject);
    put(rule, "condition", r.condition);
    if (r.requires_hook) rule["requires_hook"] = true;
    if (r.scope_side) rule["side"] = name_of(kScopeSides, *r.scope_side);
    if (r.scope_operation) rule["operation"] = to_string(*r.scope_operation);
    if (r.required_policy) rule["policy"] = to_string(*r.required_policy);
    if (r.for_holds) rule["for_holds"] = true;
    if (r.for_releases) rule["for_releases"] = true;
    put(rule, "except", r.except);
    put(rule, "because", r.because);
    put(rule, "until", r.until_date);
    rules.push_back(std::move(rule));
  }
  out["rules"] = std::move(rules);
  return out;
}

Json AstJson::given(const Given& g) const {
  Json out = node(name_of(kGivens, g.kind), g.span);
  if (g.kind == GivenKind::Operation) out["operation"] = to_string(g.operation);
  if (g.kind == GivenKind::Http) out["method"] = g.method == HttpMethod::Get ? "get" : "post";
  if (g.kind == GivenKind::Fact) out["root"] = g.of_target ? "target" : "session";
  if (g.kind == GivenKind::Crash || g.kind == GivenKind::Interrupt) {
    out["during"] =
        g.during == GivenKind::Operation ? to_string(g.operation) : name_of(kGivens, g.during);
  }
  put(out, "name", g.name);
  put(out, "call", g.call);
  put(out, "value", g.value);
  put(out, "script", name_of(kScripts, g.script));
  put(out, "string", g.text);
  Json replies = Json::array();
  for (const Reply& r : g.replies) {
    Json reply = Json::object();
    put(reply, "status", r.status);
    put(reply, "string", r.text);
    replies.push_back(std::move(reply));
  }
  if (!replies.empty()) out["replies"] = std::move(replies);
  return out;
}

Json AstJson::test(const Test& t) const {
  Json out = node("test", t.span, t.doc);
  put(out, "name", t.name);
  if (t.every_single_failure) out["every_single_failure"] = true;
  Json givens = Json::array();
  for (const Given& g : t.givens) givens.push_back(given(g));
  if (!givens.empty()) out["givens"] = std::move(givens);
  Json expectations = Json::array();
  for (const Expectation& e : t.expectations) {
    Json expectation = node(name_of(kExpectations, e.kind), e.span);
    put(expectation, "name", e.name);
    put(expectation, "other", e.other);
    if (e.kind == ExpectKind::HookAttempts) expectation["attempts"] = e.attempts;
    expectations.push_back(std::move(expectation));
  }
  out["expectations"] = std::move(expectations);
  return out;
}

Json AstJson::statement(const Statement& s) const {
  const std::uint32_t i = s.index;
  switch (s.kind) {
    case StatementKind::Broken: return node("broken", s.span);
    case StatementKind::Import: {
      const Import& import = m_.imports[i];
      Json out = node("import", import.span);
      put(out, "path", import.path);
      put(out, "module", import.module);
      put(out, "as", import.alias);
      return out;
    }
    case StatementKind::Param: {
      const Param& p = m_.params[i];
      Json out = node("param", p.span, p.doc);
      put(out, "name", p.name);
      out["type"] = type(p.type);
      put(out, "default", p.default_value);
      put(out, "usage", p.usage);
      return out;
    }
    case StatementKind::Secret: {
      const Secret& secret = m_.secrets[i];
      Json out = node("secret", secret.span, secret.doc);
      put(out, "name", secret.name);
      if (secret.type) out["type"] = type(*secret.type);
      if (secret.source != UINT32_MAX) out["source"] = source(secret.source);
      return out;
    }
    case StatementKind::Pod: return pod(m_.pods[i]);
    case StatementKind::Function: return function(m_.functions[i]);
    case StatementKind::Target: {
      const Target& target = m_.targets[i];
      Json out = node("target", target.span, target.doc);
      out["workload"] = workload(target.workload);
      put(out, "namespace", target.namespace_name);
      return out;
    }
    case StatementKind::Template: return template_(m_.templates[i]);
    case StatementKind::Together: {
      const Together& group = m_.groups[i];
      Json out = node("together", group.span, group.doc);
      Json members = Json::array();
      for (const Statement& member : group.members) members.push_back(statement(member));
      out["children"] = std::move(members);
      return out;
    }
    case StatementKind::Hook: {
      const Hook& hook = m_.hooks[i];
      Json out = node("hook", hook.span, hook.doc);
      out["side"] = to_string(hook.side);
      out["operation"] = to_string(hook.operation);
      if (hook.policy) out["policy"] = to_string(*hook.policy);
      put(out, "name", hook.name);
      out["action"] = action(hook.action);
      if (!hook.clauses.empty()) out["clauses"] = clauses(hook.clauses);
      return out;
    }
    case StatementKind::Hold: {
      const Hold& hold = m_.holds[i];
      Json out = node("hold", hold.span, hold.doc);
      out["operation"] = to_string(hold.operation);
      put(out, "name", hold.name);
      hold_body(out, hold.body);
      return out;
    }
    case StatementKind::Policy: return policy(m_.policies[i]);
    case StatementKind::Test: return test(m_.tests[i]);
    case StatementKind::Environment: {
      const Environment& environment = m_.environments[i];
      Json out = node("environment", environment.span, environment.doc);
      put(out, "name", environment.name);
      Json settings = Json::array();
      for (const Setting& setting : environment.settings) {
        settings.push_back({{"name", setting.name.text}, {"value", expr(setting.value)}});
      }
      out["settings"] = std::move(settings);
      return out;
    }
    case StatementKind::Operation: {
      const OperationRule& rule = m_.operation_rules[i];
      Json out = node("operation", rule.span);
      out["operation"] = to_string(rule.operation);
      put(out, "succeeds_when", rule.succeeds_when);
      return out;
    }
    case StatementKind::Exclusive: {
      const Exclusive& exclusive = m_.exclusives[i];
      Json out = node("exclusive", exclusive.span);
      put(out, "name", exclusive.name);
      put(out, "wait", exclusive.wait);
      return out;
    }
  }
  return Json();
}

Json AstJson::statements() const {
  Json out = Json::array();
  for (const Statement& s : m_.statements) out.push_back(statement(s));
  return out;
}

std::string dump_ast(const SourceManager& sources, const Module& module, Format format) {
  Json document = header("ast", sources.path(module.file));
  if (module.edition) document["edition"] = *module.edition;
  document["statements"] = AstJson(module, Annotator{}).statements();
  return print(document, format, &sources.lines(module.file));
}

}  // namespace hookc::ir
