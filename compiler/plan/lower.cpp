// The declarations of a program, and the order of its steps.
#include "compiler/plan/lower.hpp"

#include <algorithm>

#include "compiler/plan/lowering.hpp"
#include "compiler/source/columns.hpp"

namespace hookc::plan {
namespace {

sema::FrameId file_frame(sema::ModuleId module) {
  return {module.value};
}

std::string_view type_name(ast::TypeKind kind) {
  switch (kind) {
    case ast::TypeKind::Error: return "error";
    case ast::TypeKind::String: return "string";
    case ast::TypeKind::Int: return "int";
    case ast::TypeKind::Bool: return "bool";
    case ast::TypeKind::Duration: return "duration";
    case ast::TypeKind::Size: return "size";
    case ast::TypeKind::Url: return "url";
    case ast::TypeKind::Hostname: return "hostname";
    case ast::TypeKind::Regex: return "regex";
    case ast::TypeKind::Port: return "port";
    case ast::TypeKind::Selector: return "selector";
    case ast::TypeKind::Json: return "json";
    case ast::TypeKind::Pod: return "pod";
    case ast::TypeKind::Function: return "function";
    case ast::TypeKind::Workload: return "workload";
    case ast::TypeKind::List: return "list";
  }
  return "error";
}

std::string_view name_of(ast::VolumeSource source) {
  switch (source) {
    case ast::VolumeSource::Secret: return "secret";
    case ast::VolumeSource::ConfigMap: return "configmap";
    case ast::VolumeSource::Claim: return "claim";
  }
  return "secret";
}

std::optional<std::int64_t> literal_int(const ast::Module& file, ast::ExprId id) {
  if (!id.valid() || file[id].kind != ast::ExprKind::Int) return std::nullopt;
  return file[id].number;
}

}  // namespace

Plan lower(const sema::Program& program, const SourceManager& sources, Diagnostics& diagnostics) {
  return Lowering(program, sources, diagnostics).run();
}

Plan Lowering::run() {
  plan_.file = program_.modules.front().path;
  params();
  secrets();
  functions();
  environments();
  session();
  steps();
  if (too_large_) return {};
  plan_.backup = operation(program_.backup);
  plan_.restore = operation(program_.restore);
  name_steps();
  return std::move(plan_);
}

Origin Lowering::origin(const ast::Module& file, std::string_view path, Span at) const {
  const LineIndex& lines = sources_.lines(file.file);
  const std::uint32_t line = lines.line_of(at.begin);
  const std::string_view line_text = sources_.text({file.file, lines.span(line)});
  return {std::string(path), line + 1,
          code_point_column(line_text, at.begin - lines.start(line)) + 1};
}

Origin Lowering::origin(sema::ModuleId module, Span at) const {
  const sema::ModuleInfo& info = program_.modules[module.value];
  return origin(*info.ast, info.path, at);
}

ParamType Lowering::param_type(const ast::Module& file, const ast::TypeExpr& type) const {
  ParamType out;
  out.name = type_name(type.kind);
  // A list's constraint is its element's: list<int(0..10)>.
  const bool is_list = type.kind == ast::TypeKind::List && !type.element.empty();
  const ast::TypeExpr& constrained = is_list ? type.element.front() : type;
  if (is_list) out.element = type_name(constrained.kind);
  out.low = literal_int(file, constrained.low);
  out.high = literal_int(file, constrained.high);
  out.pattern = constrained.pattern;
  for (const ast::ExprId choice : constrained.choices.in(file.expr_lists)) {
    if (file[choice].kind != ast::ExprKind::String) continue;
    out.choices.push_back(ast::literal_text(file, file[choice].text_id).value_or(""));
  }
  return out;
}

void Lowering::params() {
  for (const sema::Param& param : program_.params) {
    const auto first = param.declarations.front();
    const ast::Module& file = program_.ast(first.module);
    const ast::Param& declared = file.params[first.index];
    Param out;
    out.name = param.name;
    out.type = param_type(file, declared.type);
    out.default_value = optional(file_frame(first.module), declared.default_value);
    if (declared.usage.valid()) out.usage = ast::literal_text(file, declared.usage).value_or("");
    out.origin = origin(first.module, declared.span);
    plan_.params.push_back(std::move(out));
  }
}

SecretSource Lowering::secret_source(FrameId frame, std::uint32_t source) {
  SecretSource out;
  if (source == UINT32_MAX) return out;
  const ast::SecretSource& written = program_.ast(frame).secret_sources[source];
  switch (written.kind) {
    case ast::SourceKind::Error:
    case ast::SourceKind::Env: out.kind = SecretSource::Kind::Env; break;
    case ast::SourceKind::File: out.kind = SecretSource::Kind::File; break;
    case ast::SourceKind::Kubernetes: out.kind = SecretSource::Kind::Kubernetes; break;
  }
  out.env = written.env.text;
  out.path = optional(frame, written.path);
  out.key = optional(frame, written.key);
  return out;
}

void Lowering::secrets() {
  for (const sema::Secret& secret : program_.secrets) {
    const auto first = secret.declarations.front();
    const ast::Secret& declared = program_.ast(first.module).secrets[first.index];
    Secret out;
    out.name = secret.name;
    out.type = declared.type ? type_name(declared.type->kind) : "string";
    out.source = secret_source(file_frame(first.module), declared.source);
    out.origin = origin(first.module, declared.span);
    plan_.secrets.push_back(std::move(out));
  }
}

std::vector<EnvVar> Lowering::function_env(FrameId frame, const ast::Function& function) {
  std::vector<EnvVar> out;
  for (const ast::EnvVar& variable : function.env) {
    EnvVar made{std::string(variable.name.text), Expr{}};
    if (variable.source != UINT32_MAX) {
      made.value = secret_source(frame, variable.source);
    } else {
      made.value = expr(frame, variable.value);
    }
    out.push_back(std::move(made));
  }
  return out;
}

/// Declared functions keep the index they have in the program; those of the cluster come after
/// them.
void Lowering::functions() {
  for (const auto& [module, index] : program_.functions) {
    const FrameId frame = file_frame(module);
    const ast::Function& f = program_.ast(module).functions[index];
    FunctionSpec out;
    out.name = f.name.text;
    out.from_cluster = optional(frame, f.from_cluster);
    out.image = optional(frame, f.image);
    out.namespace_name = optional(frame, f.namespace_name);
    out.account = optional(frame, f.account);
    out.cpu = optional(frame, f.cpu);
    out.memory = optional(frame, f.memory);
    out.user = optional(frame, f.user);
    out.command = list(frame, f.command);
    out.env = function_env(frame, f);
    for (const ast::Volume& v : f.volumes) {
      out.volumes.push_back({std::string(v.name.text), std::string(name_of(v.source)),
                             text(frame, v.object), text(frame, v.path), v.read_only});
    }
    plan_.functions.push_back(std::move(out));
  }
}

/// Environments of one name in several files are one; the file that comes first has its way.
void Lowering::environments() {
  std::unordered_map<std::string_view, std::uint32_t> by_name;
  for (std::uint32_t i = 0; i < program_.params.size(); ++i)
    by_name.emplace(program_.params[i].name, i);
  for (const auto& [module, index] : program_.environments) {
    const ast::Environment& e = program_.ast(module).environments[index];
    auto out = std::ranges::find(plan_.environments, e.name.text, &Environment::name);
    if (out == plan_.environments.end()) {
      out = plan_.environments.insert(out, Environment{std::string(e.name.text), {}});
    }
    for (const ast::Setting& setting : e.settings) {
      const auto param = by_name.find(setting.name.text);
      if (param == by_name.end()) continue;
      if (std::ranges::find(out->settings, param->second, &Setting::param) != out->settings.end())
        continue;
      out->settings.push_back({param->second, expr(file_frame(module), setting.value)});
    }
  }
}

void Lowering::session() {
  if (program_.target) {
    const auto [module, index] = *program_.target;
    const ast::Target& t = program_.ast(module).targets[index];
    const FrameId frame = file_frame(module);
    plan_.target = Target{workload(frame, t.workload), optional(frame, t.namespace_name)};
  }
  if (program_.exclusive) {
    const auto [module, index] = *program_.exclusive;
    const ast::Exclusive& e = program_.ast(module).exclusives[index];
    const FrameId frame = file_frame(module);
    plan_.exclusive = Exclusive{text(frame, e.name), optional(frame, e.wait)};
  }
}

OperationPlan Lowering::operation(const sema::Sequence& sequence) {
  OperationPlan out;
  const auto ids = [](const std::vector<sema::Group>& groups) {
    std::vector<Group> made;
    made.reserve(groups.size());
    for (const sema::Group& group : groups) {
      Group& members = made.emplace_back();
      for (const sema::StepId id : group.members) members.push_back(id.value);
    }
    return made;
  };
  out.pre = ids(sequence.pre);
  out.post = ids(sequence.post);
  if (sequence.rule.valid()) {
    const auto& [module, index] = sequence.rule;
    out.succeeds_when =
        optional(file_frame(module), program_.ast(module).operation_rules[index].succeeds_when);
  }
  return out;
}

}  // namespace hookc::plan
