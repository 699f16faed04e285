#include "cli/analysis.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"
#include "compiler/diagnostics/render/render.hpp"

namespace hookc::cli {

namespace {

/// What a Snapshot needs around it for as long as it is used.
struct Session {
  Disk disk;
  query::Workspace workspace{disk};
  std::optional<query::Snapshot> snapshot;
};

}  // namespace

std::expected<std::string, std::string> Disk::read(const std::string& path) const {
  auto text = read_input(path);
  if (!text) return std::unexpected(text.error().reason);
  return std::move(*text);
}

Analysis analyze(std::vector<Input> inputs) {
  auto session = std::make_shared<Session>();
  std::vector<std::string> paths;
  for (Input& input : inputs) {
    paths.push_back(input.path);
    session->workspace.set(input.path, std::move(input.text));
  }
  session->snapshot = session->workspace.snapshot();
  Analysis result;
  checks::Judged judged = session->snapshot->diagnostics(paths);
  result.findings = std::move(judged.findings);
  result.suppressed = judged.suppressed;
  for (const std::string& path : paths) {
    if (const auto file = session->snapshot->file(path)) result.checked.push_back(*file);
  }
  result.sources = &session->snapshot->sources();
  result.owner = session;
  return result;
}

TestFiles load_tests(std::vector<Input> inputs) {
  auto session = std::make_shared<Session>();
  TestFiles result;
  for (Input& input : inputs) {
    result.files.emplace_back().path = input.path;
    session->workspace.set(input.path, std::move(input.text));
  }
  session->snapshot = session->workspace.snapshot();
  const query::Snapshot& snapshot = *session->snapshot;
  for (TestFile& file : result.files) {
    if (const auto id = snapshot.file(file.path)) file.file = *id;
    auto tests = snapshot.tests(file.path);
    if (tests) {
      file.plan = *snapshot.plan(file.path);
      file.tests = *std::move(tests);
    } else {
      file.errors = std::move(tests.error());
      std::erase_if(file.errors, [](const Diagnostic& d) { return d.severity != Severity::Error; });
    }
  }
  result.sources = &snapshot.sources();
  result.owner = session;
  return result;
}

std::expected<std::shared_ptr<const plan::Plan>, Exit> load_plan(const std::string& path) {
  auto text = read_input(path);
  if (!text) {
    return std::unexpected(
        fault(fmt::format("cannot read `{}`: {}", text.error().path, text.error().reason)));
  }
  Session session;
  const std::string name = path == "-" ? "<stdin>" : path;
  session.workspace.set(name, std::move(*text));
  session.snapshot = session.workspace.snapshot();
  auto plan = session.snapshot->plan(name);
  if (plan) return std::move(*plan);

  render::Options options;
  options.color = use_color_on_stderr();
  std::vector<FileId> checked;
  if (const auto file = session.snapshot->file(name)) checked.push_back(*file);
  std::string out;
  render::text({session.snapshot->sources(), plan.error(), checked}, options, out);
  std::fputs(out.c_str(), stderr);
  return std::unexpected(Exit::Findings);
}

}  // namespace hookc::cli
