// From a plan and the values of its params to what one wants to read before a night with it.
#include "compiler/plan/overview.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/text.hpp"
#include "compiler/values/duration.hpp"

namespace hookc::plan {
namespace {

/// Only params have values before anything runs.
class ParamScope : public Scope {
 public:
  ParamScope(const Plan& plan, const std::vector<ChosenValue>& values)
      : plan_(plan), values_(values) {}

  Value param(std::uint32_t i) const override {
    return i < values_.size() ? values_[i].value : Value{};
  }
  Value secret(std::uint32_t) const override { return {}; }
  Value capture(std::uint32_t) const override { return {}; }
  Value fact(std::string_view) const override { return {}; }
  Value hook_fact(std::uint32_t, std::string_view) const override { return {}; }
  Value header(std::string_view) const override { return {}; }
  std::string name_of(const Expr& leaf) const override { return to_source(leaf, plan_); }

  /// Whether `e` reads nothing but params that have a value.
  bool known(const Expr& e) const {
    if (e.op == Op::Secret || e.op == Op::Capture || e.op == Op::Fact || e.op == Op::HookFact ||
        e.op == Op::Header) {
      return false;
    }
    if (e.op == Op::Param) return !param(e.index).is_null();
    return std::ranges::all_of(e.args, [&](const Expr& arg) { return known(arg); });
  }

 private:
  const Plan& plan_;
  const std::vector<ChosenValue>& values_;
};

bool is_escape(Op op) {
  return op >= Op::ShellWord && op <= Op::HeaderValue;
}

/// Nothing past the longest duration of the language: nobody waits that long, and sums stay exact.
std::optional<std::int64_t> product(std::int64_t ms, std::int64_t times) {
  if (times > 0 && ms > values::kMaxDurationMs / times) return std::nullopt;
  return ms * times;
}

/// Adds two bounds that follow each other.
Bound then(const Bound& a, const Bound& b) {
  Bound out;
  if (a.ms && b.ms && *a.ms + *b.ms <= values::kMaxDurationMs) out.ms = *a.ms + *b.ms;
  out.terms = a.terms.empty() ? b.terms : b.terms.empty() ? a.terms : a.terms + " + " + b.terms;
  return out;
}

/// The longer of two that run at the same time, or of which one runs.
Bound longer(const Bound& a, const Bound& b) {
  if (!a.ms) return a;
  if (!b.ms) return b;
  return *a.ms >= *b.ms ? a : b;
}

Bound nothing() {
  return {0, ""};
}

class Builder {
 public:
  Builder(const Plan& plan, const std::vector<ChosenValue>& values)
      : plan_(plan), scope_(plan, values) {}

  OperationOverview operation(std::string name, const OperationPlan& operation) const;
  std::string shown(const Expr& e) const;
  std::string shown(const OptionalExpr& e) const { return e ? shown(*e) : std::string(); }

 private:
  std::string condition(const Expr& e) const;
  std::string where(const PodSelection& pod) const;
  std::string workload(const Workload& w) const;
  void lines(std::string_view text, std::vector<std::string>& out) const;
  void variables(const std::vector<EnvVar>& env, std::vector<std::string>& out) const;
  std::string endpoint(const PodEndpoint& at) const;
  std::vector<std::string> action(const Action& action) const;
  std::vector<std::string> http(const HttpRequest& request) const;
  std::vector<std::string> exec(const Exec& exec) const;
  std::optional<std::int64_t> milliseconds(const Expr& e) const;
  std::optional<std::int64_t> pods_in_turn(const Task& task) const;
  std::string attempts(const Retry& retry) const;
  Bound longest(const Task& task, const Task* undo) const;
  Bound waits(const Retry& retry, std::int64_t count) const;
  TaskOverview task(const Task& task, const Task* undo) const;
  StepOverview step(const Step& step, bool post) const;
  std::string held(const Hold& hold) const;
  void notes(const Step& step, std::vector<std::string>& out) const;
  std::vector<std::vector<StepOverview>> groups(const std::vector<Group>& groups, bool post) const;
  Bound side(const std::vector<std::vector<StepOverview>>& groups,
             std::string_view unwanted_policy) const;

  const Plan& plan_;
  ParamScope scope_;
};

/// The finished text where it is known, else the source with what is known filled in.
std::string Builder::shown(const Expr& e) const {
  if (scope_.known(e)) {
    if (const auto value = evaluate(e, scope_)) return to_text(*value);
  }
  if (e.op == Op::Concat) {
    std::string out;
    for (const Expr& part : e.args) out += shown(part);
    return out;
  }
  if (is_escape(e.op) && e.args.size() == 1)
    return fmt::format("${{{}}}", to_source(e.args[0], plan_));
  return to_source_text(e, plan_);
}

std::string Builder::condition(const Expr& e) const {
  return to_source(e, plan_);
}

std::string Builder::workload(const Workload& w) const {
  return fmt::format("{}{}{}/{}", w.kind, w.group.empty() ? "" : ".", w.group, shown(w.name));
}

std::string Builder::where(const PodSelection& pod) const {
  std::vector<std::string> details;
  if (pod.labels) details.push_back(fmt::format("labels {}", shown(*pod.labels)));
  if (pod.owner) details.push_back(fmt::format("owner {}", workload(*pod.owner)));
  if (pod.namespace_name)
    details.push_back(fmt::format("namespace {}", shown(*pod.namespace_name)));
  if (pod.container) details.push_back(fmt::format("container {}", shown(*pod.container)));
  std::string out = pod.all ? "all pods " : "pod ";
  out += pod.cluster_name ? shown(*pod.cluster_name) : pod.label;
  if (!details.empty()) out += fmt::format(" ({})", fmt::join(details, "; "));
  if (pod.exactly) out += fmt::format(", exactly {}", shown(*pod.exactly));
  if (pod.at_least) out += fmt::format(", at least {}", shown(*pod.at_least));
  if (pod.one_by_one) out += ", one by one";
  return out;
}

std::string Builder::endpoint(const PodEndpoint& at) const {
  std::string out =
      fmt::format("at {} port {}", where(at.pod), at.port ? shown(*at.port) : at.port_name);
  if (at.path) out += fmt::format(" path {}", shown(*at.path));
  if (!at.scheme.empty() && at.scheme != "http") out += " over " + at.scheme;
  return out;
}

void Builder::lines(std::string_view text, std::vector<std::string>& out) const {
  while (text.ends_with('\n')) text.remove_suffix(1);
  while (true) {
    const std::size_t end = text.find('\n');
    out.push_back("  " + std::string(text.substr(0, end)));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

void Builder::variables(const std::vector<EnvVar>& env, std::vector<std::string>& out) const {
  for (const EnvVar& variable : env) {
    if (const auto* value = std::get_if<Expr>(&variable.value)) {
      out.push_back(fmt::format("env {} = {}", variable.name, shown(*value)));
      continue;
    }
    const auto& source = std::get<SecretSource>(variable.value);
    switch (source.kind) {
      case SecretSource::Kind::Env:
        out.push_back(fmt::format("env {} from env {}", variable.name, source.env));
        break;
      case SecretSource::Kind::File:
        out.push_back(fmt::format("env {} from file {}", variable.name, shown(source.path)));
        break;
      case SecretSource::Kind::Kubernetes:
        out.push_back(fmt::format("env {} from kubernetes {} key {}", variable.name,
                                  shown(source.path), shown(source.key)));
        break;
    }
  }
}

std::vector<std::string> Builder::http(const HttpRequest& request) const {
  std::vector<std::string> out;
  const auto* url = std::get_if<Expr>(&request.where);
  out.push_back(fmt::format("http {} {}", request.post ? "post" : "get",
                            url ? shown(*url) : endpoint(std::get<PodEndpoint>(request.where))));
  for (const Header& header : request.headers) {
    out.push_back(fmt::format("header {}: {}", shown(header.name), shown(header.value)));
  }
  switch (request.body_kind) {
    case HttpRequest::BodyKind::None: break;
    case HttpRequest::BodyKind::Text:
      out.push_back("body");
      lines(shown(request.body), out);
      break;
    case HttpRequest::BodyKind::Json: out.push_back("json " + condition(*request.body)); break;
    case HttpRequest::BodyKind::Form: out.push_back("form " + condition(*request.body)); break;
  }
  if (request.tls && request.tls->insecure)
    out.push_back("tls insecure: anybody on the way can read and change it");
  if (request.follow_redirects) out.push_back("follows redirects");
  return out;
}

std::vector<std::string> Builder::exec(const Exec& exec) const {
  std::string head = "exec ";
  switch (exec.place) {
    case Exec::Place::Pod: head += "in " + where(*exec.pod); break;
    case Exec::Place::Function: {
      const FunctionSpec& function = plan_.functions[exec.function];
      head += "in function " + function.name;
      if (function.image) head += fmt::format(" (image {})", shown(*function.image));
      if (function.from_cluster) head += " (of the cluster)";
      break;
    }
    case Exec::Place::Local: head += "on this machine"; break;
  }
  std::vector<std::string> out;
  const std::string shell = shown(exec.shell);
  if (exec.shell && shell.find('\n') == shell.npos) head += ": " + shell;
  if (!exec.argv.empty()) {
    Value::List words;
    for (const Expr& word : exec.argv) words.push_back(Value{shown(word)});
    head += ": " + to_json(Value{std::move(words)});
  }
  out.push_back(std::move(head));
  if (shell.find('\n') != shell.npos) lines(shell, out);
  variables(exec.env, out);
  if (exec.stdin_text) {
    out.push_back("stdin");
    lines(shown(*exec.stdin_text), out);
  }
  return out;
}

std::vector<std::string> Builder::action(const Action& action) const {
  if (const auto* a = std::get_if<HttpRequest>(&action)) return http(*a);
  if (const auto* a = std::get_if<Exec>(&action)) return exec(*a);
  if (const auto* a = std::get_if<TcpConnect>(&action)) {
    const auto* address = std::get_if<Expr>(&a->where);
    return {"tcp connect " +
            (address ? shown(*address) : endpoint(std::get<PodEndpoint>(a->where)))};
  }
  if (const auto* a = std::get_if<Scale>(&action)) {
    return {fmt::format("scale {} to {}{}", workload(a->workload), shown(a->replicas),
                        a->if_exists ? " if it exists" : "")};
  }
  if (const auto* a = std::get_if<Wait>(&action)) {
    const auto* pod = std::get_if<PodSelection>(&a->what);
    const std::string what = pod ? where(*pod) : workload(std::get<Workload>(a->what));
    switch (a->state) {
      case Wait::State::Ready: return {fmt::format("wait until {} is ready", what)};
      case Wait::State::Available: return {fmt::format("wait until {} is available", what)};
      case Wait::State::Gone: return {fmt::format("wait until {} is gone", what)};
      case Wait::State::Where:
        return {fmt::format("wait until of {}: {}", what, a->where ? condition(*a->where) : "")};
    }
  }
  if (const auto* a = std::get_if<SessionStdin>(&action)) {
    std::vector<std::string> out{"write to the open session, and close it"};
    lines(shown(a->text), out);
    return out;
  }
  return {"scale back to the size it had"};
}

// ---- how long
// ------------------------------------------------------------------------------------------------

std::optional<std::int64_t> Builder::milliseconds(const Expr& e) const {
  if (!scope_.known(e)) return std::nullopt;
  const auto ms = evaluate_duration(e, scope_);
  if (!ms) return std::nullopt;
  return *ms;
}

std::string Builder::attempts(const Retry& retry) const {
  if (!retry.count) return "1 attempt";
  std::string out;
  const auto count = scope_.known(*retry.count) ? evaluate_int(*retry.count, scope_)
                                                : std::unexpected(EvalError{});
  if (count && *count == 0) return "1 attempt";
  out = count ? fmt::format("{} attempts", *count + 1)
              : fmt::format("1 + {} attempts", shown(*retry.count));
  out += fmt::format(", {} apart", shown(retry.every));
  const std::string factor = shown(retry.factor);
  if (factor != "1") out += fmt::format(", each wait × {}", factor);
  if (retry.up_to) out += fmt::format(", at most {}", shown(*retry.up_to));
  return out;
}

/// The waits between attempts, written one by one while they are few.
Bound Builder::waits(const Retry& retry, std::int64_t count) const {
  if (count <= 0) return nothing();
  const auto every = milliseconds(retry.every);
  const auto factor = scope_.known(retry.factor) ? evaluate_decimal(retry.factor, scope_)
                                                 : std::unexpected(EvalError{});
  const auto cap = retry.up_to ? milliseconds(*retry.up_to) : values::kMaxDurationMs;
  if (!every || !factor || !cap) return {std::nullopt, "the waits between"};
  if (*factor == 1.0) {
    const std::int64_t wait = std::min(*every, *cap);
    return {product(wait, count),
            count == 1 ? values::format_duration(wait)
                       : fmt::format("{} × {}", count, values::format_duration(wait))};
  }
  std::int64_t sum = 0;
  std::string terms;
  double wait = static_cast<double>(*every);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto ms = static_cast<std::int64_t>(std::min(wait, static_cast<double>(*cap)));
    // Once the cap (or nothing at all) is reached all further waits are the same.
    const bool settled = ms == *cap || wait == 0;
    const std::int64_t times = settled ? count - i : 1;
    const auto more = product(ms, times);
    if (!more || sum > values::kMaxDurationMs) return {std::nullopt, "waits beyond measure"};
    sum += *more;
    if (i < 4 || settled) {
      if (!terms.empty()) terms += " + ";
      if (times > 1) terms += fmt::format("{} × ", times);
      terms += values::format_duration(ms);
    } else if (i == 4) {
      terms += " + …";
    }
    if (settled) break;
    wait *= *factor;
  }
  return {sum, terms};
}

/// Pods that are done one after another; nothing where their number is not known before.
std::optional<std::int64_t> Builder::pods_in_turn(const Task& task) const {
  const PodSelection* pod = nullptr;
  if (const auto* exec = std::get_if<Exec>(&task.action); exec && exec->pod) pod = &*exec->pod;
  if (const auto* http = std::get_if<HttpRequest>(&task.action)) {
    if (const auto* at = std::get_if<PodEndpoint>(&http->where)) pod = &at->pod;
  }
  if (const auto* tcp = std::get_if<TcpConnect>(&task.action)) {
    if (const auto* at = std::get_if<PodEndpoint>(&tcp->where)) pod = &at->pod;
  }
  if (pod == nullptr || !pod->all || !pod->one_by_one) return 1;
  if (!pod->exactly || !scope_.known(*pod->exactly)) return std::nullopt;
  const auto count = evaluate_int(*pod->exactly, scope_);
  if (!count) return std::nullopt;
  return *count;
}

/// `undo`: the release, which runs before each further attempt of an acquire whose result is
/// unknown (rule 23).
Bound Builder::longest(const Task& task, const Task* undo) const {
  const auto timeout = milliseconds(task.timeout);
  std::optional<std::int64_t> count = 0;
  if (task.retry.count) {
    const auto known = scope_.known(*task.retry.count) ? evaluate_int(*task.retry.count, scope_)
                                                       : std::unexpected(EvalError{});
    count = known ? std::optional(std::max<std::int64_t>(*known, 0)) : std::nullopt;
  }
  const auto pods = pods_in_turn(task);
  if (!timeout) return {std::nullopt, fmt::format("`timeout {}`", shown(task.timeout))};
  if (!count) return {std::nullopt, fmt::format("`retry {}`", shown(*task.retry.count))};
  if (!pods)
    return {std::nullopt, fmt::format("{} for each pod", values::format_duration(*timeout))};
  if (*count >= INT32_MAX || *pods >= INT32_MAX) return {std::nullopt, "attempts beyond measure"};
  const std::int64_t runs = (*count + 1) * *pods;
  Bound out{product(*timeout, runs),
            runs == 1 ? values::format_duration(*timeout)
                      : fmt::format("{} × {}", runs, values::format_duration(*timeout))};
  const auto undo_timeout = undo && *count > 0 ? milliseconds(undo->timeout) : std::nullopt;
  if (undo_timeout) {
    out = then(out, {product(*undo_timeout, *count),
                     fmt::format("{} × {}", *count, values::format_duration(*undo_timeout))});
  }
  return then(out, waits(task.retry, *count));
}

// ---- steps
// ---------------------------------------------------------------------------------------------------

TaskOverview Builder::task(const Task& task, const Task* undo) const {
  TaskOverview out;
  out.action = action(task.action);
  out.timeout = shown(task.timeout);
  out.attempts = attempts(task.retry);
  if (task.expect) out.success = condition(*task.expect);
  out.longest = longest(task, undo);
  out.origin = fmt::format("{}:{}", task.origin.file, task.origin.line);
  return out;
}

std::string Builder::held(const Hold& hold) const {
  std::string out = "held ";
  if (hold.until_step) {
    out += fmt::format("until \"{}\" has ended", plan_.steps[*hold.until_step].name);
  } else if (hold.until_prints) {
    out += fmt::format("until the operation prints /{}/", *hold.until_prints);
  } else {
    out += "as long as the operation";
  }
  if (hold.at_most) out += fmt::format(", at most {}", shown(*hold.at_most));
  return out;
}

void Builder::notes(const Step& step, std::vector<std::string>& out) const {
  if (step.on_error == OnError::Skip) {
    out.push_back(
        "if it fails the session is Skipped: holds are released, only `always` hooks run");
  }
  if (!step.hold) return;
  const Hold& hold = *step.hold;
  if (step.on_error == OnError::Warn || step.on_error == OnError::Continue) {
    out.push_back("may run unprotected: the operation goes on without this hold");
  }
  if (step.when) out.push_back("may run unprotected: without a true `when` nothing is held");
  if (hold.at_most) {
    out.push_back(
        "past its limit it is released even if the operation still runs, and the session fails");
  } else {
    out.push_back("no `at most`: nothing ends it while the operation runs");
  }
  if (hold.session) {
    out.push_back("ends with its connection; cannot be driven in two calls (`--phase`)");
  } else {
    out.push_back(
        "no expiry of its own: if hookc is killed it stays until `hookc recover`, or the next call "
        "of `--phase`");
  }
}

StepOverview Builder::step(const Step& step, bool post) const {
  StepOverview out;
  out.id = step.id;
  out.name = step.name;
  out.hold = step.hold.has_value();
  if (post) {
    switch (step.policy) {
      case Policy::Always: out.policy = "always"; break;
      case Policy::OnSuccess: out.policy = "on success"; break;
      case Policy::OnFailure: out.policy = "on failure"; break;
    }
  }
  switch (step.on_error) {
    case OnError::Fail: out.on_error = "fail"; break;
    case OnError::Warn: out.on_error = "warn"; break;
    case OnError::Continue: out.on_error = "continue"; break;
    case OnError::Skip: out.on_error = "skip"; break;
  }
  if (step.when) out.when = condition(*step.when);
  const Task* release = step.hold ? &step.hold->release : nullptr;
  out.task = task(step.task, release);
  if (step.hold && step.hold->ready_once)
    out.task.success = "ready once " + condition(*step.hold->ready_once);
  if (release != nullptr) {
    out.release = task(*release, nullptr);
    out.held = held(*step.hold);
  }
  notes(step, out.notes);
  return out;
}

std::vector<std::vector<StepOverview>> Builder::groups(const std::vector<Group>& groups,
                                                       bool post) const {
  std::vector<std::vector<StepOverview>> out;
  for (const Group& group : groups) {
    auto& members = out.emplace_back();
    for (const std::uint32_t id : group) members.push_back(step(plan_.steps[id], post));
  }
  return out;
}

Bound Builder::side(const std::vector<std::vector<StepOverview>>& groups,
                    std::string_view unwanted_policy) const {
  Bound all = nothing();
  for (const auto& group : groups) {
    Bound of_group = nothing();
    for (const StepOverview& member : group) {
      if (member.policy.empty() || member.policy != unwanted_policy)
        of_group = longer(of_group, member.task.longest);
    }
    all = then(all, of_group);
  }
  return all;
}

OperationOverview Builder::operation(std::string name, const OperationPlan& operation) const {
  OperationOverview out;
  out.name = std::move(name);
  out.pre = groups(operation.pre, false);
  out.post = groups(operation.post, true);
  if (operation.succeeds_when) out.succeeds_when = condition(*operation.succeeds_when);
  out.before = side(out.pre, "");
  out.after = longer(side(out.post, "on failure"), side(out.post, "on success"));
  out.releasing = nothing();
  for (auto group = out.pre.rbegin(); group != out.pre.rend(); ++group) {
    // Members of a group are released in reverse order of the file, which is the order of ids (rule
    // 27).
    std::vector<const StepOverview*> members;
    for (const StepOverview& member : *group) {
      if (member.release) members.push_back(&member);
    }
    std::ranges::sort(members, std::greater(), &StepOverview::id);
    for (const StepOverview* member : members) {
      out.releases.push_back(member->id);
      out.releasing = then(out.releasing, member->release->longest);
    }
  }
  return out;
}

}  // namespace

Overview make_overview(const Plan& plan, const std::vector<ChosenValue>& values,
                       const std::string& environment) {
  const Builder builder(plan, values);
  Overview out;
  out.file = plan.file;
  out.environment = environment;
  for (std::size_t i = 0; i < plan.params.size(); ++i) {
    out.params.emplace_back(plan.params[i].name, i < values.size() ? values[i] : ChosenValue{});
  }
  if (plan.target) {
    const Workload& w = plan.target->workload;
    out.target = fmt::format("{}{}{}/{}", w.kind, w.group.empty() ? "" : ".", w.group,
                             builder.shown(w.name));
    if (plan.target->namespace_name)
      out.target += " in namespace " + builder.shown(*plan.target->namespace_name);
  }
  if (plan.exclusive) {
    out.exclusive = builder.shown(plan.exclusive->name);
    if (plan.exclusive->wait)
      out.exclusive += ", waiting up to " + builder.shown(*plan.exclusive->wait);
  }
  if (!plan.backup.pre.empty() || !plan.backup.post.empty())
    out.operations.push_back(builder.operation("backup", plan.backup));
  if (!plan.restore.pre.empty() || !plan.restore.post.empty()) {
    out.operations.push_back(builder.operation("restore", plan.restore));
  }
  return out;
}

}  // namespace hookc::plan
