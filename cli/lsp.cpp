// `hookc lsp`: the language server on standard input and output.
#include "lsp/server/serve.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"

namespace hookc::cli {

namespace {

constexpr Option options[] = {
    {"--stdio", "", "Accepted, as editors give it; there is no other way to talk.", {}},
    {"--clientProcessId", "PID", "End when this process ends.", {}},
    {"--record",
     "FILE",
     "Write every message to FILE, which must not be there yet, for a bug report. It holds the "
     "texts of the files that are open.",
     {}},
    {"--replay",
     "FILE",
     "Play the messages that FILE recorded, print the answers as lines of JSON, and stop.",
     {}},
};

std::vector<std::string> list_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    names.push_back(at->path().filename().string() + (at->is_directory(error) ? "/" : ""));
  }
  std::ranges::sort(names);
  return names;
}

Exit run(const Arguments& given) {
  static const Disk disk;
  const lsp::Host host{
      .files = disk,
      .hook_files =
          [](const std::vector<std::string>& folders) { return find_hook_files(folders).paths; },
      .list_folder = list_folder,
      .version = HOOKC_VERSION,
      .docs_url = HOOKC_DOCS_URL};
  if (const auto recorded = given.value("--replay")) {
    const auto code = lsp::replay(host, std::string(*recorded));
    if (!code) return fault(fmt::format("cannot read `{}`", shown(*recorded)));
    return static_cast<Exit>(*code);
  }
  lsp::ServeOptions serving;
  if (const auto pid = given.value("--clientProcessId")) {
    int number = 0;
    const auto [end, error] = std::from_chars(pid->data(), pid->data() + pid->size(), number);
    if (error != std::errc() || end != pid->data() + pid->size() || number <= 0) {
      return usage_error(given.command, fmt::format("`--clientProcessId` needs the number of a "
                                                    "process, not `{}`",
                                                    shown(*pid)));
    }
    serving.client_process = number;
  }
  serving.record = given.value("--record").value_or("");
  const int code = lsp::serve(host, serving);
  if (code == 3) return fault(fmt::format("cannot create `{}`", shown(serving.record)));
  return static_cast<Exit>(code);
}

}  // namespace

constinit const Command lsp_command = {
    "lsp",
    "Serve an editor: findings, completion and the rest of the Language Server Protocol.",
    "[OPTION…]",
    "Editors start it; see editors/ for how to set each one up. It talks LSP 3.17 on standard "
    "input "
    "and output.\n\n"
    "Exit codes: 0 the editor shut it down, 1 the editor went away, 2 wrong use, 3 a file that "
    "cannot be read or written.\n",
    options,
    Words::None,
    "  hookc lsp\n"
    "  hookc lsp --record session.jsonl              everything that is said, for a bug report\n"
    "  hookc lsp --replay session.jsonl              the same again\n",
    run,
};

}  // namespace hookc::cli
