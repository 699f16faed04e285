// One path through a session: the engine, and a world whose every answer is chosen.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interpreter/core/session.hpp"
#include "interpreter/simulate/skeleton.hpp"

namespace hookc::simulate {

inline constexpr std::uint32_t kNobody = UINT32_MAX;
inline constexpr std::uint32_t kOperation = UINT32_MAX - 1;

/// Something that did not go as one hopes.
struct Mishap {
  enum class Kind : std::uint8_t {
    Fails,         // a hook, or an acquire that definitely did not happen
    TimesOut,      // an acquire whose result nobody knows
    NotStarted,    // an acquire that found no pod, or what it wants is held by another session
    ReleaseFails,  // after all its attempts
    OperationFails,
    Refused,  // `exclusive` could not be had
    Limit,    // `at most` of the hold `step` passed
    Lost,     // the held session of `step` ended before its release
    Interrupted,
    Killed,
  };
  Kind kind = Kind::Fails;
  std::uint32_t step = kNobody;
  std::uint32_t during = kNobody;  // what ran then; of Limit, Lost, Interrupted, Killed
  bool releasing = false;          // it was the release of `during`
  friend auto operator<=>(const Mishap&, const Mishap&) = default;
};

/// What the world does next.
struct Choice {
  enum class What : std::uint8_t {
    Begin,
    TakeExclusive,  // answer: Ok, or Definite for a refusal
    End,            // the attempt of (step, release) ends so
    Ready,          // the held session of `step` is
    OperationPrints,
    OperationEnds,  // answer: Ok or Definite
    Limit,
    Lost,
    Interrupt,
    Kill,
    Catch,  // … which caught the attempt of `step` so: Unknown: running, Definite: between two,
            // Stopped: between two and released, NotStarted: before the first
    When,   // of `step` is `value`
  };
  enum class Answer : std::uint8_t { Ok, Definite, Unknown, NotStarted, Stopped };
  What what = What::Begin;
  std::uint32_t step = kNobody;
  bool release = false;
  Answer answer = Answer::Ok;
  bool value = false;
  std::optional<Mishap> mishap = {};
};

/// What became true of a step, or of kOperation, on a path; bits.
enum Mark : std::uint8_t {
  kRan = 1,       // it was attempted
  kReleased = 2,  // its release was
  kHeld = 4,      // held at the end
  kOwed = 8,      // held when hookc was killed
  kUntried = 16,  // held at the end although no release was tried: never, or the engine is wrong
};
using Marks = std::vector<std::pair<std::uint32_t, std::uint8_t>>;

/// How a path ends.
struct Ending {
  bool operation = false;  // it was started; said by the marks of the path, not by its end
  bool killed = false;
  bool interrupted_twice = false;
  engine::SessionStatus status = engine::SessionStatus::Running;
  engine::Outcome outcome = engine::Outcome::Open;
  friend auto operator<=>(const Ending&, const Ending&) = default;
};

class Path {
 public:
  /// Takes `choices` from the start. The skeleton must outlive the path.
  explicit Path(const Skeleton& skeleton, const std::vector<Choice>& choices = {});

  /// What may happen now, the hoped-for first; empty: the path has ended.
  std::vector<Choice> options() const;
  /// One of the options. Gives what it added.
  Marks take(const Choice& choice);
  /// Everything that what follows can depend on (docs/reference/simulate.md, "Which paths are
  /// one"). Two paths with equal states have the same options, and the same after each.
  std::string state() const;

  /// Of a path that has ended: what is held, and how.
  Marks held() const;
  Ending ending() const;
  const std::vector<Choice>& choices() const { return choices_; }

 private:
  struct Open {
    engine::AttemptId id = 0;
    bool size_only = false;  // it reads the size of a workload
    bool session = false;    // stays open once it is ready
    bool ready = false;
    bool cancelled = false;
  };
  using Part = std::pair<std::uint32_t, bool>;  // step, release
  struct Truth {
    bool held = false;   // or may be
    bool tried = false;  // a release was, since
    friend bool operator==(const Truth&, const Truth&) = default;
  };

  void start();
  void send(decltype(engine::Event::what) what);
  void obey(const engine::Command& command);
  void started(const engine::StartAttempt& attempt);
  void told(const engine::Report& report);
  void end(const Choice& choice);
  bool ends_with_release(std::uint32_t step) const;
  void operation_ends(const Choice& choice);
  void kill();
  void caught(const Choice& choice);
  void recover();
  void settle_whens();
  void mark(std::uint32_t step, std::uint8_t mark);
  std::pair<std::uint32_t, bool> running() const;  // step (or operation), its release
  Mishap mishap(Mishap::Kind kind, std::uint32_t step, bool with_moment) const;
  bool may_pass(std::uint32_t hold) const;
  void offer_ends(std::vector<Choice>& out) const;

  const Skeleton* skeleton_;
  std::vector<Choice> choices_;
  std::map<std::uint32_t, bool> whens_;  // chosen, or forced by what is known
  std::unique_ptr<engine::Session> session_;
  engine::Past saved_;
  engine::Millis now_ = 0;

  std::map<Part, Open> open_;
  std::map<engine::TimerId, std::uint32_t> limits_;  // that run, and of which hold
  std::map<engine::TimerId, engine::Millis> limit_at_;
  std::uint32_t last_acquire_ = kNobody;
  bool exclusive_ = false;  // asked for
  bool operation_runs_ = false, operation_ran_ = false, operation_stopped_ = false;
  bool operation_failed_ = false;
  std::vector<std::size_t> patterns_;  // watched for and not yet printed
  std::vector<std::uint32_t> asked_;   // open conditions that this event read
  std::optional<std::pair<std::uint32_t, std::vector<bool>>> when_;  // to be chosen: of, from

  std::vector<Truth> truth_;  // by step id
  std::vector<bool> passed_;  // by step id: its limit
  bool stopped_ = false;      // nothing later starts on the pre side
  int interrupts_ = 0;
  bool killed_ = false;
  std::vector<std::uint32_t> caught_;  // attempts that the kill caught, and it is to be said how
  Marks added_;
};

}  // namespace hookc::simulate
