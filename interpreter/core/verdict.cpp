#include "interpreter/core/verdict.hpp"

#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/facts.hpp"

namespace hookc::engine {
namespace {

/// Passed the default test, and what was seen: "exit code 2", "HTTP status 503".
struct DefaultTest {
  bool passed = false;
  std::string seen;
};

DefaultTest default_test(const AttemptResult& result) {
  if (const auto* http = std::get_if<HttpResponse>(&result)) {
    return {http->status >= 200 && http->status < 400, fmt::format("HTTP status {}", http->status)};
  }
  if (const auto* exec = std::get_if<ExecOutput>(&result)) {
    return {exec->exit_code == 0, fmt::format("exit code {}", exec->exit_code)};
  }
  return {true, {}};
}

/// What one stream printed, without secrets; also none that was cut where the middle is left out.
std::string redacted(const Redactor& redactor, std::string_view text, bool truncated) {
  std::string out;
  bool cut_before = false;
  while (truncated) {
    constexpr std::string_view kMark = "\n\u2026 ";
    std::size_t end = text.find(kLeftOut);
    const std::size_t mark = text.substr(0, end).rfind(kMark);
    if (end == std::string_view::npos || mark == std::string_view::npos) break;
    end += kLeftOut.size();
    out += redactor.redact_piece(text.substr(0, mark), cut_before, true);
    out += text.substr(mark, end - mark);
    text.remove_prefix(end);
    cut_before = true;
  }
  return out + redactor.redact_piece(text, cut_before, false);
}

std::string output_of(const Redactor& redactor, const AttemptResult& result) {
  if (const auto* http = std::get_if<HttpResponse>(&result))
    return redactor.redact_piece(http->body, false, http->body_truncated);
  const auto* exec = std::get_if<ExecOutput>(&result);
  if (exec == nullptr) return {};
  std::string out = redacted(redactor, exec->stdout_text, exec->truncated);
  if (!out.empty() && !exec->stderr_text.empty() && out.back() != '\n') out += '\n';
  return out + redacted(redactor, exec->stderr_text, exec->truncated);
}

Judgement assumed(const Context& context, const plan::Task& task) {
  Judgement judged;
  for (const plan::Capture& capture : task.captures) {
    judged.captures.emplace_back(fmt::format("<{}>", capture.index < context.plan.captures.size()
                                                         ? context.plan.captures[capture.index].name
                                                         : ""));
  }
  judged.verdict = Verdict::Succeeded;
  return judged;
}

/// The last line that is not blank.
std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return text.substr(text.find_last_of('\n') + 1);  // npos + 1 is 0
}

}  // namespace

Judgement judge(const Context& context, const plan::Task& task, const AttemptResult& result,
                Millis timeout, bool release) {
  Judgement judged;
  judged.output = bounded(output_of(context.redactor, result));
  const auto failed = [&](Verdict verdict, const std::string& reason) {
    judged.verdict = verdict;
    judged.reason = one_line(context.redactor.redact(reason));
    if (judged.reason.empty())
      judged.reason = verdict == Verdict::Definite ? "failed" : "the result is unknown";
    return judged;
  };
  if (const auto* failure = std::get_if<DefiniteFailure>(&result)) {
    if (release && failure->pod_gone) {
      judged.verdict = Verdict::Succeeded;
      return judged;
    }
    return failed(Verdict::Definite, failure->reason);
  }
  if (const auto* refused = std::get_if<NotStarted>(&result)) {
    return failed(Verdict::NotStarted, refused->reason);
  }
  if (const auto* unknown = std::get_if<UnknownResult>(&result)) {
    return failed(Verdict::Unknown, unknown->reason);
  }
  if (std::holds_alternative<TimedOut>(result)) {
    return failed(Verdict::Unknown, fmt::format("timed out after {}", spoken(timeout)));
  }
  if (std::holds_alternative<Cancelled>(result)) return failed(Verdict::Unknown, "stopped");
  if (std::holds_alternative<Assumed>(result)) return assumed(context, task);

  const DefaultTest test = default_test(result);
  if (!test.passed && !(task.expect && task.expect_replaces))
    return failed(Verdict::Definite, test.seen);
  const Facts facts(context, &result);
  if (task.expect) {
    const auto holds = plan::evaluate_bool(*task.expect, facts);
    if (!holds)
      return failed(Verdict::Definite, "`expect` cannot be evaluated: " + holds.error().message);
    if (!*holds) {
      return failed(Verdict::Definite, test.seen.empty()
                                           ? "`expect` is false"
                                           : fmt::format("`expect` is false ({})", test.seen));
    }
  }
  for (const plan::Capture& capture : task.captures) {
    const std::string& name = capture.index < context.plan.captures.size()
                                  ? context.plan.captures[capture.index].name
                                  : "";
    auto value = plan::evaluate(capture.from, facts);
    if (!value)
      return failed(Verdict::Unknown,
                    fmt::format("cannot capture `{}`: {}", name, value.error().message));
    if (value->is_null())
      return failed(Verdict::Unknown, fmt::format("cannot capture `{}`: it is missing", name));
    judged.captures.push_back(*std::move(value));
  }
  judged.verdict = Verdict::Succeeded;
  return judged;
}

Judgement judge_ready(const Context& context, const plan::Task& task,
                      const plan::OptionalExpr& ready_once, const SessionOutput& event) {
  if (event.assumed_ready) return assumed(context, task);
  plan::Task ready;
  ready.expect = ready_once;
  ready.captures = task.captures;
  ExecOutput so_far = event.so_far;
  so_far.exit_code = 0;
  Judgement judged = judge(context, ready, so_far, 0, false);
  constexpr std::string_view kExpect = "`expect`";
  if (judged.reason.starts_with(kExpect)) {
    const bool is_false =
        judged.verdict == Verdict::Definite && judged.reason.contains(" is false");
    judged.reason =
        is_false ? std::string{} : "`ready once`" + judged.reason.substr(kExpect.size());
  }
  return judged;
}

std::string how_it_ended(const Context& context, const plan::Task& task,
                         const AttemptResult& result, Millis timeout) {
  const auto* exec = std::get_if<ExecOutput>(&result);
  if (exec == nullptr) return judge(context, task, result, timeout, false).reason;
  const std::string output = output_of(context.redactor, result);
  std::string how = fmt::format("exit code {}", exec->exit_code);
  if (const std::string_view line = last_line(output); !line.empty())
    how += fmt::format(": {}", one_line(line));
  return how;
}

Judgement judge_unready(const Context& context, const plan::Task& task, const AttemptResult& result,
                        Millis timeout) {
  if (std::holds_alternative<TimedOut>(result)) {
    Judgement judged;
    judged.reason = fmt::format("not ready after {}", spoken(timeout));
    return judged;
  }
  if (!std::holds_alternative<ExecOutput>(result)) {
    Judgement judged = judge(context, task, result, timeout, false);
    if (judged.verdict == Verdict::Succeeded) {
      judged.verdict = Verdict::Definite;
      judged.reason = "its session ended before it was ready";
    }
    return judged;
  }
  Judgement judged;
  judged.verdict = Verdict::Definite;
  judged.output = bounded(output_of(context.redactor, result));
  judged.reason = fmt::format("its session ended before it was ready ({})",
                              how_it_ended(context, task, result, timeout));
  return judged;
}

}  // namespace hookc::engine
