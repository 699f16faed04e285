#include "cli/fix.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hookc::cli {

namespace {

constexpr int max_rounds = 10;

/// The spans that a round has claimed in one file.
class Claims {
 public:
  bool free(Span span) const {
    const auto after = spans_.lower_bound({span.begin, 0});
    if (after != spans_.end() && (after->first < span.end || after->first == span.begin))
      return false;
    return after == spans_.begin() || std::prev(after)->second <= span.begin;
  }
  void claim(Span span) { spans_.emplace(span.begin, span.end); }

 private:
  std::set<std::pair<std::uint32_t, std::uint32_t>> spans_;
};

}  // namespace

std::string apply_edits(std::string_view text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.where.span < b.where.span; });
  std::string out;
  out.reserve(text.size());
  std::uint32_t done = 0;
  for (const Edit& edit : edits) {
    out += text.substr(done, edit.where.span.begin - done);
    out += edit.replacement;
    done = edit.where.span.end;
  }
  out += text.substr(done);
  return out;
}

Fixed apply_fixes(std::vector<Input> inputs) {
  Fixed result{std::move(inputs), 0};
  for (int round = 0; round < max_rounds; ++round) {
    const Analysis analysis = analyze(result.inputs);
    const std::size_t count = analysis.checked.size();
    std::vector<Claims> claims(count);
    std::vector<std::vector<Edit>> edits(count);
    const auto index = [&](FileId file) {
      return static_cast<std::size_t>(
          std::find(analysis.checked.begin(), analysis.checked.end(), file) -
          analysis.checked.begin());
    };
    std::size_t applied = 0;
    for (const Diagnostic& d : analysis.findings) {
      for (const FixIt& fix : d.fixes) {
        if (fix.applicability != Applicability::MachineApplicable || fix.edits.empty()) continue;
        const bool possible =
            std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& edit) {
              const std::size_t at = index(edit.where.file);
              return at < count && edit.where.span.begin <= edit.where.span.end &&
                     edit.where.span.end <= analysis.sources->text(edit.where.file).size() &&
                     claims[at].free(edit.where.span);
            });
        if (!possible) continue;
        for (const Edit& edit : fix.edits) {
          claims[index(edit.where.file)].claim(edit.where.span);
          edits[index(edit.where.file)].push_back(edit);
        }
        ++applied;
        break;  // one mend for one finding
      }
    }
    if (applied == 0) break;
    result.applied += applied;
    for (std::size_t i = 0; i < count; ++i) {
      if (!edits[i].empty())
        result.inputs[i].text = apply_edits(result.inputs[i].text, std::move(edits[i]));
    }
  }
  return result;
}

}  // namespace hookc::cli
