#include "cli/session/recover.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/param_values.hpp"
#include "cli/session/dry_run.hpp"
#include "cli/session/setup.hpp"
#include "compiler/plan/json.hpp"
#include "interpreter/io/inputs.hpp"
#include "interpreter/journal/journal.hpp"

namespace hookc::cli {

namespace {

using journal::Journal;
using journal::Stored;
using journal::Summary;

struct Options {
  std::vector<std::string> ids;
  std::string directory;
  bool json = false, verbose = false, dry = false, freed = false;
};

std::string count(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string_view word(engine::Operation operation) {
  return operation == engine::Operation::Backup ? "backup" : "restore";
}

/// The holds whose release is owed, by step id.
std::vector<std::uint32_t> owed(const engine::Past& past) {
  std::vector<std::uint32_t> steps;
  for (std::uint32_t id = 0; id < past.steps.size(); ++id) {
    if (past.steps[id].hold && engine::owes_release(*past.steps[id].hold)) steps.push_back(id);
  }
  return steps;
}

/// A limit of a hold that is still owed has passed.
bool expired(const engine::Past& past, engine::Millis now) {
  return std::ranges::any_of(past.steps, [&](const engine::StepPast& step) {
    return step.hold && engine::owes_release(*step.hold) && step.hold->limit > 0 &&
           step.hold->since + step.hold->limit <= now;
  });
}

/// Goes through the sessions of one journal.
class Recovery {
 public:
  Recovery(Journal journal, Options options)
      : journal_(std::move(journal)), options_(std::move(options)) {}

  Exit run() {
    const auto sessions = journal_.list();
    if (!sessions) return fault(sessions.error());
    for (const std::string& id : options_.ids) {
      if (std::ranges::find(*sessions, id, &Summary::id) == sessions->end())
        return usage_error(nullptr, fmt::format("there is no session `{}` in `{}`; "
                                                "`hookc history` lists them",
                                                id, options_.directory));
    }
    for (const Summary& session : *sessions) consider(session);
    return conclude();
  }

 private:
  void say(std::string_view text) const { fmt::print(stderr, "{}\n", text); }
  void failed(std::string_view error) {
    fault(error);
    broken_ = true;
  }

  bool named(const std::string& id) const {
    return std::ranges::find(options_.ids, id) != options_.ids.end();
  }

  void consider(const Summary& session) {
    if (!options_.ids.empty() && !named(session.id)) return;
    if (session.state == journal::State::Ended && session.owed.empty()) {
      if (named(session.id)) say(fmt::format("session {} has ended and holds nothing", session.id));
      return;
    }
    if (session.owner_lives) {
      say(fmt::format("session {} ({}) is left alone: its hookc is at work", session.id,
                      session.program));
      return;
    }
    auto part = engine::Part::Recover;
    if (session.state == journal::State::Waiting && !named(session.id)) {
      const auto stored = journal_.load(session.id);
      if (!stored) return failed(stored.error());
      if (!expired(stored->past, loop_.now())) {
        say(
            fmt::format("session {} ({}) is left alone: it waits for `--phase post`; "
                        "`hookc recover {}` ends it",
                        session.id, session.program, session.id));
        return;
      }
      part = engine::Part::Expire;
    }
    if (options_.dry) return show(session.id, part);
    auto stored = journal_.take_over(session.id);
    if (!stored) return not_taken(session, stored.error());
    if (options_.freed) {
      free_by_hand(*stored);
    } else {
      recover(*stored, part);
    }
  }

  /// Another `hookc recover` may have been first; then all is well.
  void not_taken(const Summary& session, const std::string& error) {
    const auto now = journal_.load(session.id);
    if (!now) return failed(now.error());
    const bool over = now->summary.state == journal::State::Ended && now->summary.owed.empty();
    if (!over && !now->summary.owner_lives) return failed(error);
    say(fmt::format("session {} ({}) is left alone: another hookc is at work on it", session.id,
                    session.program));
  }

  void show(const std::string& id, engine::Part part) {
    const auto stored = journal_.load(id);
    if (!stored) return failed(stored.error());
    const auto plan = plan::parse_plan(stored->session.plan_json);
    if (!plan) return failed(plan.error());
    engine::Inputs inputs = stored->session.inputs;
    inputs.part = part;
    inputs.secrets = engine::placeholder_secrets(*plan);
    fmt::print("session {} ({})\n", id, stored->session.program);
    dry_run(*plan, std::move(inputs), nullptr, {}, &stored->past, loop_.now());
    ++recovered_;
  }

  void free_by_hand(Stored& stored) {
    engine::Save save;
    for (const std::uint32_t id : owed(stored.past)) {
      engine::StepPast& step = stored.past.steps[id];
      step.hold->settled = true;
      for (engine::HeldTarget& target : step.hold->targets) target.effect = engine::Effect::Idle;
      step.release.phase = engine::StepPhase::Skipped;
      step.release.reason = "freed by hand";
      step.release.by_hand.clear();
      save.steps.emplace_back(id, step);
    }
    engine::SessionPast& session = stored.past.session;
    if (stored.summary.state != journal::State::Ended) {
      session.status = engine::SessionStatus::Failed;
      if (session.reason.empty()) session.reason = "what it held was freed by hand";
      session.ended = loop_.now();
      save.session = session;
    }
    const std::size_t holds = save.steps.size();
    if (const auto saved = journal_.save(save, true); !saved) {
      if (const auto left = journal_.end(journal::State::Running); !left) failed(left.error());
      return failed(saved.error());
    }
    if (const auto ended = journal_.end(journal::State::Ended); !ended)
      return failed(ended.error());
    say(fmt::format("session {}: {} written down as freed", stored.session.id,
                    count(holds, "hold")));
    ++recovered_;
  }

  void recover(Stored& stored, engine::Part part);
  Exit conclude() const;

  Journal journal_;
  Options options_;
  io::Loop loop_;
  // Between two sessions, too, no signal may drop a release.
  io::SignalWatcher on_int_{loop_, SIGINT, [] {}};
  io::SignalWatcher on_term_{loop_, SIGTERM, [] {}};
  std::size_t recovered_ = 0;
  std::size_t still_held_ = 0;
  bool broken_ = false;
};

/// Why releases of a session cannot be started, by step; the engine then says what stays held and
/// how it is freed by hand.
std::map<std::uint32_t, std::string> obstacles(
    const plan::Plan& plan, const std::vector<std::uint32_t>& holds,
    const std::string& no_directory, const std::string& no_cluster,
    const std::map<std::uint32_t, std::string>& missing) {
  std::map<std::uint32_t, std::string> out;
  for (const std::uint32_t id : holds) {
    const plan::Task& release = plan.steps[id].hold->release;
    if (!no_directory.empty() && std::holds_alternative<plan::Exec>(release.action)) {
      out[id] = no_directory;
    } else if (!no_cluster.empty() && needs_cluster(release)) {
      out[id] = no_cluster;
    } else if (const auto secret = missing.find(id); secret != missing.end()) {
      out[id] = secret->second;
    }
  }
  return out;
}

std::string_view state_word(journal::State state, engine::Part part) {
  if (part == engine::Part::Expire) return "has waited past a limit";
  switch (state) {
    case journal::State::Running: return "did not end";
    case journal::State::Waiting: return "does not get its post phase";
    case journal::State::Ended: return "left something held";
  }
  return "";
}

void Recovery::recover(Stored& stored, engine::Part part) {
  const journal::NewSession& session = stored.session;
  const auto plan = plan::parse_plan(session.plan_json);
  if (!plan) {
    if (const auto left = journal_.end(stored.summary.state); !left) failed(left.error());
    return failed(plan.error());
  }
  const std::vector<std::uint32_t> holds = owed(stored.past);
  if (!options_.json) {
    say(fmt::format("{} session {} of `{}` {}: {}", word(session.inputs.operation), session.id,
                    session.program, state_word(stored.summary.state, part),
                    holds.empty() ? "it holds nothing" : count(holds.size(), "release") + " owed"));
  }
  if (stored.summary.state == journal::State::Waiting && part == engine::Part::Recover &&
      !stored.past.session.bound_to_fail) {
    stored.past.session.bound_to_fail = true;
    stored.past.session.reason = "`hookc recover` ended it before its post phase";
  }

  const auto there = go_to(session.working_directory);
  auto cluster = read_cluster(loop_, session.manifests);
  io::Cluster* const pods = cluster ? cluster->get() : nullptr;
  io::ReleaseSecrets secrets =
      io::fetch_release_secrets(*plan, holds, session.inputs.params, process_variable, pods);
  engine::Inputs inputs = session.inputs;
  inputs.part = part;
  inputs.secrets = std::move(secrets.secrets.declared);
  const std::vector<std::string> placeholders = engine::placeholder_secrets(*plan);
  for (std::size_t i = 0; i < inputs.secrets.size(); ++i) {
    // The command by hand is shown with *** where a secret is missing.
    if (inputs.secrets[i].empty()) inputs.secrets[i] = placeholders[i];
  }
  for (const auto& [source, text] : secrets.secrets.sources) inputs.extra_secrets.push_back(text);

  const auto lines = journal_.events(session.id);
  Staged staged(loop_, *plan, std::move(inputs), &journal_,
                {.json = options_.json,
                 .verbose = options_.verbose,
                 .lines_before = lines ? lines->size() : 0,
                 .started = stored.past.session.started,
                 .announced = true});
  staged.world.cluster = pods;
  staged.world.secrets = std::move(secrets.secrets.sources);
  staged.world.past = &stored.past;
  staged.world.cannot_release = obstacles(*plan, holds, there ? "" : there.error(),
                                          cluster ? "" : cluster.error(), secrets.missing);
  const engine::SessionResult result = staged.run();
  ++recovered_;
  still_held_ += result.still_held.size();
  // What could not be written is done again by the next recovery.
  const auto now = journal_.load(session.id);
  if (!now) return failed(now.error());
  broken_ = broken_ || now->summary.state == journal::State::Running;
}

Exit Recovery::conclude() const {
  if (broken_) return Exit::Fault;
  if (still_held_ != 0) {
    fmt::print(stderr,
               "{} still held: `hookc recover` tries again; what was freed by hand is written down "
               "with `hookc recover --freed ID`\n",
               still_held_ == 1 ? "1 hold is" : fmt::format("{} holds are", still_held_));
    return Exit::Findings;
  }
  if (options_.json || options_.freed) return Exit::Ok;
  if (recovered_ == 0) {
    fmt::print(stderr, "nothing to recover in `{}`\n", options_.directory);
  } else if (!options_.dry) {
    fmt::print(stderr, "recovered {}: nothing of {} is held any more\n",
               count(recovered_, "session"), recovered_ == 1 ? "it" : "them");
  }
  return Exit::Ok;
}

}  // namespace

Exit recover_sessions(const Arguments& given) {
  Options options;
  options.ids.assign(given.words.begin(), given.words.end());
  options.directory = journal::state_directory(std::string(given.value("--state").value_or("")));
  options.json = given.value("--format").value_or("text") == "jsonl";
  options.verbose = given.has("--verbose");
  options.dry = given.has("--dry-run");
  options.freed = given.has("--freed");
  if (options.freed && options.ids.empty())
    return usage_error(given.command, "say which sessions: `hookc recover --freed ID…`");
  if (options.freed && options.dry)
    return usage_error(given.command, "`--freed` runs nothing, so `--dry-run` says nothing of it");
  if (options.json && (options.dry || options.freed)) {
    return usage_error(given.command, fmt::format("`--format jsonl` tells what is run, and with "
                                                  "`{}` nothing is",
                                                  options.dry ? "--dry-run" : "--freed"));
  }
  if (!journal::exists(options.directory)) {
    // A directory that is not there is not made for this.
    if (!options.ids.empty())
      return usage_error(given.command, fmt::format("there is no session `{}` in `{}`",
                                                    options.ids.front(), options.directory));
    if (!options.json) fmt::print(stderr, "nothing to recover in `{}`\n", options.directory);
    return Exit::Ok;
  }
  auto journal =
      options.dry ? Journal::open_to_read(options.directory) : Journal::open(options.directory);
  if (!journal) return fault(journal.error());
  return Recovery(std::move(*journal), std::move(options)).run();
}

}  // namespace hookc::cli
