// A line of docs/reference/events.md as the report it was made from.
#include "compiler/plan/eval/value.hpp"
#include "interpreter/core/report.hpp"

namespace hookc::engine {
namespace {

using plan::Value;

std::string text_of(const Value::Object& object, std::string_view key) {
  const Value* const value = plan::find(object, key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

std::int64_t number_of(const Value::Object& object, std::string_view key) {
  const Value* const value = plan::find(object, key);
  const auto* const number = value != nullptr ? std::get_if<std::int64_t>(&value->data) : nullptr;
  return number != nullptr ? *number : 0;
}

bool bool_of(const Value::Object& object, std::string_view key) {
  const Value* const value = plan::find(object, key);
  const auto* const truth = value != nullptr ? std::get_if<bool>(&value->data) : nullptr;
  return truth != nullptr && *truth;
}

}  // namespace

std::optional<Report> parse_event(std::string_view line) {
  const auto json = plan::parse_json(line);
  const auto* const object = json ? std::get_if<Value::Object>(&json->data) : nullptr;
  if (object == nullptr || number_of(*object, "version") != kEventsVersion) return std::nullopt;
  Report report;
  const std::string kind = text_of(*object, "event");
  constexpr int kKinds = static_cast<int>(Report::Kind::Note) + 1;
  int at = 0;
  while (at < kKinds && to_text(static_cast<Report::Kind>(at)) != kind) ++at;
  if (at == kKinds) return std::nullopt;
  report.kind = static_cast<Report::Kind>(at);
  report.at = number_of(*object, "ms");
  report.took = number_of(*object, "took_ms");
  report.attempt_number = static_cast<std::uint32_t>(number_of(*object, "attempt"));
  report.release = bool_of(*object, "release");
  report.pod = text_of(*object, "pod");
  report.text = text_of(*object, report.kind == Report::Kind::OutcomeFixed ? "outcome" : "text");
  report.output = text_of(*object, "output");
  const std::string phase = text_of(*object, "phase");
  for (const StepPhase one :
       {StepPhase::Running, StepPhase::Succeeded, StepPhase::Failed, StepPhase::Skipped}) {
    if (to_text(one) == phase) report.phase = one;
  }
  if (const Value* const step = plan::find(*object, "step"); step != nullptr) {
    if (const auto* const of = std::get_if<Value::Object>(&step->data); of != nullptr)
      report.step = static_cast<std::uint32_t>(number_of(*of, "id"));
  }
  return report;
}

}  // namespace hookc::engine
