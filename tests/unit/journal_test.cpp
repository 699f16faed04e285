#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include <catch2/catch.hpp>

#include "compiler/plan/json.hpp"
#include "interpreter/journal/journal.hpp"
#include "tests/unit/engine_plan.hpp"

using namespace hookc;
using journal::Journal;
using journal::State;

namespace {

struct Directory {
  std::string path;
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "hookc-journal-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }
};

/// Step 0: a hook; 1 and 2: holds.
std::string some_plan() {
  test::PlanBuilder builder;
  builder.pre("first", test::exec_local("true"));
  builder.hold("outer", test::exec_local("lock"), test::exec_local("unlock"));
  builder.hold("inner", test::exec_local("lock"), test::exec_local("unlock"));
  return plan::to_json(builder.plan);
}

journal::NewSession session(std::string id, std::string target = "") {
  journal::NewSession made;
  made.id = id;
  made.program = "/srv/a.hook";
  made.plan_json = some_plan();
  made.inputs.session_id = std::move(id);
  made.inputs.target_name = std::move(target);
  made.inputs.secrets = {"hush-hush"};
  made.working_directory = "/srv";
  made.manifests = {"/srv/cluster.yaml"};
  return made;
}

Journal opened(const Directory& directory) {
  auto opened = Journal::open(directory.path);
  INFO((opened ? "" : opened.error()));
  REQUIRE(opened);
  return std::move(*opened);
}
Journal begun(const Directory& directory, const std::string& id, const std::string& target = "") {
  Journal made = opened(directory);
  const auto done = made.begin(session(id, target));
  INFO((done ? "" : done.error()));
  REQUIRE(done);
  return made;
}

engine::Save step(std::uint32_t id, engine::Effect effect, bool settled = false) {
  engine::Save save;
  engine::StepPast past;
  past.task.phase = engine::StepPhase::Running;
  past.hold.emplace();
  past.hold->order = id;
  past.hold->targets = {{std::nullopt, effect}};
  past.hold->settled = settled;
  save.steps.emplace_back(id, past);
  return save;
}

std::size_t conflicts(Journal& in, const engine::Save& save) {
  const auto found = in.save(save, true);
  INFO((found ? "" : found.error()));
  REQUIRE(found);
  return found->size();
}

}  // namespace

TEST_CASE("the state directory is the one that was given, or the user's", "[journal]") {
  const auto with = [](const char* own, const char* xdg, const char* home) {
    ::setenv("HOOKC_STATE_DIR", own, 1);
    ::setenv("XDG_STATE_HOME", xdg, 1);
    ::setenv("HOME", home, 1);
    return journal::state_directory("");
  };
  const auto keep = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  const std::string own = keep("HOOKC_STATE_DIR"), xdg = keep("XDG_STATE_HOME"),
                    home = keep("HOME");
  CHECK(with("/own", "/xdg", "/home/me") == "/own");
  CHECK(with("", "/xdg", "/home/me") == "/xdg/hookc");
  CHECK(with("", "relative", "/home/me") == "/home/me/.local/state/hookc");
  CHECK(with("", "", "/") == "/var/lib/hookc");
  CHECK(journal::state_directory("given") == "given");
  with(own.c_str(), xdg.c_str(), home.c_str());
}

TEST_CASE("rule 21: what was saved is there for another process", "[journal]") {
  const Directory directory;
  engine::Save save = step(1, engine::Effect::Unknown);
  save.steps.front().second.hold->targets.front().pod =
      engine::Pod{"ns", "db-0", "uid-1", "main", "10.0.0.1"};
  save.session.emplace();
  save.session->started = 1234;
  {
    Journal dies = begun(directory, "one");
    CHECK(conflicts(dies, save) == 0);
    dies.event("{\"event\":1}");
    engine::Save queued;  // not yet on disk when the process dies
    queued.session.emplace();
    REQUIRE(dies.save(queued, false));
  }
  Journal other = opened(directory);
  const auto stored = other.take_over("one");
  REQUIRE(stored);
  CHECK(stored->session.program == "/srv/a.hook");
  CHECK(stored->session.plan_json == some_plan());
  CHECK(stored->session.inputs.secrets.empty());
  CHECK(stored->session.manifests == std::vector<std::string>{"/srv/cluster.yaml"});
  CHECK(stored->past.session == *save.session);
  REQUIRE(stored->past.steps.size() == 3);
  CHECK(stored->past.steps[1] == save.steps.front().second);
  CHECK(stored->past.steps[0] == engine::StepPast{});
  CHECK(stored->summary.state == State::Running);
  CHECK_FALSE(stored->summary.owner_lives);
  CHECK(stored->summary.owed == std::vector<std::string>{"hold backup \"outer\""});

  // Events go on counting where they stopped.
  other.event("a");
  REQUIRE(other.end(State::Ended));
  CHECK(other.events("one") == std::vector<std::string>{"a"});
}

TEST_CASE("a session has one owner at a time, and none when its process is gone", "[journal]") {
  const Directory directory;
  Journal reader = opened(directory);
  {
    Journal owner = begun(directory, "one");
    CHECK(owner.list()->front().owner_lives);
    CHECK(reader.list()->front().owner_lives);
    CHECK(reader.take_over("one").error() ==
          "session one is being worked on by another hookc at this moment");
    CHECK(owner.begin(session("two")).error() == "this process works on a session already");
  }
  CHECK_FALSE(reader.list()->front().owner_lives);
  CHECK(reader.take_over("one"));
  REQUIRE(reader.end(State::Waiting));
  CHECK(reader.list()->front().state == State::Waiting);
  CHECK(reader.take_over("one")->summary.state == State::Waiting);
  REQUIRE(reader.end(State::Ended));
  CHECK(reader.take_over("one").error() == "session one has ended, and nothing of it is held");
  CHECK(reader.take_over("none").error() ==
        "there is no session `none` in the journal `" + directory.path + "/journal.db`");
  CHECK(begun(directory, "two").begin(session("one")).has_value() == false);
}

TEST_CASE("the owner is gone as soon as it is killed", "[journal]") {
  const Directory directory;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto own = Journal::open(directory.path);
    const bool done =
        own && own->begin(session("one")) && own->save(step(1, engine::Effect::Acquired), true);
    if (::write(ready[1], done ? "y" : "n", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  Journal reader = opened(directory);
  CHECK(reader.list()->front().owner_lives);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  ::close(ready[0]);
  ::close(ready[1]);
  CHECK_FALSE(reader.list()->front().owner_lives);
  CHECK(reader.list()->front().owed.size() == 1);
}

TEST_CASE("rule 31: what another session holds is not acquired again", "[journal]") {
  const Directory directory;
  {
    Journal first = begun(directory, "first");
    CHECK(conflicts(first, step(1, engine::Effect::Unknown)) == 0);
    CHECK(conflicts(first, step(1, engine::Effect::Acquired)) == 0);  // its own

    Journal second = begun(directory, "second");
    const auto refused = second.save(step(1, engine::Effect::Unknown), true);
    REQUIRE(refused);
    REQUIRE(refused->size() == 1);
    CHECK(refused->front().step == 1);
    CHECK(refused->front().session == "first");
    CHECK(refused->front().owner_lives);
    // It was not begun, so nobody will ever release it for the second session.
    CHECK(second.load("second")->past.steps[1] == engine::StepPast{});
    CHECK(second.load("second")->summary.owed.empty());
    CHECK(conflicts(second, step(2, engine::Effect::Unknown)) == 0);  // another hold
    REQUIRE(second.end(State::Ended));

    Journal elsewhere = begun(directory, "elsewhere", "other-target");
    CHECK(conflicts(elsewhere, step(1, engine::Effect::Unknown)) == 0);
  }
  // Its owner died: what it holds, it holds still.
  Journal third = begun(directory, "third");
  const auto refused = third.save(step(1, engine::Effect::Unknown), true);
  REQUIRE(refused);
  REQUIRE(refused->size() == 1);
  CHECK_FALSE(refused->front().owner_lives);
  CHECK(refused->front().state == State::Running);
  {
    Journal recovery = opened(directory);
    REQUIRE(recovery.take_over("first"));
    CHECK(conflicts(recovery, step(1, engine::Effect::Acquired, true)) == 0);  // released
    REQUIRE(recovery.end(State::Ended));
  }
  CHECK(conflicts(third, step(1, engine::Effect::Unknown)) == 0);
}

TEST_CASE("rule 31: what definitely is not held is free for others", "[journal]") {
  const Directory directory;
  Journal first = begun(directory, "first");
  CHECK(conflicts(first, step(1, engine::Effect::Unknown)) == 0);
  CHECK(conflicts(first, step(1, engine::Effect::Idle)) == 0);
  Journal second = begun(directory, "second");
  CHECK(conflicts(second, step(1, engine::Effect::Unknown)) == 0);
}

TEST_CASE("a session that ended with a hold can be taken over to release it", "[journal]") {
  const Directory directory;
  {
    Journal first = begun(directory, "first");
    CHECK(conflicts(first, step(1, engine::Effect::Acquired)) == 0);
    REQUIRE(first.end(State::Ended));
  }
  Journal second = begun(directory, "second");
  CHECK(second.save(step(1, engine::Effect::Unknown), true)->front().state == State::Ended);
  Journal recovery = opened(directory);
  const auto stored = recovery.take_over("first");
  REQUIRE(stored);
  CHECK(stored->summary.state == State::Ended);
}

TEST_CASE("`exclusive` is one session's until that has ended", "[journal]") {
  const Directory directory;
  Journal second = begun(directory, "second");
  {
    Journal first = begun(directory, "first");
    CHECK_FALSE(*first.take_exclusive("nightly"));
    CHECK_FALSE(*first.take_exclusive("nightly"));  // its own
    CHECK((*second.take_exclusive("nightly"))->id == "first");
    CHECK_FALSE(*second.take_exclusive("other"));
    REQUIRE(first.end(State::Waiting));
    CHECK((*second.take_exclusive("nightly"))->state == State::Waiting);
    REQUIRE(first.take_over("first"));
    REQUIRE(first.end(State::Ended));
  }
  CHECK_FALSE(*second.take_exclusive("nightly"));
  REQUIRE(second.end(State::Ended));

  SECTION("its owner died and holds nothing") {
    {
      CHECK_FALSE(*begun(directory, "dies").take_exclusive("nightly"));
    }
    CHECK_FALSE(*begun(directory, "next").take_exclusive("nightly"));
  }
  SECTION("its owner died and owes a release") {
    {
      Journal dies = begun(directory, "dies");
      CHECK_FALSE(*dies.take_exclusive("nightly"));
      CHECK(conflicts(dies, step(1, engine::Effect::Acquired)) == 0);
    }
    const auto refused = begun(directory, "next").take_exclusive("nightly");
    REQUIRE(*refused);
    CHECK((*refused)->id == "dies");
    CHECK_FALSE((*refused)->owner_lives);
  }
}

TEST_CASE("the journal is its user's alone", "[journal]") {
  const Directory directory;
  const std::string path = directory.path + "/a/b";
  REQUIRE(Journal::open(path));
  const auto bits = [](const std::string& file) {
    return static_cast<unsigned>(std::filesystem::status(file).permissions());
  };
  CHECK(bits(path) == 0700U);
  CHECK(bits(path + "/journal.db") == 0600U);
  CHECK(bits(path + "/journal.lock") == 0600U);
}

TEST_CASE("sessions are listed the newest first, with what they came to", "[journal]") {
  const Directory directory;
  CHECK_FALSE(Journal::open_to_read(directory.path));  // and nothing is made
  CHECK(std::filesystem::is_empty(directory.path));
  {
    Journal first = begun(directory, "first");
    engine::Save save;
    save.session.emplace();
    save.session->status = engine::SessionStatus::Failed;
    save.session->outcome = engine::Outcome::Failure;
    save.session->reason = "the backup failed: exit code 1";
    save.session->started = 1000;
    save.session->ended = 3000;
    first.event("one");
    first.event("two");
    REQUIRE(first.save(save, false));
    REQUIRE(first.end(State::Ended));
    REQUIRE(begun(directory, "second").end(State::Ended));
  }
  const auto reader = Journal::open_to_read(directory.path);
  REQUIRE(reader);
  const auto list = reader->list();
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK(list->front().id == "second");
  CHECK(list->back().status == engine::SessionStatus::Failed);
  CHECK(list->back().outcome == engine::Outcome::Failure);
  CHECK(list->back().reason == "the backup failed: exit code 1");
  CHECK(list->back().started == 1000);
  CHECK(list->back().ended == 3000);
  CHECK(reader->events("first") == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a journal that is damaged or newer is refused in one line", "[journal]") {
  const Directory directory;
  const std::string file = directory.path + "/journal.db";
  const auto error = [&] {
    const auto opened = Journal::open(directory.path);
    return opened ? std::string("opened") : opened.error();
  };
  SECTION("damaged") {
    std::ofstream(file) << std::string(4096, 'x');
    CHECK(error() == "the journal `" + file + "` is damaged: file is not a database");
  }
  SECTION("newer") {
    REQUIRE(Journal::open(directory.path));
    std::fstream patch(file, std::ios::in | std::ios::out | std::ios::binary);
    patch.seekp(60);  // user_version, big-endian (https://www.sqlite.org/fileformat.html, 1.3)
    patch.write("\0\0\0\7", 4);
    patch.close();
    CHECK(error() == "the journal `" + file +
                         "` was written by a newer hookc (its format is 7, this one knows 1): use "
                         "that hookc, or name another state directory with --state");
  }
  SECTION("a file where the directory should be") {
    std::ofstream(directory.path + "/x") << "";
    const auto opened = Journal::open(directory.path + "/x/y");
    REQUIRE_FALSE(opened);
    CHECK(opened.error() ==
          "cannot create the state directory `" + directory.path + "/x/y`: Not a directory");
  }
}

TEST_CASE("a journal that cannot be written says so before anything is acquired", "[journal]") {
  const Directory directory;
  REQUIRE(Journal::open(directory.path));
  // In a process of its own, for limits and users are of the whole process.
  const auto in_child = [&](auto prepare) {
    int answer[2];
    REQUIRE(::pipe(answer) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      prepare();
      auto opened = Journal::open(directory.path);
      std::string said = opened ? "" : opened.error();
      if (opened) {
        const auto done = opened->begin(session("one"));
        said = done ? "written" : done.error();
      }
      ::_exit(::write(answer[1], said.data(), said.size()) < 0 ? 1 : 0);
    }
    ::close(answer[1]);
    std::string said(4096, '\0');
    const ssize_t got = ::read(answer[0], said.data(), said.size());
    ::close(answer[0]);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    said.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return said;
  };
  SECTION("no room") {
    CHECK(in_child([] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{4096, 4096};
            ::setrlimit(RLIMIT_FSIZE, &limit);
          }) == "cannot write the journal `" + directory.path + "/journal.db`: File too large");
  }
  SECTION("read-only") {
    const std::string file = directory.path + "/journal.db";
    std::filesystem::permissions(directory.path, std::filesystem::perms{0755});
    std::filesystem::permissions(file, std::filesystem::perms{0444});
    const std::string said = in_child([] {
      if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    });
    CHECK(said == "cannot write the journal `" + file + "`: it is read-only for this user");
  }
}

TEST_CASE("after a failed write nothing of the queue is lost", "[journal]") {
  const Directory directory;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto own = Journal::open(directory.path);
    if (!own || !own->begin(session("one"))) ::_exit(1);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{4096, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &little);
    if (own->save(step(1, engine::Effect::Acquired), true)) ::_exit(2);
    own->event("later");
    const rlimit enough{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &enough);
    if (!own->save({}, true)) ::_exit(3);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto reader = Journal::open_to_read(directory.path);
  REQUIRE(reader);
  CHECK(reader->load("one")->summary.owed.size() == 1);
  CHECK(reader->events("one") == std::vector<std::string>{"later"});
}

TEST_CASE("many processes may open a journal that is not there yet", "[journal]") {
  const Directory directory;
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto own = Journal::open(directory.path);
      ::_exit(own && own->begin(session(std::to_string(i))) && own->end(State::Ended) ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(Journal::open_to_read(directory.path)->list()->size() == 8);
}

TEST_CASE("the journal forgets old sessions, but none that owes a release", "[journal]") {
  const Directory directory;
  {
    Journal owes = begun(directory, "owes");
    CHECK(conflicts(owes, step(1, engine::Effect::Acquired)) == 0);
    REQUIRE(owes.end(State::Ended));
  }
  Journal journal = opened(directory);
  for (std::int64_t i = 0; i < journal::kKeptSessions + 3; ++i) {
    REQUIRE(journal.begin(session(std::to_string(i))));
    if (i == 0) journal.event("old");
    REQUIRE(journal.end(State::Ended));
  }
  const auto list = journal.list();
  REQUIRE(list);
  REQUIRE(std::cmp_equal(list->size(), journal::kKeptSessions + 1));
  CHECK(list->back().id == "owes");
  CHECK((*list)[list->size() - 2].id == "3");
  CHECK(journal.events("0")->empty());
  CHECK(journal.load("owes"));
}
