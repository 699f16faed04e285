#include "cli/fix.hpp"

#include <utility>

#include "compiler/diagnostics/fixes.hpp"

namespace hookc::cli {

Fixed apply_fixes(std::vector<Input> inputs) {
  Fixed result{std::move(inputs), 0};
  for (int i = 0; i < kFixRounds; ++i) {
    const Analysis analysis = analyze(result.inputs);
    FixRound round = choose_fixes(analysis.findings, *analysis.sources, analysis.checked);
    if (round.applied == 0) break;
    result.applied += round.applied;
    for (std::size_t file = 0; file < analysis.checked.size(); ++file) {
      if (round.edits[file].empty()) continue;
      result.inputs[file].text =
          apply_edits(result.inputs[file].text, std::move(round.edits[file]));
    }
  }
  return result;
}

}  // namespace hookc::cli
