#include "compiler/diagnostics/diagnostic.hpp"

#include <algorithm>
#include <tuple>

#include "compiler/base/ascii.hpp"

namespace hookc {

namespace {

/// Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Info: return "info";
    case Severity::Hint: return "hint";
  }
  return "error";
}

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> codes = {
#define HOOKC_CODE(code, severity, name, title) \
  CodeInfo{Code::code, #code, Severity::severity, #name, title},
#include "compiler/diagnostics/codes.def"
#undef HOOKC_CODE
  };
  return codes;
}

const CodeInfo& info(Code code) {
  return all_codes()[static_cast<std::size_t>(code)];
}

std::optional<Code> find_code(std::string_view id_or_name) {
  for (const CodeInfo& entry : all_codes()) {
    if (equal_ignoring_case(entry.id, id_or_name) || entry.name == id_or_name) return entry.code;
  }
  return std::nullopt;
}

Diagnostic& Diagnostics::add_text(Code code, Location where, std::string message) {
  Diagnostic& added = all_.emplace_back();
  added.code = code;
  added.severity = info(code).severity;
  added.message = std::move(message);
  added.primary.where = where;
  return added;
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

void Diagnostics::append(Diagnostics other) {
  all_.insert(all_.end(), std::make_move_iterator(other.all_.begin()),
              std::make_move_iterator(other.all_.end()));
}

void Diagnostics::sort() {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.primary.where.file, d.primary.where.span.begin, d.code,
                    d.primary.where.span.end, d.message);
  };
  std::stable_sort(all_.begin(), all_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  all_.erase(
      std::unique(all_.begin(), all_.end(),
                  [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
      all_.end());
}

std::optional<std::string_view> did_you_mean(std::string_view wrong,
                                             const std::vector<std::string_view>& candidates) {
  for (std::string_view candidate : candidates) {
    if (equal_ignoring_case(wrong, candidate)) return candidate;
  }
  const std::size_t limit = std::max<std::size_t>(1, wrong.size() / 3);
  std::optional<std::string_view> best;
  std::size_t best_distance = limit + 1;
  for (std::string_view candidate : candidates) {
    const std::size_t gap = candidate.size() > wrong.size() ? candidate.size() - wrong.size()
                                                            : wrong.size() - candidate.size();
    if (gap >= best_distance) continue;
    const std::size_t distance = edit_distance(wrong, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace hookc
