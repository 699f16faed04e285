#include "compiler/values/glob.hpp"

#include <optional>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

struct Set {
  bool contains = false;
  std::size_t end = 0;  // past `]`
};

/// Reads the set that begins with `[` at `at`, and whether `c` is in it. Nothing for a malformed
/// one.
std::optional<Set> read_set(std::string_view pattern, std::size_t at, unsigned char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  bool first = true;
  while (i < pattern.size()) {
    if (pattern[i] == ']' && !first) return Set{found != negated, i + 1};
    first = false;
    const auto one = [&]() -> std::optional<unsigned char> {
      if (i < pattern.size() && pattern[i] == '\\') ++i;
      if (i >= pattern.size()) return std::nullopt;
      return static_cast<unsigned char>(pattern[i++]);
    };
    const auto low = one();
    if (!low) return std::nullopt;
    auto high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = one();
      if (!high || *high < *low) return std::nullopt;
    }
    found = found || (*low <= c && c <= *high);
  }
  return std::nullopt;
}

constexpr std::size_t kNone = std::string_view::npos;

}  // namespace

Checked<void> check_glob(std::string_view pattern) {
  if (pattern.empty()) return fail("a file pattern is missing", 0, 0);
  if (pattern[0] == '/') return fail("a file pattern is relative to the checked folder", 0, 1);
  std::size_t part = 0;
  for (std::size_t i = 0; i < pattern.size();) {
    if (static_cast<unsigned char>(pattern[i]) < 0x20) {
      return fail("a control character in a file pattern", i, i + 1);
    }
    if (pattern[i] == '\\') {
      if (i + 1 == pattern.size())
        return fail("`\\` at the end of a file pattern escapes nothing", i, i + 1);
      i += 2;
      continue;
    }
    if (pattern[i] == '[') {
      const auto set = read_set(pattern, i, 'x');
      if (!set) {
        const bool closed = pattern.find(']', i + 2) != kNone;
        return fail(
            closed ? "a range in this `[…]` runs from high to low" : "`[` is never closed by `]`",
            i, closed ? pattern.find(']', i + 2) + 1 : i + 1);
      }
      i = set->end;
      continue;
    }
    if (pattern[i] == '/') {
      if (i == part) return fail("an empty folder name in a file pattern", i, i + 1);
      part = i + 1;
    } else if (i == part && pattern.substr(i).starts_with("..") &&
               (i + 2 == pattern.size() || pattern[i + 2] == '/')) {
      return fail("a file pattern does not leave the checked folder", i, i + 2);
    }
    ++i;
  }
  return {};
}

// Two places to go back to, one for the last `*` and one for the last `**`, are enough: an earlier
// star never needs to take more once a later one of the same strength was reached.
bool glob_matches(std::string_view pattern, std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star_p = kNone, star_t = 0;
  std::size_t deep_p = kNone, deep_t = 0;
  bool deep_folders = false;  // the last `**` was `**/`: it ends where a folder ends
  while (t < path.size() || p < pattern.size()) {
    bool step = false;
    if (p < pattern.size()) {
      const char c = pattern[p];
      if (c == '*' && p + 1 < pattern.size() && pattern[p + 1] == '*') {
        p += 2;
        deep_folders = (p == 2 || pattern[p - 3] == '/') && p < pattern.size() && pattern[p] == '/';
        if (deep_folders) ++p;
        deep_p = p;
        deep_t = t;
        star_p = kNone;
        continue;
      }
      if (c == '*') {
        star_p = ++p;
        star_t = t;
        continue;
      }
      if (t < path.size()) {
        if (c == '?') {
          step = path[t] != '/';
          if (step) {
            ++p;
            t += char_length(path, t);
            continue;
          }
        } else if (c == '[') {
          const auto set = read_set(pattern, p, static_cast<unsigned char>(path[t]));
          if (set && set->contains && path[t] != '/') {
            p = set->end;
            ++t;
            continue;
          }
        } else {
          const bool escaped = c == '\\' && p + 1 < pattern.size();
          if (pattern[p + (escaped ? 1 : 0)] == path[t]) {
            p += escaped ? 2 : 1;
            ++t;
            continue;
          }
        }
      }
    }
    if (star_p != kNone && star_t < path.size() && path[star_t] != '/') {
      p = star_p;
      t = ++star_t;
      continue;
    }
    if (deep_p != kNone && deep_t < path.size()) {
      star_p = kNone;
      if (deep_folders) {
        const std::size_t slash = path.find('/', deep_t);
        if (slash == kNone) return false;
        deep_t = slash + 1;
      } else {
        ++deep_t;
      }
      p = deep_p;
      t = deep_t;
      continue;
    }
    return false;
  }
  return true;
}

}  // namespace hookc::values
