// The one layout of a hook file.
#pragma once

#include <optional>
#include <string>

#include "compiler/source/source_manager.hpp"
#include "grammar/tree.hpp"

namespace hookc {

/// The file in its canonical layout, comments kept, LF line ends, no BOM. Formatting what it gives
/// changes nothing, and its tree differs from the given one in nothing but positions and the comma
/// after the last entry of brackets. Nothing if the tree has errors. O(text).
std::optional<std::string> format(const SourceManager& sources, const syntax::SyntaxTree& tree);

}  // namespace hookc
