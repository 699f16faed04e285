// Texts that lead elsewhere: `textDocument/documentLink`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

enum class LinkKind : std::uint8_t {
  Url,      // target: the URL
  File,     // target: a path, as the workspace knows it
  Virtual,  // target: the URI of a document that the server gives, hookc:/std/NAME.hook
};
struct Link {
  Span span;  // without quotes
  LinkKind kind{};
  std::string target;
  std::string tooltip;
};

/// URLs without splices, imports, and the files of secrets; in file order. Whether a target is
/// there is not asked. O(n log n).
std::vector<Link> links(const query::Snapshot& now, const std::string& path);

}  // namespace hookc::lsp
