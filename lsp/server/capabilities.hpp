// What the two sides tell each other they can do.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lsp/server/session.hpp"

namespace hookc::lsp {

/// Reads ClientCapabilities; what is missing or odd is taken as not supported.
Client read_client(const nlohmann::json& capabilities);
/// UTF-8 where the client offers it, for it needs no counting; else UTF-32; else UTF-16, which
/// every client knows (LSP 3.17, "PositionEncodingKind").
Encoding choose_encoding(const nlohmann::json& capabilities);
/// ServerCapabilities for that client.
nlohmann::json server_capabilities(const Client& client, Encoding encoding);

}  // namespace hookc::lsp
