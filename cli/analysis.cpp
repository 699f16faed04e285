#include "cli/analysis.hpp"

#include "grammar/tree.hpp"

namespace hookc::cli {

Analysis analyze(std::vector<Input> inputs) {
  Analysis result;
  result.sources = std::make_unique<SourceManager>();
  Diagnostics diagnostics;
  for (Input& input : inputs) {
    const FileId file = result.sources->add(std::move(input.path), std::move(input.text));
    result.checked.push_back(file);
    syntax::parse(*result.sources, file, diagnostics);
  }
  diagnostics.sort();
  result.findings = std::move(diagnostics).take();
  return result;
}

}  // namespace hookc::cli
