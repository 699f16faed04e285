// What the editor has open: texts, versions, and the changes that come in.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "lsp/server/positions.hpp"

namespace hookc::lsp {

struct OpenDocument {
  std::string uri;   // as the client writes it
  std::string path;  // as the workspace knows it
  std::string text;
  std::int64_t version = 0;
};

/// The open documents, by path.
class Documents {
 public:
  /// Opening twice takes the later text.
  OpenDocument& open(std::string uri, std::string text, std::int64_t version);
  void close(const std::string& path) { open_.erase(path); }
  OpenDocument* find(const std::string& path);
  const std::map<std::string, OpenDocument>& all() const { return open_; }

 private:
  std::map<std::string, OpenDocument> open_;
};

/// Applies TextDocumentContentChangeEvents in their order. A range beyond the text is cut to it,
/// one whose ends are swapped is put right. Gives a line that says what was odd, if anything was:
/// the document may no longer be what the client has. O(changes · text).
std::optional<std::string> apply_changes(std::string& text, const nlohmann::json& changes,
                                         Encoding encoding);

}  // namespace hookc::lsp
