// Plans by hand for tests of the engine: one line a hook, everything else at its default.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.hpp"
#include "interpreter/core/session.hpp"

namespace hookc::test {

inline plan::Expr literal(plan::Value value) {
  plan::Expr expr;
  expr.literal = std::move(value);
  return expr;
}
inline plan::Expr text(std::string value) {
  return literal({std::move(value)});
}
inline plan::Expr number(std::int64_t value) {
  return literal({value});
}
inline plan::Expr truth(bool value) {
  return literal({value});
}
inline plan::Expr duration(std::int64_t ms) {
  return literal({plan::Duration{ms}});
}
inline plan::Expr leaf(plan::Op op, std::string name, std::uint32_t index = 0) {
  plan::Expr expr;
  expr.op = op;
  expr.name = std::move(name);
  expr.index = index;
  return expr;
}
inline plan::Expr fact(std::string name) {
  return leaf(plan::Op::Fact, std::move(name));
}
inline plan::Expr apply(plan::Op op, std::vector<plan::Expr> args) {
  plan::Expr expr;
  expr.op = op;
  expr.args = std::move(args);
  return expr;
}
inline plan::Expr equals(plan::Expr a, plan::Expr b) {
  return apply(plan::Op::Equal, {std::move(a), std::move(b)});
}

inline plan::Expr matches(plan::Expr a, std::string pattern) {
  plan::Expr regex = leaf(plan::Op::Regex, "");
  regex.literal = plan::Value{std::move(pattern)};
  return apply(plan::Op::Matches, {std::move(a), std::move(regex)});
}

inline plan::PodSelection pods(std::string labels, bool all = false) {
  plan::PodSelection selection;
  selection.label = "app";
  selection.labels = text(std::move(labels));
  selection.all = all;
  return selection;
}

inline plan::Action exec_local(std::string command) {
  plan::Exec exec;
  exec.shell = text(std::move(command));
  return exec;
}
inline plan::Action exec_in(plan::PodSelection selection, std::string command) {
  plan::Exec exec;
  exec.place = plan::Exec::Place::Pod;
  exec.pod = std::move(selection);
  exec.shell = text(std::move(command));
  return exec;
}
inline plan::Action http_get(std::string url) {
  plan::HttpRequest http;
  http.where = text(std::move(url));
  return http;
}
inline plan::Action tcp(std::string endpoint) {
  plan::TcpConnect connect;
  connect.where = text(std::move(endpoint));
  return connect;
}

inline plan::Task task(plan::Action action) {
  plan::Task out;
  out.action = std::move(action);
  out.timeout = duration(5 * 60 * 1000);
  out.retry.every = duration(1000);
  out.retry.factor = number(1);
  return out;
}

/// References to steps stay good until the next one is added.
struct PlanBuilder {
  plan::Plan plan;
  engine::Operation operation = engine::Operation::Backup;

  plan::OperationPlan& sequence() {
    return operation == engine::Operation::Backup ? plan.backup : plan.restore;
  }

  plan::Step& step(std::string name, plan::Action action = exec_local("true")) {
    plan::Step step;
    step.id = static_cast<std::uint32_t>(plan.steps.size());
    step.name = std::move(name);
    step.named = true;
    step.task = task(std::move(action));
    plan.steps.push_back(std::move(step));
    return plan.steps.back();
  }
  plan::Step& pre(std::string name, plan::Action action = exec_local("true")) {
    plan::Step& it = step(std::move(name), std::move(action));
    sequence().pre.push_back({it.id});
    return it;
  }
  plan::Step& post(std::string name, plan::Policy policy = plan::Policy::Always,
                   plan::Action action = exec_local("true")) {
    plan::Step& it = step(std::move(name), std::move(action));
    it.policy = policy;
    sequence().post.push_back({it.id});
    return it;
  }
  plan::Step& hold(std::string name, plan::Action acquire = exec_local("acquire"),
                   plan::Action release = exec_local("release")) {
    plan::Step& it = pre(std::move(name), std::move(acquire));
    it.hold.emplace();
    it.hold->release = task(std::move(release));
    return it;
  }
  /// A held session, ready once it printed READY, released by "UNLOCK".
  plan::Step& session_hold(std::string name, plan::Action acquire = exec_local("lock")) {
    plan::Step& it = hold(std::move(name), std::move(acquire), plan::SessionStdin{text("UNLOCK")});
    it.hold->session = true;
    it.hold->ready_once = matches(fact("stdout"), "READY");
    return it;
  }
  plan::Step& scale_hold(std::string name, std::int64_t replicas = 0, bool if_exists = false) {
    return hold(std::move(name),
                plan::Scale{{"Deployment", "apps", text("web")}, number(replicas), if_exists},
                plan::ScaleBack{});
  }
  /// The last `count` steps of the side become one group.
  void together(std::vector<plan::Group>& side, std::size_t count) {
    plan::Group group;
    for (std::size_t i = side.size() - count; i < side.size(); ++i)
      group.insert(group.end(), side[i].begin(), side[i].end());
    side.resize(side.size() - count);
    side.push_back(std::move(group));
  }
  std::uint32_t capture(plan::Step& from, std::string name, plan::Expr value, bool list = false) {
    const auto index = static_cast<std::uint32_t>(plan.captures.size());
    plan.captures.push_back({std::move(name), false, list, from.id});
    from.task.captures.push_back({index, std::move(value)});
    return index;
  }
  engine::Inputs inputs() const {
    engine::Inputs out;
    out.operation = operation;
    out.session_id = "s1";
    out.started = "2026-01-02T03:04:05Z";
    return out;
  }
};

}  // namespace hookc::test
