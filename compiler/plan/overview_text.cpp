// An overview as text and as JSON; and the values it is made with.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/plan/eval/eval.hpp"
#include "compiler/plan/eval/param_value.hpp"
#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/overview.hpp"
#include "compiler/values/duration.hpp"

namespace hookc::plan {
namespace {

/// "HOOK_PARAM_DUMP_DIR" for `dump-dir`.
std::string variable_of(std::string_view param) {
  std::string out = "HOOK_PARAM_";
  for (const char c : param)
    out += c == '-' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return out;
}

/// "5m + 30s = 5m30s"; what `terms` names where it is not known.
std::string in_sum(const Bound& bound) {
  if (!bound.ms) return bound.terms;
  const std::string all = values::format_duration(*bound.ms);
  return bound.terms == all ? all : fmt::format("{} = {}", bound.terms, all);
}

std::string in_all(const Bound& bound) {
  if (!bound.ms) return fmt::format("no bound known ({})", bound.terms);
  return "at most " + (bound.terms.empty() ? values::format_duration(*bound.ms) : in_sum(bound));
}

/// In columns of a terminal, near enough: what stands in sums is a letter a column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string in_all(const TimeSum& sum) {
  std::string terms = sum.longest.terms;
  std::string all = sum.longest.ms ? values::format_duration(*sum.longest.ms) : std::string();
  if (!sum.operation.empty()) {
    terms += " + " + sum.operation;
    if (!all.empty()) all += " + " + sum.operation;
  }
  if (all.empty()) return fmt::format("no bound known ({})", terms);
  return terms == all ? fmt::format("at most {}", all) : fmt::format("at most {} = {}", terms, all);
}

class Text {
 public:
  explicit Text(const Overview& overview) : overview_(overview) {}

  std::string write() && {
    line(0, overview_.file);
    if (!overview_.environment.empty()) line(1, "environment " + overview_.environment);
    if (!overview_.target.empty()) line(1, "target " + overview_.target);
    if (!overview_.exclusive.empty()) line(1, "exclusive " + overview_.exclusive);
    for (const auto& [name, chosen] : overview_.params) {
      line(1, chosen.from.empty()
                  ? fmt::format("param {}: not given", name)
                  : fmt::format("param {} = {} ({})", name, to_text(chosen.value), chosen.from));
    }
    for (const OperationOverview& operation : overview_.operations) write(operation);
    if (overview_.operations.empty()) line(1, "no hooks: nothing would run");
    return std::move(out_);
  }

 private:
  void line(std::size_t depth, std::string_view text) {
    out_.append(2 * depth, ' ');
    out_ += text;
    out_ += '\n';
  }

  void write(const TaskOverview& task, std::size_t depth) {
    for (const std::string& text : task.action) line(depth, text);
    if (!task.success.empty()) {
      line(depth,
           task.success.starts_with("ready once ") ? task.success : "expect " + task.success);
    }
    line(depth, fmt::format("timeout {}, {}", task.timeout, task.attempts));
  }

  void write(const StepOverview& step, std::size_t depth) {
    std::string head = fmt::format("{}{}", step.hold ? "hold " : "", step.name);
    if (!step.policy.empty() && step.policy != "always") head += ", " + step.policy;
    if (step.on_error != "fail") head += fmt::format(", on error {}", step.on_error);
    line(depth, fmt::format("{}    {}", head, step.task.origin));
    if (!step.when.empty()) line(depth + 1, "when " + step.when);
    write(step.task, depth + 1);
    if (step.release) line(depth + 1, step.held);
    for (const std::string& note : step.notes) line(depth + 1, "note: " + note);
  }

  void write(const std::vector<std::vector<StepOverview>>& groups) {
    for (const auto& group : groups) {
      if (group.size() == 1) {
        write(group.front(), 2);
        continue;
      }
      line(2, "together");
      for (const StepOverview& member : group) write(member, 3);
    }
  }

  void write(const OperationOverview& operation) {
    out_ += '\n';
    line(0, operation.name);
    if (!operation.pre.empty()) {
      line(1, fmt::format("before the operation: {}", in_all(operation.before)));
      write(operation.pre);
    }
    line(1, operation.succeeds_when.empty()
                ? "the operation"
                : fmt::format("the operation, succeeds when {}", operation.succeeds_when));
    if (!operation.releases.empty()) {
      line(1, fmt::format("releases, whatever happened: {}", in_all(operation.releasing)));
      for (const std::uint32_t id : operation.releases) write_release(step_of(operation, id));
      write_held(operation);
    }
    if (!operation.post.empty()) {
      line(1, fmt::format("after the operation: {}", in_all(operation.after)));
      write(operation.post);
    }
    line(1, fmt::format("the whole session: {}", in_all(operation.whole)));
  }

  static const StepOverview& step_of(const OperationOverview& operation, std::uint32_t id) {
    for (const auto& group : operation.pre) {
      const auto found = std::ranges::find(group, id, &StepOverview::id);
      if (found != group.end()) return *found;
    }
    return operation.pre.front().front();  // not reached: a hold is a step of the pre side
  }

  void write_release(const StepOverview& step) {
    line(2, fmt::format("release of {}    {}", step.name, step.release->origin));
    write(*step.release, 3);
  }

  void write_held(const OperationOverview& operation) {
    line(1, "held, from the first attempt to the end of the release");
    for (const HoldTime& hold : operation.held) {
      line(2, fmt::format("{}: {}", step_of(operation, hold.step).name, in_all(hold.time)));
      std::vector<std::pair<std::string, std::string>> rows;
      std::size_t widest = 0;
      for (const TimePart& part : hold.time.parts) {
        rows.emplace_back(in_sum(part.longest), part.what);
        widest = std::max(widest, width(rows.back().first));
      }
      for (const auto& [amount, what] : rows)
        line(3, amount + std::string(widest - width(amount) + 2, ' ') + what);
    }
  }

  const Overview& overview_;
  std::string out_;
};

// ---- JSON
// ----------------------------------------------------------------------------------------------------

void set(Value::Object& object, std::string key, Value value) {
  object.emplace_back(std::move(key), std::move(value));
}
void set_text(Value::Object& object, std::string key, const std::string& text) {
  if (!text.empty()) set(object, std::move(key), Value{text});
}

void set_bound(Value::Object& object, const std::string& key, const Bound& bound) {
  if (bound.ms) set(object, key + "_ms", Value{*bound.ms});
  set_text(object, key + "_terms", bound.terms);
}

Value to_value(const TimeSum& sum) {
  Value::Object out;
  set_bound(out, "longest", sum.longest);
  set_text(out, "and", sum.operation);
  Value::List parts;
  for (const TimePart& part : sum.parts) {
    Value::Object one;
    set(one, "what", Value{part.what});
    set_bound(one, "longest", part.longest);
    parts.push_back(Value{std::move(one)});
  }
  set(out, "parts", Value{std::move(parts)});
  return Value{std::move(out)};
}

Value to_value(const HoldTime& hold) {
  Value::Object out;
  set(out, "id", Value{std::int64_t{hold.step}});
  set_text(out, "unbounded", hold.unbounded);
  set(out, "time", to_value(hold.time));
  return Value{std::move(out)};
}

Value::List texts(const std::vector<std::string>& all) {
  Value::List out;
  for (const std::string& text : all) out.push_back(Value{text});
  return out;
}

Value to_value(const TaskOverview& task) {
  Value::Object out;
  set(out, "action", Value{texts(task.action)});
  set(out, "timeout", Value{task.timeout});
  set(out, "attempts", Value{task.attempts});
  set_text(out, "success", task.success);
  set_bound(out, "longest", task.longest);
  set(out, "origin", Value{task.origin});
  return Value{std::move(out)};
}

Value to_value(const StepOverview& step) {
  Value::Object out;
  set(out, "id", Value{std::int64_t{step.id}});
  set(out, "name", Value{step.name});
  set(out, "kind", Value{std::string(step.hold ? "hold" : "hook")});
  set_text(out, "policy", step.policy);
  set(out, "on_error", Value{step.on_error});
  set_text(out, "when", step.when);
  set(out, "task", to_value(step.task));
  if (step.release) {
    set(out, "release", to_value(*step.release));
    set(out, "held", Value{step.held});
  }
  set(out, "notes", Value{texts(step.notes)});
  return Value{std::move(out)};
}

Value to_value(const std::vector<std::vector<StepOverview>>& groups) {
  Value::List out;
  for (const auto& group : groups) {
    Value::List members;
    for (const StepOverview& step : group) members.push_back(to_value(step));
    out.push_back(Value{std::move(members)});
  }
  return Value{std::move(out)};
}

Value to_value(const OperationOverview& operation) {
  Value::Object out;
  set(out, "operation", Value{operation.name});
  set(out, "pre", to_value(operation.pre));
  set(out, "post", to_value(operation.post));
  Value::List releases;
  for (const std::uint32_t id : operation.releases) releases.push_back(Value{std::int64_t{id}});
  set(out, "releases", Value{std::move(releases)});
  set_text(out, "succeeds_when", operation.succeeds_when);
  set_bound(out, "before", operation.before);
  set_bound(out, "releasing", operation.releasing);
  set_bound(out, "after", operation.after);
  Value::List held;
  for (const HoldTime& hold : operation.held) held.push_back(to_value(hold));
  set(out, "held", Value{std::move(held)});
  set(out, "whole", to_value(operation.whole));
  return Value{std::move(out)};
}

}  // namespace

std::string to_text(const Overview& overview) {
  return Text(overview).write();
}

std::string to_json(const Overview& overview) {
  Value::Object out;
  set(out, "file", Value{overview.file});
  set_text(out, "environment", overview.environment);
  set_text(out, "target", overview.target);
  set_text(out, "exclusive", overview.exclusive);
  Value::List params;
  for (const auto& [name, chosen] : overview.params) {
    Value::Object param;
    set(param, "name", Value{name});
    set(param, "value", chosen.value);
    set_text(param, "from", chosen.from);
    params.push_back(Value{std::move(param)});
  }
  set(out, "params", Value{std::move(params)});
  Value::List operations;
  for (const OperationOverview& operation : overview.operations)
    operations.push_back(to_value(operation));
  set(out, "operations", Value{std::move(operations)});
  return to_pretty_json(Value{std::move(out)}) + "\n";
}

std::expected<std::vector<ChosenValue>, std::vector<std::string>> choose_values(
    const Plan& plan, const ValueSources& sources) {
  std::vector<std::string> problems;
  std::vector<ChosenValue> values(plan.params.size());
  const auto take = [&](std::size_t i, const std::string& text, std::string from) {
    auto value = parse_param(plan.params[i].type, text);
    if (value) {
      values[i] = {*std::move(value), std::move(from)};
    } else {
      problems.push_back(
          fmt::format("param `{}` ({}): {}", plan.params[i].name, from, value.error()));
    }
  };
  for (const auto& [name, text] : sources.given) {
    const auto param = std::ranges::find(plan.params, name, &Param::name);
    if (param == plan.params.end()) {
      problems.push_back(fmt::format("no param is called `{}`", name));
    } else {
      take(static_cast<std::size_t>(param - plan.params.begin()), text, "-p");
    }
  }
  for (std::size_t i = 0; i < plan.params.size() && sources.variable; ++i) {
    const std::string variable = variable_of(plan.params[i].name);
    if (!values[i].from.empty()) continue;
    if (const auto text = sources.variable(variable)) take(i, *text, variable);
  }
  // Defaults and settings may read the params that have a value already.
  const ParamScope scope(plan, values);
  const auto environment =
      std::ranges::find(plan.environments, sources.environment, &Environment::name);
  if (!sources.environment.empty() && environment == plan.environments.end()) {
    problems.push_back(fmt::format("no environment is called `{}`", sources.environment));
  }
  // A default may read the params above it, so they are settled in order.
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (!values[i].from.empty()) continue;
    const Expr* expr = plan.params[i].default_value ? &*plan.params[i].default_value : nullptr;
    std::string from = "default";
    if (environment != plan.environments.end()) {
      const auto setting = std::ranges::find(environment->settings, i, &Setting::param);
      if (setting != environment->settings.end()) {
        expr = &setting->value;
        from = "environment " + environment->name;
      }
    }
    if (expr == nullptr) continue;
    if (auto value = evaluate(*expr, scope); value && !value->is_null())
      values[i] = {*std::move(value), std::move(from)};
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return values;
}

}  // namespace hookc::plan
