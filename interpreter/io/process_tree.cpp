#include "interpreter/io/process_tree.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

namespace hookc::io {

namespace {

namespace fs = std::filesystem;

/// Files of /proc have no size; empty where there is none, or not for us.
std::string proc_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<int> pid_of(const std::string& name) {
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

/// The numbers that name entries of a directory of /proc.
std::vector<int> numbers_in(const std::string& directory) {
  std::vector<int> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const auto pid = pid_of(entry->path().filename().string())) numbers.push_back(*pid);
  }
  return numbers;
}

std::vector<int> children_of(int pid) {
  std::vector<int> children;
  for (const int thread : numbers_in(fmt::format("/proc/{}/task", pid))) {
    std::istringstream list(proc_file(fmt::format("/proc/{}/task/{}/children", pid, thread)));
    children.insert(children.end(), std::istream_iterator<int>(list), std::istream_iterator<int>());
  }
  return children;
}

/// What lives of the members, of those that were known, and of all that descends from them.
std::vector<ProcessId> living_of(std::vector<int> members, ProcessTree& tree) {
  for (const ProcessId& id : tree.known) {
    if (const auto stat = process_stat(id.pid); stat && stat->id == id) members.push_back(id.pid);
  }
  std::vector<ProcessId> living;
  std::set<int> seen;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!seen.insert(members[i]).second) continue;
    if (const auto stat = process_stat(members[i]); stat && !stat->dead) living.push_back(stat->id);
    std::ranges::copy(children_of(members[i]), std::back_inserter(members));
  }
  tree.known = {living.begin(), living.end()};
  return living;
}

}  // namespace

std::optional<ProcessStat> process_stat(int pid) {
  const std::string text = proc_file(fmt::format("/proc/{}/stat", pid));
  // Field 2 is the command in parentheses and may hold anything, so the count starts behind it.
  const std::size_t close = text.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(close + 1));
  char state = 0;
  std::string skipped;
  ProcessStat stat;
  stat.id.pid = pid;
  rest >> state >> stat.parent >> stat.group;
  for (int field = 6; field <= 21; ++field) rest >> skipped;
  rest >> stat.id.started;
  if (!rest) return std::nullopt;
  stat.dead = state == 'Z' || state == 'X' || state == 'x';
  return stat;
}

bool send_signal(const ProcessId& to, int signal) {
  // The descriptor stands for one process, whatever becomes of its number between the look and the
  // signal. By system call, as the header of glibc 2.36 is none for C++.
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, to.pid, 0));
  if (fd < 0 && errno != ENOSYS && errno != EPERM) return false;
  const auto stat = process_stat(to.pid);
  bool sent = stat && stat->id == to;
  if (sent)
    sent = fd >= 0 ? ::syscall(SYS_pidfd_send_signal, fd, signal, nullptr, 0) == 0
                   : ::kill(to.pid, signal) == 0;
  if (fd >= 0) ::close(fd);
  return sent;
}

bool has_mark(int pid, std::string_view mark) {
  const std::string environment = proc_file(fmt::format("/proc/{}/environ", pid));
  std::string_view rest = environment;
  while (!rest.empty()) {
    std::string_view variable = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(variable.size() + 1, rest.size()));
    if (!variable.starts_with(kMarkVariable)) continue;
    variable.remove_prefix(kMarkVariable.size());
    if (!variable.starts_with('=')) continue;
    variable.remove_prefix(1);
    while (!variable.empty()) {
      const std::string_view word = variable.substr(0, variable.find(' '));
      if (word == mark) return true;
      variable.remove_prefix(std::min(word.size() + 1, variable.size()));
    }
  }
  return false;
}

Children::Children(Loop& loop) : on_child_(loop, SIGCHLD, [this] { reap(); }) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const auto self = process_stat(::getpid());
  mark_prefix_ = fmt::format("{}-{}", ::getpid(), self ? self->id.started : 0);
}

std::string Children::new_mark() {
  return fmt::format("{}-{}", mark_prefix_, ++marks_);
}

std::vector<int> Children::orphans() const {
  std::vector<int> children = children_of(::getpid());
  std::erase_if(children, [this](int pid) { return own_.contains(pid); });
  return children;
}

void Children::reap() {
  for (const int pid : orphans()) ::waitpid(pid, nullptr, WNOHANG);
}

std::vector<ProcessId> Children::living(ProcessTree& tree) const {
  std::vector<int> members;
  if (const auto stat = process_stat(tree.leader.pid); stat && stat->id == tree.leader)
    members.push_back(tree.leader.pid);
  for (const int pid : orphans()) {
    const auto stat = process_stat(pid);
    if (stat && (stat->group == tree.leader.pid || has_mark(pid, tree.mark)))
      members.push_back(pid);
  }
  return living_of(std::move(members), tree);
}

std::vector<ProcessId> living_anywhere(ProcessTree& tree) {
  std::vector<int> members;
  for (const int pid : numbers_in("/proc")) {
    if (pid == ::getpid()) continue;
    const auto stat = process_stat(pid);
    if (stat && (stat->id == tree.leader || has_mark(pid, tree.mark))) members.push_back(pid);
  }
  return living_of(std::move(members), tree);
}

}  // namespace hookc::io
