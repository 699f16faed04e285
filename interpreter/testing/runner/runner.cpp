#include "interpreter/testing/runner/runner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/testing/runner/judge.hpp"

namespace hookc::runner {

using plan::Expectation;
using plan::Given;

namespace {

constexpr std::size_t kMostLines = 40;  // of a session, in a finding
constexpr engine::Abilities kAll = {
    .functions = true, .function_images = true, .scale = true, .wait = true, .sessions = true};

bool is_of_session(const Expectation& expectation) {
  switch (expectation.kind) {
    case Expectation::Kind::SessionFailed:
    case Expectation::Kind::SessionSucceeded:
    case Expectation::Kind::SessionSkipped: return true;
    case Expectation::Kind::HookSucceeded:
    case Expectation::Kind::HookFailed:
    case Expectation::Kind::HookRan:
    case Expectation::Kind::HookRanAfter:
    case Expectation::Kind::HookAttempts:
    case Expectation::Kind::HookDidNotRun:
    case Expectation::Kind::HoldReleased:
    case Expectation::Kind::HoldStillHeld: return false;
  }
  return false;
}

bool is_of_hold(const Expectation& expectation) {
  return expectation.kind == Expectation::Kind::HoldReleased ||
         expectation.kind == Expectation::Kind::HoldStillHeld;
}

std::string joined(const std::vector<std::string>& lines) {
  const std::size_t left_out = lines.size() > kMostLines ? lines.size() - kMostLines : 0;
  std::string text = "what happened:";
  if (left_out > 0) text += fmt::format("\n        … {} lines", left_out);
  for (std::size_t i = left_out; i < lines.size(); ++i) text += "\n" + lines[i];
  return text;
}

/// One test, with all the sessions it takes.
class TestRun {
 public:
  TestRun(const plan::Plan& plan, const plan::Test& test, Coverage& coverage)
      : plan_(plan),
        test_(test),
        coverage_(coverage),
        failed_(test.expectations.size()),
        matched_(test.givens.size()) {}

  TestResult run() && {
    auto setting = make_setting(plan_, test_, findings_);
    if (setting) {
      for (const Operation operation : operations(*setting)) {
        const Play play{plan_, *setting, operation};
        if (const auto obstacle = engine::unsupported(plan_, operation, kAll)) {
          findings_.add(Code::HK9103, test_.name_at, "test \"{}\" cannot run: {}", test_.name,
                        *obstacle);
          continue;
        }
        if (test_.every_single_failure && crashes(*setting)) continue;
        if (test_.every_single_failure) {
          every_single_failure(play);
        } else {
          take(play, runner::play(play, Failure{}, false), {});
        }
      }
      for (const auto& failure : failed_) {
        if (failure) tell(*failure);
      }
      strangers(*setting);
    }
    findings_.sort();
    result_.findings = std::move(findings_).take();
    return std::move(result_);
  }

 private:
  /// An expectation that does not hold in some session.
  struct Unmet {
    const Expectation* expectation = nullptr;
    Verdict verdict;
    std::string when;                // the failure it is about; empty: the only session
    std::vector<std::string> lines;  // of the session
    std::vector<std::string> helps;
    std::vector<std::string> also;  // other failures in which it does not hold
  };

  /// That of the givens; without one, which only tests of every failure may be, those with hooks.
  std::vector<Operation> operations(const Setting& setting) const {
    if (setting.operation)
      return {setting.operation->given->restore ? Operation::Restore : Operation::Backup};
    std::vector<Operation> used;
    for (const Operation operation : {Operation::Backup, Operation::Restore}) {
      if (!steps_of(plan_, operation).empty()) used.push_back(operation);
    }
    return used;
  }

  bool crashes(const Setting& setting) {
    for (const Given* given : setting.breaks) {
      if (given->kind != Given::Kind::Crash) continue;
      matched_[index_of(*given)] = true;
      findings_
          .add(Code::HK9103, given->where,
               "test \"{}\" cannot run: `for every single failure` kills hookc by itself",
               test_.name)
          .label("one crash too many");
      return true;
    }
    return false;
  }

  void every_single_failure(const Play& play) {
    std::vector<Failure> failures;
    for (const std::uint32_t step : steps_of(plan_, play.operation)) {
      failures.push_back({Failure::Kind::Fails, step});
      failures.push_back({Failure::Kind::TimesOut, step});
      if (!plan_.steps[step].hold) continue;
      if (plan_.steps[step].hold->session) failures.push_back({Failure::Kind::Dies, step});
      failures.push_back({Failure::Kind::ReleaseFails, step});
      failures.push_back({Failure::Kind::ReleaseTimesOut, step});
    }
    const bool succeeds = !play.setting.operation ||
                          play.setting.operation->kind == plan::TestScript::Kind::Succeeds ||
                          play.setting.operation->kind == plan::TestScript::Kind::Takes;
    if (succeeds) failures.push_back({Failure::Kind::OperationFails, 0});
    for (const Failure& failure : failures) {
      Played played = runner::play(play, failure, false);
      // What cannot fail by itself, such as a hook that runs on failure only, is no single failure.
      if (played.struck) take(play, std::move(played), to_text(failure, plan_, play.operation));
    }
    if (std::ranges::any_of(test_.expectations, is_of_hold)) every_kill(play);
  }

  /// hookc is killed at each moment at which the journal says that something is held, and
  /// `hookc recover` follows. It runs releases only (rule 32), so only of holds is anything
  /// expected.
  void every_kill(const Play& play) {
    const Played whole = runner::play(play, Failure{}, true);
    for (std::size_t i = 0; i < whole.kills.size(); ++i) {
      const Killed& killed = whole.kills[i];
      const bool owes = std::ranges::any_of(killed.past.steps, [](const engine::StepPast& step) {
        return step.hold && engine::owes_release(*step.hold);
      });
      if (!owes || session_unknown(killed)) continue;
      const std::size_t until =
          i + 1 < whole.kills.size() ? whole.kills[i + 1].reports : whole.reports.size();
      const std::vector<std::string> before = event_lines(play, whole, until);
      std::string when = "hookc is killed";
      if (!before.empty()) when += " after `" + before.back().substr(8) + "`";
      take(play, recover(play, killed, whole), std::move(when));
    }
  }

  /// A held session was being started, and nobody can know its process yet: recovery reports it as
  /// still held whatever the file says.
  bool session_unknown(const Killed& killed) const {
    for (std::size_t id = 0; id < killed.past.steps.size(); ++id) {
      const auto& hold = killed.past.steps[id].hold;
      if (!hold || !plan_.steps[id].hold || !plan_.steps[id].hold->session) continue;
      if (std::ranges::any_of(hold->targets, [](const engine::HeldTarget& target) {
            return target.effect != engine::Effect::Idle && target.handle.empty();
          }))
        return true;
    }
    return false;
  }

  void take(const Play& play, Played played, std::string when) {
    ++result_.runs;
    for (const Script& script : played.scripts) {
      if (script.matched) matched_[index_of(*script.given)] = true;
    }
    for (const Given* given : played.met) matched_[index_of(*given)] = true;
    if (!played.ended) {
      never_ended(played);
      return;
    }
    const std::vector<std::string> lines = event_lines(play, played);
    if (result_.events.empty()) result_.events = lines;
    if (unfit(played)) return;
    bool fails = false;
    for (std::size_t i = 0; i < test_.expectations.size(); ++i) {
      const Expectation& expectation = test_.expectations[i];
      if (!is_judged(expectation, play, played)) continue;
      auto verdict = judge(expectation, play, played, !test_.every_single_failure);
      if (!verdict) continue;
      fails = true;
      if (failed_[i]) {
        failed_[i]->also.push_back(when);
        continue;
      }
      failed_[i] = Unmet{&expectation, *std::move(verdict), when, lines, helps(played), {}};
    }
    if (fails && !events_of_failure_) result_.events = lines;
    events_of_failure_ = events_of_failure_ || fails;
    if (!played.recovered || !test_.every_single_failure)
      coverage_.add(play.operation, played.result, played.operation_failed);
  }

  bool is_judged(const Expectation& expectation, const Play& play, const Played& played) const {
    if (played.recovered && test_.every_single_failure && !is_of_hold(expectation)) return false;
    if (is_of_session(expectation)) return true;
    const auto steps = steps_of(plan_, play.operation);
    const auto runs = [&](std::uint32_t step) {
      return std::ranges::find(steps, step) != steps.end();
    };
    return runs(expectation.step) &&
           (expectation.kind != Expectation::Kind::HookRanAfter || runs(expectation.other));
  }

  std::vector<std::string> helps(const Played& played) const {
    std::vector<std::string> out;
    for (const Unanswered& one : played.unanswered) {
      std::string help = fmt::format(
          "{}{}: {} for an empty output, which is what a test answers "
          "unless it says otherwise",
          one.release ? "the release of " : "", engine::title(plan_, one.step), one.reason);
      if (const std::string given = how_to_script(plan_, one.step, one.release); !given.empty())
        help += fmt::format("; write `{}`", given);
      out.push_back(std::move(help));
    }
    return out;
  }

  void tell(const Unmet& unmet) {
    std::string when = unmet.when.empty() ? "" : " when " + unmet.when;
    Diagnostic& d = findings_.add(Code::HK9101, unmet.expectation->where, "test \"{}\": {}{}",
                                  test_.name, unmet.verdict.message, when);
    d.label(unmet.verdict.label);
    if (!unmet.also.empty()) {
      constexpr std::size_t kMost = 10;
      std::string also = "also when";
      for (std::size_t i = 0; i < std::min(kMost, unmet.also.size()); ++i)
        also += "\n" + unmet.also[i];
      if (unmet.also.size() > kMost)
        also += fmt::format("\n… and {} more", unmet.also.size() - kMost);
      d.note(std::move(also));
    }
    // One session is told once, however much of it was not expected.
    const bool told = std::ranges::find(told_, unmet.lines) != told_.end();
    if (!told) d.note(joined(unmet.lines));
    if (!unmet.verdict.help.empty()) d.help(unmet.verdict.help);
    if (told) return;
    for (const std::string& help : unmet.helps) d.help(help);
    told_.push_back(unmet.lines);
  }

  void never_ended(const Played& played) {
    Diagnostic& d =
        findings_.add(Code::HK9103, test_.name_at,
                      "test \"{}\" cannot run: its session does not come to an end", test_.name);
    d.label(played.reports.empty() ? "nothing happened" : "something in it waits for ever");
  }

  bool unfit(const Played& played) {
    for (const Given* given : played.unfit) {
      findings_
          .add(Code::HK9103, given->where,
               "test \"{}\" cannot run: only http and exec hooks answer with a number", test_.name)
          .label("not of such a hook")
          .help("write `succeeds`, `fails \"…\"`, `takes …` or `hangs`");
    }
    return !played.unfit.empty();
  }

  std::size_t index_of(const Given& given) const {
    return static_cast<std::size_t>(&given - test_.givens.data());
  }

  // ---- givens and expectations that have nothing to do with the test's sessions ----

  void strangers(const Setting& setting) {
    std::vector<std::uint32_t> steps;
    std::vector<std::string_view> names;
    for (const Operation operation : operations(setting)) {
      const auto more = steps_of(plan_, operation);
      steps.insert(steps.end(), more.begin(), more.end());
      names.push_back(name_of(operation));
    }
    const std::string of = fmt::format("{}", fmt::join(names, " or "));
    const auto runs = [&](std::uint32_t step) {
      return std::ranges::find(steps, step) != steps.end();
    };
    for (const Script& script : setting.scripts) {
      if (matched_[index_of(*script.given)]) continue;
      const bool by_name =
          script.given->kind == Given::Kind::Task || script.given->kind == Given::Kind::Release;
      if (by_name && script.given->index < plan_.steps.size() && !runs(script.given->index)) {
        stranger(Code::HK9102, script.given->where, script.given->index, of);
      } else if (const Script* first = earlier(setting, script)) {
        findings_
            .add(Code::HK9102, script.given->where,
                 "test \"{}\" says twice how this goes, and the first counts", test_.name)
            .label("never asked")
            .also(first->given->where, "asked instead");
      } else if (!by_name && std::ranges::none_of(steps, [&](std::uint32_t step) {
                   return calls(script, step, setting);
                 })) {
        idle(script, steps, of, setting);
      }
    }
    for (const Given* given : setting.breaks) {
      if (matched_[index_of(*given)]) continue;
      const bool crash = given->kind == Given::Kind::Crash;
      findings_
          .add(Code::HK9102, given->where, "test \"{}\": {} is never started, so {}", test_.name,
               during(*given), crash ? "hookc is not killed" : "no signal arrives")
          .label("never comes about");
    }
    for (const Expectation& expectation : test_.expectations) {
      if (is_of_session(expectation) || expectation.step >= plan_.steps.size()) continue;
      if (!runs(expectation.step))
        stranger(Code::HK9101, expectation.where, expectation.step, of);
      else if (expectation.kind == Expectation::Kind::HookRanAfter && !runs(expectation.other))
        stranger(Code::HK9101, expectation.where, expectation.other, of);
    }
  }

  std::string during(const Given& given) const {
    if (given.during == Given::Kind::Operation) return given.restore ? "a restore" : "a backup";
    const std::string title = engine::title(plan_, given.index);
    return given.during == Given::Kind::Release ? "the release of " + title : title;
  }

  bool calls(const Script& script, std::uint32_t step, const Setting& setting) const {
    return may_match(script, plan_, step, false, setting.inputs) ||
           (plan_.steps[step].hold && may_match(script, plan_, step, true, setting.inputs));
  }

  /// The script that is asked before `script` for the same step or call; null: none.
  static const Script* earlier(const Setting& setting, const Script& script) {
    for (const Script& other : setting.scripts) {
      if (&other == &script) return nullptr;
      const Given& a = *other.given;
      const Given& b = *script.given;
      if (a.kind == b.kind && a.index == b.index && a.post == b.post && a.name == b.name &&
          other.url == script.url && other.tcp == script.tcp)
        return &other;
    }
    return nullptr;
  }

  void stranger(Code code, Location where, std::uint32_t step, const std::string& of) {
    const bool backup = of != "backup";
    findings_
        .add(code, where, "test \"{}\": {} is not part of a {}", test_.name,
             engine::title(plan_, step), of)
        .label(fmt::format("runs around a {}, the test is of a {}", backup ? "backup" : "restore",
                           of));
  }

  void idle(const Script& script, const std::vector<std::uint32_t>& steps, const std::string& of,
            const Setting& setting) {
    std::string what;
    std::vector<std::string> there;  // what could have been meant
    std::string wrong;
    const auto collect = [&](const plan::Task& task) {
      const GivenScope scope(plan_, setting.inputs);
      if (const auto* exec = std::get_if<plan::Exec>(&task.action)) {
        if (script.given->kind == Given::Kind::ExecPod && exec->pod)
          there.push_back(exec->pod->label);
        if (script.given->kind == Given::Kind::ExecFunction &&
            exec->function < plan_.functions.size())
          there.push_back(plan_.functions[exec->function].name);
      } else if (const auto* http = std::get_if<plan::HttpRequest>(&task.action)) {
        const auto* url = std::get_if<plan::Expr>(&http->where);
        if (script.given->kind != Given::Kind::Http || url == nullptr ||
            http->post != script.given->post)
          return;
        if (auto text = plan::evaluate_text(*url, scope)) there.push_back(*std::move(text));
      } else if (const auto* tcp = std::get_if<plan::TcpConnect>(&task.action)) {
        const auto* address = std::get_if<plan::Expr>(&tcp->where);
        if (script.given->kind != Given::Kind::Tcp || address == nullptr) return;
        if (auto text = plan::evaluate_text(*address, scope)) there.push_back(*std::move(text));
      }
    };
    for (const std::uint32_t step : steps) {
      collect(plan_.steps[step].task);
      if (plan_.steps[step].hold) collect(plan_.steps[step].hold->release);
    }
    switch (script.given->kind) {
      case Given::Kind::Http:
        wrong = script.url;
        what = fmt::format("{} `{}`", script.given->post ? "posts to" : "gets", wrong);
        break;
      case Given::Kind::Tcp:
        wrong = fmt::format("{}:{}", script.tcp.host, script.tcp.port);
        what = fmt::format("connects to `{}`", wrong);
        break;
      case Given::Kind::ExecPod:
        wrong = script.given->name;
        what = fmt::format("runs in pod `{}`", wrong);
        break;
      case Given::Kind::ExecFunction:
        wrong = script.given->name;
        what = fmt::format("runs in function `{}`", wrong);
        break;
      case Given::Kind::Operation:
      case Given::Kind::Param:
      case Given::Kind::Task:
      case Given::Kind::Release:
      case Given::Kind::Fact:
      case Given::Kind::Crash:
      case Given::Kind::Interrupt: return;
    }
    std::ranges::sort(there);
    there.erase(std::ranges::unique(there).begin(), there.end());
    Diagnostic& d =
        findings_.add(Code::HK9102, script.given->where, "test \"{}\": no hook of the {} {}",
                      test_.name, of, hidden(what, setting));
    d.label("matches nothing");
    const std::vector<std::string_view> candidates(there.begin(), there.end());
    if (const auto near = did_you_mean(wrong, candidates)) {
      d.help(hidden(fmt::format("did you mean `{}`?", *near), setting));
    } else if (!there.empty()) {
      d.help(hidden(fmt::format("what there is: `{}`", fmt::join(there, "`, `")), setting));
    }
  }

  /// Stand-ins for secrets are told as *** like any secret.
  static std::string hidden(std::string text, const Setting& setting) {
    for (const std::string& secret : setting.inputs.secrets) {
      for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
        text.replace(at, secret.size(), "***");
    }
    return text;
  }

  const plan::Plan& plan_;
  const plan::Test& test_;
  Coverage& coverage_;
  Diagnostics findings_;
  TestResult result_;
  std::vector<std::optional<Unmet>> failed_;    // by expectation
  std::vector<bool> matched_;                   // by given
  std::vector<std::vector<std::string>> told_;  // lines of sessions
  bool events_of_failure_ = false;
};

}  // namespace

TestResult run_test(const plan::Plan& plan, const plan::Test& test, Coverage& coverage) {
  return TestRun(plan, test, coverage).run();
}

}  // namespace hookc::runner
