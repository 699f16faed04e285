// A simulation as JSON: docs/reference/simulate.schema.json.
#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/plan/eval/value.hpp"
#include "interpreter/simulate/simulate.hpp"

namespace hookc::simulate {
namespace {

using plan::Value;

void set(Value::Object& object, std::string key, Value value) {
  object.emplace_back(std::move(key), std::move(value));
}

std::string_view kind_name(Mishap::Kind kind) {
  using Kind = Mishap::Kind;
  switch (kind) {
    case Kind::Fails: return "fails";
    case Kind::TimesOut: return "times out";
    case Kind::NotStarted: return "cannot start";
    case Kind::ReleaseFails: return "release fails";
    case Kind::OperationFails: return "operation fails";
    case Kind::Refused: return "exclusive refused";
    case Kind::Limit: return "limit";
    case Kind::Lost: return "lost";
    case Kind::Interrupted: return "interrupted";
    case Kind::Killed: return "killed";
  }
  return "";
}

class Json {
 public:
  Json(const plan::Plan& plan, const Simulation& simulation) : plan_(plan), it_(simulation) {}

  Value write() const {
    Value::Object out;
    const bool backup = it_.operation == engine::Operation::Backup;
    set(out, "operation", Value{std::string(backup ? "backup" : "restore")});
    Value::List environments;
    for (const std::string& name : it_.environments)
      environments.push_back(name.empty() ? Value{} : Value{name});
    set(out, "environments", Value{std::move(environments)});
    set(out, "states", number(it_.states));
    set(out, "paths", number(it_.paths));
    set(out, "complete", Value{it_.most_mishaps == 0});
    if (it_.most_mishaps != 0) set(out, "most_mishaps", number(it_.most_mishaps));
    if (it_.cut_at != 0) set(out, "cut_at", number(it_.cut_at));
    if (it_.different != 0) set(out, "different", number(it_.different));
    set(out, "can_stay_held", steps(it_.can_stay_held));
    set(out, "held_untried", steps(it_.untried));
    set(out, "held_when_killed", steps(it_.owed));
    set(out, "told_always", steps(it_.telling.always));
    Value::List untold;
    for (const Mishap& mishap : it_.telling.untold) untold.push_back(to_value(mishap));
    set(out, "untold", Value{std::move(untold)});
    set(out, "single", rows(it_.single));
    set(out, "combined", rows(it_.combined));
    if (!it_.every.empty()) set(out, "every", rows(it_.every));
    return Value{std::move(out)};
  }

 private:
  static Value number(std::uint64_t n) {
    return Value{static_cast<std::int64_t>(std::min<std::uint64_t>(n, INT64_MAX))};
  }
  Value steps(const std::vector<std::uint32_t>& ids) const {
    Value::List out;
    for (const std::uint32_t id : ids) out.push_back(Value{plan_.steps[id].name});
    return Value{std::move(out)};
  }
  Value step(std::uint32_t id) const {
    return id == kOperation ? Value{std::string("operation")} : Value{plan_.steps[id].name};
  }

  Value to_value(const Mishap& mishap) const {
    Value::Object out;
    set(out, "kind", Value{std::string(kind_name(mishap.kind))});
    if (mishap.step != kNobody) set(out, "step", step(mishap.step));
    if (mishap.during != kNobody) {
      set(out, "during", step(mishap.during));
      if (mishap.releasing) set(out, "during_release", Value{true});
    }
    return Value{std::move(out)};
  }

  Value marked(const std::string& marks, Mark mark) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t id = 0; id < marks.size(); ++id) {
      if ((static_cast<unsigned char>(marks[id]) & mark) != 0) found.push_back(id);
    }
    return steps(found);
  }

  Value rows(const std::vector<Row>& all) const {
    Value::List out;
    for (const Row& row : all) out.push_back(to_value(row));
    return Value{std::move(out)};
  }

  Value to_value(const Row& row) const {
    Value::Object out;
    set(out, "what", Value{what_happens(plan_, it_.operation, row)});
    Value::List sets;
    for (const auto& set_of : row.what) {
      Value::List mishaps;
      for (const Mishap& mishap : set_of) mishaps.push_back(to_value(mishap));
      sets.push_back(Value{std::move(mishaps)});
    }
    set(out, "mishaps", Value{std::move(sets)});
    set(out, "paths", number(row.paths));
    std::string perhaps = row.marks;
    for (std::size_t i = 0; i < perhaps.size(); ++i)
      perhaps[i] = static_cast<char>(perhaps[i] & ~row.sure[i]);
    set(out, "ran", marked(row.sure, kRan));
    set(out, "may_run", marked(perhaps, kRan));
    if (row.operation_sure) set(out, "operation", Value{row.ending.operation});
    set(out, "released", marked(row.sure, kReleased));
    set(out, "may_be_released", marked(perhaps, kReleased));
    set(out, "held", marked(row.marks, kHeld));
    set(out, "killed", Value{row.ending.killed});
    if (row.ending.killed) set(out, "held_until_recover", marked(row.marks, kOwed));
    if (const auto code = exit_code(row.ending)) {
      set(out, "status", Value{std::string(to_text(row.ending.status))});
      set(out, "outcome", Value{std::string(to_text(row.ending.outcome))});
      set(out, "exit", Value{std::int64_t{*code}});
    }
    return Value{std::move(out)};
  }

  const plan::Plan& plan_;
  const Simulation& it_;
};

}  // namespace

std::string to_json(const Document& document) {
  Value::Object out;
  set(out, "version", Value{std::int64_t{kVersion}});
  set(out, "file", Value{document.plan->file});
  Value::List simulations;
  for (const Simulation& simulation : document.simulations)
    simulations.push_back(Json(*document.plan, simulation).write());
  set(out, "simulations", Value{std::move(simulations)});
  return to_pretty_json(Value{std::move(out)}) + "\n";
}

}  // namespace hookc::simulate
