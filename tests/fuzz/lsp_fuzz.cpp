// libFuzzer target: foreign bytes as what an editor sends, to a server that has a file open. Every
// request is answered once, whatever it holds.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "lsp/rpc/framing.hpp"
#include "lsp/rpc/message.hpp"
#include "lsp/server/server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hookc;
  using nlohmann::json;
  static const query::MemoryFiles files({{"/a.hook", "pre backup exec in pod app \"x ${y}\"\n"}});
  std::map<std::string, int> asked;
  std::map<std::string, int> answered;
  lsp::Server server(
      {.files = files,
       .hook_files = [](const auto&) { return std::vector<std::string>{"/a.hook"}; },
       .list_folder = [](const auto&) { return std::vector<std::string>{"a.hook"}; },
       .version = "fuzz",
       .docs_url = ""},
      [&](const json& message) {
        (void)lsp::to_text(message);
        if (message.contains("method") || message["id"].is_null()) return;
        ++answered[message["id"].dump()];
      },
      [] { return false; });
  lsp::FrameReader frames;
  frames.feed({reinterpret_cast<const char*>(data), size});
  while (const auto body = frames.next()) {
    const auto message = lsp::parse_message(*body);
    if (!message) {
      server.receive_malformed(message.error());
      continue;
    }
    if (message->is_object() && message->contains("id") && message->contains("method") &&
        (*message)["method"].is_string() &&
        ((*message)["id"].is_string() || (*message)["id"].is_number())) {
      ++asked[(*message)["id"].dump()];
    }
    server.receive(*message);
    server.idle();
  }
  if (asked != answered) std::abort();
  return 0;
}
