#include "cli/session/history.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "cli/session/progress.hpp"
#include "cli/session/reports.hpp"
#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/json.hpp"
#include "interpreter/core/context.hpp"
#include "interpreter/core/report.hpp"
#include "interpreter/journal/journal.hpp"

namespace hookc::cli {

namespace {

using journal::Summary;
using plan::Value;

/// The version of the JSON documents (docs/reference/history.md): a new field comes under the same
/// version, a changed or removed one is a new version.
constexpr std::int64_t kHistoryVersion = 1;

std::string utc(engine::Millis unix_ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)));
}

std::string_view word(engine::Operation operation) {
  return operation == engine::Operation::Backup ? "backup" : "restore";
}

/// What became of it, in one word: its status once it has ended.
std::string_view word(const Summary& session) {
  switch (session.state) {
    case journal::State::Running: return session.owner_lives ? "Running" : "Died";
    case journal::State::Waiting: return "Waiting";
    case journal::State::Ended: return engine::to_text(session.status);
  }
  return "";
}

std::string reason_of(const Summary& session) {
  if (session.reason.empty() && word(session) == "Died")
    return session.owed.empty() ? "hookc died"
                                : "hookc died; `hookc recover` releases what it holds";
  return engine::one_line(session.reason);
}

std::string_view held_word(const Summary& session) {
  const bool at_work = session.owner_lives || session.state == journal::State::Waiting;
  return at_work ? "holds" : "still held";
}

// ---- text ----

void print_lines(const std::vector<Summary>& sessions) {
  for (const Summary& session : sessions) {
    const std::string took = session.ended > session.started
                                 ? engine::spoken(session.ended - session.started)
                                 : std::string("-");
    fmt::print("{}  {}  {:<7}  {:<9}  {:>8}  {}\n", session.id, utc(session.started),
               word(session.operation), word(session), took, session.program);
    if (const std::string reason = reason_of(session); !reason.empty())
      fmt::print("    {}\n", reason);
    for (const std::string& title : session.owed)
      fmt::print("    {}: {}\n", held_word(session), title);
  }
}

void print_session(const journal::Stored& stored, const plan::Plan& plan,
                   const std::vector<std::string>& lines) {
  const Summary& summary = stored.summary;
  fmt::print("{} session {} of `{}`, started {}\n", word(summary.operation), summary.id,
             stored.session.program, utc(summary.started));
  const engine::Frame frame(plan, stored.session.inputs, 0);
  std::fflush(stdout);  // what follows goes to the same descriptor, past its buffer
  io::Loop loop;
  Progress progress(loop, frame,
                    {.json = false, .verbose = true, .text_to = STDOUT_FILENO, .announced = true});
  bool begun = false;
  for (const std::string& line : lines) {
    const auto report = engine::parse_event(line);
    if (!report) continue;
    if (report->kind == engine::Report::Kind::SessionStarted && std::exchange(begun, true))
      progress.line(
          fmt::format("carried on by another hookc {}", utc(summary.started + report->at)));
    progress.report(*report);
  }
  progress.flush();
  const engine::SessionResult result = engine::result_of(stored.past);
  if (summary.state == journal::State::Ended) {
    progress.result(result);
    return progress.flush();
  }
  fmt::print("{} session {}{}\n", word(summary.operation), word(summary),
             summary.reason.empty() ? "" : ": " + engine::one_line(summary.reason));
  for (std::size_t id = 0; id < result.steps.size() && word(summary) == "Died"; ++id) {
    if (result.steps[id].phase == engine::StepPhase::Running)
      fmt::print("under way when hookc died: {}\n", frame.titles[id]);
    if (result.releases[id].phase == engine::StepPhase::Running)
      fmt::print("under way when hookc died: release of {}\n", frame.titles[id]);
  }
  for (const std::uint32_t id : result.still_held) {
    const plan::Origin& origin = plan.steps[id].task.origin;
    fmt::print("{}: {} ({}:{})\n", held_word(summary), frame.titles[id], origin.file, origin.line);
  }
  if (word(summary) == "Died" && !result.still_held.empty())
    fmt::print("`hookc recover` releases it; with --dry-run it shows how\n");
}

// ---- JSON ----

Value text(std::string_view value) {
  return Value{std::string(value)};
}

Value::Object summary_json(const Summary& session) {
  Value::Object out;
  out.push_back({"id", text(session.id)});
  out.push_back({"program", text(session.program)});
  out.push_back({"operation", text(word(session.operation))});
  out.push_back({"state", text(word(session))});
  out.push_back({"started", text(utc(session.started))});
  if (session.ended > session.started) {
    out.push_back({"ended", text(utc(session.ended))});
    out.push_back({"took_ms", Value{session.ended - session.started}});
  }
  if (session.outcome != engine::Outcome::Open)
    out.push_back({"outcome", text(engine::to_text(session.outcome))});
  if (!session.reason.empty()) out.push_back({"reason", text(session.reason)});
  return out;
}

Value titles_json(const std::vector<std::string>& titles) {
  Value::List out;
  for (const std::string& title : titles) out.push_back(text(title));
  return {std::move(out)};
}

Value held_json(const journal::Stored& stored, const plan::Plan& plan) {
  const std::vector<std::string> titles = engine::titles(plan);
  const engine::SessionResult result = engine::result_of(stored.past);
  Value::List out;
  for (const std::uint32_t id : result.still_held) {
    const plan::Step& step = plan.steps[id];
    Value::Object hold;
    hold.push_back({"id", Value{std::int64_t{id}}});
    hold.push_back({"name", text(step.name)});
    hold.push_back({"title", text(titles[id])});
    hold.push_back({"file", text(step.task.origin.file)});
    hold.push_back({"line", Value{std::int64_t{step.task.origin.line}}});
    hold.push_back({"by_hand", titles_json(result.releases[id].by_hand)});
    out.push_back({std::move(hold)});
  }
  return {std::move(out)};
}

Exit print_json(Value::Object document) {
  Value::Object out;
  out.push_back({"version", Value{kHistoryVersion}});
  for (Value::Field& field : document) out.push_back(std::move(field));
  return print(plan::to_pretty_json(Value{std::move(out)}) + "\n");
}

// ---- reports ----

/// What the journal knows of a session that did not come to its end, as the line that it lacks.
std::string result_line(const journal::Stored& stored, const plan::Plan& plan,
                        std::uint64_t sequence) {
  const engine::Frame frame(plan, stored.session.inputs, stored.past.session.started);
  engine::SessionResult result = engine::result_of(stored.past);
  result.ended = std::max(result.ended, result.started);
  for (const auto* runs : {&result.steps, &result.releases}) {
    for (const engine::StepResult& run : *runs)
      result.ended = std::max({result.ended, run.started, run.ended});
  }
  return engine::result_json(frame, result, sequence, utc(result.ended));
}

/// When the last session before this one of the same program and operation succeeded.
engine::Millis last_success(const std::vector<Summary>& sessions, const Summary& session) {
  engine::Millis last = 0;
  for (const Summary& other : sessions) {
    if (other.program == session.program && other.operation == session.operation &&
        other.state == journal::State::Ended && other.status == engine::SessionStatus::Succeeded &&
        other.started < session.started)
      last = std::max(last, other.ended);
  }
  return last;
}

Exit print_report(ReportKind kind, const journal::Stored& stored, const plan::Plan& plan,
                  std::vector<std::string> lines, const std::vector<Summary>& sessions) {
  if (stored.summary.state == journal::State::Running)
    lines.push_back(result_line(stored, plan, lines.size() + 1));
  const auto text = render_report(kind, lines, last_success(sessions, stored.summary));
  if (!text)
    return fault(fmt::format("session {} in the journal: {}", stored.summary.id, text.error()));
  return print(*text);
}

// ---- the command ----

Exit no_such_session(const Arguments& given, std::string_view id) {
  return usage_error(
      given.command,
      fmt::format("there is no session `{}` in the journal; `hookc history` lists them", id));
}

/// `all`: how many there are, `sessions` among them.
Exit print_list(const std::vector<Summary>& sessions, std::size_t all, bool json,
                const std::string& directory) {
  if (json) {
    Value::List out;
    for (const Summary& session : sessions) {
      Value::Object one = summary_json(session);
      one.push_back({"held", titles_json(session.owed)});
      out.push_back({std::move(one)});
    }
    Value::Object document;
    document.push_back({"sessions", Value{std::move(out)}});
    document.push_back({"more", Value{static_cast<std::int64_t>(all - sessions.size())}});
    return print_json(std::move(document));
  }
  print_lines(sessions);
  if (sessions.empty()) fmt::print(stderr, "no session in `{}` yet\n", directory);
  if (all > sessions.size())
    fmt::print(stderr, "{} older sessions; `--limit 0` shows all\n", all - sessions.size());
  return Exit::Ok;
}

Exit list(const journal::Journal& journal, std::size_t limit, bool json,
          const std::string& directory) {
  auto sessions = journal.list();
  if (!sessions) return fault(sessions.error());
  const std::size_t all = sessions->size();
  if (limit != 0 && all > limit) sessions->resize(limit);
  return print_list(*sessions, all, json, directory);
}

Exit one(const journal::Journal& journal, const std::string& id, std::string_view format,
         const Arguments& given) {
  const auto known = journal.list();
  if (!known) return fault(known.error());
  if (std::ranges::find(*known, id, &Summary::id) == known->end())
    return no_such_session(given, id);
  const auto stored = journal.load(id);
  if (!stored) return fault(stored.error());
  const auto plan = plan::parse_plan(stored->session.plan_json);
  if (!plan) return fault(plan.error());
  const auto lines = journal.events(id);
  if (!lines) return fault(lines.error());
  if (const auto kind = report_kind(format))
    return print_report(*kind, *stored, *plan, *lines, *known);
  if (format == "text") {
    print_session(*stored, *plan, *lines);
    return Exit::Ok;
  }
  Value::Object session = summary_json(stored->summary);
  session.push_back({"working_directory", text(stored->session.working_directory)});
  session.push_back({"held", held_json(*stored, *plan)});
  Value::List events;
  for (const std::string& line : *lines) {
    if (auto event = plan::parse_json(line)) events.push_back(std::move(*event));
  }
  session.push_back({"events", Value{std::move(events)}});
  Value::Object document;
  document.push_back({"session", Value{std::move(session)}});
  return print_json(std::move(document));
}

}  // namespace

Exit show_history(const Arguments& given) {
  if (given.words.size() > 1)
    return usage_error(given.command, fmt::format("`{}`: one session at a time", given.words[1]));
  std::size_t limit = 20;
  if (const auto wanted = given.value("--limit")) {
    const std::string digits(*wanted);
    const char* const end = digits.c_str() + digits.size();
    const auto [last, error] = std::from_chars(digits.c_str(), end, limit);
    if (error != std::errc() || last != end)
      return usage_error(given.command, fmt::format("`--limit {}` is not a number", *wanted));
  }
  const std::string directory =
      journal::state_directory(std::string(given.value("--state").value_or("")));
  const std::string_view format = given.value("--format").value_or("text");
  const bool json = format == "json";
  if (given.words.empty() && report_kind(format))
    return usage_error(given.command,
                       fmt::format("`--format {}` shows one session: give its ID", format));
  if (!journal::exists(directory)) {
    if (!given.words.empty()) return no_such_session(given, given.words[0]);
    return print_list({}, 0, json, directory);
  }
  const auto journal = journal::Journal::open_to_read(directory);
  if (!journal) return fault(journal.error());
  return given.words.empty() ? list(*journal, limit, json, directory)
                             : one(*journal, std::string(given.words[0]), format, given);
}

}  // namespace hookc::cli
