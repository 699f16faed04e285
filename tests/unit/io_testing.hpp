// What the tests of the real world share.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/io/attempts.hpp"
#include "interpreter/io/process_tree.hpp"

namespace hookc::io {

/// Gone, or dead and only waiting for its parent to look.
inline bool ended(int pid) {
  const auto stat = process_stat(pid);
  return !stat || stat->dead;
}

/// Attempts with what they said.
struct AttemptsWorld {
  explicit AttemptsWorld(Cluster* of = nullptr) : cluster(of) {}

  Loop loop;
  Cluster* cluster;
  plan::Plan plan;
  SecretTexts secrets;
  std::map<engine::AttemptId, engine::AttemptResult> ends;
  std::map<engine::AttemptId, std::vector<engine::SessionOutput>> printed;
  std::optional<Attempts> attempts;

  void start(engine::StartAttempt start) {
    if (!attempts) {
      attempts.emplace(loop, plan, cluster, secrets,
                       Attempts::Says{[this](engine::AttemptEnded ended) {
                                        // Each attempt ends once.
                                        if (!ends.emplace(ended.attempt, ended.result).second)
                                          throw std::logic_error("a second end of one attempt");
                                      },
                                      [this](engine::SessionOutput output) {
                                        printed[output.attempt].push_back(std::move(output));
                                      }});
    }
    attempts->start(start);
  }
  engine::AttemptResult end(engine::AttemptId id) {
    loop.run_until([&] { return ends.contains(id); });
    return ends.at(id);
  }
  /// Everything that the session printed on stdout, once it holds `text`.
  std::string until_printed(engine::AttemptId id, const std::string& text) {
    const auto so_far = [&] {
      return printed[id].empty() ? std::string() : printed[id].back().so_far.stdout_text;
    };
    loop.run_until([&] {
      return ends.contains(id) ||
             (!printed[id].empty() && so_far().find(text) != std::string::npos);
    });
    return so_far();
  }
};

inline engine::StartAttempt shell_attempt(engine::AttemptId id, const std::string& text,
                                          engine::Millis timeout = 30'000) {
  engine::ExecRequest request;
  request.argv = {"/bin/sh", "-c", text};
  engine::StartAttempt start;
  start.attempt = id;
  start.request = std::move(request);
  start.timeout = timeout;
  return start;
}

inline engine::StartAttempt held_attempt(engine::AttemptId id, const std::string& text,
                                         engine::Millis timeout = 30'000) {
  engine::StartAttempt start = shell_attempt(id, text, timeout);
  start.session = true;
  return start;
}

inline engine::StartAttempt input_attempt(engine::AttemptId id, engine::AttemptId session,
                                          std::string text, engine::Millis timeout = 30'000) {
  engine::StartAttempt start;
  start.attempt = id;
  start.release = true;
  start.request = engine::SessionInput{session, std::move(text)};
  start.timeout = timeout;
  return start;
}

}  // namespace hookc::io
