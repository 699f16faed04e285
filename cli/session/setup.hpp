// What every command that runs sessions does around them: the journal, the manifests, the reports.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/session/progress.hpp"
#include "cli/session/reports.hpp"
#include "interpreter/io/driver.hpp"
#include "interpreter/io/local_cluster/local_cluster.hpp"
#include "interpreter/journal/journal.hpp"

namespace hookc::cli {

/// Says all problems on standard error, and that nothing was run; gives Usage.
Exit refuse(const std::vector<std::string>& problems);

bool needs_cluster(const plan::Task& task);

/// What this program can do.
engine::Abilities abilities();

/// The manifests as the cluster; none where none are given. The error is one line.
std::expected<std::unique_ptr<io::LocalCluster>, std::string> read_cluster(
    io::Loop& loop, const std::vector<std::string>& manifests);

/// Goes where the session was started, so that its commands run there. The error is one line.
std::expected<void, std::string> go_to(const std::string& working_directory);

/// The journal as the driver sees it.
class JournalKeeper : public io::Keeper {
 public:
  /// `journal` owns the session, and outlives the keeper.
  explicit JournalKeeper(journal::Journal& journal) : journal_(journal) {}
  std::expected<std::vector<Refusal>, std::string> save(const engine::Save& save,
                                                        bool now) override;
  std::expected<std::optional<std::string>, std::string> take_exclusive(
      const std::string& name) override;

 private:
  journal::Journal& journal_;
};

/// What is shown of a session besides what it is.
struct Shown {
  bool json = false;
  bool verbose = false;
  /// Gets all lines, and is written at the end; null: nobody asked for reports. Outlives the
  /// session.
  Reports* reports = nullptr;
  /// Of an earlier process, of this session: how many lines of JSON, and when it started.
  std::uint64_t lines_before = 0;
  engine::Millis started = 0;
  bool announced = false;  // the caller has said which session it is
};

/// A session with all that it needs, until it runs.
class Staged {
 public:
  /// `journal` owns the session; null: it is not kept. All but the inputs outlive this.
  Staged(io::Loop& loop, const plan::Plan& plan, engine::Inputs inputs, journal::Journal* journal,
         const Shown& shown);

  io::World world;  // all but the report and the keeper are the caller's
  Progress& progress() { return progress_; }

  /// Runs it to its end, reports it, and ends it in the journal: as Waiting where it, or its pre
  /// phase, waits for another process, else as Ended.
  engine::SessionResult run();

 private:
  io::Loop& loop_;
  const plan::Plan& plan_;
  engine::Inputs inputs_;
  journal::Journal* journal_;
  Reports* reports_;
  Progress progress_;
};

/// What the command ends with after the session.
Exit exit_of(const engine::SessionResult& result);

}  // namespace hookc::cli
