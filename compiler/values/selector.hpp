// Label selectors as Kubernetes reads them: the grammar of apimachinery's labels.Parse.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/values/value_error.hpp"

namespace hookc::values {

enum class SelectorOp : std::uint8_t { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };

/// One comma part. `a=b` and `a==b` are In with one value, `a!=b` NotIn with one.
struct Requirement {
  SelectorOp op{};
  std::string key;
  std::vector<std::string>
      values;  // sorted, unique; one decimal integer for GreaterThan and LessThan
  Span span;   // in the text parsed
  Span key_span;
};

/// Owns its strings. No requirement at all selects everything.
struct Selector {
  std::vector<Requirement> requirements;  // in the order written
};

using Labels = std::map<std::string, std::string, std::less<>>;

/// `k=v` `k==v` `k!=v` `k in (a,b)` `k notin (a,b)` `k` `!k` `k>5` `k<5`, joined by commas. `>` and
/// `<` are taken, as by labels.Parse and kubectl -l, although a LabelSelector object cannot say
/// them (see expressible_as_object). An empty text selects everything: whether that is wanted is
/// for the caller to say.
Checked<Selector> parse_selector(std::string_view text);

/// Linear in the number of requirements (times log of the labels).
bool matches(const Selector& selector, const Labels& labels);
bool matches(const Requirement& requirement, const Labels& labels);

/// Two requirements that no set of labels can meet together (indices into `requirements`).
struct Contradiction {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::string message;
};
/// O(n log n + n per key); finds every contradiction between the requirements of one key.
std::optional<Contradiction> find_contradiction(const Selector& selector);

/// Canonical text, which parses to the same selector: sorted by key, `k=v` for one value, `k in
/// (a,b)` for more.
std::string format_selector(const Selector& selector);

/// False when a requirement uses `>` or `<`, which matchLabels and matchExpressions have not.
bool expressible_as_object(const Selector& selector);

}  // namespace hookc::values
