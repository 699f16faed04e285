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

// ---- answers_structure.cpp
nlohmann::json semantic_tokens_full(const Request& request);
nlohmann::json semantic_tokens_delta(const Request& request);
nlohmann::json semantic_tokens_range(const Request& request);
nlohmann::json folding_range(const Request& request);
nlohmann::json selection_range(const Request& request);
nlohmann::json document_symbol(const Request& request);
nlohmann::json workspace_symbol(const Request& request);
nlohmann::json document_link(const Request& request);
nlohmann::json structure_capabilities();

// ---- answers_editing.cpp
/// WorkspaceEdit.
nlohmann::json workspace_edit(const Session& session, const query::Snapshot& snapshot,
                              const std::vector<Edit>& edits);
nlohmann::json formatting(const Request& request);
nlohmann::json range_formatting(const Request& request);
nlohmann::json on_type_formatting(const Request& request);
nlohmann::json code_action(const Request& request);
nlohmann::json editing_capabilities();

// ---- answers_completion.cpp
nlohmann::json completion(const Request& request);
nlohmann::json completion_resolve(const Request& request);
nlohmann::json signature_help(const Request& request);
nlohmann::json completion_capabilities();

// ---- answers_names.cpp
nlohmann::json hover(const Request& request);
nlohmann::json definition(const Request& request);
nlohmann::json declaration(const Request& request);
nlohmann::json type_definition(const Request& request);
nlohmann::json implementation(const Request& request);
nlohmann::json references(const Request& request);
nlohmann::json document_highlight(const Request& request);
nlohmann::json linked_editing_range(const Request& request);
nlohmann::json prepare_rename(const Request& request);
nlohmann::json rename(const Request& request);
nlohmann::json will_rename_files(const Request& request);
nlohmann::json prepare_call_hierarchy(const Request& request);
nlohmann::json incoming_calls(const Request& request);
nlohmann::json outgoing_calls(const Request& request);
nlohmann::json names_capabilities();

// ---- answers_content.cpp
nlohmann::json text_document_content(const Request& request);
nlohmann::json execute_command(const Request& request);

}  // namespace hookc::lsp
