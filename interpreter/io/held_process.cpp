#include "interpreter/io/held_process.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "interpreter/io/running_process.hpp"

namespace hookc::io {

namespace {

constexpr std::string_view kHandle = "process ";
// A command that prints line by line must not cost a copy of all its output for each.
constexpr engine::Millis kPrintedEvery = 20;
constexpr engine::Millis kKillAfter = 10'000;
constexpr engine::Millis kGiveUpAfter = 2'000;
constexpr engine::Millis kSweepEvery = 50;

/// Another after each start of the machine (random(4)), so that process numbers and start times
/// mean something.
std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

std::string handle_of(const ProcessTree& tree) {
  return fmt::format("{}{} {} {} {}", kHandle, boot_id(), tree.leader.pid, tree.leader.started,
                     tree.mark);
}

/// The end of a session whose hookc is gone: none of it is our child, so nobody tells us.
class Ending : public Running {
 public:
  Ending(Loop& loop, ProcessTree tree, Cluster::Done done)
      : tree_(std::move(tree)),
        done_(std::move(done)),
        sweep_(loop),
        begun_(loop.now()),
        loop_(loop) {
    sweep_.start(0, [this] { sweep(); });
  }
  void stop() override {
    sweep_.stop();
    if (done_) std::exchange(done_, nullptr)(engine::Cancelled{});
  }

 private:
  void sweep() {
    const engine::Millis passed = loop_.now() - begun_;
    const bool kill = passed >= kKillAfter;
    const std::vector<ProcessId> left = living_anywhere(tree_);
    for (const ProcessId& id : left) {
      if ((kill ? killed_ : termed_).insert(id).second) send_signal(id, kill ? SIGKILL : SIGTERM);
    }
    if (!left.empty() && passed < kKillAfter + kGiveUpAfter) {
      sweep_.start(kSweepEvery, [this] { sweep(); });
      return;
    }
    auto done = std::exchange(done_, nullptr);
    if (left.empty()) {
      done(engine::Done{});
    } else {
      done(engine::DefiniteFailure{
          fmt::format("process {} of the session does not end, or is not ours to end; end it by "
                      "hand with `kill -KILL {}`",
                      left.front().pid, left.front().pid)});
    }
  }

  ProcessTree tree_;
  Cluster::Done done_;
  Timer sweep_;
  engine::Millis begun_;
  Loop& loop_;
  std::set<ProcessId> termed_, killed_;
};

}  // namespace

HeldProcess::HeldProcess(Loop& loop, ProcessSpec spec, Printed printed, Done done)
    : loop_(loop),
      printed_(std::move(printed)),
      done_(std::move(done)),
      telling_(loop),
      process_(
          loop,
          [&] {
            spec.keep_stdin = true;
            spec.on_output = [this](int, std::string_view) { tell_soon(); };
            return std::move(spec);
          }(),
          [this](ProcessEnd end) {
            telling_.stop();
            done_(result_of(std::move(end)));
          }) {
  if (process_.tree().leader.pid != 0) tell_soon();
}

void HeldProcess::tell_soon() {
  if (to_tell_ || !printed_) return;
  to_tell_ = true;
  telling_.start(told_ + kPrintedEvery - loop_.now(), [this] {
    to_tell_ = false;
    told_ = loop_.now();
    ProcessEnd end = process_.so_far();
    printed_(handle_of(process_.tree()),
             {0, std::move(end.stdout_text), std::move(end.stderr_text), end.truncated});
  });
}

void HeldProcess::release(std::string text, Done done) {
  printed_ = nullptr;
  telling_.stop();
  done_ = std::move(done);
  process_.finish_stdin(std::move(text));
}

bool is_process_handle(const std::string& handle) {
  return handle.starts_with(kHandle);
}

std::unique_ptr<Running> end_held(Loop& loop, const std::string& handle, Cluster::Done done) {
  std::istringstream words(handle.substr(std::min(kHandle.size(), handle.size())));
  std::string boot;
  ProcessTree tree;
  if (!is_process_handle(handle) ||
      !(words >> boot >> tree.leader.pid >> tree.leader.started >> tree.mark)) {
    done(engine::DefiniteFailure{
        fmt::format("`{}` names no session that can be ended here", handle)});
    return nullptr;
  }
  if (boot != boot_id()) {
    done(engine::Done{});  // nothing outlives the machine
    return nullptr;
  }
  return std::make_unique<Ending>(loop, std::move(tree), std::move(done));
}

}  // namespace hookc::io
