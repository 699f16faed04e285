// What can be said of policies and tests without running them (rule 41).
#include <algorithm>
#include <array>

#include "compiler/sema/checker.hpp"
#include "compiler/sema/policy_attributes.hpp"
#include "compiler/values/date.hpp"
#include "compiler/values/glob.hpp"

namespace hookc::sema {

namespace {

constexpr auto kAttributes = std::to_array<PolicyAttribute>({
    {"name", TypeKind::String,
     kSteps | bit(ast::Subject::Function) | bit(ast::Subject::Pod) | bit(ast::Subject::Secret)},
    {"side", TypeKind::String, kSteps},
    {"operation", TypeKind::String, kSteps},
    {"timeout", TypeKind::Duration, kSteps},
    {"retry", TypeKind::Int, kSteps},
    {"method", TypeKind::String, bit(ast::Subject::Http)},
    {"url", TypeKind::Url, bit(ast::Subject::Http)},
    {"url.scheme", TypeKind::String, bit(ast::Subject::Http)},
    {"url.host", TypeKind::String, bit(ast::Subject::Http)},
    {"url.port", TypeKind::Int, bit(ast::Subject::Http)},
    {"url.path", TypeKind::String, bit(ast::Subject::Http)},
    {"url.query", TypeKind::String, bit(ast::Subject::Http)},
    {"host", TypeKind::String, bit(ast::Subject::Tcp)},
    {"port", TypeKind::Int, bit(ast::Subject::Tcp)},
    {"command", TypeKind::String, bit(ast::Subject::Exec) | bit(ast::Subject::Function)},
    {"place", TypeKind::String, bit(ast::Subject::Exec)},
    {"pod", TypeKind::String, bit(ast::Subject::Exec) | bit(ast::Subject::Wait)},
    {"container", TypeKind::String, bit(ast::Subject::Exec) | bit(ast::Subject::Pod)},
    {"namespace", TypeKind::String,
     bit(ast::Subject::Exec) | bit(ast::Subject::Pod) | bit(ast::Subject::Function)},
    {"labels", TypeKind::String, bit(ast::Subject::Pod)},
    {"image", TypeKind::String, bit(ast::Subject::Function)},
    {"account", TypeKind::String, bit(ast::Subject::Function)},
    {"user", TypeKind::Int, bit(ast::Subject::Function)},
    {"workload", TypeKind::String, bit(ast::Subject::Scale) | bit(ast::Subject::Wait)},
    {"replicas", TypeKind::Int, bit(ast::Subject::Scale)},
    {"limit", TypeKind::Duration, bit(ast::Subject::Hold)},
    {"session", TypeKind::Bool, bit(ast::Subject::Hold)},
    {"source", TypeKind::String, bit(ast::Subject::Secret)},
});

std::string_view word(ast::Subject subject) {
  switch (subject) {
    case ast::Subject::Http: return "http";
    case ast::Subject::Tcp: return "tcp";
    case ast::Subject::Exec: return "exec";
    case ast::Subject::Scale: return "scale";
    case ast::Subject::Wait: return "wait";
    case ast::Subject::Function: return "function";
    case ast::Subject::Pod: return "pod";
    case ast::Subject::Hold: return "hold";
    case ast::Subject::Secret: return "secret";
  }
  return "hook";
}

}  // namespace

std::span<const PolicyAttribute> policy_attributes() {
  return kAttributes;
}

std::optional<Type> Checker::policy_attribute(const Scope& scope, std::string_view path,
                                              Span where) {
  const Subjects subjects = scope.subjects;
  std::vector<std::string_view> known;
  for (const PolicyAttribute& attribute : kAttributes) {
    if ((attribute.subjects & subjects) == 0) continue;
    if (attribute.name == path) return plain(attribute.type);
    known.push_back(attribute.name);
  }
  Diagnostic& d = add(Code::HK2120, scope.module, where, "a policy cannot ask for `{}` here", path)
                      .label("unknown");
  if (const auto near = did_you_mean(path, known)) {
    d.fix(fmt::format("write `{}`", *near), at(scope.module, where), std::string(*near),
          Applicability::MaybeIncorrect);
  } else {
    d.help(fmt::format("it can ask for {}", fmt::join(known, ", ")));
  }
  return std::nullopt;
}

void Checker::check_policies(ModuleId module) {
  const ast::Module& file = ast(module);
  Scope scope;
  scope.module = module;
  scope.sink = Sink::Policy;
  const auto check_pattern = [&](ast::TextId id) {
    if (!id.valid() || file[id].broken) return;
    const auto text = ast::literal_text(file, id);
    if (!text) {
      add(Code::HK2120, module, file[id].span, "a pattern of files is plain text")
          .label("no placeholders here");
    } else if (const auto checked = values::check_glob(*text); !checked) {
      bad_value(Code::HK3008, module, id, checked.error());
    }
  };
  for (const ast::PolicyDecl& policy : file.policies) {
    for (const ast::TextId pattern : policy.applies_to.in(file.text_lists)) check_pattern(pattern);
    for (const ast::PolicyRule& rule : policy.rules) {
      check_pattern(rule.except);
      check_text(scope, rule.because, TextUse::Plain);
      if (!rule.until_date.empty()) {
        if (const auto checked = values::parse_date(rule.until_date); !checked) {
          add(Code::HK3013, module, rule.until_span, "{}", checked.error().message)
              .label("no such day");
        }
      }
      if (rule.kind == ast::RuleKind::Except && !rule.because.valid()) {
        add(Code::HK2120, module, rule.span, "an exception needs its reason")
            .label("why?")
            .help("write `because \"…\"`");
      }
      if (!rule.condition.valid()) continue;
      Scope asking = scope;
      asking.subjects = rule.subject     ? bit(*rule.subject)
                        : rule.for_holds ? bit(ast::Subject::Hold)
                                         : kSteps;
      expect_bool(asking, rule.condition,
                  rule.subject ? fmt::format("a rule about `{}`", word(*rule.subject)) : "a rule");
    }
  }
}

void Checker::check_tests(ModuleId module) {
  NameMap<Span> seen;
  for (const ast::Test& test : ast(module).tests) {
    if (test.name) {
      const auto [known, added] = seen.try_emplace(test.name.text, test.name.span);
      if (!added) {
        add(Code::HK1004, module, test.name.span, "two tests are called \"{}\"", test.name.text)
            .label("the same name again")
            .also(at(module, known->second), "first test");
      }
    }
    check_test(module, test);
  }
}

void Checker::check_test(ModuleId module, const ast::Test& test) {
  const ast::Given* first = nullptr;
  for (const ast::Given& given : test.givens) {
    check_given(module, given);
    if (given.kind != ast::GivenKind::Operation) continue;
    if (first) {
      add(Code::HK2119, module, given.span, "a test has one outcome, this is a second one")
          .label("second outcome")
          .also(at(module, first->span), "first outcome")
          .help("write two tests");
    }
    first = &given;
  }
  if (!first && !test.every_single_failure) {
    add(Code::HK2119, module, test.name.span, "the test does not say which operation runs")
        .label("backup or restore?")
        .help("write `given backup succeeds` or `given restore fails \"…\"`");
  }
  for (const ast::Expectation& expectation : test.expectations)
    check_expectation(module, expectation);
}

void Checker::check_given(ModuleId module, const ast::Given& given) {
  Scope scope;
  scope.module = module;
  const auto named = [&](StepKind kind) {
    const std::uint32_t step =
        find_step(scope, given.name, kind == StepKind::Hook ? "hook" : "hold");
    if (step != kNone) check_step_kind(module, given.name, StepId{step}, kind);
  };
  switch (given.kind) {
    case ast::GivenKind::Operation: break;
    case ast::GivenKind::Param: {
      if (!given.name) break;
      const auto found = params_.find(given.name.text);
      if (found == params_.end()) {
        Diagnostic& d =
            add(Code::HK1001, module, given.name.span, "no param is called `{}`", given.name.text)
                .label("unknown");
        Candidates params;
        for (const Param& param : program_.params) params.add(param.name);
        if (const auto near = params.nearest(given.name.text, budget_)) {
          d.fix(fmt::format("write `{}`", *near), at(module, given.name.span), std::string(*near),
                Applicability::MaybeIncorrect);
        }
        break;
      }
      const Param& param = program_.params[found->second];
      const In<ast::Param> declared = param.declarations.front();
      check_value(scope.with(Sink::Setting), given.value,
                  {param.type, &ast(declared.module).params[declared.index].type, declared.module},
                  "the value");
      break;
    }
    case ast::GivenKind::Fact: check_given_fact(scope, given); break;
    case ast::GivenKind::Crash:
    case ast::GivenKind::Interrupt:
      if (given.during != ast::GivenKind::Operation)
        named(given.during == ast::GivenKind::Hook ? StepKind::Hook : StepKind::Hold);
      break;
    case ast::GivenKind::Hook: named(StepKind::Hook); break;
    case ast::GivenKind::Hold:
    case ast::GivenKind::Release: named(StepKind::Hold); break;
    case ast::GivenKind::Http: check_text(scope, given.call, TextUse::Url); break;
    case ast::GivenKind::Tcp: check_text(scope, given.call, TextUse::Address); break;
    case ast::GivenKind::ExecPod:
    case ast::GivenKind::ExecFunction: {
      const bool pod = given.kind == ast::GivenKind::ExecPod;
      const NameMap<std::uint32_t>& declared = pod ? names(module).pods : names(module).functions;
      if (given.name && !declared.empty() && !declared.contains(given.name.text)) {
        unknown_thing(scope, pod ? TypeKind::Pod : TypeKind::Function, given.name.text,
                      given.name.span);
      }
      break;
    }
  }
  if (given.kind != ast::GivenKind::Param && given.kind != ast::GivenKind::Fact &&
      given.value.valid())
    check_duration(scope, given.value, "`takes`");
  check_text(scope, given.text, TextUse::Plain);
  for (const ast::Reply& reply : given.replies) {
    if (given.kind == ast::GivenKind::Http) check_int(scope, reply.status, 100, 599, "a status");
    check_text(scope, reply.text, TextUse::Plain);
  }
}

/// Only what a session is started with can be given; the other facts follow from what happens.
void Checker::check_given_fact(const Scope& scope, const ast::Given& given) {
  static constexpr auto kGivable = std::to_array<std::string_view>(
      {"session.id", "session.started", "target.kind", "target.name", "target.namespace"});
  const std::string path =
      fmt::format("{}.{}", given.of_target ? "target" : "session", given.name.text);
  if (given.name && std::ranges::find(kGivable, path) == kGivable.end()) {
    Diagnostic& d =
        add(Code::HK1001, scope.module, given.name.span, "a test cannot give `{}`", path)
            .label(find_fact(given.of_target ? "target" : "session", given.name.text)
                       ? "follows from what happens"
                       : "unknown");
    d.help(fmt::format("it can give `{}`", fmt::join(kGivable, "`, `")));
  }
  check_value(scope.with(Sink::Setting), given.value,
              {plain(TypeKind::String), nullptr, scope.module}, "the value");
}

void Checker::check_step_kind(ModuleId module, const ast::Name& name, StepId id, StepKind wanted) {
  const Step& step = program_.steps[id.value];
  if (step.kind == wanted) return;
  const bool hook = wanted == StepKind::Hook;
  add(Code::HK1001, module, name.span, "\"{}\" is a {}", name.text, hook ? "hold" : "hook")
      .label(hook ? "a hook expected" : "a hold expected")
      .also(states_[id.value].name_at, "declared here")
      .help(hook ? fmt::format("write `hold \"{0}\"`, or `release \"{0}\"` for its release",
                               name.text)
                 : fmt::format("write `hook \"{}\"`", name.text));
}

void Checker::check_expectation(ModuleId module, const ast::Expectation& expectation) {
  Scope scope;
  scope.module = module;
  StepKind wanted = StepKind::Hook;
  switch (expectation.kind) {
    case ast::ExpectKind::SessionFailed:
    case ast::ExpectKind::SessionSucceeded:
    case ast::ExpectKind::SessionSkipped: return;
    case ast::ExpectKind::HoldReleased:
    case ast::ExpectKind::HoldStillHeld: wanted = StepKind::Hold; break;
    case ast::ExpectKind::HookRanAfter: find_step(scope, expectation.other, "hook"); break;
    case ast::ExpectKind::HookSucceeded:
    case ast::ExpectKind::HookFailed:
    case ast::ExpectKind::HookRan:
    case ast::ExpectKind::HookAttempts:
    case ast::ExpectKind::HookDidNotRun: break;
  }
  const std::uint32_t step =
      find_step(scope, expectation.name, wanted == StepKind::Hook ? "hook" : "hold");
  // A hold's acquire is a hook, too: only asking a hook for its release is wrong.
  if (step != kNone && wanted == StepKind::Hold)
    check_step_kind(module, expectation.name, StepId{step}, wanted);
}

}  // namespace hookc::sema
