// Findings on their way to the editor: pushed when they change, or pulled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "compiler/query/workspace.hpp"
#include "lsp/server/session.hpp"

namespace hookc::lsp {

/// One finding as an LSP Diagnostic. Its message is the finding's line, then its label, notes and
/// helps, a line each.
nlohmann::json to_json(const Session& session, const query::Snapshot& snapshot,
                       const Diagnostic& finding);

/// Keeps what the client was told equal to what is true. Every open document is a root, as
/// `hookc check` of these files takes them: a finding in an imported file stands at that file, and
/// each is told once.
class Publisher {
 public:
  using Publish = std::function<void(nlohmann::json params)>;

  /// Something changed: `path` must be told again even where its findings are the same, because
  /// they belong to another version.
  void touch(const std::string& path) { touched_.insert(path); }
  bool pending() const { return !touched_.empty(); }
  /// The client asks by itself: there is nothing to tell.
  void forget() { touched_.clear(); }
  /// Tells what changed. O(programs that changed).
  void publish(const Session& session, const Publish& publish);

 private:
  using ByFile = std::map<std::string, std::vector<nlohmann::json>>;
  struct Root {
    std::shared_ptr<const sema::Program> program;  // what the findings are of
    ByFile findings;
  };

  std::set<std::string> touched_;
  std::map<std::string, Root> roots_;
  /// Files that the client shows findings of, with their URI as it was told: a client may spell the
  /// same path in several ways, and knows its own only.
  std::map<std::string, std::string> told_;
};

/// DocumentDiagnosticReport: the findings in one file, of its own program.
nlohmann::json pull_document(const Session& session, const nlohmann::json& params);
/// WorkspaceDiagnosticReport over every hook file of the folders. `cancelled` is asked between
/// files.
nlohmann::json pull_workspace(const Session& session, const nlohmann::json& params,
                              const std::function<bool()>& cancelled);

}  // namespace hookc::lsp
