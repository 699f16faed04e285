// Actions, and whom they concern.
#include <ranges>
#include <utility>

#include "compiler/plan/lowering.hpp"

namespace hookc::plan {
namespace {

/// frames[m] is the file level of module m.
sema::FrameId file_frame(sema::ModuleId module) {
  return {module.value};
}

Expr literal_text(std::string_view text) {
  Expr out;
  out.literal = Value{std::string(text)};
  return out;
}

/// The value of the last of the clauses of one kind: after merging there is at most one of a
/// single-valued kind.
const ast::Clause* find_clause(const sema::Program& program, const sema::Body& body,
                               ast::ClauseKind kind, sema::FrameId& frame) {
  for (const sema::ScopedClause& scoped : std::views::reverse(body.clauses)) {
    const ast::Clause& clause = program.clause(scoped);
    if (clause.kind != kind) continue;
    frame = scoped.frame;
    return &clause;
  }
  return nullptr;
}

}  // namespace

// ---- pods, functions, workloads
// ------------------------------------------------------------------------------

std::optional<Lowering::Thing> Lowering::referred(FrameId frame, sema::Ref ref) {
  if (ref.kind == sema::RefKind::TemplateParam) return thing_argument(frame, ref.index);
  if (ref.kind == sema::RefKind::Pod) {
    const auto declared = program_.pods[ref.index];
    return Thing{
        ref.index, {}, std::string(program_.ast(declared.module).pods[declared.index].name.text)};
  }
  if (ref.kind == sema::RefKind::Function) {
    const auto declared = program_.functions[ref.index];
    return Thing{ref.index,
                 {},
                 std::string(program_.ast(declared.module).functions[declared.index].name.text)};
  }
  return std::nullopt;
}

Lowering::Thing Lowering::thing_argument(FrameId frame, std::uint32_t param) {
  const sema::Frame& here = program_.frames[frame.value];
  if (here.arguments[param].valid()) return thing(here.caller, here.arguments[param]);
  const ast::Template& declared = program_.ast(frame).templates[here.template_index];
  return thing(frame, declared.params[param].default_value);
}

Lowering::Thing Lowering::thing(FrameId frame, ast::ExprId value) {
  if (!value.valid()) return {};
  const ast::Expr& e = program_.ast(frame)[value];
  if (e.kind == ast::ExprKind::String) return thing(frame, e.text_id);
  if (auto found = referred(frame, program_.info(frame).refs[value.value]))
    return *std::move(found);
  return {UINT32_MAX, expr(frame, value), std::string(e.text)};
}

Lowering::Thing Lowering::thing(FrameId frame, ast::TextId name) {
  if (auto found = referred(frame, program_.info(frame).text_refs[name.value]))
    return *std::move(found);
  const ast::Module& file = program_.ast(frame);
  const auto parts = file.parts_of(name);
  if (parts.size() == 1 && parts[0].is_splice()) {
    const sema::Ref ref = program_.info(frame).refs[parts[0].splice.value];
    if (auto found = referred(frame, ref)) return *std::move(found);
  }
  std::string label =
      ast::literal_text(file, name).value_or(std::string(sources_.text(file.at(file[name].span))));
  return {UINT32_MAX, text(frame, name), std::move(label)};
}

void Lowering::spread(FrameId frame, const ast::SpreadClause& clause, PodSelection& out) {
  out.all = clause.spread == ast::Spread::All;
  out.exactly = optional(frame, clause.exactly);
  out.at_least = optional(frame, clause.at_least);
  out.one_by_one = clause.one_by_one;
}

PodSelection Lowering::pod(FrameId frame, const ast::PodRef& ref) {
  Thing found = thing(frame, ref.name);
  PodSelection out;
  out.label = std::move(found.label);
  if (found.declared != UINT32_MAX) {
    const auto declared = program_.pods[found.declared];
    const FrameId home = file_frame(declared.module);
    const ast::Pod& p = program_.ast(declared.module).pods[declared.index];
    out.namespace_name = optional(home, p.namespace_name);
    out.labels = optional(home, p.labels);
    if (p.owner) out.owner = workload(home, *p.owner);
    out.container = optional(home, p.container);
    if (p.spread) spread(home, *p.spread, out);
    if (!out.labels && !out.owner) out.cluster_name = literal_text(p.name.text);
  } else {
    out.cluster_name = std::move(found.cluster_name);
  }
  if (ref.container.valid()) out.container = text(frame, ref.container);
  if (ref.spread) spread(frame, *ref.spread, out);
  return out;
}

std::uint32_t Lowering::function(FrameId frame, ast::TextId name) {
  Thing found = thing(frame, name);
  if (found.declared != UINT32_MAX) return found.declared;
  // A name with a splice can mean another function at each use: it is its own entry.
  const bool fixed = found.cluster_name.op == Op::Literal;
  if (fixed) {
    const auto known = cluster_functions_.find(found.label);
    if (known != cluster_functions_.end()) return known->second;
  }
  const auto index = static_cast<std::uint32_t>(plan_.functions.size());
  if (fixed) cluster_functions_.emplace(found.label, index);
  FunctionSpec spec;
  spec.name = std::move(found.label);
  spec.from_cluster = std::move(found.cluster_name);
  plan_.functions.push_back(std::move(spec));
  return index;
}

Workload Lowering::workload(FrameId frame, const ast::Workload& w) {
  return {std::string(w.kind.text), std::string(w.group.text), text(frame, w.name)};
}

PodEndpoint Lowering::endpoint(FrameId frame, const ast::PodEndpoint& e) {
  PodEndpoint out;
  out.pod = pod(frame, e.pod);
  out.port = optional(frame, e.port_number);
  if (!out.port && e.port_name.valid()) {
    Expr name = text(frame, e.port_name);
    // A port given by a param is only known to be a name or a number when it is rendered.
    if (const std::string* literal = name.op == Op::Literal ? name.literal.text() : nullptr) {
      out.port_name = *literal;
    } else {
      out.port = std::move(name);
    }
  }
  out.path = optional(frame, e.path);
  out.scheme = e.scheme.text;
  return out;
}

// ---- actions
// -------------------------------------------------------------------------------------------------

Action Lowering::action(const sema::Body& body) {
  const FrameId frame = body.frame;
  const auto& what = body.action->what;
  if (const auto* a = std::get_if<ast::HttpAction>(&what)) return http(body, *a);
  if (const auto* a = std::get_if<ast::TcpAction>(&what)) {
    TcpConnect out;
    if (a->endpoint) {
      out.where = endpoint(frame, *a->endpoint);
    } else {
      out.where = text(frame, a->address);
    }
    return out;
  }
  if (const auto* a = std::get_if<ast::ExecAction>(&what)) return exec(body, *a);
  if (const auto* a = std::get_if<ast::ScaleAction>(&what)) {
    return Scale{workload(frame, a->workload), expr(frame, a->replicas), a->if_exists};
  }
  if (const auto* a = std::get_if<ast::WaitAction>(&what)) return wait(frame, *a);
  if (const auto* a = std::get_if<ast::StdinAction>(&what))
    return SessionStdin{text(frame, a->text)};
  return ScaleBack{};  // uses are opened and errors refused before lowering
}

HttpRequest Lowering::http(const sema::Body& body, const ast::HttpAction& action) {
  HttpRequest out;
  out.post = action.method == ast::HttpMethod::Post;
  if (action.endpoint) {
    PodEndpoint at = endpoint(body.frame, *action.endpoint);
    if (at.scheme.empty()) at.scheme = "http";
    out.where = std::move(at);
  } else {
    out.where = text(body.frame, action.url);
  }
  for (const sema::ScopedClause& scoped : body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    const FrameId frame = scoped.frame;
    if (clause.kind == ast::ClauseKind::Header) {
      out.headers.push_back({text(frame, clause.key), text(frame, clause.text)});
    } else if (clause.kind == ast::ClauseKind::Body) {
      out.body_kind = HttpRequest::BodyKind::Text;
      out.body = text(frame, clause.text);
    } else if (clause.kind == ast::ClauseKind::Json || clause.kind == ast::ClauseKind::Form) {
      const bool json = clause.kind == ast::ClauseKind::Json;
      out.body_kind = json ? HttpRequest::BodyKind::Json : HttpRequest::BodyKind::Form;
      out.body = expr(frame, clause.expr);
    } else if (clause.kind == ast::ClauseKind::Tls) {
      out.tls = tls(frame, clause);
    } else if (clause.kind == ast::ClauseKind::FollowRedirects) {
      out.follow_redirects = true;
    }
  }
  return out;
}

Tls Lowering::tls(FrameId frame, const ast::Clause& clause) {
  Tls out;
  out.insecure = clause.insecure;
  for (const ast::Argument& field : clause.fields.in(program_.ast(frame).arguments)) {
    if (field.name.text == "ca") out.ca = expr(frame, field.value);
    if (field.name.text == "cert") out.cert = expr(frame, field.value);
    if (field.name.text == "key") out.key = expr(frame, field.value);
  }
  return out;
}

Exec Lowering::exec(const sema::Body& body, const ast::ExecAction& action) {
  Exec out;
  switch (action.place) {
    case ast::ExecPlace::Pod:
      out.place = Exec::Place::Pod;
      out.pod = pod(body.frame, action.pod);
      break;
    case ast::ExecPlace::Function:
      out.place = Exec::Place::Function;
      out.function = function(body.frame, action.function);
      break;
    case ast::ExecPlace::Local:
    case ast::ExecPlace::Missing: out.place = Exec::Place::Local; break;
  }
  out.shell = optional(body.frame, action.command.shell);
  out.argv = list(body.frame, action.command.argv);
  for (const sema::ScopedClause& scoped : body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    if (clause.kind != ast::ClauseKind::Env) continue;
    EnvVar variable{std::string(clause.name.text), Expr{}};
    if (clause.source != UINT32_MAX) {
      variable.value = secret_source(scoped.frame, clause.source);
    } else {
      variable.value = expr(scoped.frame, clause.expr);
    }
    out.env.push_back(std::move(variable));
  }
  FrameId frame;
  if (const ast::Clause* clause = find_clause(program_, body, ast::ClauseKind::Stdin, frame)) {
    out.stdin_text = text(frame, clause->text);
  }
  return out;
}

Wait Lowering::wait(FrameId frame, const ast::WaitAction& action) {
  Wait out;
  if (action.pod) {
    out.what = pod(frame, *action.pod);
  } else if (action.workload) {
    out.what = workload(frame, *action.workload);
  }
  switch (action.state) {
    case ast::WaitState::Ready: out.state = Wait::State::Ready; break;
    case ast::WaitState::Available: out.state = Wait::State::Available; break;
    case ast::WaitState::Gone: out.state = Wait::State::Gone; break;
    case ast::WaitState::Where: out.state = Wait::State::Where; break;
  }
  out.where = optional(frame, action.where);
  return out;
}

}  // namespace hookc::plan
