// One client's session: what every answer is made from.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "compiler/query/workspace.hpp"
#include "lsp/server/documents.hpp"
#include "lsp/server/positions.hpp"

namespace hookc::lsp {

/// What the process gives the server.
struct Host {
  const query::FileSystem& files;
  /// Every hook file below these folders, sorted.
  std::function<std::vector<std::string>(const std::vector<std::string>& folders)> hook_files;
  /// The names in a folder, those of folders with `/` at their end; none where it cannot be read.
  std::function<std::vector<std::string>(const std::string& folder)> list_folder;
  std::string version;
  std::string docs_url;  // where docs/codes is published, with a final slash; empty: nowhere
};

/// What this client said it can do (LSP 3.17, ClientCapabilities); only what an answer depends on.
struct Client {
  bool pull_diagnostics = false;       // textDocument.diagnostic
  bool related_information = false;    // publishDiagnostics.relatedInformation
  bool watches_files = false;          // didChangeWatchedFiles.dynamicRegistration
  bool snippets = false;               // completionItem.snippetSupport
  bool hierarchical_symbols = false;   // documentSymbol.hierarchicalDocumentSymbolSupport
  bool links = false;                  // definition.linkSupport
  bool show_document = false;          // window.showDocument
  bool refreshes_diagnostics = false;  // workspace.diagnostics.refreshSupport
};

/// The disk, and the standard library under `hookc:/std/…`, where definitions in it lead.
class Files : public query::FileSystem {
 public:
  explicit Files(const query::FileSystem& disk) : disk_(disk) {}
  std::expected<std::string, std::string> read(const std::string& path) const override;

 private:
  const query::FileSystem& disk_;
};

/// Semantic tokens as the client has them, for the next delta.
struct SentTokens {
  std::string id;
  std::vector<std::uint32_t> numbers;
};

class Session {
 public:
  explicit Session(Host made_by) : host(std::move(made_by)), files_(host.files) {}

  const Host host;
  Client client;
  Encoding encoding = Encoding::Utf16;
  std::vector<std::string> folders;  // paths of the workspace folders
  Documents documents;
  std::map<std::string, SentTokens> sent_tokens;  // by path
  std::uint64_t tokens_made = 0;

 private:
  Files files_;

 public:
  query::Workspace workspace{files_, {.keep_trees = true}};

  query::Snapshot snapshot() const { return workspace.snapshot(); }

  /// Every hook file of the folders, and what is open besides; sorted.
  std::vector<std::string> workspace_files() const;
  std::vector<std::string> open_files() const;
  std::string uri(const std::string& path) const;
  std::string uri(const query::Snapshot& snapshot, FileId file) const;
  Positions positions(const query::Snapshot& snapshot, FileId file) const;
  nlohmann::json range(const query::Snapshot& snapshot, Location where) const;
  nlohmann::json location(const query::Snapshot& snapshot, Location where) const;
};

/// `params.textDocument.uri` as the workspace knows it. Throws nlohmann::json::exception.
std::string document_path(const nlohmann::json& params);

/// Where a request points. Empty where the file cannot be had.
struct Place {
  query::Snapshot snapshot;
  std::string path;
  FileId file;
  std::uint32_t offset = 0;
};
/// Of `params.textDocument`, at offset 0.
std::optional<Place> document_of(const Session& session, const nlohmann::json& params);
/// Of TextDocumentPositionParams. Throws nlohmann::json::exception.
std::optional<Place> place_of(const Session& session, const nlohmann::json& params);

}  // namespace hookc::lsp
