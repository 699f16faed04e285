// Opening templates: every use becomes a frame, every step a body of one action and the clauses
// that apply.
#include <algorithm>

#include "compiler/base/ascii.hpp"
#include "compiler/sema/checker.hpp"
#include "compiler/sema/clause_rules.hpp"

namespace hookc::sema {

namespace {

/// Rule 36: what a clause at the use takes the place of.
bool replaces(const ast::Module& outer_file, const ast::Clause& outer,
              const ast::Module& inner_file, const ast::Clause& inner) {
  if (is_body(outer.kind)) return is_body(inner.kind);
  if (outer.kind != inner.kind) return false;
  switch (rule_of(outer.kind).merging) {
    case Merging::Add: return false;
    case Merging::Replace: return true;
    case Merging::ReplaceSameKey: break;
  }
  if (outer.kind == ast::ClauseKind::Env) return outer.name.text == inner.name.text;
  const auto a = ast::literal_text(outer_file, outer.key);
  const auto b = ast::literal_text(inner_file, inner.key);
  return a && b && equal_ignoring_case(*a, *b);
}

}  // namespace

TemplateRef Checker::find_template(ModuleId module, const ast::UseAction& use) const {
  ModuleId where = module;
  if (use.module) {
    const auto import = names_[module.value].imports.find(use.module.text);
    if (import == names_[module.value].imports.end() || !import->second.valid()) return {};
    where = import->second;
  }
  const auto found = names_[where.value].templates.find(use.name.text);
  if (found == names_[where.value].templates.end()) return {};
  if (templates_[where.value][found->second].broken) return {};
  return {where, found->second};
}

std::pair<const ast::Action*, ModuleId> Checker::opened(ModuleId module,
                                                        const ast::Action& action) const {
  const ast::Action* current = &action;
  for (std::uint32_t depth = 0; depth <= kMaxNesting; ++depth) {
    const auto* use = std::get_if<ast::UseAction>(&current->what);
    if (!use) return {current, module};
    const TemplateRef t = find_template(module, *use);
    if (!t.valid()) return {nullptr, module};
    module = t.module;
    current = &ast_of(t).body.acquire;
  }
  return {nullptr, module};
}

std::size_t Checker::opened_action(ModuleId module, const ast::Action& action) const {
  const ast::Action* found = opened(module, action).first;
  return found ? found->what.index() : 0;
}

void Checker::find_template_cycles() {
  std::vector<std::uint32_t> offsets;
  std::uint32_t count = 0;
  for (const auto& of_module : templates_) {
    offsets.push_back(count);
    count += static_cast<std::uint32_t>(of_module.size());
  }
  if (count == 0) return;
  std::vector<TemplateRef> all;
  for (std::uint32_t m = 0; m < templates_.size(); ++m) {
    for (std::uint32_t i = 0; i < templates_[m].size(); ++i) all.push_back({ModuleId{m}, i});
  }
  const auto uses_of = [&](TemplateRef t) {
    std::vector<std::pair<const ast::UseAction*, Span>> uses;
    const ast::HoldBody& body = ast_of(t).body;
    const auto add_use = [&](const ast::Action& action) {
      if (const auto* use = std::get_if<ast::UseAction>(&action.what))
        uses.push_back({use, action.span});
    };
    add_use(body.acquire);
    for (const ast::Release& release : body.releases) add_use(release.action);
    return uses;
  };
  enum : std::uint8_t { kNew, kOpen, kDone };
  std::vector<std::uint8_t> state(count, kNew);
  std::vector<std::uint32_t> depth(count, 1);
  struct Visit {
    std::uint32_t id;
    std::size_t next = 0;
    std::vector<std::pair<const ast::UseAction*, Span>> uses;
  };
  for (std::uint32_t root = 0; root < count; ++root) {
    if (state[root] != kNew) continue;
    std::vector<Visit> stack;
    stack.push_back({root, 0, uses_of(all[root])});
    state[root] = kOpen;
    while (!stack.empty()) {
      Visit& top = stack.back();
      const TemplateRef here = all[top.id];
      if (top.next == top.uses.size()) {
        state[top.id] = kDone;
        const std::uint32_t reached = depth[top.id] + 1;
        stack.pop_back();
        if (!stack.empty()) depth[stack.back().id] = std::max(depth[stack.back().id], reached);
        continue;
      }
      const auto [use, span] = top.uses[top.next++];
      const TemplateRef target = find_template(here.module, *use);
      if (!target.valid()) continue;
      const std::uint32_t id = offsets[target.module.value] + target.index;
      if (state[id] == kNew) {
        state[id] = kOpen;
        stack.push_back({id, 0, uses_of(target)});
      } else if (state[id] == kDone) {
        depth[top.id] = std::max(depth[top.id], depth[id] + 1);
      } else {
        std::string chain;
        bool on_circle = false;
        for (const Visit& visit : stack) {
          on_circle = on_circle || visit.id == id;
          if (!on_circle) continue;
          chain += fmt::format("`{}` → ", ast_of(all[visit.id]).name.text);
          template_info(all[visit.id]).broken = true;
        }
        chain += fmt::format("`{}`", ast_of(target).name.text);
        add(Code::HK1013, here.module, span, "template uses itself: {}", chain)
            .label("this use closes the circle")
            .help("templates are opened where they are used, so a circle would never end");
      }
    }
  }
  for (std::uint32_t id = 0; id < count; ++id) {
    if (depth[id] != kMaxNesting + 1) continue;  // deeper ones use this one
    add(Code::HK0007, all[id].module, ast_of(all[id]).name.span,
        "templates are nested more than {} deep", kMaxNesting);
  }
  for (std::uint32_t id = 0; id < count; ++id) {
    if (depth[id] > kMaxNesting) template_info(all[id]).broken = true;
  }
}

FrameId Checker::open_frame(FrameId caller, TemplateRef t, const ast::UseAction& use) {
  const FrameId id{static_cast<std::uint32_t>(program_.frames.size())};
  const ModuleId caller_module = program_.frames[caller.value].module;
  TemplateInfo& info = template_info(t);
  Frame& frame = program_.frames.emplace_back();
  frame.module = t.module;
  frame.template_index = t.index;
  frame.caller = caller;
  frame.use = at(caller_module, use.module ? use.module.span.to(use.name.span) : use.name.span);
  frame.arguments.resize(ast_of(t).params.size());
  frame.captures.resize(info.captures.size(), kNone);
  for (const ast::Argument& argument : use.arguments.in(ast(caller_module).arguments)) {
    if (const auto p = info.params.find(argument.name.text); p != info.params.end()) {
      frame.arguments[p->second] = argument.value;
    }
  }
  return id;
}

Body Checker::open_body(FrameId frame, const ast::Action& action, Range<ast::Clause> clauses) {
  const ModuleId module = program_.frames[frame.value].module;
  Body body;
  const auto* use = std::get_if<ast::UseAction>(&action.what);
  if (use) {
    static const ast::Action nothing{};
    const TemplateRef t = find_template(module, *use);
    if (t.valid()) {
      const FrameId inner = open_frame(frame, t, *use);
      body = open_body(inner, ast_of(t).body.acquire, ast_of(t).body.clauses);
    } else {
      body.frame = frame;
      body.action = &nothing;
    }
  } else {
    body.frame = frame;
    body.action = &action;
  }
  body.clauses.reserve(body.clauses.size() + clauses.count);
  const ast::Module& file = ast(module);
  const std::size_t inner = body.clauses.size();
  std::size_t kept = inner;
  for (std::uint32_t i = clauses.first; i < clauses.first + clauses.count; ++i) {
    if (inner > 0) {
      const auto end = body.clauses.begin() + static_cast<std::ptrdiff_t>(kept);
      const auto replaced = std::find_if(body.clauses.begin(), end, [&](const ScopedClause& c) {
        return replaces(file, file.clauses[i], program_.ast(c.frame), program_.clause(c));
      });
      if (replaced != end) {
        body.clauses.erase(replaced);
        --kept;
      }
    }
    body.clauses.push_back({frame, i});
  }
  return body;
}

void Checker::open_hold(Step& step, FrameId frame, const ast::HoldBody& body, bool outermost) {
  const ModuleId module = program_.frames[frame.value].module;
  const auto* use = std::get_if<ast::UseAction>(&body.acquire.what);
  const TemplateRef t = use ? find_template(module, *use) : TemplateRef{};
  if (t.valid() && ast_of(t).hold) {
    open_hold(step, open_frame(frame, t, *use), ast_of(t).body, false);
    // The clauses at the use belong to the acquire; open_body merges them over what is there.
    const ast::Module& file = ast(module);
    std::vector<ScopedClause>& all = step.body.clauses;
    for (std::uint32_t i = body.clauses.first; i < body.clauses.first + body.clauses.count; ++i) {
      const auto replaced = std::find_if(all.begin(), all.end(), [&](const ScopedClause& c) {
        return c.frame != frame &&
               replaces(file, file.clauses[i], program_.ast(c.frame), program_.clause(c));
      });
      if (replaced != all.end()) all.erase(replaced);
      all.push_back({frame, i});
    }
  } else {
    step.body = open_body(frame, body.acquire, body.clauses);
  }
  step.session = step.session || body.session;
  if (!body.releases.empty()) {
    const ast::Release& release = body.releases.front();
    step.release =
        ReleaseBody{open_body(frame, release.action, release.clauses), release.only_if_acquired};
  }
  if (body.at_most.valid()) {
    step.at_most = body.at_most;
    step.at_most_frame = frame;
  }
  if (outermost && body.until_hook) {
    if (const auto found = step_names_.find(body.until_hook.text); found != step_names_.end()) {
      step.until_hook = found->second;
    }
  }
  if (!body.until_prints.empty()) step.until_prints = body.until_prints;
}

void Checker::open_steps() {
  for (std::uint32_t s = 0; s < program_.steps.size(); ++s) {
    const StepId id{s};
    Step& step = program_.steps[s];
    const ast::Module& file = ast(step.module);
    if (step.kind == StepKind::Hook) {
      const ast::Hook& hook = file.hooks[step.index];
      step.body = open_body(file_frame(step.module), hook.action, hook.clauses);
    } else {
      open_hold(step, file_frame(step.module), file.holds[step.index].body, true);
    }
    StepState& state = states_[s];
    for (const ScopedClause& scoped : step.body.clauses) {
      const ast::Clause& clause = program_.clause(scoped);
      if (clause.kind == ast::ClauseKind::When) state.has_when = true;
      if (clause.kind == ast::ClauseKind::OnError) state.on_error = clause.on_error;
    }
    register_captures(id, step.body, false);
    if (step.release) register_captures(id, step.release->body, true);
  }
}

void Checker::register_captures(StepId step, const Body& body, bool in_release) {
  for (const ScopedClause& scoped : body.clauses) {
    const ast::Clause& clause = program_.clause(scoped);
    if (clause.kind != ast::ClauseKind::Capture || !clause.name) continue;
    const Frame& frame = program_.frames[scoped.frame.value];
    const auto index = static_cast<std::uint32_t>(program_.captures.size());
    Type type = plain(TypeKind::String);
    if (clause.captured == ast::Captured::Status) type = plain(TypeKind::Int);
    if (clause.captured == ast::Captured::Json) type = plain(TypeKind::Json);
    // With `on all` a capture is a list in pod name order (rule 11).
    const ast::PodRef* pod = nullptr;
    if (const auto* exec = std::get_if<ast::ExecAction>(&body.action->what)) {
      if (exec->place == ast::ExecPlace::Pod) pod = &exec->pod;
    } else if (const auto* http = std::get_if<ast::HttpAction>(&body.action->what)) {
      if (http->endpoint) pod = &http->endpoint->pod;
    }
    if (pod) {
      std::optional<ast::Spread> spread;
      if (pod->spread) spread = pod->spread->spread;
      if (!spread) {
        const In<ast::Pod> declared = resolve_pod(body.frame, pod->name);
        if (declared.valid()) {
          const ast::Pod& found = ast(declared.module).pods[declared.index];
          if (found.spread) spread = found.spread->spread;
        }
      }
      if (spread == ast::Spread::All) type = list_of(type.kind);
    }
    type.secret = clause.secret;
    const Location declared = at(frame.module, clause.name.span);
    program_.captures.push_back({clause.name.text, type, step, in_release, declared});
    if (frame.template_index == kNone) {
      refuse_reserved(frame.module, clause.name, "a capture");
      add_value(frame.module, clause.name, {RefKind::Capture, index, clause.name.span});
    } else {
      TemplateInfo& info = templates_[frame.module.value][frame.template_index];
      if (const auto local = info.locals.find(clause.name.text); local != info.locals.end()) {
        program_.frames[scoped.frame.value].captures[local->second] = index;
      }
    }
  }
}

In<ast::Pod> Checker::resolve_pod(FrameId frame, ast::TextId name) const {
  if (!name.valid()) return {};
  const Frame& here = program_.frames[frame.value];
  const ast::Module& file = ast(here.module);
  const auto parts = file.parts_of(name);
  if (parts.size() != 1) return {};
  std::string_view word = parts[0].literal;
  if (parts[0].is_splice()) {
    const ast::Expr& e = file[parts[0].splice];
    if (e.kind != ast::ExprKind::Name) return {};
    word = e.text;
  }
  if (here.template_index != kNone) {
    const TemplateInfo& info = templates_[here.module.value][here.template_index];
    if (const auto p = info.params.find(word); p != info.params.end()) {
      return resolve_pod_argument(frame, p->second);
    }
  }
  const auto pod = names_[here.module.value].pods.find(word);
  return pod == names_[here.module.value].pods.end() ? In<ast::Pod>{} : program_.pods[pod->second];
}

In<ast::Pod> Checker::resolve_pod_argument(FrameId frame, std::uint32_t param) const {
  for (std::uint32_t depth = 0; depth <= kMaxNesting; ++depth) {
    const Frame& here = program_.frames[frame.value];
    const ast::ExprId argument = here.arguments[param];
    if (!argument.valid()) return {};
    const Frame& caller = program_.frames[here.caller.value];
    const ast::Module& file = ast(caller.module);
    const ast::Expr& e = file[argument];
    std::string_view word = e.text;
    if (e.kind == ast::ExprKind::String) {
      const auto parts = file.parts_of(e.text_id);
      if (parts.size() != 1 || parts[0].is_splice()) return {};
      word = parts[0].literal;
    } else if (e.kind != ast::ExprKind::Name) {
      return {};
    } else if (caller.template_index != kNone) {
      const TemplateInfo& info = templates_[caller.module.value][caller.template_index];
      if (const auto q = info.params.find(word); q != info.params.end()) {
        frame = here.caller;
        param = q->second;
        continue;
      }
    }
    const auto pod = names_[caller.module.value].pods.find(word);
    return pod == names_[caller.module.value].pods.end() ? In<ast::Pod>{}
                                                         : program_.pods[pod->second];
  }
  return {};
}

}  // namespace hookc::sema
