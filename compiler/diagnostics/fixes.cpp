#include "compiler/diagnostics/fixes.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hookc {

namespace {

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

FixRound choose_fixes(const std::vector<Diagnostic>& findings, const SourceManager& sources,
                      std::span<const FileId> files) {
  FixRound round;
  round.edits.resize(files.size());
  std::vector<Claims> claims(files.size());
  const auto index = [&](FileId file) {
    return static_cast<std::size_t>(std::ranges::find(files, file) - files.begin());
  };
  for (const Diagnostic& d : findings) {
    for (const FixIt& fix : d.fixes) {
      if (fix.applicability != Applicability::MachineApplicable || fix.edits.empty()) continue;
      const bool possible = std::ranges::all_of(fix.edits, [&](const Edit& edit) {
        const std::size_t at = index(edit.where.file);
        return at < files.size() && edit.where.span.begin <= edit.where.span.end &&
               edit.where.span.end <= sources.text(edit.where.file).size() &&
               claims[at].free(edit.where.span);
      });
      if (!possible) continue;
      for (const Edit& edit : fix.edits) {
        claims[index(edit.where.file)].claim(edit.where.span);
        round.edits[index(edit.where.file)].push_back(edit);
      }
      ++round.applied;
      break;  // one mend for one finding
    }
  }
  return round;
}

}  // namespace hookc
