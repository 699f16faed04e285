// Values and expressions. Expressions stand here in their JSON form, as `hookc ir --stage plan`
// prints them.
#include "compiler/plan/eval/eval.hpp"

#include <map>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "compiler/plan/eval/param_value.hpp"
#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/json.hpp"

namespace hookc::plan {
namespace {

Value json(std::string_view text) {
  auto value = parse_json(text);
  REQUIRE(value);
  return *value;
}

/// param 0 `name` is "o'brien", param 1 `limit` is missing; secret 0 `token` is a text no place
/// takes; capture 0 `label` is "x y", capture 1 `gone` is missing; hook 2 succeeded.
struct TestScope : Scope {
  std::map<std::string, Value, std::less<>> facts{
      {"status", Value{std::int64_t{204}}},
      {"exit", Value{std::int64_t{0}}},
      {"stdout", Value{"one\ntwo\nthree\n"}},
      {"session.id", Value{"s-1"}},
      {"session.duration", Value{Duration{90'000}}},
      {"json",
       json(
           R"({"a": {"b": [10, "x", null]}, "on": true, "n": 2.0, "none": null, "status": "ok"})")},
  };

  Value param(std::uint32_t i) const override { return i == 0 ? Value{"o'brien"} : Value{}; }
  Value secret(std::uint32_t) const override { return Value{"hun\nter2/"}; }
  Value capture(std::uint32_t i) const override { return i == 0 ? Value{"x y"} : Value{}; }
  Value fact(std::string_view name) const override {
    const auto found = facts.find(name);
    return found == facts.end() ? Value{} : found->second;
  }
  Value hook_fact(std::uint32_t step, std::string_view name) const override {
    return step == 2 && name == "status" ? Value{"Succeeded"} : Value{};
  }
  Value header(std::string_view name) const override {
    return name == "ETag" ? Value{"\"v1\""} : Value{};
  }
  std::string name_of(const Expr& leaf) const override {
    switch (leaf.index) {
      case 0: return leaf.op == Op::Param ? "name" : leaf.op == Op::Secret ? "token" : "label";
      case 1: return leaf.op == Op::Param ? "limit" : "gone";
      default: return fmt::format("hook(\"verify\").{}", leaf.name);
    }
  }
};

std::string run(std::string_view expression) {
  const auto expr = parse_expr(expression);
  if (!expr) return "bad expression: " + expr.error();
  const auto value = evaluate(*expr, TestScope{});
  return value ? to_json(*value) : "error: " + value.error().message;
}

struct Row {
  std::string_view expression, result;
};
void check_all(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CHECK(run(row.expression) == row.result);
  }
}

TEST_CASE("literals and leaves", "[eval]") {
  check_all({
      {R"(null)", "null"},
      {R"(3)", "3"},
      {R"(2.5)", "2.5"},
      {R"({"duration":"90s"})", R"("1m30s")"},
      {R"({"size":"64MiB"})", R"("64MiB")"},
      {R"({"list":[1,"a",{"literal":[2]}]})", R"([1,"a",[2]])"},
      {R"({"object":{"b":1,"a":{"param":0}}})", R"({"b":1,"a":"o'brien"})"},
      {R"({"fact":"session.id"})", R"("s-1")"},
      {R"({"hook":2,"fact":"status"})", R"("Succeeded")"},
      {R"({"header":"ETag"})", R"("\"v1\"")"},
      {R"({"param":1})", "null"},
  });
}

TEST_CASE("members and elements of JSON; what is not there is null", "[eval]") {
  check_all({
      {R"({"index":[{"member":[{"member":[{"fact":"json"}],"name":"a"}],"name":"b"},1]})",
       R"("x")"},
      {R"({"index":[{"member":[{"member":[{"fact":"json"}],"name":"a"}],"name":"b"},9]})", "null"},
      {R"({"index":[{"fact":"json"},"on"]})", "true"},
      {R"({"member":[{"member":[{"fact":"json"}],"name":"nope"}],"name":"deeper"})", "null"},
      {R"({"member":[{"fact":"session.id"}],"name":"length"})", "null"},
      {R"({"??":[{"member":[{"fact":"json"}],"name":"nope"},"other"]})", R"("other")"},
      {R"({"??":[{"param":1},{"capture":1},7]})", "7"},
      {R"({"object":{"x":{"member":[{"fact":"json"}],"name":"none"}}})", R"({"x":null})"},
      {R"({"object":{"x":{"capture":1}}})", "error: `gone` is missing"},
      {R"({"concat":["limit: ",{"param":1}]})", "error: `limit` is missing"},
      {R"({"concat":["is ",{"member":[{"fact":"json"}],"name":"nope"}]})",
       "error: `json.nope` is missing"},
      {R"({"concat":[{"hook":3,"fact":"output"}]})", "error: `hook(\"verify\").output` is missing"},
  });
}

TEST_CASE("comparisons", "[eval]") {
  check_all({
      {R"({"==":[{"fact":"status"},204]})", "true"},
      {R"({"==":[2,2.0]})", "true"},
      {R"({"==":["2",2]})", "false"},
      {R"({"!=":["2",2]})", "true"},
      {R"({"==":[{"literal":{"object":{"a":1,"b":2}}},{"literal":{"object":{"b":2,"a":1}}}]})",
       "true"},
      {R"({"==":[{"member":[{"fact":"json"}],"name":"nope"},"ok"]})", "false"},
      {R"({"==":[{"member":[{"fact":"json"}],"name":"none"},null]})", "true"},
      {R"({"==":[{"capture":1},"ok"]})", "error: `gone` is missing"},
      {R"({"<":[{"duration":"59s"},{"duration":"1m"}]})", "true"},
      {R"({">=":[{"size":"1MiB"},{"size":"1024KiB"}]})", "true"},
      {R"({"<":[9007199254740992,9007199254740993]})", "true"},
      {R"({"<":["a","b"]})", "true"},
      {R"({"<":["a",1]})", "error: a text cannot be compared with a number by size"},
      {R"({"<":[{"member":[{"fact":"json"}],"name":"none"},1]})", "error: `json.none` is missing"},
      {R"({"in":[{"fact":"status"},{"range":[200,299]}]})", "true"},
      {R"({"in":[299,{"range":[200,299]}]})", "true"},
      {R"({"in":[300,{"range":[200,299]}]})", "false"},
      {R"({"in":[{"duration":"2m"},{"range":[{"duration":"1m"},{"duration":"3m"}]}]})", "true"},
      {R"({"in":[{"fact":"exit"},{"list":[0,3]}]})", "true"},
      {R"({"not":[{"in":[1,{"list":[0,3]}]}]})", "true"},
      {R"({"in":["a","abc"]})", "error: `\"abc\"` is a text, not a list"},
      {R"({"contains":["abc","b"]})", "true"},
      {R"({"contains":[{"list":[1,2]},2.0]})", "true"},
      {R"({"contains":[{"fact":"json"},"on"]})", "true"},
      {R"({"startswith":["abc","ab"]})", "true"},
      {R"({"endswith":["abc","ab"]})", "false"},
      {R"({"contains":[5,"b"]})", "error: a number cannot be searched for a text"},
      {R"({"matches":[{"fact":"stdout"},{"regex":"^one"}]})", "true"},
      {R"({"matches":["a/b",{"regex":"a\\/b$"}]})", "true"},
  });
}

TEST_CASE("logic stops at the first operand that decides", "[eval]") {
  check_all({
      {R"({"and":[true,true]})", "true"},
      {R"({"and":[false,{"concat":[{"param":1}]}]})", "false"},
      {R"({"or":[true,{"concat":[{"param":1}]}]})", "true"},
      {R"({"or":[false,1]})", "error: `1` is a number, not true or false"},
      {R"({"not":[true]})", "false"},
      {R"({"if":[true,"a",{"concat":[{"param":1}]}]})", R"("a")"},
      {R"({"if":[false,"a","b"]})", R"("b")"},
  });
}

TEST_CASE("functions", "[eval]") {
  check_all({
      {R"({"call":"lower","args":["AbÄ"]})", R"("abÄ")"},
      {R"({"call":"upper","args":["abß"]})", R"("ABß")"},
      {R"({"call":"trim","args":[" \r\n a b\t"]})", R"("a b")"},
      {R"({"call":"length","args":["aä€"]})", "3"},
      {R"({"call":"length","args":[{"list":[1,2]}]})", "2"},
      {R"({"call":"first","args":[{"fact":"stdout"},2]})", R"("one\ntwo")"},
      {R"({"call":"first","args":[{"fact":"stdout"},9]})", R"("one\ntwo\nthree\n")"},
      {R"({"call":"first","args":[{"fact":"stdout"},0]})", R"("")"},
      {R"({"call":"last","args":[{"fact":"stdout"},2]})", R"("two\nthree")"},
      {R"({"call":"last","args":["a\r\nb\r\n",1]})", R"("b")"},
      {R"({"call":"last","args":["",3]})", R"("")"},
      {R"({"call":"join","args":[{"list":["a",1,true]},", "]})", R"("a, 1, true")"},
      {R"({"call":"replace","args":["aXbX","X","--"]})", R"("a--b--")"},
      {R"({"call":"replace","args":["ab","","-"]})", R"("ab")"},
      {R"({"call":"int","args":[" 42\n"]})", "42"},
      {R"({"call":"int","args":["4x"]})", "null"},
      {R"({"??":[{"call":"int","args":["4x"]},0]})", "0"},
      {R"({"call":"string","args":[{"duration":"90s"}]})", R"("1m30s")"},
      {R"({"call":"join","args":["a",","]})",
       "error: `join` wants a list as argument 1, not a text"},
      {R"({"call":"last","args":["a","b"]})",
       "error: `last` wants a whole number as argument 2, not a text"},
      {R"({"call":"nope","args":["a"]})", "error: there is no function `nope`"},
  });
}

TEST_CASE("a value is escaped by where it goes", "[eval]") {
  check_all({
      {R"({"concat":["echo ",{"shell-word":[{"param":0}]}]})", R"("echo 'o'\\''brien'")"},
      {R"({"shell-word":[""]})", R"("''")"},
      {R"({"concat":["echo \"",{"shell-double":["$x `y` \""]},"\""]})",
       R"("echo \"\\$x \\`y\\` \\\"\"")"},
      {R"({"shell-word":["a\u0000b"]})", "error: a value for a command holds a NUL byte"},
      {R"({"url-component":["a/b ?é"]})", R"("a%2Fb%20%3F%C3%A9")"},
      {R"({"url-segment":["a.b"]})", R"("a.b")"},
      {R"({"url-segment":[".."]})",
       "error: a value for a path is `.` or `..`, which would point elsewhere"},
      {R"({"url-whole":["https://a.example/x"]})", R"("https://a.example/x")"},
      {R"({"url-host":["db.demo.svc"]})", R"("db.demo.svc")"},
      {R"({"url-host":["::1"]})", R"("[::1]")"},
      {R"({"url-host":["[::1]"]})", R"("[::1]")"},
      {R"({"url-port":[5432]})", R"("5432")"},
      {R"({"header-value":["a\tb"]})", R"("a\tb")"},
      {R"({"header-value":["a\r\nX: b"]})",
       "error: a value for a header holds a line end or another control character"},
      {R"({"url-host":[{"secret":0}]})",
       "error: a secret or captured value is not a host name or address"},
      {R"({"url-whole":[{"concat":[{"capture":0}]}]})",
       "error: a secret or captured value is not a URL"},
  });
  CHECK(run(R"({"url-port":[70000]})").starts_with("error: `70000` is not a port: "));
  CHECK(run(R"({"url-host":["a/b"]})").starts_with("error: `a/b` is not a host name or address: "));
}

TEST_CASE("no error shows the text of a secret", "[eval]") {
  for (const char* expression :
       {R"({"url-host":[{"secret":0}]})", R"({"url-whole":[{"secret":0}]})",
        R"({"url-port":[{"secret":0}]})", R"({"header-value":[{"secret":0}]})",
        R"({"and":[{"secret":0}]})", R"({"<":[{"secret":0},1]})",
        R"({"url-host":[{"call":"upper","args":[{"secret":0}]}]})",
        R"({"contains":[1,{"secret":0}]})"}) {
    const std::string result = run(expression);
    CAPTURE(result);
    CHECK(result.starts_with("error: "));
    CHECK(result.find("hun") == std::string::npos);
    CHECK(result.find("HUN") == std::string::npos);
  }
}

TEST_CASE("damaged expressions are errors", "[eval]") {
  for (const char* expression :
       {R"({"==":[1]})", R"({"not":[]})", R"({"if":[true]})", R"({"range":[1,2]})",
        R"({"shell-word":[]})", R"({"index":[1]})", R"({"in":[1,{"range":[1]}]})"}) {
    CAPTURE(expression);
    CHECK(run(expression).starts_with("error: "));
  }
}

TEST_CASE("one kind is asked for", "[eval]") {
  const TestScope scope;
  const auto expr = [](std::string_view text) { return *parse_expr(text); };
  CHECK(evaluate_text(expr("3"), scope) == "3");
  CHECK(evaluate_int(expr("3"), scope) == 3);
  CHECK(evaluate_decimal(expr("3"), scope) == 3.0);
  CHECK(evaluate_duration(expr(R"({"duration":"2s"})"), scope) == 2000);
  CHECK(evaluate_bool(expr("true"), scope) == true);
  CHECK(evaluate_duration(expr(R"({"param":0})"), scope).error().message ==
        "`name` is a text, not a duration");
  CHECK(evaluate_int(expr(R"({"param":1})"), scope).error().message == "`limit` is missing");
}

TEST_CASE("JSON from anywhere", "[eval]") {
  CHECK(to_json(json(R"( {"b":1,"a":[true,null,-5,1e2,"\u20ac"]} )")) ==
        R"({"b":1,"a":[true,null,-5,100.0,"€"]})");
  CHECK(to_json(json(R"({"a":1,"b":2,"a":3,"a":4})")) == R"({"a":4,"b":2})");
  CHECK(std::holds_alternative<double>(json("18446744073709551615").data));
  CHECK(to_json(json("9223372036854775807")) == "9223372036854775807");
  CHECK(to_json(Value{"a\xff"
                      "b"}) ==
        "\"a\uFFFD"
        "b\"");
  CHECK(to_pretty_json(json(R"({"a":[1,2],"b":{},"c":[]})")) ==
        "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
  const std::string deep(200, '[');
  CHECK(parse_json(deep).error() == "JSON nested deeper than 128");
  for (const char* bad :
       {"", "{", "[1,]", "nul", "1 2", "{\"a\":}", "\"\\x\"", "1e999", "\"a\xff\""}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_json(bad));
  }
}

TEST_CASE("params given as text", "[eval]") {
  struct ParamRow {
    ParamType type;
    std::string_view text, result;
  };
  const auto type = [](std::string name) { return ParamType{std::move(name), "", {}, {}, "", {}}; };
  const ParamType attempts{"int", "", 0, 10, "", {}};
  const ParamType severity{"string", "", {}, {}, "", {"critical", "error"}};
  const ParamType label{"string", "", {}, {}, "[a-z]+", {}};
  const ParamType numbers{"list", "int", 0, 10, "", {}};
  const ParamType words{"list", "string", {}, {}, "", {}};
  const ParamRow rows[] = {
      {type("string"), "a b", R"("a b")"},
      {type("bool"), "true", "true"},
      {type("bool"), "yes", "error: `yes` is not a bool: write `true` or `false`"},
      {type("duration"), "90s", R"("1m30s")"},
      {type("size"), "1024KiB", R"("1MiB")"},
      {type("port"), "8080", "8080"},
      {type("url"), "https://a.example/", R"("https://a.example/")"},
      {type("hostname"), "::1", R"("::1")"},
      {type("regex"), "a.*", R"("a.*")"},
      {type("selector"), "app=web", R"("app=web")"},
      {type("json"), R"({"a": 1})", R"({"a":1})"},
      {type("pod"), "app", R"("app")"},
      {attempts, "10", "10"},
      {attempts, "11", "error: 11 is outside int(0..10)"},
      {severity, "error", R"("error")"},
      {severity, "fatal", R"(error: `fatal` is not one of string("critical", "error"))"},
      {label, "abc", R"("abc")"},
      {label, "abc1", "error: `abc1` does not match string(/[a-z]+/)"},
      {numbers, "1,2", "[1,2]"},
      {numbers, "[1, 2]", "[1,2]"},
      {numbers, "", "[]"},
      {numbers, "1,12", "error: element 2: 12 is outside int(0..10)"},
      {words, R"(["a,b","c"])", R"(["a,b","c"])"},
      {words, "a,,b", R"(["a","","b"])"},
  };
  for (const ParamRow& row : rows) {
    CAPTURE(row.text);
    const auto value = parse_param(row.type, row.text);
    CHECK((value ? to_json(*value) : "error: " + value.error()) == row.result);
  }
  for (const char* name :
       {"int", "duration", "size", "port", "url", "hostname", "regex", "selector", "json"}) {
    const auto value = parse_param(type(name), "(");
    CAPTURE(name);
    REQUIRE_FALSE(value);
    CHECK(value.error().starts_with(
        fmt::format("`(` is not {} {}: ", name == std::string("int") ? "an" : "a", name)));
  }
}

}  // namespace
}  // namespace hookc::plan
