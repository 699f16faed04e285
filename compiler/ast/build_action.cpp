// Actions and clauses.
#include "compiler/ast/builder.hpp"

namespace hookc::ast {

SpreadClause Builder::spread(std::size_t index) {
  SpreadClause made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();  // on
  made.spread = word(at) == Word::All ? Spread::All : Spread::One;
  at.next();
  while (!at.done()) {
    const std::size_t taken = at.take();
    switch (word(taken)) {
      case Word::Exactly:
        if (!at.done()) made.exactly = expr(at.take());
        break;
      case Word::At:
        if (take_word(at, Word::Least)) {
          if (!at.done()) made.at_least = expr(at.take());
        } else if (word(at) == Word::Once) {
          made.order_span = node(taken).span().to(at.node().span());
          at.next();
        }
        break;
      case Word::One:  // one by one
        made.one_by_one = true;
        made.order_span = node(taken).span();
        for (; !at.done(); at.next()) made.order_span = made.order_span.to(at.node().span());
        break;
      default: break;
    }
  }
  return made;
}

PodRef Builder::pod_ref(std::size_t index) {
  PodRef made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();  // pod
  if (!at.done()) made.name = text(at.take());
  for (; !at.done(); at.next()) {
    if (at.is(NodeKind::ContainerProperty)) {
      Children property = children(at.index());
      property.next();
      made.container = text(property.index());
    } else if (at.is(NodeKind::Spread)) {
      made.spread = spread(at.index());
    }
  }
  return made;
}

PodEndpoint Builder::endpoint(std::size_t index) {
  PodEndpoint made;
  Children at = children(index);
  at.next();  // at
  made.pod = pod_ref(at.take());
  while (!at.done()) {
    const Word part = word(at);
    at.next();
    if (at.done()) break;
    if (part == Word::Port) {
      if (at.is(NodeKind::Int)) {
        made.port_number = expr(at.index());
      } else {
        made.port_name = text(at.index());
      }
    } else if (part == Word::Path) {
      made.path = text(at.index());
    } else if (part == Word::Scheme) {
      made.scheme = {syntax::info(word(at)).text, at.node().span()};
    }
    at.next();
  }
  return made;
}

HttpAction Builder::http(Children at) {
  HttpAction made;
  made.method = word(at) == Word::Post ? HttpMethod::Post : HttpMethod::Get;
  made.method_span = at.node().span();
  at.next();
  if (at.is(NodeKind::Endpoint)) {
    made.endpoint = endpoint(at.index());
  } else if (!at.done()) {
    made.url = text(at.index());
  }
  return made;
}

TcpAction Builder::tcp(Children at) {
  TcpAction made;
  at.next();  // connect
  if (at.is(NodeKind::Endpoint)) {
    made.endpoint = endpoint(at.index());
  } else if (!at.done()) {
    made.address = text(at.index());
  }
  return made;
}

ExecAction Builder::exec(Children at) {
  ExecAction made;
  if (!at.done()) made.place_span = at.node().span();
  if (take_word(at, Word::In)) {
    if (at.is(NodeKind::PodRef)) {
      made.place = ExecPlace::Pod;
      made.place_span = made.place_span.to(at.node().span());
      made.pod = pod_ref(at.take());
    } else if (take_word(at, Word::Function) && !at.done()) {
      made.place = ExecPlace::Function;
      made.place_span = made.place_span.to(at.node().span());
      made.function = text(at.take());
    }
  } else if (take_word(at, Word::Local)) {
    made.place = ExecPlace::Local;
  } else if (at.is(NodeKind::ByOperatorClause)) {
    out_.clauses.push_back(clause(at.take()));  // `exec by operator`: refused later, with its mend
  } else {
    made.place_span = {};
  }
  if (is_text(at)) {
    made.command.shell = text(at.index());
  } else if (at.is(NodeKind::List)) {
    made.command.argv = expr(at.index());
  }
  return made;
}

ScaleAction Builder::scale(Children at) {
  ScaleAction made;
  made.workload = workload(at.take());
  at.next();  // to
  made.replicas = expr(at.take());
  made.if_exists = !at.done();
  return made;
}

WaitAction Builder::wait(Children at) {
  WaitAction made;
  if (at.is(NodeKind::PodRef)) {
    made.pod = pod_ref(at.take());
  } else {
    made.workload = workload(at.take());
  }
  made.state_span = at.node().span();
  const Word state = word(at);
  at.next();
  made.state = state == Word::Available ? WaitState::Available
               : state == Word::Gone    ? WaitState::Gone
               : state == Word::Where   ? WaitState::Where
                                        : WaitState::Ready;
  if (made.state == WaitState::Where && !at.done()) made.where = expr(at.index());
  return made;
}

UseAction Builder::use(Children at) {
  UseAction made;
  Span module{};
  for (Children part = children(at.take()); !part.done(); part.next()) {
    if (!part.is(NodeKind::Name)) continue;
    if (made.name) module = module.empty() ? made.name.span : module.to(made.name.span);
    made.name = name(part.index());
  }
  if (!module.empty()) made.module = {slice(module), module};
  if (at.is(NodeKind::Arguments)) {
    made.arguments_span = at.node().span();
    made.arguments = arguments(at.index());
  }
  return made;
}

Action Builder::action(std::size_t index) {
  Action made;
  made.span = node(index).span();
  Children at = children(index);
  made.keyword = at.node().span();
  at.next();
  switch (node(index).kind) {
    case NodeKind::HttpAction:
      made.keyword = made.keyword.to(at.node().span());
      made.what = http(at);
      break;
    case NodeKind::TcpAction:
      made.keyword = made.keyword.to(at.node().span());
      made.what = tcp(at);
      break;
    case NodeKind::ExecAction: made.what = exec(at); break;
    case NodeKind::ScaleAction: made.what = scale(at); break;
    case NodeKind::WaitAction: made.what = wait(at); break;
    case NodeKind::UseAction: made.what = use(at); break;
    case NodeKind::ScaleBack:
      made.keyword = made.span;
      made.what = ScaleBackAction{};
      break;
    case NodeKind::ReleaseStdin: made.what = StdinAction{text(at.index())}; break;
    default: break;  // stays an ErrorAction
  }
  return made;
}

std::uint32_t Builder::source(std::size_t index) {
  SecretSource made;
  made.span = node(index).span();
  Children at = children(index);
  const Word kind = word(at);
  at.next();
  if (kind == Word::Env) {
    made.kind = SourceKind::Env;
    made.env = name(at.index());
  } else if (kind == Word::File) {
    made.kind = SourceKind::File;
    made.path = text(at.index());
  } else if (kind == Word::Kubernetes) {
    made.kind = SourceKind::Kubernetes;
    made.path = text(at.take());
    at.next();  // key
    if (!at.done()) made.key = text(at.index());
  }
  out_.secret_sources.push_back(made);
  return static_cast<std::uint32_t>(out_.secret_sources.size() - 1);
}

Range<ExprId> Builder::capture_path(Children at) {
  std::vector<ExprId> steps;
  for (; !at.done(); at.next()) {
    Children step = children(at.index());
    step.next();  // . or [
    if (step.done()) continue;
    if (at.is(NodeKind::IndexStep)) {
      steps.push_back(expr(step.index()));
    } else {
      Expr made;
      made.kind = ExprKind::String;
      made.span = step.node().span();
      made.text_id = bare_text(step.index());
      steps.push_back(add(made));
    }
  }
  return expr_list(steps);
}

Clause Builder::clause(std::size_t index) {
  Clause made;
  made.span = node(index).span();
  Children at = children(index);
  made.keyword = at.node().span();
  at.next();
  const auto second_word = [&] {
    made.keyword = made.keyword.to(at.node().span());
    at.next();
  };
  switch (node(index).kind) {
    case NodeKind::TimeoutClause:
      made.kind = ClauseKind::Timeout;
      made.expr = expr(at.index());
      break;
    case NodeKind::RetryClause:
      made.kind = ClauseKind::Retry;
      made.expr = expr(at.take());
      while (!at.done()) {
        const Word part = word(at.take());
        if (part == Word::Every) made.every = expr(at.take());
        if (part == Word::Backoff) made.backoff = expr(at.take());
        if (part == Word::To) made.up_to = expr(at.take());
      }
      break;
    case NodeKind::OnErrorClause: {
      made.kind = ClauseKind::OnError;
      second_word();
      const Word how = word(at);
      made.name = {syntax::info(how).text, at.node().span()};
      made.on_error = how == Word::Warn       ? OnError::Warn
                      : how == Word::Continue ? OnError::Continue
                      : how == Word::Skip     ? OnError::Skip
                                              : OnError::Fail;
      break;
    }
    case NodeKind::ExpectClause:
      made.kind = ClauseKind::Expect;
      made.expr = expr(at.index());
      break;
    case NodeKind::WhenClause:
      made.kind = ClauseKind::When;
      made.expr = expr(at.index());
      break;
    case NodeKind::ReadyOnceClause:
      made.kind = ClauseKind::ReadyOnce;
      second_word();
      made.expr = expr(at.index());
      break;
    case NodeKind::CaptureClause: {
      made.kind = ClauseKind::Capture;
      Children what = children(at.take());
      const Word captured = word(what);
      what.next();
      made.captured = captured == Word::Stderr   ? Captured::Stderr
                      : captured == Word::Status ? Captured::Status
                      : captured == Word::Header ? Captured::Header
                      : captured == Word::Json   ? Captured::Json
                      : captured == Word::Body   ? Captured::Body
                                                 : Captured::Stdout;
      if (made.captured == Captured::Header && !what.done()) made.key = text(what.index());
      if (made.captured == Captured::Json) made.path = capture_path(what);
      at.next();  // as
      made.secret = take_word(at, Word::Secret);
      if (!at.done()) made.name = name(at.index());
      break;
    }
    case NodeKind::HeaderClause:
      made.kind = ClauseKind::Header;
      made.key = text(at.take());
      made.text = text(at.index());
      break;
    case NodeKind::BodyClause:
      made.kind = ClauseKind::Body;
      made.text = text(at.index());
      break;
    case NodeKind::JsonClause:
      made.kind = ClauseKind::Json;
      made.expr = expr(at.index());
      break;
    case NodeKind::FormClause:
      made.kind = ClauseKind::Form;
      made.expr = expr(at.index());
      break;
    case NodeKind::EnvClause:
      made.kind = ClauseKind::Env;
      made.name = name(at.take());
      at.next();  // from or =
      if (at.is(NodeKind::Source)) {
        made.source = source(at.index());
      } else {
        made.expr = expr(at.index());
      }
      break;
    case NodeKind::StdinClause:
      made.kind = ClauseKind::Stdin;
      made.text = text(at.index());
      break;
    case NodeKind::TlsClause:
      made.kind = ClauseKind::Tls;
      if (at.is(NodeKind::Arguments)) {
        made.fields = arguments(at.index());
      } else {
        made.insecure = true;
      }
      break;
    case NodeKind::FollowRedirectsClause:
      made.kind = ClauseKind::FollowRedirects;
      second_word();
      break;
    case NodeKind::ByOperatorClause:
      made.kind = ClauseKind::ByOperator;
      second_word();
      break;
    case NodeKind::AfterClause: {
      made.kind = ClauseKind::After;
      const auto first = static_cast<std::uint32_t>(out_.names.size());
      for (; !at.done(); at.next()) {
        if (at.is(NodeKind::String)) out_.names.push_back(name(at.index()));
      }
      made.names = {first, static_cast<std::uint32_t>(out_.names.size()) - first};
      break;
    }
    default: break;  // no clause
  }
  return made;
}

}  // namespace hookc::ast
