// A simulation as a table that is read at a glance.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "compiler/source/columns.hpp"
#include "interpreter/simulate/simulate.hpp"

namespace hookc::simulate {
namespace {

using Kind = Mishap::Kind;
using Steps = std::vector<std::uint32_t>;

constexpr std::size_t kMostCombined = 12;  // rows; the rest is counted

std::string_view operation_name(engine::Operation operation) {
  return operation == engine::Operation::Backup ? "backup" : "restore";
}

std::string quoted(const plan::Plan& plan, std::uint32_t step) {
  const plan::Step& it = plan.steps[step];
  return it.named ? fmt::format("\"{}\"", it.name) : it.name;
}

std::string joined(const std::vector<std::string>& parts, std::string_view last = " and ") {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += i + 1 == parts.size() ? std::string(last) : ", ";
    out += parts[i];
  }
  return out;
}

std::string names(const plan::Plan& plan, const Steps& steps, std::string_view last = " and ") {
  std::vector<std::string> parts;
  for (const std::uint32_t id : steps) parts.push_back(quoted(plan, id));
  return joined(parts, last);
}

/// Mishaps in words: those that happen in the same way together.
class Words {
 public:
  Words(const plan::Plan& plan, engine::Operation operation) : plan_(plan), operation_(operation) {}

  std::string any_of(const std::vector<std::vector<Mishap>>& sets) {
    if (sets.size() == 1 && sets.front().size() > 1) return all_of(sets.front());
    for (const auto& set : sets) {
      if (set.empty()) return "all goes well";
      add(set.front());
    }
    return write();
  }

 private:
  std::string all_of(const std::vector<Mishap>& set) {
    std::vector<std::string> parts;
    for (const Mishap& mishap : set) {
      Words one(plan_, operation_);
      one.add(mishap);
      std::string said = one.write();
      if (!parts.empty() && mishap.kind == Kind::Interrupted && parts.back() == said) {
        parts.back() += " twice";
      } else {
        parts.push_back(std::move(said));
      }
    }
    return joined(parts, ", then ");
  }

  std::string subject(std::uint32_t step, bool releasing = false) const {
    if (step == kOperation) return fmt::format("the {}", operation_name(operation_));
    if (step == kNobody) return "nothing";
    return releasing ? fmt::format("the release of {}", quoted(plan_, step)) : quoted(plan_, step);
  }

  void say(const std::string& who, const std::string& what) {
    const auto found = std::ranges::find(said_, who, [](const auto& it) { return it.first; });
    if (found == said_.end()) {
      said_.emplace_back(who, std::vector{what});
    } else if (std::ranges::find(found->second, what) == found->second.end()) {
      found->second.push_back(what);
    }
  }

  void add(const Mishap& mishap) {
    switch (mishap.kind) {
      case Kind::Fails: return say(subject(mishap.step), "fails");
      case Kind::TimesOut: return say(subject(mishap.step), "times out");
      case Kind::NotStarted: return say(subject(mishap.step), "cannot start");
      case Kind::ReleaseFails: return say(subject(mishap.step, true), "fails");
      case Kind::OperationFails: return say(subject(kOperation), "fails");
      case Kind::Refused: return say("`exclusive`", "cannot be had");
      case Kind::Limit: return say(subject(mishap.step), "reaches its limit");
      case Kind::Lost: return say(subject(mishap.step), "is lost");
      case Kind::Interrupted: return say("hookc", "is interrupted");
      case Kind::Killed: return say("hookc", "is killed");
    }
  }

  static std::string verbs(const std::vector<std::string>& all) {
    const auto has = [&](std::string_view verb) {
      return std::ranges::find(all, verb) != all.end();
    };
    std::vector<std::string> kept;
    for (const std::string& verb : all) {
      // `fails` stands for every way to.
      const bool implied = has("fails") && has("times out") && has("cannot start") &&
                           (verb == "times out" || verb == "cannot start");
      if (!implied) kept.push_back(verb);
    }
    return joined(kept, " or ");
  }

  std::string write() const {
    std::vector<std::pair<std::string, std::vector<std::string>>> by_verbs;
    for (const auto& [who, what] : said_) {
      const std::string verb = verbs(what);
      const auto found = std::ranges::find(by_verbs, verb, [](const auto& it) { return it.first; });
      if (found == by_verbs.end()) {
        by_verbs.emplace_back(verb, std::vector{who});
      } else {
        found->second.push_back(who);
      }
    }
    std::vector<std::string> parts;
    for (const auto& [verb, who] : by_verbs) parts.push_back(joined(who, " or ") + " " + verb);
    return joined(parts, ", or ");
  }

  const plan::Plan& plan_;
  engine::Operation operation_;
  std::vector<std::pair<std::string, std::vector<std::string>>> said_;
};

std::size_t cells(std::string_view text) {
  return display_column(text, text.size());
}

/// Columns of words; cells are broken at blanks where the whole is wider than `width`.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string write(std::size_t width) const {
    constexpr std::size_t kGap = 2, kNarrow = 12, kFirst = 30;
    const std::size_t columns = rows_.front().size();
    std::vector<std::size_t> widths(columns, 0), narrowest(columns, 0);
    for (const auto& row : rows_) {
      for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], cells(row[c]));
    }
    for (std::size_t c = 0; c < columns; ++c)
      narrowest[c] = std::min(widths[c], c == 0 ? kFirst : kNarrow);
    const auto total = [&] {
      std::size_t sum = kGap * (columns - 1) + 2;
      for (const std::size_t w : widths) sum += w;
      return sum;
    };
    while (total() > width) {
      std::size_t widest = columns;
      for (std::size_t c = 0; c < columns; ++c) {
        if (widths[c] > narrowest[c] && (widest == columns || widths[c] > widths[widest]))
          widest = c;
      }
      if (widest == columns) break;
      --widths[widest];
    }
    std::string out;
    for (const auto& row : rows_) {
      std::vector<std::vector<std::string>> lines;
      std::size_t height = 1;
      for (std::size_t c = 0; c < columns; ++c) {
        lines.push_back(broken(row[c], widths[c]));
        height = std::max(height, lines.back().size());
      }
      for (std::size_t line = 0; line < height; ++line) {
        std::string text = "  ";
        for (std::size_t c = 0; c < columns; ++c) {
          const std::string part = line < lines[c].size() ? lines[c][line] : "";
          text += part;
          const std::size_t used = cells(part);
          text.append(widths[c] > used ? widths[c] - used : 0, ' ');
          text.append(kGap, ' ');
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
      }
    }
    return out;
  }

 private:
  static std::vector<std::string> broken(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      const std::string word = text.substr(at, end - at);
      at = end + 1;
      if (!lines.back().empty() && cells(lines.back()) + 1 + cells(word) > width)
        lines.emplace_back("  ");
      if (!lines.back().empty() && lines.back() != "  ") lines.back() += ' ';
      lines.back() += word;
    }
    return lines;
  }

  std::vector<std::vector<std::string>> rows_;
};

class Text {
 public:
  Text(const plan::Plan& plan, const Simulation& simulation)
      : plan_(plan),
        it_(simulation),
        steps_(simulation.operation == engine::Operation::Backup ? plan.backup : plan.restore) {
    for (const plan::Group& group : steps_.pre) pre_.insert(pre_.end(), group.begin(), group.end());
    for (const plan::Group& group : steps_.post)
      post_.insert(post_.end(), group.begin(), group.end());
    std::ranges::copy_if(pre_, std::back_inserter(holds_),
                         [&](std::uint32_t id) { return plan.steps[id].hold.has_value(); });
  }

  std::string write(std::size_t width) {
    head();
    summary();
    out_ += '\n';
    if (!it_.every.empty()) {
      table(it_.every, it_.every.size(), width);
    } else {
      table(it_.single, it_.single.size(), width);
      combined(width);
    }
    foot();
    return std::move(out_);
  }

 private:
  void line(std::string_view text) { out_ += fmt::format("  {}\n", text); }

  void head() {
    out_ += operation_name(it_.operation);
    const bool plain = it_.environments.size() == 1 && it_.environments.front().empty();
    if (!plain) {
      std::vector<std::string> parts;
      for (const std::string& name : it_.environments)
        parts.push_back(name.empty() ? "without --env" : "--env " + name);
      out_ += ", " + joined(parts);
    }
    out_ += '\n';
  }

  void summary() {
    if (!it_.untried.empty()) {
      line(fmt::format("{} can stay held though its release was never tried",
                       names(plan_, it_.untried, " or ")));
    } else if (holds_.empty()) {
      line("nothing is ever held");
    } else {
      line("nothing stays held unless its own release fails");
    }
    if (!it_.owed.empty()) {
      line(fmt::format("if hookc is killed, {} can stay held until `hookc recover`",
                       names(plan_, it_.owed)));
    }
    if (!it_.telling.always.empty()) {
      line(fmt::format("{} {} whatever fails before the outcome is fixed",
                       names(plan_, it_.telling.always),
                       it_.telling.always.size() == 1 ? "runs" : "run"));
    }
    if (it_.telling.nothing) {
      line("no hook tells of any failure");
    } else if (!it_.telling.untold.empty()) {
      Row row;
      for (const Mishap& mishap : it_.telling.untold) row.what.push_back({mishap});
      line(fmt::format("no hook tells of it where {}", what_happens(plan_, it_.operation, row)));
    }
  }

  /// Those of `all` that are marked, runs of three and more as `first … last`; `?`: on some paths.
  /// `whole`: `all` where it is all of them.
  std::string marked(const Row& row, const Steps& all, Mark mark, bool whole = false) const {
    const auto state = [&](std::uint32_t id) {
      if ((static_cast<unsigned char>(row.sure[id]) & mark) != 0) return 2;
      return (static_cast<unsigned char>(row.marks[id]) & mark) != 0 ? 1 : 0;
    };
    if (whole && !all.empty() && std::ranges::all_of(all, [&](auto id) { return state(id) == 2; }))
      return "all";
    std::string out;
    for (std::size_t i = 0; i < all.size();) {
      if (state(all[i]) == 0) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < all.size() && state(all[end]) == state(all[i])) ++end;
      if (end - i < 3) end = i + 1;
      if (!out.empty()) out += ", ";
      out += plan_.steps[all[i]].name;
      if (end - i > 1) out += fmt::format(" … {}", plan_.steps[all[end - 1]].name);
      if (state(all[i]) == 1) out += "?";
      i = end;
    }
    return out.empty() ? "–" : out;
  }

  static std::string status(const Row& row) {
    if (row.ending.killed) return "killed";
    return std::string(to_text(row.ending.status));
  }
  static std::string exit(const Row& row) {
    const auto code = exit_code(row.ending);
    return code ? std::to_string(*code) : "–";
  }
  std::string released(const Row& row) const {
    Row well = row;
    for (std::size_t i = 0; i < well.marks.size(); ++i) {
      if ((static_cast<unsigned char>(row.marks[i]) & kHeld) != 0) well.marks[i] = well.sure[i] = 0;
    }
    std::string out = marked(well, holds_, kReleased, true);
    const std::string failed = marked(row, holds_, kHeld);
    if (failed != "–") out = (out == "–" ? "" : out + "; ") + "failed: " + failed;
    if (row.ending.killed && out != "–") out = "by recover: " + out;
    return out;
  }
  std::string held(const Row& row) const {
    const std::string text = marked(row, holds_, kHeld);
    return text == "–" ? "nothing" : text;
  }

  /// On which side of the outcome an interrupt comes, where that is one.
  std::string when(const Row& row) const {
    bool before = false, after = false;
    for (const auto& set : row.what) {
      for (const Mishap& mishap : set) {
        const bool post = std::ranges::find(post_, mishap.during) != post_.end();
        (post ? after : before) = true;
      }
    }
    return after && !before ? " while a post hook runs" : "";
  }

  /// Things of any moment: what had run until then differs.
  bool vague(const Row& row) const {
    if (!it_.every.empty() || row.what.front().size() != 1) return false;
    const Kind kind = row.what.front().front().kind;
    return kind == Kind::Killed || kind == Kind::Interrupted || kind == Kind::Limit ||
           kind == Kind::Lost;
  }

  std::string what(const Row& row) const {
    if (!row.ending.killed || row.what.front().size() > 1) {
      std::string out = what_happens(plan_, it_.operation, row);
      if (out == "hookc is interrupted") out += when(row);
      return out;
    }
    if (holds_.empty()) return "hookc is killed";
    Steps owed;
    std::ranges::copy_if(holds_, std::back_inserter(owed), [&](std::uint32_t id) {
      return (static_cast<unsigned char>(row.marks[id]) & kOwed) != 0;
    });
    if (owed.empty()) return "hookc is killed while nothing is held";
    return fmt::format("hookc is killed while {} {} held", names(plan_, owed),
                       owed.size() == 1 ? "is" : "are");
  }

  void table(const std::vector<Row>& rows, std::size_t count, std::size_t width) {
    const bool any_held = !holds_.empty();
    std::vector<std::string> head{"what happens"};
    if (!pre_.empty()) head.emplace_back("before");
    head.emplace_back(operation_name(it_.operation));
    if (any_held) head.emplace_back("released");
    if (!post_.empty()) head.emplace_back("after");
    head.insert(head.end(), {"session"});
    if (any_held) head.emplace_back("held");
    head.emplace_back("exit");
    Table table(head);
    for (std::size_t i = 0; i < count; ++i) {
      const Row& row = rows[i];
      std::vector<std::string> line{what(row)};
      if (!pre_.empty()) line.push_back(vague(row) ? "until then" : marked(row, pre_, kRan, true));
      line.emplace_back(!row.ending.operation ? "–" : row.operation_sure ? "runs" : "perhaps");
      if (any_held) line.push_back(released(row));
      if (!post_.empty()) {
        const std::string after = marked(row, post_, kRan);
        line.push_back(vague(row) && row.ending.killed && after != "–" ? "until then" : after);
      }
      line.push_back(status(row));
      if (any_held) line.push_back(held(row));
      line.push_back(exit(row));
      table.add(std::move(line));
    }
    out_ += table.write(width);
  }

  void combined(std::size_t width) {
    if (it_.combined.empty()) return;
    std::vector<std::string> head{"several at once, for example"};
    if (!post_.empty()) head.emplace_back("after");
    head.insert(head.end(), {"session"});
    if (!holds_.empty()) head.emplace_back("held");
    head.emplace_back("exit");
    Table table(head);
    for (std::size_t i = 0; i < std::min(it_.combined.size(), kMostCombined); ++i) {
      const Row& row = it_.combined[i];
      std::vector<std::string> line{what(row)};
      if (!post_.empty())
        line.push_back(row.ending.killed ? "until then" : marked(row, post_, kRan));
      line.push_back(status(row));
      if (!holds_.empty()) line.push_back(held(row));
      line.push_back(exit(row));
      table.add(std::move(line));
    }
    out_ += '\n' + table.write(width);
    if (it_.combined.size() > kMostCombined) {
      line(fmt::format("and {} more kinds: --all shows every one",
                       it_.combined.size() - kMostCombined));
    }
  }

  void foot() {
    const std::string count =
        it_.paths == UINT64_MAX ? "more than 10^19" : fmt::to_string(it_.paths);
    const std::size_t shown = it_.every.empty()
                                  ? it_.single.size() + std::min(it_.combined.size(), kMostCombined)
                                  : it_.every.size();
    out_ += '\n';
    line(
        fmt::format("{} path{} through {} states, {} shown: those that differ in what runs or what "
                    "is held",
                    count, it_.paths == 1 ? "" : "s", it_.states, shown));
    if (it_.cut_at != 0) {
      line(fmt::format("cut: more than {} results differ, and not all are shown: --max-paths",
                       it_.cut_at));
    }
    if (it_.most_mishaps != 0) {
      line(fmt::format("cut: only paths on which at most {} thing{} wrong were looked at",
                       it_.most_mishaps, it_.most_mishaps == 1 ? " goes" : "s go"));
    }
  }

  const plan::Plan& plan_;
  const Simulation& it_;
  const plan::OperationPlan& steps_;
  Steps pre_, post_, holds_;
  std::string out_;
};

}  // namespace

std::string what_happens(const plan::Plan& plan, engine::Operation operation, const Row& row) {
  return Words(plan, operation).any_of(row.what);
}

std::string to_text(const Document& document, std::size_t width) {
  std::string out = document.plan->file + "\n";
  for (const Simulation& simulation : document.simulations) {
    out += '\n';
    out += Text(*document.plan, simulation).write(width);
  }
  if (document.simulations.empty()) out += "  no hooks: nothing would run\n";
  return out;
}

}  // namespace hookc::simulate
