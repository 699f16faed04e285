// Redaction: every form of a secret, at any place, over any chunks.
#include <random>

#include <catch2/catch.hpp>

#include "interpreter/core/redact.hpp"

using hookc::engine::Redactor;

TEST_CASE("secrets are found in every form they may take", "[redact]") {
  Redactor redactor;
  redactor.add("p@ss w\"ord's/1");
  const std::vector<std::string> forms{
      "p@ss w\"ord's/1",           // as it is
      "p%40ss%20w%22ord%27s%2F1",  // URL
      "p%40ss+w%22ord%27s%2F1",    // form
      "p%40ss%20w%22ord%27s%2f1",  // lower case
      "p@ss w\\\"ord's/1",         // JSON
      "p@ss w\\\"ord's\\/1",       // JSON, solidus escaped
      "p@ss w\"ord'\\''s/1",       // inside '…'
      "cEBzcyB3Im9yZCdzLzE=",      // base64
      "cEBzcyB3Im9yZCdzLzE",       // without padding
  };
  for (const std::string& form : forms) CHECK(redactor.redact("<" + form + ">") == "<***>");
}

TEST_CASE("a secret is found in the base64 of a longer text", "[redact]") {
  Redactor redactor;
  redactor.add("hunter22");
  // base64 of "u:hunter22", "us:hunter22", "use:hunter22": all three offsets
  for (const std::string text : {"dTpodW50ZXIyMg==", "dXM6aHVudGVyMjI=", "dXNlOmh1bnRlcjIy"}) {
    const std::string out = redactor.redact(text);
    CHECK(out.find("***") != std::string::npos);
    CHECK(out.size() <= text.size() - 4);
  }
}

TEST_CASE("overlapping secrets become one mask, and clear text stays", "[redact]") {
  Redactor redactor;
  redactor.add("abcd");
  redactor.add("cdef");
  redactor.add("cde");
  CHECK(redactor.redact("xabcdefx") == "x***x");
  CHECK(redactor.redact("abcabcdabc") == "abc***abc");
  CHECK(redactor.redact("") == "");
  CHECK(redactor.redact("cdabce") == "cdabce");
}

TEST_CASE("short and empty secrets are not looked for", "[redact]") {
  Redactor redactor;
  redactor.add("");
  redactor.add("ab");
  CHECK(redactor.too_short() == 1);
  CHECK(redactor.redact("ab ab") == "ab ab");
}

TEST_CASE("the lines of a secret of many lines, and one without its line end", "[redact]") {
  Redactor redactor;
  redactor.add("-----BEGIN KEY-----\nMIIEvQIBADANBg\nshort\n-----END KEY-----\n");
  redactor.add("token\n");
  CHECK(redactor.redact("got MIIEvQIBADANBg!") == "got ***!");
  CHECK(redactor.redact("a short token.") == "a short ***.");
}

TEST_CASE("chunks make no difference", "[redact]") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Redactor redactor;
    const auto word = [&](std::size_t length) {
      std::string out;
      for (std::size_t i = 0; i < length; ++i) out += static_cast<char>('a' + random() % 2);
      return out;
    };
    for (int i = 0; i < 3; ++i) redactor.add(word(3 + random() % 4));
    const std::string text = word(random() % 60);
    const std::string whole = redactor.redact(text);
    Redactor::Stream stream(redactor);
    std::string parts;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = 1 + random() % 5;
      parts += stream.feed(std::string_view(text).substr(at, length));
      at += length;
    }
    parts += stream.finish();
    CAPTURE(text);
    CHECK(parts == whole);
  }
}

TEST_CASE("of a secret that was cut not even a part is shown", "[redact]") {
  const std::string secret = "0123456789\\0123/45";
  Redactor redactor;
  redactor.add(secret);
  const std::string text = "name=" + secret + "," + secret + " and more";
  const std::string whole = "before " + secret + " after";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const std::string head = redactor.redact_piece(whole.substr(0, cut), false, true);
    const std::string tail = redactor.redact_piece(whole.substr(cut), true, false);
    CAPTURE(head, tail);
    CHECK(head.find_first_of("0123456789\\/") == std::string::npos);
    CHECK(tail.find_first_of("0123456789\\/") == std::string::npos);
    CHECK(std::string("before ***").starts_with(head.substr(0, 7)));
    CHECK(tail.ends_with(std::string(" after").substr(
        std::min<std::size_t>(6, cut > whole.size() - 6 ? cut - (whole.size() - 6) : 0))));
  }
  CHECK(redactor.redact_piece(text, false, false) == redactor.redact(text));
  CHECK(redactor.redact_piece("nothing here", true, true) == "nothing here");
  CHECK(redactor.redact_piece("789\\0123/45" + secret, true, false) == "***");
  CHECK(redactor.redact_piece("", true, true) == "");
  CHECK(Redactor().redact_piece("45", true, true) == "45");
}

TEST_CASE("redaction is what marking every occurrence gives", "[redact]") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Redactor redactor;
    std::vector<std::string> secrets;
    for (int i = 0; i < 3; ++i) {
      std::string secret;
      for (std::size_t k = 3 + random() % 3; k > 0; --k)
        secret += static_cast<char>('x' + random() % 2);
      secrets.push_back(secret);
      redactor.add(secret);
    }
    std::string text;
    for (std::size_t k = random() % 40; k > 0; --k) text += static_cast<char>('x' + random() % 3);
    std::vector<bool> marked(text.size());
    for (const std::string& secret : secrets) {
      for (std::size_t at = text.find(secret); at != std::string::npos;
           at = text.find(secret, at + 1)) {
        for (std::size_t k = 0; k < secret.size(); ++k) marked[at + k] = true;
      }
    }
    std::string expected;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!marked[i]) expected += text[i];
      if (marked[i] && (i == 0 || !marked[i - 1])) expected += "***";
    }
    CAPTURE(text, secrets);
    CHECK(redactor.redact(text) == expected);
  }
}
