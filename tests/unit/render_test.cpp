#include "compiler/diagnostics/render/render.hpp"

#include <functional>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/render/escape.hpp"
#include "compiler/diagnostics/render/fingerprint.hpp"
#include "tests/unit/golden.hpp"

namespace hookc {
namespace {

using render::Format;

/// A scene: files, and findings placed by the text they stand on.
struct Scene {
  SourceManager sources;
  Diagnostics findings;
  std::vector<FileId> checked;

  FileId file(std::string path, std::string text) {
    checked.push_back(sources.add(std::move(path), std::move(text)));
    return checked.back();
  }
  /// The `nth` place (from 0) of `text` in the file.
  Location at(FileId in, std::string_view text, int nth = 0) const {
    std::size_t begin = sources.text(in).find(text);
    for (; nth > 0; --nth) begin = sources.text(in).find(text, begin + 1);
    REQUIRE(begin != std::string_view::npos);
    return {in,
            {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + text.size())}};
  }
  render::Report report() const { return {sources, findings.all(), checked}; }
  std::string as(Format format, render::Options options = {}) const {
    if (options.version == "0.0.0") options.version = "1.2.3";
    std::string out;
    render::write(format, report(), options, out);
    return out;
  }
};

void policy_in_pre(Scene& s) {
  const FileId f =
      s.file("mysql.hook",
             "# nightly\n\npre backup on failure exec in pod db \"mysqladmin flush-logs\"\n");
  s.findings
      .add(Code::HK2103, s.at(f, "on failure"), "`on failure` cannot be used with `pre backup`")
      .label("nothing has run yet, so nothing can have failed")
      .also(s.at(f, "pre backup"), "this phase runs before the backup")
      .help("move the hook to `post backup`, or drop the condition")
      .note("`hookc explain HK2103` shows every phase and the policies it accepts")
      .fix("move it after the backup", s.at(f, "pre backup"), "post backup",
           Applicability::MaybeIncorrect);
}

void several_labels(Scene& s) {
  const FileId f = s.file("a.hook", "post backup on success on failure \"x\" exec local \"a\"\n");
  s.findings.add(Code::HK0006, s.at(f, "on failure"), "policy given twice")
      .label("the second policy")
      .also(s.at(f, "on success"), "the first one")
      .also(s.at(f, "post backup"), "of this hook")
      .also(s.at(f, "\"x\""), "")
      .fix("drop it", s.at(f, " on failure"), "");
  // One label inside the other, and two at the same place.
  s.findings.add(Code::HK1003, s.at(f, "exec local \"a\""), "argument missing")
      .label("this action")
      .also(s.at(f, "local"), "runs here")
      .also(s.at(f, "exec"), "an exec");
}

void other_file(Scene& s) {
  const FileId a =
      s.file("hooks/main.hook",
             "import \"./shared.hook\"\n\n\n\n\n\n\n\n\npre backup \"freeze\" exec local \"x\"\n");
  const FileId b = s.file("hooks/shared.hook", "pre backup \"freeze\" exec local \"y\"\n");
  s.findings.add(Code::HK1004, s.at(a, "\"freeze\""), "hook `freeze` is declared twice")
      .label("declared again")
      .also(s.at(b, "\"freeze\""), "first declared here")
      .also(s.at(a, "import"), "arrives through this import");
}

void many_lines(Scene& s) {
  const FileId f = s.file(
      "a.hook",
      "hold backup \"frozen\"\n  exec in pod db \"freeze\"\n  timeout 5s\npre backup exec local "
      "\"\"\"\n  one\n  two\n  three\n  four\n  five\n  six\n  seven\n  \"\"\"\n  timeout 1s\n");
  s.findings
      .add(Code::HK2114,
           s.at(f, "hold backup \"frozen\"\n  exec in pod db \"freeze\"\n  timeout 5s"),
           "hold has no release")
      .label("acquired and never released")
      .help("add `release …`");
  const Location begin = s.at(f, "\"\"\"");
  const Location end = s.at(f, "\"\"\"\n  timeout");
  s.findings
      .add(Code::HK4009, {f, {begin.span.begin, end.span.begin + 3}},
           "placeholder in a here-document")
      .label("this text")
      .also(s.at(f, "seven"), "here");
}

void tabs_and_wide(Scene& s) {
  const FileId f =
      s.file("数据.hook", "\tpre\tbackup\texec in pod \"数据库🔒\" \"e\xCC\x81t\xC3\xA9 ok\"\r\n");
  s.findings.add(Code::HK3003, s.at(f, "数据库🔒"), "`数据库🔒` is no name for a pod")
      .label("not allowed");
  s.findings.add(Code::HK4009, s.at(f, "ok"), "after an accent").label("here");
  s.findings.add(Code::HK0001, s.at(f, "backup"), "after tabs").label("here");
}

void long_line(Scene& s) {
  std::string text = "pre backup exec local \"" + std::string(300, 'a') + "${x}" +
                     std::string(300, 'b') + "${y}\"\n";
  const FileId f = s.file("long.hook", std::move(text));
  s.findings.add(Code::HK1002, s.at(f, "${x}"), "unknown value `x`")
      .label("not declared")
      .also(s.at(f, "${y}"), "nor is this");
  s.findings.add(Code::HK1002, s.at(f, "local"), "near the start").label("here");
}

void hostile(Scene& s) {
  const FileId f = s.file("evil\x1b[2J.hook",
                          "pre \x1b[31mbackup \xE2\x80\xAE\xFF\xC2\x9B"
                          "31m \x07 end\n");
  s.findings.add(Code::HK0003, s.at(f, "\x1b[31mbackup"), "unexpected `\x1b]0;owned\x07`")
      .label("\x1b[1A here")
      .note("two\nlines\r\x1b[2K")
      .help("write `backup`")
      .fix("replace `\x1b`", s.at(f, "\x1b"), "\x1b[0m");
}

void at_the_end(Scene& s) {
  const FileId f = s.file("end.hook", "pre backup exec local\n");
  s.findings.add(Code::HK0001, {f, {22, 22}}, "expected a command, found the end of the file")
      .label("here");
  s.findings.add(Code::HK0001, {f, {21, 22}}, "expected a command").label("the line ends here");
  s.findings.add(Code::HK0001, {f, {500, 900}}, "a span past the end");
  const FileId empty = s.file("empty.hook", "");
  s.findings.add(Code::HK2118, {empty, {0, 0}}, "nothing here").label("empty");
  s.findings.add(Code::HK9001, {}, "a finding with no place").help("it still says what to do");
}

void fixes(Scene& s) {
  const FileId f = s.file("fix.hook", "pre bakup exec local \"x\"\ntimeout 5\n\nlast line");
  s.findings.add(Code::HK0005, s.at(f, "bakup"), "unknown word `bakup`")
      .label("here")
      .fix("write `backup`", s.at(f, "bakup"), "backup");
  Diagnostic& d = s.findings.add(Code::HK2114, s.at(f, "pre bakup"), "several edits").label("here");
  d.fix("insert a line", {f, {s.at(f, "timeout").span.begin, s.at(f, "timeout").span.begin}},
        "retry 2\n");
  d.fixes.push_back(
      {"change both lines",
       Applicability::MaybeIncorrect,
       {{s.at(f, "last"), "final"}, {s.at(f, "5"), "5s"}, {s.at(f, "timeout"), "timeouts"}}});
  d.fixes.push_back(
      {"overlap", Applicability::MaybeIncorrect, {{s.at(f, "last"), "a"}, {s.at(f, "ast"), "b"}}});
  d.fixes.push_back(
      {"fill in", Applicability::HasPlaceholders, {{s.at(f, "last line"), "a\nb\nc"}}});
}

struct NamedScene {
  std::string name;
  std::function<void(Scene&)> build;
};
const NamedScene scenes[] = {
    {"none", [](Scene& s) { s.file("fine.hook", "pre backup exec local \"x\"\n"); }},
    {"nothing-checked", [](Scene&) {}},
    {"policy-in-pre", policy_in_pre},
    {"several-labels", several_labels},
    {"other-file", other_file},
    {"many-lines", many_lines},
    {"tabs-and-wide", tabs_and_wide},
    {"long-line", long_line},
    {"hostile", hostile},
    {"at-the-end", at_the_end},
    {"fixes", fixes},
};
constexpr Format all_formats[] = {Format::Text,  Format::Short,      Format::Json,
                                  Format::Sarif, Format::Github,     Format::Gitlab,
                                  Format::Junit, Format::Checkstyle, Format::Rdjsonl};

TEST_CASE("every scene in every format is as recorded", "[render]") {
  for (const NamedScene& named : scenes) {
    Scene scene;
    named.build(scene);
    for (const Format format : all_formats) {
      test::check_golden("render/" + named.name + "." + std::string(to_string(format)) + ".txt",
                         scene.as(format));
    }
    std::string summary;
    render::github_summary(scene.report(), {}, summary);
    test::check_golden("render/" + named.name + ".summary.txt", summary);
  }
}

TEST_CASE("colours frame the same text", "[render]") {
  for (const NamedScene& named : scenes) {
    CAPTURE(named.name);
    Scene scene;
    named.build(scene);
    std::string colored = scene.as(Format::Text, {.color = true, .docs_url = {}});
    std::string stripped;
    for (std::size_t i = 0; i < colored.size(); ++i) {
      if (colored[i] == '\x1b') {
        i = colored.find('m', i);
      } else {
        stripped += colored[i];
      }
    }
    CHECK(stripped == scene.as(Format::Text));
  }
}

TEST_CASE("nothing that a file holds reaches a terminal as a control", "[render]") {
  for (const NamedScene& named : scenes) {
    Scene scene;
    named.build(scene);
    for (const Format format : all_formats) {
      CAPTURE(named.name, to_string(format));
      for (const char c : scene.as(format)) {
        const auto byte = static_cast<unsigned char>(c);
        CHECK((byte >= 0x20 || byte == '\n'));
        CHECK(byte != 0x7F);
      }
    }
  }
}

TEST_CASE("JSON formats parse, whatever bytes the files hold", "[render]") {
  for (const NamedScene& named : scenes) {
    CAPTURE(named.name);
    Scene scene;
    named.build(scene);
    const auto json = nlohmann::json::parse(scene.as(Format::Json));
    CHECK(json["version"] == 1);
    CHECK(json["findings"].size() == scene.findings.all().size());
    CHECK(json["files"].size() == scene.checked.size());

    const auto gitlab = nlohmann::json::parse(scene.as(Format::Gitlab));
    CHECK(gitlab.size() == scene.findings.all().size());
    std::set<std::string> prints;
    for (const auto& issue : gitlab) {
      prints.insert(issue["fingerprint"].get<std::string>());
      CHECK(issue["location"]["lines"]["begin"].get<int>() >= 1);
    }
    CHECK(prints.size() == gitlab.size());

    std::istringstream lines(scene.as(Format::Rdjsonl));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      CHECK(nlohmann::json::parse(line)["code"]["value"].get<std::string>().starts_with("HK"));
    }
    CHECK(count == scene.findings.all().size());
  }
}

TEST_CASE("SARIF keeps to the parts of the schema that it uses", "[render]") {
  for (const NamedScene& named : scenes) {
    CAPTURE(named.name);
    Scene scene;
    named.build(scene);
    const auto log = nlohmann::json::parse(
        scene.as(Format::Sarif, {.docs_url = "https://docs.example.org/codes/",
                                 .explain = [](Code) -> std::string_view { return "# page"; }}));
    CHECK(log["version"] == "2.1.0");
    REQUIRE(log["runs"].size() == 1);
    const auto& run = log["runs"][0];
    CHECK(run["columnKind"] == "utf16CodeUnits");
    CHECK(run["tool"]["driver"]["name"] == "hookc");
    CHECK(run["results"].size() == scene.findings.all().size());
    const auto& rules = run["tool"]["driver"]["rules"];
    std::set<std::string> used;
    for (const auto& result : run["results"]) {
      used.insert(result["ruleId"].get<std::string>());
      CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
      CHECK(!result["message"]["text"].get<std::string>().empty());
      if (!result.contains("locations")) continue;
      CHECK(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>().find(':') !=
            std::string::npos);
      const auto& place = result["locations"][0]["physicalLocation"];
      const auto uri = place["artifactLocation"]["uri"].get<std::string>();
      CHECK(uri.find_first_of(" <>\x1b") == std::string::npos);
      const auto& region = place["region"];
      CHECK(region["startLine"].get<int>() >= 1);
      CHECK(region["startColumn"].get<int>() >= 1);
      const bool ordered = region["endLine"].get<int>() > region["startLine"].get<int>() ||
                           region["endColumn"].get<int>() >= region["startColumn"].get<int>();
      CHECK(ordered);
    }
    CHECK(rules.size() == used.size());
    for (const auto& rule : rules) {
      CHECK(rule["helpUri"].get<std::string>().starts_with("https://docs.example.org/codes/HK"));
      CHECK(rule["help"]["markdown"] == "# page");
    }
  }
}

TEST_CASE("SARIF counts UTF-16 units, reviewdog bytes, people characters", "[render]") {
  Scene s;
  const FileId f = s.file("a.hook", "é🔒x\n");
  s.findings.add(Code::HK0001, s.at(f, "x"), "m");
  const auto sarif = nlohmann::json::parse(s.as(Format::Sarif));
  CHECK(
      sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] ==
      4);
  CHECK(nlohmann::json::parse(s.as(Format::Rdjsonl))["location"]["range"]["start"]["column"] == 7);
  const auto json = nlohmann::json::parse(s.as(Format::Json));
  CHECK(json["findings"][0]["start"]["column"] == 3);
  CHECK(json["findings"][0]["start"]["offset"] == 6);
}

TEST_CASE("GitHub gets the ten worst of each kind and a count of the rest", "[render]") {
  Scene s;
  const FileId f =
      s.file("./a.hook", "pre backup exec local \"x\"\n::error::injected ##[error]too\n");
  for (int i = 0; i < 30; ++i) s.findings.add(Code::HK7005, s.at(f, "pre"), "warning {}", i);
  for (int i = 0; i < 12; ++i)
    s.findings.add(Code::HK0001, s.at(f, "backup"), "error {} ##[error] 100%", i);
  const std::string out = s.as(Format::Github);
  std::istringstream lines(out);
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("::error ")) ++errors;
    if (line.starts_with("::warning ")) ++warnings;
  }
  CHECK(errors == 10);
  CHECK(warnings == 10);
  CHECK(out.find("22 more not annotated") != std::string::npos);
  CHECK(out.find("##[") == std::string::npos);
  CHECK(out.find("100%25") != std::string::npos);
  CHECK(
      out.starts_with("::error file=a.hook,line=1,endLine=1,col=5,endColumn=10,title=HK0001 "
                      "unexpected token::error 0"));
}

TEST_CASE("SARIF and GitHub's summary stay below the limits of GitHub", "[render]") {
  Scene s;
  const FileId f = s.file("a.hook", "pre\n");
  for (int i = 0; i < 24'000; ++i)
    s.findings.add(Code::HK7005, s.at(f, "pre"), "a rather long warning number {}", i);
  for (int i = 0; i < 2'000; ++i) s.findings.add(Code::HK0001, s.at(f, "pre"), "error {}", i);
  const auto run = nlohmann::json::parse(s.as(Format::Sarif))["runs"][0];
  CHECK(run["results"].size() == 25'000);
  CHECK(run["results"][24'999]["level"] == "error");
  CHECK(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
            .get<std::string>()
            .starts_with("1000 "));
  std::string summary;
  render::github_summary(s.report(), {}, summary);
  CHECK(summary.size() < 1024 * 1024);
  CHECK(summary.find("more do not fit here") != std::string::npos);
}

TEST_CASE("ten thousand findings on one line of megabytes take one pass over it", "[render]") {
  // With work proportional to the line for each finding this would be 10^11 steps: hours, not
  // seconds.
  std::string text(20'000'000, 'a');
  text.replace(10, 2, "é");
  Scene s;
  const FileId f = s.file("huge.hook", std::move(text));
  for (std::uint32_t i = 0; i < 10'000; ++i)
    s.findings.add(Code::HK0001, {f, {i * 2000 + 100, i * 2000 + 105}}, "m").label("l");
  for (const Format format : all_formats) CHECK(s.as(format).size() < 20'000'000);
}

TEST_CASE("JUnit fails tests at the fail level and above", "[render]") {
  Scene s;
  const FileId f = s.file("a.hook", "pre\n");
  s.findings.add(Code::HK7005, s.at(f, "pre"), "w");
  CHECK(s.as(Format::Junit).find("failures=\"0\"") != std::string::npos);
  CHECK(s.as(Format::Junit, {.docs_url = {}, .fail_level = Severity::Warning})
            .find("failures=\"1\"") != std::string::npos);
}

TEST_CASE("text is escaped by where it goes", "[render]") {
  const auto with = [](auto append, std::string_view text) {
    std::string out;
    append(out, text);
    return out;
  };
  CHECK(with(render::append_json, "a\"\\\n\x01\xFF\x7F") ==
        "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD\\u007F\"");
  CHECK(with(render::append_xml, "<a b=\"c\">&'\x01\n\xEF\xBF\xBF") ==
        "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\xEF\xBF\xBD&#10;\xEF\xBF\xBD");
  CHECK(with(render::append_uri_path, "./a b/é#?.hook") == "a%20b/%C3%A9%23%3F.hook");
  CHECK(with(render::append_github_data, "a%b\nc:d,e") == "a%25b%0Ac:d,e");
  CHECK(with(render::append_github_property, "a%b\nc:d,e") == "a%25b%0Ac%3Ad%2Ce");
  CHECK(with(render::append_markdown_cell, "a|b<c>`d_|`\n*_") == "a\\|b&lt;c&gt;`d_\\|` \\*\\_");
  CHECK(with(render::append_terminal, "a\x1b[0m\t\xE2\x80\xAE") == "a\xE2\x90\x9B[0m \xEF\xBF\xBD");
}

TEST_CASE("line hashes are those of GitHub's upload action", "[render]") {
  // Expected values: an independent implementation of the action's rules.
  using Hashes = std::vector<std::string>;
  CHECK(render::line_hashes("") == Hashes{"c129715d7a2bc9a3:1"});
  CHECK(render::line_hashes(" a\nb\n  \t\n c\n d") ==
        Hashes{"d06b8eeb3e030c81:1", "8796a02a0b9cd43a:1", "dd3bb2ba23ce2936:1",
               "180aee12dab6264:1", "a23a3dc5e078b07b:1"});
  CHECK(render::line_hashes(
            "x = 2\r\nx = 1\r\nprint(x)\r\nx = 3\r\nprint(x)\r\nx = 4\r\nprint(x)\r\n") ==
        render::line_hashes("x=2\nx=1\nprint(x)\nx=3\nprint(x)\nx=4\nprint(x)\n"));
}

}  // namespace
}  // namespace hookc
