// What the compiler has to say to its user, as data. Text for people and machines is made in
// render.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/base/span.hpp"

namespace hookc {

enum class Severity : std::uint8_t { Error, Warning, Info, Hint };
std::string_view to_string(Severity severity);  // "error", "warning", "info", "hint"

enum class Code : std::uint16_t {
#define HOOKC_CODE(code, severity, name, title) code,
#include "compiler/diagnostics/codes.def"
#undef HOOKC_CODE
};

struct CodeInfo {
  Code code;
  std::string_view id;  // "HK2103"
  Severity severity;
  std::string_view name;   // "impossible_policy"
  std::string_view title;  // heading of the explain page
};
/// O(1).
const CodeInfo& info(Code code);
/// By id ("HK2103", any case) or name; nothing for an unknown one.
std::optional<Code> find_code(std::string_view id_or_name);
/// All, in the order of the table.
const std::vector<CodeInfo>& all_codes();

/// Text at a place. The primary label's text may be empty.
struct Label {
  Location where;
  std::string text;
};

/// Replaces `where` by `replacement`; an empty span inserts.
struct Edit {
  Location where;
  std::string replacement;
};

/// How sure a fix is (rustc's scale): only the first kind is applied by `--fix`.
enum class Applicability : std::uint8_t { MachineApplicable, MaybeIncorrect, HasPlaceholders };

struct FixIt {
  std::string title;  // imperative: "write `on failure`"
  Applicability applicability = Applicability::MachineApplicable;
  std::vector<Edit> edits;  // non-overlapping
};

/// One finding. `message` is one line that stands alone: lower case, no full stop, code in
/// backticks.
struct Diagnostic {
  Code code{};
  Severity severity = Severity::Error;
  std::string message;
  Label primary;
  std::vector<Label> secondary;  // other places that explain it, in any file
  std::vector<std::string> notes;
  std::vector<std::string> helps;
  std::vector<FixIt> fixes;

  Diagnostic& label(std::string text) {
    primary.text = std::move(text);
    return *this;
  }
  Diagnostic& also(Location where, std::string text) {
    secondary.push_back({where, std::move(text)});
    return *this;
  }
  Diagnostic& note(std::string text) {
    notes.push_back(std::move(text));
    return *this;
  }
  Diagnostic& help(std::string text) {
    helps.push_back(std::move(text));
    return *this;
  }
  Diagnostic& fix(std::string title, Location where, std::string replacement,
                  Applicability applicability = Applicability::MachineApplicable) {
    fixes.push_back({std::move(title), applicability, {{where, std::move(replacement)}}});
    return *this;
  }
};

/// Where phases put their findings. Not thread-safe: one a phase and file, merged afterwards.
class Diagnostics {
 public:
  /// Adds a finding at the code's own severity. The reference is good until the next add.
  template <typename... Args>
  Diagnostic& add(Code code, Location where, fmt::format_string<Args...> message, Args&&... args) {
    return add_text(code, where, fmt::format(message, std::forward<Args>(args)...));
  }
  Diagnostic& add_text(Code code, Location where, std::string message);

  const std::vector<Diagnostic>& all() const { return all_; }
  bool has_errors() const;
  void append(Diagnostics other);
  /// Sorts by (file path order given by `FileId`, start, code) and drops exact repeats.
  void sort();
  std::vector<Diagnostic> take() && { return std::move(all_); }

 private:
  std::vector<Diagnostic> all_;
};

/// The candidate nearest to `wrong`: equal but for case first, then the smallest restricted
/// Damerau-Levenshtein distance not above max(1, length / 3). Nothing where none is near.
/// O(candidates · length²).
std::optional<std::string_view> did_you_mean(std::string_view wrong,
                                             const std::vector<std::string_view>& candidates);

}  // namespace hookc
