// What an expression can begin with, and what follows a dot.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/sema/facts.hpp"
#include "compiler/sema/policy_attributes.hpp"
#include "lsp/features/completion_items.hpp"

namespace hookc::lsp::completion {

using syntax::NodeKind;
using syntax::Word;
using K = NodeKind;

namespace {

/// "string" of `string("a", "b")`.
std::string_view type_word(std::string_view type) {
  return type.substr(0, type.find_first_of("(< \t\n"));
}

std::string_view type_text(const Cursor& cursor, const ast::TypeExpr& type) {
  return cursor.slice(type.span);
}

/// Where a secret may go (rule 39), as far as the sentence tells.
bool takes_secrets(const Place& place) {
  for (auto open = place.rbegin(); open != place.rend(); ++open) {
    switch (open->kind) {
      case K::HttpAction:
      case K::EnvClause:
      case K::HeaderClause:
      case K::BodyClause:
      case K::JsonClause:
      case K::FormClause:
      case K::StdinClause:
      case K::TlsClause:
      case K::ReleaseStdin:
      case K::UseAction:
      case K::GivenCall: return true;
      default: break;
    }
  }
  return false;
}

/// A name, its type, and the kind of thing it is.
struct Value {
  std::string_view name;
  std::string type;
  CompletionKind kind;
};

/// What a clause captures, by the part of the tree before the cursor.
void captures_before(const Cursor& cursor, std::uint32_t body, std::vector<Value>& out) {
  for (const std::uint32_t i : cursor.children(body)) {
    if (cursor.node(i).kind != K::CaptureClause) continue;
    const auto name = cursor.child(i, K::Name);
    if (name) out.push_back({cursor.slice(*name), "capture", CompletionKind::Capture});
  }
}

/// Captures of earlier hooks of the operation (rule 12): types are a matter of the whole program.
void captures_of_file(const Cursor& cursor, const Sentence& s, std::vector<Value>& out) {
  const ast::Module& module = *cursor.module;
  const auto add = [&](const Range<ast::Clause>& clauses) {
    for (const ast::Clause& clause : clauses.in(module.clauses)) {
      if (clause.kind != ast::ClauseKind::Capture || !clause.name) continue;
      if (clause.secret && s.place == sema::Place::Release) continue;
      out.push_back({clause.name.text, clause.secret ? "secret capture" : "capture",
                     CompletionKind::Capture});
    }
  };
  for (const ast::Hook& hook : module.hooks) {
    if (hook.operation == s.operation && hook.span.end <= cursor.expected.prefix.begin)
      add(hook.clauses);
  }
  for (const ast::Hold& hold : module.holds) {
    if (hold.operation != s.operation || hold.span.end > cursor.expected.prefix.begin) continue;
    add(hold.body.clauses);
    if (s.place != sema::Place::PostHook) continue;
    for (const ast::Release& release : hold.body.releases) add(release.clauses);
  }
}

/// Every value that can be named there.
std::vector<Value> values_at(const Cursor& cursor, const Place& place, const Sentence& s) {
  std::vector<Value> values;
  if (holds(place, K::Policy) || holds(place, K::Test)) return values;
  const auto* body = find(place, K::HoldBody);
  if (body != nullptr && s.place == sema::Place::Release) {
    captures_before(cursor, body->node, values);
  }
  if (s.in_template) {
    for (const LocalParam& param : s.params) {
      values.push_back({param.name, std::string(param.type), CompletionKind::Param});
    }
    return values;
  }
  const ast::Module& module = *cursor.module;
  const bool default_value = holds(place, K::Param);
  for (const ast::Param& param : module.params) {
    // A default may use the params above it.
    if (default_value && param.span.end > cursor.expected.prefix.begin) break;
    if (param.name) {
      values.push_back(
          {param.name.text, std::string(type_text(cursor, param.type)), CompletionKind::Param});
    }
  }
  if (takes_secrets(place)) {
    for (const ast::Secret& secret : module.secrets) {
      if (!secret.name) continue;
      const std::string_view type = secret.type ? type_text(cursor, *secret.type) : "string";
      values.push_back({secret.name.text, fmt::format("secret {}", type), CompletionKind::Secret});
    }
  }
  if (s.is_step) captures_of_file(cursor, s, values);
  return values;
}

sema::Attempt attempt_of(const Place& place, const Sentence& s) {
  if (holds(place, K::OperationRule)) return sema::Attempt::Operation;
  if (holds(place, K::WaitAction)) return sema::Attempt::Object;
  if (!holds(place, K::ExpectClause) && !holds(place, K::ReadyOnceClause)) {
    return sema::Attempt::None;
  }
  if (s.action == sema::ActionKind::Http) return sema::Attempt::Http;
  const bool exec = s.action == sema::ActionKind::Exec || s.action == sema::ActionKind::Stdin;
  return exec ? sema::Attempt::Exec : sema::Attempt::None;
}

/// Whether a fact can exist there: facts.def's times, and the rules about outcomes (16, 17).
bool exists(const sema::FactInfo& fact, const Place& place, const Sentence& s) {
  using enum sema::FactTime;
  switch (fact.time) {
    case Always:
      return !holds(place, K::Param) && !holds(place, K::Policy) &&
             (!holds(place, K::Setting) || !fact.path.starts_with("session."));
    // Facts are checked at each use of a template (rule 36).
    case Post: return s.is_step && (s.in_template || s.place == sema::Place::PostHook);
    case Later: return s.is_step;
    case Http:
    case Exec:
    case Attempt: return sema::tells(attempt_of(place, s), fact.fact);
  }
  return false;
}

void add_facts(Items& items, const Place& place, const Sentence& s) {
  const bool test = holds(place, K::Test);
  const bool snippets = items.options().snippets;
  for (const sema::FactInfo& fact : sema::all_facts()) {
    if (test || !exists(fact, place, s)) continue;
    const sema::Type type{fact.type, {}, false, false};
    const std::size_t argument = fact.path.find("(…)");
    using enum sema::FactTime;
    const bool told = fact.time == Http || fact.time == Exec || fact.time == Attempt;
    const Rank rank = told ? Rank::Fits : Rank::Known;
    if (argument == fact.path.npos) {
      items.add(rank, CompletionKind::Fact, std::string(fact.path), to_string(type));
      continue;
    }
    const std::string name(fact.path.substr(0, argument));
    CompletionItem* item =
        items.add(rank, CompletionKind::Fact, name,
                  name == "hook" ? "hook(\"name\").status" : fmt::format("{}(\"name\")", name),
                  !snippets        ? name
                  : name == "hook" ? "hook(\"${1:name}\").${2|status,output,duration|}"
                                   : fmt::format("{}(\"${{1:Content-Type}}\")", name));
    if (item != nullptr) item->snippet = snippets;
  }
}

void add_builtins(Items& items, const Place& place) {
  if (holds(place, K::Test)) return;
  const bool called = items.cursor().text.substr(items.cursor().offset).starts_with("(");
  struct Call {
    std::string_view name, parameters, result;
  };
  static constexpr Call calls[] = {
#define HOOKC_CALL_HELP(name, parameters, result, help) {name, parameters, result},
#define HOOKC_FACT_HELP(path, help)
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
  };
  for (const Call& call : calls) {
    if (!sema::find_builtin(call.name)) continue;
    const bool snippet = items.options().snippets && !called;
    CompletionItem* item =
        items.add(Rank::Known, CompletionKind::Builtin, std::string(call.name),
                  fmt::format("({}): {}", call.parameters, call.result),
                  snippet ? fmt::format("{}($1)", call.name) : std::string(call.name));
    if (item != nullptr) item->snippet = snippet;
  }
}

sema::Subjects subjects_at(const Cursor& cursor, const Place& place) {
  const syntax::OpenNode* rule = find(place, K::ForbidRule);
  if (rule == nullptr) return sema::kSteps;
  for (const std::uint32_t i : cursor.children(rule->node)) {
    switch (cursor.word(i)) {
      case Word::Http: return sema::bit(ast::Subject::Http);
      case Word::Tcp: return sema::bit(ast::Subject::Tcp);
      case Word::Exec: return sema::bit(ast::Subject::Exec);
      case Word::Scale: return sema::bit(ast::Subject::Scale);
      case Word::Wait: return sema::bit(ast::Subject::Wait);
      case Word::Function: return sema::bit(ast::Subject::Function);
      case Word::Pod: return sema::bit(ast::Subject::Pod);
      case Word::Hold: return sema::bit(ast::Subject::Hold);
      case Word::Secret: return sema::bit(ast::Subject::Secret);
      default: break;
    }
  }
  return sema::kSteps;
}

/// Attributes that a rule can ask for, below `base` ("" or "url").
void add_attributes(Items& items, const Place& place, std::string_view base) {
  const sema::Subjects subjects = subjects_at(items.cursor(), place);
  for (const sema::PolicyAttribute& attribute : sema::policy_attributes()) {
    if ((attribute.subjects & subjects) == 0) continue;
    std::string_view name = attribute.name;
    if (!base.empty()) {
      if (!name.starts_with(base) || name.substr(base.size(), 1) != ".") continue;
      name.remove_prefix(base.size() + 1);
    }
    items.add(Rank::Name, CompletionKind::Fact, std::string(name),
              to_string(sema::Type{attribute.type, {}, false, false}));
  }
}

WantedType from_type(const Cursor& cursor, const ast::Module& module, const ast::TypeExpr& type) {
  const std::string_view text = cursor.now.sources().text(module.file);
  WantedType wanted{type_word(text.substr(type.span.begin, type.span.size())), {}};
  for (const ast::ExprId choice : type.choices.in(module.expr_lists)) {
    if (module[choice].kind != ast::ExprKind::String) continue;
    if (auto literal = ast::literal_text(module, module[choice].text_id)) {
      wanted.choices.push_back(*std::move(literal));
    }
  }
  return wanted;
}

const ast::Param* find_param(const ast::Module& module, std::string_view name) {
  const auto found =
      std::ranges::find_if(module.params, [&](const ast::Param& p) { return p.name.text == name; });
  return found == module.params.end() ? nullptr : &*found;
}

/// As a type is written; empty for those that only expressions have.
std::string_view kind_word(sema::TypeKind kind) {
  switch (kind) {
    case sema::TypeKind::Int: return "int";
    case sema::TypeKind::Duration: return "duration";
    case sema::TypeKind::Size: return "size";
    case sema::TypeKind::Bool: return "bool";
    case sema::TypeKind::Url: return "url";
    default: return {};
  }
}

WantedType from_kind(sema::TypeKind kind) {
  if (kind == sema::TypeKind::Status) {
    return {"status", {"Succeeded", "Failed", "Skipped", "Running", "Pending"}};
  }
  return {kind_word(kind), {}};
}

WantedType fact_type(std::optional<sema::Fact> fact) {
  if (!fact) return {};
  if (*fact == sema::Fact::SessionOperation) return {"string", {"backup", "restore"}};
  if (*fact == sema::Fact::SessionPhase) return {"string", {"pre", "post"}};
  return from_kind(sema::info(*fact).type);
}

/// The type of what stands left of the comparison before the cursor.
WantedType compared_type(const Cursor& cursor, const Place& place) {
  const auto tokens = cursor.tokens_before(8);
  const std::size_t sign = !tokens.empty() && tokens[0] == "\"" ? 1 : 0;  // inside a text
  static constexpr std::string_view signs[] = {"==", "!=", "<", "<=", ">", ">="};
  if (tokens.size() < sign + 2 || std::ranges::find(signs, tokens[sign]) == std::end(signs)) {
    return {};
  }
  const std::string_view name = tokens[sign + 1];
  std::string_view base;
  if (tokens.size() > sign + 3 && tokens[sign + 2] == ".") base = tokens[sign + 3];
  if (holds(place, K::Policy)) {
    const std::string path = base.empty() ? std::string(name) : fmt::format("{}.{}", base, name);
    const auto attributes = sema::policy_attributes();
    const auto found = std::ranges::find(attributes, path, &sema::PolicyAttribute::name);
    return found == attributes.end() ? WantedType{} : from_kind(found->type);
  }
  if (!base.empty()) return fact_type(sema::find_fact(base == ")" ? "hook" : base, name));
  if (const ast::Param* param = find_param(*cursor.module, name)) {
    return from_type(cursor, *cursor.module, param->type);
  }
  return fact_type(sema::find_fact(name));
}

}  // namespace

WantedType wanted_type(const Cursor& cursor, const Place& place) {
  // From the inside out: the first node that says something decides.
  for (auto open = place.rbegin(); open != place.rend(); ++open) {
    if (open->node >= cursor.expected.nodes.size()) continue;
    const auto name = cursor.child(open->node, K::Name);
    switch (open->kind) {
      case K::Field: {
        const syntax::OpenNode* use = find(place, K::UseAction);
        if (use == nullptr || !name) return {};
        const CalledTemplate called = called_template(cursor, use->node);
        if (called.declared == nullptr) return {};
        for (const ast::TemplateParam& param : called.declared->params) {
          if (param.name.text == cursor.slice(*name)) {
            return from_type(cursor, *called.from.ref.module, param.type);
          }
        }
        return {};
      }
      case K::GivenParam:
      case K::Setting: {
        const ast::Param* param = name ? find_param(*cursor.module, cursor.slice(*name)) : nullptr;
        return param == nullptr ? WantedType{} : from_type(cursor, *cursor.module, param->type);
      }
      case K::Param:
      case K::TemplateParam: {
        const auto type = cursor.child(open->node, K::Type);
        if (!type) return {};
        WantedType wanted{type_word(cursor.slice(*type)), {}};
        for (const std::uint32_t i : cursor.children(*type)) {
          if (cursor.node(i).kind != K::String || cursor.node(i).end < cursor.node(i).begin + 2)
            continue;
          const Span quoted = cursor.node(i).span();
          wanted.choices.emplace_back(cursor.slice(Span{quoted.begin + 1, quoted.end - 1}));
        }
        return wanted;
      }
      case K::Call:
      case K::Splice: return {};
      default: break;
    }
  }
  return compared_type(cursor, place);
}

void add_values(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  const Sentence s = sentence_at(cursor, place);
  const WantedType wanted = wanted_type(cursor, place);
  for (const std::string& choice : wanted.choices) {
    items.add_text(Rank::Fits, CompletionKind::Value, choice);
  }
  if (holds(place, K::Policy)) add_attributes(items, place, "");
  for (const Value& value : values_at(cursor, place, s)) {
    std::string_view type = value.type;
    if (type.starts_with("secret ")) type.remove_prefix(7);
    const bool fits = !wanted.word.empty() && type_word(type) == wanted.word;
    items.add(fits ? Rank::Fits : Rank::Name, value.kind, std::string(value.name), value.type);
  }
  if (wanted.word == "pod") add_pods(items);
  if (wanted.word == "function") add_functions(items);
  if (wanted.word == "workload") add_workloads(items);
  add_facts(items, place, s);
  add_builtins(items, place);
}

void add_splices(Items& items, const Place& place, std::string_view word) {
  const Cursor& cursor = items.cursor();
  const NodeKind kind = last(place);
  if (kind == K::PodRef) return;  // a pod is named bare
  for (const Value& value : values_at(cursor, place, sentence_at(cursor, place))) {
    std::string_view type = value.type;
    if (type.starts_with("secret ")) type.remove_prefix(7);
    type = type_word(type);
    if (!word.empty() && type != word) continue;
    if (type == "pod" || type == "function" || type == "workload" || type == "list") continue;
    const bool fits = kind == K::HttpAction && type == "url";
    if (kind == K::HttpAction && !fits) continue;  // a whole URL is a url (rule 38)
    items.add(fits || !word.empty() ? Rank::Fits : Rank::Name, value.kind,
              fmt::format("${{{}}}", value.name), value.type);
  }
}

void add_members(Items& items, const Place& place) {
  const Cursor& cursor = items.cursor();
  const auto tokens = cursor.tokens_before(8);  // the dot first
  if (tokens.size() < 2) return;
  std::string_view base = tokens[1];
  if (holds(place, K::Policy)) return add_attributes(items, place, base);
  if (base == ")") {  // hook("name").
    const auto opens = std::ranges::find(tokens, "(");
    if (opens == tokens.end() || opens + 1 == tokens.end()) return;
    base = *(opens + 1);
  } else if (tokens.size() > 2 && tokens[2] == ".") {
    return;  // a member of a member
  }
  const Sentence s = sentence_at(cursor, place);
  for (const sema::FactInfo& fact : sema::all_facts()) {
    const std::size_t dot = fact.path.rfind('.');
    if (dot == fact.path.npos) continue;
    const std::string_view root = fact.path.substr(0, fact.path.find_first_of("(."));
    if (root != base || !exists(fact, place, s)) continue;
    CompletionItem* item =
        items.add(Rank::Fits, CompletionKind::Fact, std::string(fact.path.substr(dot + 1)),
                  to_string(sema::Type{fact.type, {}, false, false}));
    if (item != nullptr) item->source = fact.path.substr(0, dot);
  }
}

void add_units(Items& items, std::string_view word) {
  static constexpr std::string_view durations[] = {"ms", "s", "m", "h", "d"};
  static constexpr std::string_view sizes[] = {"B",  "KiB", "MiB", "GiB", "TiB",
                                               "kB", "MB",  "GB",  "TB"};
  static constexpr std::string_view cpus[] = {"m"};
  const std::string_view typed = items.typed();
  const std::size_t digits = typed.find_last_of("0123456789") + 1;
  const auto add = [&](std::span<const std::string_view> units) {
    for (const std::string_view unit : units) {
      if (!unit.starts_with(typed.substr(digits))) continue;
      items.add(Rank::Fits, CompletionKind::Unit,
                fmt::format("{}{}", typed.substr(0, digits), unit));
    }
  };
  if (word == "duration") add(durations);
  if (word == "size") add(sizes);
  if (word == "cpu") add(cpus);
}

}  // namespace hookc::lsp::completion
