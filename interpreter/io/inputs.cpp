#include "interpreter/io/inputs.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/eval/param_value.hpp"
#include "compiler/plan/walk.hpp"
#include "interpreter/core/render.hpp"
#include "interpreter/io/read_file.hpp"

namespace hookc::io {

namespace {

/// Defaults and settings may read params, and nothing else.
class ParamScope : public plan::Scope {
 public:
  ParamScope(const plan::Plan& plan, const std::vector<plan::Value>& params)
      : plan_(plan), params_(params) {}
  plan::Value param(std::uint32_t index) const override {
    return index < params_.size() ? params_[index] : plan::Value{};
  }
  plan::Value secret(std::uint32_t) const override { return {}; }
  plan::Value capture(std::uint32_t) const override { return {}; }
  plan::Value fact(std::string_view) const override { return {}; }
  plan::Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  plan::Value header(std::string_view) const override { return {}; }
  std::string name_of(const plan::Expr& leaf) const override {
    return leaf.op == plan::Op::Param && leaf.index < plan_.params.size()
               ? plan_.params[leaf.index].name
               : leaf.name;
  }

 private:
  const plan::Plan& plan_;
  const std::vector<plan::Value>& params_;
};

using Texts = std::map<std::string, std::string>;

/// Adds the names and values of one file; lists become the comma form that parse_param reads.
std::expected<void, std::string> read_values(const std::string& path, Texts& values) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  try {
    const YAML::Node root = YAML::Load(*text);
    if (root.IsNull()) return {};
    if (!root.IsMap())
      return std::unexpected(fmt::format("{}: expected a mapping of names to values", path));
    for (const auto& entry : root) {
      if (entry.second.IsScalar()) {
        values[entry.first.as<std::string>()] = entry.second.Scalar();
      } else if (entry.second.IsSequence()) {
        YAML::Emitter json;
        json << YAML::Flow << YAML::DoubleQuoted;
        json << entry.second.as<std::vector<std::string>>();
        values[entry.first.as<std::string>()] = json.c_str();
      } else {
        return std::unexpected(fmt::format("{}:{}: `{}` has no value that a param could take", path,
                                           entry.second.Mark().line + 1,
                                           entry.first.as<std::string>()));
      }
    }
    return {};
  } catch (const YAML::Exception& bad) {
    return std::unexpected(
        fmt::format("{}:{}:{}: {}", path, bad.mark.line + 1, bad.mark.column + 1, bad.msg));
  }
}

void check_names(const plan::Plan& plan, const Texts& values, const char* where,
                 std::vector<std::string>& problems) {
  std::vector<std::string_view> known;
  known.reserve(plan.params.size());
  for (const plan::Param& param : plan.params) known.push_back(param.name);
  for (const auto& [name, value] : values) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto near = did_you_mean(name, known);
    problems.push_back(
        near ? fmt::format("{}: there is no param `{}`; did you mean `{}`?", where, name, *near)
             : fmt::format("{}: there is no param `{}`", where, name));
  }
}

/// What the steps of an operation need of secrets, in the order of the plan.
struct Needs {
  std::set<std::uint32_t> declared;            // into Plan::secrets
  std::vector<const plan::EnvVar*> variables;  // with a source of their own
};

class NeedsWalk {
 public:
  explicit NeedsWalk(const plan::Plan& plan) : plan_(plan) {}

  template <typename Part>
  void expressions(const Part& part) {
    plan::for_each_expr(part, [&](const plan::Expr& expr) {
      if (expr.op == plan::Op::Secret && expr.index < plan_.secrets.size())
        needs.declared.insert(expr.index);
    });
  }
  void task(const plan::Task& one) {
    expressions(one);
    const auto* exec = std::get_if<plan::Exec>(&one.action);
    if (exec == nullptr) return;
    variables(exec->env);
    if (exec->function >= plan_.functions.size()) return;
    expressions(plan_.functions[exec->function]);
    variables(plan_.functions[exec->function].env);
  }

  Needs needs;

 private:
  void variables(const std::vector<plan::EnvVar>& env) {
    for (const plan::EnvVar& variable : env) {
      if (std::holds_alternative<plan::SecretSource>(variable.value))
        needs.variables.push_back(&variable);
    }
  }

  const plan::Plan& plan_;
};

Needs needs_of(const plan::Plan& plan, engine::Operation operation) {
  NeedsWalk walk(plan);
  const plan::OperationPlan& steps =
      operation == engine::Operation::Backup ? plan.backup : plan.restore;
  if (plan.target) walk.expressions(*plan.target);
  walk.expressions(steps);
  for (const auto* side : {&steps.pre, &steps.post}) {
    for (const plan::Group& group : *side) {
      for (const std::uint32_t id : group) {
        const plan::Step& step = plan.steps[id];
        walk.expressions(step);
        walk.task(step.task);
        if (step.hold) walk.task(step.hold->release);
      }
    }
  }
  return std::move(walk.needs);
}

std::expected<std::string, std::string> secret_text(
    const engine::SecretRef& from,
    const std::function<std::optional<std::string>(const std::string&)>& variable,
    Cluster* cluster) {
  using Kind = plan::SecretSource::Kind;
  switch (from.kind) {
    case Kind::Env: {
      auto value = variable(from.env);
      if (!value)
        return std::unexpected(fmt::format("the environment variable {} is not set", from.env));
      return *std::move(value);
    }
    case Kind::File: {
      auto text = read_file(from.path);
      if (text && text->ends_with('\n')) text->pop_back();
      if (text && text->ends_with('\r')) text->pop_back();
      return text;
    }
    case Kind::Kubernetes: break;
  }
  if (cluster == nullptr) {
    return std::unexpected(
        "it stands in a cluster, and there is none: give manifests with --local");
  }
  return cluster->secret(from.path, from.key);
}

using Variable = std::function<std::optional<std::string>(const std::string&)>;

class Fetcher {
 public:
  Fetcher(const plan::Plan& plan, const std::vector<plan::Value>& params, const Variable& variable,
          Cluster* cluster)
      : plan_(plan), scope_(plan, params), variable_(variable), cluster_(cluster) {}

  /// Adds what can be had; gives a line for each secret that cannot.
  std::vector<std::string> fetch(const Needs& needs, Secrets& secrets) const {
    std::vector<std::string> problems;
    for (const std::uint32_t index : needs.declared) {
      auto text = one(plan_.secrets[index].source, secrets);
      if (text) {
        secrets.declared[index] = std::move(*text);
      } else {
        problems.push_back(fmt::format("secret `{}`: {}", plan_.secrets[index].name, text.error()));
      }
    }
    for (const plan::EnvVar* env : needs.variables) {
      const auto text = one(std::get<plan::SecretSource>(env->value), secrets);
      if (text) continue;
      std::string problem = fmt::format("variable `{}`: {}", env->name, text.error());
      // Two hooks in one function need it twice and miss it once.
      if (std::ranges::find(problems, problem) == problems.end())
        problems.push_back(std::move(problem));
    }
    return problems;
  }

 private:
  std::expected<std::string, std::string> one(const plan::SecretSource& source,
                                              Secrets& secrets) const {
    auto ref = engine::render_secret(source, scope_);
    if (!ref) return std::unexpected(std::move(ref.error()));
    if (const auto known = secrets.sources.find(*ref); known != secrets.sources.end())
      return known->second;
    auto text = secret_text(*ref, variable_, cluster_);
    if (text) secrets.sources.emplace(*ref, *text);
    return text;
  }

  const plan::Plan& plan_;
  ParamScope scope_;
  const Variable& variable_;
  Cluster* cluster_;
};

}  // namespace

std::string variable_of(const std::string& param) {
  std::string name = "HOOK_PARAM_" + param;
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::expected<std::vector<plan::Value>, std::vector<std::string>> resolve_params(
    const plan::Plan& plan, const ParamSources& sources) {
  std::vector<std::string> problems;
  Texts given, from_files;
  for (const auto& [name, value] : sources.given) given[name] = value;
  check_names(plan, given, "-p", problems);
  for (const std::string& path : sources.files) {
    Texts values;
    if (auto read = read_values(path, values); !read) problems.push_back(read.error());
    check_names(plan, values, path.c_str(), problems);
    for (auto& [name, value] : values) from_files[name] = std::move(value);
  }

  const plan::Environment* environment = nullptr;
  if (!sources.environment.empty()) {
    const auto found =
        std::ranges::find(plan.environments, sources.environment, &plan::Environment::name);
    if (found == plan.environments.end()) {
      std::vector<std::string_view> names;
      names.reserve(plan.environments.size());
      for (const plan::Environment& declared : plan.environments) names.push_back(declared.name);
      problems.push_back(
          names.empty()
              ? fmt::format("--env {}: the program declares no environment", sources.environment)
              : fmt::format("--env {}: there is no such environment; declared: {}",
                            sources.environment, fmt::join(names, ", ")));
    } else {
      environment = &*found;
    }
  }

  std::vector<plan::Value> values(plan.params.size());
  const ParamScope scope(plan, values);
  for (std::size_t i = 0; i < plan.params.size(); ++i) {
    const plan::Param& param = plan.params[i];
    std::string variable = variable_of(param.name);
    std::optional<std::string> text;
    std::string where;
    if (const auto found = given.find(param.name); found != given.end()) {
      text = found->second;
      where = "-p " + param.name;
    } else if (auto set = sources.variable ? sources.variable(variable) : std::nullopt; set) {
      text = std::move(set);
      where = variable;
    } else if (const auto in_file = from_files.find(param.name); in_file != from_files.end()) {
      text = in_file->second;
      where = "param " + param.name;
    }
    if (text) {
      auto value = plan::parse_param(param.type, *text);
      if (value) {
        values[i] = std::move(*value);
      } else {
        problems.push_back(fmt::format("{}: {}", where, value.error()));
      }
      continue;
    }
    const plan::Expr* expr = param.default_value ? &*param.default_value : nullptr;
    if (environment != nullptr) {
      const auto setting = std::ranges::find(environment->settings, i, &plan::Setting::param);
      if (setting != environment->settings.end()) expr = &setting->value;
    }
    if (expr == nullptr) {
      problems.push_back(fmt::format("param `{}` ({}) has no value: give -p {}=… or set {}{}",
                                     param.name, plan::to_string(param.type), param.name, variable,
                                     param.usage.empty() ? "" : fmt::format(" ({})", param.usage)));
      continue;
    }
    auto value = plan::evaluate(*expr, scope);
    if (value) {
      values[i] = std::move(*value);
    } else {
      problems.push_back(fmt::format("param `{}`: {}", param.name, value.error().message));
    }
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return values;
}

std::expected<Secrets, std::vector<std::string>> fetch_secrets(
    const plan::Plan& plan, engine::Operation operation, const std::vector<plan::Value>& params,
    const std::function<std::optional<std::string>(const std::string&)>& variable,
    Cluster* cluster) {
  Secrets secrets;
  secrets.declared.resize(plan.secrets.size());
  std::vector<std::string> problems =
      Fetcher(plan, params, variable, cluster).fetch(needs_of(plan, operation), secrets);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return secrets;
}

ReleaseSecrets fetch_release_secrets(
    const plan::Plan& plan, const std::vector<std::uint32_t>& holds,
    const std::vector<plan::Value>& params,
    const std::function<std::optional<std::string>(const std::string&)>& variable,
    Cluster* cluster) {
  ReleaseSecrets out;
  out.secrets.declared.resize(plan.secrets.size());
  const Fetcher fetcher(plan, params, variable, cluster);
  for (const std::uint32_t id : holds) {
    if (id >= plan.steps.size() || !plan.steps[id].hold) continue;
    NeedsWalk walk(plan);
    if (plan.target) walk.expressions(*plan.target);
    walk.task(plan.steps[id].hold->release);
    const std::vector<std::string> problems = fetcher.fetch(walk.needs, out.secrets);
    if (!problems.empty()) out.missing[id] = fmt::format("{}", fmt::join(problems, "; "));
  }
  return out;
}

}  // namespace hookc::io
