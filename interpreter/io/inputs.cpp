#include "interpreter/io/inputs.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/eval/param_value.hpp"

namespace hookc::io {

namespace {

/// Defaults and settings may read params, and nothing else.
class ParamScope : public plan::Scope {
 public:
  ParamScope(const plan::Plan& plan, const std::vector<plan::Value>& params) : plan_(plan), params_(params) {}
  plan::Value param(std::uint32_t index) const override {
    return index < params_.size() ? params_[index] : plan::Value{};
  }
  plan::Value secret(std::uint32_t) const override { return {}; }
  plan::Value capture(std::uint32_t) const override { return {}; }
  plan::Value fact(std::string_view) const override { return {}; }
  plan::Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  plan::Value header(std::string_view) const override { return {}; }
  std::string name_of(const plan::Expr& leaf) const override {
    return leaf.op == plan::Op::Param && leaf.index < plan_.params.size() ? plan_.params[leaf.index].name : leaf.name;
  }

 private:
  const plan::Plan& plan_;
  const std::vector<plan::Value>& params_;
};

using Texts = std::map<std::string, std::string>;

std::expected<std::string, std::string> read_file(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return std::unexpected(fmt::format("{}: cannot be read", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Adds the names and values of one file; lists become the comma form that parse_param reads.
std::expected<void, std::string> read_values(const std::string& path, Texts& values) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  try {
    const YAML::Node root = YAML::Load(*text);
    if (root.IsNull()) return {};
    if (!root.IsMap()) return std::unexpected(fmt::format("{}: expected a mapping of names to values", path));
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
                                           entry.second.Mark().line + 1, entry.first.as<std::string>()));
      }
    }
    return {};
  } catch (const YAML::Exception& bad) {
    return std::unexpected(fmt::format("{}:{}:{}: {}", path, bad.mark.line + 1, bad.mark.column + 1, bad.msg));
  }
}

void check_names(const plan::Plan& plan, const Texts& values, const char* where, std::vector<std::string>& problems) {
  std::vector<std::string_view> known;
  for (const plan::Param& param : plan.params) known.push_back(param.name);
  for (const auto& [name, value] : values) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto near = did_you_mean(name, known);
    problems.push_back(near ? fmt::format("{}: there is no param `{}`; did you mean `{}`?", where, name, *near)
                            : fmt::format("{}: there is no param `{}`", where, name));
  }
}

}  // namespace

std::string variable_of(const std::string& param) {
  std::string name = "HOOK_PARAM_" + param;
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::expected<std::vector<plan::Value>, std::vector<std::string>> resolve_params(const plan::Plan& plan,
                                                                                 const ParamSources& sources) {
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
    const auto found = std::ranges::find(plan.environments, sources.environment, &plan::Environment::name);
    if (found == plan.environments.end()) {
      std::vector<std::string_view> names;
      for (const plan::Environment& declared : plan.environments) names.push_back(declared.name);
      problems.push_back(names.empty() ? fmt::format("--env {}: the program declares no environment", sources.environment)
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
      problems.push_back(fmt::format("param `{}` ({}) has no value: give -p {}=… or set {}{}", param.name,
                                     plan::to_string(param.type), param.name, variable,
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

std::expected<std::vector<std::string>, std::vector<std::string>> fetch_secrets(
    const plan::Plan& plan, const std::vector<plan::Value>& params,
    const std::function<std::optional<std::string>(const std::string&)>& variable, Cluster* cluster) {
  std::vector<std::string> texts;
  std::vector<std::string> problems;
  const ParamScope scope(plan, params);
  const auto text_of = [&](const plan::OptionalExpr& expr) -> std::string {
    if (!expr) return {};
    auto text = plan::evaluate_text(*expr, scope);
    if (!text) problems.push_back(text.error().message);
    return text.value_or("");
  };
  for (const plan::Secret& secret : plan.secrets) {
    std::string& text = texts.emplace_back();
    const auto missing = [&](const std::string& why) {
      problems.push_back(fmt::format("secret `{}`: {}", secret.name, why));
    };
    using Kind = plan::SecretSource::Kind;
    switch (secret.source.kind) {
      case Kind::Env: {
        auto value = variable(secret.source.env);
        if (!value) missing(fmt::format("the environment variable {} is not set", secret.source.env));
        text = value.value_or("");
        break;
      }
      case Kind::File: {
        auto value = read_file(text_of(secret.source.path));
        if (!value) missing(value.error());
        text = value.value_or("");
        if (text.ends_with('\n')) text.pop_back();
        if (text.ends_with('\r')) text.pop_back();
        break;
      }
      case Kind::Kubernetes: {
        if (cluster == nullptr) {
          missing("it stands in a cluster, and there is none: give manifests with --local");
          break;
        }
        auto value = cluster->secret(text_of(secret.source.path), text_of(secret.source.key));
        if (!value) missing(value.error());
        text = value.value_or("");
        break;
      }
    }
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return texts;
}

}  // namespace hookc::io
