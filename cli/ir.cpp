#include "compiler/query/ir/ir.hpp"

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"
#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/render.hpp"
#include "compiler/plan/json.hpp"
#include "compiler/plan/text.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::cli {

namespace {

constexpr std::string_view stage_words[] = {"tokens", "tree", "ast", "program", "plan"};
constexpr std::string_view format_words[] = {"text", "json"};
constexpr std::string_view when_words[] = {"auto", "always", "never"};

constexpr Option options[] = {
    {"--stage", "STAGE",
     "tokens, tree (the syntax), ast (the declarations; the default), program (names resolved, "
     "types), plan (what would "
     "run).",
     stage_words, 's'},
    {"--format", "FORMAT",
     "text (the default), an outline with lines and columns; json, with byte offsets.",
     format_words, 'f'},
    {"--stdin-filename",
     "NAME",
     "The name under which standard input is reported. Default: <stdin>.",
     {}},
    {"--color", "WHEN",
     "For findings: auto (the default: on a terminal, unless NO_COLOR is set or TERM is dumb), "
     "always, never.",
     when_words},
};

Exit run(const Arguments& given) {
  if (given.words.size() != 1) return usage_error(given.command, "one file is needed");
  std::string path(given.words.front());
  auto text = read_input(path);
  if (!text) {
    std::string message = "cannot read `";
    render::append_terminal(message, text.error().path);
    return fault(message + "`: " + text.error().reason);
  }
  if (path == "-") path = given.value("--stdin-filename").value_or("<stdin>");

  const Disk disk;
  query::Workspace workspace(disk);
  workspace.set(path, std::move(*text));
  const query::Snapshot snapshot = workspace.snapshot();
  const std::string_view stage = given.value("--stage").value_or("ast");
  const ir::Format format = given.value("--format") == "json" ? ir::Format::Json : ir::Format::Text;

  std::string out;
  std::vector<Diagnostic> findings;
  if (stage == "tokens" || stage == "tree" || stage == "ast") {
    // What is said about the syntax is not said twice: these stages show it, and `check` explains
    // it.
    const auto tree = snapshot.tree(path);
    if (stage == "tokens") out = dump_tokens(snapshot.sources(), *tree, format);
    if (stage == "tree") out = dump_tree(snapshot.sources(), *tree, format);
    if (stage == "ast") out = dump_ast(snapshot.sources(), *snapshot.module(path), format);
    return print(out);
  }
  if (stage == "program") {
    findings = snapshot.diagnostics(path);
    out = dump_program(snapshot.sources(), *snapshot.program(path), format);
  } else if (const auto plan = snapshot.plan(path)) {
    out = format == ir::Format::Json ? plan::to_json(**plan, true) : plan::to_text(**plan);
    if (!out.ends_with('\n')) out += '\n';
  } else {
    findings = plan.error();
  }
  std::erase_if(findings, [](const Diagnostic& d) { return d.severity != Severity::Error; });
  if (!findings.empty()) {
    render::Options render_options;
    render_options.color = use_color(given.value("--color").value_or("auto"));
    std::string report;
    const FileId checked[] = {*snapshot.file(path)};
    render::write(render::Format::Text, {snapshot.sources(), findings, checked}, render_options,
                  report);
    std::fwrite(report.data(), 1, report.size(), stderr);
  }
  const Exit printed = print(out);
  return printed == Exit::Ok && !findings.empty() ? Exit::Findings : printed;
}

}  // namespace

constinit const Command ir_command = {
    "ir",
    "Show a file as one of the compiler's stages sees it.",
    "[OPTION…] FILE|-",
    "For those who build tools on hook files, or work on hookc. The JSON says its version in its "
    "first field "
    "(`hookc_ir`, of a plan `hookc_plan`) and is described by docs/reference/ir.schema.json. A "
    "file with mistakes has "
    "tokens, tree, ast and, as far as it goes, program; only a program without errors has a "
    "plan.\n\n"
    "Exit codes: 0 printed, 1 program or plan of a file with errors, 2 wrong use, 3 a file that "
    "cannot be read.\n",
    options,
    Words::Files,
    "  hookc ir --stage tree a.hook\n"
    "  hookc ir --stage plan --format json a.hook | jq .steps\n",
    run,
};

}  // namespace hookc::cli
