// Where a shell text can be quoted (POSIX.1-2017 XCU 2.2, 2.3, 2.6, 2.7.4), and that a real /bin/sh
// agrees.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "compiler/values/shell.hpp"

using namespace hookc::values;

namespace {

/// `@` marks a hole in the templates below.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (true) {
    const std::size_t at = text.find('@');
    if (at != 0) pieces.push_back(Piece::text(text.substr(0, at)));
    if (at == std::string_view::npos) return pieces;
    pieces.push_back(Piece::splice());
    text.remove_prefix(at + 1);
    if (text.empty()) return pieces;
  }
}

char letter(ShellContext context) {
  switch (context) {
    case ShellContext::Unquoted: return 'u';
    case ShellContext::SingleQuoted: return 's';
    case ShellContext::DoubleQuoted: return 'd';
    case ShellContext::DoubleQuotedAfterName: return 'n';
    case ShellContext::HereDocument: return 'H';
    case ShellContext::Delimiter: return 'E';
    case ShellContext::Backquote: return 'B';
    case ShellContext::DollarSingle: return 'S';
    case ShellContext::Comment: return 'C';
    case ShellContext::ParameterExpansion: return 'P';
    case ShellContext::Arithmetic: return 'A';
    case ShellContext::AfterBackslash: return '\\';
    case ShellContext::AfterDollar: return '$';
    case ShellContext::Unclear: return '?';
  }
  return '!';
}

std::string contexts(std::string_view text) {
  const auto pieces = pieces_of(text);
  std::string out;
  for (const ShellHole& hole : shell_contexts(pieces).holes) out += letter(hole.context);
  return out;
}

}  // namespace

TEST_CASE("each hole of a shell text has its quoting context", "[values][shell]") {
  struct Row {
    const char* text;
    const char* expected;
    const char* rule;
  };
  const Row rows[] = {
      {"echo @", "u", "2.2 a word of its own"},
      {"@", "u", "2.2 the command's name"},
      {"echo a@b@", "uu", "2.2 glued to a word"},
      {"echo '@' \"@\" @", "sdu", "2.2.2, 2.2.3"},
      {"echo 'it'\\''s @' @", "su", "2.2.2 a single quote cannot stand in single quotes"},
      {"echo \\'@ \\\"@", "uu", "2.2.1 an escaped quote opens nothing"},
      {"echo \"a\\\"@\" @", "du", "2.2.3 an escaped double quote closes nothing"},
      {"echo 'a\\' @", "u", "2.2.2 a backslash is plain in single quotes"},
      {"echo \"'@'\"", "d", "2.2.3 a single quote is plain in double quotes"},
      {"echo '\"@\"'", "s", "2.2.2 and the other way round"},
      {"echo \\@", "\\", "2.2.1 the backslash would eat the quote"},
      {"echo \"\\@\"", "\\", "2.2.3"},
      {"echo \\\\@", "u", "2.2.1 a backslash escaped"},
      {"echo \"\\a@\"", "d", "2.2.3 a backslash before others is plain"},
      {"echo \\\n@", "u", "2.2.1 line continuation"},
      {"echo $@ \"$@\"", "$$", "2.5 the value would become a variable's name"},
      {"echo $$@ $?@ $1@ \"$1@\"", "uuud",
       "2.5.1, 2.5.2 special and positional parameters are one character"},
      {"echo $HOME@ \"$HOME@\" \"$HOME/@\"", "und", "2.6 the longest valid name"},
      {"echo \"$HO\\\nME@\"", "n", "2.6 a continued line does not end a name"},
      {"echo $(cat @) \"$(cat @)\" \"$(cat '@' \"@\")\"@", "uusdu", "2.6.3 $( begins afresh"},
      {"echo \"$(echo \"$(echo @)\" \"@\") @\"", "udd", "2.6.3 nested"},
      {"echo `cat @` @", "Bu", "2.6.3 backquotes"},
      {"echo \"`cat '@'`@\"", "Bd", "2.6.3 in double quotes"},
      {"echo `a \\` @` @", "Bu", "2.6.3 an escaped backquote"},
      {"echo $'@' @", "Su", "POSIX.1-2024 2.2.4"},
      {"echo $'it\\'s' @", "?", "older shells end that quote elsewhere"},
      {"echo \"$'@'\"", "d", "2.2.3 $' is plain in double quotes"},
      {"echo a # @\necho @", "Cu", "2.3 rule 9, comment up to the newline"},
      {"echo a#@ @#b", "uu", "2.3 rule 9, only at the start of a word"},
      {"echo a;# @\n@", "Cu", "2.3 after an operator a word begins"},
      {"echo \"# @\"", "d", "2.3 no comment in quotes"},
      {"echo $(# it's @\necho @)", "Cu", "2.3 in a command substitution"},
      {"cat <<EOF\n@\nEOF\necho @", "Hu", "2.7.4"},
      {"cat <<'EOF'\n@ $(\nEOF\necho @", "Hu", "2.7.4 quoted delimiter"},
      {"cat <<\\EOF\n@\nEOF\necho @", "Hu", "2.7.4 backslash quotes too"},
      {"cat <<E\"O\"F\n@\nEOF\necho @", "Hu", "2.7.4 quote removal"},
      {"cat <<-EOF\n\t@\n\tEOF\necho @", "Hu", "2.7.4 <<- strips tabs"},
      {"cat <<-EOF\n EOF @\n\tEOF\necho @", "Hu", "2.7.4 but no blanks"},
      {"cat <<EOF\n\tEOF\n@\nEOF\n@", "Hu", "2.7.4 << strips none"},
      {"cat <<A <<B; echo @\n@\nA\n@\nB\n@", "uHHu", "2.7.4 several, in order"},
      {"cat <<EOF \"x\n@\"\n@\nEOF\n@", "dHu", "2.7.4 the body begins at the next newline token"},
      {"cat <<EOF\na\\\nEOF\n@\nEOF\n@", "Hu", "2.7.4 a continued line is no delimiter"},
      {"cat <<EOF\nit's \"\nEOF\n@", "u", "2.7.4 quotes in a body mean nothing outside"},
      {"cat <<@\nx", "E", "2.7.4"},
      {"cat <<E@\n@\nE\n@", "E??", "2.7.4 where it ends is not known"},
      {"x=$(cat <<EOF\n@\nEOF\n)@", "Hu", "2.7.4 in a command substitution"},
      {"cat <<<@ <<< \"@\"", "ud", "bash's here-string is a word"},
      {"echo ${x:-@} @", "Pu", "2.6.2"},
      {"echo \"${x:-@}@\"", "Pd", "2.6.2 in double quotes"},
      {"echo \"${x:-it's}@\" '@'", "ds", "2.6.2 ' is plain in double quotes"},
      {"echo \"${x%'}'}@\"", "d", "2.6.2 but quotes in a pattern"},
      {"echo ${#x}@ ${#}@ ${x#\\}}@", "uuu", "2.6.2 length, count, escaped brace"},
      {"echo ${x:-$(echo @)}", "u", "2.6.3 begins afresh there too"},
      {"echo $((1 + @)) @", "Au", "2.6.4"},
      {"echo $(( (1+2)*3 )) @", "u", "2.6.4 inner parentheses"},
      {"echo \"$((@))@\"", "Ad", "2.6.4 in double quotes"},
      {"echo $((echo a); @) @", "??", "2.6.3 a subshell needs a blank before it"},
      {"echo $( (echo @); echo @) @", "uuu", "2.6.3 with the blank"},
      {"((x = @)); echo @", "Au", "bash evaluates a quoted value in (( ))"},
      {"echo $[@]", "?", "bash's old arithmetic"},
      {"(cd @ && ls) | grep '@'", "us", "2.9.4.1"},
      {"f() { echo @; }; f \"@\"", "ud", "2.9.5"},
      {"echo \"$(case @ in a) echo '@';; (b|@) echo \"@\";; esac)@\"", "usudd",
       "2.9.4.3 patterns end in )"},
      {"x=$(case a in b) : ;; *) echo esac @ ;; esac; echo @)@", "uuu",
       "2.4 esac is reserved only there"},
      {"x=$(echo case in a) @", "u", "2.4 case is reserved only as a command"},
      {"x=$(if true; then case y in y) case z in @) ;; esac;; esac; fi) '@'", "us",
       "2.9.4.3 nested"},
      {"a=1 b=\"@\" cmd --x=@ >@ 2>&1", "duu", "2.7, 2.9.1"},
      {"", "", "nothing"},
      {"@@", "uu", "two values, one word"},
  };
  for (const Row& row : rows) {
    INFO(row.text << "   XCU " << row.rule);
    CHECK(contexts(row.text) == row.expected);
  }
}

TEST_CASE("a hole knows where its context began", "[values][shell]") {
  const auto pieces = pieces_of("echo a `cat @` <<E\n");
  const auto holes = shell_contexts(pieces).holes;
  REQUIRE(holes.size() == 1);
  CHECK(holes[0].opened.piece == 0);
  CHECK(holes[0].opened.offset == 7);

  const auto second = pieces_of("x @ \"y @\"");
  const auto quoted = shell_contexts(second).holes;
  REQUIRE(quoted.size() == 2);
  CHECK(quoted[0].opened.piece == 1);
  CHECK(quoted[1].opened.piece == 2);
  CHECK(quoted[1].opened.offset == 1);
}

TEST_CASE("a quote that never ends is reported with its beginning", "[values][shell]") {
  struct Row {
    const char* text;
    ShellContext context;
    std::uint32_t offset;
  };
  for (const Row& row :
       {Row{"echo 'a", ShellContext::SingleQuoted, 5},
        Row{"echo \"a", ShellContext::DoubleQuoted, 5}, Row{"echo `a", ShellContext::Backquote, 5},
        Row{"echo $(a", ShellContext::Unquoted, 5},
        Row{"echo ${a", ShellContext::ParameterExpansion, 5},
        Row{"(a; b", ShellContext::Unquoted, 0}, Row{"echo $((1", ShellContext::Arithmetic, 5},
        Row{"echo $'a", ShellContext::DollarSingle, 5}}) {
    INFO(row.text);
    const auto pieces = pieces_of(row.text);
    const auto unclosed = shell_contexts(pieces).unclosed;
    REQUIRE(unclosed);
    CHECK(unclosed->context == row.context);
    CHECK(unclosed->opened.offset == row.offset);
  }
  for (const char* text :
       {"echo 'a' \"b\" $(c) ${d} $((1))", "case a in a) ;; esac", "cat <<EOF\nx"}) {
    INFO(text);
    const auto pieces = pieces_of(text);
    CHECK_FALSE(shell_contexts(pieces).unclosed);
  }
}

TEST_CASE("deep nesting is bounded and linear", "[values][shell]") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "$(";
  deep += "@";
  CHECK(contexts(deep) == "?");
  std::string wide;
  for (int i = 0; i < 20'000; ++i) wide += "echo \"$(cat '@')\"; ";
  CHECK(contexts(wide) == std::string(20'000, 's'));
}

TEST_CASE("a value is escaped for its place", "[values][shell]") {
  CHECK(*shell_escape("", ShellContext::Unquoted) == "''");
  CHECK(*shell_escape("it's", ShellContext::Unquoted) == "'it'\\''s'");
  CHECK(*shell_escape("it's", ShellContext::SingleQuoted) == "it'\\''s");
  CHECK(*shell_escape("$a `b` \"c\" \\d\n'e'", ShellContext::DoubleQuoted) ==
        "\\$a \\`b\\` \\\"c\\\" \\\\d\n'e'");
  CHECK(*shell_escape("x", ShellContext::DoubleQuotedAfterName) == "\"\"x");
  const auto nul = shell_escape(std::string_view("a\0b", 3), ShellContext::Unquoted);
  REQUIRE_FALSE(nul);
  CHECK(nul.error().begin == 1);
  CHECK_FALSE(shell_escape("x", ShellContext::HereDocument));
  CHECK(shell_escape("x", ShellContext::Backquote).error().message ==
        "a value cannot be quoted inside backquotes");
}

// The proof that both halves agree with a shell: values made of everything that is special are
// rendered into templates, and one /bin/sh prints every one of them back.
TEST_CASE("what /bin/sh reads is the value", "[values][shell]") {
  // Each template prints its one hole as it came, after `pre<` and before `>post`.
  const char* templates[] = {
      "printf '%s' @",
      "printf '%s' '@'",
      "printf '%s' \"@\"",
      "printf '%s' \"\"@''",
      "printf \"%s\" \"$(printf '%s.' @)\"",
      "printf \"%s\" \"$(printf '%s.' \"@\")\"",
      "printf \"%s\" \"$(printf '%s.' '@')\"",
      "printf '%s' \"$(case x in x) printf '%s.' \"@\";; esac)\"",
      "V=; printf '%s' \"$V@\"",
      "V=; printf '%s' $V@",
      "# it's a comment\nprintf '%s' @",
      "cat >/dev/null <<'E'\nit's \"\nE\nprintf '%s' \"@\"",
      "v=@; printf '%s' \"$v\"",
      "(if true; then printf '%s' \"@\"; fi)",
      "printf '%s' \"${V:-}@\"",
      "f() { printf '%s' \"$1\"; }; f @",
  };
  const std::string alphabet = "'\"\\$`!#&|;<>(){}[]*?~ \t\nabHOME=%-@é\x01\x7f";
  std::mt19937 random(20261122);  // fixed: a failure must come again
  std::string script;
  std::vector<std::string> expected;
  for (int round = 0; round < 60; ++round) {
    for (const char* text : templates) {
      std::string value;
      for (unsigned i = random() % 12; i > 0; --i) value += alphabet[random() % alphabet.size()];
      const auto pieces = pieces_of(text);
      const auto holes = shell_contexts(pieces).holes;
      REQUIRE(holes.size() == 1);
      INFO(text);
      REQUIRE(quotable(holes[0].context));
      for (const Piece& piece : pieces) {
        if (piece.hole) {
          script += *shell_escape(value, holes[0].context);
        } else {
          script += piece.literal;
        }
      }
      script += "\nprintf '\\001\\002'\n";
      if (std::string_view(text).find("%s.") != std::string_view::npos)
        value += '.';  // keeps final newlines
      expected.push_back(value);
    }
  }
  char path[] = "/tmp/hookc_shell_XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  std::ofstream(path) << script;
  close(file);
  // /bin/sh is dash on Debian and bash elsewhere: the contexts have to be right for both.
  for (const std::string program : {"/bin/sh", "/bin/bash"}) {
    if (access(program.c_str(), X_OK) != 0) continue;
    INFO(program);
    FILE* shell = popen((program + " " + path).c_str(), "r");
    REQUIRE(shell != nullptr);
    std::string output;
    char buffer[4096];
    for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, shell)) > 0;) output.append(buffer, n);
    CHECK(pclose(shell) == 0);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::size_t end = output.find("\x01\x02");
      REQUIRE(end != std::string::npos);
      INFO(templates[i % std::size(templates)]);
      REQUIRE(output.substr(0, end) == expected[i]);
      output.erase(0, end + 2);
    }
    CHECK(output.empty());
  }
  std::remove(path);
}
