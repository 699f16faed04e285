// Regular expressions (RE2: linear time, no back-references), without its headers.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "compiler/values/value_error.hpp"

namespace hookc::values {

/// A compiled pattern; immutable, cheap to copy, safe for any number of threads.
class Regex {
 public:
  /// `pattern` in RE2's syntax, UTF-8. What stands between the slashes of `/…/` can be given as it
  /// is: `\/` is a slash to RE2 too, so the error's offsets are those of the source.
  static Checked<Regex> compile(std::string_view pattern);

  /// Whether the pattern occurs anywhere in `text`: the `matches` of the language.
  bool matches(std::string_view text) const;
  /// Whether it takes the whole text: `param x: string(/…/)`.
  bool matches_whole(std::string_view text) const;
  /// As given to compile().
  const std::string& pattern() const;

 private:
  struct Impl;
  explicit Regex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// The pattern with `\/` turned into `/`: for engines and texts that have no slashes around
/// patterns.
std::string unescape_slashes(std::string_view pattern);

}  // namespace hookc::values
