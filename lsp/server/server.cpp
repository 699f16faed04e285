#include "lsp/server/server.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lsp/rpc/message.hpp"
#include "lsp/rpc/uri.hpp"
#include "lsp/server/capabilities.hpp"
#include "lsp/server/requests.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// A whole number of `where`; `otherwise` where there is none, or something else.
std::int64_t number_or(const json& where, const char* key, std::int64_t otherwise) {
  const auto found = where.find(key);
  return found == where.end() || !found->is_number_integer() ? otherwise
                                                             : found->get<std::int64_t>();
}

/// MessageType of window/logMessage.
constexpr int kWarning = 2;

}  // namespace

Server::Server(Host host, Send send, std::function<bool()> cancelled)
    : session_(std::move(host)), send_(std::move(send)), cancelled_(std::move(cancelled)) {}

void Server::receive(const json& message, bool cancelled) {
  if (!message.is_object()) {
    send_(make_error(nullptr, ErrorCode::InvalidRequest, "a message is a JSON object"));
    return;
  }
  static const json none = json::object();
  const auto params = message.find("params");
  const auto method = message.find("method");
  const auto id = message.find("id");
  const bool is_request = id != message.end() && (id->is_string() || id->is_number());
  if (method == message.end()) return;  // an answer to one of ours: none of them matters
  if (!method->is_string()) {
    send_(make_error(is_request ? *id : json(), ErrorCode::InvalidRequest, "`method` is no text"));
    return;
  }
  const json& given = params == message.end() || params->is_null() ? none : *params;
  if (trace_ == "verbose") {
    send_(make_notification("$/logTrace", {{"message", "received " + method->get<std::string>()}}));
  }
  if (is_request) {
    answer(*id, method->get<std::string>(), given, cancelled);
  } else if (id != message.end()) {
    send_(make_error(nullptr, ErrorCode::InvalidRequest, "an id is a number or a text"));
  } else {
    notice(method->get<std::string>(), given);
  }
}

void Server::receive_malformed(std::string_view why) {
  send_(make_error(nullptr, ErrorCode::ParseError, std::string(why)));
}

/// The boundary: whatever goes wrong in one request is that request's answer.
void Server::answer(const json& id, const std::string& method, const json& params, bool cancelled) {
  const auto refuse = [&](ErrorCode code, std::string text) {
    send_(make_error(id, code, std::move(text)));
  };
  if (state_ == State::ShutDown) {
    return refuse(ErrorCode::InvalidRequest, "the server is shut down");
  }
  if (state_ == State::New && method != "initialize") {
    return refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first");
  }
  if (cancelled) return refuse(ErrorCode::RequestCancelled, "cancelled");
  try {
    if (method == "initialize") {
      if (state_ != State::New) return refuse(ErrorCode::InvalidRequest, "initialized already");
      send_(make_result(id, initialize(params)));
      return;
    }
    if (method == "shutdown") {
      state_ = State::ShutDown;
      send_(make_result(id, nullptr));
      return;
    }
    const Answer found = find_answer(method);
    if (found == nullptr) {
      return refuse(ErrorCode::MethodNotFound, fmt::format("no method `{}`", method));
    }
    json result = found({session_, params, cancelled_,
                         [this](std::string_view name, json what) { ask(name, std::move(what)); }});
    if (cancelled_()) return refuse(ErrorCode::RequestCancelled, "cancelled");
    send_(make_result(id, std::move(result)));
  } catch (const json::exception& error) {
    refuse(ErrorCode::InvalidParams, fmt::format("the params of `{}`: {}", method, error.what()));
  } catch (const Refused& error) {
    refuse(ErrorCode::RequestFailed, error.what());
  } catch (const std::exception& error) {
    refuse(ErrorCode::InternalError, fmt::format("`{}`: {}", method, error.what()));
  }
}

void Server::notice(const std::string& method, const json& params) {
  if (method == "exit") {
    exit_code_ = state_ == State::ShutDown ? 0 : 1;
    return;
  }
  if (state_ != State::Running) return;
  try {
    if (method == "initialized") return initialized();
    if (method == "textDocument/didOpen") return did_open(params);
    if (method == "textDocument/didChange") return did_change(params);
    if (method == "textDocument/didSave") return did_save(params);
    if (method == "textDocument/didClose") return did_close(params);
    if (method == "workspace/didChangeWatchedFiles") return did_change_files(params);
    if (method == "workspace/didChangeWorkspaceFolders") return did_change_folders(params);
    if (method == "$/setTrace") trace_ = params.value("value", "off");
    // Any other is none of our business (LSP 3.17, "Notification Message").
  } catch (const std::exception& error) {
    log(kWarning, fmt::format("`{}` was not understood: {}", method, error.what()));
  }
}

json Server::initialize(const json& params) {
  const json capabilities = params.value("capabilities", json::object());
  session_.client = read_client(capabilities);
  session_.encoding = choose_encoding(capabilities);
  const json folders = params.value("workspaceFolders", json());
  if (folders.is_array()) {
    for (const json& folder : folders) {
      session_.folders.push_back(path_of_uri(folder.at("uri").get<std::string>()));
    }
  } else if (const json root = params.value("rootUri", json()); root.is_string()) {
    session_.folders.push_back(path_of_uri(root.get<std::string>()));
  }
  trace_ = params.value("trace", "off");
  state_ = State::Running;
  return {{"capabilities", server_capabilities(session_.client, session_.encoding)},
          {"serverInfo", {{"name", "hookc"}, {"version", session_.host.version}}}};
}

void Server::initialized() {
  if (!session_.client.watches_files) return;
  const json watched = {{"globPattern", "**/*.hook"}};
  const json registration = {{"id", "hook-files"},
                             {"method", "workspace/didChangeWatchedFiles"},
                             {"registerOptions", {{"watchers", json::array({watched})}}}};
  ask("client/registerCapability", {{"registrations", json::array({registration})}});
}

void Server::did_open(const json& params) {
  const json& item = params.at("textDocument");
  const OpenDocument& opened =
      session_.documents.open(item.at("uri").get<std::string>(), item.at("text").get<std::string>(),
                              number_or(item, "version", 0));
  session_.workspace.set(opened.path, opened.text);
  publisher_.touch(opened.path);
}

void Server::did_change(const json& params) {
  const std::string path = document_path(params);
  OpenDocument* const document = session_.documents.find(path);
  const std::string uri = params["textDocument"]["uri"].get<std::string>();
  if (document == nullptr) return out_of_sync(uri, "it was changed and is not open");
  const json version = params["textDocument"].value("version", json());
  if (version.is_number_integer()) {
    if (version.get<std::int64_t>() <= document->version) {
      out_of_sync(uri, fmt::format("version {} came after version {}", version.get<std::int64_t>(),
                                   document->version));
    }
    document->version = version.get<std::int64_t>();
  }
  if (const auto odd =
          apply_changes(document->text, params.at("contentChanges"), session_.encoding)) {
    out_of_sync(uri, *odd);
  }
  session_.workspace.set(path, document->text);
  publisher_.touch(path);
}

void Server::did_save(const json& params) {
  const std::string path = document_path(params);
  OpenDocument* const document = session_.documents.find(path);
  const json text = params.value("text", json());
  if (document == nullptr || !text.is_string() ||
      document->text == text.get_ref<const std::string&>()) {
    return;
  }
  out_of_sync(document->uri, "the saved text is another one; it is taken");
  document->text = text.get<std::string>();
  session_.workspace.set(path, document->text);
  publisher_.touch(path);
}

void Server::did_close(const json& params) {
  const std::string path = document_path(params);
  session_.documents.close(path);
  session_.workspace.reset(path);
  publisher_.touch(path);
}

void Server::did_change_files(const json& params) {
  for (const json& change : params.at("changes")) {
    const std::string path = query::normal_path(path_of_uri(change.at("uri").get<std::string>()));
    if (session_.documents.find(path) != nullptr) continue;  // the editor's text counts
    session_.workspace.reset(path);
    publisher_.touch(path);
  }
  if (session_.client.pull_diagnostics && session_.client.refreshes_diagnostics) {
    ask("workspace/diagnostic/refresh", nullptr);
  }
}

void Server::did_change_folders(const json& params) {
  for (const json& gone : params.at("event").at("removed")) {
    std::erase(session_.folders, path_of_uri(gone.at("uri").get<std::string>()));
  }
  for (const json& added : params.at("event").at("added")) {
    session_.folders.push_back(path_of_uri(added.at("uri").get<std::string>()));
  }
}

void Server::out_of_sync(const std::string& uri, const std::string& what) {
  log(kWarning, fmt::format("{}: {}; saving or reopening it puts it right", uri, what));
}

void Server::idle() {
  if (state_ != State::Running || !publisher_.pending()) return;
  try {
    if (session_.client.pull_diagnostics) {
      publisher_.forget();
    } else {
      publisher_.publish(session_, [this](json params) {
        send_(make_notification("textDocument/publishDiagnostics", std::move(params)));
      });
    }
  } catch (const std::exception& error) {
    log(kWarning, fmt::format("the findings could not be told: {}", error.what()));
  }
}

void Server::log(int type, const std::string& text) {
  send_(make_notification("window/logMessage", {{"type", type}, {"message", text}}));
}

void Server::ask(std::string_view method, json params) {
  send_(make_request(fmt::format("hookc-{}", next_id_++), method, std::move(params)));
}

}  // namespace hookc::lsp
