// Signature help: what the call around a cursor takes, without the protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::lsp {

struct SignatureParameter {
  Span label;  // where it stands in Signature::label, in bytes
};

struct Signature {
  std::string label;  // "freeze(db: pod, limit: duration = 5m)"
  std::vector<SignatureParameter> parameters;
  std::optional<std::uint32_t> active;  // the parameter that is being written, if one is
  std::string documentation;            // Markdown
};

/// The template or function whose parentheses are around byte `offset` of the file at `path`;
/// nothing outside, or where it is not known. Total for every text. O(statement + templates).
std::optional<Signature> signature_at(const query::Snapshot& now, const std::string& path,
                                      std::uint32_t offset);

}  // namespace hookc::lsp
