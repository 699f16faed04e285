#include "compiler/values/image.hpp"

#include <fmt/format.h>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

/// path-component: [a-z0-9]+ joined by one of `.`, `_`, `__`, or any number of `-`.
Checked<void> check_path(std::string_view path) {
  std::size_t component = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (is_lower(c) || is_digit(c)) continue;
    if (c == '/') {
      if (i == component) return fail("an image name has an empty part", i, i + 1);
      component = i + 1;
      continue;
    }
    if (c != '.' && c != '_' && c != '-') {
      std::optional<std::string> mend;
      if (is_upper(c)) {
        mend = lower(path);
        if (!check_path(*mend)) mend.reset();
      }
      return fail(
          fmt::format("{} in the name of an image; it may hold lower-case letters, digits, `.`, "
                      "`_`, `-` and `/`",
                      name_character(path, i)),
          i, i + char_length(path, i), mend);
    }
    std::size_t run = i;
    while (run < path.size() && path[run] == c) ++run;
    const bool follows = run < path.size() && (is_lower(path[run]) || is_digit(path[run]));
    const bool allowed = c == '-' || run - i == 1 || (c == '_' && run - i == 2);
    // Upper case after a separator is reported as such, at its own place.
    const bool reported_later = run < path.size() && !follows && path[run] != '/' &&
                                path[run] != '.' && path[run] != '_' && path[run] != '-';
    if (i == component || !allowed || !(follows || reported_later)) {
      return fail("a separator in the name of an image stands between letters or digits", i, run);
    }
    i = run - 1;
  }
  if (component == path.size())
    return fail("the name of an image is missing", component, component);
  return {};
}

Checked<void> check_registry(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    return {};  // an IPv6 literal: the engine's to resolve
  if (host.empty()) return fail("the registry's host is missing", 0, 0);
  for (std::size_t i = 0; i < host.size(); ++i) {
    const bool edge = i == 0 || i + 1 == host.size() || host[i - 1] == '.' || host[i + 1] == '.';
    if (is_alnum(host[i]) || (!edge && (host[i] == '-')) ||
        (host[i] == '.' && i != 0 && i + 1 != host.size() && host[i + 1] != '.')) {
      continue;
    }
    return fail(fmt::format("{} in the registry's host", name_character(host, i)), i,
                i + char_length(host, i));
  }
  if (colon == std::string_view::npos) return {};
  const std::string_view port = text.substr(colon + 1);
  if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) {
    return fail("the registry's port is not a number", colon + 1, text.size());
  }
  return {};
}

Checked<void> check_tag(std::string_view tag) {
  if (tag.empty()) return fail("the tag after `:` is missing", 0, 0);
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (is_alnum(tag[i]) || tag[i] == '_' || (i > 0 && (tag[i] == '.' || tag[i] == '-'))) continue;
    return fail(fmt::format("{} in the tag of an image", name_character(tag, i)), i,
                i + char_length(tag, i));
  }
  if (tag.size() > 128) {
    return fail(fmt::format("a tag has at most 128 characters, and this one {}", tag.size()), 128,
                tag.size());
  }
  return {};
}

Checked<void> check_digest(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail("a digest is `sha256:` and 64 hexadecimal digits", 0, digest.size());
  }
  const std::string_view algorithm = digest.substr(0, colon);
  if (!is_alpha(algorithm[0])) return fail("the algorithm of a digest begins with a letter", 0, 1);
  for (std::size_t i = 0; i < algorithm.size(); ++i) {
    const bool joiner =
        algorithm[i] == '+' || algorithm[i] == '.' || algorithm[i] == '-' || algorithm[i] == '_';
    if (is_alnum(algorithm[i]) ||
        (joiner && i + 1 < algorithm.size() && is_alpha(algorithm[i + 1])))
      continue;
    return fail(fmt::format("{} in the algorithm of a digest", name_character(digest, i)), i,
                i + char_length(digest, i));
  }
  const std::string_view hex = digest.substr(colon + 1);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (is_digit(hex[i]) || (hex[i] >= 'a' && hex[i] <= 'f')) continue;
    return fail(fmt::format("{} in a digest; its digits are `0` to `9` and `a` to `f`",
                            name_character(hex, i)),
                colon + 1 + i, colon + 1 + i + char_length(hex, i));
  }
  if (algorithm == "sha256" ? hex.size() != 64 : hex.size() < 32) {
    return fail(fmt::format("this digest has {} digits; {}", hex.size(),
                            algorithm == "sha256" ? "sha256 has 64" : "at least 32 are needed"),
                colon + 1, digest.size());
  }
  return {};
}

}  // namespace

Checked<ImageReference> parse_image(std::string_view text) {
  if (text.empty()) return fail("an image is missing", 0, 0);
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    std::optional<std::string> mend(text.substr(scheme + 3));
    if (mend->contains("://") || !parse_image(*mend)) mend.reset();
    return fail("an image is written without a scheme", 0, scheme + 3, mend);
  }
  ImageReference image;
  std::string_view name = text;
  const auto offset = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - text.data());
  };

  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    image.digest = name.substr(at + 1);
    name = name.substr(0, at);
    if (auto ok = check_digest(image.digest); !ok) {
      return in_part(std::move(ok.error()), offset(image.digest), text, image.digest.size());
    }
  }
  const std::size_t last_slash = name.rfind('/');
  const std::size_t colon = name.find(':', last_slash == std::string_view::npos ? 0 : last_slash);
  if (colon != std::string_view::npos) {
    image.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (auto ok = check_tag(image.tag); !ok) {
      return in_part(std::move(ok.error()), offset(image.tag), text, image.tag.size());
    }
  }
  if (name.size() > 255) {
    return fail(fmt::format("the name of an image has at most 255 characters, and this one {}",
                            name.size()),
                255, name.size());
  }
  // The first part is a registry when it could be no repository of the default one
  // (reference.ParseNormalizedNamed).
  const std::size_t slash = name.find('/');
  image.repository = name;
  if (slash != std::string_view::npos) {
    const std::string_view first = name.substr(0, slash);
    const bool registry = first.find_first_of(".:[") != std::string_view::npos ||
                          first == "localhost" || lower(first) != first;
    if (registry) {
      image.registry = first;
      image.repository = name.substr(slash + 1);
      if (auto ok = check_registry(first); !ok) {
        return in_part(std::move(ok.error()), 0, text, first.size());
      }
    }
  }
  if (auto ok = check_path(image.repository); !ok) {
    return in_part(std::move(ok.error()), offset(image.repository), text, image.repository.size());
  }
  return image;
}

}  // namespace hookc::values
