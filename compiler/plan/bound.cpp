#include "compiler/plan/bound.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/values/duration.hpp"

namespace hookc::plan {
namespace {

/// Nothing past the longest duration of the language: nobody waits that long, and sums stay exact.
std::optional<std::int64_t> product(std::int64_t ms, std::int64_t times) {
  if (times > 0 && ms > values::kMaxDurationMs / times) return std::nullopt;
  return ms * times;
}

std::string times(std::int64_t count, const std::string& what) {
  return count == 1 ? what : fmt::format("{} × {}", count, what);
}

/// The waits between attempts, written one by one while they are few.
Bound waits(const Retry& retry, std::int64_t count, const ParamScope& scope) {
  if (count <= 0) return {0, ""};
  const auto every = scope.milliseconds(retry.every);
  const auto factor = scope.known(retry.factor) ? evaluate_decimal(retry.factor, scope)
                                                : std::unexpected(EvalError{});
  const auto cap = retry.up_to ? scope.milliseconds(*retry.up_to) : values::kMaxDurationMs;
  if (!every || !factor || !cap) return {std::nullopt, "the waits between"};
  if (*factor == 1.0) {
    const std::int64_t wait = std::min(*every, *cap);
    return {product(wait, count), times(count, values::format_duration(wait))};
  }
  std::int64_t sum = 0;
  std::string terms;
  double wait = static_cast<double>(*every);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto ms = static_cast<std::int64_t>(std::min(wait, static_cast<double>(*cap)));
    // Once the cap (or nothing at all) is reached all further waits are the same.
    const bool settled = ms == *cap || wait == 0;
    const std::int64_t repeated = settled ? count - i : 1;
    const auto more = product(ms, repeated);
    if (!more || sum > values::kMaxDurationMs) return {std::nullopt, "waits beyond measure"};
    sum += *more;
    if (i < 4 || settled) {
      if (!terms.empty()) terms += " + ";
      terms += times(repeated, values::format_duration(ms));
    } else if (i == 4) {
      terms += " + …";
    }
    if (settled) break;
    wait *= *factor;
  }
  return {sum, terms};
}

const PodSelection* pods_of(const Action& action) {
  const PodEndpoint* at = nullptr;
  if (const auto* exec = std::get_if<Exec>(&action)) return exec->pod ? &*exec->pod : nullptr;
  if (const auto* http = std::get_if<HttpRequest>(&action))
    at = std::get_if<PodEndpoint>(&http->where);
  if (const auto* tcp = std::get_if<TcpConnect>(&action))
    at = std::get_if<PodEndpoint>(&tcp->where);
  return at != nullptr ? &at->pod : nullptr;
}

/// How often the timeout counts in one round over the pods; nothing where their number is needed
/// and not known. Without a number `at once` counts as one (counts_pods_once).
std::optional<std::int64_t> pods_in_turn(const Task& task, const ParamScope& scope) {
  const PodSelection* const pod = pods_of(task.action);
  if (pod == nullptr || !pod->all) return 1;
  const auto count = pod->exactly ? scope.integer(*pod->exactly) : std::nullopt;
  if (pod->one_by_one || !count) return pod->one_by_one ? count : 1;
  return std::max<std::int64_t>(1, (*count + kPodsAtOnce - 1) / kPodsAtOnce);
}

}  // namespace

Bound then(const Bound& a, const Bound& b) {
  Bound out;
  if (a.ms && b.ms && *a.ms + *b.ms <= values::kMaxDurationMs) out.ms = *a.ms + *b.ms;
  out.terms = a.terms.empty() ? b.terms : b.terms.empty() ? a.terms : a.terms + " + " + b.terms;
  return out;
}

Bound longer(const Bound& a, const Bound& b) {
  if (!a.ms) return a;
  if (!b.ms) return b;
  return *a.ms >= *b.ms ? a : b;
}

Bound longest(const Task& task, const Task* undo, const ParamScope& scope) {
  const auto timeout = scope.milliseconds(task.timeout);
  const auto retries = task.retry.count ? scope.integer(*task.retry.count) : 0;
  const auto pods = pods_in_turn(task, scope);
  if (!timeout) return {std::nullopt, fmt::format("`timeout {}`", scope.shown(task.timeout))};
  if (!retries) return {std::nullopt, fmt::format("`retry {}`", scope.shown(*task.retry.count))};
  if (!pods)
    return {std::nullopt, fmt::format("{} for each pod", values::format_duration(*timeout))};
  if (*retries >= INT32_MAX || *pods >= INT32_MAX) return {std::nullopt, "attempts beyond measure"};
  const std::int64_t count = std::max<std::int64_t>(*retries, 0);
  const std::int64_t runs = (count + 1) * *pods;
  Bound out{product(*timeout, runs), times(runs, values::format_duration(*timeout))};
  if (undo != nullptr && count > 0) {
    Bound between = longest(*undo, nullptr, scope);
    if (between.ms) between.ms = product(*between.ms, count);
    if (count > 1) {
      const bool sum = between.terms.find(' ') != std::string::npos;
      between.terms =
          fmt::format(fmt::runtime(sum ? "{} × ({})" : "{} × {}"), count, between.terms);
    }
    out = then(out, between);
  }
  return then(out, waits(task.retry, count, scope));
}

bool counts_pods_once(const Task& task) {
  const PodSelection* const pod = pods_of(task.action);
  return pod != nullptr && pod->all && !pod->one_by_one && !pod->exactly;
}

}  // namespace hookc::plan
