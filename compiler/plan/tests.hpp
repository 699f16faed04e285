// The `test` statements of a file, as data beside its plan: expressions read the plan's tables,
// steps are its ids.
//
// No part of the Plan and of its JSON: who runs a plan needs no tests of it. Everything keeps its
// place in the source, because a test that fails is told like a finding of the compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/span.hpp"
#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// One answer of `answers N with "…" then …`: an HTTP status and a body, or an exit code and what
/// is printed on standard output.
struct TestAnswer {
  Expr code;
  OptionalExpr text;
};

/// How something goes in a test.
struct TestScript {
  enum class Kind : std::uint8_t { Succeeds, Fails, Takes, Hangs, Answers } kind = Kind::Succeeds;
  OptionalExpr reason;              // Fails
  OptionalExpr takes;               // Takes
  std::vector<TestAnswer> answers;  // Answers: one at least; the last repeats
};

struct Given {
  enum class Kind : std::uint8_t {
    Operation,
    Param,
    Task,     // of a hook, or the acquire of a hold
    Release,  // of a hold
    // Calls, whichever step makes them:
    Http,
    Tcp,
    ExecPod,
    ExecFunction,
    Fact,       // that a session is started with
    Crash,      // hookc is killed as it starts that, and recovery follows
    Interrupt,  // a signal arrives as it starts that
  };
  Location where;
  Kind kind = Kind::Operation;
  Kind during = Kind::Operation;  // Crash, Interrupt: that, a Task or a Release
  bool restore = false;           // Operation, also where it is `during`
  /// Param: into Plan::params; Task, Release, also where `during` is: step id. UINT32_MAX: none.
  std::uint32_t index = 0;
  bool post = false;  // Http
  OptionalExpr call;  // Http: the URL; Tcp: host:port
  std::string name;   // ExecPod, ExecFunction: as the source calls it; Fact: "target.name"
  Expr value;         // Param, Fact
  TestScript script;
};

struct Expectation {
  enum class Kind : std::uint8_t {
    HookSucceeded,
    HookFailed,
    HookRan,
    HookRanAfter,
    HookAttempts,
    HookDidNotRun,
    HoldReleased,
    HoldStillHeld,
    SessionFailed,
    SessionSucceeded,
    SessionSkipped,
  };
  Location where;
  Kind kind = Kind::HookSucceeded;
  std::uint32_t step = 0;     // Hook…, Hold…; UINT32_MAX: none
  std::uint32_t other = 0;    // HookRanAfter: the step that ran before
  std::int64_t attempts = 0;  // HookAttempts
};

struct Test {
  std::string name;
  Location where;  // the statement
  Location name_at;
  bool every_single_failure = false;
  std::vector<Given> givens;  // in file order
  std::vector<Expectation> expectations;
};

}  // namespace hookc::plan
