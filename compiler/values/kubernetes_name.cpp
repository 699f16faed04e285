#include "compiler/values/kubernetes_name.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

constexpr std::size_t limit(NameRule rule) {
  return rule == NameRule::Subdomain ? 253 : 63;
}

constexpr std::string_view alphabet(NameRule rule) {
  return rule == NameRule::Subdomain ? "lower-case letters, digits, `-` and `.`"
                                     : "lower-case letters, digits and `-`";
}

/// Lower case and hyphens; nothing else is guessed at.
std::optional<std::string> mended_name(NameRule rule, std::string_view text) {
  std::string mended = lower(text);
  std::ranges::replace(mended, '_', '-');
  if (mended == text || !check_name(rule, mended)) return std::nullopt;
  return mended;
}

/// [A-Za-z0-9] at both ends, [-_.A-Za-z0-9] between: the name part of a label key, and a label
/// value.
Checked<void> check_label_text(std::string_view text, std::string_view what) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alnum(c)) continue;
    if (c != '-' && c != '_' && c != '.') {
      return fail(fmt::format("{} in a {}; it may hold letters, digits, `-`, `_` and `.`",
                              name_character(text, i), what),
                  i, i + char_length(text, i));
    }
    if (i == 0 || i + 1 == text.size()) {
      return fail(fmt::format("a {} begins and ends with a letter or digit", what), i, i + 1);
    }
  }
  if (text.size() > 63) {
    return fail(fmt::format("a {} has at most 63 characters, and this one {}", what, text.size()),
                63, text.size());
  }
  return {};
}

}  // namespace

Checked<void> check_name(NameRule rule, std::string_view text) {
  if (text.empty()) return fail("a name is missing", 0, 0);
  std::size_t part = 0;  // where the current dot-separated part begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dot = rule == NameRule::Subdomain && c == '.';
    if (!is_lower(c) && !is_digit(c) && c != '-' && !dot) {
      return fail(fmt::format("{} in a Kubernetes name; this one may hold {}",
                              name_character(text, i), alphabet(rule)),
                  i, i + char_length(text, i), mended_name(rule, text));
    }
    const bool ends = i + 1 == text.size() || (rule == NameRule::Subdomain && text[i + 1] == '.');
    if ((c == '-' && (i == part || ends)) || (dot && (i == part || ends))) {
      return fail(
          rule == NameRule::Subdomain
              ? "each dotted part of a Kubernetes name begins and ends with a letter or digit"
              : "a Kubernetes name begins and ends with a letter or digit",
          i, i + 1);
    }
    if (dot) part = i + 1;
  }
  if (rule == NameRule::Rfc1035Label && is_digit(text[0])) {
    return fail("this Kubernetes name must begin with a letter", 0, 1);
  }
  if (text.size() > limit(rule)) {
    return fail(fmt::format("this Kubernetes name has {} characters; at most {} are allowed",
                            text.size(), limit(rule)),
                limit(rule), text.size());
  }
  return {};
}

Checked<NamespacedName> parse_namespaced_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return fail("a namespace is missing; the form is `namespace/name`", 0, 0);
  }
  const NamespacedName parts{text.substr(0, slash), text.substr(slash + 1)};
  if (auto ok = check_name(NameRule::Label, parts.namespace_name); !ok) {
    auto error = in_part(std::move(ok.error()), 0, text, slash);
    if (error.error().suggestion && !parse_namespaced_name(*error.error().suggestion)) {
      error.error().suggestion.reset();
    }
    return error;
  }
  if (auto ok = check_name(NameRule::Subdomain, parts.name); !ok) {
    return in_part(std::move(ok.error()), slash + 1, text, parts.name.size());
  }
  return parts;
}

Checked<void> check_label_key(std::string_view text) {
  if (text.empty()) return fail("a label key is missing", 0, 0);
  const std::size_t slash = text.find('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  if (slash != std::string_view::npos) {
    if (slash == 0) return fail("the prefix of a label key is missing", 0, 1);
    if (auto ok = check_name(NameRule::Subdomain, text.substr(0, slash)); !ok) {
      auto error = in_part(std::move(ok.error()), 0, text, slash);
      if (error.error().suggestion && !check_label_key(*error.error().suggestion)) {
        error.error().suggestion.reset();
      }
      return error;
    }
    if (name == text.size())
      return fail("the name after `/` in a label key is missing", name, name);
    if (const std::size_t second = text.find('/', name); second != std::string_view::npos) {
      return fail("a label key has at most one `/`", second, second + 1);
    }
  }
  if (auto ok = check_label_text(text.substr(name), "label key"); !ok) {
    return in_part(std::move(ok.error()), name, text, text.size() - name);
  }
  return {};
}

Checked<void> check_label_value(std::string_view text) {
  return check_label_text(text, "label value");
}

Checked<void> check_env_name(std::string_view text) {
  if (text.empty()) return fail("the name of a variable is missing", 0, 0);
  if (is_digit(text[0])) return fail("the name of a variable does not begin with a digit", 0, 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_alnum(text[i]) || text[i] == '_') continue;
    std::string mended(text);
    std::ranges::replace_if(mended, [](char c) { return c == '-' || c == '.'; }, '_');
    return fail(fmt::format("{} in the name of a variable; it may hold letters, digits and `_`",
                            name_character(text, i)),
                i, i + char_length(text, i),
                mended != text && check_env_name(mended) ? std::optional(mended) : std::nullopt);
  }
  return {};
}

Checked<void> check_env_name_relaxed(std::string_view text) {
  if (text.empty()) return fail("the name of a variable is missing", 0, 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= 0x20 && text[i] <= 0x7e && text[i] != '=') continue;
    return fail(fmt::format("{} in the name of a variable; it may hold printable ASCII without `=`",
                            name_character(text, i)),
                i, i + char_length(text, i));
  }
  return {};
}

Checked<void> check_secret_key(std::string_view text) {
  if (text.empty()) return fail("a key is missing", 0, 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alnum(c) || c == '-' || c == '_' || c == '.') continue;
    return fail(
        fmt::format("{} in the key of a Secret; it may hold letters, digits, `-`, `_` and `.`",
                    name_character(text, i)),
        i, i + char_length(text, i));
  }
  if (text == "." || text.starts_with("..")) {
    return fail("the key of a Secret is not `.` and does not begin with `..`", 0,
                text == "." ? 1 : 2);
  }
  if (text.size() > 253) {
    return fail(
        fmt::format("the key of a Secret has at most 253 characters, and this one {}", text.size()),
        253, text.size());
  }
  return {};
}

Checked<void> check_kind(std::string_view text) {
  static constexpr std::array<std::string_view, 17> kKnown{
      "Certificate", "ConfigMap",  "CronJob",    "DaemonSet", "Deployment",
      "Job",         "MongoDB",    "MySQL",      "Namespace", "PersistentVolumeClaim",
      "Pod",         "Postgres",   "ReplicaSet", "Rollout",   "Secret",
      "Service",     "StatefulSet"};
  if (text.empty()) return fail("a kind is missing", 0, 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_alpha(text[i]) || (i > 0 && is_digit(text[i]))) continue;
    return fail(fmt::format("{} in a kind; a kind is one word such as `StatefulSet`",
                            name_character(text, i)),
                i, i + char_length(text, i));
  }
  if (text.size() > 63) {
    return fail(fmt::format("a kind has at most 63 characters, and this one {}", text.size()), 63,
                text.size());
  }
  if (!is_upper(text[0])) {
    std::optional<std::string> mend;
    const std::string_view singular = text.substr(0, text.size() - (text.ends_with('s') ? 1 : 0));
    for (std::string_view kind : kKnown) {
      if (equal_ignoring_case(kind, text) || equal_ignoring_case(kind, singular))
        mend = std::string(kind);
    }
    return fail(
        fmt::format("`{}` is not a kind; a kind begins with a capital, as in `StatefulSet`", text),
        0, text.size(), mend);
  }
  return {};
}

}  // namespace hookc::values
