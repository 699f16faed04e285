#include "compiler/query/ir/ast_json.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace hookc::ir {

using namespace ast;  // NOLINT(google-build-using-namespace): every second word here is one of its
                      // names

namespace {

constexpr auto kExprKinds = std::to_array<std::string_view>(
    {"error", "duration", "size",   "int",   "decimal", "bool",  "null",    "string",
     "regex", "list",     "object", "name",  "member",  "index", "call",    "not",
     "and",   "or",       "binary", "range", "default", "if",    "workload"});
static_assert(kExprKinds.size() == static_cast<std::size_t>(ExprKind::Workload) + 1);

constexpr auto kOperators =
    std::to_array<std::string_view>({"==", "!=", "<", "<=", ">", ">=", "contains", "startswith",
                                     "endswith", "matches", "in", "not in"});
static_assert(kOperators.size() == static_cast<std::size_t>(BinaryOp::NotIn) + 1);

constexpr auto kQuotings =
    std::to_array<std::string_view>({"double", "raw", "block", "splice", "bare"});
static_assert(kQuotings.size() == static_cast<std::size_t>(Quoting::Bare) + 1);

constexpr auto kTypes = std::to_array<std::string_view>(
    {"error", "string", "int", "bool", "duration", "size", "url", "hostname", "regex", "port",
     "selector", "json", "pod", "function", "workload", "list"});
static_assert(kTypes.size() == static_cast<std::size_t>(TypeKind::List) + 1);

constexpr auto kClauses = std::to_array<std::string_view>({
#define HOOKC_CLAUSE(kind, keyword, repeatable) keyword,
#include "grammar/clauses.def"
#undef HOOKC_CLAUSE
});

constexpr auto kExecPlaces =
    std::to_array<std::string_view>({"pod", "function", "local", "missing"});
constexpr auto kWaitStates =
    std::to_array<std::string_view>({"ready", "available", "gone", "where"});
constexpr auto kCaptured =
    std::to_array<std::string_view>({"stdout", "stderr", "status", "header", "json", "body"});
constexpr auto kOnErrors = std::to_array<std::string_view>({"fail", "warn", "continue", "skip"});
constexpr auto kSources = std::to_array<std::string_view>({"error", "env", "file", "kubernetes"});

template <typename Names, typename Enum>
std::string_view name_of(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

Json node(std::string_view kind, Span span) {
  return Json{{"kind", kind}, {"span", span_json(span)}};
}

}  // namespace

std::string_view to_string(Operation operation) {
  return operation == Operation::Backup ? "backup" : "restore";
}
std::string_view to_string(Side side) {
  return side == Side::Pre ? "pre" : "post";
}
std::string_view to_string(ClauseKind kind) {
  return name_of(kClauses, kind);
}
std::string_view to_string(Policy policy) {
  constexpr auto kPolicies =
      std::to_array<std::string_view>({"always", "on success", "on failure"});
  return name_of(kPolicies, policy);
}

void AstJson::put(Json& out, const char* key, ExprId id) const {
  if (id.valid()) out[key] = expr(id);
}
void AstJson::put(Json& out, const char* key, TextId id) const {
  if (id.valid()) out[key] = text(id);
}
void AstJson::put(Json& out, const char* key, const Name& name) {
  put(out, key, name.text);
}
void AstJson::put(Json& out, const char* key, std::string_view text) {
  if (!text.empty()) out[key] = text;
}

// ---- texts and expressions
// -----------------------------------------------------------------------------------

Json AstJson::text(TextId id) const {
  const Text& t = m_[id];
  Json out{
      {"kind", "text"}, {"span", span_json(t.span)}, {"quoting", name_of(kQuotings, t.quoting)}};
  Json parts = Json::array();
  for (std::uint32_t i = t.parts.first; i < t.parts.first + t.parts.count; ++i) {
    const TextPart& part = m_.parts[i];
    if (part.is_splice()) {
      Json splice = node("splice", part.span);
      splice["value"] = expr(part.splice);
      annotator_.part(i, splice);
      parts.push_back(std::move(splice));
    } else {
      parts.emplace_back(part.literal);
    }
  }
  out["parts"] = std::move(parts);
  if (t.broken) out["broken"] = true;
  annotator_.text(id, out);
  return out;
}

Json AstJson::exprs(Range<ExprId> range) const {
  Json out = Json::array();
  for (ExprId id : range.in(m_.expr_lists)) out.push_back(expr(id));
  return out;
}

// Depth is bounded by the parser's limit on nesting.
Json AstJson::expr(ExprId id) const {
  const Expr& e = m_[id];
  Json out = node(name_of(kExprKinds, e.kind), e.span);
  switch (e.kind) {
    case ExprKind::Duration:
      put(out, "source", e.text);
      out["milliseconds"] = e.number;
      break;
    case ExprKind::Size:
      put(out, "source", e.text);
      out["bytes"] = e.number;
      break;
    case ExprKind::Int: out["value"] = e.number; break;
    case ExprKind::Decimal: out["value"] = e.decimal; break;
    case ExprKind::Bool: out["value"] = e.number != 0; break;
    case ExprKind::String: put(out, "string", e.text_id); break;
    case ExprKind::Regex: out["pattern"] = e.text; break;
    case ExprKind::Name:
    case ExprKind::Member:
    case ExprKind::Call: out["name"] = e.text; break;
    case ExprKind::Binary: out["operator"] = name_of(kOperators, e.op); break;
    case ExprKind::Workload:
      if (e.workload != UINT32_MAX) out["workload"] = workload(m_.workloads[e.workload]);
      break;
    case ExprKind::Object: {
      Json keys = Json::array();
      for (const Name& key : e.keys.in(m_.names)) keys.push_back(key.text);
      out["keys"] = std::move(keys);
      break;
    }
    case ExprKind::Error:
    case ExprKind::Null:
    case ExprKind::List:
    case ExprKind::Index:
    case ExprKind::Not:
    case ExprKind::And:
    case ExprKind::Or:
    case ExprKind::Range:
    case ExprKind::Default:
    case ExprKind::If: break;
  }
  annotator_.expr(id, out);
  if (!e.children.empty()) out["children"] = exprs(e.children);
  return out;
}

// ---- parts of sentences
// --------------------------------------------------------------------------------------

Json AstJson::workload(const Workload& w) const {
  Json out = node(w.kind.text, w.span);
  put(out, "group", w.group);
  put(out, "name", w.name);
  return out;
}

Json AstJson::spread(const SpreadClause& s) const {
  Json out = node(s.spread == Spread::One ? "one" : "all", s.span);
  put(out, "exactly", s.exactly);
  put(out, "at_least", s.at_least);
  if (s.one_by_one) out["one_by_one"] = true;
  return out;
}

Json AstJson::pod_ref(const PodRef& pod) const {
  Json out = node("pod", pod.span);
  put(out, "name", pod.name);
  put(out, "container", pod.container);
  if (pod.spread) out["on"] = spread(*pod.spread);
  return out;
}

Json AstJson::endpoint(const PodEndpoint& e) const {
  Json out;
  out["pod"] = pod_ref(e.pod);
  put(out, "port", e.port_number);
  put(out, "port_name", e.port_name);
  put(out, "path", e.path);
  put(out, "scheme", e.scheme);
  return out;
}

Json AstJson::arguments(Range<Argument> range) const {
  Json out = Json::array();
  for (const Argument& argument : range.in(m_.arguments)) {
    out.push_back({{"name", argument.name.text}, {"value", expr(argument.value)}});
  }
  return out;
}

Json AstJson::source(std::uint32_t index) const {
  const SecretSource& s = m_.secret_sources[index];
  Json out = node(name_of(kSources, s.kind), s.span);
  put(out, "variable", s.env);
  put(out, "path", s.path);
  put(out, "key", s.key);
  return out;
}

Json AstJson::action(const Action& a) const {
  Json out = node("error", a.span);
  const auto kind = [&](std::string_view name) { out["kind"] = name; };
  if (const auto* http = std::get_if<HttpAction>(&a.what)) {
    kind(http->method == HttpMethod::Get ? "http get" : "http post");
    put(out, "url", http->url);
    if (http->endpoint) out["at"] = endpoint(*http->endpoint);
  } else if (const auto* tcp = std::get_if<TcpAction>(&a.what)) {
    kind("tcp connect");
    put(out, "address", tcp->address);
    if (tcp->endpoint) out["at"] = endpoint(*tcp->endpoint);
  } else if (const auto* exec = std::get_if<ExecAction>(&a.what)) {
    kind("exec");
    out["place"] = name_of(kExecPlaces, exec->place);
    if (exec->place == ExecPlace::Pod) out["pod"] = pod_ref(exec->pod);
    put(out, "function", exec->function);
    put(out, "shell", exec->command.shell);
    put(out, "argv", exec->command.argv);
  } else if (const auto* scale = std::get_if<ScaleAction>(&a.what)) {
    kind("scale");
    out["workload"] = workload(scale->workload);
    put(out, "replicas", scale->replicas);
    if (scale->if_exists) out["if_exists"] = true;
  } else if (const auto* wait = std::get_if<WaitAction>(&a.what)) {
    kind("wait");
    if (wait->pod) out["pod"] = pod_ref(*wait->pod);
    if (wait->workload) out["workload"] = workload(*wait->workload);
    out["state"] = name_of(kWaitStates, wait->state);
    put(out, "where", wait->where);
  } else if (const auto* use = std::get_if<UseAction>(&a.what)) {
    kind("use");
    put(out, "module", use->module);
    put(out, "template", use->name);
    out["arguments"] = arguments(use->arguments);
  } else if (std::holds_alternative<ScaleBackAction>(a.what)) {
    kind("scale back");
  } else if (const auto* stdin_action = std::get_if<StdinAction>(&a.what)) {
    kind("stdin");
    put(out, "string", stdin_action->text);
  }
  return out;
}

Json AstJson::clause(const Clause& c) const {
  Json out = node(name_of(kClauses, c.kind), c.span);
  if (c.kind == ClauseKind::OnError) out["do"] = name_of(kOnErrors, c.on_error);
  if (c.kind == ClauseKind::Capture) {
    out["from"] = name_of(kCaptured, c.captured);
    if (!c.path.empty()) out["path"] = exprs(c.path);
    out["as"] = c.name.text;
    if (c.secret) out["secret"] = true;
  } else if (c.kind != ClauseKind::OnError) {
    put(out, "name", c.name);
  }
  put(out, "key", c.key);
  put(out, "value", c.expr);
  put(out, "string", c.text);
  put(out, "every", c.every);
  put(out, "backoff", c.backoff);
  put(out, "up_to", c.up_to);
  if (c.insecure) out["insecure"] = true;
  if (!c.fields.empty()) out["fields"] = arguments(c.fields);
  if (!c.names.empty()) {
    Json names = Json::array();
    for (const Name& name : c.names.in(m_.names)) names.push_back(name.text);
    out["names"] = std::move(names);
  }
  if (c.source != UINT32_MAX) out["source"] = source(c.source);
  return out;
}

Json AstJson::clauses(Range<Clause> range) const {
  Json out = Json::array();
  for (const Clause& c : range.in(m_.clauses)) out.push_back(clause(c));
  return out;
}

Json AstJson::release(const Release& r) const {
  Json out = node("release", r.span);
  if (r.only_if_acquired) out["only_if_acquired"] = true;
  out["action"] = action(r.action);
  if (!r.clauses.empty()) out["clauses"] = clauses(r.clauses);
  return out;
}

void AstJson::hold_body(Json& out, const HoldBody& body) const {
  if (body.session) out["session"] = true;
  out["action"] = action(body.acquire);
  if (!body.clauses.empty()) out["clauses"] = clauses(body.clauses);
  if (!body.releases.empty()) {
    Json releases = Json::array();
    for (const Release& r : body.releases) releases.push_back(release(r));
    out["releases"] = std::move(releases);
  }
  put(out, "until_hook", body.until_hook);
  put(out, "until_prints", body.until_prints);
  put(out, "at_most", body.at_most);
}

Json AstJson::type(const TypeExpr& t) const {
  Json out = node(name_of(kTypes, t.kind), t.span);
  put(out, "low", t.low);
  put(out, "high", t.high);
  put(out, "pattern", t.pattern);
  if (!t.choices.empty()) out["choices"] = exprs(t.choices);
  if (!t.element.empty()) out["element"] = type(t.element.front());
  return out;
}

}  // namespace hookc::ir
