// Held sessions that are processes of this machine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "interpreter/io/cluster.hpp"
#include "interpreter/io/process.hpp"

namespace hookc::io {

/// One process whose stdin stays open. If hookc itself is killed, the process reads the end of its
/// stdin at once, as nobody else holds the other end; what does not read it is left to end_held().
class HeldProcess : public Held {
 public:
  /// `spec` without on_output and keep_stdin. `printed` is only called from the loop, and not for
  /// every line of many.
  HeldProcess(Loop& loop, ProcessSpec spec, Printed printed, Done done);
  void stop() override { process_.stop(); }
  void release(std::string text, Done done) override;

 private:
  void tell_soon();

  Loop& loop_;
  Printed printed_;
  Done done_;
  Timer telling_;
  bool to_tell_ = false;
  engine::Millis told_ = 0;
  Process process_;
};

/// Whether a handle names a process of this machine: "process BOOT PID START MARK".
bool is_process_handle(const std::string& handle);

/// Ends what is left of a held process and its descendants: TERM, KILL after 10 seconds. A process
/// that only has its number, after a reboot or long after, is never touched. Done when nothing is
/// left; DefiniteFailure where something cannot be ended, or the handle says nothing.
std::unique_ptr<Running> end_held(Loop& loop, const std::string& handle, Cluster::Done done);

}  // namespace hookc::io
