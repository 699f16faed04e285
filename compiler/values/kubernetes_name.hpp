// The names Kubernetes takes.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

enum class NameRule : std::uint8_t {
  /// RFC 1123 label, 63: namespaces, containers, volumes, and Services since Kubernetes 1.34.
  Label,
  /// RFC 1123 subdomain, 253: pods, workloads, Secrets, ConfigMaps, claims, ServiceAccounts, custom
  /// resources.
  Subdomain,
  /// RFC 1035 label, 63, begins with a letter: Services before 1.34.
  Rfc1035Label,
};

/// Upper case and `_` have a suggestion; a name that only grew too long has none.
Checked<void> check_name(NameRule rule, std::string_view text);

/// `namespace/name`; both views point into the text.
struct NamespacedName {
  std::string_view namespace_name;
  std::string_view name;
};
Checked<NamespacedName> parse_namespaced_name(std::string_view text);

/// `name` or `prefix/name`: prefix a subdomain, name 1 to 63 of [A-Za-z0-9_.-] with a letter or
/// digit at both ends (apimachinery IsQualifiedName).
Checked<void> check_label_key(std::string_view text);
/// Empty, or as the name part of a key (apimachinery IsValidLabelValue).
Checked<void> check_label_value(std::string_view text);

/// `[A-Za-z_][A-Za-z0-9_]*`: what every shell can read (XBD 8.1; C_IDENTIFIER). The rule for `env`
/// in hook files.
Checked<void> check_env_name(std::string_view text);
/// What Kubernetes takes since 1.34 (RelaxedEnvironmentVariableValidation): printable ASCII but
/// `=`.
Checked<void> check_env_name_relaxed(std::string_view text);

/// A key in the data of a Secret or ConfigMap: 1 to 253 of [-._A-Za-z0-9], not `.`, and nothing
/// that begins with `..`.
Checked<void> check_secret_key(std::string_view text);

/// A kind as in `StatefulSet/orders`: a letter, then letters and digits, at most 63, in CamelCase;
/// `deployment` has the suggestion `Deployment` where the kind is one of the well-known ones.
Checked<void> check_kind(std::string_view text);

}  // namespace hookc::values
