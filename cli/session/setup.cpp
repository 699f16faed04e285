#include "cli/session/setup.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/terminal.hpp"

namespace hookc::cli {

namespace {

std::string minute(std::int64_t unix_ms) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC",
                     fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)));
}

/// Why a hold cannot be had, and what to do about it.
std::string refusal_of(const journal::Conflict& conflict) {
  if (conflict.owner_lives)
    return fmt::format("session {} holds it at this moment", conflict.session);
  switch (conflict.state) {
    case journal::State::Waiting:
      return fmt::format("session {} holds it until its post phase: run that, or `hookc recover`",
                         conflict.session);
    case journal::State::Running:
      return fmt::format(
          "session {} still holds it, for its process was killed: run `hookc recover`",
          conflict.session);
    case journal::State::Ended:
      return fmt::format("session {} still holds it, for its release failed: run `hookc recover`",
                         conflict.session);
  }
  return {};
}

std::string refusal_of(const std::string& name, const journal::Summary& holder) {
  const std::string held = fmt::format("`exclusive \"{}\"` is held by session {} since {}", name,
                                       holder.id, minute(holder.started));
  if (holder.owner_lives) return held;
  if (holder.state == journal::State::Waiting)
    return held + ", which waits for its post phase: run that, or `hookc recover`";
  return fmt::format("{}, whose process was killed while it held {}: run `hookc recover`", held,
                     fmt::join(holder.owed, ", "));
}

engine::Frame frame_of(const plan::Plan& plan, const engine::Inputs& inputs, const Shown& shown,
                       io::Loop& loop) {
  return {plan, inputs, shown.started != 0 ? shown.started : loop.now()};
}

Progress::Options options_of(const Shown& shown, journal::Journal* journal) {
  Progress::Options options{shown.json, shown.verbose, !shown.json && stderr_is_live(),
                            use_color_on_stderr()};
  options.lines_before = shown.lines_before;
  options.announced = shown.announced;
  if (journal != nullptr || shown.reports != nullptr) {
    options.keep_line = [journal, reports = shown.reports](std::string line) {
      if (reports != nullptr) reports->line(line);
      if (journal != nullptr) journal->event(std::move(line));
    };
  }
  return options;
}

}  // namespace

Exit refuse(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) fmt::print(stderr, "error: {}\n", problem);
  fmt::print(stderr, "nothing was run\n");
  return Exit::Usage;
}

bool needs_cluster(const plan::Task& task) {
  struct {
    bool operator()(const plan::HttpRequest& r) const {
      return std::holds_alternative<plan::PodEndpoint>(r.where);
    }
    bool operator()(const plan::TcpConnect& r) const {
      return std::holds_alternative<plan::PodEndpoint>(r.where);
    }
    bool operator()(const plan::Exec& r) const { return r.place != plan::Exec::Place::Local; }
    bool operator()(const plan::Scale&) const { return true; }
    bool operator()(const plan::Wait&) const { return true; }
    bool operator()(const plan::ScaleBack&) const { return true; }
    bool operator()(const plan::SessionStdin&) const { return false; }
  } needs;
  return std::visit(needs, task.action);
}

engine::Abilities abilities() {
  engine::Abilities abilities;
  abilities.functions = abilities.scale = abilities.wait = abilities.sessions = true;
  return abilities;
}

std::expected<std::unique_ptr<io::LocalCluster>, std::string> read_cluster(
    io::Loop& loop, const std::vector<std::string>& manifests) {
  if (manifests.empty()) return nullptr;
  auto read = io::LocalCluster::read(manifests);
  if (!read) return std::unexpected(std::move(read.error()));
  return std::make_unique<io::LocalCluster>(loop, std::move(*read));
}

std::expected<void, std::string> go_to(const std::string& working_directory) {
  if (::chdir(working_directory.c_str()) == 0) return {};
  return std::unexpected(fmt::format("cannot go to `{}`, where the session was started: {}",
                                     working_directory, std::strerror(errno)));
}

std::expected<std::vector<io::Keeper::Refusal>, std::string> JournalKeeper::save(
    const engine::Save& save, bool now) {
  const auto conflicts = journal_.save(save, now);
  if (!conflicts) return std::unexpected(conflicts.error());
  std::vector<Refusal> refusals;
  for (const journal::Conflict& conflict : *conflicts)
    refusals.push_back({conflict.step, refusal_of(conflict)});
  return refusals;
}

std::expected<std::optional<std::string>, std::string> JournalKeeper::take_exclusive(
    const std::string& name) {
  const auto holder = journal_.take_exclusive(name);
  if (!holder) return std::unexpected(holder.error());
  if (!*holder) return std::nullopt;
  return refusal_of(name, **holder);
}

Staged::Staged(io::Loop& loop, const plan::Plan& plan, engine::Inputs inputs,
               journal::Journal* journal, const Shown& shown)
    : loop_(loop),
      plan_(plan),
      inputs_(std::move(inputs)),
      journal_(journal),
      reports_(shown.reports),
      progress_(loop, frame_of(plan, inputs_, shown, loop), options_of(shown, journal)) {}

engine::SessionResult Staged::run() {
  std::optional<JournalKeeper> keeper;
  if (journal_ != nullptr) world.keeper = &keeper.emplace(*journal_);
  world.on_report = [this](const engine::Report& report) { progress_.report(report); };
  const engine::Part part = inputs_.part;
  engine::SessionResult result =
      io::run_session(loop_, plan_, std::move(inputs_), std::move(world));
  progress_.result(result);
  if (journal_ != nullptr) {
    const bool waits = part == engine::Part::Pre || result.status == engine::SessionStatus::Waiting;
    if (const auto ended = journal_->end(waits ? journal::State::Waiting : journal::State::Ended);
        !ended) {
      fmt::print(stderr, "warning: {}; `hookc history` does not know how this session ended\n",
                 ended.error());
    }
  }
  progress_.flush();
  if (reports_ != nullptr) reports_->write();
  return result;
}

Exit exit_of(const engine::SessionResult& result) {
  switch (result.status) {
    case engine::SessionStatus::Waiting:
    case engine::SessionStatus::Succeeded:
    case engine::SessionStatus::Skipped: return Exit::Ok;
    case engine::SessionStatus::Failed: return Exit::Findings;
    case engine::SessionStatus::Running: break;
  }
  return fault("the session did not come to an end");
}

}  // namespace hookc::cli
