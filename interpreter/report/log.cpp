#include "interpreter/report/log.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hookc::report {
namespace {

using Json = nlohmann::json;

/// The fields of one object. The first that is not as it should be is remembered; from then on
/// everything reads as empty.
class Fields {
 public:
  Fields(const Json& json, std::string& problem) : json_(json), problem_(problem) {
    if (!json.is_object()) say("is not an object");
  }

  bool has(const char* name) const { return json_.is_object() && json_.contains(name); }
  const Json* find(const char* name, Json::value_t type, std::string_view what,
                   bool required = true) const {
    if (!has(name)) {
      if (required) say(fmt::format("has no `{}`", name));
      return nullptr;
    }
    const Json& value = json_.at(name);
    if (value.type() == type) return &value;
    say(fmt::format("`{}` is not {}", name, what));
    return nullptr;
  }
  std::string text(const char* name, bool required = true) const {
    const Json* const value = find(name, Json::value_t::string, "a text", required);
    return value != nullptr ? value->get<std::string>() : std::string();
  }
  bool truth(const char* name) const {
    const Json* const value = find(name, Json::value_t::boolean, "true or false", false);
    return value != nullptr && value->get<bool>();
  }
  /// 0 … `most`, by default what JSON keeps exactly everywhere (RFC 8259, section 6).
  Millis number(const char* name, bool required = true, Millis most = (Millis{1} << 53) - 1) const {
    const Json* const value =
        find(name, Json::value_t::number_unsigned, "a whole number from 0", required);
    if (value == nullptr) return 0;
    const auto number = value->get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(most)) return static_cast<Millis>(number);
    say(fmt::format("`{}` is too large", name));
    return 0;
  }
  std::uint32_t small(const char* name, bool required = true) const {
    return static_cast<std::uint32_t>(number(name, required, UINT32_MAX));
  }
  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> out;
    const Json* const value = find(name, Json::value_t::array, "a list", false);
    if (value == nullptr) return out;
    for (const Json& item : *value) {
      if (item.is_string()) {
        out.push_back(item.get<std::string>());
      } else {
        say(fmt::format("`{}` holds something that is not a text", name));
      }
    }
    return out;
  }
  template <typename Value, std::size_t count>
  Value word(const char* name, const std::pair<std::string_view, Value> (&words)[count],
             bool required = true) const {
    if (!has(name) && !required) return words[0].second;
    const std::string given = text(name);
    for (const auto& [word, value] : words) {
      if (given == word) return value;
    }
    say(fmt::format("`{}` is none of the words it may be", name));
    return words[0].second;
  }
  void say(std::string problem) const {
    if (problem_.empty()) problem_ = std::move(problem);
  }

 private:
  const Json& json_;
  std::string& problem_;
};

constexpr std::pair<std::string_view, Phase> kPhases[] = {{"Pending", Phase::Pending},
                                                          {"Running", Phase::Running},
                                                          {"Succeeded", Phase::Succeeded},
                                                          {"Failed", Phase::Failed},
                                                          {"Skipped", Phase::Skipped}};
constexpr std::pair<std::string_view, Status> kStatuses[] = {{"Running", Status::Running},
                                                             {"Waiting", Status::Waiting},
                                                             {"Succeeded", Status::Succeeded},
                                                             {"Failed", Status::Failed},
                                                             {"Skipped", Status::Skipped}};
constexpr std::pair<std::string_view, bool> kSides[] = {{"pre", false}, {"post", true}};
constexpr std::pair<std::string_view, bool> kOnError[] = {
    {"fail", false}, {"warn", true}, {"continue", false}, {"skip", false}};
constexpr std::pair<std::string_view, bool> kOperations[] = {{"backup", true}, {"restore", true}};

enum class Event : std::uint8_t {
  Unknown,
  Started,
  AttemptStarted,
  AttemptEnded,
  OperationStarted,
  OperationEnded,
  OutcomeFixed,
  SessionEnded,
  Note,
  Result,
};
constexpr std::pair<std::string_view, Event> kEvents[] = {
    {"step_started", Event::Started},
    {"step_ended", Event::Started},
    {"release_started", Event::Started},
    {"release_ended", Event::Started},
    {"attempt_started", Event::AttemptStarted},
    {"attempt_ended", Event::AttemptEnded},
    {"operation_started", Event::OperationStarted},
    {"operation_ended", Event::OperationEnded},
    {"outcome_fixed", Event::OutcomeFixed},
    {"session_ended", Event::SessionEnded},
    {"note", Event::Note},
    {"result", Event::Result}};

/// RFC 3339 in UTC, as events have it: "2026-01-02T03:04:05.678Z". Unix milliseconds.
std::optional<Millis> unix_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < kForm.size() + 1 || !text.ends_with('Z')) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  if (!day.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 60) return std::nullopt;
  Millis ms = std::chrono::sys_days(day).time_since_epoch().count() * Millis{86'400'000};
  ms += part(11, 2) * 3'600'000 + part(14, 2) * 60'000 + part(17, 2) * 1000;
  const std::string_view fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  if (fraction.empty()) return ms;
  if (fraction.size() != 4 || fraction[0] != '.') return std::nullopt;
  int thousandths = 0;
  const auto [end, error] =
      std::from_chars(fraction.data() + 1, fraction.data() + fraction.size(), thousandths);
  if (error != std::errc() || end != fraction.data() + fraction.size() || thousandths < 0)
    return std::nullopt;
  return ms + thousandths;
}

class Reading {
 public:
  /// Empty, or what is wrong with the line.
  std::string take(const std::string& line) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) return "is not JSON";
    std::string problem;
    const Fields fields(json, problem);
    if (fields.number("version") != 1 && problem.empty())
      return "is of a version that this hookc does not know";
    const Millis at = fields.number("ms");
    const std::string id = fields.text("session");
    const std::string operation = fields.text("operation");
    fields.word("operation", kOperations);
    const std::optional<Millis> time = unix_time(fields.text("time"));
    if (!time) fields.say("`time` is not a time in UTC (RFC 3339)");
    if (!problem.empty()) return problem;
    if (first_) {
      log_.id = id;
      log_.operation = operation;
      log_.started = *time - at;
      first_ = false;
    } else if (log_.id != id || log_.operation != operation) {
      return "is of another session";
    }
    if (fields.has("program")) log_.program = fields.text("program");
    log_.took = std::max(log_.took, at);
    const std::string name = fields.text("event");
    Event event = Event::Unknown;
    for (const auto& [word, known] : kEvents) {
      if (name == word) event = known;
    }
    this->event(event, at, fields);
    return problem;
  }

  SessionLog finish() {
    for (const Hook& hook : log_.hooks) {
      log_.took = std::max(log_.took, hook.task.time.end);
      if (hook.release) log_.took = std::max(log_.took, hook.release->time.end);
    }
    for (Hook& hook : log_.hooks) {
      close(hook.task);
      if (hook.release) close(*hook.release);
    }
    if (log_.run && log_.run->phase == Phase::Running) log_.run->time.end = log_.took;
    return std::move(log_);
  }

 private:
  /// What was under way when the log ends lasts until then.
  void close(Run& run) {
    if (run.phase == Phase::Running) run.time.end = std::max(run.time.begin, log_.took);
    for (Attempt& attempt : run.tries) {
      if (attempt.phase != Phase::Running) continue;
      // Its last line may be lost where the result, which the journal kept, is not.
      attempt.phase = run.phase;
      attempt.time.end = std::max(attempt.time.begin, run.time.end);
    }
  }

  Hook& hook(const Fields& step) {
    const std::uint32_t id = step.small("id");
    const auto [found, added] = by_id_.try_emplace(id, log_.hooks.size());
    if (added) log_.hooks.emplace_back().id = id;
    Hook& hook = log_.hooks[found->second];
    if (added) hook.post = log_.outcome_fixed.has_value();
    hook.name = step.text("name", false);
    hook.title = step.text("title", false);
    hook.file = step.text("file", false);
    hook.line = step.small("line", false);
    if (hook.title.empty()) hook.title = fmt::format("hook {}", id);
    return hook;
  }

  /// The hook or release that the line speaks of; nothing where it speaks of none.
  Run* run_of(const Fields& fields, std::string& problem) {
    const Json* const step = fields.find("step", Json::value_t::object, "an object");
    if (step == nullptr) return nullptr;
    Hook& found = hook(Fields(*step, problem));
    if (!fields.truth("release")) return &found.task;
    if (!found.release) found.release.emplace();
    return &*found.release;
  }

  void event(Event kind, Millis at, const Fields& fields) {
    std::string problem;
    switch (kind) {
      case Event::Unknown: break;
      case Event::Started:
        if (Run* const run = run_of(fields, problem)) stage(*run, at, fields);
        break;
      case Event::AttemptStarted:
        if (Run* const run = run_of(fields, problem)) {
          Attempt& attempt = run->tries.emplace_back();
          attempt.number = fields.small("attempt");
          attempt.pod = fields.text("pod", false);
          attempt.time = {at, at};
          run->attempts = std::max(run->attempts, attempt.number);
        }
        break;
      case Event::AttemptEnded:
        if (Run* const run = run_of(fields, problem)) end_attempt(*run, at, fields);
        break;
      case Event::OperationStarted: log_.run.emplace().time = {at, at}; break;
      case Event::OperationEnded: {
        OperationRun& run =
            log_.run ? *log_.run : log_.run.emplace(OperationRun{{}, {at, at}, {}, {}});
        run.time.end = std::max(run.time.begin, at);
        run.phase = fields.word("phase", kPhases);
        run.reason = fields.text("text", false);
        run.output = fields.text("output", false);
        break;
      }
      case Event::OutcomeFixed: log_.outcome_fixed = at; break;
      case Event::SessionEnded: {
        constexpr std::pair<std::string_view, Status> ended[] = {{"Running", Status::Running},
                                                                 {"Pending", Status::Waiting},
                                                                 {"Succeeded", Status::Succeeded},
                                                                 {"Failed", Status::Failed},
                                                                 {"Skipped", Status::Skipped}};
        log_.status = fields.word("phase", ended, false);
        log_.reason = fields.text("text", false);
        break;
      }
      case Event::Note: {
        Note& note = log_.notes.emplace_back();
        note.at = at;
        note.text = fields.text("text", false);
        const Json* const step = fields.find("step", Json::value_t::object, "an object", false);
        if (step != nullptr) note.title = hook(Fields(*step, problem)).title;
        break;
      }
      case Event::Result: result(fields, problem); break;
    }
    if (!problem.empty()) fields.say(std::move(problem));
  }

  static void stage(Run& run, Millis at, const Fields& fields) {
    const Phase phase = fields.word("phase", kPhases, false);
    if (run.phase == Phase::Pending) run.time = {at, at};
    run.phase = phase == Phase::Pending ? Phase::Running : phase;
    run.time.end = at;
    run.reason = fields.text("text", false);
    if (run.phase == Phase::Running) run.reason.clear();
  }

  static void end_attempt(Run& run, Millis at, const Fields& fields) {
    const std::uint32_t number = fields.small("attempt");
    const std::string pod = fields.text("pod", false);
    const auto found = std::find_if(run.tries.rbegin(), run.tries.rend(), [&](const Attempt& a) {
      return a.number == number && a.pod == pod && a.phase == Phase::Running;
    });
    Attempt& attempt = found != run.tries.rend() ? *found : run.tries.emplace_back();
    if (found == run.tries.rend()) {
      attempt.number = number;
      attempt.pod = pod;
      attempt.time.begin = std::max(Millis{0}, at - fields.number("took_ms", false));
    }
    attempt.time.end = std::max(at, attempt.time.begin);
    attempt.phase = fields.word("phase", kPhases);
    attempt.reason = fields.text("text", false);
    attempt.output = fields.text("output", false);
    run.output = attempt.output;
  }

  /// What the result says replaces what was gathered on the way, but for the attempts.
  static void result_of(Run& run, const Fields& fields) {
    run.phase = fields.word("phase", kPhases);
    run.attempts = fields.small("attempts");
    if (run.phase != Phase::Pending) {
      run.time.begin = fields.number("started_ms");
      run.time.end = run.time.begin + fields.number("took_ms", run.phase != Phase::Running);
    }
    run.reason = fields.text("reason", false);
    run.output = fields.text("output", false);
    run.by_hand = fields.texts("by_hand");
  }

  void result(const Fields& fields, std::string& problem) {
    log_.status = fields.word("status", kStatuses);
    log_.reason = fields.text("reason", false);
    std::vector<std::uint32_t> order;
    if (const Json* const steps = fields.find("steps", Json::value_t::array, "a list")) {
      for (const Json& step : *steps) {
        const Fields of_step(step, problem);
        if (!problem.empty()) return;
        Hook& hook = this->hook(of_step);
        hook.post = of_step.word("side", kSides);
        hook.warns = of_step.word("on_error", kOnError, false);
        hook.still_held = false;
        result_of(hook.task, of_step);
        if (const Json* const release =
                of_step.find("release", Json::value_t::object, "an object", false)) {
          if (!hook.release) hook.release.emplace();
          result_of(*hook.release, Fields(*release, problem));
        }
        order.push_back(hook.id);
      }
    }
    if (const Json* const held = fields.find("still_held", Json::value_t::array, "a list")) {
      for (const Json& step : *held) hook(Fields(step, problem)).still_held = true;
    }
    put_in_order(order);
  }

  /// Those of the result first, in its order.
  void put_in_order(const std::vector<std::uint32_t>& order) {
    std::map<std::uint32_t, std::size_t> place;
    for (const std::uint32_t id : order) place.try_emplace(id, place.size());
    std::ranges::stable_sort(log_.hooks, {}, [&](const Hook& hook) {
      const auto found = place.find(hook.id);
      return found != place.end() ? found->second : place.size();
    });
    for (std::size_t i = 0; i < log_.hooks.size(); ++i) by_id_[log_.hooks[i].id] = i;
  }

  SessionLog log_;
  bool first_ = true;
  std::map<std::uint32_t, std::size_t> by_id_;  // into hooks
};

}  // namespace

std::expected<SessionLog, std::string> read_log(std::span<const std::string> lines) {
  if (lines.empty()) return std::unexpected("there is no event");
  Reading reading;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (std::string problem = reading.take(lines[i]); !problem.empty())
      return std::unexpected(fmt::format("line {}: {}", i + 1, problem));
  }
  return reading.finish();
}

std::optional<Span> held(const SessionLog& log, const Hook& hook) {
  if (!hook.release || hook.task.attempts == 0) return std::nullopt;
  const Millis begin = hook.task.time.begin;
  const auto until = [begin](Millis end) { return Span{begin, std::max(begin, end)}; };
  if (hook.still_held) return until(log.took);
  switch (hook.release->phase) {
    case Phase::Succeeded: return until(hook.release->time.end);
    case Phase::Failed: return std::nullopt;  // nothing had been acquired
    case Phase::Skipped:
      if (hook.task.phase != Phase::Succeeded) return std::nullopt;
      return until(hook.release->time.begin);
    case Phase::Pending:
      if (hook.task.phase != Phase::Succeeded && hook.task.phase != Phase::Running)
        return std::nullopt;
      return until(log.took);
    case Phase::Running: return until(log.took);
  }
  return std::nullopt;
}

Parts parts(const SessionLog& log) {
  Parts parts;
  const Millis fixed = log.outcome_fixed.value_or(log.took);
  const Millis begin = log.run ? log.run->time.begin : fixed;
  Millis releases = begin;
  if (!log.run) {
    for (const Hook& hook : log.hooks) {
      if (hook.release && hook.release->attempts != 0)
        releases = std::min(releases, hook.release->time.begin);
    }
  }
  parts.pre = {0, log.run ? begin : releases};
  parts.operation = {parts.pre.end, log.run ? log.run->time.end : parts.pre.end};
  parts.releases = {parts.operation.end, std::max(fixed, parts.operation.end)};
  parts.post = {parts.releases.end, std::max(log.took, parts.releases.end)};
  return parts;
}

}  // namespace hookc::report
