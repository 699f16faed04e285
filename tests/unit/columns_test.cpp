#include "compiler/source/columns.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "compiler/source/source_manager.hpp"

namespace hookc {
namespace {

using namespace std::string_view_literals;

TEST_CASE("decoding follows table 3-7 of the Unicode standard", "[columns]") {
  struct Row {
    std::string_view bytes;
    char32_t value;
    std::uint32_t length;
    bool valid;
  };
  const Row rows[] = {
      {"A", U'A', 1, true},
      {"\0"sv, 0, 1, true},
      {"\xC3\xA9", 0xE9, 2, true},
      {"\xE2\x82\xAC", 0x20AC, 3, true},
      {"\xF0\x9F\x94\x92", 0x1F512, 4, true},
      {"\xF4\x8F\xBF\xBF", 0x10FFFF, 4, true},
      {"\x80", 0xFFFD, 1, false},              // a continuation alone
      {"\xC0\xAF", 0xFFFD, 1, false},          // overlong
      {"\xC1\xBF", 0xFFFD, 1, false},          // overlong
      {"\xE0\x9F\x80", 0xFFFD, 1, false},      // overlong
      {"\xED\xA0\x80", 0xFFFD, 1, false},      // a surrogate
      {"\xF0\x8F\x80\x80", 0xFFFD, 1, false},  // overlong
      {"\xF4\x90\x80\x80", 0xFFFD, 1, false},  // above U+10FFFF
      {"\xF5\x80\x80\x80", 0xFFFD, 1, false},
      {"\xFF", 0xFFFD, 1, false},
      {"\xE2\x82", 0xFFFD, 2, false},  // cut short: the maximal subpart
      {"\xF0\x9F\x94"
       "A",
       0xFFFD, 3, false},
      {"\xC3"
       "A",
       0xFFFD, 1, false},
      {"", 0xFFFD, 0, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    const CodePoint c = decode_utf8(row.bytes, 0);
    CHECK(c.value == row.value);
    CHECK(c.length == row.length);
    CHECK(c.valid == row.valid);
  }
}

TEST_CASE("the first ill-formed byte is found wherever it stands", "[columns]") {
  CHECK(find_invalid_utf8("") == std::string_view::npos);
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string ascii(before, 'x');
    CHECK(find_invalid_utf8(ascii + "é€🔒") == std::string_view::npos);
    CHECK(find_invalid_utf8(ascii + "\xFF"
                                    "rest") == before);
    CHECK(find_invalid_utf8(ascii + "é\xE2\x82") == before + 2);
  }
}

TEST_CASE("one offset has three columns", "[columns]") {
  struct Row {
    std::string_view line;
    std::uint32_t offset;
    std::uint32_t utf16, code_points, cells;
  };
  const Row rows[] = {
      {"pre backup", 4, 4, 4, 4},  {"pre backup", 99, 10, 10, 10},  // past the end: the end
      {"é|", 2, 1, 1, 1},          {"é|", 1, 0, 0, 0},              // inside a character: its start
      {"🔒|", 4, 2, 1, 2},         {"数据库|", 9, 3, 3, 6},
      {"e\u0301|", 3, 2, 2, 1},  // a combining accent takes no cell
      {"\t|", 1, 1, 1, 4},         {"ab\t|", 3, 3, 3, 4},
      {"abcd\t|", 5, 5, 5, 8},     {"数\t|", 4, 2, 2, 4},
      {"\xFF\xFE|", 2, 2, 2, 2},    // ill-formed bytes show as one U+FFFD each
      {"12345678é|", 10, 9, 9, 9},  // past the eight-byte fast path
  };
  for (const Row& row : rows) {
    CAPTURE(row.line, row.offset);
    CHECK(utf16_column(row.line, row.offset) == row.utf16);
    CHECK(code_point_column(row.line, row.offset) == row.code_points);
    CHECK(display_column(row.line, row.offset) == row.cells);
  }
}

TEST_CASE("cells of one character", "[columns]") {
  CHECK(display_width(U'a') == 1);
  CHECK(display_width(0xE9) == 1);
  CHECK(display_width(0x7) == 0);
  CHECK(display_width(0x9B) == 0);
  CHECK(display_width(0x0301) == 0);
  CHECK(display_width(0x200B) == 0);
  CHECK(display_width(0x202E) == 0);
  CHECK(display_width(0xFEFF) == 0);
  CHECK(display_width(0x4E2D) == 2);
  CHECK(display_width(0xFF1A) == 2);  // full-width colon
  CHECK(display_width(0x1F512) == 2);
  CHECK(display_width(0x2FFFD) == 2);  // unassigned, in an ideographic plane
  CHECK(display_width(0x10FFFF) == 1);
}

TEST_CASE("an offset has a line and a byte column", "[columns]") {
  SourceManager sources;
  const FileId file = sources.add("a.hook", "one\r\ntwo\n");
  CHECK(line_column(sources, file, 0).line == 0);
  CHECK(line_column(sources, file, 6).line == 1);
  CHECK(line_column(sources, file, 6).column == 1);
  CHECK(line_column(sources, file, 9).line == 2);
  CHECK(line_column(sources, file, 99).line == 2);
}

}  // namespace
}  // namespace hookc
