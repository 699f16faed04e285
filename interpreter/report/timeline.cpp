#include "interpreter/report/timeline.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "interpreter/report/text.hpp"

namespace hookc::report {
namespace {

constexpr int kHeight = 26;
/// Attempts of one run that are drawn; more would be a solid block.
constexpr std::size_t kMostBars = 200;
/// Pods that get a lane of their own.
constexpr std::size_t kMostLanes = 6;

struct Bar {
  double begin, end;
};

/// Never thinner than what can be seen.
Bar bar_of(const Scale& scale, Span time) {
  constexpr double kThinnest = 0.4;
  const double begin = std::min(scale.percent(time.begin), 100 - kThinnest);
  return {begin, std::max(begin + kThinnest, scale.percent(time.end))};
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// The picture of one row.
class Track {
 public:
  Track(const Scale& scale, int height) : scale_(scale), height_(height) {}

  void rect(std::string_view kind, Span time, int top, int height) {
    const Bar bar = bar_of(scale_, time);
    out_ += fmt::format(
        "<rect class=\"{}\" x=\"{:.2f}%\" y=\"{}\" width=\"{:.2f}%\" height=\"{}\" rx=\"2\"/>",
        kind, bar.begin, top, bar.end - bar.begin, height);
  }
  void wait(Millis from, Millis to, int y) {
    if (to <= from) return;
    out_ += fmt::format("<line class=\"wait\" x1=\"{:.2f}%\" y1=\"{}\" x2=\"{:.2f}%\" y2=\"{}\"/>",
                        scale_.percent(from), y, scale_.percent(to), y);
  }
  /// Beside the bar if there is room, else on it, or under it where that would hide something.
  void label(Span time, std::string_view text, std::string_view kind = "", bool whole = true) {
    const Bar bar = bar_of(scale_, time);
    constexpr double kRoom = 35;
    if (100 - bar.end >= kRoom) {
      put(bar.end, 6, "start", text, kind);
    } else if (bar.begin >= kRoom) {
      put(bar.begin, -6, "end", text, kind);
    } else if (!whole) {
      constexpr int kLine = 16;
      labels_ += text_element(bar.begin, 2, height_ + 8, "start", text, kind);
      height_ += kLine;
    } else {
      // On a bar the text needs a ground of its own; its width can only be guessed.
      const double middle = (bar.begin + bar.end) / 2;
      const int width = static_cast<int>(characters(text)) * 7 + 12;
      labels_ += fmt::format(
          "<rect class=\"ground\" x=\"{:.2f}%\" y=\"{}\" width=\"{}\" height=\"18\" rx=\"3\" "
          "transform=\"translate(-{})\"/>",
          middle, height_ / 2 - 9, width, width / 2);
      put(middle, 0, "middle", text, kind);
    }
  }
  void put(double x, int dx, std::string_view anchor, std::string_view text,
           std::string_view kind) {
    labels_ += text_element(x, dx, height_ / 2 + 4, anchor, text, kind);
  }
  std::string take(std::string_view spoken) const {
    return fmt::format(
        "<svg role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{}\">{}{}</svg>",
        escaped(spoken), height_, out_, labels_);
  }

 private:
  static std::string text_element(double x, int dx, int y, std::string_view anchor,
                                  std::string_view text, std::string_view kind) {
    return fmt::format(
        "<text class=\"label{}{}\" x=\"{:.2f}%\" dx=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
        kind.empty() ? "" : " ", kind, x, dx, y, anchor, escaped(text));
  }

  const Scale& scale_;
  int height_;
  std::string out_, labels_;  // labels lie above all bars
};

std::string_view kind_of(Phase phase) {
  switch (phase) {
    case Phase::Failed:
    case Phase::Running: return "bad";
    case Phase::Pending:
    case Phase::Succeeded:
    case Phase::Skipped: return "ok";
  }
  return "ok";
}

/// The attempts of a run in one lane: bars, the waits between them, failures on top.
void lane(Track& track, const std::vector<const Attempt*>& tries, int top, int height) {
  Millis last_end = -1;
  for (const Attempt* attempt : tries) {
    if (last_end >= 0) track.wait(last_end, attempt->time.begin, top + height / 2);
    last_end = std::max(last_end, attempt->time.end);
  }
  for (const bool failed : {false, true}) {
    for (const Attempt* attempt : tries) {
      if ((kind_of(attempt->phase) == "bad") == failed)
        track.rect(kind_of(attempt->phase), attempt->time, top, height);
    }
  }
}

std::vector<const Attempt*> drawn(const Run& run) {
  std::vector<const Attempt*> out;
  for (const Attempt& attempt : run.tries) {
    if (out.size() < kMostBars) out.push_back(&attempt);
  }
  std::ranges::stable_sort(out, {}, [](const Attempt* attempt) { return attempt->time.begin; });
  return out;
}

void draw(Track& track, const Run& run, int top, int height) {
  if (run.tries.empty()) {
    if (run.attempts != 0) track.rect(kind_of(run.phase), run.time, top, height);
  } else {
    lane(track, drawn(run), top, height);
  }
}

std::string took_text(const Run& run) {
  std::string out = run.phase == Phase::Failed    ? "\u2715 failed, "
                    : run.phase == Phase::Running ? "\u2715 did not end, "
                                                  : "";
  out += spoken(run.time.length());
  if (run.attempts > 1) out += fmt::format(", {} attempts", run.attempts);
  return out;
}

std::string hold_track(const SessionLog& log, const Hook& hook, Span held, const Scale& scale,
                       std::string_view sentence) {
  Track track(scale, kHeight);
  track.rect("held", held, 5, kHeight - 10);
  draw(track, hook.task, 9, kHeight - 18);
  draw(track, *hook.release, 9, kHeight - 18);
  const std::string time = spoken(held.length());
  if (hook.still_held) {
    track.label(held, fmt::format("\u2715 still held after {} \u25B6", time), "loud");
  } else if (log.status == Status::Running) {
    track.label(held, fmt::format("held {} or more \u25B6", time), "loud");
  } else if (log.status == Status::Waiting) {
    track.label(held, fmt::format("held {} so far \u25B6", time));
  } else {
    track.label(held, "held " + time);
  }
  return track.take(sentence);
}

}  // namespace

double Scale::percent(Millis at) const {
  return 100.0 * static_cast<double>(std::clamp(at, Millis{0}, took_)) / static_cast<double>(took_);
}

Millis Scale::step() const {
  constexpr std::array<Millis, 30> steps = {
      1,          2,          5,          10,          20,          50,
      100,        200,        500,        1'000,       2'000,       5'000,
      10'000,     15'000,     30'000,     60'000,      120'000,     300'000,
      600'000,    900'000,    1'800'000,  3'600'000,   7'200'000,   10'800'000,
      21'600'000, 43'200'000, 86'400'000, 172'800'000, 604'800'000, 2'592'000'000};
  for (const Millis step : steps) {
    if (took_ / step < 6) return step;
  }
  return took_;
}

std::string axis(const Scale& scale) {
  std::string out = "<svg aria-hidden=\"true\" width=\"100%\" height=\"22\" font-size=\"12\">";
  const Millis step = scale.step();
  for (Millis at = 0; at <= scale.took(); at += step) {
    const double x = scale.percent(at);
    const std::string_view anchor = at == 0 ? "start" : x > 90 ? "end" : "middle";
    out += fmt::format(
        "<line class=\"tick\" x1=\"{0:.2f}%\" y1=\"16\" x2=\"{0:.2f}%\" y2=\"22\"/>"
        "<text x=\"{0:.2f}%\" y=\"12\" text-anchor=\"{1}\">{2}</text>",
        x, anchor, at == 0 ? "0" : spoken(at));
    if (at > scale.took() - step) break;
  }
  return out + "</svg>";
}

std::string hook_track(const SessionLog& log, const Hook& hook, const Scale& scale,
                       std::string_view sentence) {
  const Run& run = hook.task;
  if (run.attempts == 0 && run.phase != Phase::Running) {
    Track track(scale, kHeight);
    track.put(0, 6, "start", run.phase == Phase::Skipped ? "skipped: " + why(run) : why(run),
              "quiet");
    return track.take(sentence);
  }
  if (const auto span = held(log, hook)) return hold_track(log, hook, *span, scale, sentence);
  std::vector<std::string_view> pods;
  for (const Attempt& attempt : run.tries) {
    if (std::ranges::find(pods, attempt.pod) == pods.end()) pods.push_back(attempt.pod);
  }
  constexpr int kLane = 8;
  const bool lanes = pods.size() > 1 && pods.size() <= kMostLanes;
  const int height =
      lanes ? std::max(kHeight, static_cast<int>(pods.size()) * (kLane + 2) + 6) : kHeight;
  Track track(scale, height);
  if (lanes) {
    int top = (height - static_cast<int>(pods.size()) * (kLane + 2)) / 2 + 1;
    for (const std::string_view pod : pods) {
      std::vector<const Attempt*> tries = drawn(run);
      std::erase_if(tries, [&](const Attempt* attempt) { return attempt->pod != pod; });
      lane(track, tries, top, kLane);
      top += kLane + 2;
    }
  } else {
    draw(track, run, 7, kHeight - 14);
  }
  Span all = run.time;
  if (hook.release && hook.release->attempts != 0) {
    draw(track, *hook.release, 7, kHeight - 14);
    all.end = std::max(all.end, hook.release->time.end);
  }
  track.label(all, took_text(run), run.phase == Phase::Failed && !hook.warns ? "loud" : "",
              run.tries.size() < 2);
  return track.take(sentence);
}

std::string operation_track(const OperationRun& run, const Scale& scale,
                            std::string_view sentence) {
  Track track(scale, kHeight);
  const bool bad = run.phase == Phase::Failed || run.phase == Phase::Running;
  track.rect(bad ? "bad" : "op", run.time, 5, kHeight - 10);
  Run told;
  told.phase = run.phase;
  told.time = run.time;
  track.label(run.time, took_text(told), bad ? "loud" : "");
  return track.take(sentence);
}

std::string legend(const SessionLog& log) {
  bool waits = false;
  bool fails = log.run && log.run->phase == Phase::Failed;
  bool holds = false;
  const auto look = [&](const Run& run) {
    waits = waits || run.attempts > 1;
    for (const Attempt& attempt : run.tries) fails = fails || kind_of(attempt.phase) == "bad";
  };
  for (const Hook& hook : log.hooks) {
    look(hook.task);
    if (hook.release) look(*hook.release);
    holds = holds || held(log, hook).has_value();
  }
  const auto swatch = [](std::string_view kind, std::string_view text) {
    return fmt::format(
        "<li><svg aria-hidden=\"true\" width=\"22\" height=\"12\"><rect class=\"{}\" x=\"1\" "
        "y=\"1\" width=\"20\" height=\"10\" rx=\"2\"/></svg>{}</li>",
        kind, text);
  };
  // Of the first picture of the page: all others use its pattern.
  std::string out =
      "<ul class=\"legend\"><li><svg aria-hidden=\"true\" width=\"22\" height=\"12\"><defs>"
      "<pattern id=\"stripes\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate(45)\"><rect class=\"stripe-a\" width=\"7\" height=\"7\"/>"
      "<rect class=\"stripe-b\" width=\"2\" height=\"7\"/></pattern></defs><rect class=\"ok\" "
      "x=\"1\" y=\"1\" width=\"20\" height=\"10\" rx=\"2\"/></svg>attempt that succeeded</li>";
  if (fails) out += swatch("bad", "attempt that failed (\u2715)");
  if (holds) out += swatch("held", "held, from acquire to release");
  if (waits)
    out +=
        "<li><svg aria-hidden=\"true\" width=\"22\" height=\"12\"><line class=\"wait\" x1=\"1\" "
        "y1=\"6\" x2=\"21\" y2=\"6\"/></svg>wait before the next attempt</li>";
  if (log.run)
    out +=
        fmt::format("<li><span class=\"opwin\">shaded</span> while the {} ran</li>", log.operation);
  return out + "</ul>\n";
}

}  // namespace hookc::report
