#include "cli/session/run.hpp"

#include <sys/random.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/analysis.hpp"
#include "cli/session/dry_run.hpp"
#include "cli/session/progress.hpp"
#include "cli/terminal.hpp"
#include "interpreter/io/driver.hpp"
#include "interpreter/io/inputs.hpp"
#include "interpreter/io/local_cluster/local_cluster.hpp"

namespace hookc::cli {

namespace {

std::optional<std::string> process_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// Sorts by time, and does not repeat: "20261122T180512Z-3fa9c1".
std::string new_session_id(std::time_t now) {
  unsigned char bytes[3] = {};
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    bytes[0] = static_cast<unsigned char>(std::rand());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:02x}{:02x}{:02x}", fmt::gmtime(now), bytes[0], bytes[1],
                     bytes[2]);
}

/// Says all problems, then gives Usage.
Exit refuse(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) fmt::print(stderr, "error: {}\n", problem);
  fmt::print(stderr, "nothing was run\n");
  return Exit::Usage;
}

/// The first step of the operation that needs a cluster; nothing if none does.
std::optional<std::uint32_t> needs_cluster(const plan::Plan& plan, engine::Operation operation) {
  const plan::OperationPlan& steps =
      operation == engine::Operation::Backup ? plan.backup : plan.restore;
  const auto task_needs = [](const plan::Task& task) {
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
  };
  for (const auto* side : {&steps.pre, &steps.post}) {
    for (const plan::Group& group : *side) {
      for (const std::uint32_t id : group) {
        const plan::Step& step = plan.steps[id];
        if (task_needs(step.task) || (step.hold && task_needs(step.hold->release))) return id;
      }
    }
  }
  return std::nullopt;
}

/// Texts that stand for secrets in a dry run; each is shown as ***.
std::vector<std::string> placeholder_secrets(const plan::Plan& plan) {
  std::vector<std::string> texts;
  for (const plan::Secret& secret : plan.secrets) {
    texts.push_back(secret.type == "url" ? fmt::format("https://{}.secret.invalid/", secret.name)
                                         : fmt::format("hookc-secret-{}", secret.name));
  }
  return texts;
}

}  // namespace

Exit run_session_command(const Arguments& given, std::vector<std::string> operation,
                         bool has_dashes) {
  if (given.words.empty() || (given.words[0] != "backup" && given.words[0] != "restore")) {
    return usage_error(
        given.command,
        "say which operation: `hookc run backup FILE -- COMMAND…` or `hookc run restore …`");
  }
  if (given.words.size() < 2) return usage_error(given.command, "name the hook file");
  if (given.words.size() > 2) {
    return usage_error(
        given.command,
        has_dashes
            ? fmt::format("`{}`: one hook file a session", given.words[2])
            : fmt::format("`{}`: the command of the operation stands after `--`", given.words[2]));
  }
  const auto outcome = given.value("--outcome");
  if (outcome && !operation.empty())
    return usage_error(given.command, "`--outcome` stands instead of a command");
  if (!outcome && operation.empty()) {
    return usage_error(given.command,
                       "say what to run between the hooks: `-- COMMAND…` (`-- true` for nothing)");
  }
  const bool json = given.value("--format").value_or("text") == "jsonl";

  const auto plan = load_plan(std::string(given.words[1]));
  if (!plan) return plan.error();

  engine::Inputs inputs;
  inputs.operation =
      given.words[0] == "backup" ? engine::Operation::Backup : engine::Operation::Restore;
  inputs.default_namespace = std::string(given.value("--namespace").value_or(""));
  inputs.has_operation = outcome != "skipped";
  if (const auto target = given.value("--target")) {
    const std::size_t slash = target->find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == target->size()) {
      return usage_error(given.command, fmt::format("`--target {}` is not KIND/NAME", *target));
    }
    inputs.target_kind = std::string(target->substr(0, slash));
    inputs.target_name = std::string(target->substr(slash + 1));
    inputs.target_namespace = inputs.default_namespace;
  }

  io::Loop loop;
  std::unique_ptr<io::LocalCluster> cluster;
  if (given.has("--local")) {
    const auto paths = given.values("--local");
    auto manifests = io::LocalCluster::read({paths.begin(), paths.end()});
    if (!manifests) return fault(manifests.error());
    cluster = std::make_unique<io::LocalCluster>(loop, std::move(*manifests));
  }
  engine::Abilities abilities;
  abilities.functions = abilities.wait = true;
  if (const auto obstacle = engine::unsupported(**plan, inputs.operation, abilities))
    return refuse({*obstacle});
  const bool dry = given.has("--dry-run");
  if (const auto step = needs_cluster(**plan, inputs.operation);
      step && cluster == nullptr && !dry) {
    const plan::Origin& origin = (*plan)->steps[*step].task.origin;
    return refuse({fmt::format("{}:{}: {} needs a cluster; give its manifests with --local FILE",
                               origin.file, origin.line, engine::title(**plan, *step))});
  }

  io::ParamSources sources;
  for (const std::string_view pair : given.values("--param")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      return usage_error(given.command, fmt::format("`-p {}` is not NAME=VALUE", pair));
    }
    sources.given.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  for (const std::string_view file : given.values("--params")) sources.files.emplace_back(file);
  sources.environment = std::string(given.value("--env").value_or(""));
  sources.variable = process_variable;
  auto params = io::resolve_params(**plan, sources);
  if (!params) return refuse(params.error());
  inputs.params = std::move(*params);

  const std::time_t now = std::time(nullptr);
  inputs.session_id = new_session_id(now);
  inputs.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  if (dry) {
    inputs.secrets = placeholder_secrets(**plan);
    dry_run(**plan, std::move(inputs), cluster.get(), fmt::format("{}", fmt::join(operation, " ")));
    return Exit::Ok;
  }
  auto secrets =
      io::fetch_secrets(**plan, inputs.operation, inputs.params, process_variable, cluster.get());
  if (!secrets) return refuse(secrets.error());
  inputs.secrets = std::move(secrets->declared);
  for (const auto& [source, text] : secrets->sources) inputs.extra_secrets.push_back(text);

  Progress progress(
      engine::Frame(**plan, inputs, loop.now()),
      {json, given.has("--verbose"), !json && stderr_is_live(), use_color_on_stderr()});
  io::World world;
  world.cluster = cluster.get();
  world.secrets = std::move(secrets->sources);
  world.on_report = [&](const engine::Report& report) { progress.report(report); };
  if (outcome) {
    world.given_outcome = outcome == "succeeded";
  } else {
    world.operation = io::OperationSpec{
        std::move(operation),
        [&](int stream, std::string_view bytes) {
          return progress.operation_output(stream, bytes);
        },
        {{"HOOKC_SESSION_ID", inputs.session_id}, {"HOOKC_OPERATION", std::string(given.words[0])}},
        json || !stdout_is_data()};
  }
  const engine::SessionResult result =
      io::run_session(loop, **plan, std::move(inputs), std::move(world));
  progress.result(result);
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
