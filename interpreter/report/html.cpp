#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "interpreter/report/page_style.hpp"
#include "interpreter/report/report.hpp"
#include "interpreter/report/text.hpp"
#include "interpreter/report/timeline.hpp"

namespace hookc::report {
namespace {

/// A page that a browser still opens at once; what is left out says so.
constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kMostFailures = 50;
constexpr std::size_t kMostAttempts = 100;
constexpr std::size_t kMostNotes = 200;
/// Output on the whole page, once for what failed and once for all else.
constexpr std::size_t kMostOutput = std::size_t{2} * 1024 * 1024;

std::string text(std::string_view foreign) {
  return escaped(plain(foreign));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string capitalized(std::string word) {
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') word[0] -= 'a' - 'A';
  return word;
}

std::string moment(const SessionLog& log, Millis at) {
  return utc(log.started + at).substr(11) + " UTC";
}

bool failed(const Run& run) {
  return run.phase == Phase::Failed || run.phase == Phase::Running;
}
/// Its failure is the session's.
bool counts(const Hook& hook) {
  return (failed(hook.task) && !hook.warns) || hook.still_held;
}
/// Nobody knows that it was freed: the log ends too early to say.
bool left(const SessionLog& log, const Hook& hook) {
  return log.status == Status::Running && !hook.still_held && hook.release &&
         hook.release->phase != Phase::Succeeded && held(log, hook).has_value();
}

std::string row_id(const Hook& hook) {
  return fmt::format("h{}", hook.id);
}

/// "checkpoint" of `pre backup "checkpoint"`; the heading above says the rest.
std::string_view short_name(const Hook& hook) {
  return hook.name.empty() ? std::string_view(hook.title) : std::string_view(hook.name);
}

class Page {
 public:
  explicit Page(const SessionLog& log) : log_(log), scale_(log.took) {}

  std::string text_of_page() {
    head();
    facts();
    still_held();
    failures();
    timeline();
    notes();
    out_ += fmt::format(
        "<footer>Session {}. Times are of the clock of the machine that ran it, in UTC. Secrets "
        "are shown as ***.</footer>\n</main></body></html>\n",
        text(log_.id));
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void add(fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Args>(args)...);
  }

  bool ended() const { return log_.status != Status::Running && log_.status != Status::Waiting; }
  std::string_view status() const {
    switch (log_.status) {
      case Status::Running: return "Did not come to its end";
      case Status::Waiting: return "Waiting for its post phase";
      case Status::Succeeded: return "Succeeded";
      case Status::Failed: return "Failed";
      case Status::Skipped: return "Skipped";
    }
    return "";
  }
  std::string_view status_kind() const {
    switch (log_.status) {
      case Status::Running: return "Running";
      case Status::Waiting: return "Waiting";
      case Status::Succeeded: return "Succeeded";
      case Status::Failed: return "Failed";
      case Status::Skipped: return "Skipped";
    }
    return "";
  }
  std::string_view status_mark() const {
    switch (log_.status) {
      case Status::Running:
      case Status::Failed: return "\u2715";
      case Status::Waiting: return "\u23F8";
      case Status::Succeeded: return "\u2713";
      case Status::Skipped: return "\u2013";
    }
    return "";
  }

  void head() {
    const std::string what =
        fmt::format("{} of {}", capitalized(log_.operation), text(log_.program));
    const std::string day = utc(log_.started);
    out_ +=
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
    add("<title>{}: {}, {} {} UTC</title>\n<style>{}", status(), what, day.substr(0, 10),
        day.substr(11, 5), kPageStyle);
    // Marks behind every row, and where the operation ran.
    add(".track{{background-image:linear-gradient(to right,var(--line) 1px,transparent 1px)");
    const double step = scale_.percent(scale_.step());
    if (log_.run) {
      add(",linear-gradient(to right,transparent {0:.2f}%,var(--tint) {0:.2f}% {1:.2f}%,"
          "transparent {1:.2f}%);background-size:{2:.2f}% 100%,100% 100%}}",
          scale_.percent(log_.run->time.begin), scale_.percent(log_.run->time.end), step);
    } else {
      add(";background-size:{:.2f}% 100%}}", step);
    }
    add("\n</style></head>\n<body><main>\n<header>\n<p class=\"status {}\">"
        "<span aria-hidden=\"true\">{}</span> {}</p>\n<h1>{}</h1>\n",
        status_kind(), status_mark(), status(), what);
    if (!log_.reason.empty()) add("<p>{}</p>\n", text(capitalized(log_.reason)));
  }

  void fact(std::string_view name, std::string_view value) {
    add("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
  }

  void facts() {
    out_ += "<dl class=\"facts\">\n";
    const std::string started = utc(log_.started);
    fact("Started", started.substr(0, 10) + " " + started.substr(11) + " UTC");
    fact("Took", spoken(log_.took));
    if (log_.run || ended())
      fact(capitalized(log_.operation) + " itself",
           log_.run ? spoken(log_.run->time.length()) : "not run");
    const auto with = [this](auto what) {
      return static_cast<std::size_t>(std::ranges::count_if(log_.hooks, what));
    };
    std::string became;
    const auto tell = [&became](std::size_t count, std::string_view word) {
      if (count != 0) became += fmt::format("{}{} {}", became.empty() ? "" : ", ", count, word);
    };
    tell(with([](const Hook& hook) { return failed(hook.task) && !hook.warns; }), "failed");
    tell(with([](const Hook& hook) { return failed(hook.task) && hook.warns; }), "warned");
    tell(with([](const Hook& hook) { return hook.task.phase == Phase::Skipped; }), "skipped");
    const std::string hooks = fmt::format("{}{}{}{}", log_.hooks.size(), became.empty() ? "" : " (",
                                          became, became.empty() ? "" : ")");
    fact("Hooks", hooks);
    std::size_t attempts = 0;
    std::optional<std::pair<Millis, const Hook*>> longest;
    for (const Hook& hook : log_.hooks) {
      attempts += hook.task.attempts + (hook.release ? hook.release->attempts : 0);
      if (const auto span = held(log_, hook); span && (!longest || span->length() > longest->first))
        longest.emplace(span->length(), &hook);
    }
    fact("Attempts", std::to_string(attempts));
    if (longest)
      fact("Held longest",
           fmt::format("{}: {}", text(short_name(*longest->second)), spoken(longest->first)));
    out_ += "</dl>\n</header>\n";
  }

  void commands(const Run& release) {
    for (const std::string& command : release.by_hand) add("<pre>{}</pre>\n", text(command));
  }

  void held_thing(const Hook& hook) {
    const Span span = *held(log_, hook);
    add("<article><h3><a href=\"#{}\">{}</a></h3>\n", row_id(hook), text(short_name(hook)));
    add("<p class=\"where\">held since {}, for {} when the session {} \u00B7 {}</p>\n",
        moment(log_, span.begin), spoken(span.length()),
        log_.status == Status::Running ? "was cut off" : "ended", where(hook));
    if (failed(*hook.release)) add("<p>Its release failed: {}</p>\n", escaped(why(*hook.release)));
    if (!hook.release->by_hand.empty()) {
      out_ += "<p><strong>To free it by hand:</strong></p>\n";
      commands(*hook.release);
    }
    printed(hook.release->output, "What its release printed", false);
    out_ += "</article>\n";
  }

  void still_held() {
    std::vector<const Hook*> things;
    for (const Hook& hook : log_.hooks) {
      if ((hook.still_held || left(log_, hook)) && held(log_, hook)) things.push_back(&hook);
    }
    if (things.empty() && log_.status != Status::Running) return;
    out_ += "<section class=\"alarm\" aria-label=\"What is still held\">\n";
    const bool cut_off = log_.status == Status::Running;
    if (things.empty()) {
      out_ += "<h2>The session did not come to its end</h2>\n";
    } else {
      add("<h2>\u2715 {} {} held</h2>\n",
          things.size() == 1 ? "1 thing" : fmt::format("{} things", things.size()),
          cut_off              ? "may still be"
          : things.size() == 1 ? "is still"
                               : "are still");
    }
    if (cut_off)
      out_ +=
          "<p>It was cut off: what its last lines say is not known to be over. This finishes "
          "what it left:</p>\n<pre>hookc recover</pre>\n";
    for (std::size_t i = 0; i < things.size() && i < kMostFailures; ++i) held_thing(*things[i]);
    if (things.size() > kMostFailures)
      add("<p>{} more stand in the timeline.</p>\n", things.size() - kMostFailures);
    out_ += "</section>\n";
  }

  void failure(std::string_view id, std::string_view name, const std::string& reason,
               std::string_view output, bool first) {
    add("<li><h3><a href=\"#{}\">{}</a></h3><p>{}</p>\n", id, text(name), escaped(reason));
    printed(output, "What it printed", first);
    out_ += "</li>\n";
  }
  void printed(std::string_view output, std::string_view what, bool open) {
    if (const std::string shown = plain_tail(output, kShownOutput); !shown.empty())
      add("<details{}><summary>{}</summary><pre>{}</pre></details>\n", open ? " open" : "", what,
          block(shown));
  }

  void failures() {
    std::vector<const Hook*> hooks;
    for (const Hook& hook : log_.hooks) {
      if (failed(hook.task) && !hook.warns) hooks.push_back(&hook);
    }
    const bool operation = log_.run && log_.run->phase == Phase::Failed;
    if (hooks.empty() && !operation) return;
    out_ +=
        "<section aria-labelledby=\"failed\"><h2 id=\"failed\">What failed</h2>\n"
        "<ul class=\"failures\">\n";
    bool first = true;
    std::size_t shown = 0;
    if (operation) {
      failure("operation", capitalized(log_.operation), log_.run->reason, log_.run->output, true);
      first = false;
    }
    for (const Hook* hook : hooks) {
      if (++shown > kMostFailures) break;
      failure(row_id(*hook), hook->title, why(hook->task), hook->task.output, first);
      first = false;
    }
    out_ += "</ul>\n";
    if (hooks.size() > kMostFailures)
      add("<p>{} more failures stand in the timeline.</p>\n", hooks.size() - kMostFailures);
    out_ += "</section>\n";
  }

  /// Which rows are drawn: all that failed or is held comes first.
  std::vector<bool> choose() const {
    std::vector<bool> chosen(log_.hooks.size());
    std::size_t room = kMostRows;
    for (const bool urgent : {true, false}) {
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Hook& hook = log_.hooks[i];
        const bool matters = counts(hook) || failed(hook.task) || hook.release;
        if (room == 0 || chosen[i] || matters != urgent) continue;
        chosen[i] = true;
        --room;
      }
    }
    return chosen;
  }

  void timeline() {
    out_ += "<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">Timeline</h2>\n";
    out_ += legend(log_);
    add("<div class=\"axis\"><span></span>{}</div>\n", axis(scale_));
    const Parts spans = parts(log_);
    const std::vector<bool> chosen = choose();
    group("Pre", spans.pre);
    side(false, chosen);
    if (log_.run) {
      group(capitalized(log_.operation), spans.operation);
      operation();
    } else if (ended()) {
      add("<h3 class=\"group\">{} <span>not run</span></h3>\n", capitalized(log_.operation));
    }
    if (spans.post.length() > 0 ||
        std::ranges::any_of(log_.hooks, [](const Hook& hook) { return hook.post; })) {
      group("Post", spans.post);
      side(true, chosen);
    }
    if (log_.hooks.size() > kMostRows)
      add("<p class=\"note\">{} of {} hooks are drawn: holds and all that failed, then the first "
          "ones. The JSON lines of the session have them all.</p>\n",
          kMostRows, log_.hooks.size());
    out_ += "</section>\n";
  }

  void group(std::string_view name, Span span) {
    add("<h3 class=\"group\">{} <span>{}</span></h3>\n", name, spoken(span.length()));
  }

  void side(bool post, const std::vector<bool>& chosen) {
    bool any = false;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (log_.hooks[i].post != post || !chosen[i]) continue;
      row(log_.hooks[i]);
      any = true;
    }
    if (!any) out_ += "<p class=\"small\">no hooks</p>\n";
  }

  static std::string where(const Hook& hook) {
    if (hook.file.empty()) return "hook " + std::to_string(hook.id);
    return fmt::format("{}:{}", text(hook.file), hook.line);
  }

  void name(std::string_view kind, std::string_view mark, std::string_view word,
            std::string_view shown, std::string_view extra) {
    add("<div class=\"name\"><span class=\"icon {}\" aria-hidden=\"true\">{}</span>"
        "<span class=\"hidden\">{}</span><b>{}</b>",
        kind, mark, word, text(shown));
    if (!extra.empty()) add("<span class=\"kind\">{}</span>", extra);
    out_ += "</div>";
  }

  void row_name(const Hook& hook) {
    const std::string_view extra = hook.release ? "hold" : "";
    if (counts(hook)) return name("bad", "\u2715", "failed: ", short_name(hook), extra);
    switch (hook.task.phase) {
      case Phase::Failed:
      case Phase::Running: return name("warn", "!", "warning: ", short_name(hook), "warning");
      case Phase::Succeeded: return name("good", "\u2713", "succeeded: ", short_name(hook), extra);
      case Phase::Pending:
      case Phase::Skipped: return name("none", "\u2013", "skipped: ", short_name(hook), extra);
    }
  }

  std::string sentence(const Hook& hook) const {
    const Run& run = hook.task;
    if (run.attempts == 0) return why(run);
    std::string out = fmt::format("{} after {}, from {} to {} after the start",
                                  run.phase == Phase::Succeeded ? "succeeded" : why(run),
                                  counted(run.attempts, "attempt", "attempts"),
                                  spoken(run.time.begin), spoken(run.time.end));
    if (const auto span = held(log_, hook))
      out += fmt::format("; held for {}{}", spoken(span->length()),
                         hook.still_held ? " and still held" : "");
    return out;
  }

  void row(const Hook& hook) {
    const bool flat = hook.task.attempts == 0 && hook.task.output.empty();
    if (flat) {
      add("<div class=\"row flat\" id=\"{}\">", row_id(hook));
    } else {
      add("<details class=\"row\" id=\"{}\"><summary>", row_id(hook));
    }
    row_name(hook);
    add("<div class=\"track\">{}</div>", hook_track(log_, hook, scale_, sentence(hook)));
    if (flat) {
      out_ += "</div>\n";
      return;
    }
    out_ += "</summary>\n<div class=\"more\">";
    add("<p class=\"small\">{} \u00B7 {} \u00B7 started {}</p>\n", text(hook.title), where(hook),
        moment(log_, hook.task.time.begin));
    details(hook.task, hook.release ? "Acquire" : "");
    if (hook.release) details(*hook.release, "Release");
    out_ += "</div></details>\n";
  }

  void operation() {
    const OperationRun& run = *log_.run;
    const bool bad = run.phase == Phase::Failed || run.phase == Phase::Running;
    out_ += "<details class=\"row\" id=\"operation\"><summary>";
    const bool good = run.phase == Phase::Succeeded;
    name(bad    ? "bad"
         : good ? "good"
                : "none",
         bad    ? "\u2715"
         : good ? "\u2713"
                : "\u2013",
         bad    ? "failed: "
         : good ? "succeeded: "
                : "",
         log_.operation, "");
    add("<div class=\"track\">{}</div></summary>\n<div class=\"more\">",
        operation_track(run, scale_,
                        fmt::format("from {} to {} after the start", spoken(run.time.begin),
                                    spoken(run.time.end))));
    add("<p class=\"small\">started {}</p>\n", moment(log_, run.time.begin));
    if (!run.reason.empty()) add("<p>{}</p>\n", text(run.reason));
    output(run.output, bad);
    out_ += "</div></details>\n";
  }

  /// Reason, attempts and output of an acquire, a hook or a release.
  void details(const Run& run, std::string_view heading) {
    if (!heading.empty()) add("<h3>{}</h3>\n", heading);
    if (run.phase != Phase::Succeeded) add("<p>{}</p>\n", escaped(why(run)));
    if (!run.by_hand.empty()) {
      out_ += "<p>To free it by hand:</p>\n";
      commands(run);
    }
    if (run.tries.empty()) {
      output(run.output, failed(run));
      return;
    }
    const bool pods =
        std::ranges::any_of(run.tries, [](const Attempt& attempt) { return !attempt.pod.empty(); });
    add("<table><thead><tr><th>attempt</th>{}<th>after the start</th><th>took</th><th>result</th>"
        "</tr></thead><tbody>\n",
        pods ? "<th>pod</th>" : "");
    for (std::size_t i = 0; i < run.tries.size() && i < kMostAttempts; ++i) {
      const Attempt& attempt = run.tries[i];
      add("<tr><td class=\"n\">{}</td>", attempt.number);
      if (pods) add("<td>{}</td>", text(attempt.pod));
      add("<td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
          spoken(attempt.time.begin), spoken(attempt.time.length()), result_of(attempt));
    }
    out_ += "</tbody></table>\n";
    if (run.tries.size() > kMostAttempts)
      add("<p class=\"small\">{} more attempts</p>\n", run.tries.size() - kMostAttempts);
    for (std::size_t i = 0; i < run.tries.size() && i < kMostAttempts; ++i) {
      const Attempt& attempt = run.tries[i];
      if (attempt.output.empty()) continue;
      if (run.tries.size() > 1)
        add("<p class=\"small\">attempt {}{}{} printed</p>\n", attempt.number,
            attempt.pod.empty() ? "" : " in pod ", text(attempt.pod));
      output(attempt.output, attempt.phase == Phase::Failed);
    }
  }

  static std::string result_of(const Attempt& attempt) {
    switch (attempt.phase) {
      case Phase::Succeeded: return "\u2713 succeeded";
      case Phase::Running: return "\u2715 did not end";
      case Phase::Failed:
        return "\u2715 " + (attempt.reason.empty() ? "failed" : text(attempt.reason));
      case Phase::Pending:
      case Phase::Skipped: return text(attempt.reason);
    }
    return {};
  }

  static std::string block(std::string_view shown) {
    std::string out;
    append_lines(out, shown);
    return out;
  }

  void output(std::string_view printed, bool of_failure) {
    const std::string shown = plain_tail(printed, kShownOutput);
    if (shown.empty()) return;
    std::size_t& room = room_[of_failure ? 0 : 1];
    if (shown.size() > room) {
      out_ +=
          "<p class=\"small\">Its output is left out: this page has enough of it. The JSON "
          "lines of the session have it.</p>\n";
      return;
    }
    room -= shown.size();
    add("<pre>{}</pre>\n", block(shown));
  }

  void notes() {
    std::vector<const Note*> notes;
    for (const Note& note : log_.notes) {
      if (!note.text.starts_with("to free it by hand: ")) notes.push_back(&note);
    }
    if (notes.empty()) return;
    out_ += "<section aria-labelledby=\"notes\"><h2 id=\"notes\">Notes</h2>\n";
    for (std::size_t i = 0; i < notes.size() && i < kMostNotes; ++i)
      add("<p class=\"note\"><span class=\"small\">{}{}{}</span><br>{}</p>\n",
          moment(log_, notes[i]->at), notes[i]->title.empty() ? "" : " \u00B7 ",
          text(notes[i]->title), text(notes[i]->text));
    if (notes.size() > kMostNotes) add("<p>{} more notes</p>\n", notes.size() - kMostNotes);
    out_ += "</section>\n";
  }

  const SessionLog& log_;
  Scale scale_;
  std::string out_;
  std::array<std::size_t, 2> room_ = {kMostOutput, kMostOutput};
};

}  // namespace

std::string to_html(const SessionLog& log) {
  return Page(log).text_of_page();
}

}  // namespace hookc::report
