// The answers, one function a request; each is declared here and defined in the answers_*.cpp that
// its feature belongs to. They turn positions into offsets, ask the feature, and turn spans into
// ranges; what is true of a file is not theirs to know.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lsp/server/requests.hpp"

namespace hookc::lsp {

// ---- answers_beside.cpp
nlohmann::json inlay_hint(const Request& request);
nlohmann::json code_lens(const Request& request);

// ---- answers_content.cpp
nlohmann::json text_document_content(const Request& request);
nlohmann::json execute_command(const Request& request);

}  // namespace hookc::lsp
