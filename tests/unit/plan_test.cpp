// Plans: the JSON form, and what lowering makes of the files in tests/plan.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "compiler/plan/json.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/plan/text.hpp"
#include "compiler/plan/verify.hpp"
#include "tests/unit/golden.hpp"

namespace hookc::plan {
namespace {

Expr parsed(std::string_view json) {
  const auto expr = parse_expr(json);
  INFO(json);
  REQUIRE(expr);
  return *expr;
}

/// Every field of every struct set, so that a field the codec forgets makes the round trip fail.
Plan full_plan() {
  const Expr text = parsed(R"({"concat":["a ",{"shell-word":[{"param":0}]}]})");
  const Expr limit = parsed(R"({"duration":"5m"})");
  const Origin origin{"dir:odd/a.hook", 12, 3};
  PodSelection pod{.label = "db",
                   .cluster_name = text,
                   .namespace_name = text,
                   .labels = text,
                   .owner = Workload{"StatefulSet", "apps", text},
                   .container = text,
                   .all = true,
                   .exactly = text,
                   .at_least = text,
                   .one_by_one = true};
  const SecretSource source{SecretSource::Kind::Kubernetes, "", text, text};
  const std::vector<EnvVar> env{{"A", text}, {"B", source}};
  const Retry retry{text, limit, text, limit};
  const auto task = [&](Action action) {
    return Task{origin, std::move(action), limit, retry, text, true, {{0, text}}};
  };
  Plan plan;
  plan.file = "a.hook";
  plan.params = {
      {"name", {"list", "int", -5, 10, "a+", {"x", "y"}}, text, "what it is for", origin}};
  plan.secrets = {{"token", "url", {SecretSource::Kind::Env, "TOKEN", {}, {}}, origin}};
  plan.captures = {{"label", true, true, 1}};
  plan.functions = {{"f",
                     text,
                     text,
                     text,
                     text,
                     text,
                     text,
                     text,
                     {text, text},
                     env,
                     {{"v", "claim", text, text, true}}}};
  plan.target = Target{{"Deployment", "", text}, text};
  plan.exclusive = Exclusive{text, limit};
  plan.environments = {{"prod", {{0, text}}}};
  plan.backup = {{{0, 1}, {2}}, {{3}}, text};
  plan.restore = {{{4}}, {{5}, {6}}, {}};
  const PodEndpoint endpoint{pod, text, "http", text, "https"};
  const Hold hold{true, text, task(SessionStdin{text}), true, limit, 1, "done"};
  const std::vector<Action> actions{
      HttpRequest{true,
                  text,
                  {{text, text}},
                  HttpRequest::BodyKind::Form,
                  text,
                  Tls{true, text, text, text},
                  true},
      HttpRequest{false, endpoint, {}, {}, {}, {}, false},
      TcpConnect{endpoint},
      TcpConnect{text},
      Exec{Exec::Place::Pod, pod, UINT32_MAX, text, {}, env, text},
      Exec{Exec::Place::Function, {}, 0, {}, {text}, {}, {}},
      Scale{{"Deployment", "", text}, text, true},
      Wait{pod, Wait::State::Where, text},
      Wait{Workload{"Job", "batch", text}, Wait::State::Gone, {}},
      ScaleBack{},
  };
  for (const Action& action : actions) {
    Step step{.id = static_cast<std::uint32_t>(plan.steps.size()),
              .name = fmt::format("step {}", plan.steps.size()),
              .named = true,
              .policy = Policy::OnFailure,
              .on_error = OnError::Skip,
              .when = text,
              .task = task(action),
              .hold = {}};
    if (step.id == 0) step.hold = hold;
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

TEST_CASE("a plan comes back from its JSON as it was", "[plan]") {
  for (const Plan& plan : {full_plan(), Plan{}}) {
    for (const bool pretty : {false, true}) {
      const std::string json = to_json(plan, pretty);
      const auto back = parse_plan(json);
      INFO((back ? json : back.error()));
      REQUIRE(back);
      CHECK(*back == plan);
      CHECK(to_json(*back, pretty) == json);
    }
  }
}

TEST_CASE("every operator comes back from its JSON as it was", "[plan]") {
  for (const char* json : {R"(null)",
                           R"(true)",
                           R"(-3)",
                           R"(1.0)",
                           R"("a")",
                           R"({"duration":"0s"})",
                           R"({"size":"1B"})",
                           R"({"literal":[1,{"duration":"1s"},{"object":{"duration":"not one"}}]})",
                           R"({"literal":{"object":{}}})",
                           R"({"regex":"a\\/b"})",
                           R"({"list":[]})",
                           R"({"object":{"literal":1,"b":{"list":[2]}}})",
                           R"({"param":7})",
                           R"({"secret":0})",
                           R"({"capture":4294967294})",
                           R"({"fact":"session.id"})",
                           R"({"hook":3,"fact":"status"})",
                           R"({"header":"X-A"})",
                           R"({"member":[{"fact":"json"}],"name":"a b"})",
                           R"({"index":[{"param":0},1]})",
                           R"({"call":"trim","args":[" a"]})",
                           R"({"not":[true]})",
                           R"({"and":[true,false]})",
                           R"({"or":[true]})",
                           R"({"==":[1,2]})",
                           R"({"!=":[1,2]})",
                           R"({"<":[1,2]})",
                           R"({"<=":[1,2]})",
                           R"({">":[1,2]})",
                           R"({">=":[1,2]})",
                           R"({"contains":["a","b"]})",
                           R"({"startswith":["a","b"]})",
                           R"({"endswith":["a","b"]})",
                           R"({"matches":["a",{"regex":"b"}]})",
                           R"({"in":[1,{"range":[1,2]}]})",
                           R"({"??":[{"param":0},1]})",
                           R"({"if":[true,1,2]})",
                           R"({"concat":["a",1]})",
                           R"({"shell-word":["a"]})",
                           R"({"shell-single":["a"]})",
                           R"({"shell-double":["a"]})",
                           R"({"url-whole":["a"]})",
                           R"({"url-host":["a"]})",
                           R"({"url-port":["a"]})",
                           R"({"url-segment":["a"]})",
                           R"({"url-component":["a"]})",
                           R"({"header-value":["a"]})"}) {
    CHECK(to_json(parsed(json)) == json);
  }
}

TEST_CASE("a plan from outside is read whole or refused", "[plan]") {
  struct Row {
    const char *json, *problem;
  };
  for (
      const Row& row : {
          Row{R"([])", "not a plan: its first field is not `hookc_plan`"},
          Row{R"({"file":"a","hookc_plan":1})", "not a plan: its first field is not `hookc_plan`"},
          Row{R"({"hookc_plan":2,"file":"a"})",
              "a plan of version 2, and this hookc reads version 1"},
          Row{R"({"hookc_plan":1})", "`file` is missing"},
          Row{R"({"hookc_plan":1,"file":"a","zeal":1})", "unknown field `zeal`"},
          Row{R"({"hookc_plan":1,"file":"a","steps":{}})", "steps: a list is wanted"},
          Row{R"({"hookc_plan":1,"file":"a","steps":[{"id":0}]})", "steps[0]: `name` is missing"},
          Row{R"({"hookc_plan":1,"file":"a","exclusive":{"name":{"concat":["a",{"nope":1}]}}})",
              "exclusive.name.concat[1]: unknown operator `nope`"},
          Row{R"({"hookc_plan":1,"file":"a","exclusive":{"name":{"param":-1}}})",
              "exclusive.name.param: an index is wanted"},
          Row{R"({"hookc_plan":1,"file":"a","exclusive":{"name":{"param":0}}})",
              "an expression reads param 0 of 0"},
          Row{R"({"hookc_plan":1,"file":"a","exclusive":{"name":{"duration":"5"}}})", nullptr},
          Row{R"({"hookc_plan":1,"file":"a","params":[{"name":"p","type":{"name":"int"},"origin":"a:1"}]})",
              "params[0].origin: a place `file:line:column` is wanted"},
          Row{R"({"hookc_plan":1,"file":"a","backup":{"pre":[[0]]}})", "a group names step 0 of 0"},
          Row{R"({"hookc_plan":1,"file":"a")", nullptr},
      }) {
    CAPTURE(row.json);
    const auto plan = parse_plan(row.json);
    REQUIRE_FALSE(plan);
    if (row.problem != nullptr) CHECK(plan.error() == row.problem);
  }
}

TEST_CASE("a damaged plan is refused", "[plan]") {
  REQUIRE_FALSE(find_damage(full_plan()));
  const auto damaged = [](auto change) {
    Plan plan = full_plan();
    change(plan);
    return find_damage(plan).value_or("");
  };
  CHECK(damaged([](Plan& p) { p.steps[3].id = 2; }) == "step 3 says it is step 2");
  CHECK(damaged([](Plan& p) { p.backup.pre.push_back({3}); }) ==
        "step `step 3` stands in two groups");
  CHECK(damaged([](Plan& p) { p.restore.pre.push_back({}); }) == "a group is empty");
  CHECK(damaged([](Plan& p) { p.steps[2].hold = p.steps[0].hold; }).empty());
  CHECK(damaged([](Plan& p) { p.steps[3].hold = p.steps[0].hold; }) ==
        "hold `step 3` stands among post hooks");
  CHECK(damaged([](Plan& p) { p.functions.clear(); }) ==
        "step `step 5` runs in a function that is not there");
  CHECK(damaged([](Plan& p) { p.captures[0].step = 99; }) == "capture `label` is of no step");
  CHECK(damaged([](Plan& p) { p.steps[0].hold->until_step = 99; }) ==
        "hold `step 0` lasts until a step that is not there");
  CHECK(damaged([](Plan& p) { p.captures.clear(); }) == "step `step 0` captures into nothing");
}

TEST_CASE("a plan with every field, as JSON and as text", "[plan]") {
  test::check_golden("plan/full.plan.json", to_json(full_plan(), true) + "\n");
  test::check_golden("plan/full.plan.txt", to_text(full_plan()));
}

TEST_CASE("expressions as the language writes them", "[plan]") {
  const Plan plan = full_plan();
  struct Row {
    const char *json, *source;
  };
  for (
      const Row& row : {
          Row{R"({"and":[{"in":[{"fact":"status"},{"range":[200,299]}]},{"contains":[{"fact":"body"},"ok"]}]})",
              R"(status in 200..299 and body contains "ok")"},
          Row{R"({"and":[{"or":[true,false]},{"not":[{"==":[1,2]}]}]})",
              "(true or false) and not 1 == 2"},
          Row{R"({"or":[{"and":[true,false]},true]})", "true and false or true"},
          Row{R"({"not":[{"in":[{"fact":"exit"},{"list":[0,3]}]}]})", "exit not in [0, 3]"},
          Row{R"({"==":[{"??":[{"capture":0},"none"]},"a"]})", R"(label ?? "none" == "a")"},
          Row{R"({"??":[{"if":[true,1,2]},3]})", "(if true then 1 else 2) ?? 3"},
          Row{R"({"member":[{"index":[{"member":[{"fact":"json"}],"name":"items"},0]}],"name":"a b"})",
              R"(json.items[0]["a b"])"},
          Row{R"({"hook":2,"fact":"status"})", R"(hook("step 2").status)"},
          Row{R"({"matches":[{"fact":"stdout"},{"regex":"^a\\/b"}]})", R"(stdout matches /^a\/b/)"},
          Row{R"({"concat":["a \"q\" ${x}\n",{"param":0}]})", R"("a \"q\" \${x}\n${name}")"},
          Row{R"({"object":{"a":1,"b c":{"list":[{"duration":"90s"},{"secret":0}]}}})",
              R"({ a: 1, "b c": [1m30s, token] })"},
          Row{R"({"call":"last","args":[{"fact":"stdout"},5]})", "last(stdout, 5)"},
          Row{R"({"literal":{"object":{"k":[1,null]}}})", "{ k: [1, null] }"},
      }) {
    CHECK(to_source(parsed(row.json), plan) == row.source);
  }
  CHECK(to_source_text(parsed(R"({"concat":["psql -h ",{"shell-word":[{"param":0}]}]})"), plan) ==
        "psql -h ${name}");
}

TEST_CASE("values for a plan that is only looked at", "[plan]") {
  Plan plan;
  const auto param = [&](const char* name, const char* type, OptionalExpr value) {
    plan.params.push_back(
        {name, {type, "", {}, {}, "", {}}, std::move(value), "", {"a.hook", 1, 1}});
  };
  param("place", "string", parsed(R"("dev")"));
  param("limit", "duration", {});
  param("path", "string", parsed(R"({"concat":["/",{"param":0}]})"));
  plan.environments = {{"prod", {{0, parsed(R"("prod")")}}}};
  const auto chosen = [&](const ValueSources& sources) {
    std::string out;
    const auto values = choose_values(plan, sources);
    if (!values) return fmt::format("{}", fmt::join(values.error(), "; "));
    for (std::size_t i = 0; i < values->size(); ++i) {
      const ChosenValue& value = (*values)[i];
      out += fmt::format("{}={} ({}) ", plan.params[i].name,
                         to_json(Expr{Op::Literal, 0, value.value, "", {}, {}}), value.from);
    }
    return out;
  };
  CHECK(chosen({}) == R"(place="dev" (default) limit=null () path="/dev" (default) )");
  CHECK(chosen({{}, "prod", {}}) ==
        R"(place="prod" (environment prod) limit=null () path="/prod" (default) )");
  const auto variable = [](const std::string& name) {
    return name == "HOOK_PARAM_LIMIT" ? std::optional<std::string>("5m") : std::nullopt;
  };
  CHECK(chosen({{{"place", "x"}}, "prod", variable}) ==
        R"(place="x" (-p) limit={"duration":"5m"} (HOOK_PARAM_LIMIT) path="/x" (default) )");
  CHECK(chosen({{{"limit", "soon"}, {"nope", "1"}}, "test", {}})
            .find("no param is called `nope`; no environment is called `test`") !=
        std::string::npos);
}

TEST_CASE("the longest a task can take", "[plan]") {
  struct Row {
    const char *count, *every, *factor, *up_to, *terms;
    std::int64_t ms;
  };
  for (const Row& row : {
           Row{nullptr, "1s", "1", nullptr, "30s", 30'000},
           Row{"0", "1s", "1", nullptr, "30s", 30'000},
           Row{"1", "1s", "1", nullptr, "2 × 30s + 1s", 61'000},
           Row{"3", "2s", "1", nullptr, "4 × 30s + 3 × 2s", 126'000},
           Row{"3", "2s", "2", nullptr, "4 × 30s + 2s + 4s + 8s", 134'000},
           Row{"4", "10s", "2", "30s", "5 × 30s + 10s + 20s + 2 × 30s", 240'000},
           Row{"9", "1s", "1.5", "1m", nullptr,
               300'000 + 1000 + 1500 + 2250 + 3375 + 5062 + 7593 + 11390 + 17085 + 25628},
       }) {
    Plan plan;
    Step step;
    step.name = "a";
    step.task.action = Exec{};
    const auto duration = [](const char* text) {
      return parsed(fmt::format(R"({{"duration":"{}"}})", text));
    };
    step.task.timeout = duration("30s");
    if (row.count != nullptr) step.task.retry.count = parsed(row.count);
    step.task.retry.every = duration(row.every);
    step.task.retry.factor = parsed(row.factor);
    if (row.up_to != nullptr) step.task.retry.up_to = duration(row.up_to);
    plan.steps.push_back(step);
    plan.backup.pre = {{0}};
    const Bound longest = make_overview(plan, {}, "").operations.at(0).before;
    CAPTURE(longest.terms);
    if (row.terms != nullptr) CHECK(longest.terms == row.terms);
    CHECK(longest.ms == row.ms);
  }
}

}  // namespace
}  // namespace hookc::plan
