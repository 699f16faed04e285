// Processes and all that descends from them, as proc(5) shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "interpreter/io/loop.hpp"

namespace hookc::io {

/// A process that cannot be taken for a later one of the same number.
struct ProcessId {
  int pid = 0;
  std::uint64_t started = 0;  // clock ticks since boot: field 22 of /proc/PID/stat
  friend auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

struct ProcessStat {
  ProcessId id;
  int parent = 0, group = 0;
  bool dead = false;  // a zombie: it only waits for its parent to look
};
/// Nothing where there is no such process.
std::optional<ProcessStat> process_stat(int pid);

/// Sends a signal to exactly this process. False: it is not there any more, or not ours to signal.
bool send_signal(const ProcessId& to, int signal);

/// The variable that every process inherits from the one hookc started it under; its words are
/// marks, those of an outer hookc first. It finds descendants whose parents have died.
inline constexpr std::string_view kMarkVariable = "HOOKC_TREE";
bool has_mark(int pid, std::string_view mark);

/// What one process that hookc started has become: itself, its process group, its descendants, and
/// those that detached themselves (a new session, a dead parent) as far as they bear its mark.
struct ProcessTree {
  ProcessId leader;
  std::string mark;
  /// Members that were found before. A process loses its parent, its variables and its life one
  /// after the other, and is looked for until the last.
  std::set<ProcessId> known = {};
};

/// The processes that the members of one Loop started, and the orphans that came to this process
/// because it asked for them (PR_SET_CHILD_SUBREAPER): it reaps those, and libuv reaps its own.
class Children {
 public:
  explicit Children(Loop& loop);

  /// A mark that no process on this machine had since it was booted.
  std::string new_mark();
  /// `pid` is libuv's to reap.
  void add(int pid) { own_.insert(pid); }
  void remove(int pid) { own_.erase(pid); }

  /// What of the tree is alive, and known from now on. Follows parents to children; O(members +
  /// orphans).
  std::vector<ProcessId> living(ProcessTree& tree) const;

 private:
  std::vector<int> orphans() const;
  void reap();

  std::set<int> own_;
  unsigned marks_ = 0;
  std::string mark_prefix_;
  SignalWatcher on_child_;
};

/// The same for a tree that another process started, which has ended since: looks through all of
/// /proc. The leader counts as well as every process with the mark, and what descends from these.
std::vector<ProcessId> living_anywhere(ProcessTree& tree);

}  // namespace hookc::io
