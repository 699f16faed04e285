#include "interpreter/journal/journal.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "compiler/plan/json.hpp"
#include "interpreter/core/past_json.hpp"
#include "interpreter/journal/schema.hpp"
#include "interpreter/journal/stored.hpp"

namespace hookc::journal {
namespace {

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string file_in(const std::string& directory) {
  return directory + "/journal.db";
}
std::string lock_in(const std::string& directory) {
  return directory + "/journal.lock";
}

/// Rule 31: what makes two sessions of one program different.
std::string target_of(const engine::Inputs& inputs) {
  return to_json(std::vector<std::string>{inputs.target_kind, inputs.target_name,
                                          inputs.target_namespace, inputs.default_namespace});
}

/// The statements of a running session.
struct Statements {
  Statement put_part, put_event, hold, holder, let_go;

  static std::expected<Statements, std::string> prepare(const Database& database) {
    auto put_part = database.prepare(
        "INSERT INTO parts VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET json = excluded.json");
    if (!put_part) return std::unexpected(std::move(put_part.error()));
    auto put_event = database.prepare("INSERT INTO events VALUES (?1, ?2, ?3)");
    if (!put_event) return std::unexpected(std::move(put_event.error()));
    auto hold = database.prepare(
        "INSERT INTO open_holds VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
    if (!hold) return std::unexpected(std::move(hold.error()));
    auto holder = database.prepare(
        "SELECT number, id, state FROM open_holds JOIN sessions ON number = session WHERE "
        "open_holds.program = ?1 AND name = ?2 AND target = ?3");
    if (!holder) return std::unexpected(std::move(holder.error()));
    auto let_go = database.prepare("DELETE FROM open_holds WHERE session = ?1 AND step = ?2");
    if (!let_go) return std::unexpected(std::move(let_go.error()));
    return Statements{std::move(*put_part), std::move(*put_event), std::move(*hold),
                      std::move(*holder), std::move(*let_go)};
  }
};

}  // namespace

bool exists(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::exists(file_in(directory), error) && !error) return false;
  const auto database = Database::open(file_in(directory), Database::Mode::Read);
  if (!database) return true;
  const auto version = database->integer("PRAGMA user_version");
  return !version || *version != 0;
}

struct Journal::Impl {
  Impl(Database d, Ownership o) : database(std::move(d)), ownership(std::move(o)) {}

  Database database;
  Ownership ownership;
  std::optional<Statements> statements;

  // The session that is ours. 0: none.
  std::int64_t own = 0;
  std::string program, target;
  plan::Plan plan;
  std::vector<std::string> titles;
  std::int64_t next_event = 1;

  // What is to be written with the next transaction: of each part its last state.
  std::optional<engine::SessionPast> session;
  std::map<std::uint32_t, engine::StepPast> steps;
  std::vector<std::string> lines;

  Tables tables() const { return {database, ownership, own}; }

  void own_session(std::int64_t number, const NewSession& of, plan::Plan its_plan) {
    own = number;
    program = of.program;
    target = target_of(of.inputs);
    plan = std::move(its_plan);
    titles = engine::titles(plan);
  }

  void disown() {
    if (own != 0) ownership.give_up(own);
    own = 0;
    session.reset();
    steps.clear();
    lines.clear();
  }

  /// Takes the byte of a session's owner; the error says that somebody has it.
  Result take(std::int64_t number, const std::string& id) const {
    const auto taken = ownership.take(number);
    if (!taken) return std::unexpected(taken.error());
    if (*taken) return {};
    return std::unexpected(
        fmt::format("session {} is being worked on by another hookc at this moment", id));
  }

  /// The plan's row: programs seldom change, so mostly the one of the session before.
  std::expected<std::int64_t, std::string> plan_row(const NewSession& of) const {
    auto last = database.prepare(
        "SELECT p.number, p.json FROM sessions s JOIN plans p ON p.number = s.plan WHERE program = "
        "?1 ORDER BY s.number DESC LIMIT 1");
    if (!last) return std::unexpected(std::move(last.error()));
    const auto there = last->bind(1, of.program).next();
    if (!there) return std::unexpected(there.error());
    if (*there && last->text(1) == of.plan_json) return last->integer(0);
    auto insert = database.prepare("INSERT INTO plans (json) VALUES (?1)");
    if (!insert) return std::unexpected(std::move(insert.error()));
    if (Result done = insert->bind(1, of.plan_json).run(); !done)
      return std::unexpected(std::move(done.error()));
    return database.last_rowid();
  }

  /// Forgets the oldest sessions of the program that ended and owe nothing.
  Result forget(const std::string& of) const {
    auto drop = database.prepare(
        "DELETE FROM sessions WHERE number IN (SELECT number FROM sessions WHERE program = ?1 "
        "ORDER "
        "BY number DESC LIMIT -1 OFFSET ?2) AND state = 'ended' AND number NOT IN (SELECT session "
        "FROM open_holds)");
    if (!drop) return std::unexpected(std::move(drop.error()));
    if (Result done = drop->bind(1, of).bind(2, kKeptSessions).run(); !done) return done;
    if (database.changes() == 0) return {};
    return database.execute("DELETE FROM plans WHERE number NOT IN (SELECT plan FROM sessions)");
  }

  Result set_state(State state) const {
    auto update = database.prepare("UPDATE sessions SET state = ?1 WHERE number = ?2");
    if (!update) return std::unexpected(std::move(update.error()));
    return update->bind(1, to_text(state)).bind(2, own).run();
  }

  /// Rule 31. Nothing: the lock is ours; else whose it is.
  std::expected<std::optional<Conflict>, std::string> lock(std::uint32_t step) {
    const std::string& name = plan.steps[step].name;
    Result done = statements->hold.bind(1, own)
                      .bind(2, std::int64_t{step})
                      .bind(3, titles[step])
                      .bind(4, program)
                      .bind(5, name)
                      .bind(6, target)
                      .run();
    if (!done) return std::unexpected(std::move(done.error()));
    if (database.changes() != 0) return std::nullopt;
    Statement& holder = statements->holder;
    const auto there = holder.bind(1, program).bind(2, name).bind(3, target).next();
    if (!there) return std::unexpected(there.error());
    std::optional<Conflict> conflict;
    if (*there && holder.integer(0) != own) {
      conflict = Conflict{step, holder.text(1), state_of(holder.text(2)),
                          ownership.is_taken(holder.integer(0))};
    }
    holder.reset();
    return conflict;
  }

  /// Within a transaction: all that is queued.
  std::expected<std::vector<Conflict>, std::string> write() {
    std::vector<Conflict> conflicts;
    const auto put = [this](std::int64_t part, const std::string& json) {
      return statements->put_part.bind(1, own).bind(2, part).bind(3, json).run();
    };
    for (const auto& [id, step] : steps) {
      if (id >= plan.steps.size()) continue;
      if (step.hold && engine::owes_release(*step.hold)) {
        auto conflict = lock(id);
        if (!conflict) return std::unexpected(std::move(conflict.error()));
        if (*conflict) {
          // It is not going to be started, so it must not stand there as if it had been.
          conflicts.push_back(std::move(**conflict));
          continue;
        }
      } else if (plan.steps[id].hold) {
        if (Result done = statements->let_go.bind(1, own).bind(2, std::int64_t{id}).run(); !done)
          return std::unexpected(std::move(done.error()));
      }
      if (Result done = put(id, engine::to_json(step)); !done)
        return std::unexpected(std::move(done.error()));
    }
    if (session) {
      if (Result done = put(kSessionPart, engine::to_json(*session)); !done)
        return std::unexpected(std::move(done.error()));
    }
    std::int64_t sequence = next_event;
    for (const std::string& line : lines) {
      Result done = statements->put_event.bind(1, own).bind(2, sequence++).bind(3, line).run();
      if (!done) return std::unexpected(std::move(done.error()));
    }
    return conflicts;
  }

  void written() {
    next_event += static_cast<std::int64_t>(lines.size());
    session.reset();
    steps.clear();
    lines.clear();
  }
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;

std::expected<Journal, std::string> Journal::open(const std::string& directory) {
  const std::filesystem::path path(directory);
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (!error && ::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    error = std::error_code(errno, std::generic_category());
  if (error) {
    return std::unexpected(fmt::format("cannot create the state directory `{}`: {}", directory,
                                       std::strerror(error.value())));
  }
  auto database = Database::open(file_in(directory), Database::Mode::Create);
  if (!database) return std::unexpected(std::move(database.error()));
  if (Result ready = prepare_to_write(*database); !ready)
    return std::unexpected(std::move(ready.error()));
  auto ownership = Ownership::open(lock_in(directory), true);
  if (!ownership) return std::unexpected(std::move(ownership.error()));
  auto impl = std::make_unique<Impl>(std::move(*database), std::move(*ownership));
  auto statements = Statements::prepare(impl->database);
  if (!statements) return std::unexpected(std::move(statements.error()));
  impl->statements.emplace(std::move(*statements));
  return Journal(std::move(impl));
}

std::expected<Journal, std::string> Journal::open_to_read(const std::string& directory) {
  auto database = Database::open(file_in(directory), Database::Mode::Read);
  if (!database) return std::unexpected(std::move(database.error()));
  if (Result ready = prepare_to_read(*database); !ready)
    return std::unexpected(std::move(ready.error()));
  auto ownership = Ownership::open(lock_in(directory), false);
  if (!ownership) return std::unexpected(std::move(ownership.error()));
  return Journal(std::make_unique<Impl>(std::move(*database), std::move(*ownership)));
}

std::expected<void, std::string> Journal::begin(const NewSession& session) {
  Impl& it = *impl_;
  if (it.own != 0) return std::unexpected("this process works on a session already");
  auto plan = plan::parse_plan(session.plan_json);
  if (!plan) return std::unexpected(std::move(plan.error()));
  auto transaction = Transaction::begin(it.database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  const auto plan_row = it.plan_row(session);
  if (!plan_row) return std::unexpected(plan_row.error());
  auto insert = it.database.prepare(
      "INSERT INTO sessions (id, program, plan, inputs, working_directory, manifests, state, "
      "began) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!insert) return std::unexpected(std::move(insert.error()));
  const std::string inputs = engine::to_json(session.inputs);
  const std::string manifests = to_json(session.manifests);
  Result done = insert->bind(1, session.id)
                    .bind(2, session.program)
                    .bind(3, *plan_row)
                    .bind(4, inputs)
                    .bind(5, session.working_directory)
                    .bind(6, manifests)
                    .bind(7, to_text(State::Running))
                    .bind(8, unix_ms())
                    .run();
  if (!done) return done;
  const std::int64_t number = it.database.last_rowid();
  if (done = it.forget(session.program); !done) return done;
  if (done = it.take(number, session.id); !done) return done;
  if (done = transaction->commit(); !done) {
    it.ownership.give_up(number);
    return done;
  }
  it.own_session(number, session, std::move(*plan));
  it.next_event = 1;
  return {};
}

std::expected<Stored, std::string> Journal::take_over(const std::string& id) {
  Impl& it = *impl_;
  if (it.own != 0) return std::unexpected("this process works on a session already");
  auto transaction = Transaction::begin(it.database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto found = find_session(it.tables(), id);
  if (!found) return std::unexpected(std::move(found.error()));
  if (const Summary& summary = found->stored.summary;
      summary.state == State::Ended && summary.owed.empty())
    return std::unexpected(fmt::format("session {} has ended, and nothing of it is held", id));
  auto next_event =
      it.database.prepare("SELECT coalesce(max(sequence), 0) + 1 FROM events WHERE session = ?1");
  if (!next_event) return std::unexpected(std::move(next_event.error()));
  if (const auto there = next_event->bind(1, found->number).next(); !there)
    return std::unexpected(there.error());
  if (Result taken = it.take(found->number, id); !taken)
    return std::unexpected(std::move(taken.error()));
  it.next_event = next_event->integer(0);
  next_event->reset();
  it.own_session(found->number, found->stored.session, std::move(found->plan));
  Result done = it.set_state(State::Running);
  if (done) done = transaction->commit();
  if (!done) {
    it.disown();
    return std::unexpected(std::move(done.error()));
  }
  return std::move(found->stored);
}

std::expected<std::vector<Conflict>, std::string> Journal::save(const engine::Save& save,
                                                                bool now) {
  Impl& it = *impl_;
  if (it.own == 0) return std::unexpected("this process works on no session");
  if (save.session) it.session = save.session;
  for (const auto& [id, step] : save.steps) it.steps[id] = step;
  if (!now) return {};
  auto transaction = Transaction::begin(it.database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto conflicts = it.write();
  if (!conflicts) return conflicts;
  if (Result done = transaction->commit(); !done) return std::unexpected(std::move(done.error()));
  it.written();
  return conflicts;
}

void Journal::event(std::string line) {
  if (impl_->own != 0) impl_->lines.push_back(std::move(line));
}

std::expected<std::optional<Summary>, std::string> Journal::take_exclusive(
    const std::string& name) {
  Impl& it = *impl_;
  if (it.own == 0) return std::unexpected("this process works on no session");
  auto transaction = Transaction::begin(it.database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto row = it.database.prepare("SELECT session FROM exclusives WHERE name = ?1");
  if (!row) return std::unexpected(std::move(row.error()));
  const auto there = row->bind(1, name).next();
  if (!there) return std::unexpected(there.error());
  const std::int64_t holder = *there ? row->integer(0) : it.own;
  row->reset();
  if (holder != it.own) {
    auto summary = summaries(it.tables(), holder);
    if (!summary) return std::unexpected(std::move(summary.error()));
    // A session that waits for its post phase has it still, and so has one whose process died while
    // it owed a release.
    const Summary& other = summary->front();
    const bool over = other.state == State::Ended ||
                      (other.state == State::Running && !other.owner_lives && other.owed.empty());
    if (!over) return other;
  }
  auto take = it.database.prepare(
      "INSERT INTO exclusives VALUES (?1, ?2) ON CONFLICT DO UPDATE SET session = "
      "excluded.session");
  if (!take) return std::unexpected(std::move(take.error()));
  if (Result done = take->bind(1, name).bind(2, it.own).run(); !done)
    return std::unexpected(std::move(done.error()));
  if (Result done = transaction->commit(); !done) return std::unexpected(std::move(done.error()));
  return std::nullopt;
}

std::expected<void, std::string> Journal::end(State state) {
  Impl& it = *impl_;
  if (it.own == 0) return {};
  const auto write = [&]() -> Result {
    auto transaction = Transaction::begin(it.database);
    if (!transaction) return std::unexpected(std::move(transaction.error()));
    if (const auto written = it.write(); !written) return std::unexpected(written.error());
    if (Result done = it.set_state(state); !done) return done;
    if (state == State::Ended) {
      auto drop = it.database.prepare("DELETE FROM exclusives WHERE session = ?1");
      if (!drop) return std::unexpected(std::move(drop.error()));
      if (Result done = drop->bind(1, it.own).run(); !done) return done;
    }
    return transaction->commit();
  };
  Result done = write();
  it.disown();
  return done;
}

std::expected<std::vector<Summary>, std::string> Journal::list() const {
  return summaries(impl_->tables(), 0);
}

std::expected<Stored, std::string> Journal::load(const std::string& id) const {
  auto found = find_session(impl_->tables(), id);
  if (!found) return std::unexpected(std::move(found.error()));
  return std::move(found->stored);
}

std::expected<std::vector<std::string>, std::string> Journal::events(const std::string& id) const {
  return events_of(impl_->tables(), id);
}

}  // namespace hookc::journal
