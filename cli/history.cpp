// `hookc history`: its options. What it does is in cli/session.
#include "cli/commands.hpp"
#include "cli/session_program.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view formats[] = {"text", "json", "html", "junit", "prometheus", "jsonl"};

constexpr Option options[] = {
    {"--state", "DIR", "The state directory. Default: that of `hookc run`.", {}},
    {"--limit", "N", "How many sessions are listed, the newest first. Default: 20; 0 for all.", {}},
    {"--format", "FORMAT",
     "text, or json: one document (docs/reference/history.md). Of one session also html, junit, "
     "prometheus, jsonl: the reports of `hookc run --report` (docs/reference/reports.md).",
     formats, 'f'},
};

}  // namespace

constinit const Command history_command = {
    "history",
    "Show past sessions, and what they still hold.",
    "[OPTION…] [ID]",
    "Without an ID: one line a session, and below it what it still holds. With an ID: what "
    "happened in that session, line by line, how it ended, and the command that frees what it "
    "still holds.\n\n"
    "Exit codes: 0 shown, 2 wrong use or no such session, 3 the journal cannot be read.\n",
    options,
    Words::Sessions,
    "  hookc history\n"
    "  hookc history 20261122T180512Z-3fa9c1\n"
    "  hookc history --limit 0 --format json\n"
    "  hookc history 20261122T180512Z-3fa9c1 --format html > session.html\n",
    become_session,
};

}  // namespace hookc::cli
