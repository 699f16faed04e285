// How a form becomes text once it is a document. Private to this folder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compiler/query/ir/ir.hpp"

namespace hookc::ir {

using Json = nlohmann::ordered_json;

/// `{"hookc_ir": 1, "stage": stage, "file": path}`.
Json header(std::string_view stage, std::string_view file);

/// [begin, end] in bytes.
Json span_json(Span span);

/// The document in one of the two formats. In the outline, "span" members become lines and columns
/// of `lines`; without `lines`, or where another file is meant, they stay as they are.
std::string print(const Json& document, Format format, const LineIndex* lines);

}  // namespace hookc::ir
