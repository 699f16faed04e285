// The language server of one client: messages in, messages out. It has no thread and no clock, so
// that a recorded session can be played again.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "lsp/server/diagnostics.hpp"
#include "lsp/server/session.hpp"

namespace hookc::lsp {

class Server {
 public:
  using Send = std::function<void(const nlohmann::json& message)>;
  /// `cancelled`: whether the request that is being answered is no longer wanted.
  Server(Host host, Send send, std::function<bool()> cancelled);

  /// One message. Whatever it holds, a request is answered exactly once and nothing is thrown.
  void receive(const nlohmann::json& message, bool cancelled = false);
  /// What came instead of a message.
  void receive_malformed(std::string_view why);
  /// Nothing is waiting to be received: time to tell the client what has changed.
  void idle();
  /// The process's exit code, once the client has asked it to end: 0 after `shutdown`, else 1.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  enum class State : std::uint8_t { New, Running, ShutDown };

  void answer(const nlohmann::json& id, const std::string& method, const nlohmann::json& params,
              bool cancelled);
  void notice(const std::string& method, const nlohmann::json& params);
  nlohmann::json initialize(const nlohmann::json& params);
  void initialized();

  void did_open(const nlohmann::json& params);
  void did_change(const nlohmann::json& params);
  void did_save(const nlohmann::json& params);
  void did_close(const nlohmann::json& params);
  void did_change_files(const nlohmann::json& params);
  void did_change_folders(const nlohmann::json& params);
  void out_of_sync(const std::string& uri, const std::string& what);

  void log(int type, const std::string& text);
  /// Asks the client something whose answer nobody waits for.
  void ask(std::string_view method, nlohmann::json params);

  Session session_;
  Send send_;
  std::function<bool()> cancelled_;
  Publisher publisher_;
  State state_ = State::New;
  std::optional<int> exit_code_;
  std::string trace_ = "off";
  std::int64_t next_id_ = 1;
};

}  // namespace hookc::lsp
