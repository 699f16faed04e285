#include "cli/session/dry_run.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "interpreter/core/redact.hpp"
#include "interpreter/core/render.hpp"

namespace hookc::cli {

namespace {

std::string where(const engine::StartAttempt& start) {
  if (!start.pod) return {};
  return fmt::format(" in pod {}{}{}{}{}", start.pod->namespace_name,
                     start.pod->namespace_name.empty() ? "" : "/", start.pod->name,
                     start.pod->container.empty() ? "" : " container ", start.pod->container);
}

std::string port(int number, const std::string& name) {
  return name.empty() ? fmt::to_string(number) : name;
}

std::string describe(const engine::StartAttempt& start, const engine::HttpRequest& request) {
  std::string url = request.url;
  if (url.empty() && start.pod) {
    url = engine::pod_url(request, start.pod->name, port(request.port, request.port_name));
  }
  std::string text = fmt::format("{} {}", request.post ? "POST" : "GET", url);
  for (const auto& [name, value] : request.headers) text += fmt::format("\n  {}: {}", name, value);
  if (request.body) text += fmt::format("\n  {}", *request.body);
  return text;
}
std::string describe(const engine::StartAttempt& start, const engine::TcpRequest& request) {
  return fmt::format("connect to {}:{}",
                     request.host.empty() && start.pod ? start.pod->name : request.host,
                     port(request.port, request.port_name));
}
std::string describe(const engine::StartAttempt& start, const engine::ExecRequest& request) {
  const bool shell =
      request.argv.size() == 3 && request.argv[0] == "/bin/sh" && request.argv[1] == "-c";
  std::string text =
      fmt::format("exec{}{}: {}", where(start),
                  request.place == plan::Exec::Place::Local      ? " on this machine"
                  : request.place == plan::Exec::Place::Function ? " as a function"
                                                                 : "",
                  shell ? (request.argv[2].contains('\n') ? "\n" : "") + request.argv[2]
                        : fmt::format("{}", request.argv));
  for (const auto& [name, value] : request.env) text += fmt::format("\n  {}={}", name, value);
  for (const auto& [name, from] : request.env_from) text += fmt::format("\n  {}=***", name);
  if (request.stdin_text) text += fmt::format("\n  stdin: {}", *request.stdin_text);
  return text;
}
std::string describe(const engine::StartAttempt&, const engine::ScaleRequest& request) {
  return fmt::format("scale {}/{} to {}", request.kind, request.name, request.replicas);
}
std::string describe(const engine::StartAttempt&, const engine::ReadScale& request) {
  return fmt::format("read the size of {}/{}", request.kind, request.name);
}
std::string describe(const engine::StartAttempt&, const engine::SessionInput& request) {
  return "write to the session's stdin and close it: " + request.text;
}
std::string describe(const engine::StartAttempt&, const engine::EndSession&) {
  return "end the session";
}
std::string describe(const engine::StartAttempt&, const engine::WaitRequest& request) {
  return request.pods ? fmt::format("wait for pods {}", request.pods->labels)
                      : fmt::format("wait for {}/{}", request.kind, request.name);
}

engine::AttemptResult success(const engine::Request& request) {
  struct {
    engine::AttemptResult operator()(const engine::HttpRequest&) const {
      return engine::HttpResponse{200, {}, {}, false};
    }
    engine::AttemptResult operator()(const engine::TcpRequest&) const {
      return engine::Connected{};
    }
    engine::AttemptResult operator()(const engine::ExecRequest&) const {
      return engine::ExecOutput{};
    }
    engine::AttemptResult operator()(const engine::ScaleRequest&) const { return engine::Done{}; }
    engine::AttemptResult operator()(const engine::ReadScale&) const { return engine::Size{1}; }
    engine::AttemptResult operator()(const engine::SessionInput&) const {
      return engine::ExecOutput{};
    }
    engine::AttemptResult operator()(const engine::EndSession&) const { return engine::Done{}; }
    engine::AttemptResult operator()(const engine::WaitRequest&) const { return engine::Done{}; }
  } answer;
  return std::visit(answer, request);
}

engine::Redactor redactor_of(const engine::Inputs& inputs) {
  engine::Redactor redactor;
  for (const std::string& secret : inputs.secrets) redactor.add(secret);
  return redactor;
}

class DryWorld {
 public:
  DryWorld(const plan::Plan& plan, engine::Inputs inputs, io::Cluster* cluster,
           std::string operation, const engine::Past* past, engine::Millis now)
      : titles_(engine::titles(plan)),
        cluster_(cluster),
        operation_(std::move(operation)),
        redactor_(redactor_of(inputs)),
        session_(past != nullptr ? engine::Session(plan, std::move(inputs), *past)
                                 : engine::Session(plan, std::move(inputs))),
        now_(now) {}

  void run() {
    push(engine::Begin{});
    while (!session_.finished() && (!queue_.empty() || fire_next_timer())) {
      const engine::Event event = std::move(queue_.front());
      queue_.pop_front();
      for (engine::Command& command : session_.handle(event)) {
        std::visit([this](auto& c) { execute(c); }, command);
      }
    }
  }

 private:
  template <typename What>
  void push(What what) {
    queue_.push_back({now_, std::move(what)});
  }

  /// Time passes only when nothing else is left to happen: everything else takes no time here.
  bool fire_next_timer() {
    const auto next =
        std::ranges::min_element(timers_, {}, [](const auto& timer) { return timer.second; });
    if (next == timers_.end()) return false;
    now_ = std::max(now_, next->second);
    push(engine::TimerFired{next->first});
    timers_.erase(next);
    return true;
  }

  void show(const std::string& title, const std::string& said) {
    std::string text = redactor_.redact(said);
    while (text.ends_with('\n')) text.pop_back();
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3)
      text.replace(at, 1, "\n  ");
    fmt::print("{}\n  {}\n", title, text);
  }

  void execute(engine::Save&) {}
  void execute(engine::TakeExclusive& take) {
    show("exclusive", take.name);
    push(engine::ExclusiveTaken{});
  }
  void execute(engine::SessionReady&) {}
  void execute(engine::SelectPods& select) {
    if (cluster_ != nullptr) {
      cluster_->select(select.query, select.container,
                       [&](std::expected<std::vector<engine::Pod>, std::string> pods) {
                         push(engine::PodsSelected{
                             select.selection, pods ? std::move(*pods) : std::vector<engine::Pod>(),
                             pods ? std::string() : pods.error()});
                       });
      return;
    }
    engine::Pod pod;
    pod.namespace_name = select.query.namespace_name;
    pod.name = !select.query.name.empty() ? select.query.name : "(" + select.query.labels + ")";
    pod.uid = pod.name;
    pod.container = select.container;
    push(engine::PodsSelected{select.selection, {pod}, {}});
  }
  void execute(engine::StartAttempt& start) {
    const std::string title = (start.release ? "release of " : "") + titles_[start.step];
    show(title,
         std::visit([&](const auto& request) { return describe(start, request); }, start.request));
    if (start.session) {
      push(engine::SessionOutput{start.attempt, "not started", {}, true});
    } else {
      push(engine::AttemptEnded{start.attempt, success(start.request)});
    }
  }
  void execute(engine::StartOperation&) {
    show("the operation", operation_.empty() ? "given by --outcome" : operation_);
    push(engine::OperationEnded{});
  }
  void execute(engine::Report& report) {
    using Kind = engine::Report::Kind;
    if (report.kind != Kind::StepEnded || !report.step ||
        report.phase == engine::StepPhase::Succeeded)
      return;
    show(titles_[*report.step], report.phase == engine::StepPhase::Skipped
                                    ? "not when all goes well: " + report.text
                                    : "cannot be told here: " + report.text);
  }
  void execute(engine::CancelAttempt& cancel) {
    push(engine::AttemptEnded{cancel.attempt, engine::Cancelled{}});
  }
  void execute(engine::StopOperation&) {}
  void execute(engine::SetTimer& timer) { timers_[timer.timer] = timer.at; }
  void execute(engine::CancelTimer& timer) { timers_.erase(timer.timer); }
  void execute(engine::Finish&) {}

  std::vector<std::string> titles_;
  io::Cluster* cluster_;
  std::string operation_;
  engine::Redactor redactor_;
  engine::Session session_;
  std::deque<engine::Event> queue_;
  std::map<engine::TimerId, engine::Millis> timers_;
  engine::Millis now_;
};

/// The plan with every answer taken for the one that was hoped for: nobody answers in a dry run, so
/// a condition on an answer says nothing, nothing can be captured, and a step that needs what was
/// captured must not hide the steps after it.
plan::Plan as_hoped(plan::Plan plan) {
  for (plan::Step& step : plan.steps) {
    step.on_error = plan::OnError::Warn;
    step.task.expect.reset();
    step.task.captures.clear();
    if (step.hold) {
      step.hold->ready_once.reset();
      step.hold->release.expect.reset();
      step.hold->release.captures.clear();
    }
  }
  return plan;
}

}  // namespace

void dry_run(const plan::Plan& plan, engine::Inputs inputs, io::Cluster* cluster,
             const std::string& operation, const engine::Past* past, engine::Millis now) {
  const plan::Plan hoped = as_hoped(plan);
  DryWorld(hoped, std::move(inputs), cluster, operation, past, now).run();
}

}  // namespace hookc::cli
