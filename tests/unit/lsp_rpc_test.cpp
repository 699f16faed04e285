// Frames, messages, URIs and positions: what goes over the wire.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lsp/rpc/framing.hpp"
#include "lsp/rpc/message.hpp"
#include "lsp/rpc/uri.hpp"
#include "lsp/server/documents.hpp"
#include "lsp/server/positions.hpp"

using namespace hookc;
using namespace hookc::lsp;
using nlohmann::json;

namespace {

std::vector<std::string> bodies(FrameReader& reader) {
  std::vector<std::string> all;
  while (auto body = reader.next()) all.push_back(*std::move(body));
  return all;
}

}  // namespace

TEST_CASE("frames come whole however the bytes are cut", "[lsp][rpc]") {
  const std::string bytes =
      frame("{}") + "content-length:3\r\nContent-Type: x\r\n\r\nabc" + frame("");
  const std::vector<std::string> wanted = {"{}", "abc", ""};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameReader reader;
    reader.feed(std::string_view(bytes).substr(0, cut));
    std::vector<std::string> got = bodies(reader);
    reader.feed(std::string_view(bytes).substr(cut));
    for (std::string& body : bodies(reader)) got.push_back(std::move(body));
    CHECK(got == wanted);
    CHECK(reader.take_skipped() == 0);
  }
}

TEST_CASE("noise between frames is passed over and counted", "[lsp][rpc]") {
  FrameReader reader;
  reader.feed("Content-Length: many\r\n\r\n" + frame("{}"));
  CHECK(bodies(reader) == std::vector<std::string>{"{}"});
  CHECK(reader.take_skipped() > 0);

  // An endless header is not kept, and a body beyond all bounds is not waited for in memory.
  reader.feed(std::string(1U << 20U, 'x'));
  CHECK(bodies(reader).empty());
  reader.feed("\r\n" + frame("again"));
  CHECK(bodies(reader) == std::vector<std::string>{"again"});
}

TEST_CASE("what editors send and JSON forbids is read with U+FFFD", "[lsp][rpc]") {
  const auto text = [](std::string_view body) {
    return parse_message(body).value().at("t").get<std::string>();
  };
  CHECK(text(R"({"t":"a\ud800b"})") == "a\uFFFDb");
  CHECK(text(R"({"t":"\udc00"})") == "\uFFFD");
  CHECK(text(R"({"t":"\ud83d\ude00\ud83d"})") == "\U0001F600\uFFFD");
  CHECK(text("{\"t\":\"\xff\"}") == "\uFFFD");
  CHECK(text(R"({"t":"\\ud800"})") == "\\ud800");
  CHECK_FALSE(parse_message("{"));
  CHECK_FALSE(parse_message(std::string(2000, '[') + std::string(2000, ']')));
}

TEST_CASE("URIs and paths", "[lsp][rpc]") {
  for (const std::string path : {"/a b/#é.hook", "/", "/x%41/ü"}) {
    CHECK(path_of_uri(uri_of_path(path)) == path);
  }
  CHECK(uri_of_path("/a b/c") == "file:///a%20b/c");
  CHECK(path_of_uri("file://localhost/a") == "/a");
  CHECK(path_of_uri("file:///a%2") == "/a%2");
  CHECK(path_of_uri("untitled:Untitled-1") == "untitled:Untitled-1");
}

TEST_CASE("positions in the three encodings", "[lsp][positions]") {
  const std::string text = "a\u00e9\U0001F600b\r\nx";
  const LineIndex lines(text);
  const auto column = [&](Encoding encoding, std::uint32_t offset) {
    return Positions(text, lines, encoding).position(offset).character;
  };
  const auto at = static_cast<std::uint32_t>(text.find('b'));
  CHECK(column(Encoding::Utf8, at) == 7);
  CHECK(column(Encoding::Utf16, at) == 4);
  CHECK(column(Encoding::Utf32, at) == 3);
  for (const Encoding encoding : {Encoding::Utf8, Encoding::Utf16, Encoding::Utf32}) {
    const Positions positions(text, lines, encoding);
    CHECK(positions.offset(positions.position(at)) == at);
    CHECK(positions.offset({0, 1000}) == text.find('\r'));
    CHECK(positions.offset({7, 0}) == text.size());
  }
  // Inside the surrogate pair is before it.
  CHECK(Positions(text, lines, Encoding::Utf16).offset({0, 3}) == text.find("\U0001F600"));
}

TEST_CASE("changes that no editor should send leave a document that is right again", "[lsp]") {
  const auto change = [](std::uint32_t l1, std::uint32_t c1, std::uint32_t l2, std::uint32_t c2,
                         const char* text) {
    return json{{"range",
                 {{"start", {{"line", l1}, {"character", c1}}},
                  {"end", {{"line", l2}, {"character", c2}}}}},
                {"text", text}};
  };
  std::string text = "one\ntwo\n";
  const auto apply = [&](std::initializer_list<json> changes) {
    return apply_changes(text, json::array_t(changes), Encoding::Utf8);
  };
  CHECK_FALSE(apply({change(0, 0, 0, 3, "1"), change(1, 0, 1, 3, "2")}));
  CHECK(text == "1\n2\n");
  CHECK(apply({change(1, 1, 0, 1, "")}));
  CHECK(text == "1\n");
  CHECK(apply({change(90, 0, 99, 9, "end")}));
  CHECK(text == "1\nend");
  CHECK_FALSE(apply({json{{"text", "new"}}}));
  CHECK(text == "new");
}
