// From tree to declarations: texts and their spans, numbers, doc comments, and what broken input
// leaves.
#include <catch2/catch.hpp>

#include "tests/unit/syntax_testing.hpp"

namespace hookc {
namespace {

using namespace ast;
using testing::Parsed;

/// The parts of a text: literals in [ ], decoded ones in < >, splices as ${name}.
std::string show(const Parsed& parsed, const Module& module, TextId id) {
  std::string shown;
  for (const TextPart& part : module.parts_of(id)) {
    const std::string_view written = parsed.text().substr(part.span.begin, part.span.size());
    if (part.is_splice()) {
      shown += written;
    } else if (part.verbatim) {
      CHECK(part.literal == written);  // offset i of the literal is offset i of its span
      shown += "[" + std::string(part.literal) + "]";
    } else {
      shown += "<" + std::string(part.literal) + ">";
    }
  }
  return shown;
}

TextId command_of(const Module& module) {
  REQUIRE(module.hooks.size() == 1);
  return std::get<ExecAction>(module.hooks[0].action.what).command.shell;
}

TEST_CASE("texts keep their spans through escapes, splices and layout", "[ast]") {
  struct Row {
    const char* text;
    const char* parts;
  };
  const Row row = GENERATE(values<Row>({
      {R"("plain")", "[plain]"},
      {R"("")", ""},
      {R"("a\n\t\"\\\$\/\u{e9}b")", "[a]<\n><\t><\"><\\><$></><é>[b]"},
      {R"("a${x}b")", "[a]${x}[b]"},
      {R"x("\${x} $HOME $(id)")x", "<$>[{x} $HOME $(id)]"},
      {R"('a\n${x}')", R"([a\n${x}])"},
      {"\"\"\"a\"\"\"", "[a]"},
      {"\"\"\"\n    a\n      b\n\n    c\n    \"\"\"", "[a\n][  b\n][\n][c\n]"},
      {"\"\"\"\n  a\n   ${x}\n  \\${y} \\n\"\"\"", "[a\n][ ]${x}[\n]<$>[{y} \\n]"},
      {"\"\"\"\n\ta\n\t b\"\"\"", "[a\n][ b]"},
      {"\"\"\"\n  a\n\tb\"\"\"", "[  a\n][\tb]"},
      {"\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "[a][\n][b][\n]"},
      {"\"\"\"first\n  second\n\"\"\"", "[first\n][second\n]"},
      {"\"\"\"\n\"\"\"", ""},
  }));
  Parsed parsed(std::string("pre backup exec local ") + row.text);
  const Module module = parsed.build();
  INFO(row.text);
  CHECK(parsed.findings() == std::vector<std::string>{});
  const TextId id = command_of(module);
  CHECK(show(parsed, module, id) == row.parts);
  CHECK_FALSE(module[id].broken);
  CHECK(parsed.text().substr(module[id].span.begin) == row.text);
}

TEST_CASE("a text with a mistake is broken, and its hook is not", "[ast]") {
  for (const char* text : {R"("a\q")", R"("a)", R"("${a b}")", R"("${}")"}) {
    Parsed parsed(std::string("pre backup \"n\" exec local ") + text);
    const Module module = parsed.build();
    INFO(text);
    CHECK(module[command_of(module)].broken);
    CHECK(module.hooks[0].name.text == "n");
  }
}

TEST_CASE("numbers in the AST", "[ast]") {
  Parsed parsed(
      "param a: list<int> = [1, -9223372036854775808, 9223372036854775807, 1h30m, 500ms, 64MiB, "
      "3kB, -2.5, true, null, 5x]");
  const Module module = parsed.build();
  CHECK(parsed.findings() == std::vector<std::string>{});
  const auto list = module.children(module[module.params[0].default_value]);
  const auto number = [&](std::size_t i) { return module[list[i]].number; };
  CHECK(number(0) == 1);
  CHECK(number(1) == INT64_MIN);
  CHECK(number(2) == INT64_MAX);
  CHECK(number(3) == 90 * 60 * 1000);
  CHECK(number(4) == 500);
  CHECK(number(5) == 64 * 1024 * 1024);
  CHECK(number(6) == 3000);
  CHECK(module[list[7]].decimal == -2.5);
  CHECK(number(8) == 1);
  CHECK(module[list[9]].kind == ExprKind::Null);
  CHECK(module[list[10]].kind == ExprKind::Duration);  // malformed: told by the values library
  CHECK(module[list[10]].text == "5x");

  Parsed large(
      "param a: list<int> = [9223372036854775808, 99999999999999999999s, 99999999999999999999GiB]");
  (void)large.build();
  CHECK(large.findings() == std::vector<std::string>{"HK3010 9223372036854775808",
                                                     "HK3001 99999999999999999999s",
                                                     "HK3005 99999999999999999999GiB"});
}

TEST_CASE("the comments right above a statement are its documentation", "[ast]") {
  Parsed parsed(
      "# of the file\n\n# one\n  # two\npre backup exec local \"a\" # trailing\npost backup exec "
      "local \"b\"\n"
      "# not\n\nparam a: int\n");
  const Module module = parsed.build();
  const auto text = [&](DocComment doc) {
    return parsed.text().substr(doc.span.begin, doc.span.size());
  };
  CHECK(text(module.hooks[0].doc) == "# one\n  # two");
  CHECK(text(module.hooks[1].doc) == "");
  CHECK(text(module.params[0].doc) == "");
}

TEST_CASE("every field is read", "[ast]") {
  Parsed parsed(testing::every_form());
  const Module module = parsed.build();
  REQUIRE(parsed.findings() == std::vector<std::string>{});
  CHECK(module.edition == 1);
  CHECK(module.imports[0].module == "std.postgres");
  CHECK(module.imports[1].alias.text == "chat");
  CHECK(module.imports[2].path == "./shared/notify.hook");
  CHECK(module.params[2].name.text == "wide");
  CHECK(module[module.params[2].default_value].number == -3);
  CHECK(module.params[3].type.choices.count == 2);
  CHECK(module.params[4].type.pattern == "[a-z][a-z0-9-]*");
  CHECK(module.params[5].type.element[0].element[0].kind == TypeKind::Hostname);
  CHECK(module.secret_sources[module.secrets[2].source].kind == SourceKind::Kubernetes);
  CHECK(module.targets[1].workload.group.text == "argoproj.io");
  CHECK(module.environments[0].settings.size() == 3);
  CHECK(module[module.exclusives[0].wait].number == 600'000);

  CHECK(module.pods[1].spread->one_by_one);
  CHECK(module[module.pods[1].spread->exactly].number == 3);
  CHECK(module[module.pods[2].spread->at_least].number == 2);
  CHECK_FALSE(module.pods[2].spread->one_by_one);
  CHECK_FALSE(module.pods[2].spread->order_span.empty());
  const ast::Function& job = module.functions[1];
  CHECK(job.env.size() == 3);
  CHECK(job.volumes.size() == 3);
  CHECK(job.volumes[1].read_only);
  CHECK(job.volumes[1].source == VolumeSource::ConfigMap);
  CHECK(literal_text(module, job.cpu) == "500m");
  CHECK(module[job.user].number == 1000);
  CHECK(job.repeated.empty());

  const ast::Template& freeze = module.templates[2];
  CHECK(freeze.hold);
  CHECK(freeze.params.size() == 4);
  CHECK(freeze.params[3].default_value.valid());
  CHECK(freeze.usable == Usable::ThisNamespace);
  CHECK(freeze.body.session);
  CHECK(freeze.body.clauses.count == 2);
  REQUIRE(freeze.body.releases.size() == 1);
  CHECK(freeze.body.releases[0].clauses.count == 2);
  CHECK(std::holds_alternative<StdinAction>(freeze.body.releases[0].action.what));
  CHECK(freeze.body.at_most.valid());
  CHECK(literal_text(module, module.templates[0].usable_selector) == "team=a");

  const Hook& checkpoint = module.hooks[0];
  CHECK(checkpoint.clauses.count == 4);
  const auto clauses = checkpoint.clauses.in(module.clauses);
  CHECK(module[clauses[0].expr].number == 30'000);
  CHECK(module[clauses[1].up_to].number == 30'000);
  CHECK(clauses[2].on_error == OnError::Skip);

  const Hold& paused = module.holds[0];
  CHECK(paused.body.releases[0].only_if_acquired);
  CHECK(paused.body.releases[0].clauses.count == 1);
  CHECK(paused.body.clauses.count == 1);
  CHECK(paused.body.until_hook.text == "checkpoint");
  CHECK(module.holds[1].body.until_prints == "snapshot created");
  CHECK(std::holds_alternative<ScaleBackAction>(module.holds[1].body.releases[0].action.what));

  REQUIRE(module.groups.size() == 2);  // the inner one first
  CHECK(module.groups[1].members.size() == 3);
  const auto& givens = module.tests[0].givens;
  REQUIRE(givens.size() == 17);
  CHECK(givens[8].kind == GivenKind::Fact);
  CHECK_FALSE(givens[8].of_target);
  CHECK(givens[9].of_target);
  CHECK(givens[9].name.text == "name");
  CHECK(givens[10].kind == GivenKind::Crash);
  CHECK(givens[10].during == GivenKind::Operation);
  CHECK(givens[11].kind == GivenKind::Interrupt);
  CHECK(givens[11].operation == Operation::Restore);
  CHECK(givens[14].during == GivenKind::Release);
  CHECK(givens[14].name.text == "writes paused");
  CHECK(module.tests[0].givens[1].replies.size() == 2);
  CHECK(module.tests[0].expectations.size() == 11);
  CHECK(module.tests[0].expectations[0].attempts == 2);
  CHECK(module.tests[0].expectations[3].other.text == "checkpoint");
  CHECK(module.tests[1].every_single_failure);

  const auto& rules = module.policies[0].rules;
  REQUIRE(rules.size() == 12);
  CHECK(module.policies[0].applies_to.count == 2);
  CHECK(rules[0].subject == Subject::Http);
  CHECK(rules[1].kind == RuleKind::Warn);
  CHECK(rules[2].scope_side == ScopeSide::Pre);
  CHECK(rules[3].scope_operation == Operation::Backup);
  CHECK(rules[4].for_holds);
  CHECK(rules[5].for_releases);
  CHECK(rules[6].subject == Subject::Hold);
  CHECK(rules[7].requires_hook);
  CHECK(rules[7].required_policy == Policy::OnFailure);
  CHECK_FALSE(rules[8].required_policy.has_value());
  CHECK(rules[11].until_date == "2027-03-31");

  const auto exec_by_operator =
      std::find_if(module.hooks.begin(), module.hooks.end(), [&](const Hook& hook) {
        const auto* exec = std::get_if<ExecAction>(&hook.action.what);
        return exec != nullptr && exec->place == ExecPlace::Missing;
      });
  REQUIRE(exec_by_operator != module.hooks.end());
  CHECK(exec_by_operator->clauses.in(module.clauses)[0].kind == ClauseKind::ByOperator);
}

TEST_CASE("a misspelt word is read as what was meant", "[ast]") {
  Parsed parsed("post restor on failur \"n\" exec local \"a\"\n  on error wrn");
  const Module module = parsed.build();
  REQUIRE(module.hooks.size() == 1);
  CHECK(module.hooks[0].operation == Operation::Restore);
  CHECK(module.hooks[0].name.text == "n");
  CHECK(module.hooks[0].policy == Policy::OnFailure);
  CHECK(module.clauses[0].on_error == OnError::Warn);
  CHECK(parsed.findings() ==
        std::vector<std::string>{"HK0005 restor", "HK0005 failur", "HK0005 wrn"});
}

TEST_CASE("a statement that does not parse leaves the name it would have declared", "[ast]") {
  Parsed parsed(
      "pre backup \"freeze\" wobble\npod 5\nparam limit duration\npost backup exec local \"a\"");
  const Module module = parsed.build();
  REQUIRE(module.statements.size() == 4);
  CHECK(module.statements[0].kind == StatementKind::Broken);
  CHECK(module.statements[3].kind == StatementKind::Hook);
  REQUIRE(module.broken_names.size() == 2);
  CHECK(module.broken_names[0].text == "freeze");
  CHECK(module.broken_names[1].text == "limit");
}

TEST_CASE("names are whole", "[ast]") {
  Parsed parsed(
      "pre backup \"a\\u{41}\" exec local \"x\"\npre backup \"\" exec local \"x\"\npre backup "
      "\"${a}\" exec local \"x\"");
  const Module module = parsed.build();
  CHECK(module.hooks[0].name.text == "aA");
  CHECK(parsed.findings() == std::vector<std::string>{"HK0001 \"\"", "HK0001 ${a}"});
}

}  // namespace
}  // namespace hookc
