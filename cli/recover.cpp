// `hookc recover`: its options. What it does is in cli/session.
#include "cli/commands.hpp"
#include "cli/session_program.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view formats[] = {"text", "jsonl"};

constexpr Option options[] = {
    {"--state", "DIR", "The state directory. Default: that of `hookc run`.", {}},
    {"--dry-run", "", "Show which releases would be run, and run none.", {}},
    {"--freed",
     "",
     "Do not run anything: write down that what the sessions ID… held has been freed by hand.",
     {}},
    {"--format", "FORMAT",
     "text: a line a release on standard error. jsonl: events on standard output, one a line "
     "(docs/reference/events.md).",
     formats, 'f'},
    {"--verbose", "", "Show the output of releases that succeed, too.", {}, 'v'},
};

}  // namespace

constinit const Command recover_command = {
    "recover",
    "Release what sessions still hold whose hookc died.",
    "[OPTION…] [ID…]",
    "Of every session in the journal that no process works on any more, the releases it still owes "
    "are run, the last acquired first; nothing else is run, and the hook file is not needed. A "
    "session whose process lives is left alone. One that waits for `--phase post` is left alone, "
    "too, but for holds past their `at most`; with its ID it is ended. With ID… only those "
    "sessions are looked at.\n\n"
    "Secrets are fetched again. A release that fails is tried again by the next `hookc recover`. "
    "Ctrl-C drops no release.\n\n"
    "Exit codes: 0 nothing is held any more, 1 something is still held (the command that frees it "
    "is shown), 2 wrong use, 3 the journal cannot be read or written.\n",
    options,
    Words::Sessions,
    "  hookc recover\n"
    "  hookc recover --dry-run\n"
    "  hookc recover 20261122T180512Z-3fa9c1\n"
    "  hookc recover --freed 20261122T180512Z-3fa9c1\n",
    become_session,
};

}  // namespace hookc::cli
