// What a session is started with: values for params, texts of secrets.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/io/cluster.hpp"

namespace hookc::io {

/// Where values come from, strongest first: `given`, the process environment (HOOK_PARAM_NAME,
/// upper case, `-` as `_`), `files`, the chosen `environment` block, the declaration's default.
struct ParamSources {
  std::vector<std::pair<std::string, std::string>>
      given;                       // -p name=value; of one name the last counts
  std::vector<std::string> files;  // YAML or JSON mappings of names to values; the last counts
  std::string environment;         // --env; empty: none
  std::function<std::optional<std::string>(const std::string&)>
      variable;  // of the process environment
};

/// The variable that gives a param its value: "HOOK_PARAM_DUMP_DIR" for `dump-dir`.
std::string variable_of(const std::string& param);

/// Values in the order of Plan::params. The error is one line a problem, all of them: unknown
/// names, values of the wrong type, params without any value (and how to give one), an unknown
/// environment, unreadable files.
std::expected<std::vector<plan::Value>, std::vector<std::string>> resolve_params(
    const plan::Plan& plan, const ParamSources& sources);

/// The texts of secrets by where they stand, for variables that are filled from there.
using SecretTexts = std::map<engine::SecretRef, std::string>;

struct Secrets {
  std::vector<std::string>
      declared;         // in the order of Plan::secrets; empty: the operation does not use it
  SecretTexts sources;  // of `env X from …` in hooks and in the functions they run in
};

/// Fetches every secret that the steps of the operation use, now: from the environment, from files
/// (one line end at the end is not part of the secret), or from the cluster. The error is one line
/// a secret that cannot be had, never with a secret in it.
std::expected<Secrets, std::vector<std::string>> fetch_secrets(
    const plan::Plan& plan, engine::Operation operation, const std::vector<plan::Value>& params,
    const std::function<std::optional<std::string>(const std::string&)>& variable,
    Cluster* cluster);

/// The secrets of releases, each fetched by itself: one that cannot be had keeps the others from
/// nothing.
struct ReleaseSecrets {
  Secrets secrets;  // those that could be had
  /// By step: what its release needs and cannot be had, one line without a secret.
  std::map<std::uint32_t, std::string> missing;
};

/// What the releases of `holds` (step ids) need.
ReleaseSecrets fetch_release_secrets(
    const plan::Plan& plan, const std::vector<std::uint32_t>& holds,
    const std::vector<plan::Value>& params,
    const std::function<std::optional<std::string>(const std::string&)>& variable,
    Cluster* cluster);

}  // namespace hookc::io
