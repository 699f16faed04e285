// The server on two file descriptors: one thread reads, the calling one answers.
#pragma once

#include <optional>
#include <string>

#include "lsp/server/session.hpp"

namespace hookc::lsp {

struct ServeOptions {
  int in = 0, out = 1;
  /// A process whose end is the server's (LSP 3.17, InitializeParams.processId).
  std::optional<int> client_process;
  /// Every message is appended to this file, a line of JSON each; empty: none. It holds the texts
  /// of the user's files.
  std::string record;
};

/// Serves until `exit`, the end of `in`, or the end of the client's process. Gives the process's
/// exit code; 3 where the record cannot be written.
int serve(Host host, const ServeOptions& options);

/// Plays the messages a record says came in to a new server, and prints what that answers to
/// standard output as lines of the same form. Nothing where `path` cannot be read.
std::optional<int> replay(Host host, const std::string& path);

}  // namespace hookc::lsp
