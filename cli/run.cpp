// `hookc run`: its options. What it does is in cli/session.
#include "cli/commands.hpp"
#include "cli/session_program.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view formats[] = {"text", "jsonl"};
constexpr std::string_view outcomes[] = {"succeeded", "failed", "skipped"};
constexpr std::string_view phases[] = {"pre", "post"};

constexpr Option options[] = {
    {"--local",
     "FILE",
     "Take the Kubernetes manifests in FILE as the cluster: selectors, owners, containers, "
     "variables and ports are "
     "resolved in them, and commands run as processes of this machine. May be given several times.",
     {}},
    {"--param", "NAME=VALUE", "The value of a param. May be given several times.", {}, 'p'},
    {"--params", "FILE", "Values of params as a YAML or JSON mapping.", {}},
    {"--env", "NAME", "The `environment` block whose values are used.", {}},
    {"--namespace",
     "NS",
     "The namespace of pods that state none. Default: the target's, else `default`.",
     {},
     'n'},
    {"--target", "KIND/NAME", "What is backed up or restored: target.kind and target.name.", {}},
    {"--outcome", "OUTCOME",
     "How the operation went, instead of a COMMAND: succeeded, failed, skipped.", outcomes},
    {"--phase", "PHASE",
     "pre: only the pre hooks; what is held stays so, and the session's id is printed. post: the "
     "releases and the post hooks of --session, after --outcome.",
     phases},
    {"--session", "ID", "The session of --phase post, as --phase pre printed it.", {}},
    {"--state",
     "DIR",
     "Where the journal lies. Default: $HOOKC_STATE_DIR, else $XDG_STATE_HOME/hookc, else "
     "~/.local/state/hookc.",
     {}},
    {"--format", "FORMAT",
     "text: a line a hook on standard error. jsonl: events on standard output, one a line "
     "(docs/reference/events.md); what COMMAND prints then goes to standard error.",
     formats, 'f'},
    {"--report",
     "KIND=FILE",
     "Also write a report when the session is over: html (a page with a timeline), junit, "
     "prometheus (for node_exporter's textfile collector), jsonl (docs/reference/reports.md). May "
     "be given several times.",
     {}},
    {"--dry-run",
     "",
     "Show what would be done, and do nothing: no request, no command, no secret is fetched.",
     {}},
    {"--verbose", "", "Show the output of hooks that succeed, too.", {}, 'v'},
};

}  // namespace

constinit const Command run_command = {
    "run",
    "Run a backup or a restore with its hooks around it.",
    "(backup|restore) [OPTION…] FILE (-- COMMAND… | --phase PHASE)",
    "The file is checked first; nothing runs if it has errors. Then: pre hooks in order, COMMAND, "
    "the releases of "
    "holds, post hooks by their policy. A pre hook that fails skips COMMAND. Ctrl-C ends COMMAND "
    "and everything it "
    "started; releases and post hooks still run.\n\n"
    "Backup tools that call before and after their work use `--phase pre` and then `--phase post`: "
    "no command runs "
    "between them, and what the first one holds the second one releases.\n\n"
    "A param takes its value from -p, else from the variable HOOK_PARAM_NAME, else from --params, "
    "else from the "
    "environment block, else from its default.\n\n"
    "Exit codes: 0 the session succeeded or was skipped, 1 it failed or the file has errors, 2 "
    "wrong use (nothing was "
    "run), 3 a file that cannot be read.\n",
    options,
    Words::Files,
    "  hookc run backup orders.hook -- restic backup /srv/orders\n"
    "  hookc run restore orders.hook --local cluster.yaml -p attempts=5 -- ./restore.sh\n"
    "  hookc run backup orders.hook --dry-run -- true\n"
    "  id=$(hookc run backup orders.hook --phase pre)\n"
    "  hookc run backup orders.hook --phase post --session $id --outcome succeeded\n"
    "  hookc run backup orders.hook --format jsonl -- ./dump.sh > session.jsonl\n"
    "  hookc run backup orders.hook --report html=last.html -- ./dump.sh\n",
    become_session,
};

}  // namespace hookc::cli
