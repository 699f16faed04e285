#include "cli/session/run.hpp"

#include <sys/random.h>

#include <cstdlib>
#include <ctime>
#include <expected>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/analysis.hpp"
#include "cli/param_values.hpp"
#include "cli/session/dry_run.hpp"
#include "cli/session/reports.hpp"
#include "cli/session/setup.hpp"
#include "cli/terminal.hpp"
#include "compiler/plan/json.hpp"
#include "interpreter/io/inputs.hpp"

namespace hookc::cli {

namespace {

/// Sorts by time, and does not repeat: "20261122T180512Z-3fa9c1".
std::string new_session_id(std::time_t now) {
  unsigned char bytes[3] = {};
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    bytes[0] = static_cast<unsigned char>(std::rand());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:02x}{:02x}{:02x}", fmt::gmtime(now), bytes[0], bytes[1],
                     bytes[2]);
}

/// The first step of the operation that needs a cluster; nothing if none does.
std::optional<std::uint32_t> step_in_cluster(const plan::Plan& plan, engine::Operation operation) {
  const plan::OperationPlan& steps =
      operation == engine::Operation::Backup ? plan.backup : plan.restore;
  for (const auto* side : {&steps.pre, &steps.post}) {
    for (const plan::Group& group : *side) {
      for (const std::uint32_t id : group) {
        const plan::Step& step = plan.steps[id];
        if (needs_cluster(step.task) || (step.hold && needs_cluster(step.hold->release))) return id;
      }
    }
  }
  return std::nullopt;
}

/// What the command line says; views into argv.
struct Request {
  const Arguments& given;
  engine::Operation operation{};
  std::string file;
  std::vector<std::string> command;  // of the operation
  std::optional<std::string_view> outcome, phase;
  bool json = false;
  bool dry = false;
  Reports reports = {};

  Shown shown() { return {json, given.has("--verbose"), reports.wanted() ? &reports : nullptr}; }
  std::string_view operation_name() const { return given.words[0]; }
};

/// The error is a line for the user.
std::expected<Request, std::string> read_request(const Arguments& given,
                                                 std::vector<std::string> command,
                                                 bool has_dashes) {
  if (given.words.empty() || (given.words[0] != "backup" && given.words[0] != "restore")) {
    return std::unexpected(
        "say which operation: `hookc run backup FILE -- COMMAND…` or `hookc run restore …`");
  }
  if (given.words.size() < 2) return std::unexpected("name the hook file");
  if (given.words.size() > 2) {
    return std::unexpected(
        has_dashes
            ? fmt::format("`{}`: one hook file a session", given.words[2])
            : fmt::format("`{}`: the command of the operation stands after `--`", given.words[2]));
  }
  Request request{
      given,
      given.words[0] == "backup" ? engine::Operation::Backup : engine::Operation::Restore,
      std::string(given.words[1]),
      std::move(command),
      given.value("--outcome"),
      given.value("--phase"),
      given.value("--format").value_or("text") == "jsonl",
      given.has("--dry-run")};
  if (!request.phase) {
    if (given.has("--session"))
      return std::unexpected("`--session` names a session for `--phase post`");
    if (request.outcome && !request.command.empty())
      return std::unexpected("`--outcome` stands instead of a command");
    if (!request.outcome && request.command.empty())
      return std::unexpected(
          "say what to run between the hooks: `-- COMMAND…` (`-- true` for nothing)");
    return request;
  }
  if (request.dry) return std::unexpected("`--dry-run` shows a whole session: leave `--phase` out");
  if (!request.command.empty()) {
    return std::unexpected(fmt::format(
        "`--phase {}` runs no command: its caller does, between the two phases", *request.phase));
  }
  if (*request.phase == "pre") {
    if (request.outcome) return std::unexpected("`--outcome` belongs to `--phase post`");
    if (given.has("--session"))
      return std::unexpected(
          "`--phase pre` makes a session, and prints the id that `--session` takes");
    return request;
  }
  if (!given.has("--session"))
    return std::unexpected("`--phase post` takes the id that `--phase pre` printed: --session ID");
  if (!request.outcome) {
    return std::unexpected(
        "`--phase post` must know how the operation went: --outcome succeeded, failed or skipped");
  }
  for (const std::string_view name :
       {"--param", "--params", "--env", "--namespace", "--target", "--local"}) {
    if (given.has(name))
      return std::unexpected(fmt::format("`{}` belongs to `--phase pre`, which keeps it", name));
  }
  return request;
}

std::expected<void, std::string> read_target(const Request& request, engine::Inputs& inputs) {
  const auto target = request.given.value("--target");
  if (!target) return {};
  const std::size_t slash = target->find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == target->size())
    return std::unexpected(fmt::format("`--target {}` is not KIND/NAME", *target));
  inputs.target_kind = std::string(target->substr(0, slash));
  inputs.target_name = std::string(target->substr(slash + 1));
  inputs.target_namespace = inputs.default_namespace;
  return {};
}

std::expected<io::ParamSources, std::string> read_sources(const Arguments& given) {
  io::ParamSources sources;
  for (const std::string_view pair : given.values("--param")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos)
      return std::unexpected(fmt::format("`-p {}` is not NAME=VALUE", pair));
    sources.given.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  for (const std::string_view file : given.values("--params")) sources.files.emplace_back(file);
  sources.environment = std::string(given.value("--env").value_or(""));
  sources.variable = process_variable;
  return sources;
}

/// What makes a session need the journal; empty: nothing does.
std::string need_of_journal(const plan::Plan& plan, const Request& request) {
  if (request.phase) return "`--phase` keeps the session in the journal between two calls";
  if (plan.exclusive) return "`exclusive` is a lock in the journal";
  const plan::OperationPlan& steps =
      request.operation == engine::Operation::Backup ? plan.backup : plan.restore;
  for (const plan::Group& group : steps.pre) {
    for (const std::uint32_t id : group) {
      if (!plan.steps[id].hold) continue;
      return fmt::format(
          "{} must be in the journal before it is acquired, so that it is released "
          "whatever happens",
          engine::title(plan, id));
    }
  }
  return {};
}

/// Begins the session in the journal. Nothing where it must do without one and can.
std::expected<std::optional<journal::Journal>, Exit> begin_in_journal(
    const Request& request, const plan::Plan& plan, const engine::Inputs& inputs) {
  const auto begin = [&]() -> std::expected<journal::Journal, std::string> {
    auto journal = journal::Journal::open(
        journal::state_directory(std::string(request.given.value("--state").value_or(""))));
    if (!journal) return journal;
    std::error_code error;
    journal::NewSession session;
    session.id = inputs.session_id;
    session.program = std::filesystem::weakly_canonical(request.file, error).string();
    session.plan_json = plan::to_json(plan);
    session.inputs = inputs;
    engine::complete_target(plan, session.inputs);
    session.working_directory = std::filesystem::current_path(error).string();
    for (const std::string_view file : request.given.values("--local"))
      session.manifests.push_back(std::filesystem::absolute(file, error).string());
    if (const auto begun = journal->begin(session); !begun) return std::unexpected(begun.error());
    return journal;
  };
  auto journal = begin();
  if (journal) return std::move(*journal);
  const std::string need = need_of_journal(plan, request);
  if (!need.empty()) {
    return std::unexpected(refuse({fmt::format(
        "{}; {}: mend that, or name another directory with --state", journal.error(), need)}));
  }
  fmt::print(stderr, "warning: this session will not be in `hookc history`: {}\n", journal.error());
  return std::nullopt;
}

/// A new session: all of it, or its pre phase.
Exit run_new(Request request, const plan::Plan& plan) {
  engine::Inputs inputs;
  inputs.operation = request.operation;
  inputs.part = request.phase ? engine::Part::Pre : engine::Part::Whole;
  inputs.default_namespace = std::string(request.given.value("--namespace").value_or(""));
  inputs.has_operation = request.outcome != "skipped";
  if (const auto read = read_target(request, inputs); !read)
    return usage_error(request.given.command, read.error());

  io::Loop loop;
  const auto manifests = request.given.values("--local");
  auto cluster = read_cluster(loop, {manifests.begin(), manifests.end()});
  if (!cluster) return fault(cluster.error());
  if (const auto obstacle = engine::unsupported(plan, request.operation, abilities(), inputs.part))
    return refuse({*obstacle});
  if (const auto step = step_in_cluster(plan, request.operation);
      step && *cluster == nullptr && !request.dry) {
    const plan::Origin& origin = plan.steps[*step].task.origin;
    return refuse({fmt::format("{}:{}: {} needs a cluster; give its manifests with --local FILE",
                               origin.file, origin.line, engine::title(plan, *step))});
  }

  const auto sources = read_sources(request.given);
  if (!sources) return usage_error(request.given.command, sources.error());
  auto params = io::resolve_params(plan, *sources);
  if (!params) return refuse(params.error());
  inputs.params = std::move(*params);

  const std::time_t now = std::time(nullptr);
  inputs.session_id = new_session_id(now);
  inputs.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  if (request.dry) {
    inputs.secrets = engine::placeholder_secrets(plan);
    dry_run(plan, std::move(inputs), cluster->get(),
            fmt::format("{}", fmt::join(request.command, " ")));
    return Exit::Ok;
  }
  auto secrets =
      io::fetch_secrets(plan, request.operation, inputs.params, process_variable, cluster->get());
  if (!secrets) return refuse(secrets.error());
  auto journal = begin_in_journal(request, plan, inputs);
  if (!journal) return journal.error();
  inputs.secrets = std::move(secrets->declared);
  for (const auto& [source, text] : secrets->sources) inputs.extra_secrets.push_back(text);

  const std::string id = inputs.session_id;
  Staged session(loop, plan, std::move(inputs), *journal ? &**journal : nullptr, request.shown());
  session.world.cluster = cluster->get();
  session.world.secrets = std::move(secrets->sources);
  if (request.outcome) {
    session.world.given_outcome = request.outcome == "succeeded";
  } else if (!request.phase) {
    Progress& progress = session.progress();
    session.world.operation = io::OperationSpec{
        std::move(request.command),
        {{"HOOKC_SESSION_ID", id}, {"HOOKC_OPERATION", std::string(request.operation_name())}},
        &progress.writer(1),
        &progress.writer(2),
        request.json || !stdout_is_data(),
        [&](int stream, std::string_view bytes) {
          progress.before_operation_output(stream, bytes);
        }};
  }
  const engine::SessionResult result = session.run();
  // Also where it failed: its post hooks are still to be run.
  if (request.phase && !request.json) fmt::print("{}\n", id);
  return exit_of(result);
}

/// Files may be named from elsewhere the second time.
plan::Plan without_files(plan::Plan plan) {
  plan.file.clear();
  for (plan::Param& param : plan.params) param.origin.file.clear();
  for (plan::Secret& secret : plan.secrets) secret.origin.file.clear();
  for (plan::Step& step : plan.steps) {
    step.task.origin.file.clear();
    if (step.hold) step.hold->release.origin.file.clear();
  }
  return plan;
}

/// Why this session cannot have its post phase now; empty: it can.
std::string obstacle_to_post(const Request& request, const plan::Plan& plan,
                             const journal::Stored& stored) {
  const journal::Summary& summary = stored.summary;
  const auto before = plan::parse_plan(stored.session.plan_json);
  if (!before || without_files(*before) != without_files(plan)) {
    return fmt::format(
        "session {} was started with another program: `{}` or something that it imports has "
        "changed since; give the one it was started with, or run `hookc recover` to release what "
        "is held",
        summary.id, request.file);
  }
  if (summary.operation != request.operation) {
    return fmt::format("session {} is no {}", summary.id, request.operation_name());
  }
  if (summary.owner_lives)
    return fmt::format("session {} is being worked on by another hookc at this moment", summary.id);
  if (summary.state == journal::State::Ended)
    return fmt::format("session {} has ended", summary.id);
  return {};
}

/// The post phase of a session that another process began.
Exit run_post(Request request, const plan::Plan& plan) {
  auto journal = journal::Journal::open(
      journal::state_directory(std::string(request.given.value("--state").value_or(""))));
  if (!journal) return refuse({journal.error()});
  const std::string id(*request.given.value("--session"));
  auto stored = journal->load(id);
  if (!stored) return refuse({stored.error()});
  if (const std::string obstacle = obstacle_to_post(request, plan, *stored); !obstacle.empty())
    return refuse({obstacle});
  if (const auto there = go_to(stored->session.working_directory); !there)
    return refuse({there.error()});

  io::Loop loop;
  auto cluster = read_cluster(loop, stored->session.manifests);
  if (!cluster) return refuse({cluster.error()});
  auto secrets = io::fetch_secrets(plan, request.operation, stored->session.inputs.params,
                                   process_variable, cluster->get());
  if (!secrets) return refuse(secrets.error());
  const auto lines = journal->events(id);
  if (!lines) return refuse({lines.error()});
  // From here on it is ours; what was read before may have changed since.
  stored = journal->take_over(id);
  if (!stored) return refuse({stored.error()});

  engine::Inputs inputs = stored->session.inputs;
  inputs.part = engine::Part::Post;
  inputs.has_operation = request.outcome != "skipped";
  inputs.secrets = std::move(secrets->declared);
  for (const auto& [source, text] : secrets->sources) inputs.extra_secrets.push_back(text);
  engine::SessionPast& before = stored->past.session;
  if (stored->summary.state == journal::State::Running && !before.bound_to_fail) {
    before.bound_to_fail = true;
    before.reason = "hookc was stopped before the pre phase had ended";
  }
  for (const std::string& line : *lines) request.reports.line(line);
  Shown shown = request.shown();
  shown.lines_before = lines->size();
  shown.started = before.started;
  Staged session(loop, plan, std::move(inputs), &*journal, shown);
  session.world.cluster = cluster->get();
  session.world.secrets = std::move(secrets->sources);
  session.world.given_outcome = request.outcome == "succeeded";
  session.world.past = &stored->past;
  return exit_of(session.run());
}

}  // namespace

Exit run_session_command(const Arguments& given, std::vector<std::string> operation,
                         bool has_dashes) {
  auto request = read_request(given, std::move(operation), has_dashes);
  if (!request) return usage_error(given.command, request.error());
  const auto plan = load_plan(request->file);
  if (!plan) return plan.error();
  auto reports =
      Reports::prepare(given.values("--report"), (*plan)->file, request->operation_name());
  if (!reports) return refuse({reports.error()});
  if (request->dry && reports->wanted())
    return usage_error(given.command, "`--dry-run` runs nothing that `--report` could tell");
  request->reports = std::move(*reports);
  if (request->phase == "post") return run_post(std::move(*request), **plan);
  return run_new(std::move(*request), **plan);
}

}  // namespace hookc::cli
