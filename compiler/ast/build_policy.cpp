// Policies and tests.
#include "compiler/ast/builder.hpp"

namespace hookc::ast {

std::optional<Subject> Builder::subject(Word word) {
  switch (word) {
    case Word::Http: return Subject::Http;
    case Word::Tcp: return Subject::Tcp;
    case Word::Exec: return Subject::Exec;
    case Word::Scale: return Subject::Scale;
    case Word::Wait: return Subject::Wait;
    case Word::Function: return Subject::Function;
    case Word::Pod: return Subject::Pod;
    case Word::Hold: return Subject::Hold;
    case Word::Secret: return Subject::Secret;
    default: return std::nullopt;  // every other word of the language
  }
}

PolicyDecl Builder::policy(std::size_t index) {
  PolicyDecl made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = text(at.take());
  for (; !at.done(); at.next()) {
    if (at.is(NodeKind::AppliesTo)) {
      std::vector<TextId> globs;
      for (Children part = children(at.index()); !part.done(); part.next()) {
        if (is_text(part)) globs.push_back(text(part.index()));
      }
      made.applies_to = {static_cast<std::uint32_t>(out_.text_lists.size()),
                         static_cast<std::uint32_t>(globs.size())};
      out_.text_lists.insert(out_.text_lists.end(), globs.begin(), globs.end());
    } else {
      made.rules.push_back(rule(at.index()));
    }
  }
  return made;
}

void Builder::scope(std::size_t index, PolicyRule& made) {
  Children at = children(index);
  const Word first = word(at);
  made.scope_span = node(index).span();
  if (first == Word::Holds) {
    made.for_holds = true;
  } else if (first == Word::Releases) {
    made.for_releases = true;
  } else if (first == Word::Pre || first == Word::Post || first == Word::All) {
    made.scope_side = first == Word::Pre    ? ScopeSide::Pre
                      : first == Word::Post ? ScopeSide::Post
                                            : ScopeSide::All;
    at.next();
    if (word(at) != Word::Hooks) made.scope_operation = operation(word(at));
  } else {
    made.subject = subject(first);
    made.subject_span = at.node().span();
  }
}

PolicyRule Builder::rule(std::size_t index) {
  PolicyRule made;
  made.span = node(index).span();
  Children at = children(index);
  const Word keyword = word(at);
  at.next();
  made.kind = keyword == Word::Warn      ? RuleKind::Warn
              : keyword == Word::Require ? RuleKind::Require
              : keyword == Word::Except  ? RuleKind::Except
                                         : RuleKind::Forbid;
  if (node(index).kind == NodeKind::ForbidRule) {
    made.subject = subject(word(at));
    made.subject_span = at.node().span();
    at.next();
  }
  if (node(index).kind == NodeKind::RequireHookRule) {
    made.requires_hook = true;
    at.next();  // a
    made.scope_span = at.node().span();
    made.scope_side = word(at) == Word::Pre ? ScopeSide::Pre : ScopeSide::Post;
    at.next();
    if (word(at) == Word::Backup || word(at) == Word::Restore) {
      made.scope_operation = operation(word(at));
      at.next();
    }
    if (at.is(NodeKind::Outcome)) made.required_policy = outcome(at.index());
  }
  for (; !at.done(); at.next()) {
    switch (at.node().kind) {
      case NodeKind::Where: {
        Children part = children(at.index());
        part.next();
        if (!part.done()) made.condition = expr(part.index());
        break;
      }
      case NodeKind::Because: {
        Children part = children(at.index());
        part.next();
        if (!part.done()) made.because = text(part.index());
        break;
      }
      case NodeKind::Scope: scope(at.index(), made); break;
      case NodeKind::Date:
        made.until_span = at.node().span();
        made.until_date = slice(made.until_span);
        break;
      case NodeKind::Keyword:  // for, until, hook
      case NodeKind::Outcome: break;
      default:
        if (made.kind == RuleKind::Except) {
          made.except = text(at.index());
        } else if (made.kind == RuleKind::Require && !made.requires_hook) {
          made.condition = expr(at.index());
        }
        break;
    }
  }
  return made;
}

void Builder::script(std::size_t index, Given& made) {
  Children at = children(index);
  const Word keyword = word(at);
  at.next();
  if (keyword == Word::Answers) {
    made.script = ScriptKind::Answers;
    for (; !at.done(); at.next()) {
      if (!at.is(NodeKind::Reply)) continue;
      Children part = children(at.index());
      Reply reply;
      reply.status = expr(part.take());
      if (take_word(part, Word::With) && !part.done()) reply.text = text(part.index());
      made.replies.push_back(reply);
    }
  } else if (keyword == Word::Succeeds) {
    made.script = ScriptKind::Succeeds;
  } else if (keyword == Word::Fails) {
    made.script = ScriptKind::Fails;
    if (!at.done()) made.text = text(at.index());
  } else if (keyword == Word::Takes) {
    made.script = ScriptKind::Takes;
    if (!at.done()) made.value = expr(at.index());
  } else if (keyword == Word::Hangs) {
    made.script = ScriptKind::Hangs;
  }
}

namespace {

GivenKind given_step(Word word) {
  return word == Word::Hold      ? GivenKind::Hold
         : word == Word::Release ? GivenKind::Release
                                 : GivenKind::Hook;
}

}  // namespace

Given Builder::given(std::size_t index) {
  Given made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();  // given
  const Word what = word(at);
  at.next();
  switch (node(index).kind) {
    case NodeKind::GivenOperation:
      made.kind = GivenKind::Operation;
      made.operation = operation(what);
      break;
    case NodeKind::GivenParam:
      made.kind = GivenKind::Param;
      made.name = name(at.take());
      at.next();  // =
      made.value = expr(at.take());
      break;
    case NodeKind::GivenFact:
      made.kind = GivenKind::Fact;
      made.of_target = what == Word::Target;
      at.next();  // .
      made.name = name(at.take());
      at.next();  // =
      made.value = expr(at.take());
      break;
    case NodeKind::GivenBreak: {
      made.kind = what == Word::Crash ? GivenKind::Crash : GivenKind::Interrupt;
      at.next();  // during
      const Word thing = word(at);
      at.next();
      if (thing == Word::Backup || thing == Word::Restore) {
        made.operation = operation(thing);
      } else {
        made.during = given_step(thing);
        made.name = name(at.take());
      }
      break;
    }
    case NodeKind::GivenStep:
      made.kind = given_step(what);
      made.name = name(at.take());
      break;
    case NodeKind::GivenCall: {
      const Word second = word(at);
      at.next();
      if (what == Word::Exec) {
        made.kind = word(at) == Word::Function ? GivenKind::ExecFunction : GivenKind::ExecPod;
        at.next();
        made.name = name_of_text(at.take());
      } else {
        made.kind = what == Word::Tcp ? GivenKind::Tcp : GivenKind::Http;
        made.method = second == Word::Post ? HttpMethod::Post : HttpMethod::Get;
        made.call = text(at.take());
      }
      break;
    }
    default: break;  // no given
  }
  if (at.is(NodeKind::Script)) script(at.index(), made);
  return made;
}

Expectation Builder::expectation(std::size_t index) {
  Expectation made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();  // expect
  const Word what = word(at);
  at.next();
  if (at.is(NodeKind::String)) made.name = name(at.take());
  const Word result = word(at);
  at.next_if_any();
  if (what == Word::Session) {
    made.kind = result == Word::Failed    ? ExpectKind::SessionFailed
                : result == Word::Skipped ? ExpectKind::SessionSkipped
                                          : ExpectKind::SessionSucceeded;
  } else if (what == Word::Hold) {
    made.kind = result == Word::Was ? ExpectKind::HoldReleased : ExpectKind::HoldStillHeld;
  } else if (result == Word::Ran) {
    made.kind = ExpectKind::HookRan;
    if (take_word(at, Word::After) && !at.done()) {
      made.kind = ExpectKind::HookRanAfter;
      made.other = name(at.index());
    }
  } else if (result == Word::Made) {
    made.kind = ExpectKind::HookAttempts;
    const Expr& number = out_[expr(at.index())];
    if (number.kind == ExprKind::Int) made.attempts = number.number;
  } else if (result == Word::Did) {
    made.kind = ExpectKind::HookDidNotRun;
  } else {
    made.kind = result == Word::Failed ? ExpectKind::HookFailed : ExpectKind::HookSucceeded;
  }
  return made;
}

Test Builder::test(std::size_t index) {
  Test made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name(at.take());
  for (; !at.done(); at.next()) {
    if (at.is(NodeKind::EverySingleFailure)) {
      made.every_single_failure = true;
    } else if (at.is(NodeKind::Expectation)) {
      made.expectations.push_back(expectation(at.index()));
    } else {
      made.givens.push_back(given(at.index()));
    }
  }
  return made;
}

}  // namespace hookc::ast
