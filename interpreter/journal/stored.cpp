#include "interpreter/journal/stored.hpp"

#include <utility>

#include <fmt/format.h>

#include "compiler/plan/eval/value.hpp"
#include "compiler/plan/json.hpp"
#include "interpreter/core/past_json.hpp"

namespace hookc::journal {
namespace {

using plan::Value;

std::expected<std::vector<std::string>, std::string> texts_of(std::string_view json) {
  const auto value = plan::parse_json(json);
  if (!value) return std::unexpected(value.error());
  std::vector<std::string> texts;
  const auto* const list = std::get_if<Value::List>(&value->data);
  if (list == nullptr) return std::unexpected("a list is wanted");
  for (const Value& element : *list) {
    if (element.text() == nullptr) return std::unexpected("a list of texts is wanted");
    texts.push_back(*element.text());
  }
  return texts;
}

/// Adds what went wrong where.
class Damage {
 public:
  Damage(const Tables& tables, const std::string& id) : tables_(tables), id_(id) {}
  std::unexpected<std::string> in(std::string_view part, std::string_view problem) const {
    return std::unexpected(fmt::format("the journal `{}` is damaged: session {}, {}: {}",
                                       tables_.database.file(), id_, part, problem));
  }

 private:
  const Tables& tables_;
  const std::string& id_;
};

std::expected<engine::Past, std::string> past_of(const Tables& tables, std::int64_t number,
                                                 const Damage& damage, std::size_t steps) {
  auto parts = tables.database.prepare("SELECT part, json FROM parts WHERE session = ?1");
  if (!parts) return std::unexpected(std::move(parts.error()));
  parts->bind(1, number);
  engine::Past past;
  past.steps.resize(steps);
  while (true) {
    const auto more = parts->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return past;
    const std::int64_t part = parts->integer(0);
    if (part == kSessionPart) {
      auto session = engine::parse_session_past(parts->text(1));
      if (!session) return damage.in("its own part", session.error());
      past.session = std::move(*session);
      continue;
    }
    const std::string name = fmt::format("step {}", part);
    if (part < 0 || std::cmp_greater_equal(part, steps))
      return damage.in(name, "its plan has no such step");
    auto step = engine::parse_step_past(parts->text(1));
    if (!step) return damage.in(name, step.error());
    past.steps[static_cast<std::size_t>(part)] = std::move(*step);
  }
}

/// The first column of every row.
std::expected<std::vector<std::string>, std::string> texts(Statement& rows) {
  std::vector<std::string> out;
  while (true) {
    const auto more = rows.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return out;
    out.push_back(rows.text(0));
  }
}

std::expected<std::vector<std::string>, std::string> owed_by(const Tables& tables,
                                                             std::int64_t number) {
  auto rows =
      tables.database.prepare("SELECT title FROM open_holds WHERE session = ?1 ORDER BY step");
  if (!rows) return std::unexpected(std::move(rows.error()));
  rows->bind(1, number);
  return texts(*rows);
}

}  // namespace

std::string_view to_text(State state) {
  switch (state) {
    case State::Running: return "running";
    case State::Waiting: return "waiting";
    case State::Ended: return "ended";
  }
  return "";
}

State state_of(std::string_view text) {
  return text == to_text(State::Running)   ? State::Running
         : text == to_text(State::Waiting) ? State::Waiting
                                           : State::Ended;
}

std::string to_json(const std::vector<std::string>& texts) {
  Value::List list;
  for (const std::string& text : texts) list.push_back(Value{text});
  return plan::to_json(Value{std::move(list)});
}

std::expected<Found, std::string> find_session(const Tables& tables, const std::string& id) {
  auto row = tables.database.prepare(
      "SELECT s.number, program, inputs, working_directory, manifests, p.json FROM sessions s JOIN "
      "plans p ON p.number = s.plan WHERE id = ?1");
  if (!row) return std::unexpected(std::move(row.error()));
  const auto there = row->bind(1, id).next();
  if (!there) return std::unexpected(there.error());
  if (!*there) {
    return std::unexpected(
        fmt::format("there is no session `{}` in the journal `{}`", id, tables.database.file()));
  }
  const Damage damage(tables, id);
  Found found;
  found.number = row->integer(0);
  NewSession& session = found.stored.session;
  session.id = id;
  session.program = row->text(1);
  session.working_directory = row->text(3);
  session.plan_json = row->text(5);
  auto inputs = engine::parse_inputs(row->text(2));
  if (!inputs) return damage.in("its inputs", inputs.error());
  session.inputs = std::move(*inputs);
  auto manifests = texts_of(row->text(4));
  if (!manifests) return damage.in("its manifests", manifests.error());
  session.manifests = std::move(*manifests);
  auto plan = plan::parse_plan(session.plan_json);
  if (!plan) return damage.in("its plan", plan.error());
  found.plan = std::move(*plan);
  if (session.inputs.params.size() != found.plan.params.size())
    return damage.in("its inputs", "they do not fit its plan");
  auto past = past_of(tables, found.number, damage, found.plan.steps.size());
  if (!past) return std::unexpected(std::move(past.error()));
  found.stored.past = std::move(*past);
  auto summary = summaries(tables, found.number);
  if (!summary) return std::unexpected(std::move(summary.error()));
  found.stored.summary = std::move(summary->front());
  return found;
}

std::expected<std::vector<Summary>, std::string> summaries(const Tables& tables,
                                                           std::int64_t number) {
  auto rows = tables.database.prepare(
      "SELECT number, id, program, inputs, state, began, (SELECT json FROM parts WHERE session = "
      "number AND part = -1) FROM sessions WHERE ?1 IN (0, number) ORDER BY number DESC");
  if (!rows) return std::unexpected(std::move(rows.error()));
  rows->bind(1, number);
  std::vector<Summary> found;
  while (true) {
    const auto more = rows->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return found;
    Summary& summary = found.emplace_back();
    const std::int64_t session = rows->integer(0);
    summary.id = rows->text(1);
    summary.program = rows->text(2);
    summary.state = state_of(rows->text(4));
    summary.started = rows->integer(5);
    summary.owner_lives = session == tables.own || tables.ownership.is_taken(session);
    const Damage damage(tables, summary.id);
    if (const auto inputs = engine::parse_inputs(rows->text(3))) {
      summary.operation = inputs->operation;
    } else {
      summary.reason = damage.in("its inputs", inputs.error()).error();
    }
    if (const std::string json = rows->text(6); !json.empty()) {
      if (const auto past = engine::parse_session_past(json)) {
        summary.status = past->status;
        summary.outcome = past->outcome;
        if (summary.reason.empty())
          summary.reason = past->reason.empty() ? past->skip_reason : past->reason;
        if (past->started != 0) summary.started = past->started;
        summary.ended = past->ended;
      } else {
        summary.reason = damage.in("its own part", past.error()).error();
      }
    }
    auto owed = owed_by(tables, session);
    if (!owed) return std::unexpected(std::move(owed.error()));
    summary.owed = std::move(*owed);
  }
}

std::expected<std::vector<std::string>, std::string> events_of(const Tables& tables,
                                                               const std::string& id) {
  auto rows = tables.database.prepare(
      "SELECT line FROM events JOIN sessions ON number = session WHERE id = ?1 ORDER BY sequence");
  if (!rows) return std::unexpected(std::move(rows.error()));
  rows->bind(1, id);
  return texts(*rows);
}

}  // namespace hookc::journal
